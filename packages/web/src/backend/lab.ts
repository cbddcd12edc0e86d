/** Asks the server's lab. */
import type { EditedFile, LabEvent, LabOffer, LabReport, LabStage, Question } from "@podpath/core";
import { type GivenInput, ProblemError } from "./backend.ts";
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

/** What the network of a run is made of. */
export interface LabNetwork {
	readonly input: GivenInput;
	/** What somebody changed in its manifests. */
	readonly edited: readonly EditedFile[];
}

export async function askLab(
	{ input, edited }: LabNetwork,
	question: Question,
	{ signal, onStage }: LabWatch,
): Promise<LabReport> {
	const about = {
		...(input.kind === "scenario" ? { atlas: input.name } : {}),
		...(edited.length === 0 ? {} : { edited }),
	};
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
