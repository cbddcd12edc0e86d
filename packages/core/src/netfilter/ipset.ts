/** IP sets as `ipset save` prints them. Whether a packet is in one: `ipset/membership.ts`. */
import type { Origin } from "../origin/origin.ts";

/** One member, as text of the set's own form: `10.0.0.1,tcp:80`, `10.0.0.0/8`, the name of a set. */
export interface IpsetEntry {
	readonly text: string;
	/** An exception from a wider entry. */
	readonly nomatch: boolean;
	/** Timeout, counters, comment, as printed; empty: none. */
	readonly options: string;
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

/** A set made in code, with members that need no options. `options` are those of `ipset create`. */
export function ipset(
	name: string,
	type: string,
	members: readonly string[],
	origin: Origin,
	options: string = "",
): Ipset {
	const entries = members.map((text): IpsetEntry => ({ text, nomatch: false, options: "", origin }));
	return { name, type, options, entries, origin };
}
