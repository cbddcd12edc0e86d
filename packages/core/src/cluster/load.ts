/** From files to a cluster. */

import { refuse } from "../diagnostic/diagnostic.ts";
import { phrase } from "../wording/phrase.ts";
import { checkAddressOwners } from "./checks/address-checks.ts";
import { checkCalico } from "./checks/calico-checks.ts";
import { checkEnis, checkSecurityGroups } from "./checks/eni-checks.ts";
import { checkHybridnet } from "./checks/hybridnet-checks.ts";
import { checkOverlaps } from "./checks/overlap-checks.ts";
import { checkReferences } from "./checks/reference-checks.ts";
import { checkSegments } from "./checks/segment-checks.ts";
import { checkPodEnis } from "./checks/terway-checks.ts";
import { readAnswers } from "./cloud/answers.ts";
import type { Cluster } from "./cluster.ts";
import type { ManifestFile } from "./input/document.ts";
import { documentsIn, objectsIn } from "./input/objects.ts";
import { Inventory } from "./inventory.ts";
import { LoadedCluster } from "./loaded-cluster.ts";
import { readObject } from "./read-object.ts";

export type { ManifestFile } from "./input/document.ts";

/**
 * The cluster that manifests describe: YAML or JSON, one object or many, Lists, in any mixture. The order of files and
 * objects does not matter. Without files it is an empty cluster.
 * @throws {InputError} For the first thing that is wrong, with its file, line and column; nothing else is thrown.
 */
export function loadCluster(files: readonly ManifestFile[]): Cluster {
	const loading = loadingOf(files);
	for (;;) {
		const step = loading.next();
		if (step.done === true) return step.value;
	}
}

/** Lets others have their turn. */
export interface Turns {
	/** Milliseconds of a clock that never goes back. */
	readonly now: () => number;
	/** Resolves when others have had theirs. */
	readonly pause: () => Promise<void>;
}

/** Short enough that whoever waits meanwhile takes no notice. */
const TURN_MS = 20;

/**
 * The same, for a process that has others to answer. A turn ends between two objects: one document of very many, such as a
 * List in YAML, is read in one go.
 * @throws {InputError} As `loadCluster`.
 */
export async function loadClusterInTurns(files: readonly ManifestFile[], { now, pause }: Turns): Promise<Cluster> {
	const loading = loadingOf(files);
	let begun = now();
	for (;;) {
		const step = loading.next();
		if (step.done === true) return step.value;
		if (now() - begun < TURN_MS) continue;
		await pause();
		begun = now();
	}
}

/** Yields after each object. */
function* loadingOf(files: readonly ManifestFile[]): Generator<void, Cluster> {
	const inventory = new Inventory();
	let filled = 0;
	for (const file of files) if ((yield* readFile(file, inventory)) > 0) filled += 1;
	if (files.length > 0 && filled === 0) failForNothing(files);
	readAnswers(inventory);
	const cluster = new LoadedCluster(inventory);
	checkAddressOwners(cluster.owners);
	checkCalico(cluster);
	checkOverlaps(cluster);
	checkReferences(cluster);
	checkSegments(cluster);
	checkSecurityGroups(cluster);
	checkEnis(cluster, cluster.enis);
	checkPodEnis(cluster);
	checkHybridnet(cluster);
	return cluster;
}

/** How many documents it holds. */
function* readFile(file: ManifestFile, inventory: Inventory): Generator<void, number> {
	let count = 0;
	try {
		for (const document of documentsIn(file)) {
			count += 1;
			for (const object of objectsIn(document)) {
				readObject(object, inventory);
				yield;
			}
		}
	} catch (error) {
		// The stack ends where text is nested some thousand levels deep.
		if (!(error instanceof RangeError)) throw error;
		refuse("nested-too-deeply", phrase("file-too-deep", { file: file.name }));
	}
	if (count === 0)
		inventory.warn({ code: "empty-file", message: phrase("no-object-in-it"), where: { file: file.name, line: 1 } });
	return count;
}

function failForNothing(files: readonly ManifestFile[]): never {
	const names = files.length === 1 ? `"${files[0]?.name}"` : phrase("n-files", { n: files.length });
	refuse("nothing-read", phrase("nothing-read", { names }), undefined, phrase("give-manifests"));
}
