/** Whether a match holds for a packet. */
import { negateIf, type RuleContext, type Truth } from "../context.ts";
import type { KeyPart, NftElement, Scalar } from "./element.ts";
import { evaluate, isUnknown, type Worth } from "./evaluate.ts";
import { covers, find, order } from "./look-up.ts";
import type { NftTable } from "./ruleset.ts";
import type { Operand, Statement } from "./statement.ts";

type Match = Extract<Statement, { readonly kind: "match" }>;

export function matches({ operator, left, right }: Match, table: NftTable, at: RuleContext): Truth {
	const worth = evaluate(left, table, at);
	if (isUnknown(worth)) return worth;
	// A field that the packet does not have: nft's implicit dependency fails, whatever the operator.
	if (worth.kind === "absent") return false;
	switch (operator) {
		case "==":
		case "in":
			return holds(worth, right, table, at);
		case "!=":
			return negateIf(true, holds(worth, right, table, at));
		default:
			return compares(worth, operator, right, table, at);
	}
}

function holds(
	worth: Exclude<Worth, { readonly unknown: string }>,
	right: Operand,
	table: NftTable,
	at: RuleContext,
): Truth {
	if (worth.kind === "absent") return false;
	if (worth.kind === "words") return holdsWords(worth.words, right);
	const { parts } = worth;
	switch (right.kind) {
		case "parts":
			return right.parts.length === parts.length && right.parts.every((part, i) => covers(part, parts[i]));
		case "list":
			return find(right.elements, parts) !== undefined;
		case "named": {
			const set = table.sets.get(right.name);
			if (set === undefined) return { unknown: `set "${right.name}" is not in table ${table.name}` };
			const found = find(set.elements, parts);
			if (found === undefined && set.flags.includes("dynamic")) {
				at.assume(
					"dynamic-set",
					`set ${right.name} of ${table.name} fills as packets pass; it is taken to hold nothing of this client`,
				);
			}
			return found !== undefined;
		}
		case "expression": {
			const other = evaluate(right.expression, table, at);
			if (isUnknown(other)) return other;
			if (other.kind !== "parts") return { unknown: "a comparison with what has no value" };
			return other.parts.length === parts.length && other.parts.every((part, i) => covers(part, parts[i]));
		}
	}
}

/** Flags: one of the wanted words is among those that hold. */
function holdsWords(words: readonly string[], right: Operand): Truth {
	const wanted = right.kind === "parts" ? right.parts : right.kind === "list" ? right.elements.flatMap(onlyPart) : null;
	if (wanted === null) return { unknown: "flags compared with a named set" };
	return wanted.some((part) => part.kind === "word" && words.includes(part.word));
}

function onlyPart(element: NftElement): readonly KeyPart[] {
	return element.key.slice(0, 1);
}

function compares(
	worth: Exclude<Worth, { readonly unknown: string }>,
	operator: "<" | ">" | "<=" | ">=",
	right: Operand,
	table: NftTable,
	at: RuleContext,
): Truth {
	const left = worth.kind === "parts" ? worth.parts[0] : undefined;
	const other = right.kind === "expression" ? evaluate(right.expression, table, at) : null;
	if (other !== null && isUnknown(other)) return other;
	const bound = right.kind === "parts" ? right.parts[0] : other?.kind === "parts" ? other.parts[0] : undefined;
	if (
		left === undefined ||
		bound === undefined ||
		bound.kind === "prefix" ||
		bound.kind === "range" ||
		bound.kind === "any"
	) {
		return { unknown: `a comparison with ${operator}` };
	}
	const difference = order(left, bound satisfies Scalar);
	if (Number.isNaN(difference)) return { unknown: `a comparison with ${operator}` };
	switch (operator) {
		case "<":
			return difference < 0;
		case ">":
			return difference > 0;
		case "<=":
			return difference <= 0;
		case ">=":
			return difference >= 0;
	}
}
