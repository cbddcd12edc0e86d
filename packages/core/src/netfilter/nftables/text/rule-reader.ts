/** Reads rules, expressions and elements of sets from nft's text (src/parser_bison.y of nftables). */
import { type Phrase, phrase } from "../../../wording/phrase.ts";
import { isBits, numberOf, readNumber, readScalar, type TypeName, typedValue } from "../datatype.ts";
import { isScalar, type KeyPart, type NftElement } from "../element.ts";
import { type BinaryOperator, OPERATORS } from "../expressions/binary.ts";
import { BY_WORD, expressionExtension, VALUE } from "../expressions/index.ts";
import { DEEPEST_EXPRESSION, ParseFailure } from "../parse-failure.ts";
import type { NftSet } from "../ruleset.ts";
import type { Expression, Operand, SetReference, Statement, Verdict } from "../statement.ts";
import { STATEMENT_BY_WORD } from "../statements/index.ts";
import { settingOf } from "../statements/mangle.ts";
import { isOperator, type MatchOperator, operandTypes } from "../statements/match.ts";
import { VERDICT_WORDS, verdictOf } from "../statements/verdict.ts";
import { readPart } from "../value-reading.ts";
import type { Tokens } from "./tokens.ts";

/** Words for the signs of comparisons. */
const COMPARISONS: ReadonlyMap<string, MatchOperator> = new Map([
	["eq", "=="],
	["ne", "!="],
	["lt", "<"],
	["gt", ">"],
	["le", "<="],
	["ge", ">="],
]);
/** Words that together begin a statement of their own. */
const CT_STATEMENTS: ReadonlySet<string> = new Set(["count", "helper", "timeout", "expectation"]);
const TIME = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const SECONDS = [604800, 86400, 3600, 60, 1, 0.001] as const;
/** Where a bare value may be of any type. */
const NO_TYPES: readonly TypeName[] = [];

export class RuleReader {
	readonly tokens: Tokens;
	/** The sets of the table that is being read. */
	sets: ReadonlyMap<string, NftSet> = new Map();
	#depth = 0;

	constructor(tokens: Tokens) {
		this.tokens = tokens;
	}

	at(sign: string): boolean {
		return this.tokens.kind === "sign" && this.tokens.text === sign;
	}

	/** Steps over a sign if it stands here. */
	take(sign: string): boolean {
		if (!this.at(sign)) return false;
		this.tokens.advance();
		return true;
	}

