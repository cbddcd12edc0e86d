/** Clusters of the atlas in which one thing was changed, and what is asked of them. */
import { expect, test } from "vitest";
import { scenarioManifests } from "../../src/atlas/change.ts";
import type { ClusterChange, Scenario } from "../../src/atlas/scenario.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { Explanation } from "../../src/trace/explanation.ts";
import type { Question } from "../../src/trace/question.ts";
import { readDocument } from "./atlas-files.ts";

type Patch = Readonly<Record<string, unknown>>;

/** By the object's name, as scenarios name it; null: the object is removed. */
export type Breakage = Readonly<Record<string, Patch | null>>;

/** What the engine answers about the mode's cluster once it is broken; objects that were changed stand in `broken.yaml`. */
export function askBroken(
	mode: string,
	breakage: Breakage,
	question: Pick<Question, "from" | "to"> & Partial<Question>,
	added = "",
): Explanation {
	const changes = Object.entries(breakage).map(
		([object, patch]): ClusterChange =>
			patch === null ? { kind: "remove", object } : { kind: "merge", object, patch },
	);
	const asked: Question = { protocol: "tcp", ...question };
	const scenario: Scenario = {
		mode,
		id: "one",
		title: "",
		question: asked,
		changes,
		paths: [],
		otherPaths: true,
		source: { file: "broken.yaml", line: 1 },
	};
	const whole = { name: "cluster.yaml", text: readDocument(`atlas/${mode}/cluster.yaml`) };
	const files = scenarioManifests(scenario, whole);
	const cluster = loadCluster(added === "" ? files : [...files, { name: "added.yaml", text: added }]);
	return explain({ cluster, network: clusterNetwork(cluster), fromSnapshot: false }, asked);
}

export const CENTOS = "pod/trunking/centos-59cdc5c9c4-l5vf9";
export const NGINX = "pod/trunking/nginx-6f545cb57c-kt7r8";
export const PODENI = "podeni/trunking/nginx-6f545cb57c-kt7r8";
export const NGINX_ENI = "eni-j6cgrqqrtvcwhhcyuc28";
export const DIRECT = { from: CENTOS, to: `${NGINX}:80` };
export const SERVED = { from: CENTOS, to: "service/trunking/nginx:80" };
export const EXTERNAL = { from: CENTOS, to: "service/trunking/nginx:80", via: "external-ip" } as const;
export const OUTSIDE = {
	from: "internet/203.0.113.10",
	to: "service/trunking/nginx:80",
	via: "load-balancer",
} as const;
export const BALANCER = "loadbalancer/lb-j6cmv8aaojf7nqdai2a6a";
export const GROUP = "securitygroup/sg-j6cf3sxrlbuwxxxxx";

export const SHARED = { from: "pod/default/centos-67756b6dc8-h5wnp", to: "pod/default/nginx-7d6877d777-h4jtf:80" };
export const SHARED_ENI = "eni/eni-j6c4qxbpnkg5o7uog5kr";

export interface ExpectedFinding {
	readonly code: string;
	readonly object: string;
	/** What the message must say, each. */
	readonly says: readonly string[];
	readonly fix: string;
}

export type Row = readonly [
	what: string,
	mode: string,
	breakage: Breakage,
	question: Parameters<typeof askBroken>[2],
	expected: ExpectedFinding,
	added?: string,
];

/** The first finding names what is broken, where it stands, and what would be right. */
function check(
	mode: string,
	breakage: Breakage,
	question: Row[3],
	{ code, object, says, fix }: ExpectedFinding,
	added = "",
): void {
	const [first] = askBroken(mode, breakage, question, added).findings;
	expect(first).toMatchObject({ code, object });
	for (const each of says) expect(first?.message).toContain(each);
	expect(first?.fix).toContain(fix);
}

export const groupRules = (rules: readonly object[], more: object = { innerAccess: "drop" }): Breakage => ({
	[GROUP]: { spec: { ...more, rules } },
});
export const accept = (rest: object): object => ({ direction: "ingress", protocol: "tcp", policy: "accept", ...rest });
export const pending = {
	spec: { nodeName: null },
	status: { phase: "Pending", podIP: null, podIPs: null, hostIP: null, conditions: [] },
};

/** A test for each row. */
export function eachBroken(rows: readonly Row[]): void {
	for (const [what, mode, breakage, question, expected, added] of rows) {
		test(what, () => check(mode, breakage, question, expected, added));
	}
}
