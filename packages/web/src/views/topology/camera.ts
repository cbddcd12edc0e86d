/** Which part of the drawing is looked at. */
import type { Box } from "./layout.ts";

export interface Camera {
	/** The point of the drawing at the left upper corner. */
	readonly x: number;
	readonly y: number;
	/** Pixels a unit of the drawing. */
	readonly scale: number;
}

export interface Size {
	readonly width: number;
	readonly height: number;
}

/** At which names and addresses of pods are read. */
const NEAREST = 6;
const AT_A_PLACE = 4.5;
const MARGIN = 8;

export function fitted(whole: Box, { width, height }: Size): Camera {
	const fits = Math.min((width - 2 * MARGIN) / whole.width, (height - 2 * MARGIN) / whole.height);
	const scale = Math.max(1e-3, Math.min(NEAREST, fits));
	return {
		x: whole.x - (width / scale - whole.width) / 2,
		y: whole.y - (height / scale - whole.height) / 2,
		scale,
	};
}

/** Nearer by a factor, with one point of the screen staying where it is. */
export function zoomed(
	camera: Camera,
	factor: number,
	at: { readonly x: number; readonly y: number },
	least: number,
): Camera {
	const scale = Math.max(least, Math.min(NEAREST, camera.scale * factor));
	return {
		x: camera.x + at.x / camera.scale - at.x / scale,
		y: camera.y + at.y / camera.scale - at.y / scale,
		scale,
	};
}

/** By pixels of the screen; the middle never leaves the drawing. */
export function panned(camera: Camera, dx: number, dy: number, whole: Box, size: Size): Camera {
	const within = (at: number, from: number, length: number, seen: number): number =>
		Math.max(from - seen / 2, Math.min(from + length - seen / 2, at));
	const { scale } = camera;
	return {
		x: within(camera.x + dx / scale, whole.x, whole.width, size.width / scale),
		y: within(camera.y + dy / scale, whole.y, whole.height, size.height / scale),
		scale,
	};
}

/** A box in the middle, near enough to be read. */
export function shown(box: Box, { width, height }: Size, from: Camera): Camera {
	const fits = Math.min((width * 0.8) / box.width, (height * 0.8) / box.height);
	const scale = Math.min(fits, Math.max(from.scale, AT_A_PLACE));
	return { x: box.x + box.width / 2 - width / scale / 2, y: box.y + box.height / 2 - height / scale / 2, scale };
}
