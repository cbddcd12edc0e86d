/** What the signs of the picture mean: only those that are in it, in as many lines as they need. What is not reached says so itself. */
import { escapeXml } from "./escape.ts";
import type { PathGroup } from "./groups.ts";
import { endOf, type PathEnd } from "./path-end.ts";
import type { PictureWords } from "./picture-words.ts";
import { CAUSE_SIGN, crossOf } from "./svg-signs.ts";
import { textWidth } from "./svg-text.ts";
import { type Tone, toneOf } from "./tone.ts";

export interface LegendEntry {
	/** Drawn in a box of `SIGN_WIDTH` pixels, whose middle line is 0. */
	readonly sign: string;
	readonly text: string;
}

const SIGN_WIDTH = 34;
const GAP = 8;
const LINE = 20;

export function legendEntries(
	groups: readonly PathGroup[],
	cause: boolean,
	words: PictureWords,
): readonly LegendEntry[] {
	const paths = groups.map(({ first }) => first);
	const backs = new Set(paths.flatMap(({ reply, refusal }) => (reply ? "reply" : refusal ? "refusal" : [])));
	const ends = new Map<PathEnd | null, Tone>(paths.map((path) => [endOf(path), toneOf(path.verdict)]));
	return [
		{ sign: arrow("forward"), text: words.forward },
		...[...backs].map((back) => ({ sign: arrow("reply"), text: words[back] })),
		{ sign: box("start"), text: words.begins },
		...[...ends].map(([end, tone]) =>
			end === null
				? { sign: box("good"), text: words.arrives }
				: { sign: `<path class="cross ${tone}" d="${crossOf({ x: SIGN_WIDTH / 2, y: 0 })}"/>`, text: words.ends[end] },
		),
		...(cause ? [{ sign: causeSign(SIGN_WIDTH / 2, 0), text: words.cause }] : []),
	];
}

/** Entries beside each other as far as `width` goes. */
export function legendLines(entries: readonly LegendEntry[], width: number): readonly (readonly LegendEntry[])[] {
	const lines: LegendEntry[][] = [];
	let free = 0;
	for (const entry of entries) {
		const needed = widthOf(entry);
		if (lines.length === 0 || needed > free) {
			lines.push([]);
			free = width;
		}
		lines.at(-1)?.push(entry);
		free -= needed;
	}
	return lines;
}

/** `y` is the middle of the first line. */
export function drawnLegend(lines: readonly (readonly LegendEntry[])[], x: number, y: number): readonly string[] {
	return lines.flatMap((entries, line) => {
		let left = x;
		return entries.map((entry) => {
			const at = `translate(${Math.round(left)} ${y + line * LINE})`;
			left += widthOf(entry);
			const text = `<text class="note" x="${SIGN_WIDTH + GAP}" y="4">${escapeXml(entry.text)}</text>`;
			return `<g class="sign" transform="${at}">${entry.sign}${text}</g>`;
		});
	});
}

export function legendHeight(lines: readonly unknown[]): number {
	return lines.length * LINE;
}

export function causeSign(x: number, y: number): string {
	return `<g class="cause" transform="translate(${x} ${y})"><path d="${CAUSE_SIGN.shape}"/><path class="stroke" d="${CAUSE_SIGN.stroke}"/></g>`;
}

function widthOf({ text }: LegendEntry): number {
	return SIGN_WIDTH + GAP + textWidth(text, "note") + 2 * GAP;
}

function arrow(direction: "forward" | "reply"): string {
	return `<path class="${direction}" d="M 0 0 L ${SIGN_WIDTH} 0" marker-end="url(#${direction})"/>`;
}

function box(role: "start" | "good"): string {
	return `<rect class="device ${role}" x="7" y="-6" width="20" height="12" rx="4"/>`;
}
