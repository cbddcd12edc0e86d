/** Short constructors for rules written in code, by the models of kube-proxy and the CNIs. */

import type { Address } from "../../address/address.ts";
import { hostPrefix, type Prefix } from "../../address/prefix.ts";
import type { Origin } from "../../origin/origin.ts";
import type { AddressType, NatRange, RejectWith } from "../context.ts";
import type { AddressMatch } from "./matches/address.ts";
import type { AddrtypeMatch } from "./matches/addrtype.ts";
import type { CommentMatch } from "./matches/comment.ts";
import type { ConntrackMatch, ConntrackStateName } from "./matches/conntrack.ts";
import type { Match } from "./matches/index.ts";
import type { InterfaceMatch } from "./matches/interface.ts";
import { ALL_BITS, type MarkMatch } from "./matches/mark.ts";
import type { MultiportMatch } from "./matches/multiport.ts";
import type { PhysdevMatch } from "./matches/physdev.ts";
import type { Range } from "./matches/ports.ts";
import type { ProtocolMatch } from "./matches/protocol.ts";
import type { RecentMatch } from "./matches/recent.ts";
import type { SctpMatch } from "./matches/sctp.ts";
import type { SetMatch } from "./matches/set.ts";
import type { StatisticMatch } from "./matches/statistic.ts";
import type { TcpMatch } from "./matches/tcp.ts";
import type { UdpMatch } from "./matches/udp.ts";
import type { XtChain, XtRule } from "./table.ts";
import type { ConnmarkTarget } from "./targets/connmark.ts";
import type { Target } from "./targets/index.ts";
import type { JumpTarget } from "./targets/jump.ts";
import type { MarkTarget } from "./targets/mark.ts";
import type { NatTarget } from "./targets/nat.ts";
import type { RejectTarget } from "./targets/reject.ts";
import type { VerdictTarget } from "./targets/verdict.ts";

/** `-A CHAIN MATCHES -j TARGET`. */
export function rule(origin: Origin, matches: readonly Match[], target: Target | null): XtRule {
	return { matches, target, origin };
}

/** A user-defined chain, or with a policy a built-in one. */
export function chain(name: string, rules: readonly XtRule[], policy: "ACCEPT" | "DROP" | null = null): XtChain {
	return { name, policy, rules };
}

/** `-s` */
export function source(prefix: Prefix, negated = false): AddressMatch<"source"> {
	return { kind: "source", prefix, negated };
}

/** `-d` */
export function destination(prefix: Prefix, negated = false): AddressMatch<"destination"> {
	return { kind: "destination", prefix, negated };
}

/** `-d ADDRESS/32` (or /128) */
export function destinationAddress(address: Address): AddressMatch<"destination"> {
	return destination(hostPrefix(address));
}

/** `-i` */
export function inInterface(device: string, negated = false): InterfaceMatch<"in-interface"> {
	return { kind: "in-interface", device, negated };
}

/** `-o` */
export function outInterface(device: string, negated = false): InterfaceMatch<"out-interface"> {
	return { kind: "out-interface", device, negated };
}

/** `-p` */
export function protocol(name: ProtocolMatch["protocol"], negated = false): ProtocolMatch {
	return { kind: "protocol", protocol: name, negated };
}

type PortMatch = TcpMatch | UdpMatch | SctpMatch;

/** `-m tcp --dport N` (or N:M); it goes together with `protocol()`. */
export function destinationPort(of: PortMatch["kind"], port: number | Range, negated = false): PortMatch {
	return { kind: of, destinationPort: { ...rangeOf(port), negated } };
}

/** `-m tcp --sport N` */
export function sourcePort(of: PortMatch["kind"], port: number | Range, negated = false): PortMatch {
	return { kind: of, sourcePort: { ...rangeOf(port), negated } };
}

/** `-m multiport --dports …` */
export function multiport(side: MultiportMatch["side"], ports: readonly (number | Range)[]): MultiportMatch {
	return { kind: "multiport", side, ports: ports.map(rangeOf), negated: false };
}

/** `-m comment --comment` */
export function comment(text: string): CommentMatch {
	return { kind: "comment", text };
}

/** `-m mark --mark VALUE/MASK` */
export function mark(value: number, mask: number = ALL_BITS, negated = false): MarkMatch<"mark"> {
	return { kind: "mark", value, mask, negated };
}

/** `-m connmark --mark VALUE/MASK` */
export function connmark(value: number, mask: number = ALL_BITS, negated = false): MarkMatch<"connmark"> {
	return { kind: "connmark", value, mask, negated };
}

/** `-m conntrack --ctstate` */
export function conntrackState(states: readonly ConntrackStateName[], negated = false): ConntrackMatch {
	return { kind: "conntrack", state: { states, negated } };
}

