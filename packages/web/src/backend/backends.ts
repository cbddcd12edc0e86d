/** The page's two backends, and which of them answers for an input. */
import type { Backend, Input } from "./backend.ts";
import { HttpBackend } from "./http.ts";
import { WorkerBackend } from "./worker.ts";

export const engine: WorkerBackend = new WorkerBackend();
const server = new HttpBackend();

export function backendFor({ kind }: Input): Backend {
	switch (kind) {
		case "served":
			return server;
		case "scenario":
		case "manifests":
			return engine;
	}
}
