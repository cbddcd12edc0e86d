/**
 * NetworkPolicy as its API text says it, one sentence a function and no index: what the evaluator is compared with. Only what
 * is defined: pods with networks of their own, addresses outside, TCP, UDP and SCTP, every Namespace in the input.
 */
import { contains } from "../../src/address/prefix.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import type { LabelRequirement, LabelSelector } from "../../src/cluster/label-selector.ts";
import type { NetworkPolicy, PolicyPeer, PolicyPort } from "../../src/cluster/network-policy.ts";
import type { PolicyEnd, PolicyFlow } from "../../src/policy/flow.ts";

type Labels = Readonly<Record<string, string>>;

export function referenceVerdict(cluster: Cluster, flow: PolicyFlow): "allowed" | "denied" {
	const itself = flow.from.kind === "pod" && flow.to.kind === "pod" && flow.from.pod === flow.to.pod;
	return itself || (mayLeave(cluster, flow) && mayEnter(cluster, flow)) ? "allowed" : "denied";
}

function mayEnter(cluster: Cluster, flow: PolicyFlow): boolean {
	const policies = cluster.networkPolicies.filter(
		(policy) => policy.policyTypes.includes("Ingress") && selects(policy, flow.to),
	);
	if (policies.length === 0) return true;
	return policies.some((policy) =>
		policy.ingress.some(
			({ peers, ports }) =>
				(peers.length === 0 || peers.some((peer) => isPeer(cluster, policy, peer, flow.from))) &&
				(ports.length === 0 || ports.some((port) => isPort(port, flow))),
		),
	);
}

function mayLeave(cluster: Cluster, flow: PolicyFlow): boolean {
	const policies = cluster.networkPolicies.filter(
		(policy) => policy.policyTypes.includes("Egress") && selects(policy, flow.from),
	);
	if (policies.length === 0) return true;
	return policies.some((policy) =>
		policy.egress.some(
			({ peers, ports }) =>
				(peers.length === 0 || peers.some((peer) => isPeer(cluster, policy, peer, flow.to))) &&
				(ports.length === 0 || ports.some((port) => isPort(port, flow))),
		),
	);
}

function selects(policy: NetworkPolicy, end: PolicyEnd): boolean {
	return end.kind === "pod" && end.pod.namespace === policy.namespace && matches(policy.podSelector, end.pod.labels);
}

function isPeer(cluster: Cluster, policy: NetworkPolicy, peer: PolicyPeer, end: PolicyEnd): boolean {
	if (peer.kind === "block") {
		return contains(peer.cidr, end.address) && peer.except.every((block) => !contains(block, end.address));
	}
	if (end.kind !== "pod") return false;
	const namespace = cluster.namespaces.find(({ name }) => name === end.pod.namespace);
	const labels = { ...namespace?.labels, "kubernetes.io/metadata.name": end.pod.namespace };
	const inNamespace =
		peer.namespaceSelector === null ? end.pod.namespace === policy.namespace : matches(peer.namespaceSelector, labels);
	return inNamespace && (peer.podSelector === null || matches(peer.podSelector, end.pod.labels));
}

function isPort(port: PolicyPort, { protocol, port: number, to }: PolicyFlow): boolean {
	if (port.protocol !== protocol) return false;
	if (port.kind === "all") return true;
	if (port.kind === "range") return number >= port.from && number <= port.to;
	if (to.kind !== "pod") return false;
	return to.pod.ports.some(
		(each) => each.name === port.name && each.protocol === protocol && each.containerPort === number,
	);
}

function matches({ requirements }: LabelSelector, labels: Labels): boolean {
	return requirements.every((requirement) => meets(requirement, labels[requirement.key]));
}

function meets({ operator, values }: LabelRequirement, value: string | undefined): boolean {
	if (operator === "Exists") return value !== undefined;
	if (operator === "DoesNotExist") return value === undefined;
	return (value !== undefined && values.includes(value)) === (operator === "In");
}
