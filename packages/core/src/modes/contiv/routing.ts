/** The IP table of a node's switch in routing mode (ofnet vlrouter.go), and for what the agent answers on its pods' ports. */

import { defaultPrefix, hostPrefix, type Prefix } from "../../address/prefix.ts";
import type { Node } from "../../cluster/objects.ts";
import type { ContivBgp, ContivSettings } from "../../cluster/settings.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { Route, Rule } from "../../state/ip.ts";
import { podPlace } from "../../state/place.ts";
import type { ProgramRedirect, TcAction } from "../../state/tc.ts";
import { unicastRoute } from "../route.ts";
import type { Card } from "../underlay/underlay.ts";
import type { PodPort } from "./networks.ts";
import { contivOrigin } from "./origin.ts";
import type { ContivSpeakers } from "./speakers.ts";

/** Its number among the OpenFlow tables, and here that of the routing table by which the ports answer ARP. */
const IP_TABLE = 7;
const RULE_PRIORITY = 100;

/** AddLocalEndpoint: by its address to a pod of the node. */
export function toOwnPods(ports: readonly PodPort[]): readonly ProgramRedirect[] {
	return ports.flatMap(({ pod, device, addresses }) =>
		addresses
			.filter(({ address }) => address.family === 4)
			.map(({ address }) => {
				const destination = hostPrefix(address);
				return { destination, route: unicastRoute(destination, { device, origin: contivOrigin(podPlace(pod)) }) };
			}),
	);
}

/** AddEndpoint: whatever else is known leads to the BGP neighbour, by the one uplink. */
export function addressFlows(
	known: readonly Prefix[],
	router: ContivBgp | undefined,
	uplink: Card | undefined,
): readonly ProgramRedirect[] {
	if (router === undefined || uplink === undefined) return [];
	const { node, neighbour: via } = router;
	const options = { via, device: uplink.device, origin: contivOrigin(`node/${node}`) };
	return known.map((destination) => ({ destination, route: unicastRoute(destination, options) }));
}

/** What misses the table is dropped; where a neighbour may have told of more than the input holds, that is not known. */
export function missAction(router: ContivBgp | undefined, speakers: ContivSpeakers): TcAction {
	if (router === undefined || !speakers.isOpaque(router)) return { kind: "drop" };
	return { kind: "other", text: `what ${router.neighbour.text} tells node ${router.node} by BGP is not in the input` };
}

/** processArp: the agent answers a pod for every address that it knows, networks' gateways among them. */
export function answersOnPorts(
	{ name }: Node,
	ports: readonly PodPort[],
	flows: readonly ProgramRedirect[],
	{ networks }: ContivSettings,
): Contribution {
	const origin = contivOrigin(`node/${name}`);
	const action = { kind: "lookup", table: IP_TABLE } as const;
	const rules = ports.map(({ device: iif }): Rule => {
		return { family: 4, priority: RULE_PRIORITY, invert: false, iif, action, origin };
	});
	const special = (destination: Prefix, type: "local" | "unreachable"): Route => {
		const base = { ...unicastRoute(destination, { device: "lo", origin }), table: IP_TABLE };
		return type === "local" ? { ...base, type, scope: "host" } : { ...base, type, scope: "global", nextHops: [] };
	};
	const gateways = networks.flatMap(({ subnets }) => subnets.flatMap(({ gateway }) => gateway ?? []));
	return {
		rules,
		routes: [
			...flows.flatMap(({ route }) => (route === null ? [] : [{ ...route, table: IP_TABLE }])),
			...gateways.filter(({ family }) => family === 4).map((each) => special(hostPrefix(each), "local")),
			special(defaultPrefix(4), "unreachable"),
		],
		sysctls: new Map(
			ports.flatMap(({ device }) => [
				[`net.ipv4.conf.${device}.proxy_arp`, "1"],
				// The agent answers at once, where the kernel would wait up to 0.8 s.
				[`net.ipv4.neigh.${device}.proxy_delay`, "0"],
			]),
		),
	};
}
