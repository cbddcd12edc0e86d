/** What a lab says to a question. Plain data. */
import type { PredictedWay, Question } from "@podpath/core";
import type { BackendKind } from "../backend.ts";
import type { Comparison } from "../compare/comparison.ts";
import type { Tally } from "../compare/tally.ts";
import type { Observation } from "../observation.ts";

export interface ProbedOnce {
	/** Null where no packet was sent, because nothing could have been compared. */
	readonly observation: Observation | null;
	readonly comparison: Comparison;
}

export interface LabAnswer {
	readonly question: Question;
	/** `uname -r` of the kernel that was asked. */
	readonly kernel: string;
	readonly backend: BackendKind;
	/** As predicted for the last probe. */
	readonly ways: readonly PredictedWay[];
	readonly probed: readonly ProbedOnce[];
	readonly tally: Tally;
}

/** `proven`: every probe went a way that was predicted. `not-verified`: none could be compared, and `why` says the reason. */
export type LabVerdict =
	| { readonly kind: "proven" }
	| { readonly kind: "differs" }
	| { readonly kind: "not-verified"; readonly why: string };

export function verdictOfLab({ probed, tally }: LabAnswer): LabVerdict {
	if (tally.disagreements.length > 0) return { kind: "differs" };
	const open = probed.map(({ comparison }) => comparison).find((each) => each.kind === "not-compared");
	if (open !== undefined) return { kind: "not-verified", why: open.why };
	return { kind: "proven" };
}
