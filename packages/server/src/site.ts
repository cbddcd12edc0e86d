/** The page as files for any web server: the atlas, with the engine running in the browser. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { atlasIndex, faultIndex, type ServedInput } from "@podpath/core";
import { type PageFile, pageFolder, readPage } from "./page-files.ts";
import type { AtlasMode } from "./served.ts";

/** Writes the site; files that are there already are replaced. Gives the paths written, from the folder. */
export function writeSite(
	folder: string,
	atlas: readonly AtlasMode[],
	version: string,
	page: ReadonlyMap<string, PageFile> = readPage(pageFolder()),
): readonly string[] {
	const input: ServedInput = { kind: "atlas", name: "", podpath: version, summary: null };
	const index = atlasIndex(atlas.map(({ files, scenarios }) => ({ ...files, scenarios })));
	const files: readonly (readonly [string, string | Uint8Array])[] = [
		...[...page].map(([name, { bytes }]) => [name, bytes] as const),
		["api/input.json", JSON.stringify(input)],
		["api/atlas.json", JSON.stringify(index)],
		[
			"api/faults.json",
			JSON.stringify(
				faultIndex(atlas.map(({ files: own, faults }) => ({ mode: own.mode, faults: faults?.faults ?? [] }))),
			),
		],
		...atlas.flatMap(({ files: own, faults }) =>
			faults === null ? [] : [[`api/faults/${own.mode}.json`, JSON.stringify(faults.file)] as const],
		),
		...atlas.map(({ files: own }) => [`api/atlas/${own.mode}.json`, JSON.stringify(own)] as const),
	];
	for (const [name, content] of files) {
		const path = join(folder, name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, content);
	}
	return files.map(([name]) => name);
}
