/** What an expression is worth for a packet, and what evaluating one may ask for. */
import type { RuleContext, Unknowable } from "../context.ts";
import type { KeyPart, NftElement, Scalar } from "./element.ts";
import type { NftTable } from "./ruleset.ts";
import type { Expression } from "./statement.ts";

/**
 * The parts of a value; or nothing, where the packet has no such field and the rule therefore does not match (NFT_BREAK);
 * or why it cannot be told.
 */
export type Worth = Parts | { readonly kind: "absent" } | Unknowable;

export interface Parts {
	readonly kind: "parts";
	/** Prefixes and ranges only come from maps and literals, for address rewrites. */
	readonly parts: readonly KeyPart[];
	/** Bits of a number that are not known. */
	readonly unknownBits?: number;
}

export const ABSENT: Worth = { kind: "absent" };

export function worth(...parts: readonly Scalar[]): Worth {
	return { kind: "parts", parts };
}

export function isUnknown(of: Worth): of is Unknowable {
	return "unknown" in of;
}

/** A packet at a table: what expressions and statements are evaluated against. */
export interface Evaluation {
	readonly table: NftTable;
	readonly at: RuleContext;
	evaluate(expression: Expression): Worth;
	/** Is told the element of a verdict map that says what becomes of the packet. */
	decidedBy(element: NftElement): void;
}
