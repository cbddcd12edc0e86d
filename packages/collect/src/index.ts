/** Reading podpath's inputs from disk. */
export { readManifests, STDIN } from "./manifests.ts";
export { readSnapshot } from "./snapshot.ts";
export { decodeText, readTextFile } from "./text-file.ts";
