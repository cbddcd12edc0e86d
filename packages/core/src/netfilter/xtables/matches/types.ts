/**
 * The matches of iptables as data: one kind each, told apart by `kind`. Meaning and text are in the file of the kind's name.
 *
 * `negated` is the `!` before the option. Where one module has several options (`-m tcp --sport … --dport …`) each has
 * its own, and an absent option asks for nothing.
 */
import type { Address } from "../../../address/address.ts";
import type { Prefix } from "../../../address/prefix.ts";
import type { Protocol } from "../../../packet/packet.ts";
import type { AddressType, ConntrackState } from "../../context.ts";

/** A range of numbers, both ends included. */
export interface Range {
	readonly from: number;
	readonly to: number;
}

export interface NegatableRange extends Range {
	readonly negated: boolean;
}

export interface AddressRange {
	readonly from: Address;
	readonly to: Address;
	readonly negated: boolean;
}

/** `-s` and `-d`. */
export interface AddressMatch<Kind extends string = "source" | "destination"> {
	readonly kind: Kind;
	readonly prefix: Prefix;
	readonly negated: boolean;
}

/** `-i` and `-o`. A trailing `+` stands for any ending. */
export interface InterfaceMatch<Kind extends string = "in-interface" | "out-interface"> {
	readonly kind: Kind;
	readonly device: string;
	readonly negated: boolean;
}

/** `-p`, in the packet's spelling (`icmpv6`, `ipip` for number 4; numbers without a name as text). */
export interface ProtocolMatch {
	readonly kind: "protocol";
	readonly protocol: Protocol;
	readonly negated: boolean;
}

/** `-f`: a second or further fragment (IPv4 only). */
export interface FragmentMatch {
	readonly kind: "fragment";
	readonly negated: boolean;
}

export const TCP_FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"] as const;
export type TcpFlagName = (typeof TCP_FLAG_NAMES)[number];

/** `-m tcp`. */
export interface TcpMatch {
	readonly kind: "tcp";
	readonly sourcePort?: NegatableRange;
	readonly destinationPort?: NegatableRange;
	/** Of the flags in `mask`, exactly those in `set` are set. Both in the order of TCP_FLAG_NAMES. */
	readonly flags?: {
		readonly mask: readonly TcpFlagName[];
		readonly set: readonly TcpFlagName[];
		readonly negated: boolean;
	};
	/** The segment has this TCP option. */
	readonly option?: { readonly number: number; readonly negated: boolean };
}

/** `-m udp`. */
export interface UdpMatch {
	readonly kind: "udp";
	readonly sourcePort?: NegatableRange;
	readonly destinationPort?: NegatableRange;
}

/** `-m sctp`. */
export interface SctpMatch {
	readonly kind: "sctp";
	readonly sourcePort?: NegatableRange;
	readonly destinationPort?: NegatableRange;
	/** The chunks as written, flags included: `DATA:Be,INIT`. */
	readonly chunkTypes?: { readonly how: "any" | "all" | "only"; readonly chunks: string; readonly negated: boolean };
}

/** `-m multiport`: one of up to 15 ports or ranges. */
export interface MultiportMatch {
	readonly kind: "multiport";
	readonly side: "source" | "destination" | "either";
	readonly ports: readonly Range[];
	readonly negated: boolean;
}

/** `-m icmp` and `-m icmp6`. Type null is `any`; code null is every code. */
export interface IcmpMatch<Kind extends string = "icmp" | "icmp6"> {
	readonly kind: Kind;
	readonly type: number | null;
	readonly code: number | null;
	readonly negated: boolean;
}

/** `-m comment`: always true. */
export interface CommentMatch {
	readonly kind: "comment";
	readonly text: string;
}

/** `-m nfacct`: always true. */
export interface NfacctMatch {
	readonly kind: "nfacct";
	readonly name: string;
}

/** A value that `--ctstate` may list: conntrack's own, and whether an address was set up to be rewritten. */
export type ConntrackStateName = Uppercase<ConntrackState> | "SNAT" | "DNAT";
export type ConntrackStatusName = "EXPECTED" | "SEEN_REPLY" | "ASSURED" | "CONFIRMED";

