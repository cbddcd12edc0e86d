/** nftables: rules of chains in their order, elements of sets and maps in any. */
import type { NftElement } from "../../netfilter/nftables/element.ts";
import { printerFor, printRule } from "../../netfilter/nftables/print.ts";
import type { NftChain, NftRule, NftSet, NftTable } from "../../netfilter/nftables/ruleset.ts";
import { showElement } from "../../netfilter/nftables/value-text.ts";
import { KERNEL, type Origin } from "../../origin/origin.ts";
import type { Namespace } from "../../state/namespace.ts";
import type { Place } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import { type Difference, described, type EntryText, namespaceRepair, type Repair } from "../difference.ts";
import { inserted, stretches } from "./ordered.ts";

export function compareNftables(expected: Namespace, actual: Namespace): readonly Difference[] {
	if (actual.missing.has("nft-ruleset")) return [];
	const key = ({ family, name }: NftTable): string => `${family} ${name}`;
	const wanted = new Map(expected.nftables.tables.map((table) => [key(table), table]));
	const there = new Map(actual.nftables.tables.map((table) => [key(table), table]));
	return [...new Set([...wanted.keys(), ...there.keys()])].flatMap((name) => {
		const [ours, theirs] = [wanted.get(name), there.get(name)];
		const table = (ours ?? theirs) as NftTable;
		if (ours === theirs) return [];
		if (theirs === undefined) return [tableMissing(actual.place, table)];
		return compareTables({ place: actual.place, expected: ours ?? emptied(table), actual: theirs });
	});
}

function emptied(table: NftTable): NftTable {
	return { ...table, chains: new Map(), sets: new Map() };
}

interface TableAt {
	readonly place: Place;
	readonly expected: NftTable;
	readonly actual: NftTable;
}

function tableMissing(place: Place, table: NftTable): Difference {
	return {
		code: "chain-empty",
		place,
		part: "nft-ruleset",
		change: "missing",
		device: null,
		subject: `${table.family} ${table.name}`,
		expected: { text: `table ${table.family} ${table.name}`, origin: table.origin },
		actual: null,
		fix: null,
		repairs: [
			namespaceRepair(place, (namespace) => ({
				...namespace,
				nftables: { tables: [...namespace.nftables.tables, table] },
			})),
		],
		consequences: [],
	};
}

function compareTables(at: TableAt): readonly Difference[] {
	const chains = new Set([...at.expected.chains.keys(), ...at.actual.chains.keys()]);
	const sets = [...at.expected.sets.values()];
	return [
		...[...chains].flatMap((chain) => compareChains(at, chain)),
		...sets.flatMap((set) => compareSets(at, set, at.actual.sets.get(set.name))),
	];
}

function changed(at: TableAt, change: (table: NftTable) => NftTable): Repair {
	return namespaceRepair(at.place, (namespace) => ({
		...namespace,
		nftables: {
			tables: namespace.nftables.tables.map((table) =>
				table.family === at.actual.family && table.name === at.actual.name ? change(table) : table,
			),
		},
	}));
}

function withChain(table: NftTable, chain: NftChain): NftTable {
	return { ...table, chains: new Map([...table.chains, [chain.name, chain]]) };
}

type Told = Pick<Difference, "code" | "change" | "subject" | "expected" | "actual" | "fix" | "repairs">;

function difference({ place }: TableAt, told: Told): Difference {
	return { ...told, place, part: "nft-ruleset", device: null, consequences: [] };
}

function tableWords({ actual }: TableAt): string {
	return `${actual.family} ${actual.name}`;
}

function compareChains(at: TableAt, name: string): readonly Difference[] {
	const [wanted, there] = [at.expected.chains.get(name), at.actual.chains.get(name)];
	if (wanted === there) return [];
	const expected: NftChain = wanted ?? { name, rules: [] };
	const subject = `${tableWords(at)} ${name}`;
	const rules = there?.rules ?? [];
	if (rules.length === 0 && expected.rules.length > 1) {
		const origin: Origin = expected.rules[0]?.origin ?? at.expected.origin;
		return [
			difference(at, {
				code: "chain-empty",
				change: "missing",
				subject,
				expected: described(phrase("chain-with-rules", { chain: subject, n: expected.rules.length }), origin),
				actual: there === undefined ? null : described(phrase("chain-without-rules", { chain: subject }), KERNEL),
				fix: null,
				repairs: [changed(at, (table) => withChain(table, expected))],
			}),
		];
	}
	const textOf = canonical(at);
	return [
		...policyDifference(at, subject, expected, there),
		...stretches(expected.rules, rules, textOf).flatMap(({ missing, extra }) => [
			...missing.map((rule) => ruleDifference(at, expected, rule, null)),
			...extra.map((rule) => ruleDifference(at, expected, null, rule)),
		]),
	];
}

