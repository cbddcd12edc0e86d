/** How a path ends before it comes back to the client, for the words about it. */
import type { ExplainedPath } from "../trace/explanation.ts";

export type PathEnd = "lost" | "refused" | "exits" | "unknown";

/** Null: the answer comes back. */
export function endOf({ verdict }: Pick<ExplainedPath, "verdict">): PathEnd | null {
	switch (verdict) {
		case "delivered":
			return null;
		case "refused":
		case "exits":
		case "unknown":
			return verdict;
		case "dropped":
		case "unreachable":
		case "no-reply":
		case "loop":
			return "lost";
	}
}