	expect(sign: string): void {
		if (!this.take(sign)) throw new ParseFailure(phrase("sign-is-missing", { text: sign, where: this.#where() }));
	}

	peekWord(): string | undefined {
		return this.tokens.kind === "word" ? this.tokens.text : undefined;
	}

	takeWord(word: string): boolean {
		if (this.peekWord() !== word) return false;
		this.tokens.advance();
		return true;
	}

	expectWord(word: string): void {
		if (!this.takeWord(word)) throw new ParseFailure(phrase("sign-is-missing", { text: word, where: this.#where() }));
	}

	word(): string {
		const word = this.peekWord();
		if (word === undefined) throw new ParseFailure(phrase("word-is-missing", { where: this.#where() }));
		this.tokens.advance();
		return word;
	}

	/** A word, or a text in quotes. */
	text(): string {
		if (this.tokens.kind !== "string") return this.word();
		const { text } = this.tokens;
		this.tokens.advance();
		return text;
	}

	/** The name after `@`. */
	setName(): string {
		const { kind, text } = this.tokens;
		if (kind !== "set") throw new ParseFailure(phrase("set-is-missing", { where: this.#where() }));
		this.tokens.advance();
		return text;
	}

	number(most = 0xffffffff): number {
		const text = this.word();
		const number = readNumber(text) ?? (/^\d+$/.test(text) ? Number(text) : Number.NaN);
		if (!(number <= most)) throw new ParseFailure(phrase("is-no-number", { text }));
		return number;
	}

	/** `1h30m`, or plain seconds; gives seconds. */
	time(): number {
		const text = this.word();
		if (/^\d+$/.test(text)) return Number(text);
		const parts = TIME.exec(text);
		if (parts === null || text === "") throw new ParseFailure(phrase("is-no-time", { text }));
		return Math.trunc(SECONDS.reduce((sum, length, i) => sum + length * Number(parts[i + 1] ?? 0), 0));
	}

	#where(): Phrase {
		const { kind, text } = this.tokens;
		return kind === "end" || kind === "line"
			? phrase("missing-at-end")
			: phrase("missing-before", { text: text.slice(0, 40) });
	}

	skipLines(): void {
		while (this.tokens.kind === "line") this.tokens.advance();
	}

	types(of: Expression): readonly TypeName[] {
		const { sets } = this;
		const types = (each: Expression): readonly TypeName[] => expressionExtension(each).types(each, { types, sets });
		return types(of);
	}

	statement(): Statement {
		const { tokens } = this;
		const begin = tokens.mark;
		if (tokens.kind !== "word") return this.#expressionStatement();
		let word = this.word();
		if (word === "ct" && CT_STATEMENTS.has(this.peekWord() ?? "")) word = `ct ${this.word()}`;
		const extension = STATEMENT_BY_WORD.get(word);
		if (extension !== undefined) {
			// `ct helper "ftp"` asks for what `ct helper set "ftp"` sets.
			const asks = word.startsWith("ct ") && word !== "ct count" && this.peekWord() !== "set";
			if (!asks) return extension.parse(word, this);
		}
		tokens.back(begin);
		return this.#expressionStatement();
	}

	#expressionStatement(): Statement {
		const first = this.tokens.text;
		const left = this.expression();
		// A bare value is no question about a packet: the word belongs to a statement that is not known.
		if (isBareValue(left)) throw new ParseFailure(phrase("word-not-known", { text: first.slice(0, 40) }));
		if (this.takeWord("vmap")) {
			return { kind: "vmap", key: left, map: this.reference(this.types(left), ["verdict"]) };
		}
		if (this.takeWord("set")) return settingOf(left, this.#settingValue(this.types(left)));
		return this.#match(left);
	}

	/** `meta priority set 1:2` has a sign within. */
	#settingValue(types: readonly TypeName[]): Expression {
		const value = this.expression(types);
		if (!this.take(":")) return value;
		const major = value.kind === "value" && value.value.kind === "number" ? value.value.number : "";
		return { kind: "value", value: { kind: "word", word: `${major}:${this.word()}` } };
	}

	#match(left: Expression): Statement {
		const types = this.types(left);
		const given = this.#comparison();
		const looksUp = this.at("{") || this.tokens.kind === "set";
		const operator = given ?? (isBits(types[0]) && types.length === 1 && !looksUp ? "in" : "==");
		const right = this.#operand(left, types);
		if (this.tokens.kind !== "sign" || !this.take("/")) return { kind: "match", operator, left, right };
		// `tcp flags syn / fin,syn,rst,ack`: these of those.
		const mask: Expression = { kind: "value", value: this.keyPart(types[0]) };
		const masked: Expression = { kind: "binary", operator: "&", left, right: mask };
		return { kind: "match", operator: given ?? "==", left: masked, right };
	}

	#comparison(): MatchOperator | undefined {
		const { kind, text } = this.tokens;
		const operator = kind === "sign" && isOperator(text) ? text : kind === "word" ? COMPARISONS.get(text) : undefined;
		if (operator !== undefined) this.tokens.advance();
		return operator;
	}

	#operand(left: Expression, types: readonly TypeName[]): Operand {
		if (this.at("{")) return { kind: "list", elements: this.elements(types, null) };
		if (this.tokens.kind === "set") return { kind: "named", name: this.setName() };
		const word = this.peekWord();
		if (word === "meta" || word === "ct") return { kind: "expression", expression: this.expression(types) };
		return { kind: "parts", parts: this.#key(operandTypes(left, types, word)) };
	}

	#key(types: readonly TypeName[]): readonly KeyPart[] {
		const parts = [this.keyPart(types[0])];
		while (this.take(".")) parts.push(this.keyPart(types[parts.length]));
		return parts;
	}

	/** A value, a block or a range; of flags also several, as `syn,ack` or `(syn | ack)`. */
	keyPart(type: TypeName): KeyPart {
		if (this.take("*")) return { kind: "any" };
		const first = this.#valuePart(type);
		if (!isBits(type) || !isScalar(first)) return first;
		let bits = numberOf(first, type);
		while (bits !== undefined && (this.at("|") || this.at(","))) {
			this.tokens.advance();
			const next = this.#valuePart(type);
			const more = isScalar(next) ? numberOf(next, type) : undefined;
			bits = more === undefined ? undefined : (bits | more) >>> 0;
		}
		if (bits === undefined) throw new ParseFailure(phrase("flags-not-known"));
		return typedValue(bits, type);
	}

	#valuePart(type: TypeName): KeyPart {
		if (this.take("(")) {
			const inner = this.keyPart(type);
			this.expect(")");
			return inner;
		}
		const quotes = this.tokens.kind === "string";
		const text = this.text();
		if (quotes && type === undefined) return { kind: "word", word: text };
		// `80 - 90` is `80-90`.
		const range = this.take("-") ? `${text}-${this.word()}` : text;
		return readPart(range, type);
	}

	reference(types: readonly TypeName[], valueTypes: readonly TypeName[]): SetReference {
		if (this.tokens.kind === "set") return { kind: "named", name: this.setName() };
		return { kind: "anonymous", elements: this.elements(types, valueTypes) };
	}

	/** `{ KEY [: VALUE], … }`; without value types the elements have no values. */
	elements(types: readonly TypeName[], valueTypes: readonly TypeName[] | null): readonly NftElement[] {
		this.expect("{");
		const elements: NftElement[] = [];
		for (;;) {
			this.skipLines();
			if (this.take("}")) return elements;
			elements.push(this.#element(types, valueTypes));
			this.skipLines();
			if (!this.at("}")) this.expect(",");
		}
	}

	#element(types: readonly TypeName[], valueTypes: readonly TypeName[] | null): NftElement {
		const key = this.#elementKey(types);
		const notes: { comment?: string; timeout?: number; expires?: number } = {};
		for (;;) {
			if (this.takeWord("comment")) notes.comment = this.text();
			else if (this.takeWord("timeout")) notes.timeout = this.time();
			else if (this.takeWord("expires")) notes.expires = this.time();
			else if (this.peekWord() === "counter" || this.peekWord() === "limit" || this.peekWord() === "last") {
				this.statement();
			} else break;
		}
		this.skipLines();
		if (valueTypes === null || !this.take(":")) return { key, ...notes };
		this.skipLines();
		return { key, value: this.#elementValue(valueTypes), ...notes };
	}

	/** Flags in an element are joined with `|`: the comma ends it. */
	#elementKey(types: readonly TypeName[]): readonly KeyPart[] {
		if (!isBits(types[0]) || types.length !== 1) return this.#key(types);
		let bits = 0;
		do {
			const part = this.#valuePart(types[0]);
			const more = isScalar(part) ? numberOf(part, types[0]) : undefined;
			if (more === undefined) throw new ParseFailure(phrase("flags-not-known"));
			bits |= more;
		} while (this.take("|"));
		return [typedValue(bits >>> 0, types[0])];
	}

	#elementValue(types: readonly TypeName[]): readonly KeyPart[] | Verdict {
		const word = this.peekWord();
		if (types[0] === "verdict" || (types[0] === undefined && VERDICT_WORDS.some((known) => known === word))) {
			return verdictOf(this.word(), () => this.word());
		}
		return this.#key(types);
	}

	/** Expressions joined by dots and, where a map follows, what it gives for them. `types` are those of bare values. */
	expression(types: readonly TypeName[] = NO_TYPES): Expression {
		if (++this.#depth > DEEPEST_EXPRESSION) throw new ParseFailure(phrase("expressions-too-deep"));
		try {
			const parts = [this.#binary(0, types)];
			while (this.take(".")) parts.push(this.#binary(0, [types[parts.length]]));
			const [only] = parts;
			const key: Expression = parts.length === 1 && only !== undefined ? only : { kind: "concatenation", parts };
			if (!this.takeWord("map")) return key;
			return { kind: "map", key, map: this.reference(this.types(key), types) };
		} finally {
			this.#depth--;
		}
	}

	#binary(level: number, types: readonly TypeName[]): Expression {
		const operators = OPERATORS[level];
		if (operators === undefined) return this.#primary(types);
		let left = this.#binary(level + 1, types);
		for (;;) {
			const operator = this.#operator(operators);
			if (operator === undefined) return left;
			this.tokens.advance();
			const of = left.kind === "value" ? types : this.types(left);
			left = { kind: "binary", operator, left, right: this.#binary(level + 1, of) };
		}
	}

	#operator(operators: Readonly<Record<string, BinaryOperator>>): BinaryOperator | undefined {
		const { kind, text } = this.tokens;
		return (kind === "sign" || kind === "word") && Object.hasOwn(operators, text) ? operators[text] : undefined;
	}

	#primary(types: readonly TypeName[]): Expression {
		const { tokens } = this;
		if (this.at("(")) {
			const begin = tokens.mark;
			tokens.advance();
			if (isBits(types[0])) {
				tokens.back(begin);
				return VALUE.parse("", this, types);
			}
			const inner = this.expression(types);
			this.expect(")");
			return inner;
		}
		const word = this.peekWord();
		const extension = word === undefined ? undefined : BY_WORD.get(word);
		// `ip protocol icmp`, `mark set mark`: a word that is a value of the type wanted is one.
		if (extension === undefined || word === undefined || isValueOf(word, types[0])) return VALUE.parse("", this, types);
		tokens.advance();
		if (word === "tcp" && this.takeWord("option")) return extensionOf("tcp option").parse("tcp option", this, types);
		return extension.parse(word, this, types);
	}
}

function isBareValue(expression: Expression): boolean {
	switch (expression.kind) {
		case "value":
			return true;
		case "binary":
			return isBareValue(expression.left);
		case "concatenation":
			return expression.parts.some(isBareValue);
		default:
			return false;
	}
}

/** Types of words take any; only of types with a list of names can it be told that a word is one. */
function isValueOf(word: string, type: TypeName): boolean {
	if (type === undefined || type === "ifname" || type === "iface_index") return false;
	return readScalar(word, type) !== undefined;
}

function extensionOf(word: string): NonNullable<ReturnType<typeof BY_WORD.get>> {
	const extension = BY_WORD.get(word);
	if (extension === undefined) throw new ParseFailure(phrase("no-expression", { text: word }));
	return extension;
}
