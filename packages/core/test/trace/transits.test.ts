/**
 * Remembered transits and journeys (docs/decisions/0007): whatever was asked before and in whatever order, a walk with memory
 * ends as one that goes through every stage, with the same packets and connections, and the verdict is the explanation's.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateCluster } from "../../../../bench/generate-cluster.ts";
import { scenarioManifests } from "../../src/atlas/change.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { InputError } from "../../src/diagnostic/diagnostic.ts";
import { transitsOf } from "../../src/kernel/transit/transits.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain, verdictOf } from "../../src/trace/explain.ts";
import { journeysOf } from "../../src/trace/journeys.ts";
import type { Question } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { anyRouter, questionsThere } from "../support/any-router.ts";
import { readAtlas } from "../support/atlas-files.ts";
import { togetherAndAlone, waysOf } from "../support/both-walks.ts";

function subjectOf(cluster: Cluster): Subject {
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

/** Asks every question twice, so that the second time everything can be remembered: nothing is waited for here. */
function expectSameWays(subject: Subject, questions: readonly Question[]): void {
	transitsOf(subject.network, 0);
	for (const question of [...questions, ...questions]) {
		const about = JSON.stringify(question);
		expect([about, ...waysOf(subject, question, false)]).toEqual([about, ...waysOf(subject, question, true)]);
	}
	journeysOf(subject.network, 0);
	const inAnyOrder = [...questions, ...questions.toReversed()];
	for (const question of inAnyOrder) {
		const about = JSON.stringify(question);
		expect([about, verdictIn(subject, question, verdictOf)]).toEqual([about, verdictIn(subject, question, explained)]);
	}
}

function explained(subject: Subject, question: Question): string {
	return explain(subject, question).verdict;
}

function verdictIn(subject: Subject, question: Question, find: typeof explained): string {
	try {
		return find(subject, question);
	} catch (error) {
		if (error instanceof InputError) return error.message;
		throw error;
	}
}

/** Pods, nodes and Services of a cluster, as what asks and as what is asked for. */
function questionsOf({ pods, nodes, services }: Cluster): fc.Arbitrary<readonly Question[]> {
	const machines = [
		...pods.map((pod) => `pod/${pod.namespace}/${pod.name}`),
		...nodes.map((node) => `node/${node.name}`),
	];
	const named = services.map((service) => `service/${service.namespace}/${service.name}`);
	const direct = fc.constantFrom(...machines).map((to): Pick<Question, "to"> => ({ to }));
	const served = fc
		.tuple(
			fc.constantFrom(...named),
			fc.constantFrom("cluster-ip" as const, "external-ip" as const, "load-balancer" as const, "node-port" as const),
			fc.constantFrom(...nodes.map((node) => node.name)),
		)
		.map(
			([to, via, node]): Omit<Question, "from" | "protocol"> => ({ to, via, ...(via === "node-port" ? { node } : {}) }),
		);
	const from = fc.constantFrom(...machines, "internet/203.0.113.77");
	const protocol = fc.constantFrom("tcp" as const, "tcp" as const, "udp" as const, "icmp" as const);
	const target = named.length === 0 ? direct : fc.oneof(direct, served, served);
	const question = fc
		.tuple(from, protocol, target)
		.map(([of, by, to]): Question => ({ from: of, protocol: by, ...to }));
	return fc.array(question, { minLength: 20, maxLength: 60 });
}

describe("the atlas", () => {
	test.each(readAtlas().map((folder) => [folder.mode, folder] as const))(
		"%s",
		(_, { cluster: file, scenarios }) => {
			const settings = new Set<string>();
			for (const scenario of scenarios) {
				const manifests = scenarioManifests(scenario, file);
				const text = JSON.stringify(manifests);
				if (settings.has(text) || settings.size === 12) continue;
				settings.add(text);
				const subject = subjectOf(loadCluster(manifests));
				const others = fc.sample(questionsOf(subject.cluster), { numRuns: 1, seed: settings.size }).flat();
				expectSameWays(subject, [...others, scenario.question]);
			}
		},
		60_000,
	);
});

describe("generated clusters", () => {
	const shapes = (["flannel-vxlan", "flannel-vpc"] as const).flatMap((mode) =>
		(["iptables", "ipvs", "nftables"] as const).map((proxyMode) => ({ mode, proxyMode, endpointSlices: false })),
	);
	test.each(shapes)(
		"$mode with kube-proxy in $proxyMode mode",
		({ mode, proxyMode }) => {
			const files = generateCluster({ nodes: 4, pods: 24, services: 21 }, { mode, proxyMode, endpointSlices: false });
			const cluster = loadCluster(files);
			fc.assert(
				fc.property(questionsOf(cluster), (questions) => expectSameWays(subjectOf(cluster), questions)),
				{ numRuns: 6 },
			);
		},
		60_000,
	);

	test.each(shapes)("a matrix of $mode with kube-proxy in $proxyMode mode", (shape) => {
		const subject = subjectOf(loadCluster(generateCluster({ nodes: 4, pods: 48, services: 8 }, shape)));
		for (const { namespace, name } of subject.cluster.services) {
			for (const pod of subject.cluster.pods) {
				const from = `pod/${pod.namespace}/${pod.name}`;
				const question: Question = { from, to: `service/${namespace}/${name}`, protocol: "tcp" };
				expect(verdictOf(subject, question)).toBe(explain(subject, question).verdict);
			}
		}
	});

	test("pods of a node make the same journeys to a Service", () => {
		const shape = { mode: "flannel-vxlan", proxyMode: "iptables", endpointSlices: false } as const;
		const subject = subjectOf(loadCluster(generateCluster({ nodes: 4, pods: 96, services: 8 }, shape)));
		for (const { namespace, name } of subject.cluster.services) {
			for (const pod of subject.cluster.pods) {
				const from = `pod/${pod.namespace}/${pod.name}`;
				verdictOf(subject, { from, to: `service/${namespace}/${name}`, protocol: "tcp" });
			}
		}
		const { all, known, homecomings } = journeysOf(subject.network).count;
		expect(known / all).toBeGreaterThan(0.7);
		// Answers come from the client's own node, or over the tunnel: whichever node it is, they come home alike.
		expect(homecomings).toBeLessThanOrEqual(2 * known);
	});
});

describe("ways that go on from one beginning", () => {
	test.each(["iptables", "ipvs", "nftables"] as const)(
		"are what each is by itself, kube-proxy in %s mode",
		(proxyMode) => {
			const shape = { mode: "flannel-vxlan", proxyMode, endpointSlices: false } as const;
			const subject = subjectOf(loadCluster(generateCluster({ nodes: 4, pods: 24, services: 21 }, shape)));
			const answered = (question: Question): boolean => !waysOf(subject, question, true)[0]?.includes("has no");
			fc.assert(
				fc.property(questionsOf(subject.cluster), (questions) => {
					for (const question of questions.filter(answered)) {
						const { together, alone } = togetherAndAlone(subject, question);
						expect(together).toEqual(alone);
					}
				}),
				{ numRuns: 4 },
			);
		},
		60_000,
	);
});

describe("random rules, routes and sysctls", () => {
	test("of a router between two bridges", () => {
		fc.assert(
			fc.property(anyRouter, questionsThere, (subject, questions) => expectSameWays(subject, questions)),
			{ numRuns: 150 },
		);
	}, 60_000);
});