/** `-m conntrack`. */
export interface ConntrackMatch {
	readonly kind: "conntrack";
	readonly state?: { readonly states: readonly ConntrackStateName[]; readonly negated: boolean };
	readonly protocol?: { readonly protocol: Protocol; readonly negated: boolean };
	readonly originalSource?: { readonly prefix: Prefix; readonly negated: boolean };
	readonly originalDestination?: { readonly prefix: Prefix; readonly negated: boolean };
	readonly replySource?: { readonly prefix: Prefix; readonly negated: boolean };
	readonly replyDestination?: { readonly prefix: Prefix; readonly negated: boolean };
	readonly originalSourcePort?: NegatableRange;
	readonly originalDestinationPort?: NegatableRange;
	readonly replySourcePort?: NegatableRange;
	readonly replyDestinationPort?: NegatableRange;
	/** An empty list is `NONE`. */
	readonly status?: { readonly statuses: readonly ConntrackStatusName[]; readonly negated: boolean };
	/** Seconds that the entry has left. */
	readonly expire?: NegatableRange;
	readonly direction?: "original" | "reply";
}

/** `-m state`, conntrack's forerunner. */
export interface StateMatch {
	readonly kind: "state";
	readonly states: readonly Uppercase<ConntrackState>[];
	readonly negated: boolean;
}

/** `-m mark` (the packet's) and `-m connmark` (the connection's): `(mark & mask) == value`. */
export interface MarkMatch<Kind extends string = "mark" | "connmark"> {
	readonly kind: Kind;
	readonly value: number;
	readonly mask: number;
	readonly negated: boolean;
}

/** `-m set`: each direction says from which end of the packet the set's next part is taken. */
export interface SetMatch {
	readonly kind: "set";
	readonly set: string;
	readonly directions: readonly ("src" | "dst")[];
	readonly negated: boolean;
	/** An entry marked `nomatch` counts as a match. */
	readonly returnNomatch: boolean;
	/** Options about the set's counters, as written; they change what matches only where they compare. */
	readonly counters: string;
}

/** `-m statistic --mode random`, and `--mode nth`: one packet in `every`, beginning with number `packet`. */
export type StatisticMatch =
	| { readonly kind: "statistic"; readonly mode: "random"; readonly probability: number; readonly negated: boolean }
	| {
			readonly kind: "statistic";
			readonly mode: "nth";
			readonly every: number;
			readonly packet: number;
			readonly negated: boolean;
	  };

/** `-m recent`: a list of addresses that were seen. */
export interface RecentMatch {
	readonly kind: "recent";
	readonly list: string;
	readonly action: "set" | "rcheck" | "update" | "remove";
	readonly negated: boolean;
	readonly seconds?: number;
	readonly reap: boolean;
	readonly hitCount?: number;
	readonly sameTtl: boolean;
	/** The mask laid over addresses: as printed (`255.255.255.255`). */
	readonly mask: Address;
	readonly side: "source" | "destination";
}

/** `-m addrtype`. */
export interface AddrtypeMatch {
	readonly kind: "addrtype";
	readonly source?: { readonly types: readonly (AddressType | "XRESOLVE")[]; readonly negated: boolean };
	readonly destination?: { readonly types: readonly (AddressType | "XRESOLVE")[]; readonly negated: boolean };
	/** The type counts only on the device that the packet came in by, or leaves by. */
	readonly limitInterface: "in" | "out" | null;
}

/** `-m physdev`: the bridge ports. For the `is…` options false is the negated option. */
export interface PhysdevMatch {
	readonly kind: "physdev";
	readonly isIn?: boolean;
	readonly in?: { readonly device: string; readonly negated: boolean };
	readonly isOut?: boolean;
	readonly out?: { readonly device: string; readonly negated: boolean };
	readonly isBridged?: boolean;
}

/** `-m iprange`. */
export interface IprangeMatch {
	readonly kind: "iprange";
	readonly source?: AddressRange;
	readonly destination?: AddressRange;
}

