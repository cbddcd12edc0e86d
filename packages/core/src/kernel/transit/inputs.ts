/**
 * What a packet brings into a stack. The part that may differ from packet to packet while a stack does the same with them
 * (addresses, MACs, the port of a bridge that it came in by) is kept apart, numbered, from the part that may not.
 */
import type { Address } from "../../address/address.ts";
import type { Packet } from "../../packet/packet.ts";
import type { Connection } from "../conntrack.ts";
import type { Skb } from "../skb.ts";

/** The part that may differ, of one packet. The order is that in which `inputsOf` meets them. */
export interface Inputs {
	readonly addresses: readonly Address[];
	readonly macs: readonly string[];
	readonly port: string;
}

/** A packet as it enters a stack, with the connections that the stack knows of its walk. */
export interface Entry {
	readonly skb: Skb;
	readonly connections: readonly Connection[];
}

export function inputsOf({ skb, connections }: Entry): Inputs {
	const addresses: Address[] = [];
	const macs: string[] = [];
	if (skb.ethernet !== null) macs.push(skb.ethernet.source, skb.ethernet.destination);
	collect(skb.packet, addresses, macs);
	for (const { original, reply } of connections) addresses.push(original.src, original.dst, reply.src, reply.dst);
	return { addresses, macs, port: skb.device.name };
}

function collect({ src, dst, payload }: Packet, addresses: Address[], macs: string[]): void {
	addresses.push(src, dst);
	if (payload?.kind === "ipip") collect(payload.packet, addresses, macs);
	else if (payload?.kind === "vxlan") {
		macs.push(payload.frame.source, payload.frame.destination);
		collect(payload.frame.packet, addresses, macs);
	}
}

/** Whether two packets are alike in all that may not differ. Both are fresh: no stage has added anything to them. */
export function areAlike(a: Entry, b: Entry): boolean {
	return (
		a.skb.vlan === b.skb.vlan &&
		(a.skb.ethernet === null) === (b.skb.ethernet === null) &&
		samePackets(a.skb.packet, b.skb.packet) &&
		a.connections.length === b.connections.length &&
		a.connections.every((connection, i) => sameConnections(connection, b.connections[i] as Connection))
	);
}

function samePackets(a: Packet, b: Packet): boolean {
	return (
		a.sport === b.sport &&
		a.dport === b.dport &&
		a.ttl === b.ttl &&
		a.family === b.family &&
		a.protocol === b.protocol &&
		a.tcpFlags === b.tcpFlags &&
		a.icmpType === b.icmpType &&
		a.icmpCode === b.icmpCode &&
		a.length === b.length &&
		a.dontFragment === b.dontFragment &&
		samePayloads(a.payload, b.payload)
	);
}

function samePayloads(a: Packet["payload"], b: Packet["payload"]): boolean {
	if (a === undefined || b === undefined) return a === b;
	if (a.kind === "ipip") return b.kind === "ipip" && samePackets(a.packet, b.packet);
	return (
		a.kind === "vxlan" &&
		b.kind === "vxlan" &&
		a.vni === b.vni &&
		a.frame.vlan === b.frame.vlan &&
		samePackets(a.frame.packet, b.frame.packet)
	);
}

function sameConnections(a: Connection, b: Connection): boolean {
	return (
		a.zone === b.zone &&
		a.mark === b.mark &&
		a.confirmed === b.confirmed &&
		a.seenReply === b.seenReply &&
		a.destinationDecided === b.destinationDecided &&
		a.sourceDecided === b.sourceDecided &&
		a.destinationNat === b.destinationNat &&
		a.sourceNat === b.sourceNat &&
		a.masqueradedBy === b.masqueradedBy &&
		sameEnds(a.original, b.original) &&
		sameEnds(a.reply, b.reply)
	);
}

function sameEnds(a: Connection["reply"], b: Connection["reply"]): boolean {
	return a.protocol === b.protocol && a.sport === b.sport && a.dport === b.dport;
}
