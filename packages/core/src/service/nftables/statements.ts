/** The statements of kube-proxy's rules, in the form of libnftables-json(5), and short constructors for them. */
import type { Address, Family } from "../../address/address.ts";
import { addressBits } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import type { Origin } from "../../origin/origin.ts";

/** What a rule reads of a packet, or a constant. Names of sets and maps have an `@` in front. */
export type NftExpression =
	| string
	| number
	| { readonly prefix: { readonly addr: string; readonly len: number } }
	| { readonly payload: { readonly protocol: string; readonly field: string } }
	| { readonly meta: { readonly key: "l4proto" | "mark" | "iifname" } }
	| { readonly ct: { readonly key: "state" } }
	| { readonly fib: { readonly result: "type"; readonly flags: readonly ("saddr" | "daddr")[] } }
	| { readonly numgen: { readonly mode: "random"; readonly mod: number; readonly offset: number } }
	| { readonly concat: readonly NftExpression[] }
	| { readonly set: readonly (NftExpression | readonly [NftExpression, NftStatement])[] }
	| { readonly "&": readonly [NftExpression, NftExpression] }
	| { readonly "|": readonly [NftExpression, NftExpression] }
	| { readonly "^": readonly [NftExpression, NftExpression] };

export type NftStatement =
	| {
			readonly match: {
				readonly op: "==" | "!=" | "in";
				readonly left: NftExpression;
				readonly right: NftExpression;
			};
	  }
	| { readonly jump: { readonly target: string } }
	| { readonly goto: { readonly target: string } }
	| { readonly drop: null }
	| { readonly return: null }
	| { readonly reject: { readonly type: "icmp" | "icmpv6"; readonly expr: "port-unreachable" } }
	| { readonly vmap: { readonly key: NftExpression; readonly data: NftExpression } }
	| { readonly mangle: { readonly key: NftExpression; readonly value: NftExpression } }
	| { readonly masquerade: { readonly flags: "fully-random" } }
	| { readonly dnat: { readonly addr: string; readonly port: number } }
	| { readonly set: { readonly op: "update"; readonly elem: NftExpression; readonly set: string } };

/** A rule. A comment of nft's own is given to few. */
export interface ProxyNftRule {
	readonly statements: readonly NftStatement[];
	readonly comment?: string;
	readonly origin: Origin;
}

export function nftRule(origin: Origin, statements: readonly NftStatement[], comment?: string): ProxyNftRule {
	return comment === undefined ? { statements, origin } : { statements, comment, origin };
}

/** `ip` or `ip6`: the family of the table, and of its payload expressions. */
export function nftFamily(family: Family): "ip" | "ip6" {
	return family === 4 ? "ip" : "ip6";
}

export function saddr(family: Family): NftExpression {
	return { payload: { protocol: nftFamily(family), field: "saddr" } };
}

export function daddr(family: Family): NftExpression {
	return { payload: { protocol: nftFamily(family), field: "daddr" } };
}

export const L4PROTO: NftExpression = { meta: { key: "l4proto" } };
export const MARK: NftExpression = { meta: { key: "mark" } };
/** `th dport`: the port of whichever transport. */
export const DPORT: NftExpression = { payload: { protocol: "th", field: "dport" } };

export function concat(...parts: readonly NftExpression[]): NftExpression {
	return { concat: parts };
}

/** A block, or an address where it is just one. */
export function block({ address, length, family }: Prefix): NftExpression {
	return length === addressBits(family) ? address.text : { prefix: { addr: address.text, len: length } };
}

export function match(left: NftExpression, right: NftExpression, op: "==" | "!=" | "in" = "=="): NftStatement {
	return { match: { op, left, right } };
}

export const CT_STATE_NEW: NftStatement = match({ ct: { key: "state" } }, "new", "in");

/** `fib saddr type local` */
export function fibLocal(of: "saddr" | "daddr"): NftStatement {
	return match({ fib: { result: "type", flags: [of] } }, "local");
}

export function jump(target: string): NftStatement {
	return { jump: { target } };
}

export function goTo(target: string): NftStatement {
	return { goto: { target } };
}

export function vmap(key: NftExpression, data: NftExpression): NftStatement {
	return { vmap: { key, data } };
}

export const DROP_STATEMENT: NftStatement = { drop: null };

export function reject(family: Family): NftStatement {
	return { reject: { type: family === 4 ? "icmp" : "icmpv6", expr: "port-unreachable" } };
}

export function dnatTo(address: Address, port: number): NftStatement {
	return { dnat: { addr: address.text, port } };
}
