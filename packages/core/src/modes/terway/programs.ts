/**
 * The eBPF programs of Terway's newer data paths, by what they are documented to do: they resolve Services, and in
 * DataPathV2 send packets past the node's stack (terway policy/cilium, docs of DataPath V2).
 */

import { defaultPrefix, hostPrefix } from "../../address/prefix.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { VirtualServer } from "../../state/ipvs.ts";
import { podPlace } from "../../state/place.ts";
import type { ProgramRedirect, TcAction, TcFilter, TcQdisc } from "../../state/tc.ts";
import { unicastRoute } from "../route.ts";
import { type Card, gatewayOf } from "../underlay/underlay.ts";
import { hostInterface } from "./host-interface.ts";
import { terwayOrigin } from "./link-local.ts";

const PRIORITY = 25000;
const NO_SERVICES: readonly VirtualServer[] = [];

/** A device with its programs for what comes in and what goes out. */
export interface Programs {
	readonly tcQdiscs: readonly TcQdisc[];
	readonly tcFilters: readonly TcFilter[];
}

/** On the pod's own eth0, where there is no veth to hang on: Services are resolved before the packet leaves the pod. */
export function podPrograms(pod: Pod, device: string, services: readonly VirtualServer[]): Programs {
	const place = podPlace(pod);
	return programs(place, device, [
		{ direction: "egress", name: "cil_from_container", services, answers: false, redirects: [] },
		{ direction: "ingress", name: "cil_to_container", services: NO_SERVICES, answers: true, redirects: [] },
	]);
}

/** On the node's end of a pod's veth. What the pod sends comes in there. */
export function vethPrograms(
	pod: Pod,
	services: readonly VirtualServer[],
	redirects: readonly ProgramRedirect[],
): Programs {
	return programs(podPlace(pod), hostInterface(pod), [
		{ direction: "ingress", name: "cil_from_container", services, answers: false, redirects },
		{ direction: "egress", name: "cil_to_container", services: NO_SERVICES, answers: true, redirects: [] },
	]);
}

/** On an ENI: what is for a pod of the node goes to its veth. */
export function eniFilter(node: Node, device: string, fromNetdev: TcAction): TcFilter {
	const origin = terwayOrigin(`node/${node.name}`, "cil_from_netdev");
	return { device, direction: "ingress", priority: PRIORITY, protocol: "all", actions: [fromNetdev], origin };
}

export function fromNetdevAction(redirects: readonly ProgramRedirect[]): TcAction {
	return { kind: "program", name: "cil_from_netdev", effect: { services: NO_SERVICES, answers: false, redirects } };
}

/** What filters of a device hang on. */
export function clsact(device: string, object: string): TcQdisc {
	return { device, kind: "clsact", handle: "ffff:", parent: "ffff:fff1", origin: terwayOrigin(object) };
}

/** Where what pods of the node send is led: to each other, up to the node's own stack, and all else out by the sender's ENI. */
export function redirectsOf(
	pod: Pod,
	node: Node,
	toPods: readonly ProgramRedirect[],
	card: Card,
): readonly ProgramRedirect[] {
	const origin = terwayOrigin(podPlace(pod));
	const toStack = node.internalIPs.map((each): ProgramRedirect => ({ destination: hostPrefix(each), route: null }));
	const out = pod.podIPs.flatMap((each): ProgramRedirect[] => {
		const via = gatewayOf(card, each.family);
		if (via === undefined) return [];
		const route = unicastRoute(defaultPrefix(each.family), { via, device: card.device, onlink: true, origin });
		return [{ source: hostPrefix(each), route }];
	});
	return [...toPods, ...toStack, ...out];
}

/** By the pod's address to its veth. */
export function redirectsTo(pods: readonly Pod[]): readonly ProgramRedirect[] {
	return pods.flatMap((pod) =>
		pod.podIPs.map((each) => {
			const destination = hostPrefix(each);
			const route = unicastRoute(destination, { device: hostInterface(pod), origin: terwayOrigin(podPlace(pod)) });
			return { destination, route };
		}),
	);
}

interface Program {
	readonly direction: TcFilter["direction"];
	readonly name: string;
	readonly services: readonly VirtualServer[];
	readonly answers: boolean;
	readonly redirects: readonly ProgramRedirect[];
}

function programs(object: string, device: string, each: readonly Program[]): Programs {
	return {
		tcQdiscs: [clsact(device, object)],
		tcFilters: each.map(({ direction, name, ...effect }) => ({
			device,
			direction,
			priority: PRIORITY,
			protocol: "all",
			actions: [{ kind: "program", name, effect }],
			origin: terwayOrigin(object, name),
		})),
	};
}
