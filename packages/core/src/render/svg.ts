/** `-o svg`: a picture that stands on its own, light or dark as the reader's system is. */
import type { ExplainedPath, Explanation } from "../trace/explanation.ts";
import { wrap } from "./columns.ts";
import { endsOf } from "./ends.ts";
import { escapeXml } from "./escape.ts";
import { causeStepOf } from "./finding-steps.ts";
import { groupPaths, type PathGroup } from "./groups.ts";
import { formatOrigin } from "./hop-table.ts";
import { ENGLISH_PICTURE, type PictureWords } from "./picture-words.ts";
import { formatShare } from "./share.ts";
import { cornerOf, type Point } from "./step-point.ts";
import { stepsOf } from "./steps.ts";
import { round } from "./svg-arrows.ts";
import type { Box, PlacedPlace, PlacedSpot } from "./svg-box.ts";
import { type Layout, layoutOf } from "./svg-layout.ts";
import { causeSign, drawnLegend, legendEntries, legendHeight, legendLines } from "./svg-legend.ts";
import { crossOf } from "./svg-signs.ts";
import { SVG_STYLE } from "./svg-style.ts";
import { columnsIn, columnsOf, shortened } from "./svg-text.ts";
import { formatQuestion } from "./text.ts";
import { type Tone, toneOf } from "./tone.ts";
import { topologyOf } from "./topology.ts";

const MARGIN = 24;
const LINE = 18;
const NARROWEST = 640;

/** A whole SVG document; ends in a line feed. Of paths that are alike the first is drawn. */
export function renderSvg(explanation: Explanation, words: PictureWords = ENGLISH_PICTURE): string {
	const groups = groupPaths(explanation.paths);
	const layout = layoutOf(topologyOf(groups.map(({ first, weight }) => ({ ...first, weight }))));
	const width = Math.ceil(Math.max(NARROWEST, layout.width));
	const head = headLines(explanation, width, words);
	const causes = groups.flatMap(({ first }) => causePoint(explanation, first, layout) ?? []);
	const legend = legendLines(legendEntries(groups, causes.length > 0, words), width - 2 * MARGIN);
	const legendTop = MARGIN + head.length * LINE + 16;
	const top = legendTop + legendHeight(legend);
	const notes = noteLines(groups, width, words);
	const notesTop = top + layout.height + 8;
	const height = Math.ceil(notesTop + notes.length * LINE + MARGIN);
	const title = `${words.verdict(explanation.verdict)}: ${formatQuestion(explanation.question)}`;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
		`<title>${escapeXml(title)}</title>`,
		`<style>${SVG_STYLE}</style>`,
		markers(),
		`<rect class="page" width="${width}" height="${height}"/>`,
		...head.map(({ text, role }, line) => textAt(MARGIN, MARGIN + 12 + line * LINE, role, text)),
		...drawnLegend(legend, MARGIN, legendTop),
		`<g transform="translate(${round((width - layout.width) / 2)} ${top})">`,
		...picture(layout, new Map(groups.flatMap(({ first }) => [...endsOf(first)])), words),
		...causes.map(({ x, y }) => causeSign(round(x), round(y))),
		"</g>",
		...notes.map((text, line) => textAt(MARGIN, notesTop + 12 + line * LINE, "note", text)),
		"</svg>",
		"",
	].join("\n");
}

interface HeadLine {
	readonly text: string;
	readonly role: string;
}

/** Null: the cause of no loss shows elsewhere than at its end. */
function causePoint(explanation: Explanation, path: ExplainedPath, layout: Layout): Point | null {
	const steps = stepsOf(path);
	const cause = steps[causeStepOf(explanation, path, steps) ?? -1];
	return cause === undefined ? null : cornerOf(layout, cause.position);
}

function headLines({ verdict, question, paths }: Explanation, width: number, words: PictureWords): readonly HeadLine[] {
	const columns = columnsIn(width - 2 * MARGIN, "note");
	const reason = paths.length === 1 ? (paths[0]?.reason ?? "") : words.paths(paths.length);
	return [
		...wrap(formatQuestion(question), columns, columnsOf).map((text) => ({ text, role: "question" })),
		...wrap(`${words.verdict(verdict)}: ${reason}`, columns, columnsOf).map((text) => ({
			text,
			role: `verdict ${toneOf(verdict)}`,
		})),
	];
}

