/** The atlas as the page's gallery reads it: an index of all scenarios, and the files of one mode. */
import * as z from "zod";
import { type ProofState, proofStateSchema } from "../atlas/proof-state.ts";
import { type Expected, type ExpectedPath, type Scenario, scenarioName } from "../atlas/scenario.ts";
import type { ManifestFile } from "../cluster/input/document.ts";
import { questionSchema } from "../render/schema.ts";
import { VERDICTS, type Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";

export interface AtlasIndex {
	readonly modes: readonly {
		readonly mode: string;
		readonly scenarios: readonly ScenarioEntry[];
	}[];
}

export interface ScenarioEntry {
	/** `MODE/ID`. */
	readonly name: string;
	readonly title: string;
	/** In Chinese. */
	readonly titleZh?: string;
	readonly note?: string;
	/** In Chinese. */
	readonly noteZh?: string;
	readonly question: Question;
	/** What each expected path ends as. */
	readonly verdicts: readonly Verdict[];
	/** Where its expectations are known from, each once. */
	readonly sources: readonly string[];
	/** What the record of proofs says of it; absent where nobody looked. */
	readonly proof?: ProofState;
}

/** A mode's files, from which the engine makes its scenarios. */
export interface AtlasFiles {
	readonly mode: string;
	readonly cluster: ManifestFile;
	/** scenarios.yaml. */
	readonly scenarios: ManifestFile;
	/** By scenario's id: whether a real kernel did as the engine says. Absent where nobody looked. */
	readonly proofs?: Readonly<Record<string, ProofState>>;
}

export function atlasIndex(
	modes: readonly {
		readonly mode: string;
		readonly scenarios: readonly Scenario[];
		readonly proofs?: AtlasFiles["proofs"];
	}[],
): AtlasIndex {
	return {
		modes: modes.map(({ mode, scenarios, proofs }) => ({
			mode,
			scenarios: scenarios.map((scenario) => scenarioEntry(scenario, proofs)),
		})),
	};
}

/** What the page shows of a scenario before it is asked. */
export function scenarioEntry(scenario: Scenario, proofs?: AtlasFiles["proofs"]): ScenarioEntry {
	const proof = proofs?.[scenario.id];
	const { title, titleZh, note, noteZh, question, paths } = scenario;
	return {
		name: scenarioName(scenario),
		title,
		...(titleZh === undefined ? {} : { titleZh }),
		...(note === undefined ? {} : { note }),
		...(noteZh === undefined ? {} : { noteZh }),
		question,
		verdicts: paths.map(({ verdict }) => verdict.is),
		sources: [...new Set(expectationsOf(scenario).flatMap(({ sources }) => sources))],
		...(proof === undefined ? {} : { proof }),
	};
}

function expectationsOf({ paths, loadBalancerMembers, findings }: Scenario): readonly Expected<unknown>[] {
	const ofPath = (path: ExpectedPath): readonly Expected<unknown>[] =>
		Object.values(path).filter((each) => each !== undefined);
	return [...paths.flatMap(ofPath), loadBalancerMembers, findings].filter((each) => each !== undefined);
}

export const manifestFileSchema: z.ZodType<ManifestFile> = z
	.strictObject({ name: z.string(), text: z.string() })
	.meta({ id: "file" });

export const atlasIndexSchema: z.ZodType<AtlasIndex> = z
	.strictObject({
		modes: z.array(
			z.strictObject({
				mode: z.string(),
				scenarios: z.array(
					z.strictObject({
						name: z.string().describe("MODE/ID"),
						title: z.string(),
						titleZh: z.string().exactOptional().describe("In Chinese"),
						note: z.string().exactOptional(),
						noteZh: z.string().exactOptional().describe("In Chinese"),
						question: questionSchema,
						verdicts: z.array(z.enum(VERDICTS)),
						sources: z.array(z.string()).describe("Where its expectations are known from"),
						proof: proofStateSchema.exactOptional().describe("Whether a real kernel did as the engine says"),
					}),
				),
			}),
		),
	})
	.meta({ title: "AtlasIndex" });

export const atlasFilesSchema: z.ZodType<AtlasFiles> = z
	.strictObject({
		mode: z.string(),
		cluster: manifestFileSchema,
		scenarios: manifestFileSchema.describe("scenarios.yaml"),
		proofs: z
			.record(z.string(), proofStateSchema)
			.exactOptional()
			.describe("By scenario's id: whether a real kernel did as the engine says"),
	})
	.meta({ title: "AtlasFiles" });
