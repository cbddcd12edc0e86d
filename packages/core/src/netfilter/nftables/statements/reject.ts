/** Refusals (net/netfilter/nft_reject.c, nft_reject_inet.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { RejectWith } from "../../context.ts";
import { isObject, optionalString, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { NftFamily } from "../ruleset.ts";
import type { StatementExtension } from "./extension.ts";

/** Words of nft for either family, which become each family's own (nft_reject_icmp_code, nft_reject_icmpv6_code). */
type EitherFamily = "icmpx-no-route" | "icmpx-port-unreachable" | "icmpx-host-unreachable" | "icmpx-admin-prohibited";

export interface RejectStatement {
	readonly kind: "reject";
	/** Null: what nft takes where nothing is said, "port unreachable". */
	readonly with: RejectWith | EitherFamily | null;
}

const EITHER: Readonly<Record<EitherFamily, { readonly 4: RejectWith; readonly 6: RejectWith }>> = {
	"icmpx-no-route": { 4: "icmp-net-unreachable", 6: "icmp6-no-route" },
	"icmpx-port-unreachable": { 4: "icmp-port-unreachable", 6: "icmp6-port-unreachable" },
	"icmpx-host-unreachable": { 4: "icmp-host-unreachable", 6: "icmp6-addr-unreachable" },
	"icmpx-admin-prohibited": { 4: "icmp-admin-prohibited", 6: "icmp6-adm-prohibited" },
};

/** nft's type and code to the word that is kept. */
const WORDS: ReadonlyMap<string, RejectWith | EitherFamily> = new Map([
	["icmp net-unreachable", "icmp-net-unreachable"],
	["icmp host-unreachable", "icmp-host-unreachable"],
	["icmp prot-unreachable", "icmp-proto-unreachable"],
	["icmp port-unreachable", "icmp-port-unreachable"],
	["icmp net-prohibited", "icmp-net-prohibited"],
	["icmp host-prohibited", "icmp-host-prohibited"],
	["icmp admin-prohibited", "icmp-admin-prohibited"],
	["icmpv6 no-route", "icmp6-no-route"],
	["icmpv6 admin-prohibited", "icmp6-adm-prohibited"],
	["icmpv6 addr-unreachable", "icmp6-addr-unreachable"],
	["icmpv6 port-unreachable", "icmp6-port-unreachable"],
	["icmpv6 policy-fail", "icmp6-policy-fail"],
	["icmpv6 reject-route", "icmp6-reject-route"],
	["icmpx no-route", "icmpx-no-route"],
	["icmpx port-unreachable", "icmpx-port-unreachable"],
	["icmpx host-unreachable", "icmpx-host-unreachable"],
	["icmpx admin-prohibited", "icmpx-admin-prohibited"],
	["tcp reset", "tcp-reset"],
]);
const TEXTS: ReadonlyMap<string, string> = new Map([...WORDS].map(([text, word]) => [word, text]));

/** What a table of each family answers where nothing is said. */
const UNSAID: Readonly<Record<NftFamily, RejectWith | EitherFamily>> = {
	ip: "icmp-port-unreachable",
	ip6: "icmp6-port-unreachable",
	inet: "icmpx-port-unreachable",
	bridge: "icmpx-port-unreachable",
	netdev: "icmpx-port-unreachable",
	arp: "icmpx-port-unreachable",
};

export const rejectExtension: StatementExtension<RejectStatement> = {
	words: ["reject"],
	parse: (_, reader) => {
		if (!reader.takeWord("with")) return { kind: "reject", with: null };
		const type = reader.word();
		// nft before 1.0 writes `icmp type port-unreachable`.
		reader.takeWord("type");
		return { kind: "reject", with: wordFor(`${type} ${reader.word()}`) };
	},
	keys: ["reject"],
	fromJson: (_, value, reader) => {
		if (!isObject(value)) return { kind: "reject", with: null };
		const type = stringAt(value, "type");
		const code = optionalString(value, "expr");
		const how = wordFor(code === undefined ? type : `${type} ${code}`);
		// The JSON says what the text leaves out.
		return { kind: "reject", with: how === UNSAID[reader.family] ? null : how };
	},
	print: (reject) => (reject.with === null ? "reject" : `reject with ${textOf(reject.with)}`),
	toJson: (reject) => {
		if (reject.with === null) return { reject: null };
		if (reject.with === "tcp-reset") return { reject: { type: "tcp reset" } };
		const [type = "", expr = ""] = textOf(reject.with).split(" ");
		return { reject: { type, expr } };
	},
	run: (reject, { at }) => {
		const how = reject.with ?? "icmpx-port-unreachable";
		if (isEither(how)) return { kind: "reject", with: EITHER[how][at.family] };
		// nft puts a test of the protocol or family before these.
		if (how === "tcp-reset" ? at.packet.protocol !== "tcp" : how.startsWith("icmp6-") !== (at.family === 6))
			return null;
		return { kind: "reject", with: how };
	},
};

function isEither(how: RejectWith | EitherFamily): how is EitherFamily {
	return how.startsWith("icmpx-");
}

function textOf(how: RejectWith | EitherFamily): string {
	return TEXTS.get(how) ?? how;
}

function wordFor(text: string): RejectWith | EitherFamily {
	const word = WORDS.get(text);
	if (word === undefined) throw new ParseFailure(phrase("no-way-to-reject", { text }));
	return word;
}
