/** The question of the Path view, between the URL and the form. */
import { QUESTION_PROTOCOLS, type Question, questionOf, type ServedInput, VIAS } from "@podpath/core";
import type { GivenInput, Input } from "../../backend/backend.ts";
import type { Asked } from "../../engine/calls.ts";
import type { Route } from "../../route.ts";

/** What is asked about: named in the URL, else what the server was started with. */
export function inputOf({ params }: Route, served: ServedInput): GivenInput | null {
	if (params.in !== undefined) return { kind: "scenario", name: params.in };
	return served.kind === "atlas" ? null : { kind: "served" };
}

/** Whether the manifests that are asked about can be changed in the page. */
export function isEditable(input: Input, served: ServedInput): boolean {
	return input.kind === "scenario" || served.kind === "manifests";
}

/** The question of the URL; a scenario's own where the URL names none. Null: nothing is asked yet. */
export function questionIn({ params }: Route, scenario: Asked | undefined): Question | null {
	const { from, to } = params;
	if (from === undefined && to === undefined) return scenario?.question ?? null;
	if (from === undefined || to === undefined) return null;
	const sourcePort = Number(params.sourcePort ?? Number.NaN);
	return questionOf({
		from,
		to,
		protocol: QUESTION_PROTOCOLS.find((each) => each === params.protocol) ?? "tcp",
		via: VIAS.find((each) => each === params.via),
		sourcePort: Number.isInteger(sourcePort) ? sourcePort : undefined,
		node: params.node,
		at: params.at,
	});
}

/** The URL of a question about an input. Where one looked in the old answer does not belong to it. */
export function routeOf(input: Input | null, question: Partial<Question>): Route {
	const { sourcePort, ...words } = question;
	const given = Object.entries(words).filter(
		([name, value]) => value !== "" && !(name === "protocol" && value === "tcp"),
	);
	return {
		view: "path",
		params: {
			...(input?.kind === "scenario" ? { in: input.name } : {}),
			...Object.fromEntries(given),
			...(sourcePort === undefined ? {} : { sourcePort: String(sourcePort) }),
		},
	};
}

/** Whether two questions have the same URL, whatever the order of their words. */
export function isSameQuestion(one: Question, other: Question): boolean {
	const [words, others] = [one, other].map((each) => Object.entries(routeOf(null, each).params).toSorted());
	return JSON.stringify(words) === JSON.stringify(others);
}

/** A count of the URL, from 0. */
export function position(text: string | undefined, most: number): number {
	const value = /^\d{1,6}$/.test(text ?? "") ? Number(text) : 0;
	return Math.max(0, Math.min(value, most));
}
