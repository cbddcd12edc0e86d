/** Network address translation as conntrack does it (net/netfilter/nf_nat_core.c). */
import { type Address, addressBits, addressFromWords, compareAddresses, isLinkLocal } from "../address/address.ts";
import { wordMask } from "../address/prefix.ts";
import { sameAddress } from "../address/watched.ts";
import type { Effect, NatRange } from "../netfilter/context.ts";
import type { Hook } from "../netfilter/hook.ts";
import type { Packet } from "../packet/packet.ts";
import type { Tuple } from "../state/conntrack.ts";
import { phrase } from "../wording/phrase.ts";
import { type Because, because } from "./because.ts";
import { type Connection, sameTuple, withReplyDestination, withReplySource } from "./conntrack.ts";
import { runHookChain } from "./hook-chain.ts";
import type { HookEntry } from "./hooks.ts";
import type { SkbContext } from "./rule-context.ts";
import type { Skb } from "./skb.ts";
import { selectAddress } from "./source-address.ts";
import { end, type Next, type Rewrite, type Walk } from "./walk.ts";

type NatEntry = Extract<HookEntry, { kind: "nat" }>;

/**
 * The NAT hook: the first packet of a connection asks the nat chains once for each kind of rewrite; every packet is then
 * rewritten as its connection says, answers the other way round.
 */
export function natHook(walk: Walk, skb: Skb, hook: Hook, entry: NatEntry, context: SkbContext): Next | null {
	const { tracked } = skb;
	if (tracked === null) return null;
	const { connection } = tracked;
	if (hook === "postrouting" && tracked.direction === "original" && leavesElsewhere(connection, context)) {
		connection.confirmed = false;
		return end(skb, "dropped", because("masqueraded-elsewhere", { device: context.outDevice ?? skb.device.name }));
	}
	if (tracked.state === "new" && tracked.direction === "original" && !isDecided(connection, entry.rewrites)) {
		const outcome = consult(walk, skb, hook, entry, context);
		if (outcome !== null) return outcome;
		if (entry.rewrites === "destination") connection.destinationDecided = true;
		else {
			connection.sourceDecided = true;
			// nf_nat_alloc_null_binding: what no rule rewrites gets another port too where its own is taken.
			if (hasPorts(skb.packet) && isTaken(walk, skb, connection.reply))
				toSource(walk, skb, {}, "snat", because("snat"));
		}
	}
	apply(walk, skb, hook, entry.rewrites);
	return null;
}

/** nf_nat_oif_changed: a connection that was masqueraded by one device is forgotten when its packets leave by another. */
function leavesElsewhere({ masqueradedBy }: Connection, { outDevice }: SkbContext): boolean {
	return masqueradedBy !== null && outDevice !== null && masqueradedBy !== outDevice;
}

function isDecided(connection: Connection, rewrites: "destination" | "source"): boolean {
	return rewrites === "destination" ? connection.destinationDecided : connection.sourceDecided;
}

/** Asks the nat chains in order until one of them sets the connection up. */
function consult(walk: Walk, skb: Skb, hook: Hook, entry: NatEntry, context: SkbContext): Next | null {
	const { hits } = walk;
	for (const chain of entry.chains) {
		const before = hits?.count ?? 0;
		const effect = runHookChain(chain, context, hits);
		const origin = hits?.lastSince(before)?.origin ?? null;
		switch (effect.kind) {
			case "accept":
				continue;
			case "drop":
				return end(skb, "dropped", because("rule-drop", { hook, chain: "nat" }, origin, hits?.since(0)));
			case "reject": {
				const what = phrase("what-nat-reject");
				return end(skb, "unknown", because("cannot-evaluate", { what }, origin, hits?.since(0)));
			}
			case "unknown": {
				const facts = { hook, chain: "nat", what: effect.unknown };
				return end(skb, "unknown", because("rule-unknown", facts, origin, hits?.since(0)));
			}
			default:
				return setUp(
					walk,
					skb,
					context,
					effect,
					because(effect.kind === "netmap" ? "dnat" : effect.kind, {}, origin, hits?.since(before)),
				);
		}
	}
	return null;
}

