/** What Hybridnet's daemon sets up on a node and in its pods. */

import { hostPrefix, prefix } from "../../address/prefix.ts";
import type { BgpNetwork } from "../../bgp/network.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { HybridnetMode } from "../../cluster/hybridnet-objects.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { HostObject } from "../../cluster/settings.ts";
import { FELIX_ENFORCEMENT } from "../../policy/enforcement.ts";
import { type AddressEnforcement, PolicyStages } from "../../policy/stage.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { Segment, SegmentRoute } from "../../state/fabric.ts";
import type { Cause, LostPacket } from "../../state/network.ts";
import { podPlace } from "../../state/place.ts";
import type { Speaker } from "../../state/speaker.ts";
import { phrase } from "../../wording/phrase.ts";
import { hostRoutes } from "../host-speakers.ts";
import type { ModePlan, PodWire } from "../mode.ts";
import { isJoined } from "../pod-namespace.ts";
import { unicastRoute } from "../route.ts";
import { routerSpeakers } from "../router-speakers.ts";
import { sessionDown, sessionsDown } from "../session-down.ts";
import { type Card, gatewayOf, type Underlay } from "../underlay/underlay.ts";
import { hybridnetCauses } from "./causes.ts";
import { hostInterface, hybridnetOrigin, POD_DEVICE } from "./constants.ts";
import { type NodePod, type Peer, proxied, towardsPeer, vlanDevice, vxlanDevice } from "./devices.ts";
import { nodeRules } from "./iptables.ts";
import { forwardDevice, isOverlay, type PodAddress, PodNetworks, type PodSubnet, speaksBgp } from "./networks.ts";
import { hostEnd, podEnd } from "./pod.ts";
import { policyRoutes } from "./policy-routes.ts";
import { bgpNetwork } from "./speakers.ts";

/** What Ethernet frames hold, where the input does not say more. */
const ETHERNET_MTU = 1500;
/** What VXLAN takes of it (containernetwork CheckIfContainerNetworkLink, config.VxlanMTU). */
const VXLAN_ENCAP_OVERHEAD = 50;

/** calico-felix for policies alone, on the hybr devices (policy/policyinit.sh). */
const POLICY: AddressEnforcement = { ...FELIX_ENFORCEMENT, hook: "filter", component: "calico-felix" };

