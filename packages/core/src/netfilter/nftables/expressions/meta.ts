/** What the kernel knows of a packet besides its headers (net/netfilter/nft_meta.c). */

import { isMulticast } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import { isUnknowable, type RuleContext } from "../../context.ts";
import type { TypeName } from "../datatype.ts";
import { numberValue, wordValue } from "../element.ts";
import { type Worth, worth } from "../evaluation.ts";
import { objectOf, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { ExpressionExtension } from "./extension.ts";

/** `meta mark`, `iifname` … */
export interface MetaExpression {
	readonly kind: "meta";
	readonly key: string;
}

/** Keys and their types. */
const KEYS: Readonly<Record<string, TypeName>> = {
	length: "integer",
	protocol: "ether_type",
	nfproto: "nf_proto",
	l4proto: "inet_proto",
	priority: undefined,
	mark: "mark",
	iif: "iface_index",
	iifname: "ifname",
	iiftype: undefined,
	iifkind: "ifname",
	iifgroup: undefined,
	oif: "iface_index",
	oifname: "ifname",
	oiftype: undefined,
	oifkind: "ifname",
	oifgroup: undefined,
	skuid: undefined,
	skgid: undefined,
	nftrace: "integer",
	rtclassid: undefined,
	ibrname: "ifname",
	obrname: "ifname",
	pkttype: "pkt_type",
	cpu: "integer",
	cgroup: "integer",
	random: undefined,
	secpath: undefined,
	time: undefined,
	day: undefined,
	hour: undefined,
	sdif: "iface_index",
	sdifname: "ifname",
};

/** Keys that nft takes without the word `meta` (meta_key_unqualified of src/parser_bison.y). */
const UNQUALIFIED: readonly string[] = [
	..."mark iif iifname iiftype oif oifname oiftype skuid skgid nftrace rtclassid ibrname obrname pkttype cpu".split(
		" ",
	),
	..."iifgroup oifgroup cgroup time day hour".split(" "),
];
/** Those that nft prints without it. */
const PRINTED_BARE: ReadonlySet<string> = new Set(["iif", "iifname", "oif", "oifname"]);

export const metaExtension: ExpressionExtension<MetaExpression> = {
	words: ["meta", ...UNQUALIFIED],
	parse: (word, reader) => metaOf(word === "meta" ? reader.word() : word),
	keys: ["meta"],
	fromJson: (_, value) => metaOf(typeof value === "string" ? value : stringAt(objectOf(value, "meta"), "key")),
	print: ({ key }) => (PRINTED_BARE.has(key) ? key : `meta ${key}`),
	toJson: ({ key }) => ({ meta: { key } }),
	types: ({ key }) => [KEYS[key]],
	evaluate: ({ key }, { at }) => valueFor(key, at),
};

function metaOf(key: string): MetaExpression {
	if (!Object.hasOwn(KEYS, key)) throw new ParseFailure(phrase("no-key", { text: `meta ${key}` }));
	return { kind: "meta", key };
}

function valueFor(key: string, at: RuleContext): Worth {
	switch (key) {
		// Without a device the name is empty and the index 0: nothing equals it, and the rule goes on.
		case "iifname":
		case "iif":
			return worth(wordValue(at.inDevice ?? ""));
		case "oifname":
		case "oif":
			return worth(wordValue(at.outDevice ?? ""));
		case "l4proto":
			return worth(wordValue(at.packet.protocol));
		case "nfproto":
			return worth(wordValue(at.family === 4 ? "ipv4" : "ipv6"));
		case "protocol":
			return worth(wordValue(at.family === 4 ? "ip" : "ip6"));
		case "mark":
			return worth(numberValue(at.mark >>> 0));
		case "length":
			return worth(numberValue(at.packet.length));
		case "pkttype":
			return packetType(at);
		default:
			return { unknown: phrase("as-written", { text: `meta ${key}` }) };
	}
}

/** IP broadcasts and multicasts travel in frames of that kind; a frame in a bridge may be for somebody else. */
function packetType(at: RuleContext): Worth {
	if (isMulticast(at.packet.dst)) return worth(wordValue("multicast"));
	const destination = at.addressType(at.packet.dst);
	if (isUnknowable(destination)) return destination;
	if (destination === "BROADCAST") return worth(wordValue("broadcast"));
	return at.bridged ? { unknown: phrase("of-bridged-packet", { text: "meta pkttype" }) } : worth(wordValue("host"));
}
