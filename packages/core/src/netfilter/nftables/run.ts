/** Runs a base chain: rules in order, statements in order, jumps and verdicts (net/netfilter/nf_tables_core.c nft_do_chain). */
import {
	ACCEPT,
	CONTINUE,
	DROP,
	type Effect,
	type NatRange,
	RETURN,
	type RejectWith,
	type RuleContext,
} from "../context.ts";
import type { ChainResult, RuleHit } from "../result.ts";
import { type Scalar, scalarText } from "./element.ts";
import { evaluate, isUnknown } from "./evaluate.ts";
import { lookUp } from "./look-up.ts";
import { matches } from "./match.ts";
import { printRule } from "./print.ts";
import type { NftChain, NftRule, NftTable } from "./ruleset.ts";
import type { Expression, Statement, Verdict } from "./statement.ts";

/** NFT_JUMP_STACK_SIZE. */
const DEPTH_LIMIT = 16;
const NO_HITS: readonly RuleHit[] = [];

/**
 * Runs a base chain of the table. With `hits` the rules that had a part are added to it and are the result's too. What it
 * accepts goes on to the hook's next chain; that is the caller's business.
 */
export function runNftChain(table: NftTable, chain: NftChain, at: RuleContext, hits: RuleHit[] | null): ChainResult {
	const effect = new ChainRun(table, at, hits).base(chain);
	return { effect, hits: hits ?? NO_HITS };
}

class ChainRun {
	readonly #table: NftTable;
	readonly #at: RuleContext;
	readonly #hits: RuleHit[] | null;

	constructor(table: NftTable, at: RuleContext, hits: RuleHit[] | null) {
		this.#table = table;
		this.#at = at;
		this.#hits = hits;
	}

	base(chain: NftChain): ChainResult["effect"] {
		const effect = this.#chain(chain, 0);
		switch (effect.kind) {
			case "continue":
			case "return":
				if (chain.base?.policy !== "drop") return { kind: "accept" };
				this.#hit(chain, 0, null);
				return { kind: "drop" };
			case "jump":
			case "goto":
				return { kind: "unknown", unknown: `a ${effect.kind} that was not followed` };
			default:
				return effect;
		}
	}