/** Writes the rewrite into the connection (nf_nat_setup_info). */
function setUp(walk: Walk, skb: Skb, context: SkbContext, effect: Effect, why: Because): Next | null {
	const { hook } = context;
	const { connection } = skb.tracked as NonNullable<Skb["tracked"]>;
	switch (effect.kind) {
		case "dnat":
			return toDestination(walk, skb, effect.range, "dnat", why);
		case "redirect": {
			const to = hook === "output" ? loopbackOf(skb.packet) : redirectAddress(skb, context.inDevice ?? skb.device.name);
			if (to === null)
				return end(skb, "dropped", because("rule-drop", { hook, chain: "nat REDIRECT" }, why.origin, why.hits));
			return toDestination(walk, skb, { ...effect.range, addresses: { from: to, to } }, "redirect", why);
		}
		case "snat":
			return toSource(walk, skb, effect.range, "snat", why);
		case "masquerade": {
			// On a bridge that is the bridge itself, not the port (br_nf_post_routing).
			const device = context.outDevice ?? skb.device.name;
			// IPv4 asks for one that fits the next hop (nf_nat_masquerade_ipv4), IPv6 the destination (nat_ipv6_dev_get_saddr).
			const { family, dst } = skb.packet;
			const near = family === 4 ? skb.out?.nextHop : undefined;
			const from = selectAddress(skb.view, device, family, near ?? dst);
			if (from === null) {
				return end(
					skb,
					"dropped",
					because("rule-drop", { hook, chain: `nat MASQUERADE: ${device} has no address` }, why.origin, why.hits),
				);
			}
			connection.masqueradedBy = device;
			return toSource(walk, skb, { ...effect.range, addresses: { from, to: from } }, "masquerade", why);
		}
		case "netmap": {
			const forSource = hook === "postrouting" || hook === "input";
			const mapped = mapNetwork(forSource ? skb.packet.src : skb.packet.dst, effect.network, effect.length);
			const range = { addresses: { from: mapped, to: mapped } };
			return forSource ? toSource(walk, skb, range, "snat", why) : toDestination(walk, skb, range, "dnat", why);
		}
		default:
			connection.destinationDecided = true;
			return null;
	}
}

function toDestination(walk: Walk, skb: Skb, range: NatRange, kind: Rewrite["kind"], why: Because): Next | null {
	const { connection } = skb.tracked as NonNullable<Skb["tracked"]>;
	const address = pickAddress(walk, range, skb.packet.dst);
	const port = pickDestinationPort(walk, range, skb.packet.dport);
	if (!sameAddress(address, skb.packet.dst) || port !== skb.packet.dport) {
		connection.destinationNat = true;
		connection.reply = withReplySource(connection.reply, address, port);
		note(walk, skb, kind, why, "destination", address, port, range);
	}
	return null;
}

function toSource(walk: Walk, skb: Skb, range: NatRange, kind: Rewrite["kind"], why: Because): Next | null {
	const { connection } = skb.tracked as NonNullable<Skb["tracked"]>;
	const address = isInRange(range, skb.packet) ? skb.packet.src : pickAddress(walk, range, skb.packet.src);
	const wanted = pickPort(range, skb.packet.sport);
	// nf_nat_used_tuple: another connection has it, so a port is drawn, or an echo's identifier.
	const isEchoed = isEcho(skb.packet);
	const isDrawn =
		(isEchoed || hasPorts(skb.packet)) && isTaken(walk, skb, withReplyDestination(connection.reply, address, wanted));
	// A port that is drawn is another one: nobody knows the packet by it who has not its connection.
	const port = isDrawn || drawsAnother(range, skb.packet) ? wanted + 1 : wanted;
	const changes = !sameAddress(address, skb.packet.src) || port !== skb.packet.sport;
	// Masquerading to the very same address still maps the connection, with a port of its own where it is drawn at random.
	if (changes || kind === "masquerade") {
		connection.sourceNat = changes;
		connection.reply = withReplyDestination(connection.reply, address, port);
		// An identifier is no port that anybody is told of.
		if (isEchoed) note(walk, skb, kind, why, "source", address, wanted, range);
		else note(walk, skb, kind, why, "source", address, port, isDrawn ? { ...range, random: true } : range);
	}
	return null;
}

