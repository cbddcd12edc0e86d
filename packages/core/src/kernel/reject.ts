/** Refusals: the TCP reset or ICMP error that a stack sends back (net/ipv4/netfilter/nf_reject_ipv4.c, net/ipv4/icmp.c). */
import type { Address, Family } from "../address/address.ts";
import type { RejectWith } from "../netfilter/context.ts";
import type { Hook } from "../netfilter/hook.ts";
import type { Packet } from "../packet/packet.ts";
import { sysctlNumber } from "../state/sysctl.ts";
import type { Because } from "./because.ts";
import { lookup } from "./fib.ts";
import type { Skb } from "./skb.ts";
import { selectAddress, sourceFor } from "./source-address.ts";
import type { View } from "./view.ts";
import { type End, end, type Walk } from "./walk.ts";

interface IcmpError {
	readonly type: number;
	readonly code: number;
}

/** The errors of `--reject-with`, and those that routing sends. */
export type IcmpErrorKind =
	| Exclude<RejectWith, "tcp-reset">
	| "icmp-frag-needed"
	| "icmp-ttl"
	| "icmp6-beyond-scope"
	| "icmp6-too-big"
	| "icmp6-hop-limit";

/** RFC 792, RFC 1812 section 5.2.7.1, RFC 4443: type and code of each error. */
const ERRORS: Readonly<Record<IcmpErrorKind, IcmpError>> = {
	"icmp-net-unreachable": { type: 3, code: 0 },
	"icmp-host-unreachable": { type: 3, code: 1 },
	"icmp-proto-unreachable": { type: 3, code: 2 },
	"icmp-port-unreachable": { type: 3, code: 3 },
	"icmp-frag-needed": { type: 3, code: 4 },
	"icmp-net-prohibited": { type: 3, code: 9 },
	"icmp-host-prohibited": { type: 3, code: 10 },
	"icmp-admin-prohibited": { type: 3, code: 13 },
	"icmp-ttl": { type: 11, code: 0 },
	"icmp6-no-route": { type: 1, code: 0 },
	"icmp6-adm-prohibited": { type: 1, code: 1 },
	"icmp6-beyond-scope": { type: 1, code: 2 },
	"icmp6-addr-unreachable": { type: 1, code: 3 },
	"icmp6-port-unreachable": { type: 1, code: 4 },
	"icmp6-policy-fail": { type: 1, code: 5 },
	"icmp6-reject-route": { type: 1, code: 6 },
	"icmp6-too-big": { type: 2, code: 0 },
	"icmp6-hop-limit": { type: 3, code: 0 },
};

export interface RejectedAt {
	readonly hook: Hook;
	readonly inDevice: string | null;
}

/** Ends the packet with a refusal that goes back to its sender. */
export function reject(walk: Walk, skb: Skb, how: RejectWith, why: Because, { hook, inDevice }: RejectedAt): End {
	walk.hop(skb, "reject", inDevice, why);
	const isOwn = hook === "prerouting" ? isOwnByWayBack(skb) : isOwnByRoute(skb);
	const answer = how === "tcp-reset" ? resetOf(skb.packet) : errorAbout(skb, how, isOwn);
	// nf_send_reset answers TCP only; anything else is dropped in silence.
	if (answer === null) return end(skb, "dropped", why);
	const refusal = refusalBy(skb, answer, isOwn);
	return end(skb, "refused", why, how === "tcp-reset" ? { ...refusal, ...throughPort(skb) } : refusal);
}

/** A reset about a packet that came in by a bridge port goes out there again, from the MAC that the packet was for. */
function throughPort({ physicalIn: port, ethernet }: Skb): Pick<NonNullable<End["refusal"]>, "by"> {
	if (port === null || ethernet === null) return {};
	return { by: { port, ethernet: { source: ethernet.destination, destination: ethernet.source } } };
}

/** Ends the packet with an ICMP error of the stack itself (no route, no answer at layer 2 …). */
export function icmpRefusal(skb: Skb, outcome: End["outcome"], kind: IcmpErrorKind, why: Because): End {
	const isOwn = isOwnByRoute(skb);
	const answer = errorAbout(skb, kind, isOwn);
	if (answer === null) return end(skb, outcome, why);
	return end(skb, outcome, why, refusalBy(skb, answer, isOwn));
}

