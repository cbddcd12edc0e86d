/**
 * What a stack did with a packet, as a recipe for all packets that are alike: what of the result was brought in by the
 * packet is taken from the inputs of the one at hand, everything else is as it was.
 */
import type { Address } from "../../address/address.ts";
import { WatchedAddress } from "../../address/watched.ts";
import type { Frame, Packet, Payload } from "../../packet/packet.ts";
import type { Tuple } from "../../state/conntrack.ts";
import type { Connection } from "../conntrack.ts";
import type { End, Forwarded, Next, Walk } from "../walk.ts";
import type { Entry, Inputs } from "./inputs.ts";

/** Makes a value for a packet from its inputs. */
export type Recipe<Value> = (inputs: Inputs) => Value;

export interface Outcome {
	readonly steps: number;
	readonly next: Recipe<Next>;
	readonly connections: readonly ConnectionRecipe[];
	readonly forwarded: readonly Recipe<Forwarded>[];
}

/** A connection as it is afterwards: one that the stack knew before, by its place, or a new one. */
type ConnectionRecipe =
	| { readonly known: number; readonly marks: Marks; readonly reply: Recipe<Tuple> | null }
	| { readonly known: null; readonly marks: Marks; readonly original: Recipe<Tuple>; readonly reply: Recipe<Tuple> };

/** All of a connection but its ends. */
type Marks = Omit<Connection, "original" | "reply">;

/**
 * The recipe for what came of a watched packet, whose inputs are `own`. `before` are the reply tuples of the connections
 * that the stack knew, `after` its connections now, all of them watched.
 */
export function outcomeOf(
	next: Next,
	before: readonly Tuple[],
	after: readonly Connection[],
	forwarded: readonly Forwarded[],
	steps: number,
	own: Inputs,
): Outcome {
	return {
		steps,
		next: nextRecipe(next, own),
		connections: after.map((connection, i) => connectionRecipe(connection, i, before[i])),
		forwarded: forwarded.map(({ view, in: from, out, packet }) => {
			const recipe = packetRecipe(packet, own);
			return (inputs) => ({ view, in: from, out, packet: recipe(inputs) });
		}),
	};
}

/** Does to the walk what the stack would do with the packet, and gives what happens next. */
export function perform(outcome: Outcome, walk: Walk, { skb, connections }: Entry, inputs: Inputs): Next {
	walk.steps += outcome.steps;
	for (const recipe of outcome.connections) {
		if (recipe.known === null) {
			const { zone, mark, confirmed, seenReply } = recipe.marks;
			const { destinationDecided, sourceDecided, destinationNat, sourceNat, masqueradedBy } = recipe.marks;
			walk.memory.conntrack.add(skb.view, {
				zone,
				original: recipe.original(inputs),
				reply: recipe.reply(inputs),
				mark,
				confirmed,
				seenReply,
				destinationDecided,
				sourceDecided,
				destinationNat,
				sourceNat,
				masqueradedBy,
			});
		} else become(connections[recipe.known] as Connection, recipe.marks, recipe.reply?.(inputs));
	}
	for (const forwarded of outcome.forwarded) walk.forwarded.push(forwarded(inputs));
	return outcome.next(inputs);
}

function become(connection: Connection, marks: Marks, reply: Tuple | undefined): void {
	if (reply !== undefined) connection.reply = reply;
	connection.mark = marks.mark;
	connection.confirmed = marks.confirmed;
	connection.seenReply = marks.seenReply;
	connection.destinationDecided = marks.destinationDecided;
	connection.sourceDecided = marks.sourceDecided;
	connection.destinationNat = marks.destinationNat;
	connection.sourceNat = marks.sourceNat;
	connection.masqueradedBy = marks.masqueradedBy;
}

function connectionRecipe(after: Connection, place: number, before: Tuple | undefined): ConnectionRecipe {
	const { original, reply, ...marks } = after;
	if (before === undefined) {
		return { known: null, marks, original: tupleRecipe(original), reply: tupleRecipe(reply) };
	}
	return { known: place, marks, reply: before === reply ? null : tupleRecipe(reply) };
}

