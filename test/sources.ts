/** The repository's files and what they import, for the tests that keep its shape. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = join(dirname(fileURLToPath(import.meta.url)), "..");

const PASSED_OVER = new Set(["node_modules", "dist", "coverage", ".git"]);

/** Paths of all files under `folder` (from the root, with `/`) that end in one of `endings`, sorted. */
export function filesUnder(folder: string, ...endings: readonly string[]): readonly string[] {
	const found: string[] = [];
	const walk = (path: string): void => {
		for (const entry of readdirSync(path, { withFileTypes: true })) {
			if (PASSED_OVER.has(entry.name)) continue;
			const full = join(path, entry.name);
			if (entry.isDirectory()) walk(full);
			else if (endings.some((ending) => entry.name.endsWith(ending))) {
				found.push(relative(ROOT, full).split(sep).join("/"));
			}
		}
	};
	walk(join(ROOT, folder));
	return found.sort();
}

export function readSource(path: string): string {
	return readFileSync(join(ROOT, path), "utf8");
}

export interface Import {
	/** As it is written: `../address/address.ts`, `@podpath/core`, `node:fs`. */
	readonly specifier: string;
	readonly line: number;
}

/** Static, dynamic and type imports of a TypeScript source, `export … from` included. */
export function importsOf(text: string): readonly Import[] {
	const patterns = [
		/^\s*(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']/gm,
		/^\s*import\s*["']([^"']+)["']/gm,
		/\bimport\s*\(\s*["']([^"']+)["']\s*\)/g,
	];
	return patterns.flatMap((pattern) =>
		[...text.matchAll(pattern)].map((match) => ({
			specifier: match[1] ?? "",
			line: text.slice(0, match.index + match[0].length).split("\n").length,
		})),
	);
}
