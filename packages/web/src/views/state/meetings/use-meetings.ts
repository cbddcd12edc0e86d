/** Asks questions one after another, and keeps those whose packets meet an entry. */
import { type Explanation, entriesOf, groupPaths, isCited, type Language, stepsOf } from "@podpath/core";
import { useEffect, useState } from "preact/hooks";
import { backendFor } from "../../../backend/backends.ts";
import { type Candidate, MOST_ASKED } from "./questions.ts";

/** An entry of a stack's state. */
export interface Sought {
	readonly place: string;
	readonly group: string;
	readonly text: string;
}

export interface Meeting extends Candidate {
	/** Where in the answer the entry has its part. */
	readonly way: number;
	readonly step: number;
}

export interface Meetings {
	readonly found: readonly Meeting[];
	readonly asked: number;
	/** Questions that cannot be asked, such as of a pod without an address. */
	readonly refused: number;
	readonly done: boolean;
}

const NOTHING: Meetings = { found: [], asked: 0, refused: 0, done: false };

/** Null: it is not known yet what to ask. */
export function useMeetings(candidates: readonly Candidate[] | null, sought: Sought, language: Language): Meetings {
	const [meetings, setMeetings] = useState<Meetings>(NOTHING);
	useEffect(() => {
		setMeetings(NOTHING);
		if (candidates === null) return;
		let current = true;
		const ask = async (): Promise<void> => {
			for (const candidate of candidates.slice(0, MOST_ASKED)) {
				const { input, question } = candidate;
				const answer = await backendFor(input)
					.explain(input, question, language)
					.catch(() => null);
				if (!current) return;
				const where = answer === null ? null : meetingIn(answer, sought);
				setMeetings(({ found, asked, refused }) => ({
					found: where === null ? found : [...found, { ...candidate, ...where }],
					asked: asked + 1,
					refused: refused + Number(answer === null),
					done: false,
				}));
			}
			setMeetings((last) => ({ ...last, done: true }));
		};
		void ask();
		return () => {
			current = false;
		};
	}, [candidates, sought.place, sought.group, sought.text]);
	return meetings;
}

/** The first step at which the entry has its part; null: none. */
export function meetingIn(
	{ paths }: Explanation,
	{ place, group, text }: Sought,
): Pick<Meeting, "way" | "step"> | null {
	for (const [way, { first }] of groupPaths(paths).entries()) {
		const step = stepsOf(first).findIndex(
			({ hop }) => hop.at === place && entriesOf(hop).some((each) => isCited(each, group, text)),
		);
		if (step >= 0) return { way, step };
	}
	return null;
}
