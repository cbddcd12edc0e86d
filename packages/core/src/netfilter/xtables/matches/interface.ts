/** `-i` and `-o`: the devices (include/linux/netfilter/x_tables.h, ifname_compare_aligned). */
import { phrase } from "../../../wording/phrase.ts";
import type { RuleContext } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printOption } from "../words.ts";

/** A trailing `+` stands for any ending. */
export interface InterfaceMatch<Kind extends "in-interface" | "out-interface"> {
	readonly kind: Kind;
	readonly device: string;
	readonly negated: boolean;
}

/** Whether a device has this name, or begins so where the pattern ends in `+`. No device has the empty name. */
export function deviceMatches(pattern: string, device: string | null): boolean {
	const name = device ?? "";
	return pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function interfaceExtension<Kind extends "in-interface" | "out-interface">(
	kind: Kind,
	options: readonly [string, ...string[]],
	of: (at: RuleContext) => string | null,
): MatchExtension<InterfaceMatch<Kind>> {
	const owned = new Set(options);
	return {
		kind,
		module: null,
		options,
		parse: (words) => {
			words.option(owned);
			const device = words.value();
			// IFNAMSIZ is 16 with its end.
			if (device === "" || device.length > 15) throw new ParseFailure(phrase("is-no-device", { text: device }));
			return { kind, device, negated: words.takeNegation() };
		},
		print: (match) => printOption(options[0], match.device, match.negated),
		test: (match, at) => deviceMatches(match.device, of(at)) !== match.negated,
	};
}

export const inInterfaceExtension: MatchExtension<InterfaceMatch<"in-interface">> = interfaceExtension(
	"in-interface",
	["-i", "--in-interface"],
	(at) => at.inDevice,
);

export const outInterfaceExtension: MatchExtension<InterfaceMatch<"out-interface">> = interfaceExtension(
	"out-interface",
	["-o", "--out-interface"],
	(at) => at.outDevice,
);
