/** Runs a base chain for a packet: jumps, gotos, returns and the policy (net/ipv4/netfilter/ip_tables.c, ipt_do_table). */
import { phrase } from "../../wording/phrase.ts";
import { type Effect, isUnknowable, type RuleContext, type Truth } from "../context.ts";
import type { ChainEffect, Hits, RuleHit } from "../result.ts";
import { type CompiledChain, type CompiledRule, type CompiledTable, compileTable } from "./compiled-chain.ts";
import { printRule } from "./rule.ts";
import type { XtChain, XtTable } from "./table.ts";
import { isBystander } from "./targets/bystander.ts";

/** A chain under way. */
interface Frame {
	readonly chain: CompiledChain;
	/** Who jumped here; null for the base chain. */
	readonly caller: Frame | null;
	/** The chain that was left for this one by goto. */
	readonly left: Frame | null;
	/** The rules that this packet may match, in order, and which of them is next. */
	readonly candidates: readonly CompiledRule[];
	next: number;
	/** How many hits there were before the jump and gotos that led here, and how many those are. */
	readonly hitsBefore: number;
	readonly calls: number;
}

/**
 * Runs a built-in chain of the table. The rules that had a part are added to `hits`: the jumps that were under way when it was
 * decided, rules that changed something (marks …), the rule that decided, and the policy where it drops.
 */
export function runChain(table: XtTable, chain: string, at: RuleContext, hits: Hits | null): ChainEffect {
	const ready = compileTable(table);
	const base = ready.chain(chain);
	if (base === undefined) return { kind: "unknown", unknown: phrase("no-chain", { table: table.name, chain }) };
	return runReadyChain(ready, base, at, hits);
}

/** As `runChain`, for a table and a chain that were made ready before. */
export function runReadyChain(
	table: CompiledTable,
	base: CompiledChain,
	at: RuleContext,
	hits: Hits | null,
): ChainEffect {
	return new ChainRun(table, at, hits).run(base);
}

/** It changes nothing, whether it matches or not. Of a rule that was not read whole nobody knows the target. */
function isHarmless({ rule, target }: CompiledRule): boolean {
	if (rule.matches.some((match) => match.kind === "other" && (match.module === "" || match.why !== undefined)))
		return false;
	return target === null || isBystander(target.data.kind);
}

class ChainRun {
	readonly #table: CompiledTable;
	readonly #at: RuleContext;
	readonly #hits: Hits | null;
	/** The chain that is being run now; null at the end of the base chain. */
	#frame: Frame | null = null;
	/** Whether the rule that was found last holds. */
	#truth: Truth = true;

	constructor(table: CompiledTable, at: RuleContext, hits: Hits | null) {
		this.#table = table;
		this.#at = at;
		this.#hits = hits;
	}

	run(base: CompiledChain): ChainEffect {
		const candidates = base.candidates(this.#at.packet);
		this.#frame = {
			chain: base,
			caller: null,
			left: null,
			candidates,
			next: 0,
			hitsBefore: this.#hits?.count ?? 0,
			calls: 0,
		};
		for (let frame = this.#frame as Frame | null; frame !== null; frame = this.#frame) {
			const found = this.#find(frame.candidates, frame.next);
			frame.next = found + 1;
			const rule = frame.candidates[found];
			if (rule === undefined) this.#leave(frame);
			else {
				const effect = this.#apply(frame, rule);
				if (effect !== null) return effect;
			}
		}
		return this.#policy(base.chain);
	}

	/** The place of the next rule that has a part; behind the last where there is none. */
	#find(candidates: readonly CompiledRule[], from: number): number {
		for (let place = from; place < candidates.length; place++) {
			const rule = candidates[place] as CompiledRule;
			const truth = testRule(rule, this.#at);
			if (truth === false || (truth !== true && isHarmless(rule))) continue;
			this.#truth = truth;
			return place;
		}
		return candidates.length;
	}

