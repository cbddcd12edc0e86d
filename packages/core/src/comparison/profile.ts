/** What a network mode is, as a table's row: declared where nothing can tell, found on a sample cluster otherwise. */
import type { Family } from "../address/address.ts";
import type { PodAddresses } from "../modes/mode.ts";

/** Whose addresses the network between the machines sees: the nodes' in an overlay, the pods' in an underlay. */
export type Scenario = "overlay" | "underlay";

/** `layer-2`: no stack between two pods forwards. `layer-2+3`: nodes forward, and ask the pod's address itself on the wire. */
export type Mechanism = "tunnel" | "layer-2" | "layer-2+3" | "layer-3";

export interface ModeProfile {
	readonly mode: string;
	readonly scenario: Scenario;
	/** The families in which pods reach each other across nodes. */
	readonly families: readonly Family[];
	readonly technology: "vxlan" | "ipip" | "vlan" | "bgp" | "macvlan" | "ipvlan" | "vpc" | "routes";
	readonly mechanism: Mechanism;
	/** What a pod's interface is. */
	readonly attachment: "veth" | "macvlan" | "ipvlan" | "eni" | "vlan";
	readonly podAddresses: PodAddresses;
	/** By what a pod asks for a certain address. Null: by nothing. */
	readonly fixedAddress: string | null;
	/** `block`: a node takes a block and gives its pods addresses out of it. `detail`: pods of all nodes get one after another. */
	readonly pool: "block" | "detail";
	/** As whom packets leave for what is outside: as their node, as their pod, or as is set. */
	readonly exit: readonly ("SNAT" | "podIP")[];
	readonly networkPolicy: boolean;
	/** Whom a node hands packets for another node's pod: that node, a router that knows the pod, or on the wire the pod itself. */
	readonly nextHop: "node" | "router" | "pod";
	/** Pods of networks of several kinds can be on one cluster. */
	readonly mixesNetworks: boolean;
	/** Kernel protocol stacks that a packet between pods of two nodes passes; a measure of latency. */
	readonly stacks: number;
	/** Bytes that each packet between nodes grows by. */
	readonly overhead: number;
}
