import type { Frame } from "../packet/packet.ts";
import type { Place } from "../state/place.ts";

/** A frame on its way into the fabric, and the card that sent it. */
export interface Arrival {
	readonly fabric: Place;
	readonly from: { readonly place: Place; readonly device: string };
	readonly frame: Frame;
}
