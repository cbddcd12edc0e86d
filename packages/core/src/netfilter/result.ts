/** What running a chain gives: what happens to the packet, and of the rules that made it so each as a hit. */
import type { Origin } from "../origin/origin.ts";
import type { Effect } from "./context.ts";

/** A rule that the packet matched and that had a part in the outcome. */
export interface RuleHit {
	/** `iptables nat`, `ip6tables filter`, `nft ip kube-proxy` … */
	readonly table: string;
	readonly chain: string;
	/** The rule's place in its chain, from 1; 0: the chain's policy. */
	readonly position: number;
	/** The rule as its own tool prints it; made only when somebody reads it. */
	readonly text: () => string;
	readonly origin: Origin;
}

/** What a base chain decides: never `jump`, `goto`, `return` or `continue`, which end inside. */
export type ChainEffect = Exclude<Effect, { kind: "jump" | "goto" | "return" | "continue" }>;

/** The rules that had a part so far, of all chains that a packet met at a hook. One list serves many packets, one after the other. */
export class Hits {
	readonly #list: RuleHit[] = [];
	/** Counted apart: an array that is cut to nothing gives its memory away. */
	#count = 0;

	get count(): number {
		return this.#count;
	}

	add(hit: RuleHit): void {
		this.#list[this.#count++] = hit;
	}

	/** Forgets all but the first `count`. */
	takeBack(count: number): void {
		this.#count = count;
	}

	/** The last of those that came after the first `before`. */
	lastSince(before: number): RuleHit | undefined {
		return this.#count > before ? this.#list[this.#count - 1] : undefined;
	}

	/** Those after the first `before`, as a list that stays. */
	since(before: number): readonly RuleHit[] {
		return this.#list.slice(before, this.#count);
	}
}
