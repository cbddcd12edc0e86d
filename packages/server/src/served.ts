/** What a server has to tell about: the atlas, and the input that it was started with. */
import type { AtlasFiles, ManifestFile, ProofState, Scenario, Subject } from "@podpath/core";

export interface AtlasMode {
	readonly files: AtlasFiles;
	readonly scenarios: readonly Scenario[];
	/** By scenario's id: whether a real kernel did as the engine says. */
	readonly proofs?: ReadonlyMap<string, ProofState>;
}

export interface NamedInput {
	readonly kind: "manifests" | "snapshot";
	/** As the person who started the server calls it. */
	readonly name: string;
	/** Loaded when the server already listens: a large input takes seconds. */
	readonly subject: Promise<Subject>;
	/** The files that it was read from, none of them of a snapshot. Not asked for unless somebody wants to change them. */
	readonly manifests: Promise<readonly ManifestFile[]>;
}

export interface Served {
	/** podpath's version. */
	readonly version: string;
	readonly atlas: readonly AtlasMode[];
	/** Null: the atlas alone. */
	readonly input: NamedInput | null;
}