/** `-m set --match-set NAME src,dst` */
export function matchSet(set: string, directions: SetMatch["directions"], negated = false): SetMatch {
	return { kind: "set", set, directions, negated, returnNomatch: false, counters: "" };
}

/** `-m statistic --mode random --probability` */
export function statistic(probability: number): StatisticMatch {
	return { kind: "statistic", mode: "random", probability, negated: false };
}

/** `-m recent --name LIST --rcheck|--set … --rsource`, over whole addresses: `mask` is all ones of the family. */
export function recent(
	list: string,
	action: RecentMatch["action"],
	mask: Address,
	options: { readonly seconds?: number; readonly reap?: boolean } = {},
): RecentMatch {
	const { seconds, reap = false } = options;
	const base = { kind: "recent", list, action, negated: false, reap, sameTtl: false, mask, side: "source" } as const;
	return seconds === undefined ? base : { ...base, seconds };
}

/** `-m addrtype --src-type T` and/or `--dst-type T` */
export function addrtype(
	types: { readonly source?: AddressType; readonly destination?: AddressType },
	options: { readonly negated?: boolean; readonly limitInterface?: "in" | "out" } = {},
): AddrtypeMatch {
	const { negated = false, limitInterface = null } = options;
	return {
		kind: "addrtype",
		...(types.source === undefined ? {} : { source: { types: [types.source], negated } }),
		...(types.destination === undefined ? {} : { destination: { types: [types.destination], negated } }),
		limitInterface,
	};
}

/** `-m physdev` */
export function physdev(options: Omit<PhysdevMatch, "kind">): PhysdevMatch {
	return { kind: "physdev", ...options };
}

export const accept: VerdictTarget<"accept"> = { kind: "accept" };
export const drop: VerdictTarget<"drop"> = { kind: "drop" };
export const returnTarget: VerdictTarget<"return"> = { kind: "return" };

/** `-j CHAIN` */
export function jump(name: string): JumpTarget<"jump"> {
	return { kind: "jump", chain: name };
}

/** As `jump`, with a name that costs to work out: made once, when somebody asks for it. */
export function jumpTo(name: () => string): JumpTarget<"jump"> {
	let known: string | undefined;
	return {
		kind: "jump",
		get chain() {
			known ??= name();
			return known;
		},
	};
}

/** `-g CHAIN` */
export function goTo(name: string): JumpTarget<"goto"> {
	return { kind: "goto", chain: name };
}

/** `-j REJECT --reject-with` */
export function reject(how: RejectWith): RejectTarget {
	return { kind: "reject", with: how };
}

/** `-j DNAT --to-destination ADDRESS[:PORT]` */
export function dnat(address: Address, port?: number): NatTarget<"dnat"> {
	return { kind: "dnat", range: natRange(address, port) };
}

/** `-j SNAT --to-source ADDRESS[:PORT]` */
export function snat(address: Address, port?: number): NatTarget<"snat"> {
	return { kind: "snat", range: natRange(address, port) };
}

/** `-j MASQUERADE`, with `--random-fully` where asked. */
export function masquerade(fullyRandom = false): NatTarget<"masquerade"> {
	return fullyRandom
		? { kind: "masquerade", range: { random: true }, fullyRandom: true }
		: { kind: "masquerade", range: {} };
}

/** `-j REDIRECT --to-ports` */
export function redirect(port?: number): NatTarget<"redirect"> {
	return { kind: "redirect", range: port === undefined ? {} : { ports: rangeOf(port) } };
}

/** `-j MARK --set-xmark VALUE/MASK`; `--or-mark V` is (V, V), `--and-mark V` is (0, ~V), `--xor-mark V` is (V, 0). */
export function setXmark(value: number, mask: number = ALL_BITS): MarkTarget {
	return { kind: "mark", value, mask };
}

/** `-j CONNMARK --set-xmark VALUE/MASK` */
export function setConnmark(value: number, mask: number = ALL_BITS): ConnmarkTarget {
	return { kind: "connmark", action: "set", value, mask };
}

/** `-j CONNMARK --save-mark|--restore-mark --nfmask M --ctmask M` */
export function copyConnmark(action: "save" | "restore", mask: number = ALL_BITS): ConnmarkTarget {
	return { kind: "connmark", action, packetMask: mask, connectionMask: mask };
}

function natRange(address: Address, port: number | undefined): NatRange {
	const addresses = { from: address, to: address };
	return port === undefined ? { addresses } : { addresses, ports: rangeOf(port) };
}

function rangeOf(port: number | Range): Range {
	return typeof port === "number" ? { from: port, to: port } : port;
}
