/** Bifrost: pods in the data centre's VLANs by macvlan, with a way through their node for Services. IPv4 only. */

import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { DeviceAt } from "../../state/fabric.ts";
import { podPlace } from "../../state/place.ts";
import type { ModePlan, NetworkMode, PodWire } from "../mode.ts";
import { isJoined } from "../pod-namespace.ts";
import { PodVlans } from "../pod-vlans.ts";
import type { Underlay } from "../underlay/underlay.ts";
import { hostInterface, parentDevice } from "./names.ts";
import { hostEnd, podEnd, SERVICE_DEVICE, vlanParent } from "./pod.ts";

/** `bifrost-macvlan`. */
export const BIFROST_MODES: readonly NetworkMode[] = [
	{
		id: "bifrost-macvlan",
		capabilities: {
			families: [4],
			fixedAddress: "annotation hcipm_ip_fixed of a StatefulSet's pods",
			podAddresses: "data-centre",
			podRoutesInVpc: false,
			networkPolicy: "none",
		},
		plan: (cluster, underlay) => new BifrostPlan(cluster, underlay),
	},
];

class BifrostPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	readonly #vlans: PodVlans;

	constructor(cluster: Cluster, underlay: Underlay) {
		this.#cluster = cluster;
		this.#underlay = underlay;
		this.#vlans = new PodVlans(cluster, [4]);
		this.assumptions = this.#vlans.assumptions;
	}

	node(node: Node): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${node.name}`);
		if (card === undefined) return [];
		const pods = this.#podsOn(node).flatMap((pod) => {
			const [vlan] = this.#vlans.of(pod);
			return vlan === undefined ? [] : [{ pod, vlan }];
		});
		const ids = [...new Set(pods.map(({ vlan }) => vlan.vlan))].filter((id) => id !== 0).sort((a, b) => a - b);
		return [{ links: ids.map((id) => vlanParent(card, id)) }, ...pods.map(({ pod, vlan }) => hostEnd(pod, { vlan }))];
	}

	pod(pod: Pod): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${pod.nodeName}`);
		const [vlan] = this.#vlans.of(pod);
		if (card === undefined || vlan === undefined) return [];
		const node = this.#cluster.node(pod.nodeName);
		return [podEnd(pod, { vlan, node, card, serviceCIDRs: this.#cluster.serviceCIDRs })];
	}

	wires(pod: Pod): readonly PodWire[] {
		if (this.#vlans.of(pod).length === 0) return [];
		const to = { kind: "device", place: `node/${pod.nodeName}`, device: hostInterface(pod) } as const;
		return [{ device: SERVICE_DEVICE, to }];
	}

	stackedOn(node: Node, device: string): readonly DeviceAt[] {
		return this.#podsOn(node).flatMap((pod): DeviceAt[] => {
			const [vlan] = this.#vlans.of(pod);
			if (vlan === undefined || parentDevice(vlan.vlan) !== device) return [];
			return [{ place: podPlace(pod), device: "eth0" }];
		});
	}

	#podsOn(node: Node): readonly Pod[] {
		return this.#cluster.podsOn(node.name).filter(isJoined);
	}
}
