/** SET: adds the packet's fields to a set, deletes them, or takes values from it (net/netfilter/xt_set.c). */

import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";
import { parseDirections } from "../matches/set.ts";
import { ParseFailure } from "../words.ts";

export interface SetTarget {
	readonly kind: "set";
	readonly action: "add" | "del" | "map";
	readonly set: string;
	readonly directions: readonly ("src" | "dst")[];
	/** The further options, as written: `--exist --timeout 60`. */
	readonly options: string;
}

const ACTIONS: ReadonlyMap<string, SetTarget["action"]> = new Map([
	["--add-set", "add"],
	["--del-set", "del"],
	["--map-set", "map"],
]);
const OTHERS: ReadonlySet<string> = new Set(["--exist", "--timeout", "--map-mark", "--map-prio", "--map-queue"]);
const ACTION_OPTIONS: ReadonlySet<string> = new Set(ACTIONS.keys());

export const setTargetExtension: TargetExtension<SetTarget> = {
	kind: "set",
	module: "SET",
	options: [...ACTIONS.keys(), ...OTHERS],
	parse: (words) => {
		const action = ACTIONS.get(words.option(ACTION_OPTIONS) ?? "");
		if (action === undefined) throw new ParseFailure(phrase("nothing-to-do", { module: "SET" }));
		const set = words.value();
		const directions = parseDirections(words.value());
		const options: string[] = [];
		for (let text = words.optionText(OTHERS); text !== null; text = words.optionText(OTHERS)) options.push(text);
		return { kind: "set", action, set, directions, options: options.join(" ") };
	},
	print: (target) => {
		const options = target.options === "" ? "" : ` ${target.options}`;
		return `-j SET --${target.action}-set ${target.set} ${target.directions.join(",")}${options}`;
	},
	apply: (target, at) => {
		if (target.action === "map")
			return { kind: "unknown", unknown: phrase("target-not-evaluated", { target: "SET --map-set" }) };
		at.assume("set-not-changed", phrase("set-not-changed", { set: target.set }));
		return CONTINUE;
	},
};
