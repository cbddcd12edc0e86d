/** Reads one value of a datatype: a single one, a block of addresses, or a range. */
import { parsePrefix } from "../../address/prefix.ts";
import { phrase } from "../../wording/phrase.ts";
import { readScalar, type TypeName } from "./datatype.ts";
import type { KeyPart, Scalar } from "./element.ts";
import { order } from "./look-up.ts";
import { ParseFailure } from "./parse-failure.ts";

export function readPart(text: string, type: TypeName): KeyPart {
	if (text.includes("/")) {
		const prefix = parsePrefix(text);
		if (prefix !== undefined) return { kind: "prefix", prefix };
	}
	const single = readScalar(text, type);
	// A guess may take a range for a word.
	if (single !== undefined && (type !== undefined || single.kind !== "word")) return single;
	const range = readRange(text, type) ?? single;
	if (range === undefined) throw new ParseFailure(phrase("is-no", { text, what: type ?? phrase("a-value") }));
	return range;
}

function readRange(text: string, type: TypeName): KeyPart | undefined {
	for (let dash = text.indexOf("-", 1); dash > 0; dash = text.indexOf("-", dash + 1)) {
		const from = readScalar(text.slice(0, dash), type);
		const to = readScalar(text.slice(dash + 1), type);
		if (from !== undefined && to !== undefined && order(from, to) <= 0) return rangeOf(from, to);
	}
	return undefined;
}

/** A range whose ends can be compared. */
export function rangeOf(from: Scalar, to: Scalar): KeyPart {
	if (!(order(from, to) <= 0)) throw new ParseFailure(phrase("range-without-order"));
	return { kind: "range", from, to };
}
