/** Where a packet goes, in words. */
import { formatEndpoint } from "../address/address.ts";
import type { Packet } from "../packet/packet.ts";

/** `10.0.0.1:80`, or the address alone for protocols without ports. */
export function destinationOf({ dst, dport }: Packet): string {
	return dport === 0 ? dst.text : formatEndpoint(dst, dport);
}
