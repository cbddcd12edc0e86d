/** Questions to a cluster of 1,000 nodes: the first one after loading, and then one after the other. */
import type { Cluster } from "../packages/core/src/cluster/cluster.ts";
import { loadCluster } from "../packages/core/src/cluster/load.ts";
import { transitsOf } from "../packages/core/src/kernel/transit/transits.ts";
import { clusterNetwork } from "../packages/core/src/modes/network.ts";
import { explain, verdictOf } from "../packages/core/src/trace/explain.ts";
import type { Question } from "../packages/core/src/trace/question.ts";
import type { Subject } from "../packages/core/src/trace/subject.ts";
import { type Benchmark, type Measurement, milliseconds, rate } from "./benchmark.ts";
import { type ClusterShape, generateCluster, THOUSAND_NODES } from "./generate-cluster.ts";

const SHAPE: ClusterShape = { mode: "flannel-vxlan", proxyMode: "iptables", endpointSlices: false };
const DETAIL = { mode: SHAPE.mode, proxyMode: SHAPE.proxyMode };
/** Enough that most nodes are met, few enough that each is asked several times. */
const QUESTIONS = 2_000;
/** All pods of so many nodes ask so many Services all over the cluster, each once. */
const MATRIX = { nodes: 8, services: 100 };

function subjectOf(): Subject {
	const cluster = loadCluster(generateCluster(THOUSAND_NODES, SHAPE));
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

/** Pods all over the cluster ask Services all over the cluster: of six endpoints hardly ever one is on the client's node. */
function questions({ pods, services }: Cluster): readonly Question[] {
	return Array.from({ length: QUESTIONS }, (_, i): Question => {
		const pod = pods[(i * 7_919) % pods.length];
		const service = services[(i * 104_729) % services.length];
		if (pod === undefined || service === undefined) throw new Error("the generated cluster is empty");
		return {
			from: `pod/${pod.namespace}/${pod.name}`,
			to: `service/${service.namespace}/${service.name}:${service.ports[0]?.port}`,
			protocol: "tcp",
		};
	});
}

/** Service by Service, as a table of a cluster's policies is made. `from` is the first node, and the first Service. */
function matrix(cluster: Cluster, from: number): readonly Question[] {
	const { nodes, services } = cluster;
	const pods = Array.from({ length: MATRIX.nodes }, (_, i) => nodes[(from + i * 127) % nodes.length]).flatMap((node) =>
		cluster.podsOn(node?.name ?? ""),
	);
	return Array.from({ length: MATRIX.services }, (_, i) => services[(from + i * 1_049) % services.length]).flatMap(
		(service) =>
			pods.map(
				(pod): Question => ({
					from: `pod/${pod.namespace}/${pod.name}`,
					to: `service/${service?.namespace}/${service?.name}`,
					protocol: "tcp",
				}),
			),
	);
}

function repeated(ask: (subject: Subject, question: Question) => unknown): Measurement {
	const subject = subjectOf();
	const asked = questions(subject.cluster);
	let next = 0;
	// Every question once before the clock runs: namespaces are made on first use.
	for (const question of asked) ask(subject, question);
	const measured = rate(() => {
		ask(subject, asked[next++ % asked.length] as Question);
	});
	const first = explain(subject, asked[0] as Question);
	return {
		...measured,
		detail: { ...measured.detail, ...DETAIL, questions: QUESTIONS, pathsEach: first.paths.length },
	};
}

/**
 * Verdicts of questions that are each asked once. Before the clock runs another network of the same cluster is asked
 * others, so that the code is compiled, and these are explained: that makes the stacks that they meet, as nothing is made
 * before it is asked about, but explanations remember no transits.
 */
function once(
	of: (cluster: Cluster) => readonly Question[],
	others: (cluster: Cluster) => readonly Question[],
): Measurement {
	const cluster = loadCluster(generateCluster(THOUSAND_NODES, SHAPE));
	const another = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	for (const question of others(cluster)) verdictOf(another, question);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	const asked = of(cluster);
	for (const question of asked) explain(subject, question);
	const start = performance.now();
	for (const question of asked) verdictOf(subject, question);
	const elapsed = (performance.now() - start) / 1000;
	const { all, known } = transitsOf(subject.network).count;
	return {
		value: asked.length / elapsed,
		unit: "1/s",
		detail: {
			...DETAIL,
			distinctQuestions: new Set(asked.map(({ from, to }) => `${from} ${to}`)).size,
			pathsEach: explain(subject, asked[0] as Question).paths.length,
			transits: all,
			transitsRemembered: Math.round((known / all) * 1000) / 1000,
		},
	};
}

export const benchmarks: readonly Benchmark[] = [
	{
		name: "explain/first",
		async run() {
			const cluster = loadCluster(generateCluster(THOUSAND_NODES, SHAPE));
			const [question] = questions(cluster);
			const { elapsed } = await milliseconds(() => {
				const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
				return explain(subject, question as Question);
			});
			return { value: elapsed, unit: "ms", detail: { ...DETAIL, ...THOUSAND_NODES } };
		},
	},
	{ name: "explain/cluster-ip-cross-node", run: () => repeated(explain) },
	{
		name: "verdict/cluster-ip-cross-node",
		run: () =>
			once(
				(cluster) => matrix(cluster, 0),
				(cluster) => matrix(cluster, 50),
			),
	},
	// Pods and Services all over the cluster: hardly anything that was remembered is met again.
	{ name: "verdict/cold", run: () => once(questions, (cluster) => matrix(cluster, 50)) },
];
