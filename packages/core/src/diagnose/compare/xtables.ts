/** iptables and ip6tables: chains that packets can come to, rule by rule, in their order. */
import type { Family } from "../../address/address.ts";
import { printRuleParts } from "../../netfilter/xtables/rule.ts";
import { findTable, type XtChain, type XtRule, type XtTable } from "../../netfilter/xtables/table.ts";
import { KERNEL, type Origin } from "../../origin/origin.ts";
import type { Namespace, StatePart } from "../../state/namespace.ts";
import type { Place } from "../../state/place.ts";
import type { Fix } from "../../wording/fix.ts";
import { phrase } from "../../wording/phrase.ts";
import { type Difference, described, type EntryText, namespaceRepair, type Repair } from "../difference.ts";
import { inserted, type Stretch, stretches } from "./ordered.ts";

export function compareXtables(expected: Namespace, actual: Namespace): readonly Difference[] {
	return ([4, 6] as const).flatMap((family) => {
		if (actual.missing.has(partOf(family))) return [];
		const names = new Set(
			[...expected.xtables, ...actual.xtables].filter((table) => table.family === family).map(({ name }) => name),
		);
		return [...names].flatMap((name) => {
			const wanted = findTable(expected.xtables, family, name) ?? emptyTable(family, name);
			const there = actual.xtables.filter((table) => table.family === family && table.name === name);
			if (there.length === 0) return compareTables(actual.place, wanted, emptyTable(family, name));
			// Both implementations may hold a table of the name: all rules of both are run.
			const shared = there.find((table) => table.chains.size > 5) ?? there[0];
			return there.flatMap((table) =>
				compareTables(actual.place, table === shared ? wanted : emptyTable(family, name), table),
			);
		});
	});
}

function partOf(family: Family): StatePart {
	return family === 4 ? "iptables-save" : "ip6tables-save";
}

function emptyTable(family: Family, name: XtTable["name"]): XtTable {
	return { family, name, backend: "nft", chains: new Map() };
}

/** A chain of one table at one place, as it should be and as it is. */
interface ChainAt {
	readonly place: Place;
	readonly table: XtTable;
	readonly chain: string;
	readonly expected: XtChain;
	readonly actual: XtChain | undefined;
	/** Several chains of the table have lost all their rules. */
	readonly wasFlushed: boolean;
}

function compareTables(place: Place, expected: XtTable, actual: XtTable): readonly Difference[] {
	const names = new Set([...reachable(expected), ...reachable(actual)]);
	const emptied = [...names].filter((name) => {
		return (expected.chains.get(name)?.rules.length ?? 0) > 0 && (actual.chains.get(name)?.rules.length ?? 0) === 0;
	});
	// A chain of one rule may have lost just that; several that are empty were emptied.
	const wasFlushed = emptied.length >= FLUSHED_CHAINS;
	return [...names].flatMap((chain): readonly Difference[] => {
		const wanted = expected.chains.get(chain);
		const there = actual.chains.get(chain);
		if (wanted === there) return [];
		const none: XtChain = { name: chain, policy: (wanted ?? there)?.policy === null ? null : "ACCEPT", rules: [] };
		return compareChains({ place, table: actual, chain, expected: wanted ?? none, actual: there, wasFlushed });
	});
}

const FLUSHED_CHAINS = 3;

const reached = new WeakMap<XtTable, ReadonlySet<string>>();

/** Chains to which some rule leads from a hook: what stands in others happens to no packet. */
function reachable(table: XtTable): ReadonlySet<string> {
	const known = reached.get(table);
	if (known !== undefined) return known;
	const found = new Set<string>();
	const open = [...table.chains.values()].filter(({ policy }) => policy !== null).map(({ name }) => name);
	for (let name = open.pop(); name !== undefined; name = open.pop()) {
		if (found.has(name)) continue;
		found.add(name);
		for (const { target } of table.chains.get(name)?.rules ?? []) {
			if (target?.kind === "jump" || target?.kind === "goto") open.push(target.chain);
		}
	}
	reached.set(table, found);
	return found;
}

function compareChains(at: ChainAt): readonly Difference[] {
	const { expected, actual, table } = at;
	const rules = actual?.rules ?? [];
	const textOf = canonical(table.family);
	const policy = actual !== undefined && actual.policy !== expected.policy ? [policyDifference(at, actual)] : [];
	if (rules.length === 0 && expected.rules.length > (at.wasFlushed ? 0 : 1)) return [...policy, flushed(at)];
	const found = stretches(expected.rules, rules, textOf).flatMap((stretch) => ruleDifferences(at, stretch));
	return [...policy, ...found];
}

/** Matches in any order, without comments, say the same. */
function canonical(family: Family): (rule: XtRule) => string {
	return (rule) => {
		const known = texts.get(rule);
		if (known !== undefined) return known;
		const matches = rule.matches.filter(({ kind }) => kind !== "comment");
		const each = matches.map((match) => anyOrder(printRuleParts({ matches: [match], target: null }, family))).sort();
		const text = `${each.join(" ")} ${printRuleParts({ matches: [], target: rule.target }, family)}`;
		texts.set(rule, text);
		return text;
	};
}

const texts = new WeakMap<XtRule, string>();

/** Lists of states and flags say the same in any order. */
function anyOrder(text: string): string {
	return text.replace(/[A-Z_]+(?:,[A-Z_]+)+/g, (list) => list.split(",").sort().join(","));
}

