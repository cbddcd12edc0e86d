/** Connection tracking entries (`conntrack -L -o extended`). */
import type { Address } from "../address/address.ts";
import type { Protocol } from "../packet/packet.ts";

/** One direction of a connection, as its packets look on arrival. */
export interface Tuple {
	readonly src: Address;
	readonly dst: Address;
	readonly protocol: Protocol;
	readonly sport: number;
	readonly dport: number;
}

export interface ConntrackEntry {
	readonly zone: number;
	/** As the first packet came. */
	readonly original: Tuple;
	/** As answers are expected. */
	readonly reply: Tuple;
	readonly mark: number;
	/** The protocol's own state, where it has one: `ESTABLISHED`, `TIME_WAIT` … */
	readonly state?: string;
	/** `ASSURED`, `UNREPLIED`, `SEEN_REPLY` … */
	readonly status: readonly string[];
}
