/** `-o mermaid`: a flowchart with machines as subgraphs, pods inside their nodes, and both directions. */
import type { Explanation } from "../trace/explanation.ts";
import { escapeMermaid } from "./escape.ts";
import { groupPaths } from "./groups.ts";
import { ENGLISH_PICTURE, type PictureWords } from "./picture-words.ts";
import { formatShare } from "./share.ts";
import { formatQuestion } from "./text.ts";
import { type Arrow, type PlaceBox, topologyOf } from "./topology.ts";

/** Mermaid text for the way there (solid) and back (dotted); of paths that are alike the first is drawn. */
export function renderMermaid(explanation: Explanation, words: PictureWords = ENGLISH_PICTURE): string {
	const topology = topologyOf(groupPaths(explanation.paths).map(({ first, weight }) => ({ ...first, weight })));
	const ids = new Map<string, string>();
	const lines = [
		`%% ${escapeMermaid(`${words.verdict(explanation.verdict)}: ${formatQuestion(explanation.question)}`)}`,
		"flowchart TB",
		...topology.places.flatMap((place) => placeLines(place, "  ", ids, words)),
		...topology.arrows.map((arrow) => arrowLine(arrow, ids)),
		...linkStyles(topology.arrows),
	];
	return lines.map((line) => `${line}\n`).join("");
}

/** Nodes are numbered: no name ever stands where Mermaid expects an identifier. */
function idOf(key: string, ids: Map<string, string>): string {
	const id = ids.get(key) ?? `n${ids.size}`;
	ids.set(key, id);
	return id;
}

function placeLines(place: PlaceBox, indent: string, ids: Map<string, string>, words: PictureWords): readonly string[] {
	const [only] = place.spots;
	if (place.kind === "fabric" && only !== undefined) {
		return [`${indent}${idOf(only.key, ids)}{{"${escapeMermaid(place.at)}"}}`];
	}
	const inner = `${indent}  `;
	const unreached = place.unreached === undefined ? "" : ` (${words.notReached})`;
	return [
		`${indent}subgraph ${idOf(place.at, ids)}s["${escapeMermaid(place.at)}${unreached}"]`,
		...place.pods.flatMap((pod) => placeLines(pod, inner, ids, words)),
		...place.spots.map(({ key, device }) => `${inner}${idOf(key, ids)}["${escapeMermaid(device || "—")}"]`),
		`${indent}end`,
	];
}

function arrowLine({ from, to, direction, weight }: Arrow, ids: Map<string, string>): string {
	const label = weight > 0.9995 ? "" : `|"${escapeMermaid(formatShare(weight))}"|`;
	return `  ${idOf(from, ids)} ${direction === "forward" ? "-->" : "-.->"}${label} ${idOf(to, ids)}`;
}

const COLOURS: Readonly<Record<Arrow["direction"], string>> = { forward: "#1f6feb", reply: "#c2600c" };

function linkStyles(arrows: readonly Arrow[]): readonly string[] {
	return (["forward", "reply"] as const).flatMap((direction) => {
		const numbers = arrows.flatMap((arrow, position) => (arrow.direction === direction ? [position] : []));
		return numbers.length === 0 ? [] : [`  linkStyle ${numbers.join(",")} stroke:${COLOURS[direction]}`];
	});
}
