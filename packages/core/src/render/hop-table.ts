/** The hops of one direction as a table under the places that they happen at. */
import { printable } from "../diagnostic/diagnostic.ts";
import type { Origin } from "../origin/origin.ts";
import type { ExplainedHop, ExplainedRule } from "../trace/explanation.ts";
import { type Cell, type ColumnOptions, columns } from "./columns.ts";
import { headerChanges } from "./header.ts";

export interface HopTable {
	readonly lines: readonly string[];
	/** Stages that were left out because nothing was decided there. */
	readonly quiet: number;
}

/** Decisions that any packet on this way meets; they are worth a line only where they change the packet. */
const QUIET_CODES: ReadonlySet<string> = new Set([
	"received",
	"transmitted",
	"hook-passed",
	"bridge-up",
	"neighbour-static",
	"neighbour-answered",
	"neighbour-none-needed",
]);

/** One line for each stage: for all of them, or for those that decided something; what changed in the packet is marked. */
export function hopTable(hops: readonly ExplainedHop[], all: boolean, options: ColumnOptions): HopTable {
	const rows: { readonly at: string; readonly cells: readonly Cell[] }[] = [];
	let quiet = 0;
	for (const [position, hop] of hops.entries()) {
		const before = hops[position - 1];
		const changes = before === undefined ? [] : headerChanges(before.packet, hop.packet);
		if (!all && changes.length === 0 && QUIET_CODES.has(hop.code) && position < hops.length - 1) {
			quiet++;
			continue;
		}
		rows.push({ at: hop.at, cells: cellsOf(hop, changes, all) });
		if (all) rows.push(...(hop.rules ?? []).map((rule) => ({ at: hop.at, cells: ruleCells(rule) })));
	}
	return { lines: underPlaces(rows, options), quiet };
}

function cellsOf(hop: ExplainedHop, changes: readonly string[], all: boolean): readonly Cell[] {
	return [
		{ text: printable(hop.stage) },
		{ text: printable(hop.device ?? "") },
		// The star tells a change where there is no colour.
		{ text: changes.length === 0 ? "" : `* ${printable(changes.join(", "))}`, role: "change" },
		{ text: printable(`${hop.decision}${all ? "" : rulesInShort(hop)}${byWhom(hop)}`) },
	];
}

/** `: KUBE-SERVICES 3, KUBE-SVC-DNS 1`: chains and positions, where the rules themselves are not written out. */
function rulesInShort({ rules = [] }: ExplainedHop): string {
	const shown = rules.map(({ chain, position }) => `${chain} ${position === 0 ? "policy" : position}`);
	return shown.length === 0 ? "" : `: ${shown.join(", ")}`;
}

function ruleCells({ table, chain, position, text }: ExplainedRule): readonly Cell[] {
	const where = position === 0 ? "policy" : `rule ${position}`;
	const shown = printable(`  ${table} ${chain} ${where}: ${text}`);
	return [{ text: "" }, { text: "" }, { text: "" }, { text: shown, role: "faint" }];
}

/** Whose hand it was: the entry's own origin, or those of the rules. */
function byWhom(hop: ExplainedHop): string {
	const origins = [hop.origin, ...(hop.rules ?? []).map((rule) => rule.origin)].filter((origin) => origin !== null);
	const names = [...new Set(origins.map(formatOrigin))].filter((name) => name !== "");
	return names.length === 0 ? "" : ` [${names.join("; ")}]`;
}

/** `kube-proxy, service/default/nginx`; empty for what the kernel did by itself and for what nobody can tell. */
export function formatOrigin({ component, object }: Origin): string {
	const who = component === "kernel" || component === "unknown" ? "" : component;
	return [who, object ?? ""].filter((part) => part !== "").join(", ");
}

/** Writes each place once above its rows; the columns are aligned over all of them. */
function underPlaces(
	rows: readonly { readonly at: string; readonly cells: readonly Cell[] }[],
	options: ColumnOptions,
): readonly string[] {
	const table = columns(
		rows.map(({ cells }) => cells),
		{ ...options, indent: `${options.indent}  ` },
	);
	return rows.flatMap(({ at }, position) => {
		const heading =
			rows[position - 1]?.at === at ? [] : [`${options.indent}${options.paint("heading", printable(at))}`];
		return [...heading, ...(table[position] ?? [])];
	});
}
