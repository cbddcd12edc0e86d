/** Calico's label selectors: `has(rack) && rack in {'a', 'b'}` (libcalico-go/lib/selector/parser, tokenizer). */
import { type Phrase, phrase, type Said } from "../wording/phrase.ts";
import type { Field } from "./field.ts";

type Labels = Readonly<Record<string, string>>;

export interface CalicoSelector {
	readonly text: string;
	matches(labels: Labels): boolean;
}

type Test = (labels: Labels) => boolean;

/** What every label set fits: the empty selector, and `all()`. */
export const ALL: CalicoSelector = { text: "all()", matches: () => true };

/** Null where nothing is there or the text is empty. Throws an InputError for one that is not valid. */
export function readCalicoSelector(field: Field): CalicoSelector | null {
	const text = field.text();
	if (text.trim() === "") return null;
	const parsed = parseCalicoSelector(text);
	return "why" in parsed
		? field.fail("bad-selector", phrase("bad-selector", { field: field.label, why: parsed.why }))
		: parsed;
}

/** The selector, or why the text is none. */
export function parseCalicoSelector(text: string): CalicoSelector | { readonly why: Phrase } {
	const tokens = tokensOf(text);
	if (tokens === null) return { why: phrase("unexpected-characters", { text: JSON.stringify(text) }) };
	try {
		const reader = new SelectorReader(tokens);
		const test = reader.whole();
		return { text, matches: test };
	} catch (error) {
		if (error instanceof Unexpected) return { why: error.why };
		throw error;
	}
}

class Unexpected extends Error {
	readonly why: Phrase;

	constructor(why: Phrase) {
		super(why.phrase);
		this.why = why;
	}
}

interface Token {
	readonly kind: "label" | "string" | "punctuation" | "call";
	readonly text: string;
}

const SPACE = /[ \t]*/y;
const TOKEN =
	/(?<call>has\([ \t]*[\w./-]{1,512}[ \t]*\)|(?:all|global)\([ \t]*\))|(?<string>"[^"]*"|'[^']*')|(?<punctuation>==|!=|&&|\|\||[!(){},])|(?<label>[\w./-]{1,512})/y;

function tokensOf(text: string): readonly Token[] | null {
	const tokens: Token[] = [];
	let at = 0;
	for (;;) {
		SPACE.lastIndex = at;
		at += SPACE.exec(text)?.[0].length ?? 0;
		if (at === text.length) return tokens;
		TOKEN.lastIndex = at;
		const found = TOKEN.exec(text);
		const [kind, word] = Object.entries(found?.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
		if (kind === undefined || word === undefined) return null;
		tokens.push({ kind: kind as Token["kind"], text: kind === "string" ? word.slice(1, -1) : word });
		at += word.length;
	}
}

/** `||` binds least, then `&&`, then `!`. */
class SelectorReader {
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(tokens: readonly Token[]) {
		this.#tokens = tokens;
	}

	whole(): Test {
		const test = this.#either();
		if (this.#at < this.#tokens.length) throw new Unexpected(phrase("unexpected", { what: this.#shown() }));
		return test;
	}

	#either(): Test {
		const terms = [this.#both()];
		while (this.#skip("||")) terms.push(this.#both());
		return (labels) => terms.some((term) => term(labels));
	}

	#both(): Test {
		const terms = [this.#operation()];
		while (this.#skip("&&")) terms.push(this.#operation());
		return (labels) => terms.every((term) => term(labels));
	}

	#operation(): Test {
		if (this.#skip("!")) {
			const test = this.#operation();
			return (labels) => !test(labels);
		}
		if (this.#skip("(")) {
			const test = this.#either();
			this.#expect(")");
			return test;
		}
		const token = this.#next();
		if (token?.kind === "call") return callTest(token.text);
		if (token?.kind === "label") return this.#comparison(token.text);
		throw new Unexpected(
			token === undefined ? phrase("expression-expected") : phrase("unexpected", { what: shown(token) }),
		);
	}

	#comparison(label: string): Test {
		if (this.#skip("==")) {
			const wanted = this.#string();
			return (labels) => labelValue(labels, label) === wanted;
		}
		if (this.#skip("!=")) {
			const unwanted = this.#string();
			return (labels) => labelValue(labels, label) !== unwanted;
		}
		const operator = this.#next();
		switch (operator?.kind === "label" ? operator.text : "") {
			case "contains":
				return this.#onValue(label, (value, part) => value.includes(part));
			case "starts":
				this.#expect("with");
				return this.#onValue(label, (value, part) => value.startsWith(part));
			case "ends":
				this.#expect("with");
				return this.#onValue(label, (value, part) => value.endsWith(part));
			case "in":
				return this.#oneOf(label);
			case "not": {
				this.#expect("in");
				const inSet = this.#oneOf(label);
				return (labels) => !inSet(labels);
			}
			default:
				throw new Unexpected(phrase("operator-expected", { label }));
		}
	}

	#onValue(label: string, test: (value: string, part: string) => boolean): Test {
		const part = this.#string();
		return (labels) => {
			const value = labelValue(labels, label);
			return value !== undefined && test(value, part);
		};
	}

	/** A label that is not there is in no set. */
	#oneOf(label: string): Test {
		this.#expect("{");
		const values = new Set<string>();
		while (this.#tokens[this.#at]?.kind === "string") {
			values.add(this.#string());
			if (!this.#skip(",")) break;
		}
		this.#expect("}");
		return (labels) => {
			const value = labelValue(labels, label);
			return value !== undefined && values.has(value);
		};
	}

	#string(): string {
		const token = this.#next();
		if (token?.kind !== "string") throw new Unexpected(phrase("string-expected", { what: shown(token) }));
		return token.text;
	}

	#expect(text: string): void {
		if (!this.#skip(text)) throw new Unexpected(phrase("text-expected", { text, what: this.#shown() }));
	}

	#skip(text: string): boolean {
		const token = this.#tokens[this.#at];
		if (token === undefined || token.kind === "string" || token.text !== text) return false;
		this.#at += 1;
		return true;
	}

	#next(): Token | undefined {
		const token = this.#tokens[this.#at];
		this.#at += 1;
		return token;
	}

	#shown(): Said {
		return shown(this.#tokens[this.#at]);
	}
}

function shown(token: Token | undefined): Said {
	return token === undefined ? phrase("the-end") : `"${token.text}"`;
}

/** `global()` is for resources without a namespace, as nodes are. */
function callTest(text: string): Test {
	if (!text.startsWith("has(")) return () => true;
	const label = text.slice("has(".length, -1).trim();
	return (labels) => labelValue(labels, label) !== undefined;
}

function labelValue(labels: Labels, label: string): string | undefined {
	return Object.hasOwn(labels, label) ? labels[label] : undefined;
}
