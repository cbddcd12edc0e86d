/** Questions to the route tables (net/netfilter/nft_fib.c, net/ipv4/netfilter/nft_fib_ipv4.c). */

import type { Address } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import { isUnknowable, type RuleContext, type Unknowable } from "../../context.ts";
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
		throw new ParseFailure(`no result "fib ${result}"`);
	for (const flag of flags) if (!FLAGS.has(flag)) throw new ParseFailure(`no flag "fib ${flag}"`);
	if (!flags.includes("saddr") && !flags.includes("daddr")) throw new ParseFailure("fib asks for no address");
	return { kind: "fib", result, flags };
}

function valueFor({ result, flags }: FibExpression, at: RuleContext): Worth {
	const address = flags.includes("saddr") ? at.packet.src : at.packet.dst;
	if (result === "type") {
		// A mark would be looked up with policy rules, which the address type here does not go through.
		if (flags.includes("mark") && at.mark !== 0) return { unknown: phrase("of-marked-packet", { text: "fib type" }) };
		const device = flags.includes("iif") ? at.inDevice : flags.includes("oif") ? at.outDevice : null;
		const type = at.addressType(address, device);
		return isUnknowable(type) ? type : worth(wordValue(type.toLowerCase()));
	}
	const device = deviceTowards(address, flags, at);
	if (isUnknowable(device)) return device;
	if (device === null) return worth(result === "oif" ? numberValue(0) : wordValue(""));
	return worth(wordValue(device));
}

/** Null: the answer is as if there were no route. */
function deviceTowards(address: Address, flags: readonly string[], at: RuleContext): string | null | Unknowable {
	// What a stack sends to itself is not looked up (nft_fib_is_loopback).
	if (at.hook === "prerouting" && at.inDevice === "lo") return at.inDevice;
	const type = at.addressType(address);
	if (isUnknowable(type)) return type;
	if (type === "LOCAL") {
		// nft_fib_can_skip, of Linux 6.15: such a packet in INPUT is not looked up either.
		if (at.hook === "input" && at.inDevice === "lo") return { unknown: phrase("to-oneself", { text: "fib" }) };
		return null;
	}
	const iif = flags.includes("iif") && at.inDevice !== null ? { iif: at.inDevice } : {};
	const device = at.routeDevice(address, { withMark: flags.includes("mark"), ...iif });
	// With iif the device found must be that one, else the answer is as if there were none (nft_fib4_eval).
	return flags.includes("iif") && !isUnknowable(device) && device !== at.inDevice ? null : device;
}

/** `missing` and `exists`, in the place of a device, ask whether there is one. */
export function presence(device: Worth): Worth {
	if ("unknown" in device || device.kind === "absent") return device;
	const [only] = device.parts;
	const found = only?.kind === "word" && only.word !== "";
	return worth(wordValue(found ? "exists" : "missing"));
}
