/** A packet at a hook, for testing rules by themselves: what a test does not say is a plain forwarded TCP SYN. */
import { address } from "../../src/address/address.ts";
import {
	type AddressType,
	isUnknowable,
	type PacketConnection,
	type RuleContext,
	type Unknowable,
} from "../../src/netfilter/context.ts";
import type { Ipset } from "../../src/netfilter/ipset.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { phrase, worded } from "../../src/wording/phrase.ts";

export interface Recorded {
	mark: number;
	connectionMark: number | null;
	untracked: boolean;
	/** Codes of what was taken for granted. */
	assumed: string[];
	/** Probabilities that were asked for. */
	chances: number[];
}

export type ContextOptions = Partial<Omit<RuleContext, "packet">> & {
	readonly packet?: Partial<Packet>;
	readonly sets?: readonly Ipset[];
	/** Addresses that are not plain unicast. */
	readonly types?: Readonly<Record<string, AddressType>>;
	/** What each chance gives; the last one goes on for ever. */
	readonly chances?: readonly boolean[];
};

export function packet(parts: Partial<Packet> = {}): Packet {
	return {
		family: 4,
		src: address("10.244.1.7"),
		dst: address("10.96.0.10"),
		protocol: "tcp",
		sport: 40000,
		dport: 80,
		tcpFlags: "syn",
		ttl: 64,
		length: 60,
		dontFragment: true,
		...parts,
	};
}

/** The context, and what the rules did to it. */
export function ruleContext(options: ContextOptions = {}): RuleContext & { readonly recorded: Recorded } {
	const { packet: parts, sets = [], types = {}, chances = [false], mark = 0, connection = null, ...rest } = options;
	const sent = packet(parts);
	const recorded: Recorded = { mark, connectionMark: null, untracked: false, assumed: [], chances: [] };
	return {
		family: sent.family,
		hook: "forward",
		packet: sent,
		inDevice: "eth0",
		outDevice: "cni0",
		physicalIn: null,
		physicalOut: null,
		bridged: false,
		sourceMac: null,
		ipvs: null,
		locallyGenerated: false,
		ipset: (name): Ipset | Unknowable =>
			sets.find((set) => set.name === name) ?? { unknown: phrase("as-written", { text: `no set "${name}"` }) },
		addressType: (of) => types[of.text] ?? "UNICAST",
		routeDevice: () => "eth0",
		routeType: () => "UNICAST",
		deviceAddress: () => null,
		chance: (probability) => {
			recorded.chances.push(probability);
			return chances[Math.min(recorded.chances.length, chances.length) - 1] ?? false;
		},
		choose: () => 0,
		setMark: (to) => {
			recorded.mark = to;
		},
		setConnectionMark: (to) => {
			recorded.connectionMark = to;
		},
		setUntracked: () => {
			if (connection === null) recorded.untracked = true;
		},
		assume: (code) => {
			recorded.assumed.push(code);
		},
		...rest,
		recorded,
		get mark(): number {
			return recorded.mark;
		},
		get connection(): PacketConnection | null {
			if (connection === null) return null;
			const state = recorded.untracked ? "untracked" : connection.state;
			return { ...connection, state, mark: recorded.connectionMark ?? connection.mark };
		},
	};
}

/** The connection that this packet opens. */
export function newConnection(opening: Packet): PacketConnection {
	return {
		state: "new",
		direction: "original",
		originalSource: opening.src,
		originalDestination: opening.dst,
		originalSourcePort: opening.sport,
		originalDestinationPort: opening.dport,
		replySource: opening.dst,
		replyDestination: opening.src,
		replySourcePort: opening.dport,
		replyDestinationPort: opening.sport,
		sourceNat: false,
		destinationNat: false,
		mark: 0,
	};
}

/** The answer with what cannot be told in English words. */
export function told<Answer>(answer: Answer): Answer | (Omit<Answer, "unknown"> & { readonly unknown: string }) {
	return isUnknowable(answer) ? { ...answer, unknown: worded(answer.unknown) } : answer;
}
