/**
 * What an unprivileged user may load at once. iptables-nft and nft hand a table to the kernel as one message, which may be
 * larger than the socket's buffer only for root (SO_SNDBUFFORCE): some 300 rules with comments went through here, 400 did not
 * (docs/lab-notes/realize.md).
 */
import { type NftChain, type NftRuleset, type NftSet, type NftTable, printRuleset, type XtTable } from "@podpath/core";

/** About how much of the buffer a rule, a set's element and a chain take, in units of which a message may have `MOST`. */
const RULE = 4;
const ELEMENT = 1;
const CHAIN = 1;
const MOST = 600;

/** By which programs the iptables tables of a namespace are loaded. */
export type XtLoading =
	/** The program's plain name, whichever implementation that is. */
	| "plain"
	/** A table is too large for iptables-nft. */
	| "legacy"
	/** Each implementation holds tables of its own. */
	| "both";

export function xtLoading(tables: readonly XtTable[]): XtLoading {
	if (tables.some(({ backend }) => backend !== tables[0]?.backend)) return "both";
	return tables.some(isLarge) ? "legacy" : "plain";
}

function isLarge({ chains }: XtTable): boolean {
	let weight = 0;
	for (const { rules } of chains.values()) weight += CHAIN + RULE * rules.length;
	return weight > MOST;
}

/** The rule set as texts for `nft -f`, one after the other; a single one where that is small enough. */
export function nftTransactions(ruleset: NftRuleset): readonly string[] {
	if (ruleset.tables.length === 0) return [];
	const weight = ruleset.tables.reduce((sum, table) => sum + weightOf(table), 0);
	return weight <= MOST ? [printRuleset(ruleset)] : ruleset.tables.flatMap(transactionsOf);
}

function weightOf({ chains, sets }: NftTable): number {
	let weight = 0;
	for (const { rules } of chains.values()) weight += CHAIN + RULE * rules.length;
	for (const { elements } of sets.values()) weight += CHAIN + ELEMENT * elements.length;
	return weight;
}

/** First all chains and sets, empty, as rules and verdict maps name them; then rules; then elements. */
function transactionsOf(table: NftTable): readonly string[] {
	const sets = [...table.sets.values()].map((set) => ({ ...set, elements: [] }));
	const chains = [...table.chains.values()].map((chain) => ({ ...chain, rules: [] }));
	const rules = [...table.chains.values()].flatMap((chain) =>
		portions(chain.rules, MOST / RULE).map((some) => ({ ...chain, rules: some })),
	);
	const elements = [...table.sets.values()].flatMap((set) =>
		portions(set.elements, MOST / ELEMENT).map((some) => ({ ...set, elements: some })),
	);
	return [
		...packed(chains, () => CHAIN).map((some, i) => textOf(table, some, i === 0 ? sets : [])),
		// Rules print by the types of the sets that they ask, which are there already.
		...packed(rules, (chain) => CHAIN + RULE * chain.rules.length).map((some) => textOf(table, some, sets)),
		...packed(elements, (set) => CHAIN + ELEMENT * set.elements.length).map((some) => textOf(table, [], some)),
	];
}

function textOf(table: NftTable, chains: readonly NftChain[], sets: readonly NftSet[]): string {
	const [chainMap, setMap] = [
		new Map(chains.map((each) => [each.name, each])),
		new Map(sets.map((each) => [each.name, each])),
	];
	return printRuleset({ tables: [{ ...table, chains: chainMap, sets: setMap }] });
}

function portions<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
	const found: (readonly Item[])[] = [];
	for (let at = 0; at < items.length; at += size) found.push(items.slice(at, at + size));
	return found;
}

/** Runs of items, in their order, of which none weighs more than is allowed and none has two of one name. */
function packed<Item extends { readonly name: string }>(
	items: readonly Item[],
	weigh: (item: Item) => number,
): readonly (readonly Item[])[] {
	const found: Item[][] = [];
	let weight = Number.POSITIVE_INFINITY;
	let names = new Set<string>();
	for (const item of items) {
		weight += weigh(item);
		if (weight > MOST || names.has(item.name)) {
			found.push([]);
			weight = weigh(item);
			names = new Set();
		}
		found.at(-1)?.push(item);
		names.add(item.name);
	}
	return found;
}
