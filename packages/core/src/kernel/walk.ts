/** One packet's way: what the stages share while it lasts, and what is written down of it. */
import type { Address } from "../address/address.ts";
import { sameAddress } from "../address/watched.ts";
import { Hits } from "../netfilter/result.ts";
import type { Frame, Packet } from "../packet/packet.ts";
import type { Tuple } from "../state/conntrack.ts";
import type { Link } from "../state/link.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Phrase, Said } from "../wording/phrase.ts";
import { type Because, because } from "./because.ts";
import { type Cabling, type Card, cablingOf } from "./cabling.ts";
import type { Choices } from "./choices.ts";
import { type Connection, ConntrackTables, type Tracked } from "./conntrack.ts";
import { LearnedNeighbours } from "./learned-neighbours.ts";
import type { IpvsConnection, Skb } from "./skb.ts";
import { type Transits, transitsOf } from "./transit/transits.ts";
import type { View } from "./view.ts";

/** The stages of the packet path; each is the function of that name in the file named after it. */
export type Stage =
	| "receive"
	| "bridge"
	| "ip-receive"
	| "route"
	| "input"
	| "decapsulate"
	| "forward"
	| "output"
	| "postrouting"
	| "neighbour"
	| "transmit";

/** What a stage says happens next. */
export type Next =
	| { readonly kind: "stage"; readonly stage: Stage; readonly skb: Skb }
	/** The frame is on a wire to a device of another stack, or of the same one. */
	| {
			readonly kind: "wire";
			readonly place: Place;
			readonly device: string;
			readonly frame: Frame;
			/** The device, where the sender knows it. */
			readonly card?: Card | undefined;
	  }
	/** The frame is on a wire to a fabric device. */
	| {
			readonly kind: "fabric";
			readonly fabric: Place;
			readonly from: { readonly place: Place; readonly device: string };
			readonly frame: Frame;
	  }
	| End;

/** Where and how a walk ended. */
export interface End {
	readonly kind: "end";
	readonly outcome: "delivered" | "refused" | "dropped" | "unreachable" | "loop" | "exits" | "unknown";
	readonly at: Place;
	readonly because: Because;
	/** The packet as it was there. */
	readonly packet: Packet;
	/** The stack that took it, where it was delivered. */
	readonly view?: View;
	/** Its mark there; absent: none. */
	readonly mark?: number;
	/** The answer that a refusal sends: from which stack, to whom. */
	readonly refusal?: {
		readonly view: View;
		readonly packet: Packet;
		/** Absent: none. */
		readonly mark?: number;
		/** The connection of the packet that is refused, which the refusal is of too (nf_ct_attach). */
		readonly tracked?: Tracked | null;
		/** Its route was looked up before it had a source (icmp_route_lookup): rules that ask for one do not match. */
		readonly sourceless?: boolean;
		/** It leaves by this bridge port as it is, past all rules (nf_send_reset, for what br_netfilter shows). */
		readonly by?: { readonly port: Link; readonly ethernet: { readonly source: string; readonly destination: string } };
	};
}

/** What one stage did to the packet, for the explanation. */
export interface Hop {
	readonly at: Place;
	readonly stage: string;
	readonly device: string | null;
	readonly packet: Packet;
	readonly mark: number;
	readonly ethernet: { readonly source: string; readonly destination: string } | null;
	readonly vlan: number | null;
	readonly because: Because;
}

/** A device that the packet crossed, with the packet as a capture there shows it. */
export interface Crossing {
	readonly at: Place;
	/** Null for fabric devices. */
	readonly device: string | null;
	readonly direction: "in" | "out";
	readonly packet: Packet;
	/** Link-layer addresses, where the packet is in a frame. */
	readonly ethernet: { readonly source: string; readonly destination: string } | null;
	/** The 802.1Q tag that the frame has there. */
	readonly vlan: number | null;
	/** Frames bridged through are seen on the bridge itself only by a capture in promiscuous mode. */
	readonly bridged?: boolean;
	/** Only while the neighbour's MAC is not known yet, as for a first packet: the kernel then takes the long way round. */
	readonly passing?: boolean;
}

/** A rewrite of addresses. */
export interface Rewrite {
	readonly at: Place;
	readonly kind: "dnat" | "snat" | "masquerade" | "redirect";
	readonly before: { readonly address: Address; readonly port: number };
	readonly after: { readonly address: Address; readonly port: number };
	/** The kernel draws the port at random from these; `after` shows one that it may be. */
	readonly randomPort?: { readonly from: number; readonly to: number };
	readonly because: Because;
}

/** A connection whose destination a tc program has chosen. */
export interface TranslatedConnection {
	readonly protocol: Packet["protocol"];
	readonly client: { readonly address: Address; readonly port: number };
	readonly virtual: { readonly address: Address; readonly port: number };
	readonly server: { readonly address: Address; readonly port: number };
}

