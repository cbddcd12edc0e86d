/**
 * Packets and what becomes of them, from kubernetes' own tests of kube-proxy (pkg/proxy/{iptables,nftables}/proxier_test.go,
 * runPacketFlowTests). Groups bear the names of the tests, flows their own.
 */

import { prefix } from "../../src/address/prefix.ts";
import type { ServicePort } from "../../src/cluster/objects.ts";
import type { KubeProxySettings, ProxyMode } from "../../src/cluster/settings.ts";
import { type ClusterSpec, type EndpointSpec, service, slice } from "./proxied-cluster.ts";

/** The endpoints that get a share of the connections, or what happens instead; empty: kube-proxy leaves it alone. */
export interface Flow {
	readonly name: string;
	readonly src: string;
	readonly dst: string;
	readonly port: number;
	readonly output: string;
	readonly masquerade: boolean;
	readonly protocol: "tcp" | "udp" | "sctp";
	/** Where one mode's test expects something else. */
	readonly outputIn: Partial<Record<ProxyMode, string>>;
}

export interface FlowGroup {
	readonly name: string;
	readonly cluster: ClusterSpec;
	/** The modes whose tests have the group. */
	readonly modes: readonly ProxyMode[];
	readonly flows: readonly Flow[];
}

const BOTH: readonly ProxyMode[] = ["iptables", "nftables"];
const POD = "10.0.0.2";
const EXTERNAL = "203.0.113.2";
const BLOCKED = "203.0.113.130";
const NODE = "192.168.0.2";
const SECOND_NODE_IP = "192.168.1.2";
const LOCALHOST = "127.0.0.1";
const HERE = { nodeName: "test-node" };
const P80 = [{ name: "p80", protocol: "tcp", port: 80 }] as const;

function flow(
	name: string,
	src: string,
	dst: string,
	port: number,
	output: string,
	masquerade: boolean = false,
	more: Partial<Pick<Flow, "protocol" | "outputIn">> = {},
): Flow {
	return { name, src, dst, port, output, masquerade, protocol: "tcp", outputIn: {}, ...more };
}

/** Pods are known by 10.0.0.0/8 and Services by 172.30.0.0/16, as NewFakeProxier sets it up. */
const FAKE_PROXIER = { podCIDRs: ["10.0.0.0/8", "fd00:10::/64"], serviceCIDRs: ["172.30.0.0/16"] } as const;

function group(
	name: string,
	cluster: ClusterSpec,
	flows: readonly Flow[],
	modes: readonly ProxyMode[] = BOTH,
): FlowGroup {
	return { name, cluster: { ...FAKE_PROXIER, ...cluster }, modes, flows };
}

const LB_PORT = { name: "p80", port: 80, nodePort: 3001 };
const LOAD_BALANCER = {
	type: "LoadBalancer",
	clusterIP: "172.30.0.41",
	externalIPs: ["192.168.99.11"],
	ingress: ["1.2.3.4"],
	ports: [LB_PORT],
} as const;
const TWO = [{ address: "10.180.0.1" }, { address: "10.180.2.1", ...HERE }];
const TWO_TEXT = "10.180.0.1:80, 10.180.2.1:80";

const NO_ENDPOINTS = group("TestNoEndpointsReject", { services: [service("ns1/svc1", LOAD_BALANCER)] }, [
	flow("pod to cluster IP with no endpoints", POD, "172.30.0.41", 80, "REJECT"),
	flow("external to external IP with no endpoints", EXTERNAL, "192.168.99.11", 80, "REJECT"),
	flow("pod to NodePort with no endpoints", POD, NODE, 3001, "REJECT"),
	flow("external to NodePort with no endpoints", EXTERNAL, NODE, 3001, "REJECT"),
	flow("pod to LoadBalancer IP with no endpoints", POD, "1.2.3.4", 80, "REJECT"),
	flow("external to LoadBalancer IP with no endpoints", EXTERNAL, "1.2.3.4", 80, "REJECT"),
]);

