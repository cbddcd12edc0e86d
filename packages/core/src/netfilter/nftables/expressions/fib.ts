/** Questions to the route tables (net/netfilter/nft_fib.c, net/ipv4/netfilter/nft_fib_ipv4.c). */

import type { Address } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import { type AddressType, isUnknowable, type RuleContext, type Unknowable } from "../../context.ts";
import { numberValue, wordValue } from "../element.ts";
import { type Worth, worth } from "../evaluation.ts";
import { objectOf, oneOrList, stringAt, stringsAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { ExpressionExtension } from "./extension.ts";

/** `fib daddr . mark type`, `fib saddr . iif oif` … */
export interface FibExpression {
	readonly kind: "fib";
	readonly result: "type" | "oif" | "oifname";
	readonly flags: readonly string[];
}

const FLAGS: ReadonlySet<string> = new Set(["saddr", "daddr", "mark", "iif", "oif"]);
const TYPES = { type: "fib_addrtype", oif: "iface_index", oifname: "ifname" } as const;

export const fibExtension: ExpressionExtension<FibExpression> = {
	words: ["fib"],
	parse: (_, reader) => {
		const flags = [reader.word()];
		while (reader.take(".")) flags.push(reader.word());
		return fibOf(reader.word(), flags);
	},
	keys: ["fib"],
	fromJson: (_, value) => {
		const fib = objectOf(value, "fib");
		return fibOf(stringAt(fib, "result"), stringsAt(fib, "flags"));
	},
	print: ({ flags, result }) => `fib ${flags.join(" . ")} ${result}`,
	toJson: ({ flags, result }) => ({ fib: { result, flags: oneOrList(flags) } }),
	types: ({ result }) => [TYPES[result]],
	evaluate: (fib, { at }) => valueFor(fib, at),
};

function fibOf(result: string, flags: readonly string[]): FibExpression {
	if (result !== "type" && result !== "oif" && result !== "oifname")
		throw new ParseFailure(phrase("no-result", { text: `fib ${result}` }));
	for (const flag of flags) if (!FLAGS.has(flag)) throw new ParseFailure(phrase("no-flag", { text: `fib ${flag}` }));
	if (!flags.includes("saddr") && !flags.includes("daddr")) throw new ParseFailure(phrase("fib-without-address"));
	return { kind: "fib", result, flags };
}

function valueFor({ result, flags }: FibExpression, at: RuleContext): Worth {
	const [to, from] = flags.includes("saddr") ? [at.packet.src, at.packet.dst] : [at.packet.dst, at.packet.src];
	const way: Way = { to, from, withMark: flags.includes("mark"), device: deviceOf(flags, at) };
	if (result === "type") {
		const type = typeOf(way, at);
		return isUnknowable(type) ? type : worth(wordValue(type.toLowerCase()));
	}
	const device = deviceTowards(way, flags, at);
	if (isUnknowable(device)) return device;
	if (device === null) return worth(result === "oif" ? numberValue(0) : wordValue(""));
	return worth(wordValue(device));
}

/** What is looked up. */
interface Way {
	readonly to: Address;
	readonly from: Address;
	readonly withMark: boolean;
	/** The one that the answer has to be of; null: any. */
	readonly device: string | null;
}

function deviceOf(flags: readonly string[], at: RuleContext): string | null {
	if (flags.includes("iif")) return at.inDevice;
	return flags.includes("oif") ? at.outDevice : null;
}

/** nft_fib4_eval_type asks the local table alone, __nft_fib6_eval_type all routes and rules, where errors are types too. */
function typeOf(way: Way, at: RuleContext): AddressType | Unknowable {
	const own = at.addressType(way.to, way.device);
	if (at.family === 4 || own !== "UNICAST") return own;
	const routed = at.routeType(way.to, way);
	return routed === "LOCAL" ? "UNICAST" : routed;
}

/** Null: the answer is as if there were no route. */
function deviceTowards(way: Way, flags: readonly string[], at: RuleContext): string | null | Unknowable {
	// What a stack sends to itself is not looked up (nft_fib_is_loopback).
	if (at.hook === "prerouting" && at.inDevice === "lo") return at.inDevice;
	const type = at.addressType(way.to);
	if (isUnknowable(type)) return type;
	if (type === "LOCAL") {
		// nft_fib_can_skip, of Linux 6.15: such a packet in INPUT is not looked up either.
		if (at.hook === "input" && at.inDevice === "lo") return { unknown: phrase("to-oneself", { text: "fib" }) };
		return null;
	}
	// Only in FORWARD rules see a device that the packet comes in by: the one that an answer would (nft_fib4_eval).
	const isForward = at.hook === "forward" && flags.includes("iif") && flags.includes("saddr");
	const iif = isForward && at.outDevice !== null ? { iif: at.outDevice } : {};
	const device = at.routeDevice(way.to, { from: way.from, withMark: way.withMark, wanted: way.device, ...iif });
	// Where one is asked for, another is as good as none.
	return way.device !== null && !isUnknowable(device) && device !== way.device ? null : device;
}

/** `missing` and `exists`, in the place of a device, ask whether there is one. */
export function presence(device: Worth): Worth {
	if ("unknown" in device || device.kind === "absent") return device;
	const [only] = device.parts;
	const found = only?.kind === "word" && only.word !== "";
	return worth(wordValue(found ? "exists" : "missing"));
}
