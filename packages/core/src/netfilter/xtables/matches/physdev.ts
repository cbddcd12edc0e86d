/** `-m physdev`: the bridge ports of a packet that br_netfilter shows to iptables (net/netfilter/xt_physdev.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";
import { deviceMatches } from "./interface.ts";

interface DeviceAsked {
	readonly device: string;
	readonly negated: boolean;
}

/** For the `is…` options false is the negated option. */
export interface PhysdevMatch {
	readonly kind: "physdev";
	readonly isIn?: boolean;
	readonly in?: DeviceAsked;
	readonly isOut?: boolean;
	readonly out?: DeviceAsked;
	readonly isBridged?: boolean;
}

const OPTIONS = [
	"--physdev-is-in",
	"--physdev-in",
	"--physdev-is-out",
	"--physdev-out",
	"--physdev-is-bridged",
] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const physdevExtension: MatchExtension<PhysdevMatch> = {
	kind: "physdev",
	module: "physdev",
	options: OPTIONS,
	parse: (words) => {
		let match: PhysdevMatch = { kind: "physdev" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--physdev-is-in") match = { ...match, isIn: !words.takeNegation() };
			else if (name === "--physdev-is-out") match = { ...match, isOut: !words.takeNegation() };
			else if (name === "--physdev-is-bridged") match = { ...match, isBridged: !words.takeNegation() };
			else {
				const device = words.value();
				if (device === "" || device.length > 15) throw new ParseFailure(phrase("is-no-device", { text: device }));
				const asked = { device, negated: words.takeNegation() };
				match = name === "--physdev-in" ? { ...match, in: asked } : { ...match, out: asked };
			}
		}
		if (Object.keys(match).length === 1) throw new ParseFailure(phrase("ports-not-asked"));
		return match;
	},
	print: (match) =>
		printModule("physdev", [
			match.isIn === undefined ? "" : printOption("--physdev-is-in", "", !match.isIn),
			match.in && printOption("--physdev-in", match.in.device, match.in.negated),
			match.isOut === undefined ? "" : printOption("--physdev-is-out", "", !match.isOut),
			match.out && printOption("--physdev-out", match.out.device, match.out.negated),
			match.isBridged === undefined ? "" : printOption("--physdev-is-bridged", "", !match.isBridged),
		]),
	// A packet that saw no bridge port answers no to everything, so only inverted options match.
	test: (match, at) =>
		(match.isBridged === undefined || match.isBridged === at.bridged) &&
		(match.isIn === undefined || match.isIn === (at.physicalIn !== null)) &&
		(match.isOut === undefined || match.isOut === (at.physicalOut !== null)) &&
		(match.in === undefined || portMatches(match.in, at.physicalIn)) &&
		(match.out === undefined || portMatches(match.out, at.physicalOut)),
};

function portMatches(asked: DeviceAsked, port: string | null): boolean {
	return (port !== null && deviceMatches(asked.device, port)) !== asked.negated;
}
