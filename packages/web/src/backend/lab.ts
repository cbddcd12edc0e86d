/** Asks the server's lab. */
import type { LabEvent, LabOffer, LabReport, LabStage, Question } from "@podpath/core";
import { type Input, ProblemError } from "./backend.ts";
import { cutShort, eventsOf } from "./event-stream.ts";
import { fetchJson, post } from "./http.ts";

export function labOffer(): Promise<LabOffer> {
	return fetchJson("lab");
}

export interface LabWatch {
	/** Ends the run: the server takes everything down when nobody listens any more. */
	readonly signal: AbortSignal;
	/** What is being done, and in the tool's own words what exactly. */
	readonly onStage: (stage: LabStage, text: string) => void;
}

export async function askLab(input: Input, question: Question, { signal, onStage }: LabWatch): Promise<LabReport> {
	const about = input.kind === "scenario" ? { atlas: input.name } : {};
	const response = await post("lab", { question, ...about }, signal);
	for await (const event of eventsOf<LabEvent>(response)) {
		switch (event.kind) {
			case "stage":
				onStage(event.stage, event.text);
				break;
			case "done":
				return event.report;
			case "problem":
				throw new ProblemError(event.error);
		}
	}
	throw cutShort();
}
