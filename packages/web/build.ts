/**
 * Builds the page into dist/page: one script and style sheet for the first view, further views on demand, and the engine as
 * workers of their own. Run by `npm run build`, after the types were checked.
 */
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
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

const CORE = join(HERE, "../core/src/index.ts");

/**
 * Takes each name of core from its own module: through index.ts, which leads to all of them, whatever any view uses would be
 * loaded before the first.
 */
const coreByName: Plugin = {
	name: "core-by-name",
	setup(building) {
		const statements = exportsOf(readFileSync(CORE, "utf8"));
		building.onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
			if (!path.startsWith(join(HERE, "src"))) return null;
			const contents = readFileSync(path, "utf8").replace(
				/import \{([^}]*)\} from "@podpath\/core";/g,
				(_, names: string) =>
					namesIn(names)
						.map((name) => statements.get(name) ?? `import { ${name} } from "@podpath/core";`)
						.join(" "),
			);
			return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
		});
	},
};

/** By the name that index.ts gives something: the statement that imports it from where it is. */
function exportsOf(index: string): ReadonlyMap<string, string> {
	const statements = [...index.matchAll(/export \{([^}]*)\} from "([^"]+)";/g)];
	return new Map(
		statements.flatMap(([, names = "", module = ""]) =>
			namesIn(names).map((name) => {
				const from = JSON.stringify(join(dirname(CORE), module));
				return [name.split(" as ").at(-1) ?? name, `import { ${name} } from ${from};`] as const;
			}),
		),
	);
}

/** Types are nothing to a bundler. */
function namesIn(list: string): readonly string[] {
	return list
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "" && !name.startsWith("type "));
}

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
		plugins: [coreByName],
	});
	await build({
		...OPTIONS,
		outdir: folder,
		entryPoints: {
			"engine-worker": join(HERE, "src/engine/engine-worker.ts"),
			"whole-engine-worker": join(HERE, "src/engine/whole-engine-worker.ts"),
		},
		plugins: [englishOnly],
	});
	for (const file of ["index.html", "icon.svg"]) cpSync(join(HERE, "src", file), join(folder, file));
}

if (import.meta.main) await buildPage(join(HERE, "dist/page"));
