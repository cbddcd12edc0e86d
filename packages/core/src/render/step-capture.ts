/** The capture that shows a step's packet, in its own direction: of an answer by the answer's addresses. */
import { placeKind } from "../state/place.ts";
import { captureCommand } from "../trace/capture.ts";
import type { Step } from "./steps.ts";

/** Null where the step is at no device. `steps`: those of the whole path. */
export function captureAtStep(steps: readonly Step[], step: Step): string | null {
	const { at, device } = step.hop;
	if (device === null) return null;
	const { crossing, bridged } = crossingOf(steps, step) ?? { crossing: step, bridged: false };
	const { protocol, src, dst, outer, sport, dport } = crossing.hop.packet;
	const port = step.direction === "forward" ? dport : sport;
	return captureCommand(at, device, { protocol, src, dst, outer, port }, bridged);
}

export interface StepCapture {
	readonly command: string;
	readonly at: string;
	readonly device: string;
	/** Whether the step itself is at that device. */
	readonly isHere: boolean;
}

/** The capture of the step; of one at no device, that of the last step before it, else the first behind it, that is at one. */
export function captureNear(steps: readonly Step[], step: Step): StepCapture | null {
	const own = steps.filter(({ direction }) => direction === step.direction);
	const here = own.indexOf(step);
	for (const near of [step, ...own.slice(0, here).reverse(), ...own.slice(here + 1)]) {
		const { at, device } = near.hop;
		const command = near === step || isStack(at) ? captureAtStep(steps, near) : null;
		if (command !== null && device !== null) return { command, at, device, isHere: near === step };
	}
	return null;
}

/** Nobody runs tcpdump in a switch or in the cloud. */
function isStack(at: string): boolean {
	const kind = placeKind(at);
	return kind === "pod" || kind === "node" || kind === "host";
}

interface Crossed {
	/** Where the packet is on the device, as a capture sees it: before PREROUTING, or after POSTROUTING. */
	readonly crossing: Step;
	readonly bridged: boolean;
}

/** The one before or after the step that has its addresses; else the nearest. Null: the packet never was on the device. */
function crossingOf(steps: readonly Step[], step: Step): Crossed | null {
	const own = steps.filter(({ direction }) => direction === step.direction);
	const here = own.indexOf(step);
	const isCrossing = ({ hop }: Step): boolean =>
		(hop.stage === "receive" || hop.stage === "transmit") && hop.at === step.hop.at && hop.device === step.hop.device;
	const near = [own.slice(0, here + 1).findLast(isCrossing), own.slice(here).find(isCrossing)];
	const crossing = near.find((each) => each !== undefined && isAlike(each, step)) ?? near[0] ?? near[1];
	if (crossing === undefined) return null;
	return { crossing, bridged: isBridged(crossing, own[own.indexOf(crossing) + 1]) };
}

function isAlike({ hop: one }: Step, { hop: other }: Step): boolean {
	return one.packet.src === other.packet.src && one.packet.dst === other.packet.dst;
}

/** A bridge that got a frame not for its own stack shows it to br_netfilter's hooks, and passes it to a port. */
function isBridged({ hop }: Step, next: Step | undefined): boolean {
	if (hop.stage !== "receive" || next === undefined || next.hop.at !== hop.at) return false;
	const { stage, code, device } = next.hop;
	if (stage === "bridge") return code === "bridged" || device !== hop.device;
	return stage === "forward" || stage === "postrouting";
}