function policyDifference(
	at: TableAt,
	subject: string,
	expected: NftChain,
	actual: NftChain | undefined,
): readonly Difference[] {
	const [own, other] = [expected.base, actual?.base];
	if (own === undefined || other === undefined || actual === undefined || own.policy === other.policy) return [];
	const text = (policy: string): EntryText => ({ text: `chain ${subject}: policy ${policy}`, origin: KERNEL });
	return [
		difference(at, {
			code: "chain-policy-wrong",
			change: "wrong",
			subject,
			expected: text(own.policy),
			actual: text(other.policy),
			fix: { command: `nft 'chain ${subject} { policy ${own.policy}; }'` },
			repairs: [
				changed(at, (table) => {
					const chain = table.chains.get(expected.name) ?? expected;
					return withChain(table, { ...chain, base: { ...other, policy: own.policy } });
				}),
			],
		}),
	];
}

function canonical(at: TableAt): (rule: NftRule) => string {
	const printer = printerFor(new Map([...at.expected.sets, ...at.actual.sets]));
	return ({ statements }) =>
		printRule({ statements, origin: KERNEL }, printer)
			.replace(/\bcounter packets \d+ bytes \d+ ?/g, "")
			.replace(/\bcounter /g, "")
			.trim();
}

function ruleDifference(at: TableAt, chain: NftChain, expected: NftRule | null, actual: NftRule | null): Difference {
	const textOf = canonical(at);
	const rule = (expected ?? actual) as NftRule;
	const words = `${tableWords(at)} ${chain.name} ${textOf(rule)}`;
	const handle = actual?.handle;
	return difference(at, {
		code: expected === null ? "nft-rule-unexpected" : "nft-rule-missing",
		change: expected === null ? "extra" : "missing",
		subject: `${tableWords(at)} ${chain.name}`,
		expected: expected && { text: words, origin: expected.origin },
		actual: actual && { text: words, origin: actual.origin },
		fix: {
			command:
				expected === null
					? `nft delete rule ${tableWords(at)} ${chain.name} handle ${handle ?? "N"}`
					: `nft add rule ${words}`,
		},
		repairs: [
			changed(at, (table) => {
				const before = table.chains.get(chain.name) ?? { ...chain, rules: [] };
				const rest = before.rules.filter((each) => each !== actual);
				const rules = expected === null ? rest : inserted(rest, expected, chain.rules, textOf);
				return withChain(table, { ...before, rules });
			}),
		],
	});
}

function compareSets(at: TableAt, expected: NftSet, actual: NftSet | undefined): readonly Difference[] {
	if (expected === actual || actual === undefined) return [];
	const textOf = (element: NftElement): string =>
		showElement({ key: element.key, ...(element.value !== undefined && { value: element.value }) }, expected.keyTypes, [
			...(expected.valueType?.split(" . ") ?? []),
		]);
	const ours = new Set(expected.elements.map(textOf));
	const theirs = new Set(actual.elements.map(textOf));
	const missing = expected.elements.filter((element) => !theirs.has(textOf(element)));
	const extra = actual.elements.filter((element) => !ours.has(textOf(element)));
	// What packets put there comes and goes.
	if (expected.flags.includes("dynamic") || actual.flags.includes("dynamic")) return [];
	const both = [
		...missing.map((element) => [element, null] as const),
		...extra.map((element) => [null, element] as const),
	];
	return both.map(([wanted, there]) => elementDifference(at, expected, textOf, wanted, there));
}

function elementDifference(
	at: TableAt,
	set: NftSet,
	textOf: (element: NftElement) => string,
	expected: NftElement | null,
	actual: NftElement | null,
): Difference {
	const text = textOf((expected ?? actual) as NftElement);
	const words = `${tableWords(at)} ${set.name} { ${text} }`;
	const entry: EntryText = { text: words, origin: set.origin };
	return difference(at, {
		code: expected === null ? "nft-element-unexpected" : "nft-element-missing",
		change: expected === null ? "extra" : "missing",
		subject: `${tableWords(at)} ${set.name}`,
		expected: expected && entry,
		actual: actual && entry,
		fix: { command: `nft ${expected === null ? "delete" : "add"} element ${words}` },
		repairs: [
			changed(at, (table) => {
				const before = table.sets.get(set.name) ?? { ...set, elements: [] };
				const rest = before.elements.filter((each) => each !== actual);
				const elements = expected === null ? rest : [...rest, expected];
				return { ...table, sets: new Map([...table.sets, [set.name, { ...before, elements }]]) };
			}),
		],
	});
}
