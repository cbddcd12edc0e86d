/**
 * A pod that has an ENI for itself: the card is its eth0, and veth1 leads to its node for Services and for the node itself
 * (terway plugin/datapath/exclusive_eni_linux.go).
 */

import { defaultPrefix, hostPrefix, type Prefix } from "../../address/prefix.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import { chain, jump, masquerade, outInterface, rule } from "../../netfilter/xtables/rules.ts";
import type { Contribution, XtContribution } from "../../state/contribution.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { InterfaceAddress, Route } from "../../state/ip.ts";
import type { PhysicalLink } from "../../state/link.ts";
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
import { hostVeth, vethMac } from "./policy-route.ts";
import type { TerwayFeatures } from "./version.ts";

/** The pod's end of the veth to its node. */
export const HOST_LEG = "veth1";

/** The pod's namespace besides the card itself, which is there already. */
export function exclusivePod(
	pod: Pod,
	parts: {
		readonly node: Node;
		readonly card: Card | undefined;
		/** What the pod reaches through its node: the Service CIDRs, and addresses of the node's own services. */
		readonly throughNode: readonly Prefix[];
		readonly mtu: number;
		readonly features: TerwayFeatures;
	},
): Contribution {
	const place = podPlace(pod);
	const origin = terwayOrigin(place);
	const families = familiesOf(pod.podIPs);
	return {
		links: [...cardIn(parts.card), veth(HOST_LEG, hardwareAddress(place, HOST_LEG), parts.mtu, origin)],
		addresses: [POD_DEVICE, HOST_LEG].flatMap((device) => pod.podIPs.map((each) => addressOn(device, each, origin))),
		routes: families.flatMap((family): Route[] => {
			const via = parts.card && gatewayOf(parts.card, family);
			const gateway = LINK_LOCAL_GATEWAY[family];
			const nodeRoutes = parts.features.nodeRouteInPod ? parts.node.internalIPs.map(hostPrefix) : [];
			const throughNode = [...parts.throughNode, ...nodeRoutes].filter((each) => each.family === family);
			return [
				...(via === undefined
					? []
					: [unicastRoute(defaultPrefix(family), { via, device: POD_DEVICE, onlink: true, origin })]),
				unicastRoute(hostPrefix(gateway), { device: HOST_LEG, origin }),
				...throughNode.map((each) => unicastRoute(each, { via: gateway, device: HOST_LEG, onlink: true, origin })),
			];
		}),
		neighbours: gatewayNeighbours(HOST_LEG, vethMac(pod), families, origin),
	};
}

/** The ENI itself, moved into the pod's namespace. */
function cardIn(card: Card | undefined): readonly PhysicalLink[] {
	if (card === undefined) return [];
	const { mac, mtu, origin } = card;
	return [{ kind: "physical", name: POD_DEVICE, index: 0, mtu, mac, up: true, carrier: true, origin }];
}

/** The node's end: the veth, which had the gateway's address for some versions. */
export function exclusiveHost(pod: Pod, mtu: number, features: TerwayFeatures): Contribution {
	const base = hostVeth(pod, mtu);
	const gateway = features.gatewayOnVeth && pod.podIPs.some((each) => each.family === 4);
	const addresses: readonly InterfaceAddress[] = gateway
		? [addressOn(hostInterface(pod), LINK_LOCAL_GATEWAY[4], terwayOrigin(podPlace(pod)))]
		: [];
	return { ...base, addresses };
}

const MASQUERADE_CHAIN = "terway-masq";

/** Whatever leaves the node's own stack gets the node's address: answers must come back through it. */
export function nodeMasquerade(node: Node): XtContribution {
	const origin = terwayOrigin(`node/${node.name}`, MASQUERADE_CHAIN);
	return {
		family: 4,
		table: "nat",
		chains: new Map([[MASQUERADE_CHAIN, chain(MASQUERADE_CHAIN, [rule(origin, [], masquerade())])]]),
		hooks: [
			{ chain: "POSTROUTING", how: "append", rule: rule(origin, [outInterface("lo", true)], jump(MASQUERADE_CHAIN)) },
		],
	};
}
