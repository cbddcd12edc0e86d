/** `-p` (net/ipv4/netfilter/ip_tables.c, ip_packet_match; net/ipv6/netfilter/ip6_tables.c, ip6_packet_match). */
import type { Protocol } from "../../../packet/packet.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { parseProtocol, printProtocol } from "../protocols.ts";
import { ParseFailure, printOption } from "../words.ts";

/** The protocol in the packet's spelling: `icmpv6`, `ipip` for number 4, numbers without a name as text. */
export interface ProtocolMatch {
	readonly kind: "protocol";
	readonly protocol: Protocol;
	readonly negated: boolean;
}

const OPTIONS = ["-p", "--protocol", "--proto"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const protocolExtension: MatchExtension<ProtocolMatch> = {
	kind: "protocol",
	module: null,
	options: OPTIONS,
	parse: (words) => {
		words.option(OWNED);
		const text = words.value();
		// iptables-save never prints these: the kernel takes number 0 for "any protocol".
		if (text === "all" || text === "0") throw new ParseFailure(phrase("asks-for-nothing", { text: `-p ${text}` }));
		return { kind: "protocol", protocol: parseProtocol(text), negated: words.takeNegation() };
	},
	print: (match) => printOption("-p", printProtocol(match.protocol), match.negated),
	test: (match, at) => (match.protocol === at.packet.protocol) !== match.negated,
};
