/** Looking keys up in sets and maps: by hash where an element is one value, by bisection among intervals. */

import { compareAddresses } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import { sameAddress } from "../../address/watched.ts";
import { PROTOCOL_NUMBERS } from "../../packet/packet.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Unknowable } from "../context.ts";
import { numberOf } from "./datatype.ts";
import { isScalar, type KeyPart, type NftElement, type Scalar, scalarText } from "./element.ts";
import type { Parts } from "./evaluation.ts";
import type { NftTable } from "./ruleset.ts";
import type { SetReference } from "./statement.ts";

interface Compiled {
	readonly exact: ReadonlyMap<string, NftElement>;
	/** Elements of one part that is an address block. */
	readonly blocks: PrefixMap<NftElement>;
	/** Elements of one part that is a range, in order; ranges of a set do not overlap. */
	readonly ranges: readonly Interval[];
	/** Everything else: patterns of device names, and concatenations with ranges or blocks. */
	readonly others: readonly NftElement[];
	/** `*`: for every key that nothing else is for. */
	readonly any: NftElement | undefined;
}

interface Interval {
	readonly from: Scalar;
	readonly to: Scalar;
	readonly element: NftElement;
}

const compiled = new WeakMap<readonly NftElement[], Compiled>();

/** The element for a key; undefined: there is none; or why that cannot be told. */
export function lookUp(where: SetReference, key: Parts, table: NftTable): NftElement | undefined | Unknowable {
	if (key.unknownBits !== undefined) return { unknown: phrase("status-as-key") };
	if (!key.parts.every(isScalar)) return { unknown: phrase("key-not-single") };
	if (where.kind === "anonymous") return find(where.elements, key.parts);
	const set = table.sets.get(where.name);
	return set === undefined
		? { unknown: phrase("set-not-in-table", { set: where.name, table: table.name }) }
		: find(set.elements, key.parts);
}

function find(elements: readonly NftElement[], key: readonly Scalar[]): NftElement | undefined {
	let index = compiled.get(elements);
	if (index === undefined) {
		index = compile(elements);
		compiled.set(elements, index);
	}
	const exact = index.exact.get(key.length === 1 ? keyText(key[0] as Scalar) : key.map(keyText).join(" "));
	if (exact !== undefined) return exact;
	const only = key[0];
	if (key.length === 1 && only !== undefined) {
		const inside =
			(only.kind === "address" ? index.blocks.longestMatch(only.address) : undefined) ?? bisect(index.ranges, only);
		if (inside !== undefined) return inside;
	}
	return index.others.find((element) => element.key.every((part, i) => covers(part, key[i]) === true)) ?? index.any;
}

function compile(elements: readonly NftElement[]): Compiled {
	const exact = new Map<string, NftElement>();
	const blocks = new PrefixMap<NftElement>();
	const ranges: Interval[] = [];
	const others: NftElement[] = [];
	let any: NftElement | undefined;
	for (const element of elements) {
		const [first] = element.key;
		const single = element.key.length === 1 ? first : undefined;
		if (single?.kind === "any") any = element;
		else if (element.key.every((part) => isScalar(part) && !isPattern(part))) {
			exact.set(element.key.map((part) => keyText(part as Scalar)).join(" "), element);
		} else if (single?.kind === "prefix") blocks.set(single.prefix, element);
		else if (single?.kind === "range" && !Number.isNaN(order(single.from, single.to))) {
			ranges.push({ from: single.from, to: single.to, element });
		} else others.push(element);
	}
	ranges.sort((a, b) => order(a.from, b.from) || 0);
	return { exact, blocks, ranges, others, any };
}

function bisect(ranges: readonly Interval[], value: Scalar): NftElement | undefined {
	let low = 0;
	let high = ranges.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (order((ranges[middle] as Interval).from, value) <= 0) low = middle + 1;
		else high = middle;
	}
	const candidate = ranges[low - 1];
	return candidate !== undefined && order(value, candidate.to) <= 0 ? candidate.element : undefined;
}

/** `cali*`: every device whose name begins so. */
function isPattern(part: Scalar): boolean {
	return part.kind === "word" && part.word.endsWith("*");
}

/** Protocols are the same by name and by number; nothing else that is a word here has a number. */
function keyText(value: Scalar): string {
	if (value.kind !== "word") return scalarText(value);
	const name = value.word === "ipv6-icmp" ? "icmpv6" : value.word;
	const number = Object.hasOwn(PROTOCOL_NUMBERS, name) ? PROTOCOL_NUMBERS[name] : undefined;
	return number === undefined ? value.word : String(number);
}

/** Whether a part of an element holds a value; undefined where they cannot be compared. */
export function covers(part: KeyPart, value: KeyPart | undefined): boolean | undefined {
	if (value?.kind === "range") return coversAll(part, value);
	if (value === undefined || !isScalar(value)) return undefined;
	switch (part.kind) {
		case "any":
			return true;
		case "prefix":
			return value.kind === "address" && contains(part.prefix, value.address);
		case "range": {
			const low = order(part.from, value);
			return Number.isNaN(low) ? undefined : low <= 0 && order(value, part.to) <= 0;
		}
		default:
			if (isPattern(part) && part.kind === "word") {
				return value.kind === "word" && value.word.startsWith(part.word.slice(0, -1));
			}
			if (part.kind === "address" && value.kind === "address") return sameAddress(part.address, value.address);
			return keyText(part) === keyText(value);
	}
}

/** For a value that is one of a range; undefined where some of them are held and some are not. */
function coversAll(part: KeyPart, { from, to }: Extract<KeyPart, { kind: "range" }>): boolean | undefined {
	const ends = part.kind === "range" ? part : isScalar(part) ? { from: part, to: part } : undefined;
	if (ends === undefined) return part.kind === "any" ? true : undefined;
	if (order(ends.from, from) <= 0 && order(to, ends.to) <= 0) return true;
	return order(to, ends.from) < 0 || order(from, ends.to) > 0 ? false : undefined;
}

/** Negative, zero or positive; NaN where the two have no order. */
export function order(a: Scalar, b: Scalar): number {
	if (a.kind === "address" && b.kind === "address") {
		return a.address.family === b.address.family ? compareAddresses(a.address, b.address) : Number.NaN;
	}
	return (numberOf(a) ?? Number.NaN) - (numberOf(b) ?? Number.NaN);
}
