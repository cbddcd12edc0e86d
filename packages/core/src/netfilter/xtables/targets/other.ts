/** Anything that podpath does not evaluate (NFQUEUE, TPROXY …), kept word for word. */
import { phrase } from "../../../wording/phrase.ts";
import type { TargetExtension } from "../extension.ts";

export interface OtherTarget {
	readonly kind: "other";
	/** What stands after `-j`. */
	readonly module: string;
	readonly text: string;
}

export const otherTargetExtension: TargetExtension<OtherTarget> = {
	kind: "other",
	module: "",
	options: [],
	/** Stands at the target's name, and takes every word up to the end. */
	parse: (words) => {
		const module = words.value();
		const text = words.text(words.position, words.length);
		words.position = words.length;
		return { kind: "other", module, text };
	},
	print: (target) => `-j ${target.module}${target.text === "" ? "" : ` ${target.text}`}`,
	apply: ({ module, text }) => ({
		kind: "unknown",
		// Without options it may as well be a chain that the dump does not declare.
		unknown: phrase(text === "" ? "chain-or-target" : "target-not-evaluated", { target: module }),
	}),
};
