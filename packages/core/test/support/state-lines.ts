/** Parts of a namespace in iproute2's words, one line each, so that tests read like what a node prints. */

import { type FdbEntry, type Neighbour, type Route, TABLE_MAIN } from "../../src/state/ip.ts";
import type { Namespace } from "../../src/state/namespace.ts";

/** `ip route show table main`, of one family or both; what is usual is left out, as iproute2 does. */
export function mainRoutes(namespace: Namespace | undefined, family?: 4 | 6): readonly string[] {
	const routes = namespace?.routes.filter((route) => route.table === TABLE_MAIN && !isLinkLocal(route)) ?? [];
	return routes.filter((route) => family === undefined || route.family === family).map(routeLine);
}

function isLinkLocal({ destination }: Route): boolean {
	return destination.text === "fe80::/64";
}

export function routeLine(route: Route): string {
	const hop = route.nextHops[0];
	return [
		route.destination.length === 0 ? "default" : route.destination.text,
		hop?.gateway && `via ${hop.gateway.text}`,
		hop?.device && `dev ${hop.device}`,
		route.protocol !== "boot" && `proto ${route.protocol}`,
		route.scope !== "global" && `scope ${route.scope}`,
		route.preferredSource && `src ${route.preferredSource.text}`,
		route.metric !== 0 && `metric ${route.metric}`,
		hop?.onlink && "onlink",
	]
		.filter((word) => typeof word === "string" && word !== "")
		.join(" ");
}

/** `ip address`: `DEVICE ADDRESS/LENGTH`, but for loopback and IPv6 link-local addresses. */
export function addressLines(namespace: Namespace | undefined): readonly string[] {
	const shown = namespace?.addresses.filter(({ device, scope }) => device !== "lo" && scope === "global") ?? [];
	return shown.map(({ device, address, prefixLength }) => `${device} ${address.text}/${prefixLength}`);
}

/** `bridge fdb` */
export function fdbLine({ mac, device, destination, self, master, state }: FdbEntry): string {
	const words = [
		mac,
		"dev",
		device,
		destination && `dst ${destination.text}`,
		self && "self",
		master && `master ${master}`,
	];
	return [...words, state !== "dynamic" && state].filter(Boolean).join(" ");
}

/** `ip neigh` */
export function neighbourLine({ address, device, mac, state }: Neighbour): string {
	return `${address.text} dev ${device} lladdr ${mac} ${state.toUpperCase()}`;
}
