/**
 * What is registered at each hook of a stack, in the order of priorities: tables of iptables, base chains of nftables,
 * conntrack, NAT, IPVS (include/uapi/linux/netfilter_ipv4.h; net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops).
 */
import type { Family } from "../address/address.ts";
import { type Hook, PRIORITY } from "../netfilter/hook.ts";
import { baseChains } from "../netfilter/nftables/ruleset.ts";
import { usesConntrack as nftUsesConntrack } from "../netfilter/nftables/uses.ts";
import { compileTable } from "../netfilter/xtables/compiled-chain.ts";
import type { XtTableName } from "../netfilter/xtables/table.ts";
import { usesConntrack as xtUsesConntrack } from "../netfilter/xtables/uses.ts";
import { placeKind } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import { type Because, because } from "./because.ts";
import type { HookChain } from "./hook-chain.ts";
import { perView, type View } from "./view.ts";

export type HookEntry =
	| { readonly kind: "chain"; readonly priority: number; readonly chain: HookChain }
	| { readonly kind: "conntrack"; readonly priority: number }
	| {
			readonly kind: "nat";
			readonly priority: number;
			readonly rewrites: "destination" | "source";
			readonly chains: readonly HookChain[];
	  }
	| { readonly kind: "ipvs-reply" | "ipvs-request"; readonly priority: number }
	| { readonly kind: "confirm"; readonly priority: number };

const XT_CHAIN_OF: Readonly<Record<Hook, string>> = {
	prerouting: "PREROUTING",
	input: "INPUT",
	forward: "FORWARD",
	output: "OUTPUT",
	postrouting: "POSTROUTING",
};

/** At which hooks each iptables table has a chain, and at which priority. */
const XT_TABLES: Readonly<
	Record<XtTableName, { readonly priority: number | ((hook: Hook) => number); readonly hooks: readonly Hook[] }>
> = {
	raw: { priority: PRIORITY.raw, hooks: ["prerouting", "output"] },
	mangle: { priority: PRIORITY.mangle, hooks: ["prerouting", "input", "forward", "output", "postrouting"] },
	nat: { priority: natPriority, hooks: ["prerouting", "input", "output", "postrouting"] },
	filter: { priority: PRIORITY.filter, hooks: ["input", "forward", "output"] },
	security: { priority: PRIORITY.security, hooks: ["input", "forward", "output"] },
};

/** nf_nat_ipv4_ops in iptable_nat.c: which of several nat chains is asked first. */
function natPriority(hook: Hook): number {
	return rewritesDestination(hook) ? PRIORITY.natDestination : PRIORITY.natSource;
}

function rewritesDestination(hook: Hook): boolean {
	return hook === "prerouting" || hook === "output";
}

/** What a packet meets at a hook. */
export interface AtHook {
	/** In order. */
	readonly entries: readonly HookEntry[];
	/** That the input does not hold all that may be there; null: it does. */
	readonly unseen: Because | null;
}

const PLACES: Readonly<Record<Hook, number>> = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 };
const BEHIND_IPV4 = 5;
const compiled = perView((): AtHook[] => []);

/** What a packet of this family meets at a hook. */
export function atHook(view: View, family: Family, hook: Hook): AtHook {
	const hooks = compiled(view);
	const place = PLACES[hook] + (family === 4 ? 0 : BEHIND_IPV4);
	const known = hooks[place];
	if (known !== undefined) return known;
	const made = { entries: compile(view, family, hook), unseen: rulesNotSeen(view, family) };
	hooks[place] = made;
	return made;
}

function compile(view: View, family: Family, hook: Hook): readonly HookEntry[] {
	const chains = withoutIdle(chainsAt(view, family, hook));
	const entries: HookEntry[] = chains
		.filter((each) => !each.nat)
		.map(({ priority, chain }) => ({ kind: "chain", priority, chain }));
	const natChains = chains.filter((each) => each.nat).sort((a, b) => a.priority - b.priority);
	if (tracksConnections(view, family)) {
		if (hook === "prerouting" || hook === "output") entries.push({ kind: "conntrack", priority: PRIORITY.conntrack });
		if (hook === "input" || hook === "postrouting")
			entries.push({ kind: "confirm", priority: PRIORITY.conntrackConfirm });
		if (hook !== "forward") {
			const rewrites = rewritesDestination(hook) ? "destination" : "source";
			const chains = natChains.map(({ chain }) => chain);
			entries.push({ kind: "nat", priority: natPriority(hook), rewrites, chains });
		}
	}
	entries.push(...ipvsEntries(view, hook));
	// sort() is stable.
	return entries.sort((a, b) => a.priority - b.priority);
}

