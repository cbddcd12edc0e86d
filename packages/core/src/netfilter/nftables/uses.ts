/**
 * Whether a rule set makes its stack track connections (nf_ct_netns_get in nft_ct.c and nft_nat.c: a nat chain
 * by itself does not).
 */
import type { Family } from "../../address/address.ts";
import type { NftRuleset, NftTable } from "./ruleset.ts";
import type { Expression, Statement } from "./statement.ts";

/** Whether packets of this family pass chains of the table. */
export function concerns(table: NftTable, family: Family): boolean {
	return table.family === "inet" || table.family === (family === 4 ? "ip" : "ip6");
}

export function usesConntrack(ruleset: NftRuleset, family: Family): boolean {
	for (const table of ruleset.tables) {
		if (!concerns(table, family)) continue;
		// One by one: chains are made when asked for, and one of the first mostly asks already.
		for (const chain of table.chains.values()) {
			if (chain.rules.some((rule) => rule.statements.some((statement) => asks(statement, family)))) return true;
		}
	}
	return false;
}

function asks(statement: Statement, family: Family): boolean {
	switch (statement.kind) {
		case "match":
			return (
				asksExpression(statement.left) ||
				(statement.right.kind === "expression" && asksExpression(statement.right.expression))
			);
		case "vmap":
			return asksExpression(statement.key);
		case "mangle":
			return statement.target === "ct mark" || asksExpression(statement.value);
		case "rewrite":
			return asksExpression(statement.key) || asksExpression(statement.value);
		case "limit":
			return statement.of === "ct count";
		case "nat":
			// nft_nat_init: in a table of both families an address is of one, and asks for that one's.
			return statement.family === undefined || statement.family === (family === 4 ? "ip" : "ip6");
		default:
			return false;
	}
}

function asksExpression(expression: Expression): boolean {
	switch (expression.kind) {
		case "ct":
			return true;
		case "concatenation":
			return expression.parts.some(asksExpression);
		case "binary":
			return asksExpression(expression.left) || asksExpression(expression.right);
		case "map":
			return asksExpression(expression.key);
		case "hash":
			return expression.key !== undefined && asksExpression(expression.key);
		default:
			return false;
	}
}
