/** The drawing, to be moved about in and to be pointed at. */
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useTextsOf } from "../../texts/language.ts";
import { TOPOLOGY } from "../../texts/topology.ts";
import { type Camera, fitted, panned, type Size, shown, zoomed } from "./camera.ts";
import { type Colours, draw, type Names } from "./draw.ts";
import { type Layout, placeAt } from "./layout.ts";

interface Props {
	readonly layout: Layout;
	readonly size: Size;
	readonly names: Names;
	readonly selected: string | null;
	readonly onSelect: (place: string | null) => void;
}

const STEP = 60;
const FACTOR = 1.4;
/** A pointer that moved less has clicked. */
const CLICK = 4;

export function TopologyMap({ layout, size, names, selected, onSelect }: Props): JSX.Element {
	const texts = useTextsOf(TOPOLOGY);
	const surface = useRef<HTMLDivElement>(null);
	const canvas = useRef<HTMLCanvasElement>(null);
	const whole = useMemo(() => fitted(layout, size), [layout, size]);
	const [moved, setMoved] = useState<{ readonly in: Camera; readonly camera: Camera } | null>(null);
	const [hovered, setHovered] = useState<string | null>(null);
	const clicked = useRef<string | null>(null);
	const colours = useColours();
	// Another size or drawing is seen whole again.
	const camera = moved?.in === whole ? moved.camera : whole;
	const look = (next: Camera): void => setMoved({ in: whole, camera: panned(next, 0, 0, layout, size) });
	const zoom = (factor: number, at = { x: size.width / 2, y: size.height / 2 }): void =>
		look(zoomed(camera, factor, at, whole.scale));

	useEffect(() => {
		const box = layout.boxes.get(selected ?? "");
		// What somebody pointed at is in sight already.
		if (box !== undefined && clicked.current !== selected) look(shown(box, size, camera));
		clicked.current = null;
	}, [selected, layout, size]);
	useEffect(() => {
		const context = canvas.current?.getContext("2d");
		if (context == null || colours === null) return;
		const request = requestAnimationFrame(() => {
			context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
			draw(context, { layout, camera, size, colours, names, selected, hovered });
		});
		return () => cancelAnimationFrame(request);
	}, [layout, camera, size, colours, names, selected, hovered]);
	const at = (x: number, y: number): string | null =>
		placeAt(layout, camera.x + x / camera.scale, camera.y + y / camera.scale);
	const pointers = usePointers({
		onDrag: (dx, dy) => setMoved({ in: whole, camera: panned(camera, -dx, -dy, layout, size) }),
		onPinch: zoom,
		onHover: (x, y) => setHovered(at(x, y)),
		onClick: (x, y) => {
			const place = at(x, y);
			clicked.current = place;
			onSelect(place);
		},
	});
	useWheel(surface, (factor, point) => {
		if (factor < 1 && camera.scale <= whole.scale) return false;
		zoom(factor, point);
		return true;
	});
	const press = (event: KeyboardEvent): void => {
		const pan = ARROWS[event.key];
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (pan !== undefined) look(panned(camera, pan[0] * STEP, pan[1] * STEP, layout, size));
		else if (event.key === "+" || event.key === "=") zoom(FACTOR);
		else if (event.key === "-") zoom(1 / FACTOR);
		else if (event.key === "0" || event.key === "Home") setMoved(null);
		else if (event.key === "Escape" && selected !== null) onSelect(null);
		else return;
		event.preventDefault();
		event.stopPropagation();
	};
	return (
		<div class="map">
			<div
				ref={surface}
				class="surface"
				role="application"
				aria-label={texts.map}
				title={hovered ?? ""}
				tabIndex={0}
				onKeyDown={press}
				onPointerLeave={() => setHovered(null)}
				{...pointers}
			>
				<canvas
					ref={canvas}
					width={size.width * devicePixelRatio}
					height={size.height * devicePixelRatio}
					style={{ width: `${size.width}px`, height: `${size.height}px` }}
				/>
			</div>
			<div class="zoom">
				<button type="button" class="round" aria-label={texts.nearer} title={texts.nearer} onClick={() => zoom(FACTOR)}>
					+
				</button>
				<button
					type="button"
					class="round"
					aria-label={texts.farther}
					title={texts.farther}
					onClick={() => zoom(1 / FACTOR)}
				>
					−
				</button>
				<button type="button" class="small" onClick={() => setMoved(null)}>
					{texts.fit}
				</button>
			</div>
		</div>
	);
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, -1],
	ArrowDown: [0, 1],
};

