/** A difference as a finding: what it says, whose the entry is, what puts it right and what shows it. */
import { tableName } from "../emit/ip-route.ts";
import type { Origin } from "../origin/origin.ts";
import type { Place } from "../state/place.ts";
import type { Severity } from "../trace/explanation.ts";
import { type Phrase, type PhraseCode, phrase, type Said, worded } from "../wording/phrase.ts";
import type { Difference, EntryText } from "./difference.ts";
import type { DiagnosisFound, FoundEvidence } from "./found.ts";

export function foundDifference(
	difference: Difference,
	severity: Severity,
	more: Partial<DiagnosisFound> = {},
): DiagnosisFound {
	const { code, place, expected, actual, fix } = difference;
	const owner = ownerOf(difference);
	const object = (expected ?? actual)?.origin.object;
	const confirm = confirmOf(difference);
	return {
		code,
		severity,
		message: messageOf(difference),
		at: place,
		...(owner !== null && { owner }),
		...(object !== undefined && { object }),
		...(expected !== null && { expected: evidence(expected) }),
		...(actual !== null && { actual: evidence(actual) }),
		...(difference.lookedIn !== undefined && { lookedIn: difference.lookedIn }),
		...(fix !== null && { fix: "command" in fix ? { command: at(place, fix.command) } : fix }),
		...(confirm !== null && { confirm: at(place, confirm) }),
		...more,
	};
}

function evidence({ text, said, origin }: EntryText): FoundEvidence {
	return { text: said ?? text, ...(origin.source !== undefined && { source: origin.source }) };
}

/** Runs it where it is: in the pod's namespace by the node's means, on a node as it stands. */
function at(place: Place, command: Said): Said {
	if (!place.startsWith("pod/") || /^kubectl /.test(worded(command))) return command;
	return phrase("in-namespace-of", { command: typeof command === "string" ? oneCommand(command) : command, place });
}

function oneCommand(text: string): string {
	return / (&&|\|) /.test(text) ? `sh -c '${text.replaceAll("'", "'\\''")}'` : text;
}

export function messageOf({ code, change, place, expected, actual, consequences, part }: Difference): Phrase {
	const n = consequences.length;
	const more = n === 0 ? "" : phrase("went-with-it", { n });
	const [wanted, real] = [entryOf(expected), entryOf(actual)];
	if (code === "chain-empty") return phrase("rules-lost", { place, chain: wanted, more });
	const kind = phrase(ENTRY_KINDS[part] ?? "kind-entry");
	switch (change) {
		case "missing":
			return phrase("entry-missing", { place, kind, entry: wanted, more });
		case "extra":
			return phrase("entry-extra", { place, kind, entry: real, more });
		case "wrong":
			return phrase("entry-wrong", { place, actual: real, expected: wanted, more });
	}
}

function entryOf(entry: EntryText | null): Said {
	return entry === null ? "?" : (entry.said ?? entry.text);
}

type KindCode = Extract<PhraseCode, `kind-${string}`>;

const ENTRY_KINDS: Partial<Readonly<Record<Difference["part"], KindCode>>> = {
	"ip-address": "kind-address",
	"ip-route": "kind-route",
	"ip-rule": "kind-policy-rule",
	"ip-neigh": "kind-neighbour",
	"bridge-fdb": "kind-fdb",
	"iptables-save": "kind-rule",
	"ip6tables-save": "kind-rule",
	"nft-ruleset": "kind-nftables",
	"ipset-save": "kind-set-entry",
	"ipvsadm-save": "kind-ipvs",
	"tc-filter": "kind-tc-filter",
	sysctl: "kind-sysctl",
	conntrack: "kind-connection",
};

const NOBODY: ReadonlySet<string> = new Set(["unknown", ""]);

function ownerOf({ code, expected, actual }: Difference): Said | null {
	const known = (origin: Origin | undefined): string | null =>
		origin === undefined || NOBODY.has(origin.component) ? null : origin.component;
	if (code === "sysctl-wrong" || code === "chain-policy-wrong") return phrase("administrator");
	return known(expected?.origin) ?? (expected === null ? known(actual?.origin) : null);
}

function confirmOf({ code, part, subject, device }: Difference): string | null {
	const first = subject.split(" ")[0] ?? "";
	switch (part) {
		case "ip-address":
			return `ip -d address show dev ${device ?? first}`;
		case "ip-route": {
			const six = first.includes(":") ? "-6 " : "";
			return `ip ${six}route show table ${tableName(Number(/table (\d+)/.exec(subject)?.[1]))} ${first}`;
		}
		case "ip-rule":
			return subject.endsWith("(IPv6)") ? "ip -6 rule show" : `ip rule show priority ${first.replace(":", "")}`;
		case "ip-neigh":
			return `ip neigh show ${subject.endsWith(" proxy") ? "proxy " : ""}${first} dev ${device}`;
		case "bridge-fdb":
			return `bridge fdb show dev ${device} | grep ${first}`;
		case "bridge-vlan":
			return `bridge vlan show dev ${device}`;
		case "iptables-save":
		case "ip6tables-save": {
			const [table = "filter", chain = ""] = subject.split("/");
			return `${part === "iptables-save" ? "iptables" : "ip6tables"} -t ${table} -S ${chain}`;
		}
		case "nft-ruleset":
			return code.startsWith("nft-element") ? `nft list set ${subject}` : `nft list chain ${subject}`;
		case "ipset-save":
			return `ipset list ${first}`;
		case "ipvsadm-save":
			return `ipvsadm -Ln ${subject.split(" ").slice(0, 2).join(" ")}`;
		case "tc-filter":
			return `tc filter show dev ${subject.split(" ").slice(0, 2).join(" ")}`;
		case "sysctl":
			return `sysctl ${subject}`;
		case "conntrack":
			return `conntrack -L ${subject}`;
		default:
			return null;
	}
}
