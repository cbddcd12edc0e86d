/** Captured frames in the order in which the packet made them, read and with the place that each was seen at. */
import type { Packet, Place } from "@podpath/core";
import { decodeCaptured } from "../frames/decode.ts";
import type { DecodedFrame, Transport } from "../frames/decoded-frame.ts";
import type { LabPlan } from "../lab-plan.ts";
import type { CapturedFrame } from "../observation.ts";

/** A frame that holds an IP packet. */
export interface Sighting {
	/** Its number in the observation's frames. */
	readonly frame: number;
	/** In nanoseconds. */
	readonly time: number;
	readonly at: Place;
	readonly device: string;
	readonly direction: "in" | "out";
	readonly packet: Packet;
	/** The innermost packet's. */
	readonly transport: Transport;
	readonly ethernet: DecodedFrame["ethernet"];
	readonly vlan: number | null;
}

/** A captured frame with its number in the observation. */
export interface NumberedFrame {
	readonly frame: CapturedFrame;
	readonly number: number;
}

/**
 * The frames in order of time. The kernel gives a frame that goes from a device to the one stacked on it the same time; then
 * the machine comes before its pods, and within a namespace the capture's own order counts. User-Mode Linux' clock knows steps of
 * 256 ns (timer_read), in which a frame may leave one device and reach the next.
 */
export function inOrder(frames: readonly CapturedFrame[], plan: LabPlan): readonly NumberedFrame[] {
	const order = new Map(plan.namespaces.map(({ name }, position) => [name, position]));
	const rank = ({ namespace }: CapturedFrame): number => order.get(namespace) ?? order.size;
	const arrival = ({ direction }: CapturedFrame): number => (direction === "in" ? 1 : 0);
	return frames
		.map((frame, number) => ({ frame, number }))
		.sort(
			(a, b) =>
				a.frame.time - b.frame.time ||
				arrival(a.frame) - arrival(b.frame) ||
				rank(a.frame) - rank(b.frame) ||
				a.number - b.number,
		);
}

/** All frames with an IP packet, in order. */
export function sightingsOf(frames: readonly CapturedFrame[], plan: LabPlan): readonly Sighting[] {
	const places = new Map(plan.namespaces.map(({ name, place }) => [name, place]));
	return inOrder(frames, plan).flatMap(({ frame, number }) => {
		const at = places.get(frame.namespace);
		// Loopback is no device of the way: the engine has no crossings there.
		return at === undefined || frame.device === "lo" ? [] : sightingOf(frame, number, at);
	});
}

function sightingOf(frame: CapturedFrame, number: number, at: Place): readonly Sighting[] {
	const { ethernet, vlans, content } = decodeCaptured(frame);
	if (content.kind !== "ip") return [];
	const { packet, transport } = content;
	const { time, device, direction } = frame;
	return [{ frame: number, time, at, device, direction, packet, transport, ethernet, vlan: vlans[0] ?? null }];
}

/** The packet inside all tunnels. */
export function innermost(packet: Packet): Packet {
	switch (packet.payload?.kind) {
		case "ipip":
			return innermost(packet.payload.packet);
		case "vxlan":
			return innermost(packet.payload.frame.packet);
		default:
			return packet;
	}
}
