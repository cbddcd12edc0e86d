/** The page's files, as the build left them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";

export interface PageFile {
	readonly type: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** Its name holds a digest of its content. */
	readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
};

/** @throws {Error} Where the page is not built. */
export function pageFolder(): string {
	try {
		return dirname(createRequire(import.meta.url).resolve("@podpath/web/page/index.html"));
	} catch (error) {
		throw new Error("the page is not built: run npm run build", { cause: error });
	}
}

/** By their paths from the folder, with `/`. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> {
	const files = new Map<string, PageFile>();
	for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
		const path = join(folder, entry);
		const type = TYPES[extname(entry)];
		if (type === undefined || !statSync(path).isFile()) continue;
		const name = entry.replaceAll("\\", "/");
		files.set(name, { type, bytes: new Uint8Array(readFileSync(path)), immutable: name.startsWith("chunks/") });
	}
	return files;
}