/** The reset that a stack sends for a segment that no socket wants; null for other protocols. */
export function resetOf(packet: Packet): Packet | null {
	if (packet.protocol !== "tcp" || packet.tcpFlags === "rst") return null;
	const { src, dst, sport, dport } = packet;
	return { ...packet, src: dst, dst: src, sport: dport, dport: sport, tcpFlags: "rst", ttl: 64, length: 40 };
}

/** "Port unreachable" of a family. */
export function portUnreachable(family: Family): IcmpErrorKind {
	return family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
}

/**
 * Whether errors about the packet have its destination as their source: it is an address of the stack. icmp_send asks the packet's
 * route (RTCF_LOCAL), and that of a bridged one is nobody's (bridge_parent_rtable); icmp6_send asks for the address.
 */
function isOwnByRoute(skb: Skb): boolean {
	const { view, packet } = skb;
	return view.isLocal(packet.dst) && (packet.family === 6 || !isBridged(skb));
}

/** In PREROUTING there is no route yet, and that of the answer stands for it (nf_reject_fill_skb_dst). */
function isOwnByWayBack({ view, packet }: Skb): boolean {
	return view.isLocal(packet.dst) && (packet.family === 6 || view.isLocal(packet.src));
}

function isBridged({ inDevice, device }: Skb): boolean {
	return (inDevice ?? device).master !== undefined;
}

function errorAbout(skb: Skb, kind: IcmpErrorKind, isOwn: boolean): Packet | null {
	// Of a bridged packet no device is known (br_validate_ipv6 clears what ip6_rcv_core notes).
	const device = isBridged(skb) ? null : (skb.inDevice ?? skb.device).name;
	return icmpError(skb.view, skb.packet, { device, isOwn }, kind, replyMark(skb));
}

/** How a packet came that an error is about. */
export interface ArrivedBy {
	/** Null: it is bridged. */
	readonly device: string | null;
	/** The stack takes its destination for an address of its own. */
	readonly isOwn: boolean;
}

/**
 * The ICMP error that a stack sends about a packet; null where the packet is an error itself (RFC 1122 section 3.2.2). It is routed
 * with `mark`.
 */
export function icmpError(view: View, about: Packet, by: ArrivedBy, kind: IcmpErrorKind, mark: number): Packet | null {
	if (about.payload?.kind === "icmp-error") return null;
	const { type, code } = ERRORS[kind];
	return {
		family: about.family,
		src: errorSource(view, about, by, mark),
		dst: about.src,
		protocol: about.family === 4 ? "icmp" : "icmpv6",
		sport: 0,
		dport: 0,
		icmpType: type,
		icmpCode: code,
		ttl: 64,
		// RFC 1812 section 4.3.2.3: as much of the packet as fits into 576 bytes.
		length: Math.min(about.length + 28, 576),
		dontFragment: false,
		payload: { kind: "icmp-error", about },
	};
}

/**
 * The address that the packet was for where it is ours. Else that of the route to the sender (icmp_send); IPv6 takes one of the
 * device that the packet came in by (icmp6_send), unless the route names a source or that device is not known.
 */
function errorSource(view: View, about: Packet, { device, isOwn }: ArrivedBy, mark: number): Address {
	if (isOwn) return about.dst;
	const { family, src: to } = about;
	const byRoute = family === 4 || device === null;
	const routed = byRoute
		? sourceFor(view, { to, mark, protocol: family === 4 ? "icmp" : "icmpv6" })
		: namedSource(view, to, mark);
	return routed ?? (device === null ? null : selectAddress(view, device, family, to)) ?? about.dst;
}

/** icmpv6_rt_has_prefsrc */
function namedSource(view: View, to: Address, mark: number): Address | null {
	const found = lookup(view, { to, mark, protocol: "icmpv6" });
	return found.kind === "route" ? (found.route.preferredSource ?? null) : null;
}

function refusalBy(skb: Skb, packet: Packet, isOwn: boolean): NonNullable<End["refusal"]> {
	const { view, tracked } = skb;
	const sourceless = packet.family === 4 && packet.payload?.kind === "icmp-error" && !isOwn;
	return { view, packet, mark: replyMark(skb), tracked, sourceless };
}

/**
 * The mark of what a stack answers by itself: that of the packet where fwmark_reflect is on (IP4_REPLY_MARK, IP6_REPLY_MARK).
 * Errors, echoes and resets have it; what a process sends has not.
 */
export function replyMark({ view, packet, mark }: Pick<Skb, "view" | "packet" | "mark">): number {
	if (mark === 0) return 0;
	return sysctlNumber(view.state, `net.ipv${packet.family}.fwmark_reflect`) === 0 ? 0 : mark;
}
