/** From files to a cluster. */
import { InputError } from "../diagnostic/diagnostic.ts";
import { checkAddressOwners } from "./checks/address-checks.ts";
import { checkOverlaps } from "./checks/overlap-checks.ts";
import { checkReferences } from "./checks/reference-checks.ts";
import type { Cluster } from "./cluster.ts";
import type { ManifestFile } from "./input/document.ts";
import { objectsIn } from "./input/objects.ts";
import { Inventory } from "./inventory.ts";
import { LoadedCluster } from "./loaded-cluster.ts";
import { readObject } from "./read-object.ts";

export type { ManifestFile } from "./input/document.ts";

/**
 * The cluster that manifests describe: YAML or JSON, one object or many, Lists, in any mixture. The order of files and
 * objects does not matter.
 * @throws {InputError} For the first thing that is wrong, with its file, line and column; nothing else is thrown.
 */
export function loadCluster(files: readonly ManifestFile[]): Cluster {
	const inventory = new Inventory();
	for (const file of files) readFile(file, inventory);
	if (inventory.objects === 0) throw nothingIn(files);
	const cluster = new LoadedCluster(inventory);
	checkAddressOwners(cluster.owners);
	checkOverlaps(cluster);
	checkReferences(cluster);
	return cluster;
}

function readFile(file: ManifestFile, inventory: Inventory): void {
	const before = inventory.objects;
	try {
		for (const object of objectsIn(file)) readObject(object, inventory);
	} catch (error) {
		// The stack ends where text is nested some thousand levels deep.
		if (!(error instanceof RangeError)) throw error;
		throw new InputError({ code: "nested-too-deeply", message: `"${file.name}" is nested too deeply` });
	}
	if (inventory.objects === before) {
		inventory.warn({ code: "empty-file", message: "no object in it", where: { file: file.name, line: 1 } });
	}
}

function nothingIn(files: readonly ManifestFile[]): InputError {
	const [first, second] = files;
	const names = first === undefined ? "no file" : second === undefined ? `"${first.name}"` : `${files.length} files`;
	return new InputError({
		code: "nothing-read",
		message: first === undefined ? "no file to read a cluster from" : `no Kubernetes object in ${names}`,
		hint: "give manifests as YAML or JSON",
	});
}
