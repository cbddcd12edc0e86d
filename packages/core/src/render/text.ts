/** `-o text`: the answer as a person reads it, from the verdict down to where to look with tcpdump. */
import { printable } from "../diagnostic/diagnostic.ts";
import type { ExplainedHop, Explanation, Finding, Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";
import type { FixKind } from "../wording/fix.ts";
import { type Cell, columns, wrap } from "./columns.ts";
import { formatDataLink } from "./data-link.ts";
import { groupPaths, type PathGroup } from "./groups.ts";
import { formatHeader } from "./header.ts";
import { hopTable } from "./hop-table.ts";
import { directionsOf } from "./links.ts";
import { pathFacts } from "./path-facts.ts";
import { formatShare } from "./share.ts";
import { type Paint, paintFor, type Role } from "./style.ts";
import type { Layout } from "./text-layout.ts";
import { shownLinks } from "./topology.ts";

export interface TextOptions {
	/** ANSI colours. */
	readonly color: boolean;
	/** Columns of the terminal. Absent: lines are not broken, which is right for files and pipes. */
	readonly width?: number;
	/** Every stage with every rule and capture, instead of those that decided something. */
	readonly verbose?: boolean;
	/** Columns that a text takes on the terminal; by default one for each character. */
	readonly measure?: (text: string) => number;
}

/** The first line holds the verdict and what decided it. Ends in a line feed. */
export function renderText(explanation: Explanation, options: TextOptions): string {
	const paint = paintFor(options.color);
	const layout: Layout = {
		paint,
		width: options.width,
		measure: options.measure ?? ((text) => [...text].length),
		indent: "  ",
		verbose: options.verbose === true,
	};
	// More than two paths in full are more than a screen.
	const groups = groupPaths(explanation.paths, layout.verbose ? Number.POSITIVE_INFINITY : 2);
	const lines = [
		...verdictLines(explanation, groups, layout),
		...groups.flatMap((group, position) => groupLines(group, position, groups.length, layout)),
		...findingLines(explanation.findings, layout),
	];
	return lines.map((line) => `${line}\n`).join("");
}

const VERDICT_ROLES: Readonly<Record<Verdict | "mixed", Role>> = {
	delivered: "good",
	refused: "bad",
	dropped: "bad",
	unreachable: "bad",
	"no-reply": "bad",
	loop: "bad",
	exits: "warning",
	unknown: "warning",
	mixed: "warning",
};

function paintVerdict(verdict: Verdict | "mixed", paint: Paint): string {
	return paint("heading", paint(VERDICT_ROLES[verdict], verdict));
}

function verdictLines(explanation: Explanation, groups: readonly PathGroup[], layout: Layout): readonly string[] {
	const { verdict, question, paths } = explanation;
	const summary = groups.length === 1 ? (groups[0]?.first.reason ?? "") : sharesOf(explanation);
	const before = `${verdict}: `;
	const lines = wrapAfter(before, printable(summary), layout);
	const alike = groups.length === 1 && paths.length > 1 ? " alike, of which the first is shown" : "";
	const count = paths.length > 1 ? `, ${paths.length} paths${alike}` : "";
	return [
		`${paintVerdict(verdict, layout.paint)}: ${lines[0] ?? ""}`,
		...lines.slice(1),
		layout.paint("faint", printable(`${formatQuestion(question)}${count}`)),
	];
}

/** `67 % delivered, 33 % refused` */
function sharesOf({ paths }: Explanation): string {
	const shares = new Map<Verdict, number>();
	for (const { verdict, weight } of paths) shares.set(verdict, (shares.get(verdict) ?? 0) + weight);
	if (shares.size === 1) return `all ${paths.length} paths`;
	return [...shares].map(([verdict, weight]) => `${formatShare(weight)} ${verdict}`).join(", ");
}

/** `pod/default/a → service/default/b:80 (tcp, via external-ip)` */
export function formatQuestion({ from, to, protocol, via, sourcePort, node, at }: Question): string {
	const details = [
		protocol,
		...(via === undefined ? [] : [`via ${via}`]),
		...(node === undefined ? [] : [`of node/${node}`]),
		...(sourcePort === undefined ? [] : [`source port ${sourcePort}`]),
		...(at === undefined ? [] : [`at ${at}`]),
	];
	return `${from} → ${to} (${details.join(", ")})`;
}

/** Lines of a text that follows `before` on its first line and stands under its own beginning on the others. */
function wrapAfter(before: string, text: string, { width, measure }: Layout): readonly string[] {
	const indent = " ".repeat(measure(before));
	const room = width === undefined ? undefined : Math.max(24, width - indent.length);
	return wrap(text, room, measure).map((line, position) => (position === 0 ? line : `${indent}${line}`));
}

function groupLines(group: PathGroup, position: number, count: number, layout: Layout): readonly string[] {
	const { first } = group;
	return [
		...(count === 1 ? [] : ["", ...groupHeading(group, position, count, layout)]),
		"",
		...dataLinkLines(group, layout),
		...directionsOf(first).flatMap(({ name, hops }) => {
			const { lines, quiet } = hopTable(hops, layout.verbose, layout);
			return ["", directionHeading(name, hops[0], quiet, layout), ...lines];
		}),
		...pathFacts(first, layout),
	];
}

/** The direction with the packet as it sets out, so that the table below needs only what changes. */
function directionHeading(name: string, start: ExplainedHop | undefined, quiet: number, { paint }: Layout): string {
	const header = start === undefined ? "" : `  ${printable(formatHeader(start.packet))}`;
	const stages = quiet === 1 ? "1 stage" : `${quiet} stages`;
	const more = quiet === 0 ? "" : paint("faint", `  (${stages} without effect not shown)`);
	return `${paint("heading", capitalised(name))}${header}${more}`;
}

function capitalised(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function groupHeading(group: PathGroup, position: number, count: number, layout: Layout): readonly string[] {
	const { first, others, weight } = group;
	const alike = others.length === 0 ? "" : `, ${others.length + 1} paths alike of which the first is shown`;
	const before = `Path ${position + 1} of ${count}, ${formatShare(weight)}${alike}: `;
	const room = layout.width === undefined ? undefined : layout.width - layout.indent.length;
	return [
		`${layout.paint("heading", before)}${paintVerdict(first.verdict, layout.paint)}`,
		...wrap(printable(first.reason), room, layout.measure).map((line) => `${layout.indent}${line}`),
	];
}

/** More data links of one structure than this are counted instead of written out. */
const MOST_LIKE_IT = 8;

function dataLinkLines({ first, others }: PathGroup, layout: Layout): readonly string[] {
	const { paint } = layout;
	const rows: (readonly Cell[])[] = directionsOf(first).map((way) => [
		{ text: way.name, role: "heading" },
		{ text: formatDataLink(shownLinks(way)) },
	]);
	for (const { weight, forward } of others.slice(0, MOST_LIKE_IT)) {
		rows.push([{ text: `or ${formatShare(weight)}`, role: "heading" }, { text: formatDataLink(shownLinks(forward)) }]);
	}
	const left = others.length - MOST_LIKE_IT;
	// The data link stays on one line whatever the width: it is what people copy.
	const lines = columns(rows, { ...layout, width: undefined, indent: "" }).flat();
	return left > 0 ? [...lines, paint("faint", `and ${left} more alike`)] : lines;
}

/** A command stands out from words: it is what people copy. */
export function fixRole(kind: FixKind | undefined): Pick<Cell, "role"> {
	return kind === "command" ? { role: "good" } : {};
}

function findingLines(findings: readonly Finding[], layout: Layout): readonly string[] {
	if (findings.length === 0) return [];
	const roles: Readonly<Record<Finding["severity"], Role>> = { error: "bad", warning: "warning", info: "faint" };
	const rows = findings.flatMap(({ severity, code, message, fix, fixKind, object }): (readonly Cell[])[] => {
		const about = object === undefined ? "" : ` (${object})`;
		return [
			[{ text: severity, role: roles[severity] }, { text: printable(`${message}${about} [${code}]`) }],
			...(fix === undefined ? [] : [[{ text: "" }, { text: printable(`fix: ${fix}`), ...fixRole(fixKind) }]]),
		];
	});
	return ["", layout.paint("heading", "Findings"), ...columns(rows, layout).flat()];
}
