/** The atlas as it stands in the repository, read from disk. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Fault, parseFaults } from "../../src/atlas/fault.ts";
import { parseScenarios } from "../../src/atlas/parse.ts";
import type { Scenario } from "../../src/atlas/scenario.ts";
import type { ManifestFile } from "../../src/cluster/load.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../../..");

export interface AtlasFolder {
	readonly mode: string;
	readonly cluster: ManifestFile;
	readonly scenarios: readonly Scenario[];
}

export function readAtlas(): readonly AtlasFolder[] {
	return readdirSync(join(ROOT, "atlas"), { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== "faults")
		.map(({ name }) => name)
		.sort()
		.map((mode) => {
			const [cluster, scenarios] = [`atlas/${mode}/cluster.yaml`, `atlas/${mode}/scenarios.yaml`];
			return {
				mode,
				cluster: { name: cluster, text: readDocument(cluster) },
				scenarios: parseScenarios(readDocument(scenarios), scenarios),
			};
		});
}

/** The files of atlas/faults, with the cluster of their mode. */
export function readFaults(): readonly { readonly cluster: ManifestFile; readonly faults: readonly Fault[] }[] {
	return readdirSync(join(ROOT, "atlas/faults"))
		.sort()
		.map((file) => {
			const name = `atlas/faults/${file}`;
			const cluster = `atlas/${file.replace(/\.yaml$/, "")}/cluster.yaml`;
			return { cluster: { name: cluster, text: readDocument(cluster) }, faults: parseFaults(readDocument(name), name) };
		});
}

/** A file of the repository by its path from the root. */
export function readDocument(path: string): string {
	return readFileSync(join(ROOT, path), "utf8");
}
