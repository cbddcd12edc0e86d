/** The boxes of the picture. */
import type { Unreached } from "./topology.ts";

/** A rectangle with a name in it or above it; x and y are its upper left corner. In pixels. */
export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	readonly name: string;
}

/** A machine or pod. */
export interface PlacedPlace extends Box {
	readonly unreached?: Unreached;
}

/** A device or a fabric device. Those of one row stand side by side. */
export interface PlacedSpot extends Box {
	readonly kind: "device" | "fabric";
	readonly key: string;
	readonly row: number;
}