function nextRecipe(next: Next, own: Inputs): Recipe<Next> {
	switch (next.kind) {
		case "wire": {
			const { place, device } = next;
			const frame = frameRecipe(next.frame, own);
			return (inputs) => ({ kind: "wire", place, device, frame: frame(inputs) });
		}
		case "fabric": {
			const { fabric, from } = next;
			const frame = frameRecipe(next.frame, own);
			return (inputs) => ({ kind: "fabric", fabric, from, frame: frame(inputs) });
		}
		case "end":
			return endRecipe(next, own);
		case "stage": {
			// It goes on in another stack, by a device that one of this is stacked on.
			const packet = packetRecipe(next.skb.packet, own);
			const { ethernet } = next.skb;
			const macs = ethernet === null ? null : { source: ethernet.source, destination: ethernet.destination };
			const skb = { ...next.skb, packet: packet(own), ethernet: macs };
			return (inputs) => ({ ...next, skb: { ...skb, packet: packet(inputs) } });
		}
	}
}

function endRecipe(end: End, own: Inputs): Recipe<End> {
	const packet = packetRecipe(end.packet, own);
	if (end.refusal === undefined) {
		const fixed = { ...end, packet: packet(own) };
		return (inputs) => ({ ...fixed, packet: packet(inputs) });
	}
	const { view } = end.refusal;
	const refused = packetRecipe(end.refusal.packet, own);
	const fixed = { ...end, packet: packet(own), refusal: { view, packet: refused(own) } };
	return (inputs) => ({ ...fixed, packet: packet(inputs), refusal: { view, packet: refused(inputs) } });
}

function frameRecipe({ source, destination, vlan, packet }: Frame, own: Inputs): Recipe<Frame> {
	const inside = packetRecipe(packet, own);
	return (inputs) => ({ source, destination, vlan, packet: inside(inputs) });
}

export function packetRecipe(packet: Packet, own: Inputs): Recipe<Packet> {
	const src = sourceOf(packet.src);
	const dst = sourceOf(packet.dst);
	const bare = { ...packet, src: taken(src, own), dst: taken(dst, own) };
	if (packet.payload === undefined) {
		return (inputs) => ({ ...bare, src: taken(src, inputs), dst: taken(dst, inputs) });
	}
	const payload = payloadRecipe(packet.payload, own);
	const fixed = { ...bare, payload: payload(own) };
	return (inputs) => ({ ...fixed, src: taken(src, inputs), dst: taken(dst, inputs), payload: payload(inputs) });
}

function payloadRecipe(payload: Payload, own: Inputs): Recipe<Payload> {
	switch (payload.kind) {
		case "ipip": {
			const packet = packetRecipe(payload.packet, own);
			return (inputs) => ({ kind: "ipip", packet: packet(inputs) });
		}
		case "vxlan": {
			const { vni } = payload;
			const frame = frameRecipe(payload.frame, own);
			return (inputs) => ({ kind: "vxlan", vni, frame: frame(inputs) });
		}
		case "icmp-error": {
			const about = packetRecipe(payload.about, own);
			return (inputs) => ({ kind: "icmp-error", about: about(inputs) });
		}
	}
}

function tupleRecipe(tuple: Tuple): Recipe<Tuple> {
	const { protocol, sport, dport } = tuple;
	const src = sourceOf(tuple.src);
	const dst = sourceOf(tuple.dst);
	return (inputs) => ({ src: taken(src, inputs), dst: taken(dst, inputs), protocol, sport, dport });
}

export function addressRecipe(address: Address): Recipe<Address> {
	const source = sourceOf(address);
	return (inputs) => taken(source, inputs);
}

/** One of the inputs by its number, or an address that is always the same. */
type Source = Address | number;

/** What is not one of the inputs was found in the stack's state, or made of what was noted. */
function sourceOf(address: Address): Source {
	return address instanceof WatchedAddress ? address.number : address;
}

function taken(source: Source, inputs: Inputs): Address {
	return typeof source === "number" ? (inputs.addresses[source] as Address) : source;
}
