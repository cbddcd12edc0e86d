/**
 * Pods on a veth whose packets leave by the ENI of their address: routes and rules on the node
 * (terway plugin/datapath/policy_router_linux.go).
 */

import type { Family } from "../../address/address.ts";
import { defaultPrefix, hostPrefix } from "../../address/prefix.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import { type Route, type Rule, TABLE_MAIN } from "../../state/ip.ts";
import { podPlace } from "../../state/place.ts";
import { unicastRoute } from "../route.ts";
import { type Card, gatewayOf } from "../underlay/underlay.ts";
import { hostInterface } from "./host-interface.ts";
import {
	addressOn,
	familiesOf,
	gatewayNeighbours,
	LINK_LOCAL_GATEWAY,
	POD_DEVICE,
	terwayOrigin,
	veth,
} from "./link-local.ts";
import type { TerwayFeatures } from "./version.ts";

/** plugin/datapath/consts_linux.go */
const TO_CONTAINER = 512;
const FROM_CONTAINER = 2048;
/** plugin/driver/utils GetRouteTableID(): 1000 and the index of the ENI. */
const FIRST_TABLE = 1000;

/** The pod's end: its addresses, and one way out. */
export function podVeth(pod: Pod, mtu: number): Contribution {
	const place = podPlace(pod);
	const origin = terwayOrigin(place);
	const families = familiesOf(pod.podIPs);
	return {
		links: [veth(POD_DEVICE, hardwareAddress(place, POD_DEVICE), mtu, origin)],
		addresses: pod.podIPs.map((each) => addressOn(POD_DEVICE, each, origin)),
		routes: families.map((family) =>
			unicastRoute(defaultPrefix(family), {
				via: LINK_LOCAL_GATEWAY[family],
				device: POD_DEVICE,
				onlink: true,
				origin,
			}),
		),
		neighbours: gatewayNeighbours(POD_DEVICE, vethMac(pod), families, origin),
		sysctls: podSysctls(families),
	};
}

/** GenerateIPv6Sysctl(): routers of the network must not tell a pod anything. */
function podSysctls(families: readonly Family[]): ReadonlyMap<string, string> {
	return new Map(families.includes(6) ? [[`net.ipv6.conf.${POD_DEVICE}.accept_ra`, "0"]] : []);
}

/** The MAC of the node's end of the pod's veth, where the pod's neighbour entry leads. */
export function vethMac(pod: Pod): string {
	return hardwareAddress(`node/${pod.nodeName}`, hostInterface(pod));
}

/** The node's end: the veth and the route to the pod. */
export function hostVeth(pod: Pod, mtu: number): Contribution {
	const origin = terwayOrigin(podPlace(pod));
	const device = hostInterface(pod);
	return {
		links: [veth(device, vethMac(pod), mtu, origin)],
		routes: pod.podIPs.map((each) => unicastRoute(hostPrefix(each), { device, origin })),
	};
}

/** What leads the pod's packets in by its veth, and out by its ENI. */
export function policyRules(pod: Pod, eniIndex: number, features: TerwayFeatures): readonly Rule[] {
	const origin = terwayOrigin(podPlace(pod));
	return pod.podIPs.flatMap((each): Rule[] => {
		const { family } = each;
		const common = { family, invert: false, origin };
		const iif = features.ruleNamesDevice ? { iif: hostInterface(pod) } : {};
		return [
			{ ...common, priority: TO_CONTAINER, to: hostPrefix(each), action: { kind: "lookup", table: TABLE_MAIN } },
			{
				...common,
				priority: FROM_CONTAINER,
				from: hostPrefix(each),
				...iif,
				action: { kind: "lookup", table: FIRST_TABLE + eniIndex },
			},
		];
	});
}

/** `default via GATEWAY dev ETHX onlink` in the ENI's own table, and the node's addresses on the ENI. */
export function eniOfPods(node: Node, card: Card, index: number, features: TerwayFeatures): Contribution {
	const origin = terwayOrigin(`node/${node.name}`);
	const routes = ([4, 6] as const).flatMap((family): Route[] => {
		const via = gatewayOf(card, family);
		if (via === undefined) return [];
		const route = unicastRoute(defaultPrefix(family), { via, device: card.device, onlink: true, origin });
		return [{ ...route, table: FIRST_TABLE + index }];
	});
	return {
		// Without it the node's masquerading would find no address of the node there (97134785).
		addresses: features.nodeAddressOnEnis
			? familiesOf(node.internalIPs).flatMap((family) => {
					const own = node.internalIPs.find((each) => each.family === family);
					return own === undefined ? [] : [addressOn(card.device, own, origin)];
				})
			: [],
		routes,
	};
}
