/** The shape of `scenarios.yaml`, as zod schemas: what a person writes, before the notation in it is read. */
import * as z from "zod";
import { VERDICTS, type Verdict } from "../trace/explanation.ts";
import { QUESTION_PROTOCOLS, type QuestionProtocol, VIAS, type Via } from "../trace/question.ts";
import { SOURCE_FORMS } from "./scenario.ts";

/** An expectation as it is written: `{ is: …, source: "seed 001 L163, E:t1.S2" }`. */
export interface Written<T> {
	readonly is: T;
	readonly source: readonly string[];
}

/** Lines of notation; none for the word `none`. */
type Lines = readonly string[];

export interface PathDocument {
	readonly verdict: Written<Verdict>;
	readonly weight?: Written<string | number> | undefined;
	readonly forward?: Written<Lines> | undefined;
	readonly reply?: Written<Lines> | undefined;
	readonly refusal?: Written<Lines> | undefined;
	readonly stacks?: Written<Lines> | undefined;
	readonly nat?: Written<Lines> | undefined;
	readonly conntrack?: Written<Readonly<Record<string, Lines>>> | undefined;
	readonly securityGroups?: Written<Lines> | undefined;
	readonly securityGroupsNot?: Written<Lines> | undefined;
	readonly serviceAddressSeenAt?: Written<Lines> | undefined;
	readonly clientAddress?: Written<string> | undefined;
	readonly forwardHeaders?: Written<Readonly<Record<string, Lines>>> | undefined;
	readonly replyHeaders?: Written<Readonly<Record<string, Lines>>> | undefined;
	readonly refusalHeaders?: Written<Readonly<Record<string, Lines>>> | undefined;
	readonly forwardRoutes?: Written<Readonly<Record<string, Lines>>> | undefined;
	readonly replyRoutes?: Written<Readonly<Record<string, Lines>>> | undefined;
}

export interface QuestionDocument {
	readonly from: string;
	readonly to: string;
	readonly protocol: QuestionProtocol;
	readonly via?: Via | undefined;
	readonly sourcePort?: number | undefined;
	readonly node?: string | undefined;
	readonly at?: string | undefined;
}

export type ChangeDocument =
	| { readonly change: string; readonly merge: Readonly<Record<string, unknown>> }
	| { readonly remove: string };

export interface ScenarioDocument {
	readonly id: string;
	readonly title: string;
	readonly titleZh?: string | undefined;
	readonly question: QuestionDocument;
	/** Changes to cluster.yaml: RFC 7396 merges into objects, and objects that are not there. */
	readonly with: readonly ChangeDocument[];
	readonly note?: string | undefined;
	readonly noteZh?: string | undefined;
	/** One path, or a list of them where the network chooses. */
	readonly expect: readonly PathDocument[];
	readonly otherPaths: boolean;
	readonly loadBalancerMembers?: Written<Lines> | undefined;
	readonly findings?: Written<Lines> | undefined;
}

export interface ScenariosDocument {
	readonly apiVersion: "podpath.dev/v1alpha1";
	readonly kind: "Scenarios";
	readonly mode: string;
	readonly scenarios: readonly ScenarioDocument[];
}

/** `seed 001 L163, E:t1.S2`: one or more sources, separated by commas. */
const sources: z.ZodType<Lines> = z
	.string()
	.transform((text) => text.split(",").map((source) => source.trim()))
	.refine((list) => list.every((source) => SOURCE_FORMS.some((form) => form.test(source))), {
		error: "must name sources as in `seed 001 L163, E:t1.S2, K1, linux net/netfilter/ipvs/ip_vs_core.c, rfc 7348`",
	});

function expected<T>(value: z.ZodType<T>): z.ZodType<Written<T>> {
	return z.strictObject({ is: value, source: sources });
}

/** One line of notation, several, or the word `none`. */
const lines: z.ZodType<Lines> = z.union([
	z.literal("none").transform((): string[] => []),
	z.array(z.string()),
	z.string().transform((line) => [line]),
]);
const linesByPlace: z.ZodType<Readonly<Record<string, Lines>>> = z.record(z.string(), lines);

const path: z.ZodType<PathDocument> = z.strictObject({
	verdict: expected(z.enum(VERDICTS)),
	weight: expected(z.union([z.string(), z.number()])).optional(),
	forward: expected(lines).optional(),
	reply: expected(lines).optional(),
	refusal: expected(lines).optional(),
	stacks: expected(z.array(z.string())).optional(),
	nat: expected(lines).optional(),
	conntrack: expected(linesByPlace).optional(),
	securityGroups: expected(lines).optional(),
	securityGroupsNot: expected(lines).optional(),
	serviceAddressSeenAt: expected(lines).optional(),
	clientAddress: expected(z.string()).optional(),
	forwardHeaders: expected(linesByPlace).optional(),
	replyHeaders: expected(linesByPlace).optional(),
	refusalHeaders: expected(linesByPlace).optional(),
	forwardRoutes: expected(linesByPlace).optional(),
	replyRoutes: expected(linesByPlace).optional(),
});

/** How a question is written in the atlas. */
export const writtenQuestion: z.ZodType<QuestionDocument> = z.strictObject({
	from: z.string(),
	to: z.string(),
	protocol: z.enum(QUESTION_PROTOCOLS).default("tcp"),
	via: z.enum(VIAS).optional(),
	sourcePort: z.int().min(1).max(65535).optional(),
	node: z.string().optional(),
	at: z.string().optional(),
});

/** A change to an object of the cluster. */
export const writtenChange: z.ZodType<ChangeDocument> = z.union([
	z.strictObject({ change: z.string(), merge: z.record(z.string(), z.unknown()) }),
	z.strictObject({ remove: z.string() }),
]);

const scenario: z.ZodType<ScenarioDocument> = z.strictObject({
	id: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, { error: "must be letters, digits, dots and hyphens" }),
	title: z.string(),
	titleZh: z.string().optional(),
	question: writtenQuestion,
	with: z.array(writtenChange).default([]),
	note: z.string().optional(),
	noteZh: z.string().optional(),
	expect: z.preprocess((paths) => (Array.isArray(paths) ? paths : [paths]), z.array(path).min(1)),
	otherPaths: z.boolean().default(false),
	loadBalancerMembers: expected(z.array(z.string())).optional(),
	findings: expected(z.array(z.string())).optional(),
});

/** A whole `scenarios.yaml`. */
export const scenariosSchema: z.ZodType<ScenariosDocument> = z.strictObject({
	apiVersion: z.literal("podpath.dev/v1alpha1"),
	kind: z.literal("Scenarios"),
	mode: z.string(),
	scenarios: z.array(scenario).min(1),
});
