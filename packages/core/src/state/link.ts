/** Network devices, in iproute2's words (`ip -d link`). */
import type { Address } from "../address/address.ts";
import type { Origin } from "../origin/origin.ts";
import type { Place } from "./place.ts";

/** What a device has as a port of a bridge (`bridge -d link`, `bridge vlan`). */
export interface BridgePort {
	readonly hairpin: boolean;
	readonly isolated: boolean;
	readonly learning: boolean;
	/** Whether unknown unicast is flooded out of this port. */
	readonly flood: boolean;
	/** VLANs that the port carries, where the bridge filters them. */
	readonly vlans?: readonly PortVlan[];
}

export interface PortVlan {
	readonly id: number;
	/** Untagged frames that come in belong to this VLAN. */
	readonly pvid: boolean;
	/** Frames of this VLAN leave without a tag. */
	readonly untagged: boolean;
}

interface LinkBase {
	readonly name: string;
	readonly index: number;
	readonly mtu: number;
	/** Null where the device has none: loopback, ipip, tun. */
	readonly mac: string | null;
	/** Set up by the administrator (flag UP). */
	readonly up: boolean;
	/** A carrier is there: false for LOWER_UP missing, as with a veth whose peer is down. */
	readonly carrier: boolean;
	/** The bridge or VRF that owns this device. */
	readonly master?: string;
	/** As a port of its master bridge; absent: the kernel's defaults. */
	readonly bridgePort?: BridgePort;
	readonly noArp?: boolean;
	readonly alias?: string;
	readonly origin: Origin;
}

/** The lower device of a stacked one. It may live in another namespace than the child, as a macvlan's in a pod. */
export interface LowerDevice {
	readonly device: string;
	/** Absent: the same namespace as the child. */
	readonly place?: Place;
	/** What a dump tells of a lower device in another namespace: its index there. */
	readonly index?: number;
	/** And the namespace, by the id that it has in the child's, or by its name below /run/netns. */
	readonly netnsid?: number;
	readonly netns?: string;
}

export interface LoopbackLink extends LinkBase {
	readonly kind: "loopback";
}
/** A card: its far end is a wire to the fabric. */
export interface PhysicalLink extends LinkBase {
	readonly kind: "physical";
}
export interface VethLink extends LinkBase {
	readonly kind: "veth";
	/** What a dump tells of the other end (`veth1@if2 … link-netnsid 0`); the network's wires say where it is. */
	readonly peer?: {
		readonly index?: number;
		readonly device?: string;
		/** The other end's namespace by the id that it has in this one. Absent: the same namespace. */
		readonly netnsid?: number;
		/** Or by its name below /run/netns, which `ip` prints instead where it finds one (`link-netns NAME`). */
		readonly netns?: string;
	};
}
export interface BridgeLink extends LinkBase {
	readonly kind: "bridge";
	readonly vlanFiltering: boolean;
	/** The VLAN of untagged frames on ports that say nothing else; 0: none. */
	readonly defaultPvid: number;
	/** VLANs that the bridge device itself takes part in (`bridge vlan … self`); absent: its default PVID alone. */
	readonly vlans?: readonly PortVlan[];
}
export interface VxlanLink extends LinkBase {
	readonly kind: "vxlan";
	readonly vni: number;
	readonly local?: Address;
	/** A default remote or multicast group. */
	readonly remote?: Address;
	/** The UDP destination port. */
	readonly dstport: number;
	/** The device that the outer packets are bound to. */
	readonly lower?: LowerDevice;
	readonly learning: boolean;
	/** Flow-based (`external`): routes and programs choose the tunnel, which podpath does not evaluate. */
	readonly external: boolean;
	readonly ttl?: number;
}
/** IP in IP, both `tunl0` and point-to-point devices. */
export interface IpipLink extends LinkBase {
	readonly kind: "ipip";
	readonly local?: Address;
	/** Absent: any, the next hop of the route decides. */
	readonly remote?: Address;
	readonly lower?: LowerDevice;
	readonly ttl?: number;
	/** With which mark the outer packets are routed; absent: 0. */
	readonly fwmark?: number;
}
export interface VlanLink extends LinkBase {
	readonly kind: "vlan";
	readonly lower: LowerDevice;
	readonly id: number;
}
export interface MacvlanLink extends LinkBase {
	readonly kind: "macvlan";
	readonly lower: LowerDevice;
	readonly mode: "bridge" | "private" | "vepa" | "passthru" | "source";
}
export interface IpvlanLink extends LinkBase {
	readonly kind: "ipvlan";
	readonly lower: LowerDevice;
	readonly mode: "l2" | "l3" | "l3s";
	readonly flag: "bridge" | "private" | "vepa";
}
export interface DummyLink extends LinkBase {
	readonly kind: "dummy";
}
export interface TunLink extends LinkBase {
	readonly kind: "tun";
	readonly mode: "tun" | "tap";
}
/** A device of a driver that podpath does not evaluate: a packet that meets it ends in `unknown`, naming it. */
export interface OtherLink extends LinkBase {
	readonly kind: "other";
	readonly driver: string;
}

export type Link =
	| LoopbackLink
	| PhysicalLink
	| VethLink
	| BridgeLink
	| VxlanLink
	| IpipLink
	| VlanLink
	| MacvlanLink
	| IpvlanLink
	| DummyLink
	| TunLink
	| OtherLink;

export type LinkKind = Link["kind"];

/** The settings of a bridge port as the kernel makes it. */
export const DEFAULT_BRIDGE_PORT: BridgePort = { hairpin: false, isolated: false, learning: true, flood: true };
