/** The routes that the kernel makes of addresses, where a dump leaves them out. */
import type { Family } from "../address/address.ts";
import { type InterfaceAddress, type Route, type Rule, TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN } from "../state/ip.ts";
import { multicastRouteOf, routesOfAddresses } from "../state/kernel-routes.ts";
import type { Link } from "../state/link.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";

export interface RoutesWithDerived {
	readonly routes: readonly Route[];
	/** What was derived; null where nothing was. */
	readonly derived: Phrase | null;
}

/**
 * The printed routes with those that plain `ip route` does not print. It prints IPv4's main table alone, so:
 * - a family of which the dump holds routes, but none of the local table, gets its local and broadcast routes;
 * - IPv6, where the dump holds no route of it at all, gets its connected routes too;
 * - without a dump (`undefined`) only the local table is known: it is asked first, so nothing unknown can come before it.
 */
export function routesWithDerived(
	printed: readonly Route[] | undefined,
	links: readonly Link[],
	addresses: readonly InterfaceAddress[],
	forwarding: boolean,
): RoutesWithDerived {
	const families = ([4, 6] as const).filter((family) => !hasLocalTable(printed ?? [], family));
	const made = families.length === 0 ? [] : kernelRoutes(links, addresses, forwarding);
	const without6 = printed !== undefined && !printed.some((route) => route.family === 6);
	const added = made.filter(
		(route) => families.includes(route.family) && (route.table === TABLE_LOCAL || (route.family === 6 && without6)),
	);
	const [first, second] = families
		.filter((family) => added.some((route) => route.family === family))
		.map((family) =>
			family === 6 && without6 ? phrase("routes-of-ipv6") : phrase("routes-of-local-table", { family }),
		);
	const derived =
		first === undefined || second === undefined ? (first ?? null) : phrase("both", { one: first, other: second });
	return { routes: [...(printed ?? []), ...added], derived };
}

/**
 * The rules, of which those that look up a table that a dump without the local table (so plain `ip route`) does not hold
 * are marked: the table's routes are not known, which is not the same as none.
 */
export function rulesWithKnownTables(rules: readonly Rule[], printed: readonly Route[]): readonly Rule[] {
	const partial = new Set(([4, 6] as const).filter((family) => !hasLocalTable(printed, family)));
	const held = new Set(printed.map((route) => `${route.family} ${route.table}`));
	return rules.map((rule) => {
		const { action, family } = rule;
		if (action.kind !== "lookup" || !partial.has(family) || ALWAYS_THERE.has(action.table)) return rule;
		if (held.has(`${family} ${action.table}`)) return rule;
		const why = phrase("table-not-held", { table: action.table });
		const { notUnderstood: one } = rule;
		return { ...rule, notUnderstood: one === undefined ? why : phrase("one-then-other", { one, other: why }) };
	});
}

/** Made by the kernel, printed, or empty on every system that nobody has made use of it. */
const ALWAYS_THERE = new Set([TABLE_LOCAL, TABLE_MAIN, TABLE_DEFAULT]);

function hasLocalTable(routes: readonly Route[], family: Family): boolean {
	return routes.some((route) => route.family === family && route.table === TABLE_LOCAL);
}

function kernelRoutes(
	links: readonly Link[],
	addresses: readonly InterfaceAddress[],
	forwarding: boolean,
): readonly Route[] {
	const byDevice = new Map<string, InterfaceAddress[]>();
	for (const each of addresses) {
		const own = byDevice.get(each.device);
		if (own === undefined) byDevice.set(each.device, [each]);
		else own.push(each);
	}
	return links.flatMap((link) => {
		const own = byDevice.get(link.name) ?? [];
		const routes = routesOfAddresses(link, own, forwarding);
		// A device on which IPv6 is off has no address of it, and no multicast route.
		const multicast = own.some(({ address }) => address.family === 6) ? multicastRouteOf(link) : undefined;
		return multicast === undefined ? routes : [...routes, multicast];
	});
}
