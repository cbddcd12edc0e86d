/**
 * Matches that ask for what a packet here never has: the kernel then answers without looking at the values. IPv6 extension
 * headers (net/ipv6/netfilter/ip6t_{rt,frag,hbh,ah,srh}.c), a connection's helper (xt_helper.c: only connections that another
 * one announced have one), a connection's labels (xt_connlabel.c), the control group of a packet that no process here has sent
 * (xt_cgroup.c).
 */
import { phrase } from "../../../wording/phrase.ts";
import { negateIf, type RuleContext, type Truth } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule } from "../words.ts";

export type AbsentKind = "rt" | "frag" | "hbh" | "dst" | "ah" | "srh" | "helper" | "connlabel" | "cgroup";

export interface AbsentMatch<Kind extends AbsentKind> {
	readonly kind: Kind;
	/** As written, `!` included. */
	readonly options: readonly string[];
}

interface Asked {
	readonly options: readonly string[];
	readonly test: (options: readonly string[], at: RuleContext) => Truth;
}

/** A header that is not there has no values that could be wrong. */
const NO_HEADER = (): Truth => false;

const ASKED: Readonly<Record<AbsentKind, Asked>> = {
	rt: {
		options: ["--rt-type", "--rt-segsleft", "--rt-len", "--rt-0-res", "--rt-0-addrs", "--rt-0-not-strict"],
		test: NO_HEADER,
	},
	frag: { options: ["--fragid", "--fraglen", "--fragres", "--fragfirst", "--fragmore", "--fraglast"], test: NO_HEADER },
	hbh: { options: ["--hbh-len", "--hbh-opts"], test: NO_HEADER },
	dst: { options: ["--dst-len", "--dst-opts"], test: NO_HEADER },
	ah: { options: ["--ahspi", "--ahlen", "--ahres"], test: NO_HEADER },
	srh: {
		options: [
			"--srh-next-hdr",
			"--srh-hdr-len-eq",
			"--srh-hdr-len-gt",
			"--srh-hdr-len-lt",
			"--srh-segs-left-eq",
			"--srh-segs-left-gt",
			"--srh-segs-left-lt",
			"--srh-last-entry-eq",
			"--srh-last-entry-gt",
			"--srh-last-entry-lt",
			"--srh-tag",
			"--srh-psid",
			"--srh-nsid",
			"--srh-lsid",
		],
		test: NO_HEADER,
	},
	helper: {
		options: ["--helper"],
		test: (options, { connection }) =>
			connection?.state === "related"
				? { unknown: phrase("match-not-for-announced", { match: "helper" }) }
				: negateIf(isNegated(options), false),
	},
	connlabel: {
		options: ["--label", "--set"],
		test: (options) =>
			options.includes("--set")
				? { unknown: phrase("match-option-not-evaluated", { match: "connlabel", option: "--set" }) }
				: negateIf(isNegated(options), false),
	},
	cgroup: {
		options: ["--path", "--cgroup"],
		test: (_, { locallyGenerated }) =>
			locallyGenerated ? { unknown: phrase("match-needs-process", { match: "cgroup" }) } : false,
	},
};

function isNegated(options: readonly string[]): boolean {
	return options.some((text) => text.startsWith("! "));
}

export function absentExtension<Kind extends AbsentKind>(kind: Kind): MatchExtension<AbsentMatch<Kind>> {
	const { options: names, test } = ASKED[kind];
	const owned: ReadonlySet<string> = new Set(names);
	return {
		kind,
		module: kind,
		options: names,
		parse: (words) => {
			const options: string[] = [];
			for (let text = words.optionText(owned); text !== null; text = words.optionText(owned)) options.push(text);
			if (options.length === 0 && kind === "helper") throw new ParseFailure(phrase("no-helper-given"));
			return { kind, options };
		},
		print: ({ options }) => printModule(kind, [...options]),
		test: ({ options }, at) => test(options, at),
	};
}
