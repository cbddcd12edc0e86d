/** A route as its words or JSON fields say it, before its values are read; the same for both. */
import { type Family, parseAddress } from "../address/address.ts";
import { defaultPrefix, type Prefix, parsePrefix } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";
import type { NextHop, Route, RouteType } from "../state/ip.ts";
import { TABLE_MAIN } from "../state/ip.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { decimal } from "./dump.ts";
import { componentOfProtocol, routeProtocol, scopeName, tableNumber, tosByte } from "./iproute2-names.ts";

export interface RawHop {
	gateway?: string;
	device?: string;
	weight?: string;
	readonly flags: string[];
}

export interface RawRoute {
	type: RouteType;
	destination: string;
	tos?: string;
	table?: string;
	protocol?: string;
	scope?: string;
	source?: string;
	metric?: string;
	mtu?: string;
	nexthopId?: string;
	/** IPv6 routes always print a preference. */
	preference?: string;
	/** The next hop of the route's own line, and those on lines of their own. */
	readonly only: RawHop;
	readonly several: RawHop[];
	/** What was not understood. */
	readonly unknown: string[];
}

export function rawRoute(type: RouteType, destination: string): RawRoute {
	return { type, destination, only: { flags: [] }, several: [], unknown: [] };
}

/** Offloading to hardware changes who forwards, not where to. */
const FLAGS_WITHOUT_MEANING = new Set([
	"pervasive",
	"notify",
	"offload",
	"trap",
	"offload_failed",
	"rt_offload",
	"rt_trap",
	"rt_offload_failed",
	"rt_nosignal",
]);
const FLAGS = new Set(["onlink", "dead", "linkdown", ...FLAGS_WITHOUT_MEANING]);

export function isRouteFlag(word: string): boolean {
	return FLAGS.has(word);
}

/** Routes that lead nowhere; IPv6 prints them with `dev lo` all the same. */
const LEADS_NOWHERE = new Set<RouteType>(["blackhole", "unreachable", "prohibit", "throw"]);

/**
 * The route, or why its destination is none. `before` is the family of the route before it: `default` alone does not tell.
 */
export function routeOf(raw: RawRoute, before: Family, origin: (component: string) => Origin): Route | Phrase {
	const destination = destinationOf(raw, before);
	if (destination === undefined) return phrase("is-no-destination", { text: raw.destination });
	const protocol = routeProtocol(raw.protocol ?? "boot");
	const unknown = [...raw.unknown];
	const nextHops = LEADS_NOWHERE.has(raw.type) ? [] : nextHopsOf(raw, unknown);
	const read = <Value>(word: string, text: string | undefined, value: Value | undefined): Value | undefined => {
		if (text !== undefined && value === undefined) unknown.push(word, text);
		return value;
	};
	const tos = read("tos", raw.tos, raw.tos === undefined ? undefined : tosByte(raw.tos));
	const source = read("src", raw.source, raw.source === undefined ? undefined : parseAddress(raw.source));
	const mtu = read("mtu", raw.mtu, decimal(raw.mtu));
	const metric = read("metric", raw.metric, decimal(raw.metric));
	return {
		family: destination.family,
		table: raw.table === undefined ? TABLE_MAIN : tableNumber(raw.table),
		type: raw.type,
		destination,
		protocol,
		scope: scopeName(raw.scope ?? "global"),
		metric: metric ?? 0,
		...(tos === undefined || tos === 0 ? {} : { tos }),
		...(source === undefined ? {} : { preferredSource: source }),
		nextHops,
		...(mtu === undefined ? {} : { mtu }),
		...(unknown.length === 0 ? {} : { notUnderstood: unknown.join(" ") }),
		origin: origin(componentOfProtocol(protocol)),
	};
}

function destinationOf(raw: RawRoute, before: Family): Prefix | undefined {
	if (raw.destination === "default" || raw.destination === "all") return defaultPrefix(familyOfDefault(raw, before));
	return parsePrefix(raw.destination);
}

function familyOfDefault(raw: RawRoute, before: Family): Family {
	if (raw.preference !== undefined) return 6;
	const hop = [raw.only, ...raw.several].find((each) => each.gateway !== undefined);
	// Only an IPv4 route has a gateway of the other family, and then it says so: `via inet6 …`.
	if (hop?.gateway !== undefined) return hop.gateway.startsWith("inet6 ") || !hop.gateway.includes(":") ? 4 : 6;
	const source = raw.source;
	if (source !== undefined) return source.includes(":") ? 6 : 4;
	// Every IPv6 route tells its metric, and knows no scope (rt6_fill_node).
	return raw.metric === undefined || raw.scope !== undefined ? 4 : before;
}

function nextHopsOf(raw: RawRoute, unknown: string[]): NextHop[] {
	const hops = raw.several.length > 0 ? raw.several : [raw.only];
	if (raw.several.length > 0 && raw.only.flags.length > 0) {
		// `flags` of a multipath route as a whole are those of all its next hops.
		return hops.map((hop) => nextHop({ ...hop, flags: [...hop.flags, ...raw.only.flags] }, unknown));
	}
	const leads = hops.some((hop) => hop.gateway !== undefined || hop.device !== undefined);
	if (leads) return hops.map((hop) => nextHop(hop, unknown));
	// With a next-hop object the kernel prints what the object holds; where it does not, only its number is known.
	if (raw.nexthopId !== undefined) unknown.push("nhid", raw.nexthopId);
	else if (unknown.length === 0) unknown.push("no next hop");
	return [];
}

function nextHop(raw: RawHop, unknown: string[]): NextHop {
	const text = raw.gateway?.replace(/^inet6? /, "");
	const gateway = text === undefined ? undefined : parseAddress(text);
	if (text !== undefined && gateway === undefined) unknown.push("via", text);
	const weight = raw.weight === undefined ? 1 : decimal(raw.weight);
	if (weight === undefined) unknown.push("weight", raw.weight ?? "");
	return {
		...(gateway === undefined ? {} : { gateway }),
		...(raw.device === undefined ? {} : { device: raw.device }),
		onlink: raw.flags.includes("onlink"),
		weight: weight ?? 1,
		...(raw.flags.includes("dead") ? { dead: true } : {}),
		...(raw.flags.includes("linkdown") ? { linkDown: true } : {}),
	};
}
