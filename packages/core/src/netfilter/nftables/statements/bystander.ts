/** Statements that change no packet's way: counters, logs, helpers, flow offload (which begins with later packets). */
import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE } from "../../context.ts";
import { isList, isObject, type Json } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { RuleReader } from "../text/rule-reader.ts";
import { quoted } from "../value-text.ts";
import type { StatementExtension } from "./extension.ts";

const KINDS = ["counter", "log", "last", "flow", "ct helper", "ct timeout", "ct expectation"] as const;

export interface BystanderStatement {
	readonly kind: "bystander";
	readonly of: (typeof KINDS)[number];
	/** `packets` and `bytes` of a counter, `prefix` of a log …; `name` of what the table has elsewhere. */
	readonly options: Readonly<Record<string, string | number>>;
}

const LOG_NUMBERS: ReadonlySet<string> = new Set(["group", "snaplen", "queue-threshold"]);

export const bystanderExtension: StatementExtension<BystanderStatement> = {
	words: KINDS,
	parse: (word, reader) => bystanderOf(word, parseOptions(word, reader)),
	keys: KINDS,
	fromJson: (key, value) => bystanderOf(key, optionsFromJson(value)),
	print: printBystander,
	toJson: ({ of, options }) => {
		if (of === "flow") return { flow: { op: "add", flowtable: `@${options.name}` } };
		if (options.name !== undefined) return { [of]: options.name };
		return { [of]: Object.keys(options).length === 0 ? null : options };
	},
	run: () => CONTINUE,
};

/** A counter that has counted nothing is as one that was never printed. */
function bystanderOf(of: string, options: BystanderStatement["options"]): BystanderStatement {
	const kind = KINDS.find((known) => known === of);
	if (kind === undefined) throw new ParseFailure(phrase("no-statement", { text: of }));
	const unused = kind === "last" || (options.packets === 0 && options.bytes === 0);
	return { kind: "bystander", of: kind, options: unused ? {} : options };
}

function parseOptions(word: string, reader: RuleReader): BystanderStatement["options"] {
	switch (word) {
		case "counter": {
			if (reader.takeWord("name")) return { name: reader.text() };
			if (!reader.takeWord("packets")) return {};
			const packets = reader.number(Number.MAX_SAFE_INTEGER);
			reader.expectWord("bytes");
			return { packets, bytes: reader.number(Number.MAX_SAFE_INTEGER) };
		}
		case "log":
			return parseLog(reader);
		case "last":
			if (reader.takeWord("used")) reader.word();
			return {};
		case "flow":
			if (!reader.takeWord("add")) reader.expectWord("offload");
			return { name: reader.setName() };
		default:
			reader.expectWord("set");
			return { name: reader.text() };
	}
}

function parseLog(reader: RuleReader): BystanderStatement["options"] {
	const options: Record<string, string | number> = {};
	for (;;) {
		const word = reader.peekWord();
		if (word === "prefix" || word === "level") {
			reader.word();
			options[word] = reader.text();
		} else if (word !== undefined && LOG_NUMBERS.has(word)) {
			reader.word();
			options[word] = reader.number();
		} else if (word === "flags") {
			reader.word();
			let flags = reader.word();
			if (flags === "tcp" || flags === "ip") flags += ` ${reader.word()}`;
			while (reader.take(",")) flags += `,${reader.word()}`;
			options.flags = options.flags === undefined ? flags : `${options.flags} flags ${flags}`;
		} else return options;
	}
}

function optionsFromJson(value: Json): BystanderStatement["options"] {
	if (typeof value === "string") return { name: value };
	const options: Record<string, string | number> = {};
	if (!isObject(value)) return options;
	if (typeof value.flowtable === "string") return { name: value.flowtable.replace(/^@/, "") };
	for (const [key, each] of Object.entries(value)) {
		if (typeof each === "string" || typeof each === "number") options[key] = each;
		else if (isList(each)) options[key] = each.map((flag) => (typeof flag === "string" ? flag : "?")).join(",");
	}
	return options;
}

function printBystander({ of, options }: BystanderStatement): string {
	if (of === "flow") return `flow add @${options.name}`;
	if (options.name !== undefined) return `${of} ${of === "counter" ? "name" : "set"} ${quoted(String(options.name))}`;
	const shown = Object.entries(options).map(
		([key, value]) => `${key} ${key === "prefix" ? quoted(String(value)) : value}`,
	);
	return [of, ...shown].join(" ");
}
