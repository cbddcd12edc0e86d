/** What a lab says to a question. Plain data. */
import type { PredictedWay, Question, Said } from "@podpath/core";
import type { BackendKind } from "../backend.ts";
import type { Comparison } from "../compare/comparison.ts";
import type { Tally } from "../compare/tally.ts";
import type { LabPlan } from "../lab-plan.ts";
import type { Observation } from "../observation.ts";
import { captureFile } from "../pcapng/capture-file.ts";

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

/** The probe that tells most: the first that fits no prediction, else the last. */
export function tellingProbe({ probed, tally }: LabAnswer): ProbedOnce | undefined {
	const [disagreement] = tally.disagreements;
	return probed.find(({ comparison }) => comparison === disagreement) ?? probed.at(-1);
}

/** All frames of a probe as a pcapng file; null where no packet was sent, or nothing was predicted to compare it with. */
export function captureOf(
	{ ways }: LabAnswer,
	{ observation, comparison }: ProbedOnce,
	plan: LabPlan,
): Uint8Array | null {
	const taken = comparison.kind === "not-compared" ? undefined : ways[comparison.way];
	const way = taken ?? ways[0];
	if (observation === null || way === undefined) return null;
	return captureFile(observation, plan, { way, startedAt: BigInt(Date.now()) * 1_000_000n });
}

/** `proven`: every probe went a way that was predicted. `not-verified`: none could be compared, and `why` says the reason. */
export type LabVerdict =
	| { readonly kind: "proven" }
	| { readonly kind: "differs" }
	| { readonly kind: "not-verified"; readonly why: Said };

export function verdictOfLab({ probed, tally }: LabAnswer): LabVerdict {
	if (tally.disagreements.length > 0) return { kind: "differs" };
	const open = probed.map(({ comparison }) => comparison).find((each) => each.kind === "not-compared");
	if (open !== undefined) return { kind: "not-verified", why: open.why };
	return { kind: "proven" };
}
