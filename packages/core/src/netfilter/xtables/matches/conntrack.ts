/** `-m conntrack` (net/netfilter/xt_conntrack.c). */

import type { Address } from "../../../address/address.ts";
import { contains, type Prefix } from "../../../address/prefix.ts";
import type { Protocol } from "../../../packet/packet.ts";
import { phrase } from "../../../wording/phrase.ts";
import {
	type ConntrackState,
	isUnknowable,
	negateIf,
	type PacketConnection,
	type RuleContext,
	type Truth,
} from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { parseProtocol, printProtocol } from "../protocols.ts";
import { ParseFailure, printModule, printOption, printRange } from "../words.ts";
import { inRange, type NegatableRange } from "./ports.ts";

/** What `--ctstate` may list: conntrack's own states, and whether an address was set up to be rewritten. */
export type ConntrackStateName = Uppercase<ConntrackState> | "SNAT" | "DNAT";
export type ConntrackStatusName = "EXPECTED" | "SEEN_REPLY" | "ASSURED" | "CONFIRMED";

interface NegatablePrefix {
	readonly prefix: Prefix;
	readonly negated: boolean;
}

export interface ConntrackMatch {
	readonly kind: "conntrack";
	readonly state?: { readonly states: readonly ConntrackStateName[]; readonly negated: boolean };
	readonly protocol?: { readonly protocol: Protocol; readonly negated: boolean };
	readonly originalSource?: NegatablePrefix;
	readonly originalDestination?: NegatablePrefix;
	readonly replySource?: NegatablePrefix;
	readonly replyDestination?: NegatablePrefix;
	readonly originalSourcePort?: NegatableRange;
	readonly originalDestinationPort?: NegatableRange;
	readonly replySourcePort?: NegatableRange;
	readonly replyDestinationPort?: NegatableRange;
	/** An empty list is `NONE`. */
	readonly status?: { readonly statuses: readonly ConntrackStatusName[]; readonly negated: boolean };
	/** Seconds that the entry has left. */
	readonly expire?: NegatableRange;
	readonly direction?: "original" | "reply";
}

const STATES: ReadonlySet<string> = new Set<ConntrackStateName>([
	"INVALID",
	"NEW",
	"RELATED",
	"ESTABLISHED",
	"UNTRACKED",
	"SNAT",
	"DNAT",
]);
const STATUSES: ReadonlySet<string> = new Set<ConntrackStatusName>(["EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED"]);

/** Options about an end of the connection: match and connection have fields of the same names. */
const ADDRESSES = {
	"--ctorigsrc": "originalSource",
	"--ctorigdst": "originalDestination",
	"--ctreplsrc": "replySource",
	"--ctrepldst": "replyDestination",
} as const;
const PORTS = {
	"--ctorigsrcport": "originalSourcePort",
	"--ctorigdstport": "originalDestinationPort",
	"--ctreplsrcport": "replySourcePort",
	"--ctrepldstport": "replyDestinationPort",
} as const;
type AddressOption = keyof typeof ADDRESSES;
type PortOption = keyof typeof PORTS;
const ADDRESS_OPTIONS = Object.keys(ADDRESSES) as AddressOption[];
const PORT_OPTIONS = Object.keys(PORTS) as PortOption[];

const OPTIONS = [
	"--ctstate",
	"--ctproto",
	...ADDRESS_OPTIONS,
	...PORT_OPTIONS,
	"--ctstatus",
	"--ctexpire",
	"--ctdir",
] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const conntrackExtension: MatchExtension<ConntrackMatch> = {
	kind: "conntrack",
	module: "conntrack",
	options: OPTIONS,
	parse: (words, family) => {
		let match: ConntrackMatch = { kind: "conntrack" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--ctstate") {
				const states = listOf<ConntrackStateName>(words.value(), STATES);
				match = { ...match, state: { states, negated: words.takeNegation() } };
			} else if (name === "--ctproto") {
				const protocol = parseProtocol(words.value());
				match = { ...match, protocol: { protocol, negated: words.takeNegation() } };
			} else if (name === "--ctstatus") {
				const text = words.value();
				const statuses = text === "NONE" ? [] : listOf<ConntrackStatusName>(text, STATUSES);
				match = { ...match, status: { statuses, negated: words.takeNegation() } };
			} else if (name === "--ctexpire") {
				match = { ...match, expire: { ...words.range(0xffffffff), negated: words.takeNegation() } };
			} else if (name === "--ctdir") {
				match = { ...match, direction: parseDirection(words.value()) };
			} else if (name in ADDRESSES) {
				const prefix = words.prefix(family);
				match = { ...match, [ADDRESSES[name as AddressOption]]: { prefix, negated: words.takeNegation() } };
			} else {
				const range = words.range(65535);
				match = { ...match, [PORTS[name as PortOption]]: { ...range, negated: words.takeNegation() } };
			}
		}
		return match;
	},
	print: (match) => {
		const { state, protocol, status, expire, direction } = match;
		return printModule("conntrack", [
			state && printOption("--ctstate", state.states.join(","), state.negated),
			protocol && printOption("--ctproto", printProtocol(protocol.protocol), protocol.negated),
			...ADDRESS_OPTIONS.map((name) => {
				const asked = match[ADDRESSES[name]];
				return asked && printOption(name, asked.prefix.text, asked.negated);
			}),
			...PORT_OPTIONS.map((name) => {
				const asked = match[PORTS[name]];
				return asked && printOption(name, printRange(asked), asked.negated);
			}),
			status && printOption("--ctstatus", status.statuses.join(",") || "NONE", status.negated),
			expire && printOption("--ctexpire", printRange(expire), expire.negated),
			direction && printOption("--ctdir", direction.toUpperCase()),
		]);
	},
	test: (match, at) => {
		const { connection } = at;
		if (match.state !== undefined && testState(match.state, connection) === false) return false;
		// A packet without a connection has only a state; to everything else about it the kernel says no.
		if (connection === null || connection.state === "invalid" || connection.state === "untracked") {
			return match.state !== undefined;
		}
		if (match.direction !== undefined && match.direction !== connection.direction) return false;
		if (!addressesMatch(match, connection) || !portsMatch(match, connection)) return false;
		if (match.protocol !== undefined && (match.protocol.protocol === protocolOf(at)) === match.protocol.negated) {
			return false;
		}
		const status = match.status === undefined ? true : testStatus(match.status, connection);
		if (status !== true || match.expire === undefined) return status;
		return { unknown: phrase("match-not-evaluated", { match: "conntrack --ctexpire" }) };
	},
};

