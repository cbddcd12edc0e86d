/** Looking keys up in sets and maps: by hash where an element is one value, else one after the other. */
import { contains } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import { PROTOCOL_NUMBERS } from "../../packet/packet.ts";
import type { Unknowable } from "../context.ts";
import { type KeyPart, type NftElement, type Scalar, scalarText } from "./element.ts";
import type { NftTable } from "./ruleset.ts";
import type { SetReference } from "./statement.ts";

interface Compiled {
	readonly exact: ReadonlyMap<string, NftElement>;
	/** Elements of one part that is an address block. */
	readonly blocks: PrefixMap<NftElement>;
	/** Everything else: ranges, and concatenations with ranges or blocks. */
	readonly others: readonly NftElement[];
}

const compiled = new WeakMap<readonly NftElement[], Compiled>();

/** The element for a key; undefined: there is none; or why that cannot be told. */
export function lookUp(
	where: SetReference,
	key: readonly Scalar[],
	table: NftTable,
): NftElement | undefined | Unknowable {
	if (where.kind === "anonymous") return find(where.elements, key);
	const set = table.sets.get(where.name);
	return set === undefined ? { unknown: `set "${where.name}" is not in table ${table.name}` } : find(set.elements, key);
}

export function find(elements: readonly NftElement[], key: readonly Scalar[]): NftElement | undefined {
	let index = compiled.get(elements);
	if (index === undefined) {
		index = compile(elements);
		compiled.set(elements, index);
	}
	const exact = index.exact.get(key.length === 1 ? keyText(key[0] as Scalar) : key.map(keyText).join(" "));
	if (exact !== undefined) return exact;
	const only = key[0];
	if (key.length === 1 && only?.kind === "address") {
		const block = index.blocks.longestMatch(only.address);
		if (block !== undefined) return block;
	}
	return index.others.find((element) => element.key.every((part, i) => covers(part, key[i])));
}

function compile(elements: readonly NftElement[]): Compiled {
	const exact = new Map<string, NftElement>();
	const blocks = new PrefixMap<NftElement>();
	const others: NftElement[] = [];
	for (const element of elements) {
		const [first] = element.key;
		if (element.key.every(isScalar)) exact.set(element.key.map(keyText).join(" "), element);
		else if (element.key.length === 1 && first?.kind === "prefix") blocks.set(first.prefix, element);
		else others.push(element);
	}
	return { exact, blocks, others };
}

function isScalar(part: KeyPart): part is Scalar {
	return part.kind === "address" || part.kind === "number" || part.kind === "word";
}

/** Protocols are the same by name and by number; nothing else that is a word here has a number. */
function keyText(value: Scalar): string {
	if (value.kind !== "word") return scalarText(value);
	const name = value.word === "ipv6-icmp" ? "icmpv6" : value.word;
	const number = Object.hasOwn(PROTOCOL_NUMBERS, name) ? PROTOCOL_NUMBERS[name] : undefined;
	return number === undefined ? value.word : String(number);
}

/** Whether a part of an element holds a value. */
export function covers(part: KeyPart, value: Scalar | undefined): boolean {
	if (value === undefined) return false;
	switch (part.kind) {
		case "any":
			return true;
		case "prefix":
			return value.kind === "address" && contains(part.prefix, value.address);
		case "range":
			return order(part.from, value) <= 0 && order(value, part.to) <= 0;
		default:
			return isSameKey(part, value);
	}
}

function isSameKey(a: Scalar, b: Scalar): boolean {
	if (a.kind === "word" && a.word.endsWith("*") && b.kind === "word") return b.word.startsWith(a.word.slice(0, -1));
	return keyText(a) === keyText(b);
}

/** Negative, zero or positive; NaN where the two cannot be compared, so that no comparison holds. */
export function order(a: Scalar, b: Scalar): number {
	if (a.kind === "number" && b.kind === "number") return a.number - b.number;
	if (a.kind !== "address" || b.kind !== "address" || a.address.family !== b.address.family) return Number.NaN;
	for (let i = 0; i < a.address.words.length; i++) {
		const difference = (a.address.words[i] as number) - (b.address.words[i] as number);
		if (difference !== 0) return difference;
	}
	return 0;
}
