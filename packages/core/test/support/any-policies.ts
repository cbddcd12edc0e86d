/** Clusters with arbitrary NetworkPolicies, small enough that their rules meet the pods that there are. */
import fc from "fast-check";
import { address } from "../../src/address/address.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import type { PolicyEnd, PolicyFlow } from "../../src/policy/flow.ts";

const NAMESPACES = ["x", "y"];
const VALUES = ["a", "b"];
const PORTS = [80, 81, 443];
const PROTOCOLS = ["TCP", "UDP", "SCTP"];

const labels = fc.record({ app: fc.constantFrom(...VALUES), tier: fc.constantFrom(...VALUES) }, { requiredKeys: [] });
const key = fc.constantFrom("app", "tier");

const selector = fc.record(
	{
		matchLabels: labels,
		matchExpressions: fc.array(
			fc.oneof(
				fc.record({
					key,
					operator: fc.constantFrom("In", "NotIn"),
					values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 }),
				}),
				fc.record({ key, operator: fc.constantFrom("Exists", "DoesNotExist") }),
			),
			{ maxLength: 2 },
		),
	},
	{ requiredKeys: [] },
);

const block = fc.constantFrom(
	{ cidr: "10.64.0.0/16" },
	{ cidr: "10.64.0.0/24", except: ["10.64.0.2/32"] },
	{ cidr: "0.0.0.0/0", except: ["10.64.0.0/29", "192.0.2.0/24"] },
	{ cidr: "::/0" },
	{ cidr: "fd00:64::/64", except: ["fd00:64::4/126"] },
);

const peer = fc.oneof(
	fc.record({ podSelector: selector }),
	fc.record({ namespaceSelector: selector }),
	fc.record({ podSelector: selector, namespaceSelector: selector }),
	fc.record({ ipBlock: block }),
);

const protocol = fc.constantFrom(...PROTOCOLS);
const port = fc.oneof(
	fc.record({ protocol }, { requiredKeys: [] }),
	fc.record({ protocol, port: fc.constantFrom(...PORTS, "web", "dns") }, { requiredKeys: ["port"] }),
	fc.constant({ port: 80, endPort: 90 }),
);

const rules = (peers: "from" | "to"): fc.Arbitrary<readonly object[]> =>
	fc.array(
		fc.record(
			{ [peers]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
			{ requiredKeys: [] },
		),
		{ maxLength: 2 },
	);

/** A policy's spec, and the namespace that it is in. */
export interface AnyPolicy {
	readonly namespace: string;
	readonly spec: object;
}

export const anyPolicy: fc.Arbitrary<AnyPolicy> = fc.record({
	namespace: fc.constantFrom(...NAMESPACES),
	spec: fc.record(
		{
			podSelector: selector,
			policyTypes: fc.uniqueArray(fc.constantFrom("Ingress", "Egress"), { maxLength: 2 }),
			ingress: rules("from"),
			egress: rules("to"),
		},
		{ requiredKeys: ["podSelector"] },
	),
});

export interface AnyPods {
	readonly namespaceLabels: readonly object[];
	readonly podLabels: readonly object[];
}

const PODS = 4;

export const anyPods: fc.Arbitrary<AnyPods> = fc.record({
	namespaceLabels: fc.array(labels, { minLength: NAMESPACES.length, maxLength: NAMESPACES.length }),
	podLabels: fc.array(labels, { minLength: PODS, maxLength: PODS }),
});

export function policyCluster({ namespaceLabels, podLabels }: AnyPods, policies: readonly AnyPolicy[]): Cluster {
	const objects = [
		...NAMESPACES.map((name, index) => ({
			apiVersion: "v1",
			kind: "Namespace",
			metadata: { name, labels: namespaceLabels[index] },
		})),
		...podLabels.map((each, index) => ({
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: `p${index}`, namespace: NAMESPACES[index % NAMESPACES.length], labels: each },
			spec: {
				nodeName: `n${index}`,
				containers: [
					{
						ports: [
							{ name: "web", containerPort: PORTS[index % 2] },
							{ name: "dns", containerPort: 443, protocol: "UDP" },
						],
					},
				],
			},
			status: { podIPs: [{ ip: `10.64.0.${index + 1}` }, { ip: `fd00:64::${index + 1}` }] },
		})),
		...policies.map(({ namespace, spec }, index) => ({
			apiVersion: "networking.k8s.io/v1",
			kind: "NetworkPolicy",
			metadata: { name: `policy-${index}`, namespace },
			spec,
		})),
	];
	return loadCluster([{ name: "cluster.json", text: JSON.stringify(objects) }]);
}

const OUTSIDE = ["192.0.2.1", "10.64.0.9", "2001:db8::1", "fd00:64::9"].map(address);

/** Every connection between pods, and to and from what is outside, of one family. */
export function allFlows(cluster: Cluster): readonly PolicyFlow[] {
	const ends: readonly PolicyEnd[] = [
		...cluster.pods.flatMap((pod) => pod.podIPs.map((each) => ({ kind: "pod", pod, address: each }) as const)),
		...OUTSIDE.map((each) => ({ kind: "address", address: each }) as const),
	];
	return ends.flatMap((from) =>
		ends
			.filter((to) => to.address.family === from.address.family && (from.kind === "pod" || to.kind === "pod"))
			.flatMap((to) =>
				(["tcp", "udp", "sctp"] as const).flatMap((each) => PORTS.map((port) => ({ from, to, protocol: each, port }))),
			),
	);
}
