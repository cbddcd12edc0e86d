/** Exit statuses of every command (docs/contract.md). */
import type { Verdict } from "@podpath/core";

export const EXIT = {
	/** Every path delivered, every check passed. */
	yes: 0,
	/** Some path is not delivered, a check failed. */
	no: 1,
	/** The question or the input is wrong. */
	wrongInput: 2,
	/** Could not decide. */
	unknown: 3,
	/** The environment, or podpath itself, failed. */
	failed: 4,
	/** 128 and the number of SIGINT, as shells have it. */
	interrupted: 130,
	/** 128 and the number of SIGTERM. */
	terminated: 143,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** The status of one answer. A mixed one is a no. */
export function statusOf(verdict: Verdict | "mixed"): ExitStatus {
	if (verdict === "delivered") return EXIT.yes;
	return verdict === "unknown" ? EXIT.unknown : EXIT.no;
}

/** From the mildest to what must not be overlooked. */
const BY_WEIGHT: readonly ExitStatus[] = [EXIT.yes, EXIT.unknown, EXIT.no, EXIT.wrongInput, EXIT.failed];

/** The status of several answers: that of the worst. */
export function worst(a: ExitStatus, b: ExitStatus): ExitStatus {
	return BY_WEIGHT.indexOf(a) > BY_WEIGHT.indexOf(b) ? a : b;
}