const MANY_PORTS: readonly (Partial<ServicePort> & { readonly name: string; readonly port: number })[] = [
	{ name: "http", port: 80 },
	{ name: "https", port: 443, targetPort: 8443 },
	{ name: "dns-udp", port: 53, protocol: "udp" },
	{ name: "dns-tcp", port: 53, targetPort: 5353 },
	{ name: "dns-sctp", port: 53, protocol: "sctp" },
];
const CLUSTER_IP = group(
	"TestClusterIPGeneral",
	{
		services: [
			service("ns1/svc1", { clusterIP: "172.30.0.41", ports: [{ name: "http", port: 80 }] }),
			service("ns2/svc2", { clusterIP: "172.30.0.42", ports: MANY_PORTS }),
		],
		slices: [
			slice("ns1/svc1", [{ address: "10.180.0.1", ...HERE }], [{ name: "http", protocol: "tcp", port: 80 }]),
			slice(
				"ns2/svc2",
				[
					{ address: "10.180.0.1", ...HERE },
					{ address: "10.180.2.1", nodeName: "node2" },
				],
				MANY_PORTS.map(({ name, protocol = "tcp", port, targetPort = port }) => {
					return { name, protocol, port: Number(targetPort) };
				}),
			),
		],
	},
	[
		flow("simple clusterIP", "10.180.0.2", "172.30.0.41", 80, "10.180.0.1:80"),
		flow("hairpin to cluster IP", "10.180.0.1", "172.30.0.41", 80, "10.180.0.1:80", true),
		flow("clusterIP with multiple endpoints", "10.180.0.2", "172.30.0.42", 80, TWO_TEXT),
		flow("clusterIP with TargetPort", "10.180.0.2", "172.30.0.42", 443, "10.180.0.1:8443, 10.180.2.1:8443"),
		flow("same port (TCP)", "10.180.0.2", "172.30.0.42", 53, "10.180.0.1:5353, 10.180.2.1:5353"),
		flow("same port (UDP)", "10.180.0.2", "172.30.0.42", 53, "10.180.0.1:53, 10.180.2.1:53", false, {
			protocol: "udp",
		}),
		flow("same port (SCTP)", "10.180.0.2", "172.30.0.42", 53, "10.180.0.1:53, 10.180.2.1:53", false, {
			protocol: "sctp",
		}),
		flow("TCP-only port does not match UDP traffic", "10.180.0.2", "172.30.0.42", 80, "", false, {
			protocol: "udp",
			outputIn: { nftables: "REJECT" },
		}),
		flow("svc1 does not accept svc2's ports", "10.180.0.2", "172.30.0.41", 443, "", false, {
			outputIn: { nftables: "REJECT" },
		}),
		flow("packet to unallocated cluster ip", "10.180.0.2", "172.30.0.50", 80, "", false, {
			outputIn: { nftables: "DROP" },
		}),
	],
);

