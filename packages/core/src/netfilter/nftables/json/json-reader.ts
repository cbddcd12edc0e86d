/** Reads expressions, values and statements from nft's JSON (libnftables-json(5)). */
import { addressBits, parseAddress } from "../../../address/address.ts";
import { prefixOf } from "../../../address/prefix.ts";
import { type Phrase, phrase } from "../../../wording/phrase.ts";
import { isBits, numberOf, readScalar, type TypeName, typedValue } from "../datatype.ts";
import { isScalar, type KeyPart, type NftElement, type Scalar, wordValue } from "../element.ts";
import { BY_KEY, expressionExtension, VALUE } from "../expressions/index.ts";
import { DEEPEST_EXPRESSION, ParseFailure } from "../parse-failure.ts";
import type { NftFamily, NftSet } from "../ruleset.ts";
import type { Expression, Operand, SetReference, Statement } from "../statement.ts";
import { STATEMENT_BY_KEY } from "../statements/index.ts";
import { bitsOfJson } from "../statements/match.ts";
import { verdictFromJson } from "../statements/verdict.ts";
import { rangeOf, readPart } from "../value-reading.ts";
import {
	isList,
	isObject,
	type Json,
	type JsonObject,
	member,
	numberAt,
	optionalNumber,
	optionalString,
	stringAt,
} from "./json.ts";

export class JsonReader {
	/** The sets of the table that is being read. */
	sets: ReadonlyMap<string, NftSet> = new Map();
	/** The family of that table. */
	family: NftFamily = "ip";
	#depth = 0;

	types(of: Expression): readonly TypeName[] {
		const { sets } = this;
		const types = (each: Expression): readonly TypeName[] => expressionExtension(each).types(each, { types, sets });
		return types(of);
	}

	statement(json: Json): Statement {
		const [key, value] = onlyMember(json, phrase("a-statement"));
		const extension = STATEMENT_BY_KEY.get(key);
		if (extension === undefined) throw new ParseFailure(phrase("named-statement-not-known", { text: key }));
		return extension.fromJson(key, value, this);
	}

