/** The real dumps of fixtures/node-dumps, by file name. */
import { readFileSync } from "node:fs";

export function nodeDump(name: string): string {
	return readFileSync(new URL(`../fixtures/node-dumps/${name}`, import.meta.url), "utf8");
}
