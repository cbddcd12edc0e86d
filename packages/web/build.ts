/**
 * Builds the page into dist/page: one script and style sheet for the first view, further views and their style sheet on demand, and the engine as
 * workers of their own. Run by `npm run build`, after the types were checked.
 */
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { LEAN_PACKAGES } from "./lean-packages.ts";

const HERE = import.meta.dirname;

const CORE = join(HERE, "../core/src/index.ts");

/**
 * The sentences of one language alone, whatever is asked for: those of another are a twentieth of the engine. Those of a
 * diagnosis, of the lab, of snapshots and of what no parser understood are left out: this engine has to do with none.
 */
function sentencesIn(kept: "ENGLISH" | "CHINESE"): Plugin {
	const left = kept === "ENGLISH" ? "CHINESE" : "ENGLISH";
	const files = {
		ENGLISH: ["wording/english.ts", "trace/catalogue.ts"],
		CHINESE: ["wording/chinese.ts", "trace/catalogue-zh.ts"],
	};
	const instead = new Map(files[left].map((file, index) => [join(dirname(CORE), file), files[kept][index]]));
	const unsaid = new Map(
		["diagnosis", "dumps", "lab", "rules", "snapshots"].map((of) => [
			join(dirname(CORE), `wording/${kept.toLowerCase()}-of-${of}.ts`),
			`export const ${kept}_OF_${of.toUpperCase()} = {};`,
		]),
	);
	return {
		name: `sentences-in-${kept.toLowerCase()}`,
		setup(building) {
			building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
				const empty = unsaid.get(path);
				if (empty !== undefined) return { contents: empty, loader: "ts" };
				const other = instead.get(path);
				if (other === undefined) return null;
				const from = JSON.stringify(join(dirname(CORE), other));
				return { contents: `export { ${kept} as ${left} } from ${from};`, loader: "ts" };
			});
		},
	};
}

/** What alike packets met is remembered for verdicts alone, of which this engine gives none. */
const noVerdicts: Plugin = {
	name: "without-verdicts",
	setup(building) {
		building.onLoad({ filter: /kernel\/transit\/transits\.ts$/ }, () => ({
			contents: `export const transitsOf = () => { throw new Error("this engine gives no verdict alone"); };`,
		}));
	},
};

/**
 * A schema is made by calls, which a bundler has to keep; marked pure, those go that nothing in the bundle reads: what answers
 * look like is for the server to publish.
 */
const usedSchemas: Plugin = {
	name: "used-schemas",
	setup(building) {
		const folders = ["api", "atlas", "render"].map((folder) => join(dirname(CORE), folder, "/"));
		building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
			if (!folders.some((folder) => path.startsWith(folder))) return null;
			const schema = /^((?:export )?const \w+(?:: [^=]+?)? = )(z\b[\s\S]*?);$/gm;
			const contents = readFileSync(path, "utf8").replace(schema, "$1/* @__PURE__ */ (() => $2)();");
			return { contents, loader: "ts" };
		});
	},
};

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
	logOverride: { "import-is-undefined": "silent" },
};

/** Builds the page into a folder, which is emptied first. */
export async function buildPage(folder: string): Promise<void> {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	await build({ ...OPTIONS, outdir: folder, entryPoints: [join(HERE, "src/style/further-views.css")] });
	// Two builds: in one, what both use would be cut into a chunk that makes the page load the whole engine.
	await build({
		...OPTIONS,
		outdir: folder,
		entryPoints: { page: join(HERE, "src/page.tsx") },
		chunkNames: "chunks/[name]-[hash]",
		splitting: true,
		plugins: [coreByName],
	});
	const smaller = join(HERE, "src/engine/engine-worker.ts");
	const whole = join(HERE, "src/engine/whole-engine-worker.ts");
	for (const [name, entry, plugins] of [
		["engine-worker", smaller, [noVerdicts, sentencesIn("ENGLISH")]],
		["engine-worker.zh", smaller, [noVerdicts, sentencesIn("CHINESE")]],
		["whole-engine-worker", whole, []],
	] as const) {
		await build({
			...OPTIONS,
			outdir: folder,
			entryPoints: { [name]: entry },
			plugins: [...LEAN_PACKAGES, usedSchemas, ...plugins],
		});
	}
	for (const file of ["index.html", "icon.svg"]) cpSync(join(HERE, "src", file), join(folder, file));
}

if (import.meta.main) await buildPage(join(HERE, "dist/page"));
