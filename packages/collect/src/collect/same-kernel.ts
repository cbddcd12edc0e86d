/**
 * Archives that were taken on one kernel, as in several nodes of a lab or in several `ip netns` of one machine: each shows all
 * that its taker could see, so most namespaces are in each. A namespace is known by its inode, as long as the machine is not
 * started again. What an earlier archive holds is left out, and what is new is put beside it.
 */
import type { CollectedFiles } from "./merge.ts";

/** One archive: the texts by their path, the machine's name, and which start of which machine it is of. */
export interface MachineFiles {
	readonly files: CollectedFiles;
	readonly node: string;
	/** /proc/sys/kernel/random/boot_id; undefined: not told. */
	readonly boot: string | undefined;
}

/** Where an entry of snapshot.yaml about a namespace is to be found now; null: it is told by another archive. */
export type Moved = (node: string | undefined, netns: string | null) => NamespaceAt | null;

interface NamespaceAt {
	readonly node: string;
	/** Null: the machine's own. */
	readonly netns: string | null;
}

/** Namespaces by start of their machine and inode. */
export class KnownNamespaces {
	readonly #at = new Map<string, NamespaceAt>();
	readonly #taken = new Set<string>();

	/** The archive's files under the names that they get. `calls` are lines to add to the netns.yaml of a namespace already known. */
	add({ files, node, boot }: MachineFiles): {
		readonly files: CollectedFiles;
		readonly moved: Moved;
		readonly calls: readonly { readonly path: string; readonly line: string }[];
	} {
		const inodes = inodesOf(files, node);
		const keyOf = (netns: string | null): string => `${boot} ${inodes.get(netns ?? "host")}`;
		const host = boot === undefined || !inodes.has("host") ? undefined : this.#at.get(keyOf(null));
		const targets = new Map<string, NamespaceAt | null>();
		for (const id of idsOf(files, node)) {
			const netns = id === "host" ? null : id;
			const known = host === undefined || !inodes.has(id) ? undefined : this.#at.get(keyOf(netns));
			const own = host === undefined ? { node, netns } : { node: host.node, netns: this.#free(host.node, id, inodes) };
			targets.set(id, known === undefined ? own : null);
			this.#taken.add(pathOf(known ?? own));
			if (boot !== undefined && inodes.has(id) && known === undefined) this.#at.set(keyOf(netns), own);
		}
		const nameNow = (id: string): string => {
			const at = targets.get(id) ?? this.#at.get(keyOf(id === "host" ? null : id));
			return at == null ? id : (at.netns ?? "host");
		};
		const calls =
			host === undefined || host.node === node
				? []
				: [{ path: `${pathOf(host)}netns.yaml`, line: `machine: "${node}"\n` }];
		return {
			files: host === undefined ? files : renamed(files, node, targets, nameNow),
			moved: (of, netns) => (of === undefined ? null : (targets.get(netns ?? "host") ?? null)),
			calls,
		};
	}

	/** An id that no namespace of the machine has: its own, else its inode. */
	#free(node: string, id: string, inodes: ReadonlyMap<string, string>): string {
		const wanted = id === "host" ? (inodes.get("host") ?? id) : id;
		return this.#taken.has(pathOf({ node, netns: wanted })) ? (inodes.get(id) ?? `${id}-2`) : wanted;
	}
}

function pathOf({ node, netns }: NamespaceAt): string {
	return netns === null ? `nodes/${node}/host/` : `nodes/${node}/netns/${netns}/`;
}

const INSIDE = /^nodes\/([^/]+)\/(?:host|netns\/([^/]+))\/(.+)$/;

function idsOf(files: CollectedFiles, node: string): readonly string[] {
	const ids = [...files.keys()].flatMap((path) => {
		const [, of, netns = "host"] = INSIDE.exec(path) ?? [];
		return of === node ? [netns] : [];
	});
	return [...new Set(ids)];
}

function inodesOf(files: CollectedFiles, node: string): ReadonlyMap<string, string> {
	const inodes = new Map<string, string>();
	for (const id of idsOf(files, node)) {
		const text = files.get(`${pathOf({ node, netns: id === "host" ? null : id })}netns.yaml`);
		const inode = /^inode: (\d+)$/m.exec(text ?? "")?.[1];
		if (inode !== undefined) inodes.set(id, inode);
	}
	return inodes;
}

function renamed(
	files: CollectedFiles,
	node: string,
	targets: ReadonlyMap<string, NamespaceAt | null>,
	nameNow: (id: string) => string,
): CollectedFiles {
	const kept = new Map<string, string>();
	for (const [path, text] of files) {
		const [, of, netns = "host", name] = INSIDE.exec(path) ?? [];
		const target = of === node ? targets.get(netns) : undefined;
		if (name === undefined || target === undefined) kept.set(path, text);
		else if (target !== null) {
			// Ids of other namespaces are told by the names that those have here.
			const own =
				name === "netns.yaml"
					? text.replace(/^( {2}\d+: )"([^"]+)"$/gm, (_, start: string, id: string) => `${start}"${nameNow(id)}"`)
					: text;
			kept.set(`${pathOf(target)}${name}`, own);
		}
	}
	return kept;
}
