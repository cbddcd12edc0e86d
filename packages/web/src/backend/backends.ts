/** Who answers for an input: the server that has it, or one of the two engines in this browser. */
import { atlasNameOf } from "@podpath/core";
import type { AtlasBackend, Backend, Input } from "./backend.ts";
import { HttpBackend } from "./http.ts";
import { spokenLanguage } from "./spoken.ts";
import { WorkerBackend } from "./worker.ts";

export const engine: AtlasBackend = new WorkerBackend(() =>
	spokenLanguage() === "en" ? "engine-worker.js" : "engine-worker.zh.js",
);
/** Larger, and loaded where what only it can do is asked for. */
export const wholeEngine: AtlasBackend = new WorkerBackend(() => "whole-engine-worker.js");
const server: Backend = new HttpBackend();

/** The catalogue of faults is known to the whole engine alone. */
export function engineFor(name: string): AtlasBackend {
	return atlasNameOf(name).kind === "fault" ? wholeEngine : engine;
}

export function backendFor(input: Input): Backend {
	switch (input.kind) {
		case "served":
			return server;
		case "scenario":
			return engineFor(input.name);
		case "manifests":
			return engine;
	}
}

export function diagnosisFor({ kind }: Input): Pick<Backend, "diagnose"> {
	return kind === "served" ? server : wholeEngine;
}
