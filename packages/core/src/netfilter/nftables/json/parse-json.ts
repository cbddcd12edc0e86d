/** Reads `nft -j list ruleset` (libnftables-json(5)). */
import { InputError } from "../../../diagnostic/diagnostic.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { NftElement } from "../element.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { NftBase } from "../ruleset.ts";
import { familyOf, type OpenTable, type ReadRuleset, RulesetBuilder } from "../ruleset-builder.ts";
import type { Statement } from "../statement.ts";
import {
	isList,
	isObject,
	type Json,
	type JsonObject,
	member,
	numberAt,
	objectOf,
	optionalNumber,
	optionalString,
	stringAt,
	stringsAt,
} from "./json.ts";
import { JsonReader } from "./json-reader.ts";

const HOOKS = ["prerouting", "input", "forward", "output", "postrouting", "ingress", "egress"] as const;
const TYPES = ["filter", "nat", "route"] as const;
/** Objects that rules name but whose contents decide nothing here. */
const PASSED_OVER: ReadonlySet<string> = new Set([
	..."metainfo counter quota limit flowtable synproxy secmark".split(" "),
	"ct helper",
	"ct timeout",
	"ct expectation",
]);

const HARMLESS_FLAGS: ReadonlySet<string> = new Set(["owner", "persist"]);

/** Throws InputError where the text is no JSON of nft. */
export function parseNftJson(text: string, file: string): ReadRuleset {
	return new RulesetJson(file).read(entriesOf(text, file));
}

function entriesOf(text: string, file: string): readonly Json[] {
	let json: Json;
	try {
		json = JSON.parse(text) as Json;
	} catch (error) {
		const line = lineOfError(error, text);
		throw new InputError({
			code: "not-json",
			message: "the rule set is no JSON, or not all of it",
			where: { file, line },
			hint: "the output of nft -j list ruleset",
		});
	}
	const entries = isObject(json) ? member(json, "nftables") : undefined;
	if (!isList(entries)) {
		throw new InputError({
			code: "not-a-dump",
			message: 'the JSON has no list "nftables"',
			where: { file, line: 1 },
			hint: "the output of nft -j list ruleset",
		});
	}
	return entries;
}

/** V8 names the place in some of its messages. */
function lineOfError(error: unknown, text: string): number {
	const position = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined;
	return position === undefined ? 1 : text.slice(0, Number(position)).split("\n").length;
}

class RulesetJson {
	readonly #builder: RulesetBuilder;
	readonly #reader = new JsonReader();
	/** Tables with a flag that cannot be read: nft 1.0.6 prints some other text in its place, such as a table's name. */
	readonly #garbledTables = new Set<OpenTable>();

	constructor(file: string) {
		this.#builder = new RulesetBuilder(file);
	}

	read(entries: readonly Json[]): ReadRuleset {
		// Maps name chains and rules name sets: whatever the order, sets come before what asks for their types.
		for (const pass of [
			["table", "chain", "set", "map"],
			["element", "rule"],
		]) {
			for (const entry of entries) {
				try {
					this.#entry(entry, pass, pass[0] === "table");
				} catch (error) {
					if (!(error instanceof ParseFailure)) throw error;
					this.#builder.reportLost(excerpt(entry), 1, error.why);
				}
			}
		}
		return this.#builder.result();
	}