const SOURCE_RANGES = group(
	"TestLoadBalancer",
	{
		services: [
			service("ns1/svc1", {
				type: "LoadBalancer",
				clusterIP: "172.30.0.41",
				ingress: ["1.2.3.4", "5.6.7.8"],
				sourceRanges: ["192.168.0.0/24", "203.0.113.0/25"],
				ports: [LB_PORT],
			}),
		],
		slices: [slice("ns1/svc1", ["10.180.0.1"], P80)],
	},
	[
		flow("pod to cluster IP", POD, "172.30.0.41", 80, "10.180.0.1:80"),
		flow("external to nodePort", EXTERNAL, NODE, 3001, "10.180.0.1:80", true),
		flow("nodePort bypasses LoadBalancerSourceRanges", BLOCKED, NODE, 3001, "10.180.0.1:80", true),
		flow("accepted external to LB1", EXTERNAL, "1.2.3.4", 80, "10.180.0.1:80", true),
		flow("accepted external to LB2", EXTERNAL, "5.6.7.8", 80, "10.180.0.1:80", true),
		flow("blocked external to LB1", BLOCKED, "1.2.3.4", 80, "DROP"),
		flow("blocked external to LB2", BLOCKED, "5.6.7.8", 80, "DROP"),
		flow("pod to LB1 (blocked by LoadBalancerSourceRanges)", POD, "1.2.3.4", 80, "DROP"),
		flow("node to LB1 (allowed by LoadBalancerSourceRanges)", NODE, "1.2.3.4", 80, "10.180.0.1:80", true),
		flow("node to LB2 (allowed by LoadBalancerSourceRanges)", NODE, "5.6.7.8", 80, "10.180.0.1:80", true),
		flow("same node to LB1, SNATted to LB1 (implicitly allowed)", "1.2.3.4", "1.2.3.4", 80, "10.180.0.1:80", true),
	],
);

function nodePorts(
	name: string,
	kubeProxy: Partial<KubeProxySettings>,
	expected: { readonly localhost: boolean; readonly second: boolean },
	mode: ProxyMode,
): FlowGroup {
	const services = [service("ns1/svc1", { type: "NodePort", clusterIP: "172.30.0.41", ports: [LB_PORT] })];
	const flows = [
		flow("pod to cluster IP", POD, "172.30.0.41", 80, TWO_TEXT),
		flow("external to nodePort", EXTERNAL, NODE, 3001, TWO_TEXT, true),
		flow("node to nodePort", NODE, NODE, 3001, TWO_TEXT, true),
		flow("localhost to nodePort", LOCALHOST, LOCALHOST, 3001, expected.localhost ? TWO_TEXT : "", expected.localhost),
		flow("secondary node IP", EXTERNAL, SECOND_NODE_IP, 3001, expected.second ? TWO_TEXT : "", expected.second),
	];
	return group(`TestNodePorts: ${name}`, { services, slices: [slice("ns1/svc1", TWO, P80)], kubeProxy }, flows, [mode]);
}

const V6_TEXT = "[fd00:10:180::1]:80, [fd00:10:180::2:1]:80";

function nodePortsIPv6(
	name: string,
	kubeProxy: Partial<KubeProxySettings>,
	second: boolean,
	mode: ProxyMode,
): FlowGroup {
	const services = [service("ns1/svc1", { type: "NodePort", clusterIP: "fd00:172:30::41", ports: [LB_PORT] })];
	const endpoints = [{ address: "fd00:10:180::1" }, { address: "fd00:10:180::2:1", ...HERE }];
	const client = "2600:5200::1";
	const flows = [
		flow("pod to cluster IP", "fd00:10::2", "fd00:172:30::41", 80, V6_TEXT),
		flow("external to nodePort", client, "2001:db8::1", 3001, V6_TEXT, true),
		flow("node to nodePort", "2001:db8::1", "2001:db8::1", 3001, V6_TEXT, true),
		flow("localhost to nodePort is ignored", "::1", "::1", 3001, ""),
		flow("secondary node IP", client, "2001:db8:1::2", 3001, second ? V6_TEXT : "", second),
	];
	const cluster = { services, slices: [slice("ns1/svc1", endpoints, P80)], kubeProxy };
	return group(`TestNodePorts: ${name}`, cluster, flows, [mode]);
}

