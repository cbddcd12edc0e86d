/** Who answers questions: the engine in this browser, or the one behind the server. They are the same code. */
import type {
	AtlasFiles,
	Diagnosis,
	DiagnosisProgress,
	Explanation,
	InputSummary,
	KnownPlace,
	Language,
	ManifestFile,
	ModeProfile,
	Problem,
	Question,
	StateReport,
	ToldDiagnostic,
	TopologyReport,
} from "@podpath/core";
import type { Asked } from "../engine/calls.ts";

/** What somebody else gave, and has a name. */
export type GivenInput =
	/** Something of the atlas: a scenario by MODE/ID, a mode's cluster by MODE, a cluster with a fault by faults/MODE/ID. */
	| { readonly kind: "scenario"; readonly name: string }
	/** What the server was started with. */
	| { readonly kind: "served" };

/** What is asked about. */
export type Input =
	| GivenInput
	/** What somebody wrote in the page. */
	| { readonly kind: "manifests"; readonly files: readonly ManifestFile[] };

export interface ScenarioCheck {
	/** Where the engine's answer is not what the scenario expects; none: it is. */
	readonly differences: readonly string[];
}

/** Whoever waits for a call that takes a while. */
export interface DiagnosisWatch {
	/** Ends the call: with what was found so far, where somebody still gets it. */
	readonly signal: AbortSignal;
	readonly onProgress: (progress: DiagnosisProgress) => void;
	/** All that is found so far. */
	readonly onFound: (diagnosis: Diagnosis) => void;
}

export interface Backend {
	summary(input: Input): Promise<InputSummary>;
	/** Fails with a `ProblemError` for a question that cannot be asked. */
	explain(input: Input, question: Question, language: Language): Promise<Explanation>;
	/** Everything that the stack of a pod or machine has. */
	state(input: Input, place: string): Promise<StateReport>;
	/** What is in a packet's way; where no question is given, in anybody's. */
	diagnose(input: Input, question: Question | null, language: Language, watch: DiagnosisWatch): Promise<Diagnosis>;
	/** What stands where. */
	topology(input: Input): Promise<TopologyReport>;
	/** Names like what is typed, the best first. */
	places(input: Input, typed: string, most: number): Promise<readonly KnownPlace[]>;
	/** What the input was made of. Fails with a `ProblemError` for one that no manifests made. */
	manifests(input: Input): Promise<readonly ManifestFile[]>;
}

/** What the engine in this browser can do besides, since it has the atlas. */
export interface AtlasBackend extends Backend {
	/** Without the index of the whole atlas, which is larger than a mode's files. */
	scenario(name: string): Promise<Asked | null>;
	/** The answer to a scenario's own question beside what it expects. */
	check(scenario: string): Promise<ScenarioCheck>;
	files(mode: string): Promise<AtlasFiles>;
	/** What each network mode is, measured on a small cluster of it. */
	modes(): Promise<readonly ModeProfile[]>;
	/** The first thing that is wrong with manifests; where nothing is, what is strange in them. */
	validate(files: readonly ManifestFile[]): Promise<readonly ToldDiagnostic[]>;
}

/** Something that a person can put right, or at least read. */
export class ProblemError extends Error {
	override readonly name = "ProblemError";
	readonly problem: Problem["error"];

	constructor(problem: Problem["error"]) {
		super(problem.message);
		this.problem = problem;
	}
}

export function problemIn(error: unknown): Problem["error"] {
	if (error instanceof ProblemError) return error.problem;
	return { code: "failed", message: error instanceof Error ? error.message : String(error) };
}
