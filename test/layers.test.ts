/** The order of folders and packages that docs/architecture.md describes: nothing imports upward. */
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { filesUnder, importsOf, readSource } from "./sources.ts";

/** Folders of packages/core/src, from the bottom up. A folder imports from itself and from those before it. */
const LAYERS = [
	"digest",
	"origin",
	"address",
	"packet",
	"wording",
	"diagnostic",
	"ipam",
	"netfilter",
	"state",
	"bgp",
	"parse",
	"emit",
	"cluster",
	"policy",
	"service",
	"modes",
	"snapshot",
	"capacity",
	"kernel",
	"fabric",
	"trace",
	"comparison",
	"diagnose",
	"atlas",
	"render",
	"api",
];

/** Packages from the bottom up, by name. */
const PACKAGES: readonly { readonly folder: string; readonly name: string }[] = [
	{ folder: "packages/core", name: "@podpath/core" },
	{ folder: "packages/collect", name: "@podpath/collect" },
	{ folder: "packages/lab", name: "@podpath/lab" },
	{ folder: "packages/web", name: "@podpath/web" },
	{ folder: "packages/server", name: "@podpath/server" },
	{ folder: "packages/cli", name: "podpath" },
];

const CORE = "packages/core/src/";

/** `state` for `packages/core/src/state/link.ts`; empty for index.ts, which joins everything. */
function layerOf(path: string): string {
	const rest = path.slice(CORE.length);
	return rest.includes("/") ? rest.slice(0, rest.indexOf("/")) : "";
}

function target(from: string, specifier: string): string {
	return posix.normalize(posix.join(posix.dirname(from), specifier));
}

describe("core", () => {
	const sources = filesUnder("packages/core/src", ".ts");

	test("has no folder that the order does not know", () => {
		const folders = new Set(sources.map(layerOf).filter((layer) => layer !== ""));
		expect([...folders].filter((folder) => !LAYERS.includes(folder))).toEqual([]);
	});

	test("imports only downward", () => {
		const upward = sources.flatMap((path) =>
			importsOf(readSource(path))
				.filter(({ specifier }) => specifier.startsWith("."))
				.filter(({ specifier }) => {
					const from = layerOf(path);
					const to = layerOf(target(path, specifier));
					return from !== "" && (to === "" || LAYERS.indexOf(to) > LAYERS.indexOf(from));
				})
				.map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
		);
		expect(upward).toEqual([]);
	});

	test("runs anywhere: it imports nothing of Node's and only the packages it declares", () => {
		const declared = Object.keys(JSON.parse(readSource("packages/core/package.json")).dependencies);
		const foreign = sources.flatMap((path) =>
			importsOf(readSource(path))
				.filter(({ specifier }) => !specifier.startsWith("."))
				.filter(({ specifier }) => !declared.some((name) => specifier === name || specifier.startsWith(`${name}/`)))
				.map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
		);
		expect(foreign).toEqual([]);
	});
});

describe("packages", () => {
	test("import each other by name, and only those below", () => {
		const wrong = PACKAGES.flatMap(({ folder }, position) => {
			const below = PACKAGES.slice(0, position).map(({ name }) => name);
			return filesUnder(`${folder}/src`, ".ts", ".tsx").flatMap((path) =>
				importsOf(readSource(path))
					.filter(({ specifier }) => {
						if (specifier.startsWith(".")) return !target(path, specifier).startsWith(`${folder}/src/`);
						const named = PACKAGES.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
						return named !== undefined && !below.includes(specifier);
					})
					.map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
			);
		});
		expect(wrong).toEqual([]);
	});

	test("relative imports name the file, ending included", () => {
		const vague = filesUnder("packages", ".ts", ".tsx").flatMap((path) =>
			importsOf(readSource(path))
				.filter(({ specifier }) => specifier.startsWith(".") && !/\.(tsx?|css|json)$/.test(specifier))
				.map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
		);
		expect(vague).toEqual([]);
	});
});
