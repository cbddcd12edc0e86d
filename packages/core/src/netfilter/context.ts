/**
 * What a rule sees of a packet and what it may do to it: the one interface between the rules (xtables and nftables
 * extensions, as data with their meaning) and the engine that walks packets through hooks.
 */
import type { Address, Family } from "../address/address.ts";
import type { Packet } from "../packet/packet.ts";
import type { Phrase } from "../wording/phrase.ts";
import type { Hook } from "./hook.ts";
import type { Ipset } from "./ipset.ts";

/** Whether something matches. `unknown` ends the packet's way there, naming what cannot be evaluated. */
export type Truth = boolean | Unknowable;

/** Why something cannot be decided: one phrase that names it, such as `match "bpf" is not evaluated`. */
export interface Unknowable {
	readonly unknown: Phrase;
}

/** True where an answer (a truth, a set, a device …) is that it cannot be told. */
export function isUnknowable(answer: unknown): answer is Unknowable {
	return typeof answer === "object" && answer !== null && "unknown" in answer;
}

/** The answer to a condition with `!` in front of it: what cannot be decided stays so. */
export function negateIf(negated: boolean, truth: Truth): Truth {
	return isUnknowable(truth) ? truth : truth !== negated;
}

/** The state that connection tracking gives a packet. `untracked` is also what a stack without conntrack gives. */
export type ConntrackState = "new" | "established" | "related" | "invalid" | "untracked";

/** The connection of a packet, as rules may ask for it. Tuples are as in `state/conntrack.ts`. */
export interface PacketConnection {
	readonly state: ConntrackState;
	readonly direction: "original" | "reply";
	readonly originalSource: Address;
	readonly originalDestination: Address;
	readonly originalSourcePort: number;
	readonly originalDestinationPort: number;
	readonly replySource: Address;
	readonly replyDestination: Address;
	readonly replySourcePort: number;
	readonly replyDestinationPort: number;
	/** The source address (SNAT) or destination address (DNAT) was set up to be rewritten. */
	readonly sourceNat: boolean;
	readonly destinationNat: boolean;
	readonly mark: number;
}

/** What IPVS knows of a packet: the virtual server whose connection it belongs to. */
export interface IpvsPacket {
	readonly virtualAddress: Address;
	readonly virtualPort: number;
	readonly method: "masq" | "tunnel" | "route" | "local";
	readonly direction: "original" | "reply";
}

/** The address types of `-m addrtype` and `fib … type`. */
export type AddressType =
	| "UNSPEC"
	| "UNICAST"
	| "LOCAL"
	| "BROADCAST"
	| "ANYCAST"
	| "MULTICAST"
	| "BLACKHOLE"
	| "UNREACHABLE"
	| "PROHIBIT"
	| "THROW"
	| "NAT";

/** By what routes are looked up beside the destination. */
export interface RouteOptions {
	readonly from: Address;
	/** As a policy rule sees it. */
	readonly withMark: boolean;
	/** Absent: the look-up is of a packet of the stack's own. */
	readonly iif?: string;
}

/** The packet at a hook, for matches and targets. Everything but the `set…` functions only reads. */
export interface RuleContext {
	readonly family: Family;
	readonly hook: Hook;
	readonly packet: Packet;
	/** Device names, null where the hook has none (no out device before routing …). */
	readonly inDevice: string | null;
	readonly outDevice: string | null;
	/** The bridge ports of a packet that br_netfilter shows to iptables. */
	readonly physicalIn: string | null;
	readonly physicalOut: string | null;
	/** The packet is being bridged, not routed (`--physdev-is-bridged`). */
	readonly bridged: boolean;
	/** The link-layer source address, where there is one. */
	readonly sourceMac: string | null;
	readonly mark: number;
	/** Null where the stack does not track connections. */
	readonly connection: PacketConnection | null;
	readonly ipvs: IpvsPacket | null;
	/** User id of the sending process where one is known (packets that this stack sends itself). */
	readonly locallyGenerated: boolean;

	/** A set of this namespace by name: the set, or why it cannot be looked into. */
	ipset(name: string): Ipset | Unknowable;
	/** The type of an address in this namespace's tables; with `device`, only as that device sees it. */
	addressType(of: Address, device?: string | null): AddressType | Unknowable;
	/**
	 * The device by which an address would be reached (reverse path); null: none. Of several next hops' it is `wanted`, if IPv4 has
	 * that among them (fib_info_nh_uses_dev); IPv6 chooses.
	 */
	routeDevice(to: Address, options: RouteOptions & { readonly wanted: string | null }): string | null | Unknowable;
	/** The type of an address as all routes and policy rules tell it. */
	routeType(to: Address, options: RouteOptions): AddressType | Unknowable;
	/** The first address of a family on a device, by which MASQUERADE and REDIRECT choose; null: none. */
	deviceAddress(device: string, family: Family): Address | null;
	/** The network chooses: true with this probability. Each outcome is followed and weighed. `about` says what chooses. */
	chance(probability: number, about: string): boolean;
	/** As `chance`, for one of several: gives the index chosen. Weights need not add up to 1. */
	choose(weights: readonly number[], about: string): number;

	setMark(mark: number): void;
	setConnectionMark(mark: number): void;
	/** Takes the packet out of connection tracking (NOTRACK), unless it has a connection already. */
	setUntracked(): void;
	/** Answers are given for something that the input cannot hold, such as `recent` lists; it becomes a remark. */
	assume(code: string, message: Phrase): void;
}

/** What an address rewrite may choose from. Absent parts are kept as they are. */
export interface NatRange {
	readonly addresses?: { readonly from: Address; readonly to: Address };
	readonly ports?: { readonly from: number; readonly to: number };
	/** The port is drawn at random, so nobody can know it beforehand. */
	readonly random?: boolean;
	/** One client keeps one address of the range. */
	readonly persistent?: boolean;
}

/** How a refusal is answered; the words are iptables' `--reject-with`. */
export type RejectWith =
	| "icmp-net-unreachable"
	| "icmp-host-unreachable"
	| "icmp-port-unreachable"
	| "icmp-proto-unreachable"
	| "icmp-net-prohibited"
	| "icmp-host-prohibited"
	| "icmp-admin-prohibited"
	| "icmp6-no-route"
	| "icmp6-adm-prohibited"
	| "icmp6-addr-unreachable"
	| "icmp6-port-unreachable"
	| "icmp6-policy-fail"
	| "icmp6-reject-route"
	| "tcp-reset";

/** What a target or statement did. Everything but `continue` ends the rule; marks are set through the context. */
export type Effect =
	| { readonly kind: "continue" }
	| { readonly kind: "accept" }
	| { readonly kind: "drop" }
	| { readonly kind: "return" }
	| { readonly kind: "jump"; readonly chain: string }
	| { readonly kind: "goto"; readonly chain: string }
	| { readonly kind: "reject"; readonly with: RejectWith }
	| { readonly kind: "dnat"; readonly range: NatRange }
	| { readonly kind: "snat"; readonly range: NatRange }
	| { readonly kind: "masquerade"; readonly range: NatRange }
	/** DNAT to the address of the device that the packet came in by. */
	| { readonly kind: "redirect"; readonly range: NatRange }
	/** DNAT of each address of a prefix to the one at the same place of another. */
	| { readonly kind: "netmap"; readonly network: Address; readonly length: number }
	| { readonly kind: "unknown"; readonly unknown: Phrase };

export const CONTINUE: Effect = { kind: "continue" };
export const ACCEPT: Effect = { kind: "accept" };
export const DROP: Effect = { kind: "drop" };
export const RETURN: Effect = { kind: "return" };
