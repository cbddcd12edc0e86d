/** `-m pkttype`: the link-layer type of the frame (net/netfilter/xt_pkttype.c). */

import { isMulticast } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import { isUnknowable, negateIf, type RuleContext, type Truth } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

export interface PkttypeMatch {
	readonly kind: "pkttype";
	readonly type: "unicast" | "broadcast" | "multicast";
	readonly negated: boolean;
}

const OPTIONS = ["--pkt-type"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const pkttypeExtension: MatchExtension<PkttypeMatch> = {
	kind: "pkttype",
	module: "pkttype",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("no-type-given"));
		const type = words.value();
		if (type !== "unicast" && type !== "broadcast" && type !== "multicast") {
			throw new ParseFailure(phrase("is-no-packet-type", { text: type }));
		}
		return { kind: "pkttype", type, negated: words.takeNegation() };
	},
	print: (match) => printModule("pkttype", [printOption("--pkt-type", match.type, match.negated)]),
	test: (match, at) => negateIf(match.negated, isOfType(match.type, at)),
};

/** IP broadcasts and multicasts travel in frames of that kind; a frame in a bridge may be for somebody else. */
function isOfType(type: PkttypeMatch["type"], at: RuleContext): Truth {
	if (isMulticast(at.packet.dst)) return type === "multicast";
	const destination = at.addressType(at.packet.dst);
	if (isUnknowable(destination)) return destination;
	if (destination === "BROADCAST") return type === "broadcast";
	if (type !== "unicast") return false;
	return at.bridged ? { unknown: phrase("match-not-for-bridged", { match: "pkttype" }) } : true;
}
