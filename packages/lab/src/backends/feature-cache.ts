/** What a kernel can do, kept in the user's cache folder between runs. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { isSaid, type Said } from "@podpath/core";
import type { BackendKind } from "../backend.ts";
import { FEATURES, type Feature } from "../lab-plan.ts";

/** Features that a kernel lacks, each with what it said when asked. */
export type Missing = ReadonlyMap<Feature, Said>;

export interface Known {
	readonly kernel: string;
	readonly missing: Missing;
}

/** podpath's folder below $XDG_CACHE_HOME, or below ~/.cache (XDG Base Directory Specification). */
export function cacheFolder(): string {
	const base = process.env.XDG_CACHE_HOME;
	return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), ".cache"), "podpath");
}

/** What was found under this key; undefined when there is none, or a file that cannot be understood. */
export function recall(kind: BackendKind, key: string): Known | undefined {
	try {
		const entry: unknown = JSON.parse(readFileSync(fileOf(kind), "utf8"));
		return readEntry(entry, key);
	} catch {
		return undefined;
	}
}

/** Keeps a finding. A folder that cannot be written costs the next run its time, and nothing else. */
export function remember(kind: BackendKind, key: string, known: Known): void {
	const file = fileOf(kind);
	const unfinished = `${file}.${process.pid}`;
	try {
		mkdirSync(cacheFolder(), { recursive: true });
	} catch {
		return;
	}
	try {
		writeFileSync(unfinished, JSON.stringify({ key, kernel: known.kernel, missing: [...known.missing] }));
		renameSync(unfinished, file);
	} catch {
		rmSync(unfinished, { force: true });
	}
}

/** One text for everything that a finding hangs on. A tool's version is taken from its file's time and size. */
export function cacheKey(parts: readonly string[], files: readonly string[]): string {
	const hash = createHash("sha256");
	for (const part of parts) hash.update(`${part}\0`);
	for (const file of files) {
		const found = statSync(file, { throwIfNoEntry: false });
		hash.update(`${file}\0${found?.mtimeMs}\0${found?.size}\0`);
	}
	return hash.digest("hex");
}

function fileOf(kind: BackendKind): string {
	return join(cacheFolder(), `lab-features-${kind}.json`);
}

function readEntry(entry: unknown, key: string): Known | undefined {
	if (typeof entry !== "object" || entry === null) return undefined;
	if (!("key" in entry) || entry.key !== key) return undefined;
	if (!("kernel" in entry) || typeof entry.kernel !== "string") return undefined;
	if (!("missing" in entry) || !Array.isArray(entry.missing)) return undefined;
	const missing = new Map<Feature, Said>();
	for (const pair of entry.missing) {
		if (!Array.isArray(pair) || !isSaid(pair[1])) return undefined;
		const feature = FEATURES.find((name) => name === pair[0]);
		if (feature === undefined) return undefined;
		missing.set(feature, pair[1]);
	}
	return { kernel: entry.kernel, missing };
}
