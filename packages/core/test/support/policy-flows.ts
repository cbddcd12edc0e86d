/** Single questions about NetworkPolicies: a few pods, a few policies, one connection. */
import { parseAddress } from "../../src/address/address.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import type { Protocol } from "../../src/packet/packet.ts";
import { compilePolicies } from "../../src/policy/compile.ts";
import type { PolicyEnforcement } from "../../src/policy/enforcement.ts";
import { type PolicyDirection, type PolicyEnd, type PolicyFlow, policyEnd } from "../../src/policy/flow.ts";
import { connectionVerdict, describeVerdict, policyVerdict } from "../../src/policy/verdict.ts";

export interface PodSpec {
	/** `NAMESPACE/NAME`. */
	readonly key: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly ip: string;
	readonly node?: string;
	readonly hostNetwork?: boolean;
	/** `NAME:PORT/PROTOCOL`. */
	readonly ports?: readonly string[];
}

export interface World {
	/** With their labels; a namespace that is missing here is missing in the input. */
	readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
	readonly pods: readonly PodSpec[];
	/** In YAML. */
	readonly policies: readonly string[];
}

export function worldCluster(world: World): Cluster {
	return loadCluster(worldFiles(world));
}

export function worldFiles({ namespaces, pods, policies }: World): Parameters<typeof loadCluster>[0] {
	const objects = [
		...Object.entries(namespaces).map(([name, labels]) => ({
			apiVersion: "v1",
			kind: "Namespace",
			metadata: { name, labels },
		})),
		...pods.map(podObject),
	];
	return [
		{ name: "pods.json", text: JSON.stringify(objects) },
		...(policies.length === 0 ? [] : [{ name: "policies.yaml", text: policies.join("\n---\n") }]),
	];
}

function podObject({ key, labels = {}, ip, node = "", hostNetwork = false, ports = [] }: PodSpec): object {
	const [namespace, name] = key.split("/");
	const containerPorts = ports.map((text) => {
		const [, portName, containerPort, protocol] = /^(.*):(\d+)\/(.*)$/.exec(text) ?? [];
		return { name: portName, containerPort: Number(containerPort), protocol };
	});
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, labels },
		spec: { nodeName: node, hostNetwork, containers: [{ ports: containerPorts }] },
		status: { podIPs: [{ ip }] },
	};
}

/** `NAMESPACE/NAME` of a pod, `node/NAME ADDRESS`, or an address. */
export function endOf(cluster: Cluster, text: string): PolicyEnd {
	const [, node, nodeAddress] = /^node\/(\S+) (\S+)$/.exec(text) ?? [];
	const pod = cluster.pod(text);
	const address = pod === undefined ? parseAddress(nodeAddress ?? text) : pod.podIPs[0];
	if (address === undefined) throw new RangeError(`"${text}" is no end of a connection`);
	if (pod !== undefined) return { kind: "pod", pod, address };
	return node === undefined ? policyEnd(cluster, address) : { kind: "node", node, address };
}

/** `PROTOCOL PORT`. */
export function flowOf(cluster: Cluster, from: string, to: string, what: string): PolicyFlow {
	const [protocol = "tcp", port = "0"] = what.split(" ");
	return { from: endOf(cluster, from), to: endOf(cluster, to), protocol: protocol as Protocol, port: Number(port) };
}

/** What both ends say. */
export function asked(world: World, from: string, to: string, what: string, enforcement?: PolicyEnforcement): string {
	const cluster = worldCluster(world);
	return connectionVerdict(compilePolicies(cluster, enforcement), flowOf(cluster, from, to, what)).kind;
}

/** What one end says, in words. */
export function described(
	world: World,
	direction: PolicyDirection,
	from: string,
	to: string,
	what: string,
	enforcement?: PolicyEnforcement,
): string {
	const cluster = worldCluster(world);
	const policies = compilePolicies(cluster, enforcement);
	return describeVerdict(policyVerdict(policies, flowOf(cluster, from, to, what), direction));
}
