/** Values and elements of sets as nft writes them, in text and in JSON. */
import type { Address } from "../../address/address.ts";
import { bitNames, isBits, numberOf, showScalar, type TypeName } from "./datatype.ts";
import type { KeyPart, NftElement, Scalar } from "./element.ts";
import { isVerdict } from "./element.ts";
import type { Json } from "./json/json.ts";
import { present } from "./json/json.ts";
import { printVerdict, verdictToJson } from "./statements/verdict.ts";

/** Types whose words stand in quotes. */
const QUOTED: ReadonlySet<TypeName> = new Set(["ifname", "iface_index"]);

/** A part as text; several bits of a value are joined with `separator`. */
export function showPart(part: KeyPart, type: TypeName, separator = " | "): string {
	switch (part.kind) {
		case "any":
			return "*";
		case "prefix":
			return part.prefix.text;
		case "range":
			// By number: names such as `echo-reply` have dashes of their own.
			return `${showScalar(part.from, boundType(type))}-${showScalar(part.to, boundType(type))}`;
		default:
			return bitsOf(part, type)?.join(separator) ?? showOne(part, type);
	}
}

function boundType(type: TypeName): TypeName {
	return type === "mark" ? type : undefined;
}

function showOne(value: Scalar, type: TypeName): string {
	const text = showScalar(value, type);
	return value.kind === "word" && (QUOTED.has(type) || !/^[\w:-]+$/.test(text)) ? quoted(text) : text;
}

/** nft has no escapes in quotes, so a quote within cannot be written. */
export function quoted(text: string): string {
	return `"${text.replace(/["\n]/g, "'")}"`;
}

function bitsOf(value: Scalar, type: TypeName): readonly string[] | undefined {
	if (!isBits(type)) return undefined;
	const number = numberOf(value, type);
	return number === undefined ? undefined : bitNames(number, type);
}

/** A part as JSON. Several bits are a list, or joined by an operator where one is named. */
export function partToJson(part: KeyPart, type: TypeName, joinedBy?: "|"): Json {
	switch (part.kind) {
		case "any":
			return "*";
		case "prefix":
			return { prefix: { addr: part.prefix.address.text, len: part.prefix.length } };
		case "range":
			return { range: [scalarToJson(part.from, type), scalarToJson(part.to, type)] };
		default: {
			const bits = bitsOf(part, type);
			if (bits === undefined || bits.length < 2) return scalarToJson(part, type);
			if (joinedBy === undefined) return bits;
			// Two by two, as nft takes them.
			return bits.slice(1).reduce<Json>((left, bit) => ({ [joinedBy]: [left, bit] }), bits[0] as string);
		}
	}
}

function scalarToJson(value: Scalar, type: TypeName): Json {
	if (type === "boolean") return value.kind === "word" && value.word === "exists";
	if (value.kind !== "number") return showScalar(value, type);
	const shown = showScalar(value, type);
	return /^(?:\d|0x)/.test(shown) ? value.number : shown;
}

export function showKey(key: readonly KeyPart[], types: readonly TypeName[]): string {
	return key.map((part, i) => showPart(part, types[i])).join(" . ");
}

export function keyToJson(key: readonly KeyPart[], types: readonly TypeName[]): Json {
	if (key.length === 1) return partToJson(key[0] as KeyPart, types[0]);
	return { concat: key.map((part, i) => partToJson(part, types[i])) };
}

/** `KEY [timeout …] [comment …] [: VALUE]`. */
export function showElement(
	{ key, value, comment, timeout, expires }: NftElement,
	types: readonly TypeName[],
	valueTypes: readonly TypeName[],
): string {
	const notes = [
		...(timeout === undefined ? [] : [`timeout ${showTime(timeout)}`]),
		...(expires === undefined ? [] : [`expires ${showTime(expires)}`]),
		...(comment === undefined ? [] : [`comment ${quoted(comment)}`]),
	];
	const head = [showKey(key, types), ...notes].join(" ");
	if (value === undefined) return head;
	return `${head} : ${isVerdict(value) ? printVerdict(value) : showKey(value, valueTypes)}`;
}

export function elementToJson(
	{ key, value, comment, timeout, expires }: NftElement,
	types: readonly TypeName[],
	valueTypes: readonly TypeName[],
): Json {
	const plain = key.length === 1 ? partToJson(key[0] as KeyPart, types[0], "|") : keyToJson(key, types);
	const notes = { ...present("timeout", timeout), ...present("expires", expires), ...present("comment", comment) };
	const head: Json = Object.keys(notes).length === 0 ? plain : { elem: { val: plain, ...notes } };
	if (value === undefined) return head;
	return [head, isVerdict(value) ? verdictToJson(value) : keyToJson(value, valueTypes)];
}

/** Seconds as `1d2h3m4s`. */
export function showTime(seconds: number): string {
	const units = [
		["d", 86400],
		["h", 3600],
		["m", 60],
		["s", 1],
	] as const;
	let rest = Math.trunc(seconds);
	let text = "";
	for (const [unit, length] of units) {
		const count = Math.trunc(rest / length);
		if (count > 0) text += `${count}${unit}`;
		rest -= count * length;
	}
	return text === "" ? "0s" : text;
}

/** An address before a port: IPv6 stands in brackets. */
export function showBeforePort(address: Address): string {
	return address.family === 6 ? `[${address.text}]` : address.text;
}
