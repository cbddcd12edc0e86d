/**
 * A network mode: how one CNI connects pods. To add one, write `modes/NAME/` with an object of this type and add it to
 * the list in registry.ts. What is the same in every mode (the machine's own card, kube-proxy, the fabric) is not its business.
 */
import type { Family } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Node, Pod } from "../cluster/objects.ts";
import type { EniObject, HostObject } from "../cluster/settings.ts";
import type { PolicyEnforcement } from "../policy/enforcement.ts";
import type { Assumption } from "../state/assumption.ts";
import type { Contribution } from "../state/contribution.ts";
import type { DeviceAt, Far, Segment, SegmentRoute } from "../state/fabric.ts";
import type { Cause, LostPacket } from "../state/network.ts";
import type { Speaker } from "../state/speaker.ts";
import type { Underlay } from "./underlay/underlay.ts";

export interface NetworkMode {
	/** As `Cluster` objects and the command line name it: `flannel-vxlan`. */
	readonly id: string;
	readonly capabilities: ModeCapabilities;
	/**
	 * ENIs that the mode knows of besides those that the input describes: derived from other objects, or the input's own at
	 * another place. One with the name of an ENI of the input takes that one's place: copy it and change what differs, such as
	 * `instance: "pod/NAMESPACE/NAME"` and `device: "eth0"` for one that was moved into a pod. `securityGroups` name groups
	 * of the input, or are null where nothing says them. Asked before the underlay is made.
	 */
	enis?(cluster: Cluster): readonly EniObject[];
	/** What switches the mode's enforcer of NetworkPolicies off in this cluster; undefined: nothing does. */
	policiesOff?(cluster: Cluster): string | undefined;
	/** What the mode makes of this cluster. What all nodes share is made here, once. */
	plan(cluster: Cluster, underlay: Underlay): ModePlan;
}

/** See ModeCapabilities. */
export type PodAddresses = "cluster" | "data-centre" | "vpc";

export interface ModeCapabilities {
	/** The families in which pods reach each other across nodes. */
	readonly families: readonly Family[];
	/** The VPC must lead each node's pod CIDR to that node, as the cloud controller has it do. */
	readonly podRoutesInVpc: boolean;
	/**
	 * Where pods' addresses are from: a range of the cluster's own, the data centre's network with its VLANs, or the VPC's vSwitches.
	 */
	readonly podAddresses: PodAddresses;
	/** By what a pod asks for a certain address. Null: by nothing. */
	readonly fixedAddress: string | null;
	/** Pods of networks of several kinds can be on one cluster. */
	readonly mixesNetworks?: true;
	/**
	 * Who applies NetworkPolicies. `none`: nobody. `iptables`: rules among those of the node's state. `documented`: an enforcer
	 * whose rules are not part of the state; what it documents is a stage at the pod's device (`policyStages` of a contribution,
	 * made by `PolicyStages`).
	 */
	readonly networkPolicy: "none" | "iptables" | "documented";
	/** What that enforcer does where the API leaves it open. Absent: nobody says. */
	readonly enforcement?: PolicyEnforcement;
}

export interface ModePlan {
	readonly assumptions: readonly Assumption[];
	/** The families that are carried in this cluster, where that is more than the mode's own. */
	readonly families?: readonly Family[];
	/**
	 * What the mode adds to the node's own namespace. Its cards are there already, numbered after the loopback device in the
	 * order of `underlay.cards(place)`, so from 2: eth0 with the node's addresses, the others up and without an address.
	 */
	node(node: Node): readonly Contribution[];
	/** What an agent keeps before kube-proxy's own, as Felix its rules. Absent: nothing. */
	afterKubeProxy?(node: Node): readonly Contribution[];
	/** What a host gets from the nodes, such as routes by BGP. Absent: nothing. */
	host?(host: HostObject): readonly Contribution[];
	/** What the pod's namespace holds. */
	pod(pod: Pod): readonly Contribution[];
	/** What the devices of the pod's namespace are joined to; cards of its own (`underlay.cards`) are joined already. */
	wires(pod: Pod): readonly PodWire[];
	/** What the router of a segment learns from nodes, as by BGP. */
	routesOf?(segment: Segment): readonly SegmentRoute[];
	/** See `Network.causesOf`. Absent: the mode has nothing of its own that a way hangs on. */
	causesOf?(lost: LostPacket): readonly Cause[];
	/** See `Network.speakers`. */
	speakers?(): readonly Speaker[];
	/** Devices of the node's pods that stand on this one of the node's (macvlan, ipvlan). */
	stackedOn(node: Node, device: string): readonly DeviceAt[];
}

export interface PodWire {
	/** In the pod's namespace. */
	readonly device: string;
	readonly to: Far;
}

/** The families in which a VPC leads pod CIDRs to nodes for this mode. */
export function podRouteFamilies(mode: NetworkMode | undefined): readonly Family[] {
	return mode?.capabilities.podRoutesInVpc === true ? mode.capabilities.families : [];
}
