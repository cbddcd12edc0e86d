/** Where in the picture the packet is drawn. */
import type { StepPosition } from "./steps.ts";
import type { Layout } from "./svg-layout.ts";

export interface Point {
	readonly x: number;
	readonly y: number;
}

/** On the left edge of the device that has it; halfway between two devices while a stack has it. */
export function pointOf({ spots }: Layout, position: StepPosition): Point {
	switch (position.kind) {
		case "at":
			return edgeOf(spots, position.spot);
		case "between": {
			const [from, to] = [centreOf(spots, position.from), centreOf(spots, position.to)];
			return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
		}
	}
}

/** Beside where the packet is drawn at that step: the lower right corner of the device, or above the middle of the way. */
export function cornerOf(layout: Layout, position: StepPosition): Point {
	if (position.kind === "between") {
		const { x, y } = pointOf(layout, position);
		return { x, y: y - 18 };
	}
	const spot = layout.spots.find((each) => each.key === position.spot);
	return spot === undefined ? { x: 0, y: 0 } : { x: spot.x + spot.width - 2, y: spot.y + spot.height };
}

function edgeOf(spots: Layout["spots"], key: string): Point {
	const spot = spots.find((each) => each.key === key);
	return spot === undefined ? { x: 0, y: 0 } : { x: spot.x, y: spot.y + spot.height / 2 };
}

function centreOf(spots: Layout["spots"], key: string): Point {
	const spot = spots.find((each) => each.key === key);
	return spot === undefined ? { x: 0, y: 0 } : { x: spot.x + spot.width / 2, y: spot.y + spot.height / 2 };
}
