/** Which routes decided where a packet went, and of which tables they are. */
import type { ExplainedDirection } from "../trace/explanation.ts";
import type { Difference } from "./check.ts";
import { matchesPattern } from "./notation.ts";
import type { Expected, ExpectedRoutes } from "./scenario.ts";

export function checkRoutes(
	direction: string,
	expected: Expected<ExpectedRoutes> | undefined,
	got: ExplainedDirection | null,
): readonly Difference[] {
	if (expected === undefined) return [];
	return [...expected.is].flatMap(([place, patterns]) => {
		const taken = routesAt(place, got);
		return patterns
			.filter((pattern) => !taken.some((route) => matchesPattern(pattern, route)))
			.map((pattern) => ({
				about: `${direction} route at ${place}`,
				expected: pattern,
				got: taken.length === 0 ? "no route" : taken.join(", then "),
				sources: expected.sources,
			}));
	});
}

/** `10.244.2.0/24 via 10.0.0.2 dev eth0 table main`, as the catalogue words a decision. */
function routesAt(place: string, got: ExplainedDirection | null): readonly string[] {
	return (got?.hops ?? []).flatMap(({ at, code, decision }) => {
		const [, route, table] = /^Route (.+) \(table (\S+), rule \d+\)/.exec(decision) ?? [];
		return at === place && code === "routed" && route !== undefined ? [`${route} table ${table}`] : [];
	});
}