	/** What the rule that was found does, null where the walk goes on. */
	#apply(frame: Frame, rule: CompiledRule): ChainEffect | null {
		if (isUnknowable(this.#truth)) {
			this.#hit(frame, rule);
			return { kind: "unknown", unknown: this.#truth.unknown };
		}
		const { target } = rule;
		if (target === null) return null;
		const effect = target.extension.apply(target.data, this.#at);
		switch (effect.kind) {
			case "continue":
				if (CHANGES.has(target.data.kind)) this.#hit(frame, rule);
				return null;
			case "return":
				this.#leave(frame);
				return null;
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
	): ChainEffect | null {
		const hitsBefore = this.#hits?.count ?? 0;
		const called = this.#table.chain(call.chain);
		const candidates = called?.candidates(this.#at.packet) ?? [];
		const found = this.#find(candidates, 0);
		const first = candidates[found];
		// Most chains have nothing for a packet or send it back, and a jump that comes back without effect has no part.
		const isPassed = first === undefined || (this.#truth === true && first.target?.data.kind === "return");
		if (called !== undefined && isPassed && call.kind === "jump") return null;
		this.#hit(frame, rule);
		if (called === undefined) {
			return { kind: "unknown", unknown: phrase("no-chain", { table: this.#table.table.name, chain: call.chain }) };
		}
		// The kernel takes no such rules (mark_source_chains, nft_chain_validate), so a dump that has them is not whole.
		if (isUnderWay(frame, called)) {
			return { kind: "unknown", unknown: phrase("chain-loops", { chain: call.chain }) };
		}
		const begun = { chain: called, candidates, next: found + 1 };
		const entered: Frame =
			call.kind === "jump"
				? { ...begun, caller: frame, left: null, hitsBefore, calls: 1 }
				: { ...begun, caller: frame.caller, left: frame, hitsBefore: frame.hitsBefore, calls: frame.calls + 1 };
		this.#frame = entered;
		return first === undefined ? null : this.#apply(entered, first);
	}

	/** Back to the caller. A call after which nothing was changed had no part. */
	#leave({ caller, hitsBefore, calls }: Frame): void {
		this.#frame = caller;
		if (this.#hits?.count === hitsBefore + calls) this.#hits.takeBack(hitsBefore);
	}

	#hit(frame: Frame, rule: CompiledRule): void {
		if (this.#hits === null) return;
		if (rule.hit?.table !== this.#table.label) rule.hit = hitOf(rule, frame.chain, this.#table);
		this.#hits.add(rule.hit);
	}

	#policy(base: XtChain): ChainEffect {
		if (base.policy !== "DROP") return { kind: "accept" };
		const { name } = base;
		this.#hits?.add({
			table: this.#table.label,
			chain: name,
			position: 0,
			text: () => `-P ${name} DROP`,
			origin: { component: "unknown", note: "policy" },
		});
		return { kind: "drop" };
	}
}

/** Whether the chain is one of those that led to this frame, by jump or by goto. */
function isUnderWay(frame: Frame, chain: CompiledChain): boolean {
	for (let caller: Frame | null = frame; caller !== null; caller = caller.caller) {
		for (let left: Frame | null = caller; left !== null; left = left.left) {
			if (left.chain === chain) return true;
		}
	}
	return false;
}

/** Targets after which the walk goes on and something is different. */
const CHANGES: ReadonlySet<string> = new Set(["mark", "connmark", "ct", "notrack", "tos", "dscp"]);

function hitOf(compiled: CompiledRule, within: CompiledChain, { label, table }: CompiledTable): RuleHit {
	const { rule } = compiled;
	const { name: chain } = within.chain;
	let printed: string | undefined;
	const text = (): string => {
		printed ??= printRule(chain, rule, table.family);
		return printed;
	};
	return { table: label, chain, position: within.position(compiled), text, origin: rule.origin };
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
