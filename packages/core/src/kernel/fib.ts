/** Route look-up: policy rules, tables, longest prefix, metrics, several next hops (net/ipv4/fib_*.c, net/ipv6/route.c). */

import { type Address, type Family, isUnspecified } from "../address/address.ts";
import { contains, type Prefix } from "../address/prefix.ts";
import { WatchedAddress } from "../address/watched.ts";
import type { Protocol } from "../packet/packet.ts";
import type { NextHop, PortRange, Route, Rule } from "../state/ip.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { MOST_KEPT, perView, type View } from "./view.ts";

/** What a look-up goes by. Absent parts are zero in the kernel's flow, and rules that ask for them do not match. */
export interface Flow {
	readonly to: Address;
	readonly from?: Address;
	/** The device that the packet came in by; absent for packets that this stack sends (the kernel then uses lo). */
	readonly iif?: string;
	readonly oif?: string;
	readonly mark?: number;
	readonly protocol?: Protocol;
	readonly sport?: number;
	readonly dport?: number;
}

export type Lookup =
	| { readonly kind: "route"; readonly route: Route; readonly rule: Rule; readonly nextHop: NextHop | null }
	| { readonly kind: "refused"; readonly type: "blackhole" | "unreachable" | "prohibit"; readonly rule: Rule }
	| { readonly kind: "none" }
	| { readonly kind: "unknown"; readonly unknown: Phrase };

/** Whether a packet of this stack's own goes anywhere by it. */
export function leadsSomewhere(found: Lookup): boolean {
	return found.kind === "route" && (found.route.type === "unicast" || found.route.type === "local");
}

/** Chooses among next hops by weight: a walk's choices do. */
export interface NextHopChooser {
	choose(weights: readonly number[], about: string): number;
}
type ChooseNextHop = NextHopChooser["choose"];

const NONE: Lookup = { kind: "none" };
/** For a check that follows no packet. */
const FIRST: NextHopChooser = { choose: (weights) => weights.findIndex((weight) => weight > 0) };

/** Finds the route of a flow. A route of type `throw` sends the search on to the next rule. */
export function lookup(view: View, flow: Flow, chooser: NextHopChooser = FIRST): Lookup {
	// Where no rule asks for more than the destination, the answer for a destination is always the same.
	const known =
		flow.oif === undefined && !(flow.to instanceof WatchedAddress) ? knownRoutes(view, flow.to.family) : null;
	const before = known?.get(flow.to.text);
	return before ?? lookupAnew(view, flow, chooser, known);
}

/** All that the look-up may give: of several next hops a hash chooses one, which only whoever has a packet knows. */
export function lookupAll(view: View, flow: Flow): readonly [Found, ...Found[]] {
	let weights: readonly number[] = [1];
	const taking = (hop: number): Lookup => {
		const choose = (each: readonly number[]): number => {
			weights = each;
			return hop;
		};
		return lookup(view, flow, { choose });
	};
	const first = taking(0);
	const others = weights.slice(1).map((weight, i) => ({ found: taking(i + 1), weight }));
	return [{ found: first, weight: weights[0] as number }, ...others];
}

interface Found {
	readonly found: Lookup;
	readonly weight: number;
}

function lookupAnew(view: View, flow: Flow, chooser: NextHopChooser, known: KnownRoutes | null): Lookup {
	let chose = false;
	const found = search(view, flow, (weights, about) => {
		chose = true;
		return chooser.choose(weights, about);
	});
	if (known !== null && !chose) {
		if (known.size >= MOST_KEPT) known.clear();
		known.set(flow.to.text, found);
	}
	return found;
}

type KnownRoutes = Map<string, Lookup>;

const remembered = perView((view): Record<Family, KnownRoutes | null> => {
	const known = (family: Family): KnownRoutes | null => (view.rules(family).every(isPlain) ? new Map() : null);
	return { 4: known(4), 6: known(6) };
});

/** By destination; null where rules ask for more than that. */
function knownRoutes(view: View, family: Family): KnownRoutes | null {
	return remembered(view)[family];
}

/** `from all lookup TABLE`, and nothing else. */
function isPlain(rule: Rule): boolean {
	const { from, to, fwmark, iif, oif, tos, protocol, sport, dport, uidRange } = rule;
	const selectors = [to, fwmark, iif, oif, tos, protocol, sport, dport, uidRange, rule.notUnderstood];
	return (from === undefined || from.length === 0) && !rule.invert && selectors.every((each) => each === undefined);
}

function search(view: View, flow: Flow, choose: ChooseNextHop): Lookup {
	const unread = view.unread("ip-rule") ?? view.unread("ip-route");
	if (unread !== undefined) {
		const { source, text } = unread;
		const where = `${source.file}:${source.line}`;
		return { kind: "unknown", unknown: phrase("what-line-might-decide", { where, text }) };
	}
	let after = -1;
	for (const rule of view.rules(flow.to.family)) {
		if (rule.priority < after) continue;
		const matched = ruleMatches(rule, flow);
		if (matched === "unknown")
			return { kind: "unknown", unknown: phrase("policy-rule-with", { text: rule.notUnderstood ?? "" }) };
		if (!matched) continue;
		switch (rule.action.kind) {
			case "lookup": {
				const found = lookupTable(view, rule, rule.action.table, flow, choose);
				if (found !== null) return found;
				break;
			}
			case "goto":
				after = rule.action.priority;
				break;
			case "nop":
				break;
			default:
				return { kind: "refused", type: rule.action.kind, rule };
		}
	}
	return NONE;
}

