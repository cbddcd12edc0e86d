/** `-m owner`: the process that sent the packet (net/netfilter/xt_owner.c, owner_mt). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption, printRange } from "../words.ts";
import type { NegatableRange } from "./ports.ts";

export interface OwnerMatch {
	readonly kind: "owner";
	/** False is the negated option. */
	readonly socketExists?: boolean;
	readonly uid?: NegatableRange;
	readonly gid?: NegatableRange;
}

const OPTIONS = ["--socket-exists", "--uid-owner", "--gid-owner"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const ownerExtension: MatchExtension<OwnerMatch> = {
	kind: "owner",
	module: "owner",
	options: OPTIONS,
	parse: (words) => {
		let match: OwnerMatch = { kind: "owner" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--socket-exists") match = { ...match, socketExists: !words.takeNegation() };
			else {
				const range = words.range(0xfffffffe, "-");
				const asked = { ...range, negated: words.takeNegation() };
				match = name === "--uid-owner" ? { ...match, uid: asked } : { ...match, gid: asked };
			}
		}
		if (Object.keys(match).length === 1) throw new ParseFailure(phrase("owner-not-asked"));
		return match;
	},
	print: (match) =>
		printModule("owner", [
			match.socketExists === undefined ? "" : printOption("--socket-exists", "", !match.socketExists),
			match.uid && printOption("--uid-owner", printRange(match.uid, "-"), match.uid.negated),
			match.gid && printOption("--gid-owner", printRange(match.gid, "-"), match.gid.negated),
		]),
	test: (match, at) => {
		const { uid, gid, socketExists } = match;
		// A packet that came from elsewhere has no socket: only inverted options match.
		if (!at.locallyGenerated) return socketExists !== true && uid?.negated !== false && gid?.negated !== false;
		return { unknown: phrase("process-unknown") };
	},
};
