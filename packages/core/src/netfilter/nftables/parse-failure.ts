/** A part of a rule set that is not what nft prints, or that podpath does not understand. The message is one phrase. */
export class ParseFailure extends Error {
	override readonly name = "ParseFailure";
}

/** Expressions within expressions end here, so that no input exhausts the stack. */
export const DEEPEST_EXPRESSION = 32;
