/** Reading podpath's inputs from disk, and taking snapshots of real nodes. */
export {
	type CollectOptions,
	collectLocal,
	collectSsh,
	fromArchives,
	type Inside,
	type LocalOptions,
	type SshHost,
	type SshOptions,
} from "./collect/collect.ts";
export type { Collected, CollectedFiles, MachineArchive, Missing } from "./collect/merge.ts";
export { type Redaction, redact } from "./collect/redact.ts";
export { collectScript, type ScriptOptions } from "./collect/script.ts";
export { checkTarget, writeSnapshot } from "./collect/write.ts";
export { readManifests, STDIN } from "./manifests.ts";
export { readSnapshot } from "./snapshot.ts";
export { cannotRead, decodeText, readTextFile } from "./text-file.ts";