interface Gestures {
	readonly onDrag: (dx: number, dy: number) => void;
	readonly onPinch: (factor: number, at: { readonly x: number; readonly y: number }) => void;
	readonly onHover: (x: number, y: number) => void;
	readonly onClick: (x: number, y: number) => void;
}

interface PointerProps {
	readonly onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => void;
	readonly onPointerMove: (event: PointerEvent) => void;
	readonly onPointerUp: (event: PointerEvent) => void;
	readonly onPointerCancel: (event: PointerEvent) => void;
}

/** One finger or the mouse moves, two fingers zoom, and what hardly moves points at something. */
function usePointers({ onDrag, onPinch, onHover, onClick }: Gestures): PointerProps {
	const down = useRef(new Map<number, { readonly x: number; readonly y: number }>());
	const travelled = useRef(0);
	const lift = (event: PointerEvent): void => void down.current.delete(event.pointerId);
	return {
		onPointerDown: (event) => {
			if (event.button !== 0) return;
			event.currentTarget.setPointerCapture(event.pointerId);
			if (down.current.size === 0) travelled.current = 0;
			down.current.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
		},
		onPointerMove: (event) => {
			const before = down.current.get(event.pointerId);
			const now = { x: event.offsetX, y: event.offsetY };
			if (before === undefined) return onHover(now.x, now.y);
			const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
			down.current.set(event.pointerId, now);
			travelled.current += Math.hypot(now.x - before.x, now.y - before.y);
			if (travelled.current < CLICK) return;
			if (other === undefined) return onDrag(now.x - before.x, now.y - before.y);
			const apart = (from: typeof now): number => Math.max(1, Math.hypot(from.x - other.x, from.y - other.y));
			onPinch(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
		},
		onPointerUp: (event) => {
			const wasDown = down.current.has(event.pointerId);
			lift(event);
			if (wasDown && travelled.current < CLICK) onClick(event.offsetX, event.offsetY);
		},
		onPointerCancel: lift,
	};
}

/**
 * The wheel zooms where somebody has clicked into the drawing, or holds Ctrl; else it scrolls the page, which would be stuck on
 * the drawing otherwise. `onZoom` says whether there was anything to zoom.
 */
function useWheel(
	surface: { readonly current: HTMLElement | null },
	onZoom: (factor: number, at: { readonly x: number; readonly y: number }) => boolean,
): void {
	const latest = useRef(onZoom);
	latest.current = onZoom;
	useEffect(() => {
		const element = surface.current;
		const turn = (event: WheelEvent): void => {
			if (!event.ctrlKey && document.activeElement !== element) return;
			const factor = Math.exp(-Math.max(-80, Math.min(80, event.deltaY)) / 250);
			if (latest.current(factor, { x: event.offsetX, y: event.offsetY }) || event.ctrlKey) event.preventDefault();
		};
		// Listeners that may prevent scrolling have to say so.
		element?.addEventListener("wheel", turn, { passive: false });
		return () => element?.removeEventListener("wheel", turn);
	}, []);
}

/** The theme's colours, which a canvas does not follow by itself. */
function useColours(): Colours | null {
	const [colours, setColours] = useState<Colours | null>(null);
	useEffect(() => {
		const read = (): void => setColours(coloursNow());
		const observer = new MutationObserver(read);
		observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
		const system = matchMedia("(prefers-color-scheme: dark)");
		system.addEventListener("change", read);
		read();
		return () => {
			observer.disconnect();
			system.removeEventListener("change", read);
		};
	}, []);
	return colours;
}

function coloursNow(): Colours {
	const style = getComputedStyle(document.documentElement);
	const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
	// A token says what it is in light and in dark; an element that uses it has what it is now.
	const probe = document.body.appendChild(document.createElement("i"));
	const used = getComputedStyle(probe);
	const colour = (name: string): string => {
		probe.style.color = `var(--${name})`;
		return used.color;
	};
	const colours = {
		page: colour("page"),
		panel: colour("panel"),
		raised: colour("raised"),
		text: colour("text"),
		quiet: colour("quiet"),
		edge: colour("edge"),
		edgeStrong: colour("edge-strong"),
		accent: colour("accent"),
		bad: colour("bad"),
		unsure: colour("unsure"),
		pod: colour("pod"),
		podEdge: colour("pod-edge"),
		fabric: colour("fabric"),
		fabricEdge: colour("fabric-edge"),
		sans: token("sans"),
		mono: token("mono"),
	};
	probe.remove();
	return colours;
}
