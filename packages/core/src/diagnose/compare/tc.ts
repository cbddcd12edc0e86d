/** Filters of traffic control. */

import { printTcFilter } from "../../emit/tc.ts";
import { tcBatch } from "../../emit/tc-batch.ts";
import type { Namespace } from "../../state/namespace.ts";
import type { TcFilter } from "../../state/tc.ts";
import type { Difference } from "../difference.ts";
import { compareKeyed, type EntryKind } from "./keyed.ts";

export function compareTc(expected: Namespace, actual: Namespace): readonly Difference[] {
	if (actual.missing.has("tc-filter")) return [];
	return compareKeyed(actual.place, FILTERS, expected.tcFilters, actual.tcFilters);
}

const FILTERS: EntryKind<TcFilter> = {
	part: "tc-filter",
	codes: { missing: "tc-filter-missing", wrong: "tc-filter-wrong", extra: "tc-filter-unexpected" },
	keyOf: (filter) =>
		`${filter.device} ${filter.direction} ${filter.protocol.toLowerCase()} ${lines(filter).slice(0, -1).join(" ")}`,
	bodyOf: (filter) => lines(filter).at(-1) ?? "",
	textOf: (filter) => `dev ${filter.device} ${filter.direction} ${lines(filter).join(" ")}`,
	deviceOf: ({ device }) => device,
	fixOf: (expected, actual) => {
		const gone = actual && `tc filter del dev ${actual.device} ${actual.direction} pref ${actual.priority}`;
		return [gone, expected && added(expected)].filter((fix) => fix != null && fix !== "").join(" && ");
	},
	with: (namespace, change) => ({ ...namespace, tcFilters: change(namespace.tcFilters) }),
};

/** The commands that make it; empty for what tc alone cannot make, as a program. */
function added(filter: TcFilter): string {
	const commands = tcBatch([{ kind: "clsact", device: filter.device, origin: filter.origin }], [filter])
		.text.trim()
		.split("\n");
	const [qdisc = "", ...filters] = commands;
	return filters.length === 0
		? ""
		: [qdisc.replace("qdisc add", "qdisc replace"), ...filters].map((each) => `tc ${each}`).join(" && ");
}

/** What selects, and last what is done; without priority and handle, which say nothing of either. */
function lines(filter: TcFilter): readonly string[] {
	const printed = printTcFilter([{ ...filter, priority: 0 }])
		.trim()
		.split("\n")
		.slice(1);
	const actions = printed.filter((line) => line.startsWith("\taction")).map((line) => line.trim().replace(/\s+/g, " "));
	const selector = printed
		.filter((line) => !line.startsWith("\taction"))
		.map((line) => line.trim().replace(/^filter protocol \S+ pref 0 (\S+) .*/, "$1"));
	return [...selector, actions.join(", ")];
}
