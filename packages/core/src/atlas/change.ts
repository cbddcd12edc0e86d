/** A scenario's cluster: the mode's `cluster.yaml` with what the scenario changes in it, still as manifests. */
import { parseAllDocuments } from "yaml";
import type { ManifestFile } from "../cluster/load.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { ClusterChange, Scenario } from "./scenario.ts";

interface ManifestDocument {
	readonly object: Readonly<Record<string, unknown>>;
	readonly name: string;
	readonly start: number;
	readonly end: number;
}

/**
 * The manifests that a scenario is asked about. Objects that it leaves alone keep their lines, so that origins still lead
 * to them; those that it changes stand in a file of the scenario's own.
 * @throws {InputError} For a change to an object that is not there.
 */
export function scenarioManifests(
	scenario: Pick<Scenario, "id" | "source" | "changes">,
	cluster: ManifestFile,
): readonly ManifestFile[] {
	if (scenario.changes.length === 0) return [cluster];
	const documents = manifestsIn(cluster.text);
	const changed = new Map<ManifestDocument, Readonly<Record<string, unknown>> | undefined>();
	for (const change of scenario.changes) {
		const document = documents.find(({ name }) => name === change.object);
		if (document === undefined) {
			throw new InputError({
				code: "scenario-change",
				message: `scenario "${scenario.id}" changes "${change.object}", which is not in ${cluster.name}`,
				where: scenario.source,
				hint: `there are ${documents.map(({ name }) => name).join(", ")}`,
			});
		}
		changed.set(document, changedObject(change, changed.get(document) ?? document.object));
	}
	const objects = [...changed.values()].filter((object) => object !== undefined);
	const own = { name: `${scenario.source.file}#${scenario.id}`, text: objects.map(asDocument).join("") };
	const rest = { name: cluster.name, text: blanked(cluster.text, [...changed.keys()]) };
	return objects.length === 0 ? [rest] : [rest, own];
}

function changedObject(
	change: ClusterChange,
	object: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
	return change.kind === "remove" ? undefined : mergePatch(object, change.patch);
}

/** JSON is YAML, and says the same in either. */
function asDocument(object: Readonly<Record<string, unknown>>): string {
	return `---\n${JSON.stringify(object, null, 2)}\n`;
}

function manifestsIn(text: string): readonly ManifestDocument[] {
	const documents = parseAllDocuments(text);
	if (!Array.isArray(documents)) return [];
	return documents.flatMap((document) => {
		const object: unknown = document.toJS();
		if (!isRecord(object)) return [];
		return [{ object, name: objectName(object), start: document.range[0], end: document.range[2] }];
	});
}

/** `pod/default/centos`, `node/a`, `vpc/vpc-1`: how the command line names it. Native kinds with a namespace have it. */
function objectName(object: Readonly<Record<string, unknown>>): string {
	const metadata = isRecord(object.metadata) ? object.metadata : {};
	const parts = [String(object.kind).toLowerCase(), metadata.namespace, metadata.name];
	return parts.filter((part) => typeof part === "string").join("/");
}

/** The text without these documents, every other one on the line where it was. */
function blanked(text: string, documents: readonly ManifestDocument[]): string {
	let result = text;
	for (const { start, end } of documents) {
		result = result.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, " ") + result.slice(end);
	}
	return result;
}

/** RFC 7396: members are merged, null removes one, anything else replaces. */
export function mergePatch(
	target: unknown,
	patch: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
	const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) delete merged[key];
		else merged[key] = isRecord(value) ? mergePatch(merged[key], value) : value;
	}
	return merged;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
