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
	const inventory = new Inventory();
	const filled = files.filter((file) => readFile(file, inventory) > 0);
	if (files.length > 0 && filled.length === 0) failForNothing(files);
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
function readFile(file: ManifestFile, inventory: Inventory): number {
	let count = 0;
	try {
		for (const document of documentsIn(file)) {
			count += 1;
			for (const object of objectsIn(document)) readObject(object, inventory);
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
