/** Names of chain priorities (`dstnat + 10`), which stand for other numbers in bridge tables (std_prios of src/rule.c). */
import type { NftFamily } from "./ruleset.ts";

const USUAL: Readonly<Record<string, number>> = {
	raw: -300,
	mangle: -150,
	dstnat: -100,
	filter: 0,
	security: 50,
	srcnat: 100,
};
const BRIDGE: Readonly<Record<string, number>> = { dstnat: -300, filter: -200, out: 100, srcnat: 300 };

/** The number that a name stands for in tables of a family; undefined where it has no such name. */
export function namedPriority(name: string, family: NftFamily): number | undefined {
	const names = family === "bridge" ? BRIDGE : USUAL;
	return Object.hasOwn(names, name) ? names[name] : undefined;
}
