/** `-m addrtype`: what an address is to this stack's route tables (net/netfilter/xt_addrtype.c). */
import { type Address, isMulticast, isUnspecified } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import { type AddressType, isUnknowable, negateIf, type RuleContext, type Truth } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";
import { listOf } from "./conntrack.ts";

interface TypesAsked {
	readonly types: readonly AddressType[];
	readonly negated: boolean;
}

export interface AddrtypeMatch {
	readonly kind: "addrtype";
	readonly source?: TypesAsked;
	readonly destination?: TypesAsked;
	/** The address counts as local only on the device that the packet came in by, or leaves by. */
	readonly limitInterface: "in" | "out" | null;
}

const TYPES: ReadonlySet<string> = new Set<AddressType>([
	"UNSPEC",
	"UNICAST",
	"LOCAL",
	"BROADCAST",
	"ANYCAST",
	"MULTICAST",
	"BLACKHOLE",
	"UNREACHABLE",
	"PROHIBIT",
	"THROW",
	"NAT",
]);
const OPTIONS = ["--src-type", "--dst-type", "--limit-iface-in", "--limit-iface-out"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const addrtypeExtension: MatchExtension<AddrtypeMatch> = {
	kind: "addrtype",
	module: "addrtype",
	options: OPTIONS,
	parse: (words) => {
		let match: AddrtypeMatch = { kind: "addrtype", limitInterface: null };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--limit-iface-in") match = { ...match, limitInterface: "in" };
			else if (name === "--limit-iface-out") match = { ...match, limitInterface: "out" };
			else {
				const types = listOf<AddressType>(words.value(), TYPES);
				const asked = { types, negated: words.takeNegation() };
				match = name === "--src-type" ? { ...match, source: asked } : { ...match, destination: asked };
			}
		}
		if (match.source === undefined && match.destination === undefined) throw new ParseFailure(phrase("no-type-given"));
		return match;
	},
	print: (match) =>
		printModule("addrtype", [
			match.source && printOption("--src-type", match.source.types.join(","), match.source.negated),
			match.destination && printOption("--dst-type", match.destination.types.join(","), match.destination.negated),
			match.limitInterface === null ? "" : `--limit-iface-${match.limitInterface}`,
		]),
	test: (match, at) => {
		const source = match.source === undefined ? true : testTypes(match.source, at.packet.src, match, at);
		if (source === false || match.destination === undefined) return source;
		const destination = testTypes(match.destination, at.packet.dst, match, at);
		return destination === true ? source : destination;
	},
};

function testTypes(asked: TypesAsked, address: Address, match: AddrtypeMatch, at: RuleContext): Truth {
	const limit = match.limitInterface;
	const device = limit === null ? null : limit === "in" ? at.inDevice : at.outDevice;
	return negateIf(
		asked.negated,
		at.family === 4 ? isOneOf(asked.types, address, device, at) : isAllOf(asked.types, address, device, at),
	);
}

/** IPv4 (match_type): the address has one type, which must be listed. */
function isOneOf(types: readonly AddressType[], address: Address, device: string | null, at: RuleContext): Truth {
	const type = at.addressType(address, device);
	return isUnknowable(type) ? type : types.includes(type);
}

/** IPv6 (match_type6): each listed type that the address shows by itself must hold, and one of those that routes tell. */
function isAllOf(types: readonly AddressType[], address: Address, device: string | null, at: RuleContext): Truth {
	if (types.includes("MULTICAST") && !isMulticast(address)) return false;
	if (types.includes("UNICAST") && (isMulticast(address) || isUnspecified(address))) return false;
	if (types.includes("UNSPEC") && !isUnspecified(address)) return false;
	const routed = types.filter((type) => type === "LOCAL" || type === "ANYCAST" || type === "UNREACHABLE");
	return routed.length === 0 ? true : isOneOf(routed, address, device, at);
}
