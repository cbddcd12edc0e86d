/** `-s` and `-d`: the packet's addresses (net/ipv4/netfilter/ip_tables.c, ip_packet_match). */
import { contains, type Prefix } from "../../../address/prefix.ts";
import type { Packet } from "../../../packet/packet.ts";
import type { MatchExtension } from "../extension.ts";
import { printOption } from "../words.ts";

export interface AddressMatch<Kind extends "source" | "destination"> {
	readonly kind: Kind;
	readonly prefix: Prefix;
	readonly negated: boolean;
}

function addressExtension<Kind extends "source" | "destination">(
	kind: Kind,
	options: readonly [string, ...string[]],
	of: (packet: Packet) => Packet["src"],
): MatchExtension<AddressMatch<Kind>> {
	const owned = new Set(options);
	return {
		kind,
		module: null,
		options,
		parse: (words, family) => {
			words.option(owned);
			const prefix = words.prefix(family);
			return { kind, prefix, negated: words.takeNegation() };
		},
		print: (match) => printOption(options[0], match.prefix.text, match.negated),
		test: (match, at) => contains(match.prefix, of(at.packet)) !== match.negated,
	};
}

export const sourceExtension: MatchExtension<AddressMatch<"source">> = addressExtension(
	"source",
	["-s", "--source", "--src"],
	(packet) => packet.src,
);

export const destinationExtension: MatchExtension<AddressMatch<"destination">> = addressExtension(
	"destination",
	["-d", "--destination", "--dst"],
	(packet) => packet.dst,
);
