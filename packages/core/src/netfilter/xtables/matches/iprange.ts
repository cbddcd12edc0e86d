/** `-m iprange` (net/netfilter/xt_iprange.c). */
import { type Address, compareAddresses, type Family } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, parseAddressOf, printModule, printOption } from "../words.ts";

export interface AddressRange {
	readonly from: Address;
	readonly to: Address;
	readonly negated: boolean;
}

export interface IprangeMatch {
	readonly kind: "iprange";
	readonly source?: AddressRange;
	readonly destination?: AddressRange;
}

const OPTIONS = ["--src-range", "--dst-range"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const iprangeExtension: MatchExtension<IprangeMatch> = {
	kind: "iprange",
	module: "iprange",
	options: OPTIONS,
	parse: (words, family) => {
		let match: IprangeMatch = { kind: "iprange" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			const range = { ...parseAddressRange(words.value(), family), negated: words.takeNegation() };
			match = name === "--src-range" ? { ...match, source: range } : { ...match, destination: range };
		}
		if (match.source === undefined && match.destination === undefined) throw new ParseFailure(phrase("no-range-given"));
		return match;
	},
	print: (match) =>
		printModule("iprange", [
			match.source && printOption("--src-range", printAddressRange(match.source), match.source.negated),
			match.destination && printOption("--dst-range", printAddressRange(match.destination), match.destination.negated),
		]),
	test: (match, at) =>
		(match.source === undefined || inAddressRange(match.source, at.packet.src)) &&
		(match.destination === undefined || inAddressRange(match.destination, at.packet.dst)),
};

function inAddressRange(range: AddressRange, address: Address): boolean {
	return (compareAddresses(range.from, address) <= 0 && compareAddresses(address, range.to) <= 0) !== range.negated;
}

/** `FROM-TO`, or one address for both. */
function parseAddressRange(text: string, family: Family): { readonly from: Address; readonly to: Address } {
	const dash = text.indexOf("-");
	const from = parseAddressOf(dash < 0 ? text : text.slice(0, dash), family);
	const to = dash < 0 ? from : parseAddressOf(text.slice(dash + 1), family);
	if (compareAddresses(from, to) > 0) throw new ParseFailure(phrase("is-no-range", { text }));
	return { from, to };
}

function printAddressRange(range: { readonly from: Address; readonly to: Address }): string {
	return `${range.from.text}-${range.to.text}`;
}
