/** `-o links`: one line for each path and direction, for people who want the data link alone and for grep. */
import type { ExplainedPath, Explanation } from "../trace/explanation.ts";
import { formatDataLink } from "./data-link.ts";
import { formatShare } from "./share.ts";
import { shownLinks } from "./topology.ts";

/** Ends in a line feed. The share stands in front where there are several paths. */
export function renderLinks(explanation: Explanation): string {
	const { paths } = explanation;
	const lines = paths.flatMap((path) => {
		const share = paths.length > 1 ? `${formatShare(path.weight)} ` : "";
		return directionsOf(path).map((way) => `${share}${path.verdict} ${way.name}: ${formatDataLink(shownLinks(way))}`);
	});
	return lines.map((line) => `${line}\n`).join("");
}

/** The directions that a path has, in the order in which they happen. */
export function directionsOf(path: ExplainedPath): readonly {
	readonly name: "forward" | "reply" | "refusal";
	readonly links: ExplainedPath["forward"]["links"];
	readonly hops: ExplainedPath["forward"]["hops"];
}[] {
	const { forward, reply, refusal } = path;
	return [
		{ name: "forward", ...forward },
		...(reply === null ? [] : [{ name: "reply" as const, ...reply }]),
		...(refusal === undefined ? [] : [{ name: "refusal" as const, ...refusal }]),
	];
}