/** Chains that do nothing, as most tables have them, are left out; one stays, as it was met all the same. */
function withoutIdle(chains: readonly ChainAt[]): readonly ChainAt[] {
	const busy = chains.filter(({ chain }) => !isIdle(chain));
	return busy.length > 0 ? busy : chains.slice(0, 1);
}

function isIdle(each: HookChain): boolean {
	if (each.kind === "nft") return each.chain.rules.length === 0 && each.chain.base?.policy !== "drop";
	const { chain } = each.chain;
	return chain.rules.length === 0 && chain.policy !== "DROP";
}

interface ChainAt {
	readonly priority: number;
	readonly chain: HookChain;
	readonly nat: boolean;
}

/**
 * In the order in which one priority's are asked: what was registered last comes first (nf_hook_entries_grow), so chains of
 * nftables from the last to the first. That iptables' tables were there before them no dump says; it is how machines start.
 */
function chainsAt(view: View, family: Family, hook: Hook): readonly ChainAt[] {
	const found: ChainAt[] = [];
	for (const { table, chain, base } of [...baseChains(view.state.nftables)].reverse()) {
		const families = table.family === "inet" ? [4, 6] : table.family === "ip" ? [4] : table.family === "ip6" ? [6] : [];
		if (!families.includes(family) || base.hook !== hook) continue;
		found.push({ priority: base.priority, chain: { kind: "nft", table, chain }, nat: base.type === "nat" });
	}
	for (const table of view.state.xtables) {
		const { priority, hooks } = XT_TABLES[table.name];
		if (table.family !== family || !hooks.includes(hook)) continue;
		const ready = compileTable(table);
		const chain = ready.chain(XT_CHAIN_OF[hook]);
		if (chain === undefined) continue;
		const at = typeof priority === "number" ? priority : priority(hook);
		found.push({ priority: at, chain: { kind: "xt", table: ready, chain }, nat: table.name === "nat" });
	}
	return found;
}

/** IPVS sits around source NAT in INPUT, after destination NAT in OUTPUT, and takes answers in FORWARD. */
function ipvsEntries(view: View, hook: Hook): readonly HookEntry[] {
	if (view.state.ipvs.length === 0) return [];
	switch (hook) {
		case "input":
			return [
				{ kind: "ipvs-reply", priority: PRIORITY.natSource - 2 },
				{ kind: "ipvs-request", priority: PRIORITY.natSource - 1 },
			];
		case "output":
			return [
				{ kind: "ipvs-reply", priority: PRIORITY.natDestination + 1 },
				{ kind: "ipvs-request", priority: PRIORITY.natDestination + 2 },
			];
		case "forward":
			return [{ kind: "ipvs-reply", priority: 100 }];
		default:
			return [];
	}
}

/**
 * Whether the stack tracks connections of a family: only when something in it asks for that (nf_ct_netns_get): a rule
 * that rewrites or looks at connections. IPVS alone does not, whatever net.ipv4.vs.conntrack says (ip_vs_register_conntrack is for
 * FTP); seen on Linux 6.1 by the fuzzer.
 */
function tracksConnections(view: View, family: Family): boolean {
	const known = tracking(view);
	let tracks = known[family];
	if (tracks === undefined) {
		const { xtables, nftables } = view.state;
		tracks =
			xtables.some((table) => table.family === family && xtUsesConntrack(table)) || nftUsesConntrack(nftables, family);
		known[family] = tracks;
	}
	return tracks;
}

const tracking = perView((): Partial<Record<Family, boolean>> => ({}));

/** Whether NAT is at a family's hooks: any nat chain brings it to all of them (nf_nat_register_fn). */
export function hasNat({ state }: View, family: Family): boolean {
	const families: ReadonlySet<string> = new Set(["inet", family === 4 ? "ip" : "ip6"]);
	return (
		state.xtables.some((table) => table.family === family && table.name === "nat") ||
		baseChains(state.nftables).some(({ table, base }) => families.has(table.family) && base.type === "nat")
	);
}

/**
 * A node whose rules the input does not hold at all, or not in full, may do anything with a packet. Pods' own stacks rarely
 * have rules: where the input has none the answer only says that it did not see them (trace/input-findings.ts).
 */
function rulesNotSeen({ state }: View, family: Family): Because | null {
	const { missing, notUnderstood, place } = state;
	const part = family === 4 ? "iptables-save" : "ip6tables-save";
	const lost = notUnderstood.find((line) => line.lost === true && (line.part === part || line.part === "nft-ruleset"));
	if (lost !== undefined) {
		const where = `${lost.source.file}:${lost.source.line}`;
		return because("cannot-evaluate", { what: phrase("what-may-be-rule", { where, text: lost.text, why: lost.why }) });
	}
	if (placeKind(place) === "pod" || !missing.has(part) || !missing.has("nft-ruleset")) return null;
	return because("cannot-evaluate", { what: phrase("what-rules-missing", { place, part }) });
}
