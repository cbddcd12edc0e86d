/** A comparison as a person reads it: predicted and observed side by side, and where they part. */
import { columns, type Paint, printable, worded } from "@podpath/core";
import { type Agreement, type Comparison, type Difference, type Disagreement, isAboutHop } from "./comparison.ts";
import type { HopRow } from "./hop-row.ts";
import { deviceText, packetText } from "./hop-text.ts";
import type { Tally } from "./tally.ts";

export interface ComparisonTextOptions {
	readonly paint: Paint;
	/** Columns of the terminal; where both sides do not fit beside each other, they stand below each other. Absent: no limit. */
	readonly width?: number;
}

type Compared = Agreement | Disagreement;
type Cell = NonNullable<Parameters<typeof columns>[0][number][number]>;

/** The first line holds the outcome. Ends in a line feed. */
export function renderComparison(comparison: Comparison, options: ComparisonTextOptions): string {
	const { paint } = options;
	if (comparison.kind === "not-compared")
		return `${paint("warning", "not compared")}: ${printable(worded(comparison.why))}\n`;
	const lines = [
		...headLines(comparison, paint),
		...hopLines(comparison, options),
		...(comparison.kind === "differs" ? otherLines(comparison, paint) : []),
		...comparison.remarks.map((remark) => `note: ${printable(worded(remark))}`),
	];
	return lines.map((line) => `${line}\n`).join("");
}

function headLines(comparison: Compared, paint: Paint): readonly string[] {
	const { verdict, reason, result } = comparison;
	const predicted = paint("faint", printable(`predicted ${verdict}: ${reason}; the client met: ${result}`));
	if (comparison.kind === "agrees") return [paint("good", "agrees"), predicted];
	const [first] = comparison.differences;
	const about = first === undefined ? "" : `: ${first.about}: ${sidesOf(first)}`;
	return [`${paint("bad", "differs")}${printable(about)}`, predicted];
}

function sidesOf({ predicted, observed }: Difference): string {
	return `predicted ${worded(predicted)}, observed ${worded(observed)}`;
}

/** What differs besides the hops, which the table shows. */
function otherLines({ differences }: Disagreement, paint: Paint): readonly string[] {
	return differences
		.filter(({ about }) => !isAboutHop(about))
		.flatMap(({ about, predicted, observed }) => [
			"",
			paint("heading", printable(about)),
			`  predicted  ${printable(worded(predicted))}`,
			`  observed   ${paint("bad", printable(worded(observed)))}`,
		]);
}

type Rows = readonly (readonly Cell[])[];

/** All hops in one table, so that both directions have the same columns. */
function hopLines(comparison: Compared, { paint, width }: ComparisonTextOptions): readonly string[] {
	const beside = tableRows(comparison, besideCells, ["predicted", "observed"]);
	const unpainted = lay(beside, (_role, text) => text);
	const fits = width === undefined || unpainted.every((line) => measure(line) <= width);
	return fits ? lay(beside, paint) : lay(tableRows(comparison, belowCells, []), paint, width);
}

/** The last column is broken at spaces where there is a width. */
function lay(rows: Rows, paint: Paint, width?: number): readonly string[] {
	return columns(rows, { width, paint, measure, indent: "" }).flat();
}

function measure(text: string): number {
	return [...text].length;
}

function tableRows(
	comparison: Compared,
	cellsOf: (row: HopRow, position: number, parted: boolean) => Rows,
	titles: readonly string[],
): Rows {
	const divergence = comparison.kind === "differs" ? comparison.divergence : null;
	return comparison.directions.flatMap(({ direction, rows }) => [
		[],
		["", "", direction, ...titles].map((text): Cell => ({ text, role: "heading" })),
		...(rows.length === 0 ? [[{ text: "" }, { text: "" }, { text: "on no device" }]] : []),
		...rows.flatMap((row, i) => cellsOf(row, i, divergence?.direction === direction && divergence.row === i)),
	]);
}

function besideCells(row: HopRow, position: number, parted: boolean): Rows {
	return [[...startCells(row, position, parted), { text: predictedText(row) }, observedCell(row)]];
}

/** Two lines where the sides differ, one where they do not. */
function belowCells(row: HopRow, position: number, parted: boolean): Rows {
	const start = startCells(row, position, parted);
	if (row.kind === "same" && isAlike(row)) return [[...start, { text: predictedText(row) }]];
	const blank: readonly Cell[] = start.map(() => ({ text: "" }));
	const observed = observedCell(row);
	return [
		[...start, { text: `predicted  ${predictedText(row)}` }],
		[...blank, { ...observed, text: `observed   ${observed.text}` }],
	];
}

function startCells(row: HopRow, position: number, parted: boolean): readonly Cell[] {
	const at = row.predicted ?? row.seen;
	const mark: Cell = parted ? { text: ">", role: "bad" } : { text: "" };
	const device = at === null ? "" : printable(deviceText(at));
	return [
		mark,
		{ text: String(position + 1), role: "faint" },
		parted ? { text: device, role: "bad" } : { text: device },
	];
}

function predictedText({ predicted }: HopRow): string {
	return predicted === null ? "not predicted" : printable(packetText(predicted.packet, predicted.vlan));
}

function observedCell(row: HopRow): Cell {
	const { kind, seen, fields, note } = row;
	const aside = note === undefined ? "" : ` (${worded(note)})`;
	if (kind === "same") return { text: isAlike(row) ? "same" : observedText(row), role: "good" };
	const role = kind === "aside" ? "faint" : "bad";
	if (seen === null) return { text: `not seen${aside}`, role };
	// The packet's text shows every other field.
	const macs = fields.filter(({ field }) => field.endsWith("MAC"));
	const told = macs.map(({ field, predicted, observed }) => ` (${field} ${observed}, not ${predicted})`).join("");
	return { text: printable(`${observedText(row)}${told}${aside}`), role };
}

function observedText({ seen }: HopRow): string {
	return seen === null ? "" : printable(packetText(seen.packet, seen.vlan));
}

/** Packets that agree may look different: a port that was drawn at random, a TTL that the fabric's routers took from. */
function isAlike(row: HopRow): boolean {
	return predictedText(row) === observedText(row);
}

/** How often each way was seen, one a line. */
export function renderTally({ ways, neverSeen, disagreements, notCompared }: Tally, paint: Paint): string {
	const count = ways.reduce((sum, { seen }) => sum + seen, 0) + disagreements.length + notCompared;
	const cells = ways.map(({ weight, seen }, number): readonly Cell[] => [
		{ text: `way ${number + 1}` },
		{ text: `${Math.round(weight * 1000) / 10} % predicted` },
		neverSeen.includes(number)
			? { text: `never seen in ${probes(count)}`, role: "warning" }
			: { text: `seen ${seen} times of ${count}`, role: "good" },
	]);
	return [
		...lay(cells, paint),
		...(disagreements.length === 0 ? [] : [paint("bad", `${probes(disagreements.length)} fit no way`)]),
		...(notCompared === 0 ? [] : [paint("warning", `${probes(notCompared)} could not be compared`)]),
	]
		.map((line) => `${line}\n`)
		.join("");
}

function probes(count: number): string {
	return count === 1 ? "1 probe" : `${count} probes`;
}