/** A connection that a load balancer keeps: the client's packets go to one backend, whose answers come back through it. */
export interface BalancedSession {
	readonly balancer: Place;
	readonly client: { readonly address: Address; readonly port: number };
	/** The client as the backend sees it: a load balancer that does not keep the address shows one of its own. */
	readonly seen: { readonly address: Address; readonly port: number };
	readonly virtual: { readonly address: Address; readonly port: number };
	readonly backend: { readonly address: Address; readonly port: number };
	readonly protocol: Packet["protocol"];
}

/** A connection that left for the Internet: its answers come back into the fabric device that it left by. */
export interface OutgoingSession {
	readonly fabric: Place;
	readonly inside: Address;
	readonly outside: Address;
}

/** A connection that a card's security groups let pass: its packets pass that card in both directions, and no other. */
export interface SecurityGroupSession {
	readonly eni: Place;
	readonly packet: Packet;
}

/** Something that the answer takes for granted, and where. */
export interface Remark {
	readonly message: Phrase;
	readonly at: Place;
}

/** What the security groups of one card made of the packet. */
export interface Judgement {
	/** The ENI's id. */
	readonly eni: string;
	/** The group that decided; where no rule or none alone did, all of the card's, with commas. */
	readonly group: string;
	readonly direction: "ingress" | "egress";
	readonly decision: "allow" | "deny";
	/** `established`: the card knows the connection, and no rule was asked. */
	readonly state: "new" | "established";
	/** The rule that decided, as a person would write it, or what was decided without one. */
	readonly rule: Said;
}

/** What stacks remember, each its own. */
export interface MemoryMaps {
	readonly connections: Map<View, Connection[]>;
	readonly ipvs: Map<View, IpvsConnection[]>;
	/** What the policies of each place let through, where conntrack does not tell them (policy-stage.ts). */
	readonly admitted: Map<Place, readonly Tuple[]>;
	/** By what holds the translation tables: the programs of one place share theirs. */
	readonly translated: Map<Place, TranslatedConnection[]>;
}

/** What is remembered between a packet and its answer. */
export class Memory {
	readonly conntrack: ConntrackTables;
	readonly neighbours: LearnedNeighbours;
	readonly ipvs: MemoryMaps["ipvs"];
	readonly admitted: MemoryMaps["admitted"];
	readonly translated: MemoryMaps["translated"];
	readonly balanced: BalancedSession[] = [];
	readonly outgoing: OutgoingSession[] = [];
	readonly securityGroups: SecurityGroupSession[] = [];

	constructor(
		conntrack: ConntrackTables = new ConntrackTables(),
		neighbours: LearnedNeighbours = new LearnedNeighbours(),
		maps: Partial<MemoryMaps> = {},
	) {
		this.conntrack = conntrack;
		this.neighbours = neighbours;
		this.ipvs = maps.ipvs ?? new Map();
		this.admitted = maps.admitted ?? new Map();
		this.translated = maps.translated ?? new Map();
	}

	/** A memory of the same, to go on with elsewhere; what stacks remember is kept in `maps`. */
	copy(maps: Partial<MemoryMaps> = {}): Memory {
		const copy = new Memory(this.conntrack.copy(maps.connections), this.neighbours.copy(), maps);
		for (const [place, table] of this.translated) copy.translated.set(place, [...table]);
		for (const [place, tuples] of this.admitted) copy.admitted.set(place, tuples);
		for (const [view, connections] of this.ipvs) copy.ipvs.set(view, [...connections]);
		copy.balanced.push(...this.balanced);
		copy.outgoing.push(...this.outgoing);
		copy.securityGroups.push(...this.securityGroups);
		return copy;
	}
}

const RECEIVED = because("received");
const TRANSMITTED = because("transmitted");

/** That a packet was routed on, by which devices. */
export interface Forwarded {
	readonly view: View;
	readonly in: Link;
	readonly out: Link;
	readonly packet: Packet;
}

/** How a packet is walked. */
export interface Manner {
	readonly recording: boolean;
	readonly asked: ReadonlySet<Place>;
	readonly remarks: Map<string, Remark>;
	/** Absent: the network's own where nothing is written down. */
	readonly transits?: Transits | null;
}

export class Walk {
	readonly network: Network;
	readonly cabling: Cabling;
	readonly choices: Choices;
	readonly memory: Memory;
	/** Whether hops are written down; without it a walk only gives its end. */
	readonly recording: boolean;
	readonly hops: Hop[] = [];
	/** The rules that had a part at the hook under way; null where nothing is written down. */
	readonly hits: Hits | null;
	readonly crossings: Crossing[] = [];
	readonly rewrites: Rewrite[] = [];
	readonly judgements: Judgement[] = [];
	/** Those that had the packet in hand, in order. */
	readonly stacks: View[] = [];
	/** Connections that a reset took out of their tables. */
	readonly ended: Connection[] = [];
	/** Remarks on what had to be taken for granted, by code. */
	readonly remarks: Map<string, Remark>;
	/** The places that the question names: clients on the Internet exist only where somebody asks about them. */
	readonly asked: ReadonlySet<Place>;
	/** Where the packet was routed before, to tell a loop. */
	readonly forwarded: Forwarded[] = [];
	/** What stacks are known to do with packets; null: every stage is walked, to be written down. */
	readonly transits: Transits | null;
	steps = 0;

