/** What goes over a keeper's socket: a line of JSON each way for every request. */
import type { Backend } from "../backend.ts";

/** What others may ask of a kernel that a keeper holds. */
export const REMOTE_METHODS = ["run", "capture", "drain", "listen", "probe", "probes", "start", "talk"] as const;
export type RemoteMethod = (typeof REMOTE_METHODS)[number];

export interface Request {
	readonly id: number;
	/** `close`: take the lab down; answered when nothing of it is left. */
	readonly method: RemoteMethod | "close";
	readonly argument?: unknown;
}

export type Response =
	| { readonly id: number; readonly value: unknown }
	/** `lab`: a LabError's message. */
	| { readonly id: number; readonly error: string; readonly lab: boolean };

/** Calls a backend's method by name. */
export function callBackend(backend: Backend, method: RemoteMethod, argument: unknown): Promise<unknown> {
	switch (method) {
		case "run":
			return backend.run(argument as Parameters<Backend["run"]>[0]);
		case "capture":
			return backend.capture(argument as Parameters<Backend["capture"]>[0]);
		case "drain":
			return backend.drain();
		case "listen":
			return backend.listen(argument as Parameters<Backend["listen"]>[0]);
		case "probe":
			return backend.probe(argument as Parameters<Backend["probe"]>[0]);
		case "probes":
			return backend.probes(argument as Parameters<Backend["probes"]>[0]);
		case "start":
			return backend.start(argument as Parameters<Backend["start"]>[0]);
		case "talk":
			return backend.talk(argument as Parameters<Backend["talk"]>[0]);
	}
}
