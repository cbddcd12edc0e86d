/** What diagnosis found, as plain data. */
import type { ObjectRef, SourcePosition } from "../origin/origin.ts";
import type { Place } from "../state/place.ts";
import type { Severity, Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";
import type { FixKind } from "../wording/fix.ts";

/** An entry with where it was read. */
export interface Evidence {
	readonly text: string;
	readonly source?: SourcePosition;
}

export interface DiagnosisFinding {
	/** One of docs/findings.md, or of an explanation's findings. */
	readonly code: string;
	/** `error`: packets are lost by it. `warning`: they go otherwise than they should. `info`: no packet meets it. */
	readonly severity: Severity;
	readonly message: string;
	readonly at?: Place;
	/** Who should have written the entry. */
	readonly owner?: string;
	readonly object?: ObjectRef;
	readonly expected?: Evidence;
	readonly actual?: Evidence;
	/** The file that lacks what is expected. */
	readonly lookedIn?: string;
	readonly fix?: string;
	/** There with `fix`: whether that can be typed, or says what to do. */
	readonly fixKind?: FixKind;
	/** A command that shows it. */
	readonly confirm?: string;
	/** What becomes of the question once it is put right. */
	readonly proof?: string;
	/** With `--all`: a question that it decides, and how many of those asked. */
	readonly question?: Question;
	readonly questions?: number;
}

export interface Diagnosis {
	readonly apiVersion: "podpath.dev/v1alpha1";
	readonly kind: "Diagnosis";
	/** Null: the whole cluster. */
	readonly question: Question | null;
	/** What really becomes of the packet. */
	readonly verdict: Verdict | "mixed" | null;
	/** What would become of it in the state that should be; null where the input is no snapshot. */
	readonly expected: Verdict | "mixed" | null;
	/** The cause first. */
	readonly findings: readonly DiagnosisFinding[];
	/** With `--all`: how many questions were asked of how many that there are, and whether it was stopped. */
	readonly asked?: { readonly questions: number; readonly places: number; readonly interrupted: boolean };
}
