/** What the routers of a lab have in common. */
import type { DeviceAt, LoadBalancer, Namespace, Said } from "@podpath/core";
import type { Cable } from "../layout.ts";

/** What a router has to know of the lab around it. */
export interface Surroundings {
	/** Load balancers whose backends are behind this router. */
	readonly balancers: readonly LoadBalancer[];
	/** Whether the uplink leads to clients on the Internet; otherwise nobody is there. */
	readonly internet: boolean;
}

/** The namespaces that stand for a fabric device. */
export interface FabricSites {
	/** The device's own comes first. */
	readonly states: readonly Namespace[];
	/** Between these namespaces. */
	readonly cables: readonly Cable[];
	/** Where cables of the device's ports end, by the port's device, where that is another of these namespaces. */
	readonly ends: ReadonlyMap<string, DeviceAt>;
	readonly omitted: readonly Said[];
}

/** Settings of a router that forwards whatever comes and tells nobody of better ways. */
export const ROUTER_SYSCTLS: readonly (readonly [string, string])[] = [
	["net.ipv4.ip_forward", "1"],
	["net.ipv6.conf.all.forwarding", "1"],
	["net.ipv4.conf.all.send_redirects", "0"],
	["net.ipv4.conf.default.send_redirects", "0"],
];
