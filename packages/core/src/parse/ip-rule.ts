/** `ip rule`, `ip -6 rule`: text and JSON (iproute2 ip/iprule.c print_rule). */
import type { Family } from "../address/address.ts";
import { type Prefix, parsePrefix } from "../address/prefix.ts";
import type { PortRange, Rule, RuleAction } from "../state/ip.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { DumpReader, decimal, dumpLines, type Line, type Parsed, unsigned32, wordsOf } from "./dump.ts";
import { componentOfProtocol, ipProtocol, routeProtocol, tableNumber, tosByte } from "./iproute2-names.ts";
import { isJson, type JsonObject, jsonRows, numberField, stringField } from "./json-rows.ts";

/**
 * The policy rules of a dump. `ip rule` prints IPv4's alone; a dump may hold the output of `ip -6 rule` after it. Which
 * family a rule is of follows from its addresses and, as `from all` has none, from where the priorities start anew.
 * Throws InputError for what is no such dump.
 */
export function parseIpRule(text: string, file: string): Parsed<Rule> {
	const dump = new DumpReader<Rule>("ip-rule", file, "ip rule");
	const raws: { readonly words: readonly string[]; readonly line: Line }[] = [];
	if (isJson(text, file)) {
		const rows = jsonRows(text, file);
		for (const row of rows) raws.push({ words: wordsOfRow(row.value), line: row });
		if (rows.length === 0) return dump.finish(true);
	} else {
		for (const line of dumpLines(text)) raws.push({ words: wordsOf(line.text), line });
	}
	const read = raws.map(({ words, line }) => ({ rule: ruleOf(words), line }));
	const families = familiesOf(read.map(({ rule }) => ("phrase" in rule ? undefined : rule)));
	for (const [i, { rule, line }] of read.entries()) {
		if ("phrase" in rule) {
			dump.keep(line, rule);
			continue;
		}
		const { component, ...rest } = rule;
		dump.entries.push({ ...rest, family: families[i] ?? 4, origin: dump.origin(component, line.line) });
	}
	return dump.finish();
}

type ReadRule = Omit<Rule, "family" | "origin"> & { readonly family?: Family; readonly component: string };

/** A list of rules is one family's until the priorities start anew; any address in it, or its place, tells which. */
function familiesOf(rules: readonly (ReadRule | undefined)[]): Family[] {
	const families: Family[] = [];
	let start = 0;
	let previous = -1;
	let before: Family | undefined;
	const close = (end: number): void => {
		const block = rules.slice(start, end);
		const named = block.find((rule) => rule?.family !== undefined)?.family;
		const family = named ?? (before === 4 ? 6 : 4);
		for (let i = start; i < end; i++) families[i] = family;
		if (end > start) before = family;
		start = end;
	};
	for (const [i, rule] of rules.entries()) {
		if (rule === undefined) continue;
		if (rule.priority < previous) close(i);
		previous = rule.priority;
	}
	close(rules.length);
	return families;
}

interface Draft {
	/** Where an address tells it. */
	family?: Family;
	priority?: number;
	invert: boolean;
	from?: Prefix;
	to?: Prefix;
	fwmark?: { readonly value: number; readonly mask: number };
	iif?: string;
	oif?: string;
	tos?: number;
	protocol?: string;
	sport?: PortRange;
	dport?: PortRange;
	uidRange?: PortRange;
	suppressPrefixLength?: number;
	action?: RuleAction;
	component: string;
	readonly unknown: string[];
}

/** Reads `PRIORITY: [not] from … lookup …`; gives why it cannot where it cannot. */
function ruleOf(words: readonly string[]): ReadRule | Phrase {
	const priority = decimal(/^(\d+):$/.exec(words[0] as string)?.[1]);
	if (priority === undefined) return phrase("rule-without-priority");
	const draft: Draft = { invert: false, component: "unknown", unknown: [] };
	for (let at = 1; at < words.length; at++) {
		const word = words[at] as string;
		const value = words[at + 1];
		const taken = readSelector(word, value, draft) || readAction(word, value, draft);
		if (taken) at++;
		else if (!readFlag(word, draft)) draft.unknown.push(word);
	}
	const { unknown, action, ...rest } = draft;
	if (action === undefined && unknown.length === 0) return phrase("rule-without-action");
	return {
		...rest,
		priority,
		action: action ?? { kind: "nop" },
		...(unknown.length === 0 ? {} : { notUnderstood: unknown.join(" ") }),
	};
}

