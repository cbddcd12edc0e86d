/** What came of laying a prediction beside an observation. Plain data. */
import type { Because, Phrase, Said, Verdict } from "@podpath/core";
import type { HopRow } from "./hop-row.ts";

export interface ComparedDirection {
	/** `answer`: the reply, or the refusal that came instead. */
	readonly direction: "forward" | "answer";
	readonly rows: readonly HopRow[];
}

/** What does not agree. */
export interface Difference {
	/** `forward hop 4 (node/a eth0 out), ttl`, `result`, `server`, `connections of node/a` … */
	readonly about: string;
	/** The same in words. */
	readonly said: Phrase;
	readonly predicted: Said;
	readonly observed: Said;
}

/** Where the two ways part: a row of a direction, from 0. */
export interface Divergence {
	readonly direction: ComparedDirection["direction"];
	readonly row: number;
}

interface Compared {
	/** The way that it was compared with, as a number in the list of predicted ways. */
	readonly way: number;
	readonly verdict: Verdict;
	readonly reason: string;
	readonly because: Because;
	/** What the client met, in a word. */
	readonly result: string;
	readonly directions: readonly ComparedDirection[];
	/** What a reader should know although it is no difference. */
	readonly remarks: readonly Phrase[];
}

export interface Agreement extends Compared {
	readonly kind: "agrees";
}

export interface Disagreement extends Compared {
	readonly kind: "differs";
	/** At least one; those of hops come first. */
	readonly differences: readonly Difference[];
	/** Null where the hops agree and something else does not. */
	readonly divergence: Divergence | null;
}

export interface NotCompared {
	readonly kind: "not-compared";
	readonly why: Said;
}

export type Comparison = Agreement | Disagreement | NotCompared;

/** Whether a difference is of a hop, and not of what the two ends and the tables say. */
export function isAboutHop(about: string): boolean {
	return /^(forward|answer) hop /.test(about);
}
