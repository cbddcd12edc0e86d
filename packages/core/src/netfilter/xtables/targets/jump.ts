/** `-j CHAIN`, which comes back to the next rule, and `-g CHAIN`, which comes back to where its caller was called from. */
import type { TargetExtension } from "../extension.ts";

export interface JumpTarget<Kind extends "jump" | "goto"> {
	readonly kind: Kind;
	readonly chain: string;
}

function jumpExtension<Kind extends "jump" | "goto">(kind: Kind, flag: "-j" | "-g"): TargetExtension<JumpTarget<Kind>> {
	return {
		kind,
		// A chain has the name that it was given.
		module: "",
		options: [],
		/** Stands at the chain's name. */
		parse: (words) => ({ kind, chain: words.value() }),
		print: (target) => `${flag} ${target.chain}`,
		apply: (target) => target as JumpTarget<"jump"> | JumpTarget<"goto">,
	};
}

export const jumpTargetExtension: TargetExtension<JumpTarget<"jump">> = jumpExtension("jump", "-j");
export const gotoTargetExtension: TargetExtension<JumpTarget<"goto">> = jumpExtension("goto", "-g");
