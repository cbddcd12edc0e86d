/** What diagnosis found, as plain data. */
import { tableName } from "../emit/ip-route.ts";
import type { ObjectRef, Origin, SourcePosition } from "../origin/origin.ts";
import type { Place } from "../state/place.ts";
import type { Severity, Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";
import type { Difference, EntryText } from "./difference.ts";

/** An entry with where it was read. */
export interface Evidence {
	readonly text: string;
	readonly source?: SourcePosition;
}

export interface DiagnosisFinding {
	/** One of docs/findings.md, or of an explanation's findings. */
	readonly code: string;
	/** `error`: packets are lost by it. `warning`: they go otherwise than they should. `info`: no packet meets it. */
	readonly severity: Severity;
	readonly message: string;
	readonly at?: Place;
	/** Who should have written the entry. */
	readonly owner?: string;
	readonly object?: ObjectRef;
	readonly expected?: Evidence;
	readonly actual?: Evidence;
	/** The file that lacks what is expected. */
	readonly lookedIn?: string;
	readonly fix?: string;
	/** A command that shows it. */
	readonly confirm?: string;
	/** What becomes of the question once it is put right. */
	readonly proof?: string;
	/** With `--all`: a question that it decides, and how many of those asked. */
	readonly question?: Question;
	readonly questions?: number;
}

export interface Diagnosis {
	readonly apiVersion: "podpath.dev/v1alpha1";
	readonly kind: "Diagnosis";
	/** Null: the whole cluster. */
	readonly question: Question | null;
	/** What really becomes of the packet. */
	readonly verdict: Verdict | "mixed" | null;
	/** What would become of it in the state that should be; null where the input is no snapshot. */
	readonly expected: Verdict | "mixed" | null;
	/** The cause first. */
	readonly findings: readonly DiagnosisFinding[];
	/** With `--all`: how many questions were asked of how many that there are, and whether it was stopped. */
	readonly asked?: { readonly questions: number; readonly places: number; readonly interrupted: boolean };
}

/** A difference as a finding. */
export function findingOf(
	difference: Difference,
	severity: Severity,
	more: Partial<DiagnosisFinding> = {},
): DiagnosisFinding {
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
		...(fix !== null && fix !== "" && { fix: at(place, fix) }),
		...(confirm !== null && { confirm: at(place, confirm) }),
		...more,
	};
}

function evidence({ text, origin }: EntryText): Evidence {
	return origin.source === undefined ? { text } : { text, source: origin.source };
}

/** Runs it where it is: in the pod's namespace by the node's means, on a node as it stands. */
function at(place: Place, command: string): string {
	if (!place.startsWith("pod/") || /^(kubectl |#)/.test(command)) return command;
	const whole = / (&&|\|) /.test(command) ? `sh -c '${command.replaceAll("'", "'\\''")}'` : command;
	return `nsenter -t PID -n ${whole}   # PID: a process of ${place}`;
}

function messageOf(difference: Difference): string {
	const { change, place, expected, actual, consequences, part } = difference;
	const what = ENTRY_WORDS[part] ?? "entry";
	const more = consequences.length === 0 ? "" : ` (and ${consequences.length} more that went with it)`;
	if (difference.code === "chain-empty") return `${place} has lost the rules of ${expected?.text}${more}`;
	switch (change) {
		case "missing":
			return `${place} lacks the ${what} "${expected?.text}"${more}`;
		case "extra":
			return `${place} has the ${what} "${actual?.text}", which nothing in the cluster asks for${more}`;
		case "wrong":
			return `${place} has "${actual?.text}" where it should have "${expected?.text}"${more}`;
	}
}

const ENTRY_WORDS: Partial<Readonly<Record<Difference["part"], string>>> = {
	"ip-address": "device or address",
	"ip-route": "route",
	"ip-rule": "policy rule",
	"ip-neigh": "neighbour",
	"bridge-fdb": "forwarding entry",
	"iptables-save": "rule",
	"ip6tables-save": "rule",
	"nft-ruleset": "nftables entry",
	"ipset-save": "set entry",
	"ipvsadm-save": "IPVS entry",
	"tc-filter": "tc filter",
	sysctl: "sysctl",
	conntrack: "connection",
};

const NOBODY: ReadonlySet<string> = new Set(["unknown", ""]);

function ownerOf({ code, expected, actual }: Difference): string | null {
	const known = (origin: Origin | undefined): string | null =>
		origin === undefined || NOBODY.has(origin.component) ? null : origin.component;
	if (code === "sysctl-wrong" || code === "chain-policy-wrong") return "administrator";
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
