/** `-m tcp` (net/netfilter/xt_tcpudp.c, tcp_mt). */

import type { TcpFlags } from "../../../packet/packet.ts";
import { phrase } from "../../../wording/phrase.ts";
import { negateIf, type Truth } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";
import { PORT_OPTIONS, type Ports, parsePort, portsMatch, printPorts } from "./ports.ts";

export const TCP_FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"] as const;
export type TcpFlagName = (typeof TCP_FLAG_NAMES)[number];

export interface TcpMatch extends Ports {
	readonly kind: "tcp";
	/** Of the flags in `mask`, exactly those in `set` are set. Both in the order of TCP_FLAG_NAMES. */
	readonly flags?: {
		readonly mask: readonly TcpFlagName[];
		readonly set: readonly TcpFlagName[];
		readonly negated: boolean;
	};
	/** The segment has the TCP option of this number. */
	readonly option?: { readonly number: number; readonly negated: boolean };
}

const OPTIONS = [...PORT_OPTIONS, "--tcp-flags", "--syn", "--tcp-option"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);
/** What `--syn` stands for. */
const SYN_MASK: readonly TcpFlagName[] = ["FIN", "SYN", "RST", "ACK"];

/** The flags of a probe's segments. A refusal acknowledges what it refuses (RFC 9293, 3.10.7.1). */
const FLAGS_SET: Readonly<Record<TcpFlags, readonly TcpFlagName[]>> = {
	syn: ["SYN"],
	"syn-ack": ["SYN", "ACK"],
	ack: ["ACK"],
	rst: ["RST", "ACK"],
};

export const tcpExtension: MatchExtension<TcpMatch> = {
	kind: "tcp",
	module: "tcp",
	options: OPTIONS,
	parse: (words) => {
		let match: TcpMatch = { kind: "tcp" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--tcp-flags") {
				const mask = parseFlags(words.value());
				const set = parseFlags(words.value());
				match = { ...match, flags: { mask, set, negated: words.takeNegation() } };
			} else if (name === "--syn") {
				match = { ...match, flags: { mask: SYN_MASK, set: ["SYN"], negated: words.takeNegation() } };
			} else if (name === "--tcp-option") {
				const number = words.number(255);
				match = { ...match, option: { number, negated: words.takeNegation() } };
			} else match = { ...match, ...parsePort(name, words) };
		}
		return match;
	},
	print: (match) => {
		const { flags, option } = match;
		return printModule("tcp", [
			...printPorts(match),
			option && printOption("--tcp-option", String(option.number), option.negated),
			flags && printOption("--tcp-flags", `${printFlags(flags.mask)} ${printFlags(flags.set)}`, flags.negated),
		]);
	},
	test: (match, at) => {
		if (at.packet.protocol !== "tcp" || portsMatch(match, at.packet) !== true) return false;
		const flags = match.flags === undefined ? true : testFlags(match.flags, at.packet.tcpFlags);
		if (flags !== true || match.option === undefined) return flags;
		return { unknown: phrase("match-not-evaluated", { match: "tcp --tcp-option" }) };
	},
};

function testFlags(asked: NonNullable<TcpMatch["flags"]>, flags: TcpFlags | undefined): Truth {
	if (flags === undefined) return { unknown: phrase("tcp-flags-unknown") };
	const set = FLAGS_SET[flags];
	return negateIf(
		asked.negated,
		asked.mask.every((flag) => set.includes(flag) === asked.set.includes(flag)) &&
			asked.set.every((flag) => asked.mask.includes(flag)),
	);
}

function parseFlags(text: string): readonly TcpFlagName[] {
	if (text === "NONE") return [];
	if (text === "ALL") return TCP_FLAG_NAMES;
	const names = text.split(",");
	const flags = TCP_FLAG_NAMES.filter((flag) => names.includes(flag));
	if (flags.length !== names.length) throw new ParseFailure(phrase("are-no-tcp-flags", { text }));
	return flags;
}

function printFlags(flags: readonly TcpFlagName[]): string {
	return flags.length === 0 ? "NONE" : flags.join(",");
}
