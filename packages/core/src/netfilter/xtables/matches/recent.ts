/** `-m recent`: lists of addresses that were seen (net/netfilter/xt_recent.c). */
import { type Address, addressFromWords } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, parseAddressOf, printModule, printOption } from "../words.ts";

export interface RecentMatch {
	readonly kind: "recent";
	readonly list: string;
	readonly action: "set" | "rcheck" | "update" | "remove";
	readonly negated: boolean;
	readonly seconds?: number;
	/** Entries older than `seconds` are thrown away. */
	readonly reap: boolean;
	readonly hitCount?: number;
	readonly sameTtl: boolean;
	/** Laid over addresses before they are kept. */
	readonly mask: Address;
	readonly side: "source" | "destination";
}

const ACTIONS: ReadonlyMap<string, RecentMatch["action"]> = new Map([
	["--set", "set"],
	["--rcheck", "rcheck"],
	["--update", "update"],
	["--remove", "remove"],
]);
const OPTIONS = [
	...ACTIONS.keys(),
	"--seconds",
	"--reap",
	"--hitcount",
	"--rttl",
	"--name",
	"--mask",
	"--rsource",
	"--rdest",
] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);
const WHOLE = {
	4: addressFromWords([0xffffffff]),
	6: addressFromWords([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]),
} as const;

export const recentExtension: MatchExtension<RecentMatch> = {
	kind: "recent",
	module: "recent",
	options: OPTIONS,
	parse: (words, family) => {
		let match: Omit<RecentMatch, "action"> & { readonly action?: RecentMatch["action"] } = {
			kind: "recent",
			list: "DEFAULT",
			negated: false,
			reap: false,
			sameTtl: false,
			mask: WHOLE[family],
			side: "source",
		};
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			const action = ACTIONS.get(name);
			if (action !== undefined) match = { ...match, action, negated: words.takeNegation() };
			else if (name === "--seconds") match = { ...match, seconds: words.number(0xffffffff) };
			else if (name === "--hitcount") match = { ...match, hitCount: words.number(0xffffffff) };
			else if (name === "--reap") match = { ...match, reap: true };
			else if (name === "--rttl") match = { ...match, sameTtl: true };
			else if (name === "--name") match = { ...match, list: words.value() };
			else if (name === "--mask") match = { ...match, mask: parseAddressOf(words.value(), family) };
			else match = { ...match, side: name === "--rdest" ? "destination" : "source" };
		}
		const { action } = match;
		if (action === undefined) throw new ParseFailure(phrase("list-not-asked"));
		return { ...match, action };
	},
	print: (match) =>
		printModule("recent", [
			printOption(`--${match.action}`, "", match.negated),
			match.seconds === undefined ? "" : `--seconds ${match.seconds}`,
			match.reap ? "--reap" : "",
			match.hitCount === undefined ? "" : `--hitcount ${match.hitCount}`,
			match.sameTtl ? "--rttl" : "",
			`--name ${match.list}`,
			`--mask ${match.mask.text}`,
			match.side === "source" ? "--rsource" : "--rdest",
		]),
	test: (match, at) => {
		if (match.action === "set") return !match.negated;
		at.assume("recent-list-empty", phrase("recent-list-empty", { side: match.side, list: match.list }));
		return match.negated;
	},
};
