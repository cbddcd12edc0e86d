/** A snapshot as it was read from disk (docs/contract.md has the layout). Files are named as messages name them. */

import type { Said } from "../wording/phrase.ts";

export interface SnapshotFile {
	/** What messages call it: its path. */
	readonly name: string;
	readonly text: string;
	/** Why it holds no text that could be read: a state file of a node is then a gap, not the end of the whole snapshot. */
	readonly unreadable?: Said;
}

export interface Snapshot {
	/** snapshot.yaml, which a snapshot put together by hand may lack. */
	readonly manifest: SnapshotFile | null;
	readonly kubernetes: readonly SnapshotFile[];
	readonly namespaces: readonly SnapshotNamespace[];
	/** Raw answers of cloud APIs. */
	readonly cloud: readonly SnapshotFile[];
}

export interface SnapshotNamespace {
	/** The folder under `nodes/`: a machine, whose namespaces share one kernel. */
	readonly node: string;
	/** The folder under `netns/`; null for the machine's own namespace. */
	readonly netns: string | null;
	/** By name inside the folder: `ip-address.txt`, `netns.yaml`. */
	readonly files: ReadonlyMap<string, SnapshotFile>;
}

/** Whether a file of `cloud/` holds an answer of the one provider whose answers are read, Alibaba Cloud. */
export function isReadAnswer({ name }: SnapshotFile): boolean {
	return /(^|[/:])cloud\/aliyun\//.test(name);
}