const SEVERAL = ["192.168.0.0/24", "192.168.1.0/24", "2001:db8::/64"].map(prefix);
const NODE_PORTS = [
	nodePorts("ipv4, localhost-nodeports enabled", {}, { localhost: true, second: true }, "iptables"),
	nodePorts(
		"ipv4, localhost-nodeports disabled",
		{ localhostNodePorts: false },
		{ localhost: false, second: true },
		"iptables",
	),
	nodePorts(
		"ipv4, localhost-nodeports disabled, localhost in nodeport-addresses",
		{ localhostNodePorts: false, nodePortAddresses: ["192.168.0.0/24", "127.0.0.1/32"].map(prefix) },
		{ localhost: false, second: false },
		"iptables",
	),
	nodePorts(
		"ipv4, multiple nodeport-addresses",
		{ localhostNodePorts: false, nodePortAddresses: SEVERAL },
		{ localhost: false, second: true },
		"iptables",
	),
	nodePortsIPv6("ipv6, localhost-nodeports enabled", {}, true, "iptables"),
	nodePortsIPv6(
		"ipv6, multiple nodeport-addresses",
		{ localhostNodePorts: false, nodePortAddresses: SEVERAL },
		false,
		"iptables",
	),
	nodePorts("ipv4", {}, { localhost: false, second: false }, "nftables"),
	nodePorts(
		"ipv4, multiple nodeport-addresses",
		{ nodePortAddresses: SEVERAL },
		{ localhost: false, second: true },
		"nftables",
	),
	nodePortsIPv6("ipv6", {}, false, "nftables"),
	nodePortsIPv6(
		"ipv6, multiple nodeport-addresses",
		{ nodePortAddresses: [...SEVERAL, prefix("2001:db8:1::2/128")] },
		true,
		"nftables",
	),
];

const HEALTH_CHECK = group(
	"TestHealthCheckNodePort",
	{
		services: [
			service("ns1/svc1", {
				type: "LoadBalancer",
				clusterIP: "172.30.0.42",
				ports: [LB_PORT],
				healthCheckNodePort: 30000,
				externalTrafficPolicy: "Local",
			}),
		],
		kubeProxy: { nodePortAddresses: [prefix("127.0.0.0/8")] },
	},
	[flow("firewall accepts HealthCheckNodePort", "1.2.3.4", NODE, 30000, "ACCEPT")],
	["iptables"],
);

const ETP_LOCAL = group(
	"TestExternalTrafficPolicyLocal",
	{
		services: [service("ns1/svc1", { ...LOAD_BALANCER, externalTrafficPolicy: "Local", healthCheckNodePort: 30000 })],
		slices: [slice("ns1/svc1", TWO, P80)],
	},
	[
		flow("pod to cluster IP hits both endpoints, unmasqueraded", POD, "172.30.0.41", 80, TWO_TEXT),
		flow("pod to external IP hits both endpoints, unmasqueraded", POD, "192.168.99.11", 80, TWO_TEXT),
		flow("external to external IP hits only local endpoint", EXTERNAL, "192.168.99.11", 80, "10.180.2.1:80"),
		flow("pod to LB IP hits both endpoints, unmasqueraded", POD, "1.2.3.4", 80, TWO_TEXT),
		flow("external to LB IP hits only local endpoint, unmasqueraded", EXTERNAL, "1.2.3.4", 80, "10.180.2.1:80"),
		flow("pod to NodePort hits both endpoints, unmasqueraded", POD, NODE, 3001, TWO_TEXT),
		flow("external to NodePort hits only local endpoint", EXTERNAL, NODE, 3001, "10.180.2.1:80"),
	],
);

const ETP_CLUSTER = group(
	"TestExternalTrafficPolicyCluster",
	{ services: [service("ns1/svc1", LOAD_BALANCER)], slices: [slice("ns1/svc1", TWO, P80)] },
	[
		flow("pod to cluster IP hits both endpoints, unmasqueraded", POD, "172.30.0.41", 80, TWO_TEXT),
		flow("pod to external IP hits both endpoints, masqueraded", POD, "192.168.99.11", 80, TWO_TEXT, true),
		flow("external to external IP hits both endpoints, masqueraded", EXTERNAL, "192.168.99.11", 80, TWO_TEXT, true),
		flow("pod to LB IP hits both endpoints, masqueraded", POD, "1.2.3.4", 80, TWO_TEXT, true),
		flow("external to LB IP hits both endpoints, masqueraded", EXTERNAL, "1.2.3.4", 80, TWO_TEXT, true),
		flow("pod to NodePort hits both endpoints, masqueraded", POD, NODE, 3001, TWO_TEXT, true),
		flow("external to NodePort hits both endpoints, masqueraded", EXTERNAL, NODE, 3001, TWO_TEXT, true),
	],
);

