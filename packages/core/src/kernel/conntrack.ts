/** Connection tracking of one walk: what each stack remembers of the connection (net/netfilter/nf_conntrack_core.c). */
import type { Address } from "../address/address.ts";
import { sameAddress } from "../address/watched.ts";
import type { PacketConnection } from "../netfilter/context.ts";
import type { Packet } from "../packet/packet.ts";
import type { Tuple } from "../state/conntrack.ts";
import type { View } from "./view.ts";

/** A connection that a stack tracks. Mutable while a walk lasts; nothing outside the walk sees it change. */
export interface Connection {
	readonly zone: number;
	readonly original: Tuple;
	/** As answers are expected: NAT changes it. */
	reply: Tuple;
	mark: number;
	/** In the table: a packet that is dropped before the end of its hooks leaves no entry. */
	confirmed: boolean;
	seenReply: boolean;
	/** The NAT rules were consulted for this kind of rewrite, whatever came of it (nf_nat_initialized). */
	destinationDecided: boolean;
	sourceDecided: boolean;
	/** The destination, or source, is to be rewritten (IPS_DST_NAT, IPS_SRC_NAT). */
	destinationNat: boolean;
	sourceNat: boolean;
	/** The device by which it was masqueraded (nf_conn_nat: masq_index); null: it was not. */
	masqueradedBy: string | null;
}

export type Direction = "original" | "reply";

/** What conntrack says of one packet; rules see it as it is at that moment. */
export class Tracked implements PacketConnection {
	readonly connection: Connection;
	readonly direction: Direction;
	readonly state: "new" | "established" | "related";

	constructor(connection: Connection, direction: Direction, state: Tracked["state"]) {
		this.connection = connection;
		this.direction = direction;
		this.state = state;
	}

	get originalSource(): Address {
		return this.connection.original.src;
	}
	get originalDestination(): Address {
		return this.connection.original.dst;
	}
	get originalSourcePort(): number {
		return this.connection.original.sport;
	}
	get originalDestinationPort(): number {
		return this.connection.original.dport;
	}
	get replySource(): Address {
		return this.connection.reply.src;
	}
	get replyDestination(): Address {
		return this.connection.reply.dst;
	}
	get replySourcePort(): number {
		return this.connection.reply.sport;
	}
	get replyDestinationPort(): number {
		return this.connection.reply.dport;
	}
	get sourceNat(): boolean {
		return this.connection.sourceNat;
	}
	get destinationNat(): boolean {
		return this.connection.destinationNat;
	}
	get mark(): number {
		return this.connection.mark;
	}
}

export function tupleOf(packet: Packet): Tuple {
	const { src, dst, protocol, sport, dport } = packet;
	return { src, dst, protocol, sport, dport };
}

/** How answers to this tuple look. ICMP echo keeps its identifier. */
export function inverse(tuple: Tuple): Tuple {
	const { src, dst, protocol, sport, dport } = tuple;
	const echo = protocol === "icmp" || protocol === "icmpv6";
	return { src: dst, dst: src, protocol, sport: echo ? sport : dport, dport: echo ? dport : sport };
}

export function sameTuple(a: Tuple, b: Tuple): boolean {
	return (
		a.sport === b.sport &&
		a.dport === b.dport &&
		a.protocol === b.protocol &&
		sameAddress(a.src, b.src) &&
		sameAddress(a.dst, b.dst)
	);
}

const NO_CONNECTIONS: readonly Connection[] = [];

/** The connections that each stack got to know during a walk. */
export class ConntrackTables {
	readonly #tables: Map<View, Connection[]>;

	constructor(tables: Map<View, Connection[]> = new Map()) {
		this.#tables = tables;
	}

	/** Tables with connections of their own, which are now like these; they are kept in `tables`. */
	copy(tables?: Map<View, Connection[]>): ConntrackTables {
		const copy = new ConntrackTables(tables);
		for (const [view, table] of this.#tables)
			copy.#tables.set(
				view,
				table.map((connection) => ({ ...connection })),
			);
		return copy;
	}

