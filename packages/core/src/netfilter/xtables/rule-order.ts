/** Brings a rule's words into the order of iptables-save: the rule's own options, then each module with its options. */
import { phrase } from "../../wording/phrase.ts";
import { BASIC_BY_OPTION, MATCH_BY_MODULE } from "./matches/index.ts";
import { TARGET_BY_MODULE } from "./targets/index.ts";
import { ParseFailure, type Word } from "./words.ts";

export const LOAD: ReadonlySet<string> = new Set(["-m", "--match"]);
export const JUMP: ReadonlySet<string> = new Set(["-j", "--jump", "-g", "--goto"]);
const COUNTERS: ReadonlySet<string> = new Set(["-c", "--set-counters"]);
const WITHOUT_VALUE: ReadonlySet<string> = new Set(["-f", "--fragment"]);
/** Protocols that load the module of their options by themselves (iptables' load_proto). */
const MODULE_OF_PROTOCOL: ReadonlyMap<string, string> = new Map([
	["tcp", "tcp"],
	["6", "tcp"],
	["udp", "udp"],
	["17", "udp"],
	["sctp", "sctp"],
	["132", "sctp"],
	["icmp", "icmp"],
	["1", "icmp"],
	["icmpv6", "icmp6"],
	["ipv6-icmp", "icmp6"],
	["58", "icmp6"],
]);

interface Group {
	readonly name: string | null;
	readonly options: readonly string[];
	readonly words: Word[];
}

/**
 * The same words with every option next to the module that owns it: the latest loaded that knows it, as in iptables; one
 * that nobody knows stays with the module before it, or with a module without a name.
 */
export function gathered(words: readonly Word[]): readonly Word[] {
	const order = new Gathering();
	let at = 0;
	while (at < words.length) at = order.take(words, at);
	return order.result();
}

class Gathering {
	readonly #basic: Word[] = [];
	readonly #modules: Group[] = [];
	#target: Group | null = null;
	#current: Group | null = null;
	#protocol: string | null = null;

	/** Takes the option or value at `at` with all that belongs to it, and gives the place after it. */
	take(words: readonly Word[], at: number): number {
		const negation = isNegation(words, at);
		const first = negation ? at + 1 : at;
		const word = words[first] as Word;
		const values = valuesEnd(words, first + 1);
		if (!isOption(word)) {
			(this.#current ?? this.#module("", [])).words.push(word);
			return first + 1;
		}
		if (BASIC_BY_OPTION.has(word.text)) return this.#takeBasic(words, at, first);
		if (LOAD.has(word.text) || JUMP.has(word.text)) {
			const name = words[first + 1];
			if (negation || name === undefined) throw new ParseFailure(phrase("is-not-complete", { text: word.text }));
			if (LOAD.has(word.text)) this.#current = this.#module(name.text, MATCH_BY_MODULE.get(name.text)?.options ?? []);
			else this.#takeTarget(word, name);
			return first + 2;
		}
		if (COUNTERS.has(word.text)) return first + 3;
		const owner = this.#ownerOf(word.text);
		owner.words.push(...words.slice(at, values));
		this.#current = owner;
		return values;
	}

	result(): readonly Word[] {
		const modules = this.#modules.flatMap((group) => [
			{ text: "-m", quoted: false },
			{ text: group.name ?? "", quoted: group.name === "" },
			...group.words,
		]);
		return [...this.#basic, ...modules, ...(this.#target?.words ?? [])];
	}

	#takeBasic(words: readonly Word[], at: number, first: number): number {
		const option = (words[first] as Word).text;
		// `-s ! ADDRESS`, as old versions wrote it, has its `!` among the values.
		const inverted = words[first + 1]?.text === "!" && !words[first + 1]?.quoted;
		const end = WITHOUT_VALUE.has(option) ? first + 1 : first + (inverted ? 3 : 2);
		this.#basic.push(...words.slice(at, end));
		if (BASIC_BY_OPTION.get(option)?.kind === "protocol") this.#protocol = words[end - 1]?.text ?? null;
		this.#current = null;
		return end;
	}

	#takeTarget(flag: Word, name: Word): void {
		if (this.#target !== null) throw new ParseFailure(phrase("two-targets"));
		this.#target = { name: name.text, options: TARGET_BY_MODULE.get(name.text)?.options ?? [], words: [flag, name] };
		this.#current = this.#target;
	}

	#ownerOf(option: string): Group {
		const loaded = this.#modules.findLast((group) => group.options.includes(option));
		if (loaded !== undefined) return loaded;
		if (this.#target?.options.includes(option)) return this.#target;
		const implied = MODULE_OF_PROTOCOL.get(this.#protocol ?? "");
		const options = MATCH_BY_MODULE.get(implied ?? "")?.options ?? [];
		if (implied !== undefined && options.includes(option)) return this.#module(implied, options);
		return this.#current ?? this.#module("", []);
	}

	#module(name: string, options: readonly string[]): Group {
		const group: Group = { name, options, words: [] };
		this.#modules.push(group);
		return group;
	}
}

function isOption(word: Word | undefined): boolean {
	return word !== undefined && !word.quoted && word.text.length > 1 && word.text.startsWith("-");
}

/** Whether a `!` stands here that inverts the option after it. */
function isNegation(words: readonly Word[], at: number): boolean {
	const word = words[at];
	return word !== undefined && word.text === "!" && !word.quoted && isOption(words[at + 1]);
}

/** The place of the next option, past the values that begin at `at`. */
function valuesEnd(words: readonly Word[], at: number): number {
	let end = at;
	while (end < words.length && !isOption(words[end]) && !isNegation(words, end)) end++;
	return end;
}
