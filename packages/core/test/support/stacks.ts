/** Small networks in the words of the tools that show them, for tests of the packet path. */
import type { Cluster } from "../../src/cluster/cluster.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { parseNamespace } from "../../src/parse/namespace.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { STATE_PARTS } from "../../src/state/namespace.ts";
import { type NetworkParts, staticNetwork } from "../../src/state/static-network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { ExplainedPath, Explanation } from "../../src/trace/explanation.ts";
import type { Question } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";

/** Files of a snapshot by name without `.txt`; what is not given is empty, not missing. */
export type StackFiles = Partial<Readonly<Record<(typeof STATE_PARTS)[number], string>>>;

const LOOPBACK = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
    inet6 ::1/128 scope host`;

const DEFAULT_RULES = `0:\tfrom all lookup local
32766:\tfrom all lookup main
32767:\tfrom all lookup default`;

/** A stack of a test network. `ip-address` needs no loopback device: it is there. */
export function stack(place: string, files: StackFiles): Namespace {
	const texts = new Map<string, string>();
	for (const part of STATE_PARTS) texts.set(`${part}.txt`, files[part] ?? "");
	texts.set("ip-address.txt", `${LOOPBACK}\n${files["ip-address"] ?? ""}`);
	texts.set("ip-rule.txt", files["ip-rule"] ?? DEFAULT_RULES);
	texts.set("nft-ruleset.txt", files["nft-ruleset"] ?? "");
	return parseNamespace(place, texts);
}

/** A card as `ip -d address` shows it. Its MAC ends in the index; `more` stands behind the flags' line. */
export function card(
	index: number,
	name: string,
	addresses: readonly string[],
	more: { readonly kind?: string; readonly peer?: string; readonly flags?: string; readonly tail?: string } = {},
): string {
	const at = more.peer === undefined ? "" : `@${more.peer}`;
	const mac = `02:00:00:00:${Math.floor(index / 256)
		.toString(16)
		.padStart(2, "0")}:${(index % 256).toString(16).padStart(2, "0")}`;
	const lines = [
		`${index}: ${name}${at}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue ${more.tail ?? ""} state UP group default qlen 1000`,
		`    link/ether ${mac} brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535${more.flags ?? ""}`,
		...(more.kind === undefined ? [] : [`    ${more.kind}`]),
		...addresses.map((text) =>
			text.includes(":") ? `    inet6 ${text} scope global` : `    inet ${text} scope global ${name}`,
		),
	];
	return lines.join("\n");
}

export type StaticParts = NetworkParts;

const NO_CLUSTER: Cluster = loadCluster([]);

/** What questions can be asked about. */
export function subjectOf(parts: NetworkParts): Subject {
	return { cluster: NO_CLUSTER, network: staticNetwork(parts), fromSnapshot: true };
}

export function ask(subject: Subject, question: Partial<Question> & Pick<Question, "from" | "to">): Explanation {
	return explain(subject, { protocol: "tcp", ...question });
}

/** The only path of an answer. */
export function onlyPath(explanation: Explanation): ExplainedPath {
	const [path, ...others] = explanation.paths;
	if (path === undefined || others.length > 0) throw new Error(`expected one path, got ${explanation.paths.length}`);
	return path;
}

/** The data link in one line: `a/eth0 b/eth0`. */
export function linksOf(direction: ExplainedPath["forward"] | null | undefined): string {
	return (direction?.links ?? [])
		.map(({ at, device }) => (device === undefined ? at : `${at.split("/").pop()}/${device}`))
		.join(" ");
}
