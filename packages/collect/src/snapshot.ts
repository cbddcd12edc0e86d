/** Reads a snapshot (docs/contract.md) from a folder or a .tar.gz into plain data. */
import { statSync } from "node:fs";
import { InputError, type Snapshot, type SnapshotFile, type SnapshotNamespace } from "@podpath/core";
import { readArchive } from "./snapshot-archive.ts";
import { readFolder, type SnapshotFiles } from "./snapshot-folder.ts";
import { cannotRead } from "./text-file.ts";

const MANIFEST = "snapshot.yaml";
const MANIFEST_ENDING = /\.(ya?ml|json)$/;
/** What the layout of a snapshot has a place for; anything else lies beside it and is not read. */
const LAYOUT =
	/^(snapshot\.yaml|kubernetes\/.+\.(ya?ml|json)|cloud\/.+\.json|nodes\/[^/]+\/(host|netns\/[^/]+)\/[^/]+\.(txt|json|yaml))$/;

/** Whether the layout has a place for a file of this path inside the snapshot. */
export function isOfLayout(inner: string): boolean {
	return LAYOUT.test(inner);
}

/**
 * The snapshot at a path. A folder round the layout, as `tar -czf s.tar.gz snapshot` packs it, is passed over.
 * @throws {InputError} For what cannot be read and for what holds no part of a snapshot.
 */
export async function readSnapshot(path: string): Promise<Snapshot> {
	const folder = isFolder(path);
	const prefixes = new Set<string>();
	const wanted = (inner: string): boolean => {
		const prefix = prefixOf(inner);
		if (prefix !== undefined) prefixes.add(prefix);
		return prefix !== undefined;
	};
	const files = folder ? readFolder(path, wanted) : await readArchive(path, wanted);
	if (prefixes.size !== 1) throw noSnapshot(path, prefixes.size);
	const [prefix = ""] = prefixes;
	return snapshotOf(new Map([...files].map(([inner, file]) => [inner.slice(prefix.length), file])));
}

/** What stands before the layout in a path: nothing, or one folder; undefined for a file that is no part of it. */
function prefixOf(inner: string): string | undefined {
	if (LAYOUT.test(inner)) return "";
	const slash = inner.indexOf("/");
	return slash > 0 && LAYOUT.test(inner.slice(slash + 1)) ? inner.slice(0, slash + 1) : undefined;
}

function isFolder(path: string): boolean {
	try {
		return statSync(path).isDirectory();
	} catch (error) {
		throw cannotRead(path, error);
	}
}

function snapshotOf(files: SnapshotFiles): Snapshot {
	const below = (start: string): readonly SnapshotFile[] =>
		[...files].flatMap(([inner, file]) => (inner.startsWith(start) ? [file] : []));
	const manifest = files.get(MANIFEST);
	return {
		manifest: manifest ?? null,
		kubernetes: below("kubernetes/").filter(({ name }) => MANIFEST_ENDING.test(name)),
		namespaces: namespacesOf(files),
		cloud: below("cloud/"),
	};
}

function namespacesOf(files: SnapshotFiles): readonly SnapshotNamespace[] {
	const namespaces = new Map<
		string,
		{ readonly node: string; readonly netns: string | null; readonly files: Map<string, SnapshotFile> }
	>();
	for (const [inner, file] of files) {
		const match = /^nodes\/([^/]+)\/(?:host|netns\/([^/]+))\/([^/]+)$/.exec(inner);
		if (match === null) continue;
		const [, node = "", netns = null, name = ""] = match;
		const key = JSON.stringify([node, netns]);
		const namespace = namespaces.get(key) ?? { node, netns, files: new Map() };
		namespaces.set(key, namespace);
		namespace.files.set(name, file);
	}
	return [...namespaces.values()];
}

function noSnapshot(path: string, found: number): InputError {
	return new InputError({
		code: "no-snapshot",
		message: found === 0 ? `"${path}" holds no snapshot` : `"${path}" holds ${found} snapshots`,
		hint: "a snapshot has kubernetes/*.yaml and nodes/NODE/host/{ip-address,ip-route,iptables-save,…}.{txt,json}",
	});
}
