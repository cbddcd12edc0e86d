/** Refusals: the TCP reset or ICMP error that a stack sends back (net/ipv4/netfilter/nf_reject_ipv4.c, net/ipv4/icmp.c). */
import type { Address } from "../address/address.ts";
import type { RejectWith } from "../netfilter/context.ts";
import type { Packet } from "../packet/packet.ts";
import type { Because } from "./because.ts";
import type { Skb } from "./skb.ts";
import { selectAddress } from "./source-address.ts";
import { type End, end, type Walk } from "./walk.ts";

interface IcmpError {
	readonly type: number;
	readonly code: number;
}

/** RFC 792, RFC 1812 section 5.2.7.1, RFC 4443: type and code of each error. */
const ERRORS: Readonly<Record<Exclude<RejectWith, "tcp-reset"> | "icmp-frag-needed" | "icmp-ttl", IcmpError>> = {
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
	"icmp6-addr-unreachable": { type: 1, code: 3 },
	"icmp6-port-unreachable": { type: 1, code: 4 },
	"icmp6-policy-fail": { type: 1, code: 5 },
	"icmp6-reject-route": { type: 1, code: 6 },
};

/** Ends the packet with a refusal that goes back to its sender. */
export function reject(walk: Walk, skb: Skb, how: RejectWith, why: Because, inDevice: string | null): End {
	walk.hop(skb, "reject", inDevice, why);
	const answer = how === "tcp-reset" ? resetOf(skb.packet) : icmpErrorOf(skb, ERRORS[how]);
	// nf_send_reset answers TCP only; for anything else the packet is dropped in silence.
	if (answer === null) return end(skb, "dropped", why);
	return end(skb, "refused", why, { view: skb.view, packet: answer });
}

/** Ends the packet with an ICMP error of the stack itself (no route, no answer at layer 2 …). */
export function icmpRefusal(skb: Skb, outcome: End["outcome"], kind: keyof typeof ERRORS, why: Because): End {
	const answer = icmpErrorOf(skb, ERRORS[kind]);
	return answer === null ? end(skb, outcome, why) : end(skb, outcome, why, { view: skb.view, packet: answer });
}

/** The reset that a stack sends for a segment that no socket wants; null for other protocols. */
export function resetOf(packet: Packet): Packet | null {
	if (packet.protocol !== "tcp" || packet.tcpFlags === "rst") return null;
	const { src, dst, sport, dport } = packet;
	return { ...packet, src: dst, dst: src, sport: dport, dport: sport, tcpFlags: "rst", ttl: 64, length: 40 };
}

/** "Port unreachable" of this family. */
export function portUnreachable(packet: Packet): RejectWith {
	return packet.family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
}

/** No ICMP error is sent about an ICMP error (RFC 1122 section 3.2.2). */
function icmpErrorOf(skb: Skb, error: IcmpError): Packet | null {
	const about = skb.packet;
	if (about.payload?.kind === "icmp-error") return null;
	return {
		family: about.family,
		src: errorSource(skb),
		dst: about.src,
		protocol: about.family === 4 ? "icmp" : "icmpv6",
		sport: 0,
		dport: 0,
		icmpType: error.type,
		icmpCode: error.code,
		ttl: 64,
		length: Math.min(about.length + 28, 576),
		dontFragment: false,
		payload: { kind: "icmp-error", about },
	};
}

/** icmp_send: the address that the packet was for where it is ours, else one of the device towards the sender. */
function errorSource(skb: Skb): Address {
	const { packet, view } = skb;
	if (view.isLocal(packet.dst)) return packet.dst;
	const device = skb.inDevice?.name ?? skb.device.name;
	return selectAddress(view, device, packet.family, packet.src) ?? packet.dst;
}
