/** From reasons to sentences, in the language of whoever asks. */
import type { Because, ReasonCode } from "../kernel/because.ts";
import type { Language } from "../wording/language.ts";
import { wordedFact } from "../wording/phrase.ts";
import { ENGLISH } from "./catalogue.ts";
import { CHINESE } from "./catalogue-zh.ts";

/** What an answer says in one language. */
export interface Catalogue {
	/** Facts stand in braces. */
	readonly sentences: Readonly<Record<ReasonCode, string>>;
	/** A sentence with whose entry it was. */
	readonly byWhom: (text: string, component: string, object: string | undefined) => string;
	readonly endedAt: (text: string, at: string) => string;
	readonly arrived: (at: string, destination: string) => string;
	/** The last of several rules that had a part; `others` came before it. */
	readonly lastRule: (rule: string, others: number) => string;
}

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en: ENGLISH, zh: CHINESE };

export function catalogueIn(language: Language): Catalogue {
	return CATALOGUES[language];
}

/** Sentences cut at their facts: even places are words, odd ones names of facts. */
const CUT: Readonly<Record<Language, Map<ReasonCode, readonly string[]>>> = { en: new Map(), zh: new Map() };

/** The reason as one sentence. */
export function sentence(because: Because, language: Language = "en"): string {
	const known = CUT[language];
	let parts = known.get(because.code);
	if (parts === undefined) {
		const [first = "", ...rest] = CATALOGUES[language].sentences[because.code].split(/[{}]/);
		// Only words of ours begin with a capital: a device keeps its name as it is.
		parts = [first.charAt(0).toUpperCase() + first.slice(1), ...rest];
		known.set(because.code, parts);
	}
	let text = parts[0] as string;
	for (let i = 1; i < parts.length; i += 2) {
		const fact = because.facts[parts[i] as string] ?? "?";
		text += typeof fact === "string" ? fact : wordedFact(fact, language);
		text += parts[i + 1];
	}
	return text;
}

/** The sentence with whose entry it was, where somebody put it there: `…, by kube-proxy for service/default/nginx`. */
export function reason(because: Because, language: Language = "en"): string {
	const { origin } = because;
	const text = sentence(because, language);
	if (origin === null || origin.component === "kernel" || origin.component === "unknown") return text;
	return CATALOGUES[language].byWhom(text, origin.component, origin.object);
}