function subjectOf({ table, chain }: ChainAt): string {
	return `${table.name}/${chain}`;
}

function toolOf({ table }: ChainAt): string {
	return `${table.family === 4 ? "iptables" : "ip6tables"} -t ${table.name}`;
}

function changed(at: ChainAt, change: (chain: XtChain) => XtChain): Repair {
	return namespaceRepair(at.place, (namespace) => {
		const { name, family, backend } = at.table;
		const isOwn = (table: XtTable): boolean =>
			table.name === name && table.family === family && table.backend === backend;
		const own = namespace.xtables.find(isOwn) ?? at.table;
		const before: XtChain = own.chains.get(at.chain) ?? { ...at.expected, rules: [] };
		const table = { ...own, chains: new Map([...own.chains, [at.chain, change(before)]]) };
		const others = namespace.xtables.filter((each) => !isOwn(each));
		return { ...namespace, xtables: [...others, table] };
	});
}

type Told = Pick<Difference, "code" | "change" | "expected" | "actual" | "fix" | "repairs">;

function difference(at: ChainAt, told: Told): Difference {
	const part = partOf(at.table.family);
	return { ...told, place: at.place, part, device: null, subject: subjectOf(at), consequences: [] };
}

function policyDifference(at: ChainAt, actual: XtChain): Difference {
	const { expected, chain } = at;
	const text = ({ policy, source }: XtChain): EntryText => ({
		text: `:${chain} ${policy ?? "-"}`,
		origin: { ...KERNEL, ...(source !== undefined && { source }) },
	});
	return difference(at, {
		code: "chain-policy-wrong",
		change: "wrong",
		expected: text(expected),
		actual: text(actual),
		fix: { command: `${toolOf(at)} -P ${chain} ${expected.policy ?? "ACCEPT"}` },
		repairs: [changed(at, (own) => ({ ...own, policy: expected.policy }))],
	});
}

function flushed(at: ChainAt): Difference {
	const { expected, actual, chain } = at;
	const origin: Origin = expected.rules[0]?.origin ?? KERNEL;
	return difference(at, {
		code: "chain-empty",
		change: "missing",
		expected: described(phrase("chain-with-rules", { chain: subjectOf(at), n: expected.rules.length }), origin),
		actual: actual === undefined ? null : described(phrase("policy-without-rules", { chain }), KERNEL),
		fix: chainFix(at),
		repairs: [changed(at, (own) => ({ ...own, rules: expected.rules }))],
	});
}

/** More rules than this nobody types: whoever wrote them writes them again. */
const MOST_TYPED = 8;

function chainFix(at: ChainAt): Fix {
	const { expected, table, chain, place } = at;
	const owner = expected.rules[0]?.origin.component ?? phrase("their-owner");
	if (expected.rules.length > MOST_TYPED) return phrase("restart-writes-chain", { owner, place });
	const command = (rule: XtRule): string => `${toolOf(at)} -A ${chain} ${printRuleParts(rule, table.family)}`;
	return { command: expected.rules.map(command).join(" && ") };
}

/** A rule that stands at another place is both missing and too many. */
function ruleDifferences(at: ChainAt, { missing, extra }: Stretch<XtRule>): readonly Difference[] {
	if (missing.length === 1 && extra.length === 1) return [ruleDifference(at, missing[0] ?? null, extra[0] ?? null)];
	return [
		...missing.map((rule) => ruleDifference(at, rule, null)),
		...extra.map((rule) => ruleDifference(at, null, rule)),
	];
}

function ruleDifference(at: ChainAt, expected: XtRule | null, actual: XtRule | null): Difference {
	const change = expected === null ? "extra" : actual === null ? "missing" : "wrong";
	return difference(at, {
		code: RULE_CODES[change],
		change,
		expected: expected && ruleText(at, expected),
		actual: actual && ruleText(at, actual),
		fix: { command: ruleCommand(at, expected, actual) },
		repairs: [exchange(at, expected, actual)],
	});
}

const RULE_CODES = {
	missing: "iptables-rule-missing",
	wrong: "iptables-rule-wrong",
	extra: "iptables-rule-unexpected",
} as const;

function ruleText(at: ChainAt, rule: XtRule): EntryText {
	const text = `-A ${at.chain} ${printRuleParts(rule, at.table.family)}`.trim();
	return { text: `${at.table.name}: ${text}`, origin: rule.origin };
}

function ruleCommand(at: ChainAt, expected: XtRule | null, actual: XtRule | null): string {
	const words = (rule: XtRule): string => printRuleParts(rule, at.table.family);
	const position = at.expected.rules.indexOf(expected as XtRule) + 1;
	if (expected === null) return `${toolOf(at)} -D ${at.chain} ${words(actual as XtRule)}`;
	if (actual === null) return `${toolOf(at)} -I ${at.chain} ${position} ${words(expected)}`;
	const there = (at.actual?.rules.indexOf(actual) ?? 0) + 1;
	return `${toolOf(at)} -R ${at.chain} ${there} ${words(expected)}`;
}

function exchange(at: ChainAt, expected: XtRule | null, actual: XtRule | null): Repair {
	const textOf = canonical(at.table.family);
	return changed(at, (chain) => {
		const rest = chain.rules.filter((rule) => rule !== actual);
		const rules = expected === null ? rest : inserted(rest, expected, at.expected.rules, textOf);
		return { ...chain, rules };
	});
}
