/** What the headers of both IP families come to. */
import type { Address, Family } from "@podpath/core";

export interface IpHeader {
	readonly kind: "ip-header";
	readonly family: Family;
	readonly src: Address;
	readonly dst: Address;
	/** IANA's number of what follows, after IPv6's extension headers. */
	readonly protocol: number;
	/** TTL or hop limit. */
	readonly ttl: number;
	/** The whole packet in bytes, this header included. */
	readonly length: number;
	readonly dontFragment: boolean;
	/** In bytes; 0 in a packet that is whole and in a first fragment. */
	readonly fragmentOffset: number;
	/** Without what is behind the packet's end, such as Ethernet's padding. */
	readonly payload: Uint8Array;
}
