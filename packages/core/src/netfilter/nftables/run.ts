/** Runs a base chain: rules in order, statements in order, jumps and verdicts (net/netfilter/nf_tables_core.c nft_do_chain). */
import { phrase } from "../../wording/phrase.ts";
import { CONTINUE, type Effect, RETURN, type RuleContext } from "../context.ts";
import type { ChainEffect, Hits } from "../result.ts";
import type { NftElement } from "./element.ts";
import type { Evaluation, Worth } from "./evaluation.ts";
import { expressionExtension } from "./expressions/index.ts";
import { printerFor, printRule } from "./print.ts";
import { elementOrigin } from "./rule-origin.ts";
import type { NftChain, NftRule, NftTable } from "./ruleset.ts";
import type { Expression } from "./statement.ts";
import { statementExtension } from "./statements/index.ts";

/** NFT_JUMP_STACK_SIZE. */
const DEPTH_LIMIT = 16;

/**
 * Runs a base chain of the table. The rules that had a part are added to `hits`. What it accepts goes on to the hook's next
 * chain; that is the caller's business.
 */
export function runNftChain(table: NftTable, chain: NftChain, at: RuleContext, hits: Hits | null): ChainEffect {
	return new ChainRun(table, at, hits).base(chain);
}

class ChainRun implements Evaluation {
	readonly table: NftTable;
	readonly at: RuleContext;
	readonly #hits: Hits | null;
	/** What the rule under way found in a verdict map. */
	#element: NftElement | null = null;

	constructor(table: NftTable, at: RuleContext, hits: Hits | null) {
		this.table = table;
		this.at = at;
		this.#hits = hits;
	}

	evaluate(expression: Expression): Worth {
		return expressionExtension(expression).evaluate(expression, this);
	}

	decidedBy(element: NftElement): void {
		this.#element = element;
	}

	base(chain: NftChain): ChainEffect {
		const effect = this.#chain(chain, 0);
		switch (effect.kind) {
			case "continue":
			case "return":
				if (chain.base?.policy !== "drop") return { kind: "accept" };
				this.#hit(chain, 0, null);
				return { kind: "drop" };
			case "jump":
			case "goto":
				return { kind: "unknown", unknown: phrase("effect-not-followed", { effect: effect.kind }) };
			default:
				return effect;
		}
	}

	/** `continue` or `return`: the chain was left without a verdict. */
	#chain(chain: NftChain, depth: number): Effect {
		if (depth > DEPTH_LIMIT) return { kind: "unknown", unknown: phrase("chain-too-deep", { chain: chain.name }) };
		for (const [i, rule] of chain.rules.entries()) {
			const hitsBefore = this.#hits?.count ?? 0;
			const effect = this.#rule(rule, chain, i + 1);
			switch (effect.kind) {
				case "continue":
					break;
				case "return":
					return RETURN;
				case "jump":
				case "goto": {
					const result = this.#call(effect.chain, depth);
					if (result.kind !== "continue" && result.kind !== "return") return result;
					this.#forget(hitsBefore + 1);
					// Nothing comes back to a chain that was left by goto.
					if (effect.kind === "goto") return CONTINUE;
					break;
				}
				default:
					return effect;
			}
		}
		return CONTINUE;
	}

	#call(name: string, depth: number): Effect {
		const chain = this.table.chains.get(name);
		if (chain === undefined)
			return { kind: "unknown", unknown: phrase("no-nft-chain", { table: this.table.name, chain: name }) };
		return this.#chain(chain, depth + 1);
	}

	/** A call after which nothing was changed had no part. */
	#forget(count: number): void {
		if (this.#hits?.count === count) this.#hits.takeBack(count - 1);
	}

	/**
	 * Statements in order. A match that cannot be told does not decide where another one right after it fails: the rule
	 * then has no part, whatever the first one is.
	 */
	#rule(rule: NftRule, chain: NftChain, position: number): Effect {
		this.#element = null;
		let untold: Effect | null = null;
		for (const statement of rule.statements) {
			if (untold !== null && statement.kind !== "match") break;
			const effect = statementExtension(statement).run(statement, this);
			if (effect === null) return CONTINUE;
			if (effect.kind === "continue") {
				if (CHANGES.has(statement.kind) && untold === null) this.#hit(chain, position, rule);
			} else if (effect.kind === "unknown" && statement.kind === "match") untold ??= effect;
			else if (untold === null) {
				if (effect.kind !== "return") this.#hit(chain, position, rule);
				return effect;
			}
		}
		if (untold === null) return CONTINUE;
		this.#hit(chain, position, rule);
		return untold;
	}

	#hit(chain: NftChain, position: number, rule: NftRule | null): void {
		if (this.#hits === null) return;
		const { family, name, sets } = this.table;
		const comment = rule === null ? undefined : this.#element?.comment;
		const origin = rule?.origin ?? { component: "unknown", note: "policy" };
		this.#hits.add({
			table: `nft ${family} ${name}`,
			chain: chain.name,
			position,
			text: () => (rule === null ? `policy ${chain.base?.policy ?? "accept"}` : printRule(rule, printerFor(sets))),
			origin: comment === undefined ? origin : elementOrigin(origin, comment),
		});
	}
}

/** Statements after which the walk goes on and something is different. */
const CHANGES: ReadonlySet<string> = new Set(["mangle", "notrack"]);