	/** `continue`: the end of the chain was reached. */
	#chain(chain: NftChain, depth: number): Effect {
		if (depth > DEPTH_LIMIT) return { kind: "unknown", unknown: `chain "${chain.name}" is nested too deeply` };
		for (const [i, rule] of chain.rules.entries()) {
			const hitsBefore = this.#hits?.length ?? 0;
			const effect = this.#rule(rule, chain, i + 1);
			switch (effect.kind) {
				case "continue":
					break;
				case "return":
					return RETURN;
				case "jump": {
					const result = this.#call(effect.chain, depth);
					if (result.kind !== "continue" && result.kind !== "return") return result;
					this.#forget(hitsBefore + 1);
					break;
				}
				case "goto":
					return this.#call(effect.chain, depth);
				default:
					return effect;
			}
		}
		return CONTINUE;
	}

	#call(name: string, depth: number): Effect {
		const chain = this.#table.chains.get(name);
		if (chain === undefined) return { kind: "unknown", unknown: `table ${this.#table.name} has no chain "${name}"` };
		return this.#chain(chain, depth + 1);
	}

	/** A call after which nothing was changed had no part. */
	#forget(length: number): void {
		const hits = this.#hits;
		if (hits !== null && hits.length === length) hits.length = length - 1;
	}

	#rule(rule: NftRule, chain: NftChain, position: number): Effect {
		for (const statement of rule.statements) {
			if (statement.kind === "match") {
				const truth = matches(statement, this.#table, this.#at);
				if (truth === true) continue;
				if (truth === false) return CONTINUE;
				this.#hit(chain, position, rule);
				return { kind: "unknown", unknown: truth.unknown };
			}
			const effect = this.#statement(statement);
			if (effect === null) return CONTINUE;
			if (effect.kind !== "continue") {
				if (effect.kind !== "return") this.#hit(chain, position, rule);
				return effect;
			}
			if (statement.kind === "mangle" || statement.kind === "notrack") this.#hit(chain, position, rule);
		}
		return CONTINUE;
	}

	/** What a statement does; null: it does not hold, and the rule ends. */
	#statement(statement: Exclude<Statement, { readonly kind: "match" }>): Effect | null {
		switch (statement.kind) {
			case "verdict":
				return effectOf(statement.verdict);
			case "vmap":
				return this.#verdictMap(statement);
			case "nat":
				return this.#nat(statement);
			case "reject":
				return { kind: "reject", with: statement.with ?? defaultReject(this.#at) };
			case "mangle":
				return this.#mangle(statement);
			case "notrack":
				this.#at.setUntracked();
				return CONTINUE;
			case "remember":
			case "bystander":
				return CONTINUE;
			case "limit":
				this.#at.assume(
					"rate-limit",
					`rate limit "${statement.text}" of ${this.#table.name} is taken not to be reached`,
				);
				return statement.inverted ? null : CONTINUE;
			case "other":
				return { kind: "unknown", unknown: `statement "${statement.text}"` };
		}
	}

	#verdictMap({ key, map }: Extract<Statement, { readonly kind: "vmap" }>): Effect | null {
		const worth = evaluate(key, this.#table, this.#at);
		if (isUnknown(worth)) return { kind: "unknown", unknown: worth.unknown };
		if (worth.kind === "absent") return null;
		if (worth.kind === "words") return { kind: "unknown", unknown: "flags as the key of a verdict map" };
		const found = lookUp(map, worth.parts, this.#table);
		if (found === undefined) return null;
		if ("unknown" in found) return { kind: "unknown", unknown: found.unknown };
		const { value } = found;
		if (value === undefined || !("kind" in value))
			return { kind: "unknown", unknown: "a verdict map without verdicts" };
		return effectOf(value);
	}

	#nat({ action, address, port, flags }: Extract<Statement, { readonly kind: "nat" }>): Effect {
		const to = address === undefined ? [] : this.#values(address);
		const ports = port === undefined ? [] : this.#values(port);
		if ("unknown" in to) return { kind: "unknown", unknown: to.unknown };
		if ("unknown" in ports) return { kind: "unknown", unknown: ports.unknown };
		// A map may give address and port at once: `dnat ip addr . port to ip daddr map @…`.
		const target = to.find((each) => each.kind === "address");
		const number = [...to, ...ports].find((each) => each.kind === "number");
		const range: NatRange = {
			...(target === undefined ? {} : { addresses: { from: target.address, to: target.address } }),
			...(number === undefined ? {} : { ports: { from: number.number, to: number.number } }),
			...(flags.some((flag) => flag.endsWith("random")) ? { random: true } : {}),
			...(flags.includes("persistent") ? { persistent: true } : {}),
		};
		return { kind: action, range };
	}

	#values(expression: Expression): readonly Scalar[] | { readonly unknown: string } {
		const worth = evaluate(expression, this.#table, this.#at);
		if (isUnknown(worth)) return worth;
		return worth.kind === "parts" ? worth.parts : { unknown: "an address rewrite without a value" };
	}

	#mangle({ target, value }: Extract<Statement, { readonly kind: "mangle" }>): Effect {
		const values = this.#values(value);
		if ("unknown" in values) return { kind: "unknown", unknown: values.unknown };
		const [only] = values;
		if (only?.kind !== "number")
			return { kind: "unknown", unknown: `${target} set to ${only === undefined ? "nothing" : scalarText(only)}` };
		if (target === "mark") this.#at.setMark(only.number);
		else this.#at.setConnectionMark(only.number);
		return CONTINUE;
	}

	#hit(chain: NftChain, position: number, rule: NftRule | null): void {
		if (this.#hits === null) return;
		const { family, name } = this.#table;
		this.#hits.push({
			table: `nft ${family} ${name}`,
			chain: chain.name,
			position,
			text: () => (rule === null ? `policy ${chain.base?.policy ?? "accept"}` : printRule(rule)),
			origin: rule?.origin ?? { component: "unknown", note: "policy" },
		});
	}
}

function effectOf(verdict: Verdict): Effect {
	switch (verdict.kind) {
		case "accept":
			return ACCEPT;
		case "drop":
			return DROP;
		case "continue":
			return CONTINUE;
		case "return":
			return RETURN;
		default:
			return verdict;
	}
}

/** `reject` alone answers "port unreachable" (nft(8)). */
function defaultReject(at: RuleContext): RejectWith {
	return at.family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
}
