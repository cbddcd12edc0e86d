/** The targets of iptables as data. Meaning and text are in the file of the kind's name. */
import type { Prefix } from "../../../address/prefix.ts";
import type { NatRange, RejectWith } from "../../context.ts";

/** ACCEPT, DROP, RETURN. */
export interface VerdictTarget {
	readonly kind: "accept" | "drop" | "return";
}

/** `-j CHAIN` (comes back to the next rule) and `-g CHAIN` (comes back to the caller's next rule). */
export interface JumpTarget {
	readonly kind: "jump" | "goto";
	readonly chain: string;
}

export interface RejectTarget {
	readonly kind: "reject";
	readonly with: RejectWith;
}

/** DNAT and SNAT. `fullyRandom` is `--random-fully`, where `range.random` is `--random` or that. */
export interface NatTarget<Kind extends string = "dnat" | "snat"> {
	readonly kind: Kind;
	readonly range: NatRange;
	readonly fullyRandom?: boolean;
}

/** MASQUERADE and REDIRECT: only ports may be given. */
export interface PortNatTarget<Kind extends string = "masquerade" | "redirect"> {
	readonly kind: Kind;
	readonly range: NatRange;
	readonly fullyRandom?: boolean;
}

/** NETMAP: each address of a network to the one at the same place in `prefix`. */
export interface NetmapTarget {
	readonly kind: "netmap";
	readonly prefix: Prefix;
}

/** MARK `--set-xmark VALUE/MASK`: the bits of `mask` are cleared, then `value` is XORed in. All other forms are this one. */
export interface MarkTarget {
	readonly kind: "mark";
	readonly value: number;
	readonly mask: number;
}

/** CONNMARK: set as MARK, or copied between packet and connection. */
export type ConnmarkTarget =
	| { readonly kind: "connmark"; readonly action: "set"; readonly value: number; readonly mask: number }
	| {
			readonly kind: "connmark";
			readonly action: "save" | "restore";
			readonly packetMask: number;
			readonly connectionMask: number;
	  };

/** CT: `options` beside `notrack` as written (`--zone 5`, `--helper ftp`). */
export interface CtTarget {
	readonly kind: "ct";
	readonly notrack: boolean;
	readonly options: string;
}

export interface NotrackTarget {
	readonly kind: "notrack";
}

/** TOS `--set-tos VALUE/MASK`: the bits of `mask` are cleared, then `value` is XORed in. */
export interface TosTarget {
	readonly kind: "tos";
	readonly value: number;
	readonly mask: number;
}

export interface DscpTarget {
	readonly kind: "dscp";
	readonly value: number;
}

/** TTL (IPv4) and HL (IPv6). */
export interface TtlTarget<Kind extends string = "ttl" | "hl"> {
	readonly kind: Kind;
	readonly action: "set" | "inc" | "dec";
	readonly value: number;
}

/** SET: adds to or deletes from a set (`map` takes mark, priority or queue from it). */
export interface SetTarget {
	readonly kind: "set";
	readonly action: "add" | "del" | "map";
	readonly set: string;
	readonly directions: readonly ("src" | "dst")[];
	/** The further options, as written. */
	readonly options: string;
}

/** The targets that change nothing that decides a packet's way. `options` are as written. */
export interface BystanderTarget {
	readonly kind: "log" | "nflog" | "trace" | "tcpmss" | "checksum" | "classify" | "audit" | "connsecmark" | "secmark";
	readonly options: string;
}

/** Anything that podpath does not evaluate (NFQUEUE, TPROXY …), word for word: `module` is what stands after `-j`. */
export interface OtherTarget {
	readonly kind: "other";
	readonly module: string;
	readonly text: string;
}

export type Target =
	| VerdictTarget
	| JumpTarget
	| RejectTarget
	| NatTarget<"dnat">
	| NatTarget<"snat">
	| PortNatTarget<"masquerade">
	| PortNatTarget<"redirect">
	| NetmapTarget
	| MarkTarget
	| ConnmarkTarget
	| CtTarget
	| NotrackTarget
	| TosTarget
	| DscpTarget
	| TtlTarget<"ttl">
	| TtlTarget<"hl">
	| SetTarget
	| BystanderTarget
	| OtherTarget;
