/** The signs in the picture that say how a path ends, and why. */
import type { Box } from "./svg-box.ts";

/** A cross on the upper left corner of a device: the packet, or its answer, does not get past it. */
export function crossOf({ x, y }: Pick<Box, "x" | "y">): string {
	return `M ${x - 5} ${y - 5} l 10 10 m 0 -10 l -10 10`;
}

/** The sign of a cause, round its middle. */
export const CAUSE_SIGN = { shape: "M0 -8L9 7H-9z", stroke: "M0 -3V2M0 4V5" } as const;
