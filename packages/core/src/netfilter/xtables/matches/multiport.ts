/** `-m multiport`: one of up to 15 ports or ranges (net/netfilter/xt_multiport.c). */
import type { MatchExtension } from "../extension.ts";
import { parseRange, printModule, printOption, printRange } from "../words.ts";
import type { Range } from "./ports.ts";

export interface MultiportMatch {
	readonly kind: "multiport";
	readonly side: "source" | "destination" | "either";
	readonly ports: readonly Range[];
	readonly negated: boolean;
}

const SIDES: ReadonlyMap<string, MultiportMatch["side"]> = new Map([
	["--sports", "source"],
	["--source-ports", "source"],
	["--dports", "destination"],
	["--destination-ports", "destination"],
	["--ports", "either"],
]);
const NAMES = { source: "--sports", destination: "--dports", either: "--ports" } as const;
const OPTIONS = [...SIDES.keys()];
const OWNED: ReadonlySet<string> = new Set(OPTIONS);
const WITH_PORTS: ReadonlySet<string> = new Set(["tcp", "udp", "sctp"]);

export const multiportExtension: MatchExtension<MultiportMatch> = {
	kind: "multiport",
	module: "multiport",
	options: OPTIONS,
	parse: (words) => {
		const side = SIDES.get(words.option(OWNED) ?? "") ?? "either";
		const ports = words
			.value()
			.split(",")
			.map((text) => parseRange(text, 65535));
		return { kind: "multiport", side, ports, negated: words.takeNegation() };
	},
	print: (match) => {
		const ports = match.ports.map((range) => printRange(range)).join(",");
		return printModule("multiport", [printOption(NAMES[match.side], ports, match.negated)]);
	},
	test: (match, at) => {
		const { protocol, sport, dport } = at.packet;
		if (!WITH_PORTS.has(protocol)) return false;
		const asked = match.side === "source" ? [sport] : match.side === "destination" ? [dport] : [sport, dport];
		return match.ports.some(({ from, to }) => asked.some((port) => port >= from && port <= to)) !== match.negated;
	},
};
