/** What the page and the engine's worker say to each other. */
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
	ScenarioEntry,
	StateReport,
	ToldDiagnostic,
	TopologyReport,
} from "@podpath/core";

/** A cluster as the worker gets it: manifests, or something of the atlas with the files of its mode. */
export type EngineInput =
	| { readonly kind: "scenario"; readonly name: string; readonly files: AtlasFiles }
	/** The mode's cluster as it stands. */
	| { readonly kind: "mode"; readonly name: string; readonly files: AtlasFiles }
	| { readonly kind: "fault"; readonly name: string; readonly files: AtlasFiles; readonly faults: ManifestFile }
	| { readonly kind: "manifests"; readonly files: readonly ManifestFile[] };

/** A question that comes with its cluster. */
export type Asked = Pick<ScenarioEntry, "name" | "title" | "titleZh" | "note" | "noteZh" | "question" | "proof">;

/** By name: what is asked and what is answered. */
export interface Calls {
	readonly summary: { readonly asks: { readonly input: EngineInput }; readonly answers: InputSummary };
	readonly explain: {
		readonly asks: { readonly input: EngineInput; readonly question: Question; readonly language: Language };
		readonly answers: Explanation;
	};
	readonly places: {
		readonly asks: { readonly input: EngineInput; readonly typed: string; readonly most: number };
		readonly answers: readonly KnownPlace[];
	};
	readonly state: {
		readonly asks: { readonly input: EngineInput; readonly place: string };
		readonly answers: StateReport;
	};
	/** Without a question: of the whole cluster, with news while it goes on. */
	readonly diagnose: {
		readonly asks: { readonly input: EngineInput; readonly question: Question | null; readonly language: Language };
		readonly answers: Diagnosis;
	};
	readonly topology: { readonly asks: { readonly input: EngineInput }; readonly answers: TopologyReport };
	readonly manifests: { readonly asks: { readonly input: EngineInput }; readonly answers: readonly ManifestFile[] };
	readonly validate: { readonly asks: { readonly input: EngineInput }; readonly answers: readonly ToldDiagnostic[] };
	/** Null: the input is neither a scenario nor a fault. */
	readonly scenario: { readonly asks: { readonly input: EngineInput }; readonly answers: Asked | null };
	/** Of every network mode, without any input. */
	readonly modes: { readonly asks: { readonly input: null }; readonly answers: readonly ModeProfile[] };
	readonly check: { readonly asks: { readonly input: EngineInput }; readonly answers: readonly string[] };
}

export interface Request<Name extends keyof Calls = keyof Calls> {
	readonly id: number;
	readonly call: Name;
	readonly asks: Calls[Name]["asks"];
	/** In which a refusal is told. */
	readonly language: Language;
}

/** Ends a diagnosis: it is answered with what was found so far. */
export interface Stop {
	readonly stop: number;
}

/** How far a call is that takes a while. */
export type News =
	| { readonly kind: "progress"; readonly progress: DiagnosisProgress }
	| { readonly kind: "found"; readonly diagnosis: Diagnosis };

export type Response =
	| { readonly id: number; readonly news: News }
	| { readonly id: number; readonly answers: Calls[keyof Calls]["answers"] }
	| { readonly id: number; readonly problem: Problem["error"] };
