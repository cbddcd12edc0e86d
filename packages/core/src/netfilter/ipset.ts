/** IP sets as `ipset save` prints them, and whether a packet's fields are members. */
import type { Origin } from "../origin/origin.ts";

/** One member, as text of the set's own form (`10.0.0.1,tcp:80`), with its parts kept by the parser of the set's type. */
export interface IpsetEntry {
	readonly text: string;
	readonly nomatch: boolean;
	readonly origin: Origin;
}

export interface Ipset {
	readonly name: string;
	/** `hash:ip,port`, `bitmap:port`, `list:set` … */
	readonly type: string;
	/** The create options as printed: `family inet hashsize 1024 …`. */
	readonly options: string;
	readonly entries: readonly IpsetEntry[];
	readonly origin: Origin;
}
