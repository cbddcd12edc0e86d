/** Reads `scenarios.yaml`. */
import type { ZodError } from "zod";
import type { InputDocument } from "../cluster/input/document.ts";
import { yamlDocuments } from "../cluster/input/yaml.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../origin/origin.ts";
import { questionOf } from "../trace/question.ts";
import {
	type HeaderPattern,
	NotationError,
	parseHeader,
	parseJudgement,
	parseLinks,
	parseNat,
	parseTuple,
	parseWeight,
} from "./notation.ts";
import type { ClusterChange, Expected, ExpectedClient, ExpectedConntrack, ExpectedPath, Scenario } from "./scenario.ts";
import {
	type PathDocument,
	type ScenarioDocument,
	type ScenariosDocument,
	scenariosSchema,
	type Written,
} from "./schema.ts";

/**
 * The scenarios of a file, in its order.
 * @throws {InputError} Naming file, line and column, for text that is not YAML, not of the schema or not in the notation.
 */
export function parseScenarios(text: string, file: string): readonly Scenario[] {
	const [document, ...more] = yamlDocuments({ name: file, text });
	if (document === undefined || more.length > 0) {
		throw new InputError({ code: "scenario-schema", message: "must be one YAML document", where: { file, line: 1 } });
	}
	const result = scenariosSchema.safeParse(document.value);
	if (!result.success) throw schemaError(result.error, document);
	return scenariosOf(result.data, document);
}

function schemaError(error: ZodError, document: InputDocument): InputError {
	const [issue] = error.issues;
	const keys = (issue?.path ?? []).map((key) => (typeof key === "symbol" ? String(key) : key));
	return new InputError({
		code: "scenario-schema",
		message: `${keys.length === 0 ? "the document" : `"${keys.join(".")}"`}: ${issue?.message ?? "not a list of scenarios"}`,
		where: document.locate(keys, "value"),
	});
}

function scenariosOf({ mode, scenarios }: ScenariosDocument, document: InputDocument): readonly Scenario[] {
	const seen = new Set<string>();
	return scenarios.map((scenario, position) => {
		const where = document.locate(["scenarios", position], "value");
		if (seen.has(scenario.id)) {
			throw new InputError({ code: "duplicate-scenario", message: `scenario "${scenario.id}" is there twice`, where });
		}
		seen.add(scenario.id);
		try {
			return scenarioOf(mode, scenario, where);
		} catch (error) {
			if (!(error instanceof NotationError)) throw error;
			throw new InputError({
				code: "scenario-notation",
				message: `scenario "${scenario.id}": ${error.message}`,
				where,
			});
		}
	});
}

function scenarioOf(mode: string, document: ScenarioDocument, source: SourcePosition): Scenario {
	const { id, title, titleZh, note, noteZh, otherPaths, loadBalancerMembers, findings } = document;
	return {
		mode,
		id,
		title,
		...(titleZh === undefined ? {} : { titleZh }),
		question: questionOf(document.question),
		changes: document.with.map(changeOf),
		...(note === undefined ? {} : { note: note.trim() }),
		...(noteZh === undefined ? {} : { noteZh: noteZh.trim() }),
		paths: document.expect.map(pathOf),
		otherPaths,
		...optional("loadBalancerMembers", loadBalancerMembers, (members) => members),
		...optional("findings", findings, (codes) => codes),
		source,
	};
}

function changeOf(document: ScenarioDocument["with"][number]): ClusterChange {
	return "remove" in document
		? { kind: "remove", object: document.remove }
		: { kind: "merge", object: document.change, patch: document.merge };
}

function pathOf(path: PathDocument): ExpectedPath {
	const links = (lines: readonly string[]) => lines.flatMap(parseLinks);
	return {
		verdict: { is: path.verdict.is, sources: path.verdict.source },
		...optional("weight", path.weight, parseWeight),
		...optional("forward", path.forward, links),
		...optional("reply", path.reply, links),
		...optional("refusal", path.refusal, links),
		...optional("stacks", path.stacks, (places) => places),
		...optional("nat", path.nat, (lines) => lines.map(parseNat)),
		...optional("conntrack", path.conntrack, conntrackOf),
		...optional("securityGroups", path.securityGroups, (lines) => lines.map(parseJudgement)),
		...optional("securityGroupsNot", path.securityGroupsNot, (lines) => lines.map(parseJudgement)),
		...optional("serviceAddressSeenAt", path.serviceAddressSeenAt, links),
		...optional("clientAddress", path.clientAddress, clientOf),
		...optional("forwardHeaders", path.forwardHeaders, headersOf),
		...optional("replyHeaders", path.replyHeaders, headersOf),
		...optional("refusalHeaders", path.refusalHeaders, headersOf),
		...optional("forwardRoutes", path.forwardRoutes, (byPlace) => new Map(Object.entries(byPlace))),
		...optional("replyRoutes", path.replyRoutes, (byPlace) => new Map(Object.entries(byPlace))),
	};
}

function conntrackOf(byPlace: Readonly<Record<string, readonly string[]>>): ExpectedConntrack {
	return new Map(Object.entries(byPlace).map(([place, lines]) => [place, lines.map(parseTuple)]));
}

function headersOf(byDevice: Readonly<Record<string, readonly string[]>>): readonly HeaderPattern[] {
	return Object.entries(byDevice).flatMap(([where, lines]) => lines.map((line) => parseHeader(where, line)));
}

/** `kept`, or `lost at node/a to 10.0.0.180`. */
function clientOf(text: string): ExpectedClient {
	if (text === "kept") return { kind: "kept" };
	const [, at, seen] = /^lost at (\S+) to (\S+)$/.exec(text) ?? [];
	if (at === undefined || seen === undefined) {
		throw new NotationError(`"${text}" must be "kept" or as in "lost at node/a to 10.0.0.1"`);
	}
	return { kind: "lost", at, seen };
}

/** `{ [key]: … }` where the document says it, nothing where it does not. */
function optional<K extends string, In, Out>(
	key: K,
	document: Written<In> | undefined,
	read: (value: In) => Out,
): { readonly [key in K]?: Expected<Out> } {
	if (document === undefined) return {};
	const value: Expected<Out> = { is: read(document.is), sources: document.source };
	return { [key]: value } as { readonly [key in K]?: Expected<Out> };
}
