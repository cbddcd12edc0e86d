/** A lab run: asked for by a person, never by a link. */
import type { EditedFile, LabReport, LabStage, Question } from "@podpath/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { type GivenInput, problemIn } from "../../backend/backend.ts";
import { askLab } from "../../backend/lab.ts";

export type LabState =
	| { readonly kind: "idle" }
	| { readonly kind: "running"; readonly stage: LabStage; readonly text: string }
	| { readonly kind: "done"; readonly report: LabReport }
	| { readonly kind: "stopped" }
	| { readonly kind: "failed"; readonly problem: ReturnType<typeof problemIn> };

export interface LabRun {
	readonly state: LabState;
	readonly start: () => void;
	readonly stop: () => void;
}

const NOTHING: readonly EditedFile[] = [];

/** Another question, or another network, forgets the run of the one before, and ends it. */
export function useLab(input: GivenInput, question: Question | null, edited: readonly EditedFile[] = NOTHING): LabRun {
	const [state, setState] = useState<LabState>({ kind: "idle" });
	const ending = useRef<AbortController | null>(null);
	const key = JSON.stringify([input, question]);
	useEffect(() => {
		setState({ kind: "idle" });
		return () => {
			ending.current?.abort();
			ending.current = null;
		};
	}, [key, edited]);
	const start = (): void => {
		if (question === null) return;
		ending.current?.abort();
		const controller = new AbortController();
		ending.current = controller;
		const change = (changed: LabState): void => {
			if (ending.current === controller) setState(changed);
		};
		setState({ kind: "running", stage: "building", text: "" });
		askLab({ input, edited }, question, {
			signal: controller.signal,
			onStage: (stage, text) => change({ kind: "running", stage, text }),
		}).then(
			(report) => change({ kind: "done", report }),
			(error: unknown) =>
				change(controller.signal.aborted ? { kind: "stopped" } : { kind: "failed", problem: problemIn(error) }),
		);
	};
	return { state, start, stop: () => ending.current?.abort() };
}