	constructor(network: Network, choices: Choices, memory: Memory, { recording, asked, remarks, transits }: Manner) {
		this.network = network;
		this.cabling = cablingOf(network);
		this.choices = choices;
		this.memory = memory;
		this.recording = recording;
		this.hits = recording ? new Hits() : null;
		this.transits = transits === undefined && !recording ? transitsOf(network) : (transits ?? null);
		this.asked = asked;
		this.remarks = remarks;
	}

	/** A walk that has come as far as this one, to be gone on with by other choices. */
	branch(choices: Choices, memory: Memory): Walk {
		const walk = new Walk(this.network, choices, memory, {
			recording: this.recording,
			asked: this.asked,
			remarks: new Map(this.remarks),
			transits: this.transits,
		});
		walk.hops.push(...this.hops);
		walk.crossings.push(...this.crossings);
		walk.rewrites.push(...this.rewrites);
		walk.judgements.push(...this.judgements);
		walk.stacks.push(...this.stacks);
		walk.forwarded.push(...this.forwarded);
		walk.steps = this.steps;
		return walk;
	}

	view(place: Place): View | undefined {
		return this.cabling.view(place);
	}

	/** Writes down what a stage did to a packet of a stack. */
	hop(skb: Skb, stage: string, device: string | null, because: Because): void {
		if (!this.recording) return;
		const { packet, mark, ethernet, vlan } = skb;
		this.hops.push({ at: skb.view.place, stage, device, packet, mark, ethernet, vlan, because });
	}

	/** Writes down why a packet ended in a stage, unless the stage did so itself. */
	endedAt(skb: Skb, stage: string, device: string | null, because: Because): void {
		if (this.hops[this.hops.length - 1]?.because !== because) this.hop(skb, stage, device, because);
	}

	/** Writes down what a fabric device did to a frame. */
	fabricHop(at: Place, stage: string, frame: Frame, because: Because): void {
		if (!this.recording) return;
		const ethernet = { source: frame.source, destination: frame.destination };
		this.hops.push({ at, stage, device: null, packet: frame.packet, mark: 0, ethernet, vlan: frame.vlan, because });
		const { packet, vlan } = frame;
		this.crossings.push({ at, device: null, direction: "in", packet, ethernet, vlan });
	}

	/** Writes down that the packet crossed a device of a stack. */
	crossed(skb: Skb, device: string, direction: "in" | "out", bridged = false): void {
		if (!this.recording) return;
		const { packet, view, ethernet, vlan } = skb;
		const crossing = { at: view.place, device, direction, packet, ethernet, vlan };
		this.crossings.push(bridged ? { ...crossing, bridged } : crossing);
		this.hop(skb, direction === "in" ? "receive" : "transmit", device, direction === "in" ? RECEIVED : TRANSMITTED);
	}

	/** Writes down that a capture may show the packet here, once: it is no part of the data link. */
	mayCross({ packet, view, ethernet, vlan }: Skb, device: string, direction: "in" | "out"): void {
		if (!this.recording) return;
		this.crossings.push({ at: view.place, device, direction, packet, ethernet, vlan, passing: true });
	}

	/** Writes down that a stack's IP layer, or its br_netfilter, had the packet in hand. */
	passedStack(view: View): void {
		if (this.recording && this.stacks[this.stacks.length - 1] !== view) this.stacks.push(view);
	}

	/** A rule that leaves the packet as it was is no rewrite: nf_nat_setup_info sets no IPS_SRC_NAT or IPS_DST_NAT for it. */
	rewrote(rewrite: Rewrite): void {
		if (this.recording && !isSameEnd(rewrite)) this.rewrites.push(rewrite);
	}

	judged(judgement: Judgement): void {
		if (this.recording) this.judgements.push(judgement);
	}

	/** Whether this very packet was forwarded here before, by the same devices; from now on it was. */
	wasHere({ view, device, packet }: Skb, out: Link): boolean {
		for (const each of this.forwarded) {
			if (each.view !== view || each.in !== device || each.out !== out) continue;
			if (sameAddress(each.packet.src, packet.src) && sameAddress(each.packet.dst, packet.dst)) return true;
		}
		this.forwarded.push({ view, in: device, out, packet });
		return false;
	}

	/** Notes something that the answer takes for granted; the first of each code and place is kept. */
	remark(code: string, message: Phrase, at: Place): void {
		const key = `${code} ${at}`;
		if (!this.remarks.has(key)) this.remarks.set(key, { message, at });
	}
}

/** The end of a packet in a stack. */
export function end(skb: Skb, outcome: End["outcome"], because: Because, refusal?: End["refusal"]): End {
	return {
		kind: "end",
		outcome,
		at: skb.view.place,
		because,
		packet: skb.packet,
		...(refusal === undefined ? {} : { refusal }),
	};
}

export function go(stage: Stage, skb: Skb): Next {
	return { kind: "stage", stage, skb };
}

function isSameEnd({ before, after, randomPort }: Rewrite): boolean {
	return before.address.text === after.address.text && before.port === after.port && randomPort === undefined;
}
