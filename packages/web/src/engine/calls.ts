/** What the page and the engine's worker say to each other. */
import type {
	AtlasFiles,
	Diagnostic,
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
	TopologyReport,
} from "@podpath/core";

/** A cluster as the worker gets it: a scenario of a mode whose files it was given, or manifests. */
export type EngineInput =
	| { readonly kind: "scenario"; readonly name: string; readonly files: AtlasFiles }
	| { readonly kind: "manifests"; readonly files: readonly ManifestFile[] };

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
	readonly topology: { readonly asks: { readonly input: EngineInput }; readonly answers: TopologyReport };
	readonly manifests: { readonly asks: { readonly input: EngineInput }; readonly answers: readonly ManifestFile[] };
	readonly validate: { readonly asks: { readonly input: EngineInput }; readonly answers: readonly Diagnostic[] };
	/** Null: the input is no scenario. */
	readonly scenario: { readonly asks: { readonly input: EngineInput }; readonly answers: ScenarioEntry | null };
	/** Of every network mode, without any input. */
	readonly modes: { readonly asks: { readonly input: null }; readonly answers: readonly ModeProfile[] };
	readonly check: { readonly asks: { readonly input: EngineInput }; readonly answers: readonly string[] };
}

export interface Request<Name extends keyof Calls = keyof Calls> {
	readonly id: number;
	readonly call: Name;
	readonly asks: Calls[Name]["asks"];
}

export type Response =
	| { readonly id: number; readonly answers: Calls[keyof Calls]["answers"] }
	| { readonly id: number; readonly problem: Problem["error"] };
