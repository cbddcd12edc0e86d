/** `-m sctp` (net/netfilter/xt_sctp.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";
import { PORT_OPTIONS, type Ports, parsePort, portsMatch, printPorts } from "./ports.ts";

export interface SctpMatch extends Ports {
	readonly kind: "sctp";
	/** The chunks as written, flags included: `DATA:Be,INIT`. */
	readonly chunkTypes?: {
		readonly how: "any" | "all" | "only";
		readonly chunks: string;
		readonly negated: boolean;
	};
}

const OPTIONS = [...PORT_OPTIONS, "--chunk-types"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const sctpExtension: MatchExtension<SctpMatch> = {
	kind: "sctp",
	module: "sctp",
	options: OPTIONS,
	parse: (words) => {
		let match: SctpMatch = { kind: "sctp" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name !== "--chunk-types") {
				match = { ...match, ...parsePort(name, words) };
				continue;
			}
			const how = words.value();
			if (how !== "any" && how !== "all" && how !== "only")
				throw new ParseFailure(phrase("is-no-chunk-match", { text: how }));
			const chunks = words.value();
			match = { ...match, chunkTypes: { how, chunks, negated: words.takeNegation() } };
		}
		return match;
	},
	print: (match) => {
		const { chunkTypes } = match;
		return printModule("sctp", [
			...printPorts(match),
			chunkTypes && printOption("--chunk-types", `${chunkTypes.how} ${chunkTypes.chunks}`, chunkTypes.negated),
		]);
	},
	test: (match, at) => {
		if (at.packet.protocol !== "sctp" || portsMatch(match, at.packet) !== true) return false;
		return match.chunkTypes === undefined
			? true
			: { unknown: phrase("match-not-evaluated", { match: "sctp --chunk-types" }) };
	},
};
