/** Paths that differ only in names: which of three endpoints, which node. People want to see one of them and a count. */
import type { ExplainedDirection, ExplainedPath } from "../trace/explanation.ts";
import { directionsOf } from "./links.ts";
import { deviceKind, placeNumbers } from "./structure.ts";

/** Paths of one structure, in the order of the explanation. Never empty. */
export interface PathGroup {
	readonly first: ExplainedPath;
	readonly others: readonly ExplainedPath[];
	/** The shares of all of them together. */
	readonly weight: number;
}

/** Groups paths of the same structure; up to `most` paths are few enough to stand each on its own. */
export function groupPaths(paths: readonly ExplainedPath[], most = 3): readonly PathGroup[] {
	if (paths.length <= most) return paths.map((first) => ({ first, others: [], weight: first.weight }));
	const groups = new Map<string, { readonly first: ExplainedPath; readonly others: ExplainedPath[]; weight: number }>();
	for (const path of paths) {
		const structure = structureOf(path);
		const group = groups.get(structure);
		if (group === undefined) groups.set(structure, { first: path, others: [], weight: path.weight });
		else {
			group.others.push(path);
			group.weight += path.weight;
		}
	}
	return [...groups.values()];
}

/** The path with places numbered in the order of their appearance, and without the random part of veth names. */
function structureOf(path: ExplainedPath): string {
	const placeOf = placeNumbers();
	const structure = (direction: ExplainedDirection): string => {
		const links = direction.links.map(({ at, device }) => `${placeOf(at)} ${deviceKind(device ?? "")}`);
		const hops = direction.hops.map(({ at, stage, code }) => `${placeOf(at)} ${stage} ${code}`);
		return [...links, ...hops].join("|");
	};
	return [path.verdict, ...directionsOf(path).map((direction) => `${direction.name}|${structure(direction)}`)].join(
		"\n",
	);
}
