/** What stands in a picture besides names, numbers and what the explanation itself says. */
import type { Verdict } from "../trace/explanation.ts";
import type { PathEnd } from "./path-end.ts";

export interface PictureWords {
	readonly forward: string;
	readonly reply: string;
	readonly refusal: string;
	readonly begins: string;
	readonly arrives: string;
	readonly ends: Readonly<Record<PathEnd, string>>;
	readonly cause: string;
	readonly notReached: string;
	readonly notReachedAt: (place: string) => string;
	readonly verdict: (verdict: Verdict | "mixed") => string;
	readonly paths: (count: number) => string;
	/** One of several; `position` counts from 1. */
	readonly path: (position: number, share: string, verdict: string) => string;
	/** So many others of a structure, of which one is drawn. */
	readonly alike: (count: number) => string;
	/** `by` is empty where nobody is known. */
	readonly rewritten: (what: string, at: string, by: string) => string;
}

export const ENGLISH_PICTURE: PictureWords = {
	forward: "forward",
	reply: "reply",
	refusal: "refusal",
	begins: "begins here",
	arrives: "arrives here",
	ends: {
		lost: "lost here",
		refused: "refused here",
		exits: "leaves what the input describes",
		unknown: "not known from here",
	},
	cause: "its cause shows here",
	notReached: "not reached",
	notReachedAt: (place) => `not reached: ${place}`,
	verdict: (verdict) => verdict,
	paths: (count) => `${count} paths`,
	path: (position, share, verdict) => `Path ${position}, ${share}, ${verdict}`,
	alike: (count) => `, ${count} alike of which one is drawn`,
	rewritten: (what, at, by) => `${what} at ${at}${by === "" ? "" : ` by ${by}`}`,
};
