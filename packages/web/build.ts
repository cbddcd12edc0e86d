/**
 * Builds the page into dist/page: one script and style sheet for the first view, further views on demand, and the engine as
 * workers of their own. Run by `npm run build`, after the types were checked.
 */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

const HERE = import.meta.dirname;

/** zod brings its messages in forty languages, of which the page uses none but English. */
const englishOnly: Plugin = {
	name: "zod-english-only",
	setup(building) {
		building.onResolve({ filter: /locales\/index\.js$/ }, ({ resolveDir }) => ({
			path: join(resolveDir, "../locales/en.js"),
		}));
	},
};

const OPTIONS: BuildOptions = {
	bundle: true,
	format: "esm",
	target: "es2024",
	conditions: ["source"],
	jsx: "automatic",
	jsxImportSource: "preact",
	minify: true,
	legalComments: "linked",
	logLevel: "warning",
};

/** Builds the page into a folder, which is emptied first. */
export async function buildPage(folder: string): Promise<void> {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	// Two builds: in one, what both use would be cut into a chunk that makes the page load the whole engine.
	await build({
		...OPTIONS,
		outdir: folder,
		entryPoints: { page: join(HERE, "src/page.tsx") },
		chunkNames: "chunks/[name]-[hash]",
		splitting: true,
	});
	await build({
		...OPTIONS,
		outdir: folder,
		entryPoints: {
			"engine-worker": join(HERE, "src/engine/engine-worker.ts"),
			"diagnosis-worker": join(HERE, "src/engine/diagnosis-worker.ts"),
		},
		plugins: [englishOnly],
	});
	for (const file of ["index.html", "icon.svg"]) cpSync(join(HERE, "src", file), join(folder, file));
}

if (import.meta.main) await buildPage(join(HERE, "dist/page"));