export class HybridnetPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	readonly #networks: PodNetworks;
	readonly #policies: PolicyStages;
	/** A network of speakers for each family. */
	readonly #bgp: readonly BgpNetwork[];
	/** What each node is to the others, made once. */
	readonly #towards = new Map<string, Contribution>();

	constructor(cluster: Cluster, underlay: Underlay, mode: HybridnetMode) {
		this.#cluster = cluster;
		this.#underlay = underlay;
		this.#networks = new PodNetworks(cluster, mode);
		this.#policies = new PolicyStages(cluster, POLICY);
		this.#bgp = ([4, 6] as const).map((family) => bgpNetwork(cluster, underlay, this.#networks, family));
		const down = this.#bgp.flatMap((network) => sessionsDown(network, cluster));
		this.assumptions = [
			...this.#networks.assumptions,
			...down.map((each) => ({
				code: "bgp-session-down",
				place: each.self.name,
				severity: "warning" as const,
				message: sessionDown(each),
			})),
		];
	}

	node(node: Node): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${node.name}`);
		if (card === undefined) return [];
		const pods = this.#cluster.podsOn(node.name).filter(isJoined);
		const own = pods.map((pod): NodePod => ({ pod, addresses: this.#networks.of(pod) }));
		const subnets = this.#networks.onNode(node);
		const nodeAddresses = this.#cluster.nodes.flatMap(({ internalIPs }) => internalIPs);
		return [
			{ sysctls: HOST_SYSCTLS },
			...gatewayRoute(node, card),
			...pods.map((pod) => hostEnd(pod, this.#networks.of(pod), this.#mtuOf(pod, card))),
			...this.#overlay(node, card, own),
			...this.#vlans(node, card, subnets, own),
			policyRoutes(node, card, subnets),
			{ policyStages: pods.flatMap((pod) => this.#policies.of(pod, hostInterface(pod)) ?? []) },
			nodeRules({ node, subnets: this.#networks.subnets, onNode: subnets, nodeAddresses, pods: own }),
		];
	}

	pod(pod: Pod): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${pod.nodeName}`);
		return [podEnd(pod, this.#networks.of(pod), this.#networks.macOf(pod), this.#mtuOf(pod, card))];
	}

	wires(pod: Pod): readonly PodWire[] {
		if (this.#cluster.node(pod.nodeName) === undefined) {
			const why = phrase("node-of-pod-not-held", {
				node: `node/${pod.nodeName}`,
				pod: podPlace(pod),
			});
			return [{ device: POD_DEVICE, to: { kind: "outside", why } }];
		}
		const to = { kind: "device", place: `node/${pod.nodeName}`, device: hostInterface(pod) } as const;
		return [{ device: POD_DEVICE, to }];
	}

	host(host: HostObject): readonly Contribution[] {
		return [{ routes: this.#bgp.flatMap((network) => hostRoutes(host, network, this.#underlay)) }];
	}

	causesOf(lost: LostPacket): readonly Cause[] {
		return hybridnetCauses({ cluster: this.#cluster, networks: this.#networks, bgp: this.#bgp }, lost);
	}

	speakers(): readonly Speaker[] {
		const speakers = this.#bgp.flatMap((network) => network.speakers);
		return [...speakers, ...routerSpeakers(speakers, this.#cluster)];
	}

	stackedOn(): readonly [] {
		return [];
	}

	/** A peer of a BGP network is the segment's router where it has that address: each node tells it of its own pods. */
	routesOf(segment: Segment): readonly SegmentRoute[] {
		return this.#cluster.nodes.flatMap((node) =>
			this.#cluster
				.podsOn(node.name)
				.filter(isJoined)
				.flatMap((pod) => this.#networks.of(pod).flatMap((each) => advertised(segment, node, each))),
		);
	}

	/** The tunnel with what is at its other ends. It leads to pods of underlay networks too, for overlay pods that ask. */
	#overlay(node: Node, card: Card, pods: readonly NodePod[]): readonly Contribution[] {
		const overlay = this.#networks.subnets.find(isOverlay);
		if (overlay === undefined) return [];
		const device = forwardDevice(overlay);
		const peers = this.#cluster.nodes.filter((each) => each !== node).map((each) => this.#peer(each, device));
		return [
			vxlanDevice(node, card, overlay),
			{
				fdb: peers.flatMap(({ fdb }) => fdb ?? []),
				neighbours: [...proxied(device, pods), ...peers.flatMap(({ neighbours }) => neighbours ?? [])],
			},
		];
	}

	#peer(node: Node, device: string): Contribution {
		let made = this.#towards.get(node.name);
		if (made === undefined) {
			const card = this.#underlay.cardOf(`node/${node.name}`);
			const pods = this.#cluster.podsOn(node.name).filter(isJoined);
			const peer: Omit<Peer, "card"> = {
				node,
				pods: pods.map((pod) => ({ pod, addresses: this.#networks.of(pod) })),
			};
			made = card === undefined ? {} : towardsPeer({ ...peer, card }, device);
			this.#towards.set(node.name, made);
		}
		return made;
	}

	/** One device for each VLAN of the node, and answers there for its pods of that VLAN. */
	#vlans(node: Node, card: Card, subnets: readonly PodSubnet[], pods: readonly NodePod[]): readonly Contribution[] {
		const vlans = subnets.filter(({ mode }) => mode === "VLAN");
		const devices = new Map(vlans.map((subnet) => [forwardDevice(subnet), subnet]));
		return [...devices].flatMap(([device, subnet]) => {
			const own = pods.map(({ pod, addresses }): NodePod => {
				const inVlan = addresses.filter((each) => each.subnet.mode === "VLAN" && forwardDevice(each.subnet) === device);
				return { pod, addresses: inVlan };
			});
			return [vlanDevice(node, card, subnet), { neighbours: proxied(device, own) }];
		});
	}

	#mtuOf(pod: Pod, card: Card | undefined): number {
		const overlay = this.#networks.of(pod).some(({ subnet }) => isOverlay(subnet));
		return (card?.mtu ?? ETHERNET_MTU) - (overlay ? VXLAN_ENCAP_OVERHEAD : 0);
	}
}

/** `podIP/32` by the node, as its speaker says it to the peers (bgp.go); nodes take no route from anybody. */
function advertised(segment: Segment, node: Node, { address, subnet }: PodAddress): readonly SegmentRoute[] {
	if (!speaksBgp(subnet)) return [];
	const via = node.internalIPs.find(({ family }) => family === address.family);
	const peered = subnet.network.bgpPeers.some((peer) =>
		segment.gateways.some(({ text }) => text === peer.address.text),
	);
	const stands = segment.attachments.some(({ place }) => place === `node/${node.name}`);
	if (via === undefined || !peered || !stands) return [];
	return [{ destination: hostPrefix(address), via, origin: hybridnetOrigin(`node/${node.name}`, "BGP") }];
}

/** The reverse path filter is off everywhere: packets of pods leave by other devices than answers come in by (network.go). */
const HOST_SYSCTLS: ReadonlyMap<string, string> = new Map([
	["net.ipv4.ip_forward", "1"],
	["net.ipv4.conf.all.rp_filter", "0"],
	["net.ipv4.conf.default.rp_filter", "0"],
	["net.ipv4.conf.eth0.rp_filter", "0"],
]);

/** The kernel answers for the pods' gateway only where it has a route to it by another device (fact K5). */
function gatewayRoute(node: Node, card: Card): readonly Contribution[] {
	if (gatewayOf(card, 4) !== undefined) return [];
	const origin = hybridnetOrigin(`node/${node.name}`);
	return [{ routes: [unicastRoute(prefix("169.254.1.1/32"), { device: "lo", origin })] }];
}
