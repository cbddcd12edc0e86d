/** What lies between the machines: wires and fabric devices, as data. How they forward is in `fabric/`. */
import type { Address } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";
import type { Phrase } from "../wording/phrase.ts";
import type { Place } from "./place.ts";

/** A device of a namespace. */
export interface DeviceAt {
	readonly place: Place;
	readonly device: string;
}

/** The far end of a device: another device, a fabric device, or nothing that the input describes. */
export type Far =
	| ({ readonly kind: "device" } & DeviceAt)
	| { readonly kind: "fabric"; readonly fabric: Place }
	/** The input ends here; `why` says what it does not hold. */
	| { readonly kind: "outside"; readonly why: Phrase };

/** A card on a fabric device, with what the fabric knows of it without looking into the machine. */
export interface Attachment extends DeviceAt {
	readonly mac: string;
	readonly addresses: readonly Address[];
	/** What a cloud knows of the card. */
	readonly eni?: Eni;
}

/** An elastic network interface: where a VPC's security groups decide. */
export interface Eni {
	/** `eni/ID`: how it stands in a data link. */
	readonly place: Place;
	readonly id: string;
	readonly type: "primary" | "secondary" | "trunk" | "member";
	/** Of a member: the tag of its frames on the trunk's card. Null: untagged. */
	readonly vlan: number | null;
	/** All of one type; their rules count together. Null: the input does not say. */
	readonly securityGroups: readonly SecurityGroup[] | null;
	/** It drops what is neither from nor for one of its addresses. Absent: it does not look. */
	readonly sourceDestCheck?: boolean;
	readonly origin: Origin;
}

export interface SecurityGroup {
	readonly id: string;
	readonly type: "basic" | "advanced";
	readonly innerAccess: "accept" | "drop";
	readonly rules: readonly SecurityGroupRule[];
	readonly origin: Origin;
}

export interface SecurityGroupRule {
	readonly direction: "ingress" | "egress";
	readonly protocol: "all" | "tcp" | "udp" | "icmp" | "icmpv6" | "gre";
	/** Null: all. */
	readonly ports: { readonly from: number; readonly to: number } | null;
	readonly policy: "accept" | "drop";
	/** 1 to 100; 1 is asked first. */
	readonly priority: number;
	readonly peer:
		| { readonly kind: "prefixes"; readonly prefixes: readonly Prefix[] }
		/** The addresses of the cards in that group. */
		| { readonly kind: "group"; readonly id: string };
	/** As a person would write it: `ingress accept tcp 80/80 from 192.168.0.0/16, priority 1`. */
	readonly text: string;
	readonly origin: Origin;
}

/** A VLAN of a segment (IEEE 802.1Q), with the router that has its gateways. */
export interface SegmentVlan {
	/** 1 to 4094. */
	readonly id: number;
	readonly prefixes: readonly Prefix[];
	readonly gateways: readonly Address[];
}

/** The switch's end of a card's cable. */
export interface SwitchPort extends DeviceAt {
	/** The VLAN of frames without a tag; null: the segment's own network. */
	readonly untagged: number | null;
	/** The VLANs whose frames bear a tag here. */
	readonly tagged: readonly number[] | "all";
}

/** A route of a segment's router to what is behind a machine of the segment. */
export interface SegmentRoute {
	readonly destination: Prefix;
	/** Of a machine in the segment or in one of its VLANs. */
	readonly via: Address;
	readonly origin: Origin;
}

/**
 * One layer 2 segment: frames go to the card that has their MAC, within their VLAN. Without `vlans` and `ports` it is an
 * unmanaged switch, which does not look at tags.
 */
export interface Segment {
	readonly kind: "segment";
	readonly place: Place;
	readonly prefixes: readonly Prefix[];
	/** The way out of the segment, by which load balancers and hosts elsewhere are reached. */
	readonly gateways: readonly Address[];
	/** Besides the segment's own network, whose frames have no tag. */
	readonly vlans?: readonly SegmentVlan[];
	/** Those that are configured; any other carries every VLAN with its tag, and the segment's own network without. */
	readonly ports?: readonly SwitchPort[];
	/** What the router has learned, as by BGP. */
	readonly routes?: readonly SegmentRoute[];
	readonly attachments: readonly Attachment[];
	readonly mtu: number;
	readonly origin: Origin;
}

export interface VSwitch {
	readonly id: string;
	readonly prefix: Prefix;
	readonly gateway: Address;
}

export interface VpcRoute {
	readonly destination: Prefix;
	/** The machine that gets the packets, whatever their destination address. */
	readonly nextHop: Place;
	readonly origin: Origin;
}

/** A virtual private cloud: a router that delivers by address to the card that owns it, then by its custom route entries. */
export interface Vpc {
	readonly kind: "vpc";
	readonly place: Place;
	readonly prefixes: readonly Prefix[];
	readonly vSwitches: readonly VSwitch[];
	readonly routes: readonly VpcRoute[];
	readonly attachments: readonly Attachment[];
	readonly mtu: number;
	readonly origin: Origin;
}

/** A member of a load balancer's server group. */
export interface Backend extends DeviceAt {
	readonly address: Address;
	readonly port: number;
	/** 0: no new connections. */
	readonly weight: number;
	/** `eni/ID` where the member is that card; absent: the machine's primary card. */
	readonly eni?: Place;
	/** False: its health check fails, so that it gets no connections. */
	readonly healthy?: boolean;
	readonly origin: Origin;
}

/**
 * How a listener spreads new connections: in turn, in turn by weight, to whom has the fewest by weight, or by a hash of the
 * client's address, which leads each client to one backend for good (that it is which is not documented).
 */
export type Scheduler = "rr" | "wrr" | "wlc" | "sch";

export interface Listener {
	readonly protocol: "tcp" | "udp" | "sctp";
	readonly port: number;
	readonly backends: readonly Backend[];
	/** Absent: by weight. */
	readonly scheduler?: Scheduler;
	/** Who is let in: only those of a white list, all but those of a black one. Absent: everybody. */
	readonly acl?: { readonly kind: "white" | "black"; readonly prefixes: readonly Prefix[] };
	readonly origin: Origin;
}

/** A layer 4 load balancer: it rewrites the destination, and as a CLB and usually an NLB keeps the client's address. */
export interface LoadBalancer {
	readonly kind: "load-balancer";
	readonly place: Place;
	readonly addresses: readonly Address[];
	/** Those that backends see in the client's place (NLB without PreserveClientIp). Absent: they see the client's own. */
	readonly localAddresses?: readonly Address[];
	readonly listeners: readonly Listener[];
	readonly origin: Origin;
}

/** Everything that is reached by public addresses: clients on the Internet and load balancers' addresses. */
export interface Internet {
	readonly kind: "internet";
	readonly place: Place;
}

export type FabricDevice = Segment | Vpc | LoadBalancer | Internet;
