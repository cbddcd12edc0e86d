/**
 * The reference plug-ins macvlan and ipvlan (plugins/main/macvlan, plugins/main/ipvlan; modes `bridge` and `l2`): pods stand in the
 * data centre's network beside their node, and nothing of the node is on their way, kube-proxy neither.
 */

import { defaultPrefix, lastAddress } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { DeviceAt } from "../../state/fabric.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { InterfaceAddress } from "../../state/ip.ts";
import type { Link, VlanLink } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import type { ModePlan, NetworkMode } from "../mode.ts";
import { isJoined } from "../pod-namespace.ts";
import { PodVlans } from "../pod-vlans.ts";
import { unicastRoute } from "../route.ts";
import { CARD, type Card, type Underlay } from "../underlay/underlay.ts";

type Plugin = "macvlan" | "ipvlan";

/** `macvlan`, `ipvlan`. */
export const MACVLAN_MODES: readonly NetworkMode[] = (["macvlan", "ipvlan"] as const).map((plugin) => ({
	id: plugin,
	capabilities: {
		families: [4, 6],
		fixedAddress: "the IPAM plug-in static",
		podAddresses: "data-centre",
		podRoutesInVpc: false,
		networkPolicy: "none",
	},
	plan: (cluster: Cluster, underlay) => new StackedPlan(plugin, cluster, underlay),
}));

const POD_DEVICE = "eth0";

/** The plug-in's `master`: the card, or the VLAN device that plug-in vlan or the administrator makes of it. */
function master(vlan: number): string {
	return vlan === 0 ? CARD : `${CARD}.${vlan}`;
}

class StackedPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #plugin: Plugin;
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	readonly #vlans: PodVlans;

	constructor(plugin: Plugin, cluster: Cluster, underlay: Underlay) {
		this.#plugin = plugin;
		this.#cluster = cluster;
		this.#underlay = underlay;
		this.#vlans = new PodVlans(cluster, [4, 6]);
		this.assumptions = this.#vlans.assumptions;
	}

	node(node: Node): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${node.name}`);
		if (card === undefined) return [];
		const ids = this.#podsOn(node).flatMap((pod) => this.#vlans.of(pod).map(({ vlan }) => vlan));
		const vlans = [...new Set(ids)].filter((id) => id !== 0).sort((a, b) => a - b);
		return [{ links: vlans.map((id) => vlanLink(card, id)) }];
	}

	pod(pod: Pod): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${pod.nodeName}`);
		const addresses = this.#vlans.of(pod);
		const [first] = addresses;
		if (card === undefined || first === undefined) return [];
		const origin = { component: this.#plugin, object: podPlace(pod) };
		return [
			{
				links: [this.#link(pod, card, first.vlan)],
				addresses: addresses.map(
					({ address, cidr }): InterfaceAddress => ({
						device: POD_DEVICE,
						address,
						prefixLength: cidr.length,
						scope: "global",
						...(address.family === 4 && cidr.length < 31 && { broadcast: lastAddress(cidr) }),
						secondary: false,
						noPrefixRoute: false,
						origin,
					}),
				),
				routes: addresses.flatMap(({ gateway: via }) =>
					via === undefined ? [] : [unicastRoute(defaultPrefix(via.family), { via, device: POD_DEVICE, origin })],
				),
			},
		];
	}

	wires(): readonly [] {
		return [];
	}

	stackedOn(node: Node, device: string): readonly DeviceAt[] {
		return this.#podsOn(node).flatMap((pod): DeviceAt[] => {
			const [first] = this.#vlans.of(pod);
			return first === undefined || master(first.vlan) !== device ? [] : [{ place: podPlace(pod), device: POD_DEVICE }];
		});
	}

	/** An ipvlan has its master's MAC. */
	#link(pod: Pod, card: Card, vlan: number): Link {
		const place = podPlace(pod);
		const origin = { component: this.#plugin, object: place };
		const base = { name: POD_DEVICE, index: 0, mtu: card.mtu, up: true, carrier: true, origin };
		const lower = { place: card.place, device: master(vlan) };
		if (this.#plugin === "ipvlan") return { ...base, kind: "ipvlan", mac: card.mac, lower, mode: "l2", flag: "bridge" };
		return { ...base, kind: "macvlan", mac: hardwareAddress(place, POD_DEVICE), lower, mode: "bridge" };
	}

	#podsOn(node: Node): readonly Pod[] {
		return this.#cluster.podsOn(node.name).filter(isJoined);
	}
}

function vlanLink(card: Card, id: number): VlanLink {
	const base = { index: 0, mtu: card.mtu, mac: card.mac, up: true, carrier: true };
	const origin = { component: "vlan", object: card.place };
	return { kind: "vlan", name: master(id), ...base, lower: { device: card.device }, id, origin };
}