/** `-m mac --mac-source`: lower-case, with colons. */
export interface MacMatch {
	readonly kind: "mac";
	readonly address: string;
	readonly negated: boolean;
}

/** `-m limit`: a bucket of tokens that all packets share. The rate is as printed (`5/min`). */
export interface LimitMatch {
	readonly kind: "limit";
	readonly rate: string;
	readonly burst: number;
}

/** `-m hashlimit`: a bucket a source, destination … `options` are those after the rate, as written. */
export interface HashlimitMatch {
	readonly kind: "hashlimit";
	readonly when: "upto" | "above";
	readonly rate: string;
	readonly options: string;
	readonly negated: boolean;
}

/** `-m tos`: `(tos & mask) == value`. */
export interface TosMatch {
	readonly kind: "tos";
	readonly value: number;
	readonly mask: number;
	readonly negated: boolean;
}

/** `-m dscp`. */
export interface DscpMatch {
	readonly kind: "dscp";
	readonly value: number;
	readonly negated: boolean;
}

/** `-m ttl` (IPv4) and `-m hl` (IPv6). */
export interface TtlMatch<Kind extends string = "ttl" | "hl"> {
	readonly kind: Kind;
	readonly comparison: "eq" | "lt" | "gt";
	readonly value: number;
	readonly negated: boolean;
}

/** `-m length`: of the whole packet, in bytes. */
export interface LengthMatch extends NegatableRange {
	readonly kind: "length";
}

/** `-m owner`: the process that sent the packet. For `socketExists` false is the negated option. */
export interface OwnerMatch {
	readonly kind: "owner";
	readonly socketExists?: boolean;
	readonly uid?: NegatableRange;
	readonly gid?: NegatableRange;
}

/** `-m pkttype`: the link-layer type. */
export interface PkttypeMatch {
	readonly kind: "pkttype";
	readonly type: "unicast" | "broadcast" | "multicast";
	readonly negated: boolean;
}

/** `-m rpfilter`: the route back to the source leads out of the device that the packet came in by. */
export interface RpfilterMatch {
	readonly kind: "rpfilter";
	readonly loose: boolean;
	readonly validMark: boolean;
	readonly acceptLocal: boolean;
	readonly invert: boolean;
}

/** `-m ipvs`: the virtual service that a packet belongs to. */
export interface IpvsMatch {
	readonly kind: "ipvs";
	/** Whether it belongs to any. */
	readonly ipvs?: boolean;
	readonly protocol?: { readonly protocol: Protocol; readonly negated: boolean };
	readonly virtualAddress?: { readonly prefix: Prefix; readonly negated: boolean };
	readonly virtualPort?: { readonly port: number; readonly negated: boolean };
	readonly direction?: "original" | "reply";
	readonly method?: { readonly method: "masq" | "tunnel" | "route"; readonly negated: boolean };
}

/**
 * Anything that podpath does not evaluate, word for word. `module` is what stands after `-m`; empty: `text` are options
 * without one.
 */
export interface OtherMatch {
	readonly kind: "other";
	readonly module: string;
	readonly text: string;
}

export type Match =
	| AddressMatch<"source">
	| AddressMatch<"destination">
	| InterfaceMatch<"in-interface">
	| InterfaceMatch<"out-interface">
	| ProtocolMatch
	| FragmentMatch
	| TcpMatch
	| UdpMatch
	| SctpMatch
	| MultiportMatch
	| IcmpMatch<"icmp">
	| IcmpMatch<"icmp6">
	| CommentMatch
	| NfacctMatch
	| ConntrackMatch
	| StateMatch
	| MarkMatch<"mark">
	| MarkMatch<"connmark">
	| SetMatch
	| StatisticMatch
	| RecentMatch
	| AddrtypeMatch
	| PhysdevMatch
	| IprangeMatch
	| MacMatch
	| LimitMatch
	| HashlimitMatch
	| TosMatch
	| DscpMatch
	| TtlMatch<"ttl">
	| TtlMatch<"hl">
	| LengthMatch
	| OwnerMatch
	| PkttypeMatch
	| RpfilterMatch
	| IpvsMatch
	| OtherMatch;
