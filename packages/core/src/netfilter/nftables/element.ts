/** Elements of sets and maps, and the values that keys are made of. */
import type { Address } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import type { Verdict } from "./statement.ts";

/** One value: an address, a number (port, mark, protocol …) or a word (device name, connection state, protocol name …). */
export type Scalar =
	| { readonly kind: "address"; readonly address: Address }
	| { readonly kind: "number"; readonly number: number }
	| { readonly kind: "word"; readonly word: string };

/** A part of a key: one value, or many at once. */
export type KeyPart =
	| Scalar
	| { readonly kind: "prefix"; readonly prefix: Prefix }
	| { readonly kind: "range"; readonly from: Scalar; readonly to: Scalar }
	/** `*`: every value. */
	| { readonly kind: "any" };

export interface NftElement {
	/** One part, or several for a concatenation. */
	readonly key: readonly KeyPart[];
	/** What a map gives for it: parts of a value (ranges where an address is rewritten to one of them), or a verdict. */
	readonly value?: readonly KeyPart[] | Verdict;
	readonly comment?: string;
	/** Seconds that it lasts, and those that are left. */
	readonly timeout?: number;
	readonly expires?: number;
}

export function isVerdict(value: readonly KeyPart[] | Verdict): value is Verdict {
	return "kind" in value;
}

export function isScalar(part: KeyPart): part is Scalar {
	return part.kind === "address" || part.kind === "number" || part.kind === "word";
}

export function addressValue(address: Address): Scalar {
	return { kind: "address", address };
}

export function numberValue(number: number): Scalar {
	return { kind: "number", number };
}

export function wordValue(word: string): Scalar {
	return { kind: "word", word };
}

/** The value as text; equal values have equal texts. */
export function scalarText(value: Scalar): string {
	switch (value.kind) {
		case "address":
			return value.address.text;
		case "number":
			return String(value.number);
		case "word":
			return value.word;
	}
}
