/** What running a chain gives: what happens to the packet, and the rules that made it so. */
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

/** The outcome of a base chain: never `jump`, `goto`, `return` or `continue`, which end inside. */
export interface ChainResult {
	readonly effect: Exclude<Effect, { kind: "jump" | "goto" | "return" | "continue" }>;
	/** Empty where nobody asked for it. Jumps that came back without effect are left out. */
	readonly hits: readonly RuleHit[];
}
