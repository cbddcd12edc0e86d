/** Questions to a cluster of 1,000 nodes: the first one after loading, and then one after the other. */
import { loadCluster } from "../packages/core/src/cluster/load.ts";
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

function subjectOf(): Subject {
	const cluster = loadCluster(generateCluster(THOUSAND_NODES, SHAPE));
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

/** Pods all over the cluster ask Services all over the cluster: of six endpoints hardly ever one is on the client's node. */
function questions({ cluster }: Subject): readonly Question[] {
	const { pods, services } = cluster;
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

function repeated(ask: (subject: Subject, question: Question) => unknown): Measurement {
	const subject = subjectOf();
	const asked = questions(subject);
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

export const benchmarks: readonly Benchmark[] = [
	{
		name: "explain/first",
		async run() {
			const cluster = loadCluster(generateCluster(THOUSAND_NODES, SHAPE));
			const { elapsed } = await milliseconds(() => {
				const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
				return explain(subject, questions(subject)[0] as Question);
			});
			return { value: elapsed, unit: "ms", detail: { ...DETAIL, ...THOUSAND_NODES } };
		},
	},
	{ name: "explain/cluster-ip-cross-node", run: () => repeated(explain) },
	{ name: "verdict/cluster-ip-cross-node", run: () => repeated(verdictOf) },
];
