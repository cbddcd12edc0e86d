/** `-m multiport`: one of up to 15 ports or ranges (net/netfilter/xt_multiport.c). */
import type { Packet } from "../../../packet/packet.ts";
import { negateIf, type Truth } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { parseRange, printModule, printOption, printRange } from "../words.ts";
import { isSourcePortIn, type Range } from "./ports.ts";

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
		const { packet } = at;
		if (!WITH_PORTS.has(packet.protocol)) return false;
		return negateIf(match.negated, isOneOf(match, packet));
	},
};

function isOneOf({ side, ports }: MultiportMatch, packet: Packet): Truth {
	const { dport } = packet;
	if (side !== "source" && ports.some(({ from, to }) => dport >= from && dport <= to)) return true;
	let result: Truth = false;
	for (const range of side === "destination" ? [] : ports) {
		const truth = isSourcePortIn(range, packet);
		if (truth === true) return true;
		if (truth !== false) result = truth;
	}
	return result;
}
