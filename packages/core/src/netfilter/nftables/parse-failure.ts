import type { Phrase } from "../../wording/phrase.ts";

/** A part of a rule set that is not what nft prints, or that podpath does not understand. */
export class ParseFailure extends Error {
	override readonly name = "ParseFailure";
	readonly why: Phrase;

	/** The message is the phrase's code: what it says is for whoever reports it, who may throw it away. */
	constructor(why: Phrase) {
		super(why.phrase);
		this.why = why;
	}
}

/** Expressions within expressions end here, so that no input exhausts the stack. */
export const DEEPEST_EXPRESSION = 32;
