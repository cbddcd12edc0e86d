/** Runs a base chain for a packet: jumps, gotos, returns and the policy (net/ipv4/netfilter/ip_tables.c, ipt_do_table). */
import { type Effect, isUnknowable, type RuleContext, type Truth } from "../context.ts";
import type { ChainResult, RuleHit } from "../result.ts";
import { type CompiledRule, candidatesOf, compileChain } from "./compiled-chain.ts";
import { printRule } from "./rule.ts";
import type { XtChain, XtTable } from "./table.ts";
import { targetExtension } from "./targets/index.ts";

const NO_HITS: readonly RuleHit[] = [];

/** A chain under way. */
interface Frame {
	readonly chain: XtChain;
	/** The chains that were left for this one by goto. */
	readonly gone: readonly XtChain[];
	/** The rules that this packet may match, in order. */
	readonly candidates: Iterator<CompiledRule>;
	/** How many hits there were before the jump and gotos that led here, and how many those are. */
	readonly hitsBefore: number;
	readonly calls: number;
}

/**
 * Runs a built-in chain of the table. With `hits` the rules that had a part are added to it, and are the result's too:
 * the jumps that were under way when it was decided, rules that changed something (marks …), the rule that decided, and
 * the policy where it drops.
 */
export function runChain(table: XtTable, chain: string, at: RuleContext, hits: RuleHit[] | null): ChainResult {
	const base = table.chains.get(chain);
	const effect: ChainResult["effect"] =
		base === undefined
			? { kind: "unknown", unknown: `the table ${table.name} has no chain "${chain}"` }
			: new ChainRun(table, at, hits).run(base);
	return { effect, hits: hits ?? NO_HITS };
}

class ChainRun {
	readonly #table: XtTable;
	readonly #at: RuleContext;
	readonly #hits: RuleHit[] | null;
	readonly #stack: Frame[] = [];

	constructor(table: XtTable, at: RuleContext, hits: RuleHit[] | null) {
		this.#table = table;
		this.#at = at;
		this.#hits = hits;
	}

	run(base: XtChain): ChainResult["effect"] {
		const candidates = candidatesOf(compileChain(base), this.#at.packet);
		this.#stack.push({ chain: base, gone: [], candidates, hitsBefore: this.#hits?.length ?? 0, calls: 0 });
		for (;;) {
			const frame = this.#stack[this.#stack.length - 1];
			if (frame === undefined) return this.#policy(base);
			const next = frame.candidates.next();
			const effect = next.done === true ? this.#leave() : this.#rule(frame, next.value);
			if (effect !== null) return effect;
		}
	}

	/** What the rule did, null where the walk goes on. */
	#rule(frame: Frame, rule: CompiledRule): ChainResult["effect"] | null {
		const truth = testRule(rule, this.#at);
		if (truth === false) return null;
		if (isUnknowable(truth)) {
			this.#hit(frame, rule);
			return { kind: "unknown", unknown: truth.unknown };
		}
		const { target } = rule.rule;
		if (target === null) return null;
		const effect = targetExtension(target).apply(target, this.#at);
		switch (effect.kind) {
			case "continue":
				if (CHANGES.has(target.kind)) this.#hit(frame, rule);
				return null;
			case "return":
				return this.#leave();
			case "jump":
			case "goto":
				return this.#call(frame, rule, effect);
			case "accept":
			case "drop":
			case "reject":
			case "dnat":
			case "snat":
			case "masquerade":
			case "redirect":
			case "netmap":
			case "unknown":
				this.#hit(frame, rule);
				return effect;
		}
	}

	#call(
		frame: Frame,
		rule: CompiledRule,
		call: Extract<Effect, { readonly kind: "jump" | "goto" }>,
	): ChainResult["effect"] | null {
		const hitsBefore = this.#hits?.length ?? 0;
		this.#hit(frame, rule);
		const chain = this.#table.chains.get(call.chain);
		if (chain === undefined) {
			return { kind: "unknown", unknown: `the table ${this.#table.name} has no chain "${call.chain}"` };
		}
		// The kernel takes no such rules (mark_source_chains, nft_chain_validate), so a dump that has them is not whole.
		if (this.#stack.some((caller) => caller.chain === chain || caller.gone.includes(chain))) {
			return { kind: "unknown", unknown: `the chain "${call.chain}" leads back to itself` };
		}
		const candidates = candidatesOf(compileChain(chain), this.#at.packet);
		if (call.kind === "jump") this.#stack.push({ chain, gone: [], candidates, hitsBefore, calls: 1 });
		else {
			this.#stack.pop();
			const gone = [...frame.gone, frame.chain];
			this.#stack.push({ chain, gone, candidates, hitsBefore: frame.hitsBefore, calls: frame.calls + 1 });
		}
		return null;
	}

	/** Back to the caller. A call after which nothing was changed had no part. */
	#leave(): null {
		const left = this.#stack.pop();
		const hits = this.#hits;
		if (hits !== null && left !== undefined && hits.length === left.hitsBefore + left.calls) {
			hits.length = left.hitsBefore;
		}
		return null;
	}

	#hit(frame: Frame, { rule, position }: CompiledRule): void {
		if (this.#hits === null) return;
		const { family } = this.#table;
		const { name } = frame.chain;
		const text = (): string => printRule(name, rule, family);
		this.#hits.push({ table: tableLabel(this.#table), chain: name, position, text, origin: rule.origin });
	}

	#policy(base: XtChain): ChainResult["effect"] {
		if (base.policy !== "DROP") return { kind: "accept" };
		const { name } = base;
		this.#hits?.push({
			table: tableLabel(this.#table),
			chain: name,
			position: 0,
			text: () => `-P ${name} DROP`,
			origin: { component: "unknown", note: "policy" },
		});
		return { kind: "drop" };
	}
}

/** Targets after which the walk goes on and something is different. */
const CHANGES: ReadonlySet<string> = new Set(["mark", "connmark", "ct", "notrack", "tos", "dscp"]);

function tableLabel(table: XtTable): string {
	return `${table.family === 4 ? "iptables" : "ip6tables"} ${table.name}`;
}

/**
 * Whether all matches hold. One that does not decides it, even where another cannot be told; what chooses (statistic)
 * or remarks (recent, limit) is not asked once something cannot be told.
 */
export function testRule({ tests }: Pick<CompiledRule, "tests">, at: RuleContext): Truth {
	let result: Truth = true;
	for (const { match, extension, pure } of tests) {
		if (result !== true && !pure) continue;
		const truth = extension.test(match, at);
		if (truth === false) return false;
		if (truth !== true && result === true) result = truth;
	}
	return result;
}