	/** Finds or makes the connection of a packet. `invalid`: a packet that can open none. */
	track(view: View, packet: Packet): Tracked | "invalid" {
		if (packet.payload?.kind === "icmp-error") return this.#related(view, packet.payload.about);
		const tuple = tupleOf(packet);
		const found = this.#find(view, tuple, sideOf(packet));
		if (found !== undefined) {
			const { connection, direction } = found;
			if (direction === "reply") connection.seenReply = true;
			const state = direction === "reply" || connection.seenReply ? "established" : "new";
			return new Tracked(connection, direction, state);
		}
		if (!opensConnection(packet)) return "invalid";
		const connection: Connection = {
			zone: 0,
			original: tuple,
			reply: inverse(tuple),
			mark: 0,
			confirmed: false,
			seenReply: false,
			destinationDecided: false,
			sourceDecided: false,
			destinationNat: false,
			sourceNat: false,
			masqueradedBy: null,
		};
		return new Tracked(connection, "original", "new");
	}

	/** Puts the connection into the table, as happens when its first packet leaves the last hook. */
	confirm(view: View, connection: Connection): void {
		if (connection.confirmed) return;
		connection.confirmed = true;
		this.add(view, connection);
	}

	/** The connections that a stack knows, in its own order. */
	of(view: View): readonly Connection[] {
		return this.#tables.get(view) ?? NO_CONNECTIONS;
	}

	/** Puts a connection into a stack's table. */
	add(view: View, connection: Connection): void {
		const table = this.#tables.get(view);
		if (table === undefined) this.#tables.set(view, [connection]);
		else table.push(connection);
	}

	/** Gives a stack another table (kernel/transit/). */
	replace(view: View, connections: readonly Connection[]): void {
		if (connections.length === 0) this.#tables.delete(view);
		else this.#tables.set(view, connections as Connection[]);
	}

	/** The entries of all stacks, in the order in which the packet met the stacks. */
	entries(): readonly { readonly view: View; readonly connection: Connection }[] {
		const entries: { readonly view: View; readonly connection: Connection }[] = [];
		for (const [view, table] of this.#tables) {
			for (const connection of table) if (connection.confirmed) entries.push({ view, connection });
		}
		return entries;
	}

	/**
	 * An ICMP error belongs to the connection of the packet that it is about, and goes against it: so answers to that packet are
	 * looked for (nf_conntrack_inet_error).
	 */
	#related(view: View, about: Packet): Tracked | "invalid" {
		const found = this.#find(view, inverse(tupleOf(about)), OTHER_SIDE[sideOf(about)]);
		return found === undefined ? "invalid" : new Tracked(found.connection, found.direction, "related");
	}

	#find(view: View, tuple: Tuple, side: Side): { connection: Connection; direction: Direction } | undefined {
		const table = this.#tables.get(view);
		if (table === undefined) return undefined;
		for (const connection of table) {
			if (side !== "reply" && sameTuple(connection.original, tuple)) return { connection, direction: "original" };
			if (side !== "original" && sameTuple(connection.reply, tuple)) return { connection, direction: "reply" };
		}
		return undefined;
	}
}

type Side = Direction | "either";
const OTHER_SIDE: Readonly<Record<Side, Side>> = { original: "reply", reply: "original", either: "either" };

/** A tuple of ICMP has the type too: to oneself the request and its answer differ in nothing else. */
function sideOf(packet: Packet): Side {
	if (packet.protocol !== "icmp" && packet.protocol !== "icmpv6") return "either";
	return opensConnection(packet) ? "original" : "reply";
}

/**
 * Whether a first packet opens a connection: not a TCP SYN+ACK or RST (nf_conntrack_proto_tcp.c, table of states from
 * NONE), not an ICMP answer (icmp_new), not an SCTP INIT ACK or ABORT (sctp_new).
 */
function opensConnection(packet: Packet): boolean {
	switch (packet.protocol) {
		case "tcp":
		case "sctp":
			return packet.tcpFlags !== "syn-ack" && packet.tcpFlags !== "rst";
		case "icmp":
			return packet.icmpType === 8 || packet.icmpType === 13 || packet.icmpType === 15 || packet.icmpType === 17;
		case "icmpv6":
			return packet.icmpType === 128 || packet.icmpType === 139;
		default:
			return true;
	}
}

/** The tuple with another destination, for a destination that NAT or IPVS chose. */
export function withReplySource(reply: Tuple, src: Address, sport: number): Tuple {
	return { ...reply, src, sport: isEcho(reply) ? reply.sport : sport };
}

/** The tuple with another expected destination, for a source that NAT chose: with its port, or an echo's identifier. */
export function withReplyDestination(reply: Tuple, dst: Address, port: number): Tuple {
	return isEcho(reply) ? { ...reply, dst, sport: port } : { ...reply, dst, dport: port };
}

function isEcho(tuple: Tuple): boolean {
	return tuple.protocol === "icmp" || tuple.protocol === "icmpv6";
}
