/**
 * Sentences as data: what is said, and the facts in it. They are worded at the end, in the language of whoever asks, so that
 * who finds something out knows no prose.
 */
import { CHINESE } from "./chinese.ts";
import { ENGLISH } from "./english.ts";
import type { Language } from "./language.ts";

export type PhraseCode = keyof typeof ENGLISH;

/** Several are joined as the language joins them; `clauses` are longer, and stand further apart; `lines` stand below each other. */
export type Fact =
	| string
	| number
	| Phrase
	| readonly Fact[]
	| { readonly clauses: readonly Fact[] }
	| { readonly lines: readonly Fact[] };

export interface Phrase {
	readonly phrase: PhraseCode;
	readonly facts: Readonly<Record<string, Fact>>;
}

/** A phrase, or what is quoted and the same in every language: a name, a command, an entry. */
export type Said = string | Phrase;

/** The names that stand in braces in a template. */
type FactsIn<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
	? Name | FactsIn<Rest>
	: never;

type FactsOf<Code extends PhraseCode> = Readonly<Record<FactsIn<(typeof ENGLISH)[Code]>, Fact>>;

/** The type of a phrase's facts is what stands in braces in its English template. */
export function phrase<Code extends PhraseCode>(
	code: Code,
	...[facts]: keyof FactsOf<Code> extends never ? [] : [facts: FactsOf<Code>]
): Phrase {
	return { phrase: code, facts: facts ?? {} };
}

const TEMPLATES: Readonly<Record<Language, Readonly<Record<PhraseCode, string>>>> = { en: ENGLISH, zh: CHINESE };
const COMMA: Readonly<Record<Language, string>> = { en: ", ", zh: "、" };
const SEMICOLON: Readonly<Record<Language, string>> = { en: "; ", zh: "；" };

export function worded(said: Said, language: Language = "en"): string {
	if (typeof said === "string") return said;
	return TEMPLATES[language][said.phrase].replaceAll(
		/\{(\w+)\}/g,
		(braced: string, name: string, at: number, template: string) => {
			const fact = wordedFact(said.facts[name] ?? "?", language);
			return language === "zh" ? setApart(fact, template[at - 1], template[at + braced.length]) : fact;
		},
	);
}

/** Chinese has a space where it meets Latin letters, which only the fact shows. */
function setApart(fact: string, before = "", after = ""): string {
	return space(before, fact.charAt(0)) + fact + space(fact.slice(-1), after);
}

function space(left: string, right: string): string {
	return (HAN.test(left) && LATIN.test(right)) || (LATIN.test(left) && HAN.test(right)) ? " " : "";
}

const HAN = /\p{Script=Han}/u;
const LATIN = /[A-Za-z0-9]/;

/** One fact of a sentence. */
export function wordedFact(fact: Fact, language: Language): string {
	if (typeof fact === "number") return String(fact);
	if (typeof fact === "string" || "phrase" in fact) return worded(fact, language);
	if ("clauses" in fact) return fact.clauses.map((each) => wordedFact(each, language)).join(SEMICOLON[language]);
	if ("lines" in fact) return fact.lines.map((each) => wordedFact(each, language)).join("\n");
	return fact.map((each) => wordedFact(each, language)).join(COMMA[language]);
}

/** Whether what was kept elsewhere, perhaps by another version, is something that can be worded. */
export function isSaid(value: unknown): value is Said {
	return typeof value === "string" || isPhrase(value);
}

function isPhrase(value: unknown): value is Phrase {
	if (typeof value !== "object" || value === null || !("phrase" in value) || !("facts" in value)) return false;
	const { phrase: code, facts } = value;
	if (typeof code !== "string" || !Object.hasOwn(ENGLISH, code)) return false;
	return typeof facts === "object" && facts !== null && Object.values(facts).every(isFact);
}

function isFact(value: unknown): value is Fact {
	if (typeof value === "number" || isSaid(value)) return true;
	if (Array.isArray(value)) return value.every(isFact);
	if (typeof value !== "object" || value === null) return false;
	const joined = "clauses" in value ? value.clauses : "lines" in value ? value.lines : null;
	return Array.isArray(joined) && joined.every(isFact);
}

/** The same phrase with every text among its facts changed. */
export function withFacts({ phrase: code, facts }: Phrase, change: (text: string) => string): Phrase {
	const changed = (fact: Fact): Fact => {
		if (typeof fact === "number") return fact;
		if (typeof fact === "string") return change(fact);
		if ("phrase" in fact) return withFacts(fact, change);
		if ("clauses" in fact) return { clauses: fact.clauses.map(changed) };
		return "lines" in fact ? { lines: fact.lines.map(changed) } : fact.map(changed);
	};
	return {
		phrase: code,
		facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, changed(fact)])),
	};
}