const UNNAMED = [{ name: "", protocol: "tcp", port: 80 }] as const;

function internalPolicy(
	name: string,
	policy: "Cluster" | "Local",
	nodes: readonly string[],
	output: string,
): FlowGroup {
	const services = [
		service("ns1/svc1", { clusterIP: "172.30.1.1", internalTrafficPolicy: policy, ports: [{ port: 80 }] }),
	];
	const endpoints = nodes.map((nodeName, i) => ({ address: `10.0.1.${i + 1}`, nodeName }));
	return group(`TestInternalTrafficPolicy: ${name}`, { services, slices: [slice("ns1/svc1", endpoints, UNNAMED)] }, [
		flow("pod to ClusterIP", POD, "172.30.1.1", 80, output),
	]);
}

const INTERNAL_POLICY = [
	internalPolicy("cluster", "Cluster", ["test-node", "node1", "node2"], "10.0.1.1:80, 10.0.1.2:80, 10.0.1.3:80"),
	internalPolicy("one local endpoint", "Local", ["test-node", "node1", "node2"], "10.0.1.1:80"),
	internalPolicy("multiple local endpoints", "Local", ["test-node", "test-node", "node2"], "10.0.1.1:80, 10.0.1.2:80"),
	internalPolicy("no local endpoints", "Local", ["node0", "node1", "node2"], "DROP"),
];

const TERMINATING = { ready: false, serving: true, terminating: true };
const NOT_SERVING = { ready: false, serving: false, terminating: true };

function terminating(name: string, endpoints: readonly EndpointSpec[], pod: string, external: string): FlowGroup {
	const services = [
		service("ns1/svc1", {
			type: "LoadBalancer",
			clusterIP: "172.30.1.1",
			externalTrafficPolicy: "Local",
			ingress: ["1.2.3.4"],
			healthCheckNodePort: 30000,
			ports: [{ port: 80 }],
		}),
	];
	return group(
		`TestTerminatingEndpointsTrafficPolicyLocal: ${name}`,
		{ services, slices: [slice("ns1/svc1", endpoints, UNNAMED)] },
		[flow("pod to clusterIP", POD, "172.30.1.1", 80, pod), flow("external to LB", EXTERNAL, "1.2.3.4", 80, external)],
	);
}

const at = (last: number, more: object): EndpointSpec => ({ address: `10.0.1.${last}`, ...more });
const TERMINATING_LOCAL = [
	terminating(
		"ready endpoints exist",
		[
			at(1, HERE),
			at(2, HERE),
			at(3, { ...HERE, ...TERMINATING }),
			at(4, { ...HERE, ...NOT_SERVING }),
			at(5, { nodeName: "node-1" }),
		],
		"10.0.1.1:80, 10.0.1.2:80, 10.0.1.5:80",
		"10.0.1.1:80, 10.0.1.2:80",
	),
	terminating(
		"only terminating endpoints exist",
		[
			at(2, { ...HERE, ...TERMINATING }),
			at(3, { ...HERE, ...TERMINATING }),
			at(4, { ...HERE, ...NOT_SERVING }),
			at(5, { nodeName: "node-1" }),
		],
		"10.0.1.5:80",
		"10.0.1.2:80, 10.0.1.3:80",
	),
	terminating(
		"terminating endpoints on remote node",
		[at(5, { nodeName: "node-1", ...TERMINATING })],
		"10.0.1.5:80",
		"DROP",
	),
	terminating(
		"no usable endpoints on any node",
		[at(5, { ...HERE, ...NOT_SERVING }), at(5, { nodeName: "node-1", ...NOT_SERVING })],
		"REJECT",
		"REJECT",
	),
];

