/** Routes as programs add them through netlink. */
import type { Address } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";
import { type Route, TABLE_MAIN } from "../state/ip.ts";

/** IP6_RT_PRIO_USER: what an IPv6 route gets whose metric is not given. */
const IPV6_DEFAULT_METRIC = 1024;

export interface RouteOptions {
	/** Absent: the destination is on the link. */
	readonly via?: Address;
	readonly device: string;
	readonly onlink?: boolean;
	/** Absent: `boot`, which `ip route` and Go's netlink package give to what they add. */
	readonly protocol?: string;
	readonly origin: Origin;
}

/** A unicast route in the main table. */
export function unicastRoute(destination: Prefix, options: RouteOptions): Route {
	const { via, device, onlink = false, protocol = "boot", origin } = options;
	const hop = { device, onlink, weight: 1 };
	return {
		family: destination.family,
		table: TABLE_MAIN,
		type: "unicast",
		destination,
		protocol,
		scope: via === undefined && destination.family === 4 ? "link" : "global",
		metric: destination.family === 4 ? 0 : IPV6_DEFAULT_METRIC,
		nextHops: [via === undefined ? hop : { gateway: via, ...hop }],
		origin,
	};
}
