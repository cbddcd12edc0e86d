/** What the engine's bundles leave out of the packages that it is made with, since no page ever asks them for it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** zod brings its messages in forty languages, of which the page uses none but English. */
const englishOnly: Plugin = {
	name: "zod-english-only",
	setup(building) {
		building.onResolve({ filter: /locales\/index\.js$/ }, ({ resolveDir }) => ({
			path: join(resolveDir, "../locales/en.js"),
		}));
	},
};

/** Schemas check what is read; the page publishes none of them. */
const noJsonSchema: Plugin = {
	name: "zod-without-json-schema",
	setup(building) {
		const none = `const none = () => { throw new Error("the page makes no JSON Schema"); };`;
		const methods = ["extractDefs", "finalize", "handleUnrepresentable", "initializeContext", "processSchema"];
		building.onLoad({ filter: /zod\/v4\/core\/to-json-schema\.js$/ }, () => ({
			contents: `${none}
				export const createStandardJSONSchemaMethod = () => none, createToJSONSchemaMethod = () => none;
				export { ${methods.map((name) => `none as ${name}`).join(", ")} };`,
		}));
		building.onLoad({ filter: /zod\/v4\/core\/json-schema-processors\.js$/ }, () => ({
			contents: `${none} export { none as toJSONSchema }; export const allProcessors = {};`,
		}));
	},
};

/** The formats of text that zod has as methods (`z.string().email()`), and brings with each text. */
const FORMATS =
	"email url jwt emoji guid uuid uuidv4 uuidv6 uuidv7 nanoid cuid cuid2 ulid base64 base64url xid ksuid ipv4 ipv6 cidrv4 cidrv6 e164 datetime date time duration";

/** What a text may look like is said by patterns here. A format that stands by itself (`z.iso.datetime()`) stays. */
const noTextFormats: Plugin = {
	name: "zod-without-text-formats",
	setup(building) {
		const methods = FORMATS.split(" ");
		building.onLoad({ filter: /zod\/v4\/classic\/schemas\.js$/ }, ({ path }) => {
			let left = readFileSync(path, "utf8");
			for (const method of methods) {
				const shorter = left.replace(new RegExp(`^    ${method}\\([^)]*\\) \\{\\n.*\\n    \\},\\n`, "m"), "");
				if (shorter === left) throw new Error(`zod has no method ${method} any more, or writes it in another way`);
				left = shorter;
			}
			return { contents: left };
		});
	},
};

/** The engine reads YAML and writes none. It would be written for keys that are no text, which reading refuses. */
const noYamlWriting: Plugin = {
	name: "yaml-without-writing",
	setup(building) {
		building.onLoad({ filter: /yaml\/browser\/dist\/stringify\/\w+\.js$/ }, ({ path }) => {
			const names = [...readFileSync(path, "utf8").matchAll(/^export \{ (.*) \};$/gm)].flatMap(([, list = ""]) =>
				list.split(", ").map((name) => `none as ${name}`),
			);
			const none = `const none = () => { throw new Error("the page writes no YAML"); };`;
			return { contents: `${none} export { ${names.join(", ")} };` };
		});
	},
};

export const LEAN_PACKAGES: readonly Plugin[] = [englishOnly, noJsonSchema, noTextFormats, noYamlWriting];
