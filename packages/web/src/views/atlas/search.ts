/** Finding scenarios. */
import type { ScenarioEntry, Verdict } from "@podpath/core";

/** Those that hold every word, wherever it stands. */
export function matching(scenarios: readonly ScenarioEntry[], search: string): readonly ScenarioEntry[] {
	const words = wordsOf(search);
	return scenarios.filter((scenario) => heldBy(scenario, words) === words.length);
}

/** Those that hold the most words, where none holds all; none where nobody holds any. */
export function nearest(scenarios: readonly ScenarioEntry[], search: string): readonly ScenarioEntry[] {
	const words = wordsOf(search);
	const counted = scenarios.map((scenario) => ({ scenario, held: heldBy(scenario, words) }));
	const most = Math.max(0, ...counted.map(({ held }) => held));
	return most === 0 ? [] : counted.flatMap(({ scenario, held }) => (held === most ? [scenario] : []));
}

export interface SearchResult {
	readonly found: readonly ScenarioEntry[];
	/** They hold every word; else they are those that come nearest. */
	readonly isExact: boolean;
}

export function searchFor(scenarios: readonly ScenarioEntry[], search: string): SearchResult {
	const matched = matching(scenarios, search);
	const isExact = matched.length > 0;
	return { found: isExact ? matched : nearest(scenarios, search), isExact };
}

function wordsOf(search: string): readonly string[] {
	return search
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== "");
}

function heldBy(scenario: ScenarioEntry, words: readonly string[]): number {
	const text = textOf(scenario);
	return words.filter((word) => text.includes(word)).length;
}

/** What people call something that the scenarios call otherwise. */
const ALSO_CALLED: readonly (readonly [said: RegExp, also: string])[] = [
	[/masquerad/, "snat"],
	[/\bpolicy-/, "networkpolicy"],
	[/security.group|\bsg-/, "security group securitygroup sg"],
	[/load.?balancer|\bslb\b/, "load balancer slb"],
	[/bridge-nf/, "br_netfilter"],
];

/** What a verdict is called by who has waited for a connection, as programs and people say it. */
const SEEN_AS: Readonly<Record<Verdict, string>> = {
	delivered: "works connected 可达 连通 送达",
	refused: "connection refused econnrefused reset rst 被拒绝 拒绝连接",
	dropped: "connection timed out timeout etimedout hangs silence blocked 超时 丢包 丢弃",
	unreachable: "no route to host host unreachable ehostunreach enetunreach 不可达",
	"no-reply": "connection timed out timeout etimedout hangs no answer 超时 没有应答 无响应",
	loop: "time to live exceeded ttl routing loop timeout 环路 超时",
	exits: "leaves outside 离开",
	unknown: "not known undecided 未知",
};

/** Of what ends so; in lower case. */
export function seenAs(verdicts: readonly Verdict[]): string {
	return verdicts.map((verdict) => SEEN_AS[verdict]).join(" ");
}

function textOf({
	name,
	title,
	titleZh = "",
	note = "",
	noteZh = "",
	question,
	verdicts,
	sources,
}: ScenarioEntry): string {
	const parts = [name, title, titleZh, note, noteZh, question.from, question.to, question.via ?? "", question.protocol];
	const said = [...parts, ...verdicts, ...sources].join(" ").toLowerCase();
	const also = ALSO_CALLED.flatMap(([form, words]) => (form.test(said) ? [words] : []));
	// ClusterIP as well as cluster-ip.
	return [said, said.replaceAll("-", ""), seenAs(verdicts), ...also].join(" ");
}

/** The source is a run on a real kernel (docs/measurements.md): `E:t1.S2`, `K1`, `X3`. */
export function isMeasured(source: string): boolean {
	return /^(E:t\d|[KX]\d+$)/.test(source);
}

export const PROOFS = ["proven", "outdated", "unproven"] as const;

/** Those of which the record of proofs says so; all where the word is none of its. */
export function withProof(scenarios: readonly ScenarioEntry[], word: string): readonly ScenarioEntry[] {
	const kind = PROOFS.find((each) => each === word);
	return kind === undefined ? scenarios : scenarios.filter(({ proof }) => (proof?.kind ?? "unproven") === kind);
}

/** Verdicts that scenarios expect, each once. */
export function verdictsOf(scenarios: readonly ScenarioEntry[]): readonly Verdict[] {
	return [...new Set(scenarios.flatMap(({ verdicts }) => verdicts))].toSorted();
}

/** Those of which a path ends so; all where no verdict is given. */
export function withVerdict(scenarios: readonly ScenarioEntry[], word: string): readonly ScenarioEntry[] {
	return word === "" ? scenarios : scenarios.filter(({ verdicts }) => verdicts.some((each) => each === word));
}