/** What each path's rewrites are, what it does not reach, and what the picture leaves out. */
function noteLines(groups: readonly PathGroup[], width: number, words: PictureWords): readonly string[] {
	const columns = columnsIn(width - 2 * MARGIN, "note");
	const lines = groups.flatMap(({ first, others, weight }, position) => {
		const verdict = words.verdict(first.verdict);
		const name = groups.length === 1 ? "" : words.path(position + 1, formatShare(weight), verdict);
		const alike = others.length === 0 ? "" : words.alike(others.length + 1);
		// Spaces at the beginning of a text are not drawn.
		const indent = name === "" ? "" : "· ";
		const own = [
			...natLines(first, words),
			...(first.notReached === undefined ? [] : [words.notReachedAt(first.notReached.at)]),
		];
		return [...(name === "" ? [] : [`${name}${alike}`]), ...own.map((line) => `${indent}${line}`)];
	});
	return lines.flatMap((line) => wrap(line, columns, columnsOf));
}

function natLines({ nat }: ExplainedPath, words: PictureWords): readonly string[] {
	return nat.map(({ at, kind, from, to, by }) => words.rewritten(`${kind} ${from} → ${to}`, at, formatOrigin(by)));
}

function picture(
	{ machines, pods, spots, arrows }: Layout,
	ends: ReadonlyMap<string, "start" | Tone>,
	words: PictureWords,
): readonly string[] {
	return [
		...machines.map((machine) => namedBox(machine, "machine", 12, words)),
		...pods.map((pod) => namedBox(pod, "pod", 8, words)),
		...arrows.map(({ path, direction }) => `<path class="${direction}" d="${path}" marker-end="url(#${direction})"/>`),
		...spots.map((spot) => chip(spot, ends.get(spot.key))),
		// A share belongs to the way there; that of the answer is the same.
		...arrows
			.filter(({ direction, weight }) => direction === "forward" && weight < 0.9995)
			.map(({ label, weight }) => textAt(round(label.x - 6), round(label.y + 4), "share", formatShare(weight))),
	];
}

function namedBox(box: PlacedPlace, role: "machine" | "pod", radius: number, words: PictureWords): string {
	const unreached = box.unreached === undefined ? "" : " unreached";
	const [middle, top] = [round(box.x + box.width / 2), round(box.y + 17)];
	const name = textAt(middle, top, `${role}-name${unreached}`, shortened(box.name), box.name);
	const isTarget = box.unreached === "target";
	const said = isTarget ? textAt(middle, round(top + 28), "pod-name unreached", words.notReached) : "";
	return `<rect class="${role}${unreached}" ${rectangle(box)} rx="${radius}"/>${name}${said}`;
}

function chip(spot: PlacedSpot, end: "start" | Tone | undefined): string {
	const { x, y, width, height, name, kind } = spot;
	const role = end === undefined ? kind : `${kind} ${end}`;
	const radius = kind === "fabric" ? height / 2 : 6;
	const text = textAt(round(x + width / 2), round(y + height / 2 + 4.5), `${kind}-name`, shortened(name), name);
	const lost = end === "bad" || end === "unsure";
	const cross = lost ? `<path class="cross ${end}" d="${crossOf({ x: round(x), y: round(y) })}"/>` : "";
	return `<rect class="${role}" ${rectangle(spot)} rx="${radius}"/>${text}${cross}`;
}

function rectangle({ x, y, width, height }: Box): string {
	return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

/** `full` is shown when the pointer rests on a shortened text. */
function textAt(x: number, y: number, role: string, text: string, full: string = text): string {
	const tip = full === text ? "" : `<title>${escapeXml(full)}</title>`;
	return `<text class="${role}" x="${x}" y="${y}">${escapeXml(text)}${tip}</text>`;
}

function markers(): string {
	const arrows = (["forward", "reply"] as const).map(
		(direction) =>
			`<marker id="${direction}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="${direction}-head" d="M0 0.5 L8 4 L0 7.5 z"/></marker>`,
	);
	return `<defs>${arrows.join("")}</defs>`;
}