	#entry(entry: Json, wanted: readonly string[], reports: boolean): void {
		const [pair] = Object.entries(objectOf(entry, phrase("an-entry")));
		if (pair === undefined) throw new ParseFailure(phrase("empty-entry"));
		const [kind, value] = pair;
		if (kind === "add" || kind === "create") this.#entry(value, wanted, reports);
		else if (wanted.includes(kind)) this.#add(kind, objectOf(value, kind));
		else if (reports && !PASSED_OVER.has(kind) && kind !== "rule" && kind !== "element") {
			throw new ParseFailure(phrase("is-not-read", { text: kind.slice(0, 40) }));
		}
	}

	#add(kind: string, of: JsonObject): void {
		const family = familyOf(stringAt(of, "family"));
		if (family === undefined)
			throw new ParseFailure(phrase("no-family", { text: stringAt(of, "family").slice(0, 40) }));
		const table = this.#builder.table(family, kind === "table" ? stringAt(of, "name") : stringAt(of, "table"), 1);
		this.#reader.sets = table.sets;
		this.#reader.family = family;
		switch (kind) {
			case "table":
				this.#table(table, of);
				return;
			case "chain":
				this.#chain(table, of);
				return;
			case "set":
			case "map":
				this.#set(table, kind, of);
				return;
			case "element":
				this.#elements(table, of);
				return;
			default:
				this.#rule(table, of);
		}
	}

	#table(table: OpenTable, of: JsonObject): void {
		const comment = optionalString(of, "comment");
		if (comment !== undefined) table.comment = comment;
		for (const flag of stringsAt(of, "flags")) {
			if (flag === "dormant") table.dormant = true;
			else if (!HARMLESS_FLAGS.has(flag)) this.#garbledTables.add(table);
		}
	}

	#chain(table: OpenTable, of: JsonObject): void {
		const chain = this.#builder.chain(table, stringAt(of, "name"));
		const comment = optionalString(of, "comment");
		if (comment !== undefined) chain.comment = comment;
		if (member(of, "hook") !== undefined) this.#builder.setBase(chain, baseOf(of));
		if (chain.base !== undefined && this.#garbledTables.has(table)) {
			this.#builder.report(table.name, 1, phrase("dormant-garbled"));
			chain.rules.push(
				this.#builder.rule(table, chain, { statements: [{ kind: "other", text: "flags of the table" }], line: 1 }),
			);
		}
	}

	#set(table: OpenTable, kind: "set" | "map", of: JsonObject): void {
		const set = this.#builder.set(table, kind, stringAt(of, "name"), 1);
		set.keyTypes = this.#typeNames(of, "type");
		if (kind === "map") set.valueType = this.#typeNames(of, "map").join(" . ");
		set.flags = stringsAt(of, "flags");
		const timeout = optionalNumber(of, "timeout");
		const size = optionalNumber(of, "size");
		const comment = optionalString(of, "comment");
		if (timeout !== undefined) set.timeout = timeout;
		if (size !== undefined) set.size = size;
		if (comment !== undefined) set.comment = comment;
		this.#pushElements(set, member(of, "elem"));
	}

	/** Newer versions give `{"typeof": EXPRESSION}` where the set was declared so. */
	#typeNames(of: JsonObject, key: "type" | "map"): readonly string[] {
		const value = member(of, key);
		if (isObject(value))
			return this.#reader.types(this.#reader.expression(value.typeof)).map((type) => type ?? "integer");
		// Concatenated types are a list, or one text with dots.
		return stringsAt(of, key).flatMap((each) => each.split(" . "));
	}

	#elements(table: OpenTable, of: JsonObject): void {
		const set = table.sets.get(stringAt(of, "name"));
		if (set === undefined) throw new ParseFailure(phrase("elements-of-undeclared"));
		this.#pushElements(set, member(of, "elem"));
	}

	#pushElements(
		set: { readonly keyTypes: readonly string[]; readonly valueType?: string; readonly elements: NftElement[] },
		json: Json | undefined,
	): void {
		const valueTypes = set.valueType?.split(" . ") ?? null;
		for (const each of this.#reader.elements(json, set.keyTypes, valueTypes)) set.elements.push(each);
	}

	#rule(table: OpenTable, of: JsonObject): void {
		const name = stringAt(of, "chain");
		const declared = table.chains.get(name);
		if (declared === undefined) this.#builder.report(name, 1, phrase("chain-undeclared"));
		const chain = declared ?? this.#builder.chain(table, name);
		const list = member(of, "expr");
		const statements = (isList(list) ? list : []).map((each) => this.#statement(each));
		chain.rules.push(
			this.#builder.rule(table, chain, {
				statements,
				comment: optionalString(of, "comment"),
				handle: optionalNumber(of, "handle"),
				line: 1,
			}),
		);
	}

	#statement(json: Json): Statement {
		try {
			return this.#reader.statement(json);
		} catch (error) {
			if (!(error instanceof ParseFailure)) throw error;
			const text = excerpt(json);
			this.#builder.report(text, 1, error.why);
			return { kind: "other", text };
		}
	}
}

function baseOf(of: JsonObject): NftBase {
	const type = TYPES.find((known) => known === member(of, "type"));
	const hook = HOOKS.find((known) => known === member(of, "hook"));
	if (type === undefined || hook === undefined) throw new ParseFailure(phrase("base-chain-unknown"));
	const devices = stringsAt(of, "dev");
	return {
		type,
		hook,
		priority: numberAt(of, "prio"),
		policy: member(of, "policy") === "drop" ? "drop" : "accept",
		...(devices.length === 0 ? {} : { devices }),
	};
}

/** JSON.stringify has no bound on depth, so what is too deep for it is not shown. */
function excerpt(json: Json): string {
	try {
		return JSON.stringify(json).slice(0, LONGEST_EXCERPT);
	} catch {
		return "(nested too deeply)";
	}
}

const LONGEST_EXCERPT = 1000;
