/** Routes as `ip route show table all` prints them, and as `ip -batch` takes them. */

import { type NextHop, type Route, TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN } from "../state/ip.ts";
import { phrase } from "../wording/phrase.ts";
import { asLines, type Batch, BatchLines, joinWords, option } from "./batch.ts";

/** The routes as `ip route show table all` prints them: the parser reads them back. */
export function printIpRoute(routes: readonly Route[]): string {
	return asLines(routes.map(printRoute));
}

/**
 * `route add` for what is not the kernel's own: its routes come with the addresses. Routes without a gateway come first,
 * as the kernel wants to know the way to a gateway before it takes a route by it.
 */
export function ipRouteBatch(routes: readonly Route[]): Batch {
	const batch = new BatchLines();
	const added = routes.filter((route) => route.protocol !== "kernel" || !OWN_TABLES.has(route.table));
	for (const direct of [true, false]) {
		for (const route of added) {
			if (isDirect(route) !== direct) continue;
			if (route.notUnderstood !== undefined)
				batch.omit(phrase("a-route", { to: route.destination.text }), route.notUnderstood);
			else batch.add("route add", ...addWords(route));
		}
	}
	return batch.finish();
}

function isDirect(route: Route): boolean {
	return route.nextHops.every((hop) => hop.gateway === undefined);
}

/** fib_dump_info() and print_route(): what is usual is left out. */
function printRoute(route: Route): string {
	const single = route.nextHops.length > 1 ? [] : route.nextHops;
	const line = joinWords([
		...headWords(route, route.destination.length === 0 ? "default" : route.destination.text),
		...single.flatMap((hop) => hopWords(route, hop)),
		...attributeWords(route),
		...single.flatMap(flagWords),
		option("mtu", route.mtu),
		route.notUnderstood,
		option("pref", route.family === 6 ? "medium" : undefined),
	]);
	const several = route.nextHops.length > 1 ? route.nextHops : [];
	const hops = several.map(
		(hop) => `\n\t${joinWords(["nexthop", ...hopWords(route, hop), option("weight", hop.weight), ...flagWords(hop)])}`,
	);
	return `${line}${hops.join("")}`;
}

/** Where the kernel puts its own; in another one somebody has moved them, as plug-in sbr does. */
const OWN_TABLES: ReadonlySet<number> = new Set([TABLE_MAIN, TABLE_LOCAL]);

/** What `ip route add` takes: all on one line, without what only the kernel can know. */
function addWords(route: Route): (string | undefined)[] {
	const single = route.nextHops.length > 1 ? [] : route.nextHops;
	const several = route.nextHops.length > 1 ? route.nextHops : [];
	const onlink = (hop: NextHop): string | undefined => (hop.onlink ? "onlink" : undefined);
	return [
		// A batch line cannot say -6: the destination tells the family, which the word "default" would not.
		...headWords(route, route.destination.text),
		...single.flatMap((hop) => [...hopWords(route, hop), onlink(hop)]),
		...attributeWords(route),
		option("mtu", route.mtu),
		...several.flatMap((hop) => ["nexthop", ...hopWords(route, hop), option("weight", hop.weight), onlink(hop)]),
	];
}

function headWords(route: Route, destination: string): (string | undefined)[] {
	return [
		route.type === "unicast" ? undefined : route.type,
		destination,
		option("tos", route.tos === undefined ? undefined : `0x${route.tos.toString(16)}`),
	];
}

function attributeWords(route: Route): (string | undefined)[] {
	return [
		option("table", route.table === TABLE_MAIN ? undefined : tableName(route.table)),
		option("proto", route.protocol === "boot" ? undefined : route.protocol),
		option("scope", route.scope === "global" ? undefined : route.scope),
		option("src", route.preferredSource?.text),
		option("metric", route.metric === 0 && route.family === 4 ? undefined : route.metric),
	];
}

/** A gateway of the other family says so. */
function hopWords(route: Route, hop: NextHop): (string | undefined)[] {
	const { gateway, device } = hop;
	const foreign = gateway !== undefined && gateway.family !== route.family;
	return [option(foreign ? `via inet${gateway.family === 6 ? "6" : ""}` : "via", gateway?.text), option("dev", device)];
}

function flagWords(hop: NextHop): (string | undefined)[] {
	return [
		hop.dead === true ? "dead" : undefined,
		hop.onlink ? "onlink" : undefined,
		hop.linkDown === true ? "linkdown" : undefined,
	];
}

const TABLE_NAMES: ReadonlyMap<number, string> = new Map([
	[TABLE_LOCAL, "local"],
	[TABLE_MAIN, "main"],
	[TABLE_DEFAULT, "default"],
]);

/** The table's name where every system has one, else its number. */
export function tableName(table: number): string {
	return TABLE_NAMES.get(table) ?? String(table);
}
