/** Archives of several machines, to the files of one snapshot. */
import { InputError, worded } from "@podpath/core";
import { parse } from "yaml";
import { isOfLayout } from "../snapshot.ts";
import { filesOfArchive } from "../snapshot-archive.ts";
import type { SnapshotFiles } from "../snapshot-folder.ts";
import { KnownNamespaces, type Moved } from "./same-kernel.ts";

/** Texts by their path inside the snapshot. */
export type CollectedFiles = ReadonlyMap<string, string>;

/** A part of the state that is not in the snapshot, and why. */
export interface Missing {
	readonly node?: string;
	readonly netns?: string | null;
	/** `conntrack`, `kubernetes/pods`; absent: the whole machine. */
	readonly part?: string;
	readonly host?: string;
	/** `tool-absent`, `permission`, `timeout`, `interrupted`, `unreachable`, `duplicate-name`, `failed`. */
	readonly reason: string;
	readonly message: string;
}

export interface Collected {
	readonly files: CollectedFiles;
	readonly missing: readonly Missing[];
	/** Everything ran to its end. */
	readonly complete: boolean;
}

/** What one run of the script wrote. */
export interface MachineArchive {
	/** What messages call it: the host. */
	readonly name: string;
	readonly archive: Buffer;
	/** When it arrived here, in milliseconds since 1970; NaN where that was not when it was made. */
	readonly receivedAt: number;
}

interface Manifest {
	readonly collector?: string;
	readonly complete?: boolean;
	readonly machines?: readonly MachineEntry[];
	readonly missing?: readonly Missing[];
	readonly commands?: readonly Command[];
}

interface MachineEntry {
	readonly name: string;
	readonly clock?: number;
	/** Which start of which machine, as the kernel tells it. */
	readonly boot?: string;
}

interface Command {
	readonly node?: string;
	readonly netns?: string | null;
}

/**
 * An archive that is damaged or hostile is a gap where `keepGaps`, as a connection that broke must not cost the other machines.
 * @throws {InputError} For such an archive otherwise.
 */
export async function merge(
	archives: readonly MachineArchive[],
	failed: readonly Missing[],
	collectedAt: Date,
	keepGaps: boolean,
): Promise<Collected> {
	const files = new Map<string, string>();
	const missing: Missing[] = [...failed];
	const machines: object[] = [];
	const commands: object[] = [];
	let complete = failed.length === 0;
	let collector = "";
	const known = new KnownNamespaces();
	for (const { name, archive, receivedAt } of archives) {
		const read = await filesOfArchive(archive, name, isOfLayout).catch((error: unknown) => {
			if (!keepGaps || !(error instanceof InputError)) throw error;
			missing.push({ host: name, reason: "failed", message: error.message });
			complete = false;
			return null;
		});
		if (read === null) continue;
		const manifest = manifestOf(read.get("snapshot.yaml")?.text ?? "");
		missing.push(...unreadableParts(read));
		const { own, moved, calls } = withoutKnown(known, read, manifest);
		const twice = [...own.keys()].find((inner) => inner.startsWith("nodes/") && files.has(inner));
		if (twice !== undefined) {
			const node = twice.split("/")[1] ?? "";
			missing.push({
				host: name,
				node,
				reason: "duplicate-name",
				message: `another machine is called ${node} too: give each its name, HOST=NODE`,
			});
			complete = false;
			continue;
		}
		for (const [inner, text] of own) if (inner !== "snapshot.yaml") files.set(inner, text);
		for (const { path, line } of calls) files.set(path, `${line}${files.get(path) ?? ""}`);
		for (const machine of manifest.machines ?? []) machines.push(withOffset(machine, receivedAt));
		commands.push(...entriesNow(manifest.commands ?? [], moved));
		missing.push(...entriesNow(manifest.missing ?? [], moved));
		complete &&= manifest.complete === true;
		collector ||= manifest.collector ?? "";
	}
	files.set("snapshot.yaml", snapshotYaml({ collectedAt, collector, complete, machines, missing, commands }));
	return { files, missing, complete };
}

/** Of an archive of one machine what no earlier archive of the same machine holds. */
function withoutKnown(
	known: KnownNamespaces,
	read: SnapshotFiles,
	{ machines = [] }: Manifest,
): {
	readonly own: CollectedFiles;
	readonly moved: Moved | null;
	readonly calls: ReturnType<KnownNamespaces["add"]>["calls"];
} {
	const readable = [...read].filter(([, { unreadable }]) => unreadable === undefined);
	const files = new Map(readable.map(([inner, { text }]) => [inner, text]));
	const [machine, another] = Array.isArray(machines) ? machines : [];
	if (machine === undefined || another !== undefined) return { own: files, moved: null, calls: [] };
	const { files: own, moved, calls } = known.add({ files, node: machine.name, boot: machine.boot || undefined });
	return { own, moved, calls };
}

/** An empty file would say that there is nothing. */
function unreadableParts(read: SnapshotFiles): readonly Missing[] {
	return [...read].flatMap(([inner, { unreadable }]) => {
		const [, node, netns, part] = /^nodes\/([^/]+)\/(?:host|netns\/([^/]+))\/([^/.]+)\./.exec(inner) ?? [];
		if (unreadable === undefined || node === undefined || part === undefined) return [];
		return [{ node, netns: netns ?? null, part, reason: "failed", message: worded(unreadable) }];
	});
}

function entriesNow<Entry extends Command>(entries: readonly Entry[], moved: Moved | null): readonly Entry[] {
	return entries.flatMap((entry) => {
		if (moved === null || entry.node === undefined) return [entry];
		const at = moved(entry.node, entry.netns ?? null);
		return at === null ? [] : [{ ...entry, ...at }];
	});
}

/** How far the machine's clock is ahead of this one's. The archive's own way here takes a moment. */
function withOffset<Machine extends { readonly clock?: number }>(machine: Machine, receivedAt: number): object {
	const { clock, ...rest } = machine;
	// An archive that was made some time ago says nothing of the clocks.
	if (clock === undefined || Number.isNaN(receivedAt)) return rest;
	return { ...rest, clockOffsetSeconds: Math.round(clock - receivedAt / 1000) };
}

function manifestOf(text: string): Manifest {
	try {
		const value: unknown = parse(text, { maxAliasCount: 10 });
		return typeof value === "object" && value !== null ? value : {};
	} catch {
		return {};
	}
}

/** A list has one entry a line, as JSON, which YAML reads. */
function snapshotYaml(parts: {
	readonly collectedAt: Date;
	readonly collector: string;
	readonly complete: boolean;
	readonly machines: readonly object[];
	readonly missing: readonly object[];
	readonly commands: readonly object[];
}): string {
	const { collectedAt, collector, complete, machines, missing, commands } = parts;
	const list = (name: string, entries: readonly object[]): string =>
		entries.length === 0 ? "" : `${name}:\n${entries.map((each) => `  - ${JSON.stringify(each)}\n`).join("")}`;
	return `apiVersion: podpath.dev/v1alpha1
kind: Snapshot
collectedAt: ${JSON.stringify(collectedAt.toISOString())}
collector: ${JSON.stringify(collector)}
complete: ${complete}
${list("machines", machines)}${list("missing", missing)}${list("commands", commands)}`;
}
