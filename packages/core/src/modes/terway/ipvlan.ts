/** Pods on an ipvlan of the ENI: they share its MAC, and reach their node by another ipvlan of it (ipvlan_linux.go). */

import { addressBits } from "../../address/address.ts";
import { defaultPrefix, hostPrefix, type Prefix } from "../../address/prefix.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { Neighbour, Route } from "../../state/ip.ts";
import type { IpvlanLink } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import type { TcFilter } from "../../state/tc.ts";
import { unicastRoute } from "../route.ts";
import { type Card, gatewayOf } from "../underlay/underlay.ts";
import { addressOn, familiesOf, POD_DEVICE, terwayOrigin } from "./link-local.ts";
import type { TerwayFeatures } from "./version.ts";

/** What Alibaba Cloud's vSwitches answer with: set by hand where the pod is behind a member of a trunk. */
const VSWITCH_MAC = "ee:ff:ff:ff:ff:ff";
const REDIRECT_PRIORITY = 40000;

export interface IpvlanPod {
	readonly pod: Pod;
	readonly node: Node;
	/** The ENI's card on the node: of a member its trunk's. */
	readonly card: Card;
	readonly member: boolean;
	readonly mtu: number;
	readonly features: TerwayFeatures;
}

/** The pod's end: an L2 ipvlan with the vSwitch's prefix, so that neighbours in it are on the link. */
export function ipvlanPod({ pod, node, card, member, mtu, features }: IpvlanPod): Contribution {
	const origin = terwayOrigin(podPlace(pod));
	const families = familiesOf(pod.podIPs);
	const link: IpvlanLink = {
		kind: "ipvlan",
		name: POD_DEVICE,
		index: 0,
		mtu,
		mac: card.mac,
		up: true,
		carrier: true,
		lower: { place: card.place, device: card.device },
		mode: "l2",
		flag: "bridge",
		origin,
	};
	const nodeAddresses = features.nodeRouteOnIpvlan
		? node.internalIPs.filter((each) => families.includes(each.family))
		: [];
	const neighbour = (address: Neighbour["address"], mac: string): Neighbour => {
		return { family: address.family, device: POD_DEVICE, address, mac, state: "permanent", proxy: false, origin };
	};
	const gateways = families.map((family) => gatewayOf(card, family)).filter((each) => each !== undefined);
	return {
		links: [link],
		addresses: pod.podIPs.map((each) => {
			const subnet = member ? undefined : card.subnets.find(({ prefix }) => prefix.family === each.family);
			return addressOn(POD_DEVICE, each, origin, { prefixLength: subnet?.prefix.length ?? addressBits(each.family) });
		}),
		routes: [
			...gateways.map((via) =>
				unicastRoute(defaultPrefix(via.family), { via, device: POD_DEVICE, onlink: true, origin }),
			),
			...nodeAddresses.map((each) => unicastRoute(hostPrefix(each), { device: POD_DEVICE, origin })),
		],
		neighbours: [
			...nodeAddresses.map((each) => neighbour(each, card.mac)),
			...(member ? gateways.map((each) => neighbour(each, VSWITCH_MAC)) : []),
		],
	};
}

/** `ipvl_` and the index of the ENI. */
export function hostIpvlan(index: number): string {
	return `ipvl_${index}`;
}

/** The node's end: its own ipvlan of the ENI, routes to the pods, and a filter that takes their packets for Services up to it. */
export function ipvlanHost(
	node: Node,
	card: Card,
	index: number,
	pods: readonly Pod[],
	parts: { readonly throughNode: readonly Prefix[]; readonly mtu: number },
): Contribution {
	const origin = terwayOrigin(`node/${node.name}`);
	const name = hostIpvlan(index);
	const families = familiesOf(node.internalIPs);
	const own = families.map((family) => node.internalIPs.find((each) => each.family === family));
	return {
		links: [
			{
				kind: "ipvlan",
				name,
				index: 0,
				mtu: parts.mtu,
				mac: card.mac,
				up: true,
				carrier: true,
				noArp: true,
				lower: { device: card.device },
				mode: "l2",
				flag: "bridge",
				origin,
			},
		],
		addresses: own.filter((each) => each !== undefined).map((each) => addressOn(name, each, origin, { scope: "host" })),
		routes: pods.flatMap((pod): Route[] =>
			pod.podIPs.map((each) => unicastRoute(hostPrefix(each), { device: name, origin: terwayOrigin(podPlace(pod)) })),
		),
		// dstIPRule(): "only support ipv4". One priority can have only one protocol, too.
		tcFilters: parts.throughNode
			.filter(({ family }) => family === 4)
			.map((destination) => redirectUp(card.device, destination, name, origin)),
	};
}

function redirectUp(device: string, destination: Prefix, to: string, origin: TcFilter["origin"]): TcFilter {
	return {
		device,
		direction: "egress",
		priority: REDIRECT_PRIORITY,
		protocol: "ip",
		destination,
		actions: [
			{ kind: "skbedit", packetType: "host" },
			{ kind: "redirect", device: to, direction: "ingress" },
		],
		origin,
	};
}