/** Reads a word and its value into the draft; false where it is no such word or its value means nothing. */
function readSelector(word: string, value: string | undefined, draft: Draft): boolean {
	if (value === undefined) return false;
	switch (word) {
		case "from":
		case "to":
			return value === "all" || readPrefix(word, parsePrefix(value), draft);
		case "fwmark":
			return set(draft, "fwmark", markOf(value));
		case "iif":
		case "oif":
			return set(draft, word, value);
		case "tos":
		case "dsfield":
			return set(draft, "tos", tosByte(value));
		case "ipproto":
			return set(draft, "protocol", ipProtocol(value));
		case "sport":
		case "dport":
			return set(draft, word, rangeOf(value));
		case "uidrange":
			return set(draft, "uidRange", rangeOf(value));
		case "suppress_prefixlength":
			return set(draft, "suppressPrefixLength", decimal(value));
		default:
			return false;
	}
}

function readAction(word: string, value: string | undefined, draft: Draft): boolean {
	if (value === undefined) return false;
	switch (word) {
		case "lookup":
		case "table":
			if (value.startsWith("[")) return false;
			draft.action = { kind: "lookup", table: tableNumber(value) };
			return true;
		case "goto": {
			const priority = decimal(value);
			if (priority === undefined) return false;
			draft.action = { kind: "goto", priority };
			return true;
		}
		case "proto":
		case "protocol":
			draft.component = componentOfProtocol(routeProtocol(value));
			return true;
		case "realms":
		case "realm":
			return true;
		default:
			return false;
	}
}

/** Actions by name, and by number as `ip -N` has them (include/uapi/linux/fib_rules.h FR_ACT_*). */
const PLAIN_ACTIONS: Readonly<Record<string, "nop" | "blackhole" | "unreachable" | "prohibit">> = {
	nop: "nop",
	blackhole: "blackhole",
	unreachable: "unreachable",
	prohibit: "prohibit",
	"6": "blackhole",
	"7": "unreachable",
	"8": "prohibit",
};

function readFlag(word: string, draft: Draft): boolean {
	if (word === "not") draft.invert = true;
	else if (Object.hasOwn(PLAIN_ACTIONS, word)) draft.action = { kind: PLAIN_ACTIONS[word] ?? "nop" };
	// The device or goto target is not there: the rule says which, and it is looked for when the rule is asked.
	else return word === "[detached]" || word === "[unresolved]";
	return true;
}

/** A prefix of length 0 is what `all` means, and tells the family besides. */
function readPrefix(word: "from" | "to", prefix: Prefix | undefined, draft: Draft): boolean {
	if (prefix === undefined) return false;
	draft.family = prefix.family;
	if (prefix.length > 0) draft[word] = prefix;
	return true;
}

function set<Key extends keyof Draft>(draft: Draft, key: Key, value: Draft[Key] | undefined): boolean {
	if (value === undefined) return false;
	draft[key] = value;
	return true;
}

function markOf(text: string): { value: number; mask: number } | undefined {
	const [valueText, maskText] = text.split("/");
	const value = unsigned32(valueText);
	const mask = maskText === undefined ? 0xffff_ffff : unsigned32(maskText);
	return value === undefined || mask === undefined ? undefined : { value, mask };
}

function rangeOf(text: string): PortRange | undefined {
	const [, from, to] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(text) ?? [];
	return from === undefined ? undefined : { from: Number(from), to: Number(to ?? from) };
}

/** The words that `ip rule` would have printed for a JSON entry. */
function wordsOfRow(value: JsonObject): string[] {
	const words = [`${numberField(value, "priority") ?? 0}:`];
	const known = new Set(["priority"]);
	const text = (key: string): string | undefined => {
		known.add(key);
		// A word without a value is a key with null.
		return value[key] === null ? "" : stringField(value, key);
	};
	const pair = (word: string, field: string | undefined): void => {
		if (field !== undefined) words.push(word, field);
	};
	const joined = (first: string, glue: string, second: string): string | undefined => {
		const [head, tail] = [text(first), text(second)];
		return head === undefined || tail === undefined ? head : `${head}${glue}${tail}`;
	};
	if (text("not") !== undefined) words.push("not");
	pair("from", joined("src", "/", "srclen"));
	pair("to", joined("dst", "/", "dstlen"));
	pair("tos", text("tos"));
	pair("fwmark", joined("fwmark", "/", "fwmask"));
	for (const word of ["iif", "oif", "ipproto"]) pair(word, text(word));
	text("iif_detached");
	text("oif_detached");
	for (const word of ["sport", "dport"]) pair(word, text(word) ?? joined(`${word}_start`, "-", `${word}_end`));
	pair("uidrange", joined("uid_start", "-", "uid_end"));
	pair("lookup", text("table"));
	pair("suppress_prefixlength", text("suppress_prefixlen"));
	pair("goto", text("goto"));
	text("unresolved");
	if (text("nop") !== undefined) words.push("nop");
	const action = text("action");
	if (action !== undefined) words.push(action);
	pair("proto", text("protocol"));
	text("flow_from");
	text("flow_to");
	if (text("l3mdev") !== undefined) words.push("lookup", "[l3mdev-table]");
	for (const key of Object.keys(value)) if (!known.has(key)) words.push(key, stringField(value, key) ?? "");
	return words.filter((word) => word !== "");
}
