/** Matches that count what passed before: `-m quota` and `-m connlimit` (net/netfilter/xt_quota.c, xt_connlimit.c). */

import { phrase } from "../../../wording/phrase.ts";
import { negateIf } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

export interface QuotaMatch {
	readonly kind: "quota";
	/** Bytes, as written: there may be more than a number holds. */
	readonly bytes: string;
	readonly negated: boolean;
}

const QUOTA: ReadonlySet<string> = new Set(["--quota"]);

export const quotaExtension: MatchExtension<QuotaMatch> = {
	kind: "quota",
	module: "quota",
	options: [...QUOTA],
	parse: (words) => {
		if (words.option(QUOTA) === null) throw new ParseFailure(phrase("no-quota-given"));
		const bytes = words.value();
		if (!/^\d+$/.test(bytes)) throw new ParseFailure(phrase("is-no-bytes", { text: bytes }));
		return { kind: "quota", bytes, negated: words.takeNegation() };
	},
	print: ({ bytes, negated }) => printModule("quota", [printOption("--quota", bytes, negated)]),
	test: ({ bytes, negated }, at) => {
		at.assume("quota-not-reached", phrase("quota-not-reached", { bytes }));
		return negateIf(negated, bytes !== "0");
	},
};

export interface ConnlimitMatch {
	readonly kind: "connlimit";
	readonly most: number;
	/** `--connlimit-upto`: matches while there are no more; else `--connlimit-above`. */
	readonly upTo: boolean;
	/** Length of the prefixes that are counted together; undefined: not written. */
	readonly mask?: number;
	readonly side: "source" | "destination" | null;
}

const CONNLIMIT_OPTIONS = [
	"--connlimit-above",
	"--connlimit-upto",
	"--connlimit-mask",
	"--connlimit-saddr",
	"--connlimit-daddr",
] as const;
const CONNLIMIT: ReadonlySet<string> = new Set(CONNLIMIT_OPTIONS);

export const connlimitExtension: MatchExtension<ConnlimitMatch> = {
	kind: "connlimit",
	module: "connlimit",
	options: CONNLIMIT_OPTIONS,
	parse: (words) => {
		let match: ConnlimitMatch | null = null;
		let rest: Pick<ConnlimitMatch, "mask" | "side"> = { side: null };
		for (let name = words.option(CONNLIMIT); name !== null; name = words.option(CONNLIMIT)) {
			if (name === "--connlimit-mask") rest = { ...rest, mask: words.number(128) };
			else if (name === "--connlimit-saddr") rest = { ...rest, side: "source" };
			else if (name === "--connlimit-daddr") rest = { ...rest, side: "destination" };
			else {
				const most = words.number(0xffffffff);
				// Old versions wrote `! --connlimit-above N`.
				match = { kind: "connlimit", most, upTo: (name === "--connlimit-upto") !== words.takeNegation(), side: null };
			}
		}
		if (match === null) throw new ParseFailure(phrase("no-limit-given"));
		return { ...match, ...rest };
	},
	print: ({ most, upTo, mask, side }) =>
		printModule("connlimit", [
			`--connlimit-${upTo ? "upto" : "above"} ${most}`,
			mask === undefined ? "" : `--connlimit-mask ${mask}`,
			side === null ? "" : side === "source" ? "--connlimit-saddr" : "--connlimit-daddr",
		]),
	test: ({ most, upTo }, at) => {
		at.assume("connection-limit-not-reached", phrase("connection-limit-not-reached", { most }));
		return 1 <= most === upTo;
	},
};
