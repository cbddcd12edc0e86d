/**
 * nft's datatypes: how the text or JSON of a value becomes the one form that is kept, and back. Ports, marks and ICMP types
 * are numbers; protocols, states and device names are words; equal values are kept alike whatever they were written as.
 */
import { type Address, parseAddress } from "../../address/address.ts";
import { PROTOCOL_NUMBERS } from "../../packet/packet.ts";
import { addressValue, numberValue, type Scalar, scalarText, wordValue } from "./element.ts";
import { BIT_TYPES, NAMED_TYPES, NUMBERED_TYPES, PROTOCOLS, type Symbols } from "./symbols.ts";

/** A datatype by nft's name; undefined where nobody knows it, and values are taken for what they look like. */
export type TypeName = string | undefined;

const ADDRESS_TYPES: Readonly<Record<string, 4 | 6>> = { ipv4_addr: 4, ipv6_addr: 6 };
const WORD_TYPES: ReadonlySet<string> = new Set(["ifname", "iface_index", "ether_addr"]);
const NUMBER = /^(?:\d+|0[xX][0-9a-fA-F]+)$/;

/** Whether several bits of a value may be set, so that `ct state new` asks for one of them. */
export function isBits(type: TypeName): boolean {
	return type !== undefined && Object.hasOwn(BIT_TYPES, type);
}

/** The value that a text stands for; undefined: it is none of this type. */
export function readScalar(text: string, type: TypeName): Scalar | undefined {
	if (type === undefined) return guessScalar(text);
	const family = ADDRESS_TYPES[type];
	if (family !== undefined) {
		const address = parseAddress(text);
		return address?.family === family ? addressValue(address) : undefined;
	}
	// Indexes of devices are not known, but for that of none.
	if (type === "iface_index" && NUMBER.test(text)) return text === "0" ? numberValue(0) : undefined;
	if (WORD_TYPES.has(type)) return wordValue(type === "ether_addr" ? text.toLowerCase() : text);
	if (type === "inet_proto") return readProtocol(text);
	const symbols = symbolsOf(type);
	const named = symbols?.numbers.get(text);
	if (named !== undefined) return typedValue(named, type);
	const number = readNumber(text);
	if (number !== undefined) return typedValue(number, type);
	return symbols === undefined && !KNOWN_NUMBERS.has(type) ? guessScalar(text) : undefined;
}

/** Types that are numbers and have no names. */
const KNOWN_NUMBERS: ReadonlySet<string> = new Set(["mark", "integer"]);

function guessScalar(text: string): Scalar {
	const address: Address | undefined = parseAddress(text);
	if (address !== undefined) return addressValue(address);
	const number = readNumber(text);
	return number === undefined ? wordValue(text) : numberValue(number);
}

/** Decimal or hexadecimal, at most 32 bits. */
export function readNumber(text: string): number | undefined {
	const number = NUMBER.test(text) ? Number(text) : Number.NaN;
	return number <= 0xffffffff ? number : undefined;
}

function readProtocol(text: string): Scalar | undefined {
	const number = PROTOCOLS.numbers.get(text) ?? readNumber(text);
	return number === undefined || number > 255 ? undefined : protocolValue(number);
}

/** As packets name it: by name where there is one, else the number as text. */
export function protocolValue(number: number): Scalar {
	const known = PROTOCOLS.names.get(number);
	return wordValue(known !== undefined && Object.hasOwn(PROTOCOL_NUMBERS, known) ? known : String(number));
}

function symbolsOf(type: string): Symbols | undefined {
	if (Object.hasOwn(NAMED_TYPES, type)) return NAMED_TYPES[type];
	return Object.hasOwn(NUMBERED_TYPES, type) ? NUMBERED_TYPES[type] : undefined;
}

/** A number in the form that its type is kept in. */
export function typedValue(number: number, type: TypeName): Scalar {
	if (type === "inet_proto") return protocolValue(number);
	const name =
		type !== undefined && Object.hasOwn(NAMED_TYPES, type) ? NAMED_TYPES[type]?.names.get(number) : undefined;
	return name === undefined ? numberValue(number) : wordValue(name);
}

/** The number of a value, for arithmetic and comparisons; undefined where it has none. */
export function numberOf(value: Scalar, type?: TypeName): number | undefined {
	if (value.kind === "number") return value.number;
	if (value.kind === "address") return undefined;
	if (type !== undefined && Object.hasOwn(NAMED_TYPES, type)) return NAMED_TYPES[type]?.numbers.get(value.word);
	if (type === undefined || type === "inet_proto") return PROTOCOLS.numbers.get(value.word) ?? readNumber(value.word);
	return undefined;
}

/** The names of the bits of a value; undefined where some bit has none. */
export function bitNames(number: number, type: TypeName): readonly string[] | undefined {
	const names = type === undefined || !Object.hasOwn(BIT_TYPES, type) ? undefined : BIT_TYPES[type]?.names;
	if (names === undefined || number === 0) return undefined;
	const found: string[] = [];
	let rest = number;
	for (const [bit, name] of names) {
		if ((number & bit) === 0) continue;
		found.push(name);
		rest &= ~bit;
	}
	return rest === 0 ? found : undefined;
}

/** The value as nft shows it: by name where the type has one. Not quoted. */
export function showScalar(value: Scalar, type: TypeName): string {
	if (value.kind !== "number" || type === undefined) return scalarText(value);
	if (type === "mark") return `0x${value.number.toString(16)}`;
	if (type === "inet_service") return String(value.number);
	return symbolsOf(type)?.names.get(value.number) ?? String(value.number);
}
