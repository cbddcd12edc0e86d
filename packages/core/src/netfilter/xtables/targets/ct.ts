/** CT and NOTRACK: how, and whether, the connection is tracked (net/netfilter/xt_CT.c). */
import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";

export interface CtTarget {
	readonly kind: "ct";
	readonly notrack: boolean;
	/** The options beside `--notrack`, as written: `--zone 5`, `--helper ftp`. */
	readonly options: string;
}

export interface NotrackTarget {
	readonly kind: "notrack";
}

const NOTRACK: ReadonlySet<string> = new Set(["--notrack"]);
const ZONES = ["--zone", "--zone-orig", "--zone-reply"] as const;
const OTHERS: ReadonlySet<string> = new Set([...ZONES, "--helper", "--ctevents", "--expevents", "--timeout"]);

export const ctExtension: TargetExtension<CtTarget> = {
	kind: "ct",
	module: "CT",
	options: [...NOTRACK, ...OTHERS],
	parse: (words) => {
		let notrack = false;
		const options: string[] = [];
		for (;;) {
			const other = words.optionText(OTHERS);
			if (other !== null) options.push(other);
			else if (words.option(NOTRACK) !== null) notrack = true;
			else break;
		}
		return { kind: "ct", notrack, options: options.join(" ") };
	},
	print: (target) => `-j CT${target.notrack ? " --notrack" : ""}${target.options === "" ? "" : ` ${target.options}`}`,
	apply: (target, at) => {
		// Helpers, events and timeouts do not change the way of a connection's packets; a zone separates connections.
		if (target.options.includes("--zone"))
			return { kind: "unknown", unknown: phrase("target-not-evaluated", { target: "CT --zone" }) };
		if (target.notrack) at.setUntracked();
		return CONTINUE;
	},
};

export const notrackExtension: TargetExtension<NotrackTarget> = {
	kind: "notrack",
	module: "NOTRACK",
	options: [],
	parse: () => ({ kind: "notrack" }),
	print: () => "-j NOTRACK",
	apply: (_, at) => {
		at.setUntracked();
		return CONTINUE;
	},
};
