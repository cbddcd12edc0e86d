/** What was observed in the terms of what is predicted: a fabric device is one hop, whatever the lab builds it of. */
import type { Packet, Place } from "@podpath/core";
import type { Sighting } from "./sighting.ts";

export interface SeenHop {
	readonly at: Place;
	/** Null for fabric devices. */
	readonly device: string | null;
	readonly direction: "in" | "out";
	/** Of a fabric device: as it was seen there last. */
	readonly packet: Packet;
	/** Of a fabric device: as it was seen there before. A lab's router may also be the load balancer that rewrites it. */
	readonly earlier: readonly Packet[];
	readonly ethernet: Sighting["ethernet"];
	readonly vlan: number | null;
	/** Numbers of the observation's frames. */
	readonly frames: readonly number[];
}

/**
 * A fabric device's frames are one hop until the packet leaves a machine or meets another fabric device. Machines that a
 * flooded copy reaches only receive.
 */
export function seenHops(sightings: readonly Sighting[], fabric: ReadonlySet<Place>): readonly SeenHop[] {
	const hops: SeenHop[] = [];
	let open: number | null = null;
	for (const { frame, at, device, direction, packet, ethernet, vlan } of sightings) {
		const isFabric = fabric.has(at);
		const before: SeenHop | undefined = open === null ? undefined : hops[open];
		if (isFabric && open !== null && before?.at === at) {
			const earlier = [...before.earlier, before.packet];
			hops[open] = { ...before, packet, earlier, ethernet, vlan, frames: [...before.frames, frame] };
			continue;
		}
		if (isFabric) open = hops.length;
		else if (direction === "out") open = null;
		const hop = { at, packet, earlier: [], ethernet, vlan, frames: [frame] };
		hops.push(isFabric ? { ...hop, device: null, direction: "in" } : { ...hop, device, direction });
	}
	return hops;
}
