/** NETMAP: each address of a network to the one at the same place of another (net/netfilter/xt_NETMAP.c). */
import { hostPrefix, type Prefix } from "../../../address/prefix.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { TargetExtension } from "../extension.ts";
import { ParseFailure } from "../words.ts";

export interface NetmapTarget {
	readonly kind: "netmap";
	readonly prefix: Prefix;
}

const OPTIONS = ["--to"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const netmapExtension: TargetExtension<NetmapTarget> = {
	kind: "netmap",
	module: "NETMAP",
	options: OPTIONS,
	parse: (words, family) => {
		if (words.option(OWNED) === null)
			throw new ParseFailure(phrase("module-without", { module: "NETMAP", what: "--to" }));
		return { kind: "netmap", prefix: words.prefix(family) };
	},
	print: ({ prefix }) => {
		// iptables-save leaves out the length of a whole address.
		const whole = prefix.length === hostPrefix(prefix.address).length;
		return `-j NETMAP --to ${whole ? prefix.address.text : prefix.text}`;
	},
	apply: ({ prefix }) => ({ kind: "netmap", network: prefix.address, length: prefix.length }),
};
