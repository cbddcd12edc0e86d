/** What the page is told about the input that it asks about. */
import * as z from "zod";
import type { Cluster } from "../cluster/cluster.ts";
import { formatDiagnostic } from "../diagnostic/diagnostic.ts";
import type { KnownPlace } from "../trace/known-places.ts";
import { VIAS } from "../trace/question.ts";
import type { Language } from "../wording/language.ts";

/** What `podpath serve` was started with; a static site has the atlas alone. */
export interface ServedInput {
	readonly kind: "atlas" | "manifests" | "snapshot";
	/** As a person calls it: the file names of the command line; empty for the atlas. */
	readonly name: string;
	readonly podpath: string;
	/** A server of podpath's answers; absent on a static site, which has the engine in the browser alone. */
	readonly server?: true;
	/** Null for the atlas, whose scenarios have each their own. */
	readonly summary: InputSummary | null;
}

export interface InputSummary {
	/** The network mode; empty where nothing tells. */
	readonly mode: string;
	readonly nodes: number;
	readonly pods: number;
	readonly services: number;
	/** What was strange in the input, a line each. */
	readonly warnings: readonly string[];
}

/** More are counted by whoever prints them. */
const MOST_WARNINGS = 200;

export function summaryOf(cluster: Cluster, language: Language): InputSummary {
	const { mode, nodes, pods, services, warnings } = cluster;
	return {
		mode,
		nodes: nodes.length,
		pods: pods.length,
		services: services.length,
		warnings: warnings.slice(0, MOST_WARNINGS).map((each) => formatDiagnostic(each, language)),
	};
}

export const inputSummarySchema: z.ZodType<InputSummary> = z
	.strictObject({
		mode: z.string().describe("The network mode; empty where nothing tells"),
		nodes: z.int(),
		pods: z.int(),
		services: z.int(),
		warnings: z.array(z.string()).describe("What was strange in the input, a line each"),
	})
	.meta({ title: "InputSummary" });

export const servedInputSchema: z.ZodType<ServedInput> = z
	.strictObject({
		kind: z.enum(["atlas", "manifests", "snapshot"]),
		name: z.string(),
		podpath: z.string().describe("podpath's version"),
		server: z.literal(true).exactOptional().describe("A server of podpath's answers; absent on a static site"),
		summary: inputSummarySchema.nullable(),
	})
	.meta({ title: "ServedInput" });

export const knownPlaceSchema: z.ZodType<KnownPlace> = z
	.strictObject({
		name: z.string().describe("As a question names it"),
		kind: z.enum(["pod", "service", "node", "host"]),
		addresses: z.array(z.string()),
		on: z.string().exactOptional().describe("The pod's node"),
		vias: z.array(z.enum(VIAS)).exactOptional().describe("How the Service can be addressed"),
	})
	.meta({ title: "KnownPlace" });
