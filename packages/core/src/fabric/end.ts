/** The end of a packet in the fabric. */
import type { Because } from "../kernel/because.ts";
import type { End } from "../kernel/walk.ts";
import type { Frame } from "../packet/packet.ts";
import type { Place } from "../state/place.ts";

export function fabricEnd(at: Place, frame: Frame, outcome: End["outcome"], because: Because): End {
	return { kind: "end", outcome, at, because, packet: frame.packet };
}
