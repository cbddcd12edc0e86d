/** Whether packets of full size pass wherever small ones do. */

import type { Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Difference } from "./difference.ts";
import type { Fate } from "./fate.ts";
import { repairedNetwork } from "./repaired.ts";

/** A device that packets which fill the sender's MTU do not fit. */
export interface TooSmall {
	readonly at: Place;
	readonly device: string;
	readonly mtu: number;
	/** Bytes of a packet that fills the sender's MTU, as it is there. */
	readonly length: number;
	readonly wrapped: boolean;
}

/** The first such device of a fate's ways, there or back. */
export function tooSmallFor(network: Network, { walked }: Fate): TooSmall | null {
	for (const { forward, reply } of walked) {
		for (const walk of [forward, reply]) {
			const found = walk === null ? null : tooSmallOn(network, walk);
			if (found !== null) return found;
		}
	}
	return null;
}

function tooSmallOn(network: Network, { crossings }: Walk): TooSmall | null {
	const mtuOf = (at: Place, device: string): number | undefined =>
		network.namespace(at)?.links.find(({ name }) => name === device)?.mtu;
	const first = crossings.find(({ device }) => device !== null && device !== "lo");
	const full = first?.device == null ? undefined : mtuOf(first.at, first.device);
	if (full === undefined) return null;
	for (const { at, device, direction, packet } of crossings) {
		const mtu = device === null ? undefined : mtuOf(at, device);
		if (device === null || mtu === undefined || direction === "in") continue;
		const length = full + wrapping(packet);
		if (length > mtu) return { at, device, mtu, length, wrapped: packet.payload !== undefined };
	}
	return null;
}

/** Bytes that tunnels have put round the packet: outer IP headers, and UDP, VXLAN and inner Ethernet headers. */
function wrapping({ family, payload }: Packet): number {
	const header = family === 6 ? 40 : 20;
	switch (payload?.kind) {
		case "ipip":
			return header + wrapping(payload.packet);
		case "vxlan":
			return header + 8 + 8 + 14 + wrapping(payload.frame.packet);
		default:
			return 0;
	}
}

/** The MTUs that are not what they should be and for which there is a device too small. */
export function sizeCauses(
	actual: Network,
	expected: Network,
	candidates: readonly Difference[],
	[now, goal]: readonly [Fate, Fate],
): { readonly causes: readonly Difference[]; readonly tooSmall: TooSmall } | null {
	const tooSmall = tooSmallFor(actual, now);
	if (tooSmall === null || tooSmallFor(expected, goal) !== null) return null;
	const mtus = candidates.filter(({ code }) => code === "mtu-wrong");
	const cures = (set: readonly Difference[]): boolean =>
		tooSmallFor(repairedNetwork(actual, expected, set), now) === null;
	const alone = mtus.filter((each) => cures([each]));
	const causes = alone.length > 0 ? alone : cures(mtus) ? mtus : [];
	return causes.length === 0 ? null : { causes, tooSmall };
}