const STATE_NAMES: Readonly<Record<ConntrackState, ConntrackStateName>> = {
	new: "NEW",
	established: "ESTABLISHED",
	related: "RELATED",
	invalid: "INVALID",
	untracked: "UNTRACKED",
};

/** Whether the packet's state is listed. A packet without a connection is INVALID (xt_conntrack.c, conntrack_mt). */
export function testState(
	asked: { readonly states: readonly ConntrackStateName[]; readonly negated: boolean },
	connection: PacketConnection | null,
): boolean {
	const state = STATE_NAMES[connection?.state ?? "invalid"];
	const listed =
		asked.states.includes(state) ||
		(connection?.sourceNat === true && asked.states.includes("SNAT")) ||
		(connection?.destinationNat === true && asked.states.includes("DNAT"));
	return listed !== asked.negated;
}

function addressesMatch(match: ConntrackMatch, connection: PacketConnection): boolean {
	return (
		isIn(match.originalSource, connection.originalSource) &&
		isIn(match.originalDestination, connection.originalDestination) &&
		isIn(match.replySource, connection.replySource) &&
		isIn(match.replyDestination, connection.replyDestination)
	);
}

function isIn(asked: ConntrackMatch["originalSource"], address: Address): boolean {
	return asked === undefined || contains(asked.prefix, address) !== asked.negated;
}

function portsMatch(match: ConntrackMatch, connection: PacketConnection): boolean {
	return (
		isAmong(match.originalSourcePort, connection.originalSourcePort) &&
		isAmong(match.originalDestinationPort, connection.originalDestinationPort) &&
		isAmong(match.replySourcePort, connection.replySourcePort) &&
		isAmong(match.replyDestinationPort, connection.replyDestinationPort)
	);
}

function isAmong(asked: NegatableRange | undefined, port: number): boolean {
	return asked === undefined || inRange(asked, port);
}

/** An ICMP error belongs to the connection that it is about. */
function protocolOf(at: RuleContext): Protocol {
	const { packet } = at;
	return packet.payload?.kind === "icmp-error" ? packet.payload.about.protocol : packet.protocol;
}

function testStatus(asked: NonNullable<ConntrackMatch["status"]>, connection: PacketConnection): Truth {
	let listed: Truth = false;
	for (const status of asked.statuses) {
		const has = hasStatus(status, connection);
		if (has === true) return !asked.negated;
		if (isUnknowable(has)) listed = has;
	}
	return negateIf(asked.negated, listed);
}

/** The first packet's entry has no status yet: it is confirmed when the packet leaves the last hook. */
function hasStatus(status: ConntrackStatusName, connection: PacketConnection): Truth {
	if (connection.state === "new") return false;
	switch (status) {
		case "CONFIRMED":
			return true;
		case "SEEN_REPLY":
			return connection.direction === "reply" || connection.state === "established";
		case "ASSURED":
		case "EXPECTED":
			return { unknown: phrase("match-not-evaluated", { match: `conntrack --ctstatus ${status}` }) };
	}
}

function parseDirection(text: string): "original" | "reply" {
	if (text === "ORIGINAL") return "original";
	if (text === "REPLY") return "reply";
	throw new ParseFailure(phrase("is-no-direction", { text }));
}

/** The words of a comma-separated list, all of them known. */
export function listOf<Word extends string>(text: string, known: ReadonlySet<string>): readonly Word[] {
	const listed = text.split(",");
	for (const word of listed) if (!known.has(word)) throw new ParseFailure(phrase("is-not-known-here", { text: word }));
	return listed as Word[];
}
