/** The picture: machines with their pods and devices, the fabric between, and the packet where it is. */
import {
	cornerOf,
	crossOf,
	type ExplainedPath,
	endsOf,
	formatShare,
	type Layout,
	lastStepOf,
	layoutOf,
	type PathGroup,
	type PlacedArrow,
	type PlacedPlace,
	type PlacedSpot,
	pointOf,
	type Step,
	shortened,
	spotKey,
	stepsOf,
	type Tone,
	toneOf,
	topologyOf,
} from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { labelled, useTexts } from "../../texts/language.ts";
import { CauseSign } from "./cause-sign.tsx";
import { arrowKey, type Changes } from "./changes.ts";
import { PacketToken } from "./packet-token.tsx";

interface Props {
	readonly groups: readonly PathGroup[];
	readonly way: number;
	readonly step: Step;
	readonly steps: readonly Step[];
	readonly onStep: (index: number) => void;
	/** Whose picture it is, where there are several in a view. */
	readonly side?: string;
	/** What the unchanged cluster does not have is marked. */
	readonly changes?: Changes | null;
	/** The index of the step at which the cause of a loss shows. */
	readonly cause?: number | null;
}

/** Names stay readable when the picture must be small, and it does not shout when it might be large. */
const SMALLEST = 0.72;
/** In em for each pixel of the layout: large windows have larger letters. */
const LARGEST = 0.093;

export function Picture({ groups, way, step, steps, onStep, side, changes = null, cause = null }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const layout = useMemo(
		() => layoutOf(topologyOf(groups.map(({ first, weight }) => ({ ...first, weight })))),
		[groups],
	);
	const path = groups[way]?.first;
	const own = useMemo(() => ownArrows(groups, way), [groups, way]);
	const ends = useMemo(() => (path === undefined ? NO_ENDS : endsOf(path)), [path]);
	const lastAt = useMemo(() => lastPlaceOf(path), [path]);
	const endAt = (place: string): string => (path !== undefined && place === lastAt ? toneOf(path.verdict) : "");
	const stacks = new Set(path?.stacks);
	const placeOf = (box: PlacedPlace, kind: "machine" | "pod"): JSX.Element => (
		<Place
			key={box.name}
			box={box}
			kind={kind}
			stack={stacks.has(box.name)}
			end={endAt(box.name)}
			lost={path?.clientAddress?.lostAt === box.name}
		/>
	);
	const seen = new Set(path?.serviceAddressSeenAt.map(spotKey));
	const point = pointOf(layout, step.position);
	const causing = cause === null ? undefined : steps[cause];
	const frame = useRef<HTMLDivElement>(null);
	useEffect(() => follow(frame.current, layout, point.x), [layout, point.x]);
	return (
		<div class="picture" ref={frame} tabIndex={0} role="region" aria-label={labelled(texts.picture, side)}>
			<svg
				viewBox={`0 0 ${layout.width} ${layout.height}`}
				width={layout.width}
				height={layout.height}
				style={{ minWidth: `${layout.width * SMALLEST}px`, maxWidth: `${layout.width * LARGEST}em` }}
				aria-hidden="true"
			>
				<Markers />
				{layout.machines.map((box) => placeOf(box, "machine"))}
				{layout.pods.map((box) => placeOf(box, "pod"))}
				{layout.arrows.map((arrow) => (
					<ArrowLine
						key={arrowKey(arrow)}
						arrow={arrow}
						faint={!own.has(arrowKey(arrow))}
						changed={changes?.arrows.has(arrowKey(arrow))}
					/>
				))}
				{layout.spots.map((spot) => (
					<Chip
						key={spot.key}
						spot={spot}
						end={ends.get(spot.key) ?? ""}
						here={isHere(step, spot.key)}
						service={seen.has(spot.key)}
						changed={changes?.spots.has(spot.key)}
						onClick={() => {
							const index = steps.findIndex(({ position }) => position.kind === "at" && position.spot === spot.key);
							if (index >= 0) onStep(index);
						}}
					/>
				))}
				{layout.arrows.map((arrow) => (
					<Share key={arrowKey(arrow)} arrow={arrow} />
				))}
				<PacketToken point={point} direction={step.direction} />
				{layout.spots.map((spot) => (
					<EndMark key={spot.key} spot={spot} end={ends.get(spot.key) ?? ""} />
				))}
				{causing !== undefined && <CauseSign {...cornerOf(layout, causing.position)} />}
			</svg>
		</div>
	);
}

const NO_ENDS: ReturnType<typeof endsOf> = new Map();

function ownArrows(groups: readonly PathGroup[], way: number): ReadonlySet<string> {
	const path = groups[way]?.first;
	return new Set(path === undefined ? [] : topologyOf([path]).arrows.map(arrowKey));
}

/** Where the packet, or its answer, ends on its way; undefined: it does not. */
function lastPlaceOf(path: ExplainedPath | undefined): string | undefined {
	if (path === undefined) return undefined;
	const steps = stepsOf(path);
	return steps[lastStepOf(path, steps) ?? -1]?.hop.at;
}

