/** A node that routes to each pod by a device of its own and enforces NetworkPolicies there, as felix and cilium-agent document. */
import type { Cluster } from "../../src/cluster/cluster.ts";
import { type AddressEnforcement, PolicyStages } from "../../src/policy/stage.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import type { TcFilter } from "../../src/state/tc.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { card, type StackFiles, stack, subjectOf } from "./stacks.ts";

export const FELIX: AddressEnforcement = {
	ownNode: "from",
	hostNetworkPods: "as-node",
	otherProtocols: "rules-without-ports",
	hook: "filter",
	component: "calico-felix",
};
export const CILIUM: AddressEnforcement = { ...FELIX, hook: "program", component: "cilium-agent" };

/** All pods of the cluster on node/a, which is 10.0.0.1 and answers for 169.254.1.1. IPv4 alone. */
export function enforcingNode(cluster: Cluster, enforcement: AddressEnforcement, files: StackFiles = {}): Subject {
	const stages = new PolicyStages(cluster, enforcement);
	const pods = cluster.pods.map((pod, index) => {
		const address = pod.podIPs[0]?.text ?? "";
		return { pod, address, place: `pod/${pod.namespace}/${pod.name}`, device: `cali${index + 1}`, index: index + 3 };
	});
	const node = stack("node/a", {
		"ip-address": [card(2, "eth0", ["10.0.0.1/24"]), ...pods.map(({ index, device }) => card(index, device, []))].join(
			"\n",
		),
		"ip-route": [
			"default via 10.0.0.254 dev eth0",
			"10.0.0.0/24 dev eth0 scope link src 10.0.0.1",
			...pods.map(({ address, device }) => `${address} dev ${device} scope link`),
		].join("\n"),
		sysctl: ["net.ipv4.ip_forward = 1", ...pods.map(({ device }) => `net.ipv4.conf.${device}.proxy_arp = 1`)].join(
			"\n",
		),
		...files,
	});
	const enforcing: Namespace = {
		...node,
		policyStages: pods.flatMap(({ pod, device }) => stages.of(pod, device) ?? []),
		tcFilters: enforcement.hook === "program" ? pods.flatMap(({ device }) => programsAt(device)) : [],
	};
	return subjectOf({
		namespaces: [...pods.map(({ place, address }) => podStack(place, address)), enforcing],
		machines: [["node/a"], ...pods.map(({ place }) => [place])],
		wires: pods.map(({ place, device }) => ({
			from: { place, device: "eth0" },
			to: { kind: "device", place: "node/a", device },
		})),
	});
}

function podStack(place: string, address: string): Namespace {
	return stack(place, {
		"ip-address": card(2, "eth0", [`${address}/32`]),
		"ip-route": "default via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link",
	});
}

function programsAt(device: string): readonly TcFilter[] {
	return (["ingress", "egress"] as const).map((direction) => ({
		device,
		direction,
		priority: 1,
		protocol: "all",
		actions: [{ kind: "program", name: `cil_${direction}`, effect: { services: [], answers: false, redirects: [] } }],
		origin: { component: "cilium-agent" },
	}));
}