	expression(json: Json | undefined, types: readonly TypeName[] = []): Expression {
		if (json === undefined) throw new ParseFailure(phrase("expression-missing"));
		if (++this.#depth > DEEPEST_EXPRESSION) throw new ParseFailure(phrase("expressions-too-deep"));
		try {
			if (!isObject(json)) return VALUE.fromJson("", json, this, types);
			const [key, value] = onlyMember(json, phrase("an-expression"));
			// Flags joined with `|` are one value.
			const flags = isBits(types[0]) && bitsOfJson(json)?.every((each) => typeof each === "string") === true;
			const extension = flags || VALUE_KEYS.has(key) ? VALUE : BY_KEY.get(key);
			if (extension === undefined) throw new ParseFailure(phrase("expression-not-known", { text: key }));
			return extension.fromJson(key, extension === VALUE ? json : value, this, types);
		} finally {
			this.#depth--;
		}
	}

	operand(json: Json | undefined, types: readonly TypeName[]): Operand {
		if (typeof json === "string" && json.startsWith("@")) return { kind: "named", name: json.slice(1) };
		if (isObject(json)) {
			const set = member(json, "set");
			if (set !== undefined) return { kind: "list", elements: this.elements(set, types, null) };
			const concat = member(json, "concat");
			if (concat !== undefined) return { kind: "parts", parts: this.#key(json, types) };
			const [key] = onlyMember(json, phrase("an-operand"));
			if (BY_KEY.has(key) && !(key === "|" && isBits(types[0]))) {
				return { kind: "expression", expression: this.expression(json, types) };
			}
		}
		if (json === undefined) throw new ParseFailure(phrase("comparison-without-right"));
		return { kind: "parts", parts: [this.keyPart(json, types[0])] };
	}

	reference(json: Json | undefined, types: readonly TypeName[], valueTypes: readonly TypeName[]): SetReference {
		if (typeof json === "string" && json.startsWith("@")) return { kind: "named", name: json.slice(1) };
		if (!isObject(json)) throw new ParseFailure(phrase("look-up-without-set"));
		return { kind: "anonymous", elements: this.elements(member(json, "set"), types, valueTypes) };
	}

	/** Elements of a set, which are keys; or of a map, which are pairs: then value types are given. */
	elements(
		json: Json | undefined,
		types: readonly TypeName[],
		valueTypes: readonly TypeName[] | null,
	): readonly NftElement[] {
		const list = isList(json) ? json : json === undefined ? [] : [json];
		return list.map((each) => {
			if (valueTypes === null) return this.#element(each, types);
			if (!isList(each) || each.length !== 2) throw new ParseFailure(phrase("element-no-pair"));
			const [key, value] = each as readonly [Json, Json];
			return { ...this.#element(key, types), value: this.#value(value, valueTypes) };
		});
	}

	#value(json: Json, types: readonly TypeName[]): NonNullable<NftElement["value"]> {
		const verdicts = types[0] === "verdict" || (types[0] === undefined && isVerdictObject(json));
		return verdicts ? verdictFromJson(json) : this.#key(json, types);
	}

	#element(json: Json, types: readonly TypeName[]): NftElement {
		const elem = isObject(json) ? member(json, "elem") : undefined;
		if (!isObject(elem)) return { key: this.#key(json, types) };
		const comment = optionalString(elem, "comment");
		const timeout = optionalNumber(elem, "timeout");
		const expires = optionalNumber(elem, "expires");
		return {
			key: this.#key(member(elem, "val") ?? null, types),
			...(comment === undefined ? {} : { comment }),
			...(timeout === undefined ? {} : { timeout }),
			...(expires === undefined ? {} : { expires }),
		};
	}

	#key(json: Json, types: readonly TypeName[]): readonly KeyPart[] {
		const concat = isObject(json) ? member(json, "concat") : undefined;
		return isList(concat) ? concat.map((part, i) => this.keyPart(part, types[i])) : [this.keyPart(json, types[0])];
	}

	keyPart(json: Json, type: TypeName): KeyPart {
		const bits = bitsOfJson(json);
		if (bits !== undefined) return this.#bits(bits, type);
		if (json === "*") return { kind: "any" };
		if (typeof json === "boolean") return wordValue(json ? "exists" : "missing");
		if (typeof json === "number") return scalarOf(String(json), type);
		if (typeof json === "string") return typeof type === "string" ? scalarOf(json, type) : readPart(json, type);
		if (!isObject(json)) throw new ParseFailure(phrase("value-missing"));
		const prefix = member(json, "prefix");
		if (isObject(prefix)) return prefixOfJson(prefix);
		const range = member(json, "range");
		if (!isList(range) || range.length !== 2) throw new ParseFailure(phrase("value-not-known"));
		const [from, to] = range.map((end) => this.keyPart(end, type));
		if (from === undefined || to === undefined || !isScalar(from) || !isScalar(to))
			throw new ParseFailure(phrase("no-range"));
		return rangeOf(from, to);
	}

	#bits(bits: readonly Json[], type: TypeName): Scalar {
		let all = 0;
		for (const each of bits) {
			const part = typeof each === "string" || typeof each === "number" ? scalarOf(String(each), type) : undefined;
			const number = part === undefined || !isBits(type) ? undefined : numberOf(part, type);
			if (number === undefined) throw new ParseFailure(phrase("flags-not-known"));
			all |= number;
		}
		return typedValue(all >>> 0, type);
	}
}

const VALUE_KEYS: ReadonlySet<string> = new Set(["prefix", "range"]);

function onlyMember(json: Json, what: Phrase): readonly [string, Json] {
	const entries = isObject(json) ? Object.entries(json) : [];
	const [entry] = entries;
	if (entry === undefined || entries.length !== 1) throw new ParseFailure(phrase("no-object-with-one-key", { what }));
	return entry;
}

function isVerdictObject(json: Json): boolean {
	return (
		isObject(json) && ["accept", "drop", "continue", "return", "jump", "goto"].some((key) => Object.hasOwn(json, key))
	);
}

function scalarOf(text: string, type: TypeName): Scalar {
	const scalar = readScalar(text, type);
	if (scalar === undefined) throw new ParseFailure(phrase("is-no", { text, what: type ?? phrase("a-value") }));
	return scalar;
}

function prefixOfJson(json: JsonObject): KeyPart {
	const address = parseAddress(stringAt(json, "addr"));
	const length = numberAt(json, "len");
	if (address === undefined || !Number.isInteger(length) || length < 0 || length > addressBits(address.family)) {
		throw new ParseFailure(phrase("no-address-block"));
	}
	return { kind: "prefix", prefix: prefixOf(address, length) };
}