function isHere({ position }: Step, key: string): boolean {
	return position.kind === "at" ? position.spot === key : false;
}

/** Where the picture is wider than the window, what is shown moves with the packet. */
function follow(frame: HTMLDivElement | null, layout: Layout, x: number): void {
	if (frame === null || frame.scrollWidth <= frame.clientWidth) return;
	const scale = frame.scrollWidth / layout.width;
	frame.scrollTo({ left: x * scale - frame.clientWidth / 2 });
}

function Markers(): JSX.Element {
	return (
		<defs>
			<marker
				id="forward-head"
				viewBox="0 0 8 8"
				refX="7.5"
				refY="4"
				markerWidth="8"
				markerHeight="8"
				markerUnits="userSpaceOnUse"
				orient="auto"
			>
				<path class="forward-head" d="M0 0.5 L8 4 L0 7.5 z" />
			</marker>
			<marker
				id="reply-head"
				viewBox="0 0 9 9"
				refX="8"
				refY="4.5"
				markerWidth="9"
				markerHeight="9"
				markerUnits="userSpaceOnUse"
				orient="auto"
			>
				<path class="reply-head" d="M1 1 L8 4.5 L1 8" />
			</marker>
		</defs>
	);
}

interface PlaceProps {
	readonly box: PlacedPlace;
	readonly kind: "machine" | "pod";
	readonly stack: boolean;
	/** The tone, where the packet ends on its way. */
	readonly end: string;
	/** The client's address is lost there. */
	readonly lost: boolean;
}

function Place({ box, kind, stack, end, lost }: PlaceProps): JSX.Element {
	const { path: texts } = useTexts();
	const { x, y, width, height, name, unreached } = box;
	return (
		<g
			class={`place ${kind}${unreached === undefined ? "" : " unreached"}${stack ? " stack" : ""}${end === "" ? "" : ` end ${end}`}`}
		>
			<title>{stack ? `${name}: ${texts.stack}` : name}</title>
			<rect x={x} y={y} width={width} height={height} rx={kind === "machine" ? 12 : 8} />
			<text x={x + width / 2} y={y + 17}>
				{shortened(name)}
			</text>
			{unreached === "target" && (
				<text x={x + width / 2} y={y + 45}>
					{texts.notReached}
				</text>
			)}
			{lost && (
				<path class="client-mark" d={`M ${x + width - 24} ${y + 14} a 6 6 0 1 0 12 0 a 6 6 0 1 0 -12 0 m 3 0 h 6`} />
			)}
		</g>
	);
}

interface ArrowLineProps {
	readonly arrow: PlacedArrow;
	readonly faint: boolean;
	readonly changed: boolean | undefined;
}

function ArrowLine({ arrow, faint, changed = false }: ArrowLineProps): JSX.Element {
	const { direction, path } = arrow;
	return (
		<>
			{changed && <path class="changed-arrow" d={path} />}
			<path class={`arrow ${direction}${faint ? " faint" : ""}`} d={path} marker-end={`url(#${direction}-head)`} />
		</>
	);
}

function Share({ arrow }: { readonly arrow: PlacedArrow }): JSX.Element | null {
	const { direction, weight, label } = arrow;
	// A share belongs to the way there; that of the answer is the same.
	if (direction !== "forward" || weight >= 0.9995) return null;
	return (
		<text class="share" x={label.x - 6} y={label.y + 4}>
			{formatShare(weight)}
		</text>
	);
}

/** A cross on the corner, which the packet does not cover. */
function EndMark({ spot, end }: Pick<ChipProps, "spot" | "end">): JSX.Element | null {
	if (end !== "bad" && end !== "unsure") return null;
	return <path class={`end-mark ${end}`} d={crossOf(spot)} />;
}

interface ChipProps {
	readonly spot: PlacedSpot;
	readonly end: "start" | Tone | "";
	readonly here: boolean;
	/** The Service's address can be seen there. */
	readonly service: boolean;
	readonly changed: boolean | undefined;
	readonly onClick: () => void;
}

function Chip({ spot, end, here, service, changed = false, onClick }: ChipProps): JSX.Element {
	const { x, y, width, height, name, kind } = spot;
	return (
		// The list of steps does the same for the keyboard.
		<g class={`chip ${kind} ${end}${here ? " here" : ""}`} onClick={onClick}>
			<title>{name}</title>
			{changed && (
				<rect class="changed-mark" x={x - 5} y={y - 5} width={width + 10} height={height + 10} rx={height / 2} />
			)}
			<rect x={x} y={y} width={width} height={height} rx={kind === "fabric" ? height / 2 : 6} />
			<text x={x + width / 2} y={y + height / 2 + 4.5}>
				{shortened(name)}
			</text>
			{service && <circle class="service-mark" cx={x + width} cy={y} r="5" />}
		</g>
	);
}