/** Of a tunnel's packet nobody minds the source port. */
function drawsAnother(range: NatRange, packet: Packet): boolean {
	if (range.random !== true || !hasPorts(packet) || packet.payload !== undefined) return false;
	const { from, to } = range.ports ?? portsLike(packet.sport);
	return from !== to;
}

/** Whether another connection of this stack has the tuple (nf_conntrack_tuple_taken). */
function isTaken(walk: Walk, { view, tracked }: Skb, tuple: Tuple): boolean {
	const own = tracked?.connection;
	for (const each of walk.memory.conntrack.of(view)) {
		if (each !== own && (sameTuple(each.original, tuple) || sameTuple(each.reply, tuple))) return true;
	}
	return false;
}

/**
 * __nf_conntrack_confirm: whether the connection finds its place in the table taken. Where there are ports NAT draws another
 * one, and echoes another identifier, before that.
 */
export function clashes(walk: Walk, skb: Skb, { original, reply }: Connection): boolean {
	if (hasPorts(skb.packet) || isEcho(skb.packet)) return false;
	return isTaken(walk, skb, original) || isTaken(walk, skb, reply);
}

function hasPorts({ protocol }: Packet): boolean {
	return protocol === "tcp" || protocol === "udp" || protocol === "sctp";
}

function note(
	walk: Walk,
	skb: Skb,
	kind: Rewrite["kind"],
	why: Because,
	side: "source" | "destination",
	address: Address,
	port: number,
	range: NatRange,
): void {
	if (!walk.recording) return;
	const { packet } = skb;
	const before =
		side === "source" ? { address: packet.src, port: packet.sport } : { address: packet.dst, port: packet.dport };
	// A destination's port changes only within a range that was given.
	const mayDraw = side === "source" && (hasPorts(packet) || isEcho(packet));
	const drawn = range.ports ?? (mayDraw ? portsLike(port) : undefined);
	// A source's port that is not in the range is drawn from it, asked for or not (nf_nat_l4proto_unique_tuple).
	const replaced = side === "source" && range.ports !== undefined && port !== before.port;
	const isDrawn = drawn !== undefined && drawn.from !== drawn.to && (range.random === true || replaced);
	const random = isDrawn ? { randomPort: drawn } : {};
	walk.rewrote({ at: skb.view.place, kind, before, after: { address, port }, ...random, because: why });
}

/** Without a range the kernel draws from the class of ports that the packet's own is of (nf_nat_l4proto_unique_tuple). */
function portsLike(port: number): { readonly from: number; readonly to: number } {
	if (port < 512) return { from: 1, to: 511 };
	return port < 1024 ? { from: 600, to: 1023 } : { from: 1024, to: 65535 };
}

/**
 * Rewrites the packet as its connection says (nf_nat_packet): in the first direction the destination on the way in and
 * the source on the way out; in answers what was done is undone, source and destination having changed places.
 */
function apply(walk: Walk, skb: Skb, hook: Hook, rewrites: "destination" | "source"): void {
	const { connection, direction } = skb.tracked as NonNullable<Skb["tracked"]>;
	const wanted = direction === "original" ? rewrites : rewrites === "destination" ? "source" : "destination";
	if (!(wanted === "source" ? connection.sourceNat : connection.destinationNat)) return;
	// What the packet is to look like is the other direction's tuple, seen from its far end.
	const target = direction === "original" ? connection.reply : connection.original;
	const before = skb.packet;
	skb.packet =
		rewrites === "destination"
			? rewriteDestination(before, target.src, target.sport)
			: rewriteSource(before, target.dst, target.dport);
	// icmp_manip_pkt
	if (isEcho(before) && before.payload === undefined) skb.packet = { ...skb.packet, sport: target.sport };
	if (direction === "reply") {
		if (walk.recording) walk.hop(skb, hook, skb.device.name, because("nat-known", { side: phrase(rewrites) }));
	}
}

