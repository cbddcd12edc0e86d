/** A path as a walk to be followed step by step: where in the picture the packet is, and what changes in its headers. */
import type { ExplainedHop, ExplainedLink, ExplainedPacket, ExplainedPath } from "../trace/explanation.ts";
import { directionsOf } from "./links.ts";
import { keyOf } from "./topology.ts";

/** Where the packet is: at a spot of the picture, or inside a stack on its way from one to the next. By keys of spots. */
export type StepPosition =
	| { readonly kind: "at"; readonly spot: string }
	| { readonly kind: "between"; readonly from: string; readonly to: string };

export interface Step {
	readonly direction: "forward" | "reply" | "refusal";
	readonly hop: ExplainedHop;
	/** The packet before this stage; null at the first of a direction, where it comes into being. */
	readonly before: ExplainedPacket | null;
	readonly position: StepPosition;
}

/** Stages at which the packet is on the device itself; at the others a stack has it. */
const ON_DEVICE: ReadonlySet<string> = new Set(["send", "receive", "transmit", "bridge", "deliver"]);

/** Every stage of the path, the way there first. */
export function stepsOf(path: ExplainedPath): readonly Step[] {
	return directionsOf(path).flatMap(({ name, links, hops }) => {
		let passed = 0;
		return hops.map((hop, index): Step => {
			const next = linkOf(hop, links, passed);
			const position = positionOf(hop, links, passed, next);
			// A stack that only looks ahead to a device has not got there yet.
			if (position.kind === "at") passed = next;
			return { direction: name, hop, before: hops[index - 1]?.packet ?? null, position };
		});
	});
}

function positionOf(hop: ExplainedHop, links: readonly ExplainedLink[], passed: number, next: number): StepPosition {
	const [here, there] = [links[passed], links[next]];
	const ahead = next > passed && here !== undefined && there !== undefined && here.at === there.at;
	if (ahead && !ON_DEVICE.has(hop.stage)) {
		const following = links[passed + 1];
		return { kind: "between", from: keyOf(here), to: keyOf(following ?? there) };
	}
	return { kind: "at", spot: keyOf(there ?? { at: hop.at }) };
}

/** The index of the link that the hop is at, from the last passed one on; that one where no later link fits. */
function linkOf({ at, device }: ExplainedHop, links: readonly ExplainedLink[], passed: number): number {
	for (let index = passed; index < links.length; index++) {
		const link = links[index];
		if (link?.at === at && (link.device ?? null) === device) return index;
	}
	const sameStack = links.findIndex((link, index) => index >= passed && link.at === at);
	return sameStack < 0 ? passed : sameStack;
}
