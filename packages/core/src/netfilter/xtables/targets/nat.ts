/** What DNAT, SNAT, MASQUERADE and REDIRECT share (net/netfilter/xt_nat.c, xt_MASQUERADE.c, xt_REDIRECT.c). */
import { type Address, compareAddresses, type Family } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { NatRange } from "../../context.ts";
import { ParseFailure, parseAddressOf, parseRange, printRange, type Words } from "../words.ts";

export interface NatTarget<Kind extends "dnat" | "snat" | "masquerade" | "redirect"> {
	readonly kind: Kind;
	/** `random` stands for `--random` and for `--random-fully`. */
	readonly range: NatRange;
	/** `--random-fully`. */
	readonly fullyRandom?: true;
}

export const NAT_FLAGS = ["--random", "--random-fully", "--persistent"] as const;

/** The options of a NAT target: `to` holds where to, read by `parseTo`. */
export function parseNat(
	words: Words,
	owned: ReadonlySet<string>,
	parseTo: (text: string) => NatRange,
): { readonly range: NatRange; readonly fullyRandom?: true } {
	let range: NatRange = {};
	let flags: NatRange = {};
	let fullyRandom = false;
	let given = false;
	for (let name = words.option(owned); name !== null; name = words.option(owned)) {
		if (name === "--random") flags = { ...flags, random: true };
		else if (name === "--persistent") flags = { ...flags, persistent: true };
		else if (name === "--random-fully") {
			flags = { ...flags, random: true };
			fullyRandom = true;
		} else {
			// Kernels before 2.6.11 took several ranges; what one of today makes of them is not known.
			if (given) throw new ParseFailure(phrase("stands-twice", { name }));
			given = true;
			range = parseTo(words.value());
		}
	}
	return fullyRandom ? { range: { ...range, ...flags }, fullyRandom } : { range: { ...range, ...flags } };
}

export function printNatFlags(target: NatTarget<"dnat" | "snat" | "masquerade" | "redirect">): string {
	const random = target.fullyRandom ? " --random-fully" : target.range.random ? " --random" : "";
	return `${random}${target.range.persistent ? " --persistent" : ""}`;
}

/** `ADDRESS[-ADDRESS][:PORT[-PORT]]`, IPv6 addresses in brackets where ports follow; either part may be missing. */
export function parseEndpoints(text: string, family: Family): NatRange {
	const { addresses, ports } = splitEndpoints(text, family);
	const range: { addresses?: NatRange["addresses"] & {}; ports?: NatRange["ports"] & {} } = {};
	if (addresses !== "") range.addresses = parseAddresses(addresses, family);
	if (ports !== undefined) range.ports = parsePorts(ports);
	return range;
}

export function printEndpoints(range: NatRange, family: Family): string {
	const { addresses, ports } = range;
	const ofAddresses = addresses === undefined ? "" : printAddresses(addresses, family === 6 && ports !== undefined);
	return ports === undefined ? ofAddresses : `${ofAddresses}:${printRange(ports, "-")}`;
}

/** `PORT[-PORT]`. A port range with a base (`80-90/100`) is refused. */
export function parsePorts(text: string): { readonly from: number; readonly to: number } {
	return parseRange(text, 65535, "-");
}

function splitEndpoints(text: string, family: Family): { readonly addresses: string; readonly ports?: string } {
	if (family === 4 || text.startsWith("[") || text.startsWith(":")) {
		const colon = text.startsWith("[") ? text.indexOf("]:") + 1 : text.indexOf(":");
		const isWhole = colon < 0 || (text.startsWith("[") && colon === 0);
		const addresses = isWhole ? text : text.slice(0, colon);
		// `::1` begins with a colon too, and no port has one in it.
		if (family === 6 && !isWhole && text.includes(":", colon + 1)) return { addresses: text };
		return isWhole ? { addresses } : { addresses, ports: text.slice(colon + 1) };
	}
	return { addresses: text };
}

function parseAddresses(text: string, family: Family): { readonly from: Address; readonly to: Address } {
	const dash = text.indexOf("-");
	const from = parseAddressOf(unbracketed(dash < 0 ? text : text.slice(0, dash)), family);
	const to = dash < 0 ? from : parseAddressOf(unbracketed(text.slice(dash + 1)), family);
	if (compareAddresses(from, to) > 0) throw new ParseFailure(phrase("is-no-range", { text }));
	return { from, to };
}

function unbracketed(text: string): string {
	const from = text.startsWith("[") ? 1 : 0;
	return text.slice(from, text.endsWith("]") ? -1 : undefined);
}

function printAddresses(range: { readonly from: Address; readonly to: Address }, bracketed: boolean): string {
	const { from, to } = range;
	const text = from.text === to.text ? from.text : `${from.text}-${to.text}`;
	return bracketed ? `[${text}]` : text;
}