export function rewriteDestination(packet: Packet, dst: Address, dport: number): Packet {
	if (packet.payload?.kind === "icmp-error") {
		const { about } = packet.payload;
		return { ...packet, dst, payload: { kind: "icmp-error", about: { ...about, src: dst, sport: dport } } };
	}
	return isEcho(packet) ? { ...packet, dst } : { ...packet, dst, dport };
}

export function rewriteSource(packet: Packet, src: Address, sport: number): Packet {
	if (packet.payload?.kind === "icmp-error") {
		const { about } = packet.payload;
		// Whoever sent the error: it shall look like the client's peer (nf_nat_icmp_reply_translation, ip_vs_nat_icmp).
		return { ...packet, src, payload: { kind: "icmp-error", about: { ...about, dst: src, dport: sport } } };
	}
	return isEcho(packet) ? { ...packet, src } : { ...packet, src, sport };
}

function isEcho(packet: Packet): boolean {
	return packet.protocol === "icmp" || packet.protocol === "icmpv6";
}

/** get_unique_tuple: a source that a range holds is kept. Where its ports are taken, one is drawn below. */
function isInRange({ addresses, ports, random }: NatRange, { src, sport }: Packet): boolean {
	if (addresses === undefined || random === true || addresses.from.text === addresses.to.text) return false;
	if (ports !== undefined && (sport < ports.from || sport > ports.to)) return false;
	return compareAddresses(addresses.from, src) <= 0 && compareAddresses(src, addresses.to) <= 0;
}

/** Of more than these, those are followed. */
const MOST_CHOICES = 64;

/** With several addresses the kernel takes one by a hash of the connection, which nobody can know beforehand. */
function pickAddress(walk: Walk, range: NatRange, own: Address): Address {
	if (range.addresses === undefined) return own;
	const { from, to } = range.addresses;
	if (from.text === to.text) return from;
	const count = (to.words[to.words.length - 1] as number) - (from.words[from.words.length - 1] as number) + 1;
	const index = walk.choices.choose(
		new Array<number>(Math.min(count, MOST_CHOICES)).fill(1),
		`address of ${from.text}-${to.text}`,
	);
	return addressFromWords(from.words.map((word, i) => (i === from.words.length - 1 ? word + index : word)));
}

/** Outside of the range Linux 6.1 draws one of it, and 6.18 takes the first (nf_nat_l4proto_unique_tuple; tried on both). */
function pickDestinationPort(walk: Walk, range: NatRange, own: number): number {
	const first = pickPort(range, own);
	if (range.ports === undefined || first !== range.ports.from || first === own) return first;
	const { from, to } = range.ports;
	const count = Math.min(to - from + 1, MOST_CHOICES);
	return count === 1 ? from : from + walk.choices.choose(new Array<number>(count).fill(1), `port of ${from}-${to}`);
}

/** The port is kept where the range allows it (nf_nat_l4proto_unique_tuple), else the range's first is shown. */
function pickPort(range: NatRange, own: number): number {
	if (range.ports === undefined) return own;
	return own >= range.ports.from && own <= range.ports.to && range.ports.from !== range.ports.to
		? own
		: range.ports.from;
}

function loopbackOf(packet: Packet): Address {
	return packet.family === 4 ? addressFromWords([0x7f000001]) : addressFromWords([0, 0, 0, 1]);
}

/** On a bridge that is the bridge's own (setup_pre_routing). */
function redirectAddress(skb: Skb, device: string): Address | null {
	const own = skb.view.addresses(device).filter((each) => each.address.family === skb.packet.family);
	// The kernel's list has an IPv6 device's global addresses before its link-local one (ipv6_link_dev_addr).
	return (own.find(({ address }) => !isLinkLocal(address)) ?? own[0])?.address ?? null;
}

function mapNetwork(own: Address, network: Address, length: number): Address {
	const words = own.words.map((word, i) => {
		const mask = wordMask(Math.min(length, addressBits(own.family)), i);
		return (((network.words[i] as number) & mask) | (word & ~mask)) >>> 0;
	});
	return addressFromWords(words);
}
