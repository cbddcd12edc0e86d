/**
 * Reachability matrices, as the suites of Kubernetes and cyclonus have them: three namespaces of three pods, policies, and
 * who of them should then reach whom. Loopback is left out, as there (kubernetes issue 95879).
 */
import type { Family } from "../../src/address/address.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import type { Pod, TransportProtocol } from "../../src/cluster/objects.ts";
import { type CompiledPolicies, compilePolicies } from "../../src/policy/compile.ts";
import { connectionVerdict } from "../../src/policy/verdict.ts";

export interface MatrixCase {
	readonly name: string;
	/** The file of the other project that has the case, and its name there. */
	readonly source: string;
	/** One after the other, each on a cluster of its own: a policy is made, changed, deleted. */
	readonly steps: readonly MatrixStep[];
}

export interface MatrixStep {
	/** `@y/b` stands for the block of just that pod's address, `@4:y/b` for the block of 4 bits, `@-8:y/b` for that of 2^8 addresses. */
	readonly policies: readonly string[];
	readonly namespaceLabels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
	/** Besides `pod: NAME`. */
	readonly podLabels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
	readonly probes: readonly MatrixProbe[];
}

export interface MatrixProbe {
	readonly protocol: TransportProtocol;
	readonly port: number;
	/** Everybody reaches everybody but for these; a later one counts before an earlier. `*` is any namespace or pod. */
	readonly expect: readonly Expectation[];
}

export type Expectation = readonly [from: string, to: string, reaches: boolean];

const NAMESPACES = ["x", "y", "z"];
const PODS = ["a", "b", "c"];
const PORTS = [80, 81];
const PROTOCOLS = ["TCP", "UDP", "SCTP"];

/** A policy in YAML, its spec in flow style. */
export function netpol(namespace: string, name: string, spec: string): string {
	return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}`;
}

/** Around the pods: their nodes, and what the manifests hold besides. */
export interface Surroundings {
	nodeOf(namespace: string, pod: string): string;
	readonly manifests: string;
}

const NOWHERE: Surroundings = { nodeOf: (namespace, pod) => `node-${namespace}${pod}`, manifests: "" };

export function matrixCluster(
	step: Omit<MatrixStep, "probes">,
	family: Family,
	{ nodeOf, manifests }: Surroundings = NOWHERE,
): Cluster {
	const objects = NAMESPACES.flatMap((namespace) => [
		{
			apiVersion: "v1",
			kind: "Namespace",
			metadata: { name: namespace, labels: { ns: namespace, ...step.namespaceLabels?.[namespace] } },
		},
		...PODS.map((pod) =>
			podObject(namespace, pod, nodeOf(namespace, pod), step.podLabels?.[`${namespace}/${pod}`] ?? {}),
		),
	]);
	const policies = step.policies.map((text) =>
		text.replace(/@(?:(-?\d+):)?([xyz])\/([abc])/g, (_, length: string | undefined, namespace: string, pod: string) =>
			JSON.stringify(`${podAddress(namespace, pod, family)}/${blockLength(length, family)}`),
		),
	);
	return loadCluster([
		{ name: "pods.json", text: JSON.stringify(objects) },
		...(manifests === "" ? [] : [{ name: "cluster.yaml", text: manifests }]),
		...(policies.length === 0 ? [] : [{ name: "policies.yaml", text: policies.join("\n---\n") }]),
	]);
}

function blockLength(written: string | undefined, family: Family): number {
	const length = Number(written ?? 0);
	return written === undefined || length < 0 ? (family === 4 ? 32 : 128) + length : length;
}

function podAddress(namespace: string, pod: string, family: Family): string {
	const [high, low] = [NAMESPACES.indexOf(namespace) + 1, PODS.indexOf(pod) + 1];
	return family === 4 ? `10.64.${high}.${low}` : `fd00:64::${high}:${low}`;
}

function podObject(
	namespace: string,
	name: string,
	nodeName: string,
	labels: Readonly<Record<string, string>>,
): object {
	const ports = PROTOCOLS.flatMap((protocol) =>
		PORTS.map((containerPort) => ({
			name: `serve-${containerPort}-${protocol.toLowerCase()}`,
			containerPort,
			protocol,
		})),
	);
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, labels: { pod: name, ...labels } },
		spec: { nodeName, containers: [{ ports }] },
		status: { podIPs: [{ ip: podAddress(namespace, name, 4) }, { ip: podAddress(namespace, name, 6) }] },
	};
}

export interface Matrix {
	readonly expected: readonly string[];
	readonly found: readonly string[];
}

/** What is expected and what the evaluator says of every pair of different pods, for each probe, a line each: `x/a -> y/b`. */
export function matricesOf(step: MatrixStep, family: Family): readonly Matrix[] {
	const cluster = matrixCluster(step, family);
	const policies = compilePolicies(cluster);
	return step.probes.map((probe) => matrixOf(cluster, policies, probe, family));
}

function matrixOf(cluster: Cluster, policies: CompiledPolicies, probe: MatrixProbe, family: Family): Matrix {
	const pairs = pairsOf(cluster, probe);
	return {
		expected: pairs.map(({ from, to, reaches }) => line(from, to, reaches ? "allowed" : "denied")),
		found: pairs.map(({ from, to }) => line(from, to, verdictBetween(policies, from, to, probe, family))),
	};
}

/** Every pair of different pods, and whether one should reach the other. */
export function pairsOf(
	{ pods }: Cluster,
	probe: MatrixProbe,
): readonly { readonly from: Pod; readonly to: Pod; readonly reaches: boolean }[] {
	return pods.flatMap((from) =>
		pods.filter((to) => to !== from).map((to) => ({ from, to, reaches: expected(probe, from, to) })),
	);
}

function verdictBetween(policies: CompiledPolicies, from: Pod, to: Pod, probe: MatrixProbe, family: Family): string {
	const { protocol, port } = probe;
	const ends = [from, to].map((pod) => {
		const address = pod.podIPs.find((each) => each.family === family);
		if (address === undefined) throw new RangeError(`no IPv${family} address`);
		return { kind: "pod", pod, address } as const;
	});
	const [source, destination] = ends;
	if (source === undefined || destination === undefined) throw new RangeError("two ends");
	return connectionVerdict(policies, { from: source, to: destination, protocol, port }).kind;
}

function expected({ expect }: MatrixProbe, from: Pod, to: Pod): boolean {
	const last = expect.findLast(([source, destination]) => isOf(source, from) && isOf(destination, to));
	return last?.[2] ?? true;
}

function isOf(pattern: string, pod: Pod): boolean {
	const [namespace, name] = pattern.split("/");
	return (namespace === "*" || namespace === pod.namespace) && (name === "*" || name === pod.name);
}

function line(from: Pod, to: Pod, verdict: string): string {
	return `${from.namespace}/${from.name} -> ${to.namespace}/${to.name}: ${verdict}`;
}
