/** Expressions and statements of rules. */
import type { RejectWith } from "../context.ts";
import type { KeyPart, NftElement, Scalar } from "./element.ts";

export type Verdict =
	| { readonly kind: "accept" }
	| { readonly kind: "drop" }
	| { readonly kind: "continue" }
	| { readonly kind: "return" }
	| { readonly kind: "jump"; readonly chain: string }
	| { readonly kind: "goto"; readonly chain: string };

/** What a lookup goes to: a named set or map of the table, or one written in the rule. */
export type SetReference =
	| { readonly kind: "named"; readonly name: string }
	| { readonly kind: "anonymous"; readonly elements: readonly NftElement[] };

/** Something that a packet has a value for. */
export type Expression =
	| { readonly kind: "value"; readonly value: Scalar }
	/** `ip saddr`, `tcp dport`, `th dport` … */
	| { readonly kind: "payload"; readonly protocol: string; readonly field: string }
	/** `meta mark`, `iifname` … */
	| { readonly kind: "meta"; readonly key: string }
	| { readonly kind: "ct"; readonly key: string; readonly direction?: "original" | "reply" }
	/** `fib daddr . mark type` … */
	| { readonly kind: "fib"; readonly result: "type" | "oif" | "oifname"; readonly flags: readonly string[] }
	| { readonly kind: "numgen"; readonly mode: "random" | "inc"; readonly modulus: number; readonly offset: number }
	/** `jhash`, `symhash`: by the packet, in a way that nobody knows beforehand. */
	| { readonly kind: "hash"; readonly modulus: number; readonly offset: number }
	| { readonly kind: "concatenation"; readonly parts: readonly Expression[] }
	| {
			readonly kind: "binary";
			readonly operator: "&" | "|" | "^" | "<<" | ">>";
			readonly left: Expression;
			readonly right: Expression;
	  }
	/** The value that a map gives for a key. */
	| { readonly kind: "map"; readonly key: Expression; readonly map: SetReference }
	/** Kept as it was; what it is worth is not known. */
	| { readonly kind: "other"; readonly text: string };

/** The right side of a match. */
export type Operand =
	| { readonly kind: "parts"; readonly parts: readonly KeyPart[] }
	/** Several values, one of which must be it: `{ 80, 443 }`; for states and flags a list without braces. */
	| { readonly kind: "list"; readonly elements: readonly NftElement[] }
	| { readonly kind: "named"; readonly name: string }
	| { readonly kind: "expression"; readonly expression: Expression };

export type Statement =
	| {
			readonly kind: "match";
			readonly operator: "==" | "!=" | "<" | ">" | "<=" | ">=" | "in";
			readonly left: Expression;
			readonly right: Operand;
	  }
	| { readonly kind: "vmap"; readonly key: Expression; readonly map: SetReference }
	| { readonly kind: "verdict"; readonly verdict: Verdict }
	| {
			readonly kind: "nat";
			readonly action: "dnat" | "snat" | "masquerade" | "redirect";
			readonly address?: Expression;
			readonly port?: Expression;
			/** The address expression gives address and port at once (`dnat ip addr . port to …`). */
			readonly flags: readonly string[];
	  }
	| { readonly kind: "reject"; readonly with: RejectWith | null }
	/** `meta mark set …`, `ct mark set …`. */
	| { readonly kind: "mangle"; readonly target: "mark" | "ct mark"; readonly value: Expression }
	| { readonly kind: "notrack" }
	/** `update @affinity { … }`: what is remembered of this packet for later ones. */
	| {
			readonly kind: "remember";
			readonly operation: "add" | "update" | "delete";
			readonly set: string;
			readonly key: Expression;
			readonly text: string;
	  }
	| { readonly kind: "limit"; readonly text: string; readonly inverted: boolean }
	/** Changes no packet's way: counter, log, comment … */
	| { readonly kind: "bystander"; readonly text: string }
	| { readonly kind: "other"; readonly text: string };