function lookupTable(view: View, rule: Rule, id: number, flow: Flow, choose: ChooseNextHop): Lookup | null {
	const table = view.table(flow.to.family, id);
	if (table === undefined) return null;
	for (const routes of table.matches(flow.to)) {
		const candidates = routes.filter((route) => isUsable(view, route, flow));
		const best = candidates[0];
		if (best === undefined) continue;
		if (best.notUnderstood !== undefined) {
			const facts = { route: best.destination.text, text: best.notUnderstood };
			return { kind: "unknown", unknown: phrase("route-with", facts) };
		}
		if (best.type === "throw") return null;
		if (isSuppressed(best, rule)) return null;
		return { kind: "route", route: best, rule, nextHop: nextHopOf(view, best, candidates, flow, choose) };
	}
	return null;
}

/** fib_rules_lookup asks that of routes only, and not of the errors that a table gives (unreachable, blackhole, prohibit). */
function isSuppressed({ type, destination }: Route, { suppressPrefixLength: longest }: Rule): boolean {
	return longest !== undefined && destination.length <= longest && !ERRORS.has(type);
}

/** Types of routes that are errors to whoever looks them up (fib_props). */
export const ERRORS: ReadonlySet<string> = new Set(["blackhole", "unreachable", "prohibit"]);

/** The kernel passes over routes whose next hops are all dead, of another device than asked for, or of another TOS. */
function isUsable(view: View, route: Route, flow: Flow): boolean {
	if (route.tos !== undefined && route.tos !== 0) return false;
	if (route.nextHops.length === 0) return true;
	return route.nextHops.some((hop) => isAlive(view, hop, flow));
}

function isAlive(view: View, hop: NextHop, flow: Flow): boolean {
	if (hop.dead === true) return false;
	if (hop.device === undefined) return true;
	if (flow.oif !== undefined && hop.device !== flow.oif) return false;
	const link = view.link(hop.device);
	// The device of a local route need not be up: kube-ipvs0 never is, and lo holds them in IPv6.
	return link === undefined || link.up || link.kind === "dummy";
}

function nextHopOf(
	view: View,
	route: Route,
	candidates: readonly Route[],
	flow: Flow,
	choose: ChooseNextHop,
): NextHop | null {
	// IPv6 keeps the next hops of one ECMP route as sibling routes of the same prefix and metric.
	const siblings =
		route.family === 6 && route.type === "unicast"
			? candidates.filter((other) => other.metric === route.metric && other.type === "unicast")
			: [route];
	const hops = siblings.flatMap((sibling) => sibling.nextHops).filter((hop) => isAlive(view, hop, flow));
	if (hops.length <= 1) return hops[0] ?? null;
	const weights = hops.map((hop) => hop.weight);
	return hops[choose(weights, `next hop of ${route.destination.text}`)] ?? null;
}

function ruleMatches(rule: Rule, flow: Flow): boolean | "unknown" {
	if (rule.notUnderstood !== undefined) return "unknown";
	return selectorMatches(rule, flow) !== rule.invert;
}

function selectorMatches(rule: Rule, flow: Flow): boolean {
	if (rule.from !== undefined && !sourceMatches(rule.from, flow.from)) return false;
	if (rule.to !== undefined && !contains(rule.to, flow.to)) return false;
	if (rule.fwmark !== undefined && ((flow.mark ?? 0) & rule.fwmark.mask) >>> 0 !== rule.fwmark.value) return false;
	if (rule.iif !== undefined && rule.iif !== (flow.iif ?? "lo")) return false;
	if (rule.oif !== undefined && rule.oif !== flow.oif) return false;
	if (rule.tos !== undefined && rule.tos !== 0) return false;
	if (rule.protocol !== undefined && rule.protocol !== flow.protocol) return false;
	if (!inRange(rule.sport, flow.sport) || !inRange(rule.dport, flow.dport)) return false;
	// uidrange: the kernel's own packets and forwarded ones have the invalid uid; what a probe's process has is not known.
	return rule.uidRange === undefined;
}

/** Without a source yet, the kernel compares 0.0.0.0, which only `from all` holds. */
function sourceMatches(block: Prefix, from: Address | undefined): boolean {
	return from === undefined || isUnspecified(from) ? block.length === 0 : contains(block, from);
}

function inRange(range: PortRange | undefined, port: number | undefined): boolean {
	return range === undefined || (port !== undefined && port >= range.from && port <= range.to);
}

/** Whether rules were added to the kernel's own three (fib4_has_custom_rules), so that policy routing is in use. */
export function hasCustomRules(view: View, family: Family): boolean {
	return knownRoutes(view, family) === null || view.rules(family).length > 3;
}