/** TestInternalExternalMasquerade: svc1 with policies Cluster, svc2 external Local, svc3 internal Local. */
function masquerades(name: string, kubeProxy: Partial<KubeProxySettings>, podCIDRs: readonly string[]): FlowGroup {
	const detects = podCIDRs.length > 0;
	const all = kubeProxy.masqueradeAll === true;
	const cases = [
		{ n: 1, lb: "1.2.3.4", spec: {} },
		{ n: 2, lb: "5.6.7.8", spec: { externalTrafficPolicy: "Local" } },
		{ n: 3, lb: "9.10.11.12", spec: { internalTrafficPolicy: "Local" } },
	] as const;
	const endpoints = (n: number): string => `10.180.0.${n}:80, 10.180.1.${n}:80`;
	const flows = cases.flatMap(({ n, lb }) => {
		const clusterIP = `172.30.0.4${n}`;
		const port = 3000 + n;
		const everywhere = endpoints(n);
		const here = `10.180.0.${n}:80`;
		const internal = n === 3 ? here : everywhere;
		const external = n === 2 ? here : everywhere;
		// With policy Local, pods are short-circuited to all endpoints; where pods cannot be told, they are not.
		const fromPod = n === 2 && !detects ? here : everywhere;
		const offCluster = all || detects;
		return [
			flow(`pod to ClusterIP ${n}`, POD, clusterIP, 80, internal, all),
			flow(`pod to NodePort ${n}`, POD, NODE, port, fromPod, n !== 2),
			flow(`pod to LB ${n}`, POD, lb, 80, fromPod, n !== 2),
			flow(`node to ClusterIP ${n}`, NODE, clusterIP, 80, internal, offCluster),
			flow(`node to NodePort ${n}`, NODE, NODE, port, everywhere, true),
			flow(`node to LB ${n}`, NODE, lb, 80, everywhere, true),
			flow(`external to ClusterIP ${n}`, EXTERNAL, clusterIP, 80, internal, offCluster),
			flow(`external to NodePort ${n}`, EXTERNAL, NODE, port, external, n !== 2),
			flow(`external to LB ${n}`, EXTERNAL, lb, 80, external, n !== 2),
		];
	});
	const services = cases.map(({ n, lb, spec }) =>
		service(`ns${n}/svc${n}`, {
			type: "LoadBalancer",
			clusterIP: `172.30.0.4${n}`,
			ingress: [lb],
			ports: [{ name: "p80", port: 80, nodePort: 3000 + n }],
			...spec,
		}),
	);
	const slices = cases.map(({ n }) =>
		slice(
			`ns${n}/svc${n}`,
			[
				{ address: `10.180.0.${n}`, ...HERE },
				{ address: `10.180.1.${n}`, nodeName: "remote" },
			],
			P80,
		),
	);
	const cluster = { services, slices, kubeProxy, podCIDRs };
	return group(`TestInternalExternalMasquerade: ${name}`, cluster, flows);
}

export const FLOW_GROUPS: readonly FlowGroup[] = [
	NO_ENDPOINTS,
	CLUSTER_IP,
	SOURCE_RANGES,
	...NODE_PORTS,
	HEALTH_CHECK,
	ETP_LOCAL,
	ETP_CLUSTER,
	...INTERNAL_POLICY,
	...TERMINATING_LOCAL,
	masquerades("base", {}, ["10.0.0.0/8"]),
	masquerades("no LocalTrafficDetector", {}, []),
	masquerades("masqueradeAll", { masqueradeAll: true }, ["10.0.0.0/8"]),
	masquerades("masqueradeAll, no LocalTrafficDetector", { masqueradeAll: true }, []),
];
