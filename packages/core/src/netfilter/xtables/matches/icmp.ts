/** `-m icmp` (net/ipv4/netfilter/ip_tables.c, icmp_match) and `-m icmp6` (net/ipv6/netfilter/ip6_tables.c, icmp6_match). */
import { phrase } from "../../../wording/phrase.ts";
import { negateIf } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { parseNumber, printModule, printOption } from "../words.ts";
import { ICMP_NAMES, ICMP6_NAMES, type TypeAndCode } from "./icmp-names.ts";

/** Type null is `any`; code null is every code. */
export interface IcmpMatch<Kind extends "icmp" | "icmp6"> extends TypeAndCode {
	readonly kind: Kind;
	readonly negated: boolean;
}

/** iptables writes `any` as this type. */
const ANY_TYPE = 255;

function icmpExtension<Kind extends "icmp" | "icmp6">(
	kind: Kind,
	option: string,
	protocol: "icmp" | "icmpv6",
	names: ReadonlyMap<string, TypeAndCode>,
): MatchExtension<IcmpMatch<Kind>> {
	const owned = new Set([option]);
	return {
		kind,
		module: kind,
		options: [option],
		parse: (words) => {
			const given = words.option(owned) !== null;
			const { type, code } = given ? parseType(words.value(), names) : { type: null, code: null };
			return { kind, type, code, negated: words.takeNegation() };
		},
		print: (match) => {
			const type = match.type === null ? "any" : match.code === null ? `${match.type}` : `${match.type}/${match.code}`;
			return printModule(kind, [printOption(option, type, match.negated)]);
		},
		test: (match, at) => {
			const { packet } = at;
			if (packet.protocol !== protocol) return false;
			if (match.type === null) return !match.negated;
			if (packet.icmpType === undefined) return { unknown: phrase("of-packet-unknown", { what: phrase("icmp-type") }) };
			const code = match.code === null || match.code === (packet.icmpCode ?? 0);
			return negateIf(match.negated, match.type === packet.icmpType && code);
		},
	};
}

function parseType(text: string, names: ReadonlyMap<string, TypeAndCode>): TypeAndCode {
	const named = names.get(text);
	if (named !== undefined) return named;
	const [type = "", code] = text.split("/", 2);
	const number = parseNumber(type, 255);
	if (number === ANY_TYPE) return { type: null, code: null };
	return { type: number, code: code === undefined ? null : parseNumber(code, 255) };
}

export const icmpExtension4: MatchExtension<IcmpMatch<"icmp">> = icmpExtension(
	"icmp",
	"--icmp-type",
	"icmp",
	ICMP_NAMES,
);
export const icmpExtension6: MatchExtension<IcmpMatch<"icmp6">> = icmpExtension(
	"icmp6",
	"--icmpv6-type",
	"icmpv6",
	ICMP6_NAMES,
);
