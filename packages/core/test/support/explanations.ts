/**
 * Answers written by hand, to develop and test renderers against. Addresses, devices, rewrites and conntrack entries of the
 * first ones are those of seed 001 (L95-L201) as the runs on a real kernel confirmed them (docs/measurements.md).
 */

import type { Origin } from "../../src/origin/origin.ts";
import type {
	ExplainedDirection,
	ExplainedHop,
	ExplainedLink,
	ExplainedPacket,
	ExplainedPath,
	Explanation,
} from "../../src/trace/explanation.ts";

const CENTOS = "pod/default/centos-67756b6dc8-rmmxt";
const NGINX1 = "pod/default/nginx1-76c99b49df-7plsr";
const N180 = "node/ap-southeast-1.10.0.0.180";
const N206 = "node/ap-southeast-1.10.0.1.206";
const KUBE_PROXY: Origin = { component: "kube-proxy", object: "service/default/nginx1" };
const FLANNEL: Origin = { component: "flannel", object: N180 };

const SYN: ExplainedPacket = {
	src: "172.23.96.23",
	dst: "192.168.13.23",
	protocol: "tcp",
	sport: 40000,
	dport: 80,
	ttl: 64,
	mark: 0,
	outer: null,
	vlan: null,
};

/** `place device device | place device`: devices of each place, in order. */
export function linksOf(text: string): readonly ExplainedLink[] {
	return text.split("|").flatMap((part) => {
		const [at = "", ...devices] = part.trim().split(" ");
		return devices.length === 0 ? [{ at }] : devices.map((device) => ({ at, device }));
	});
}

type HopRow = readonly [
	at: string,
	stage: string,
	device: string | null,
	code: string,
	decision: string,
	changes?: Partial<ExplainedPacket>,
	origin?: Origin,
];

/** Hops from rows; a row's changes hold for all hops after it too. */
export function hopsOf(start: ExplainedPacket, rows: readonly HopRow[]): readonly ExplainedHop[] {
	let packet = start;
	return rows.map(([at, stage, device, code, decision, changes, origin]) => {
		packet = { ...packet, ...changes };
		return { at, stage, device, packet, decision, code, origin: origin ?? null };
	});
}

const FORWARD: ExplainedDirection = {
	links: linksOf(
		`${CENTOS} eth0 | ${N180} vethd7e7c6fd cni0 eth0 | vpc/vpc-1 | ${N206} eth0 cni0 veth63b17421 | ${NGINX1} eth0`,
	),
	hops: hopsOf(SYN, [
		[CENTOS, "send", null, "sent", "A process sends it to 192.168.13.23 port 80"],
		[CENTOS, "route", "eth0", "routed", "Route default via 172.23.96.1 dev eth0 (table main, rule 32766)", {}, FLANNEL],
		[CENTOS, "neighbour", "eth0", "neighbour-answered", "Node answers for 172.23.96.1 on eth0: 62:3f:aa:01:02:03"],
		[N180, "bridge", "cni0", "bridge-up", "For cni0's own MAC: up to the IP stack"],
		[N180, "prerouting", "cni0", "hook-passed", "Passed prerouting"],
		[
			N180,
			"route",
			"cni0",
			"routed-local",
			"192.168.13.23 is an address of this stack (on kube-ipvs0)",
			{},
			KUBE_PROXY,
		],
		[
			N180,
			"ipvs",
			"cni0",
			"ipvs-scheduled",
			"IPVS 192.168.13.23:80 (rr, 1 servers) sends it to 172.23.96.163:80",
			{ dst: "172.23.96.163" },
			KUBE_PROXY,
		],
		[N180, "route", "eth0", "routed", "Route default via 10.0.0.253 dev eth0 (table main, rule 32766)"],
		[N180, "postrouting", "eth0", "hook-passed", "Passed postrouting"],
		[N180, "neighbour", "eth0", "neighbour-answered", "Vpc/vpc-1 answers for 10.0.0.253 on eth0: ee:ff:ff:ff:ff:ff"],
		[
			"vpc/vpc-1",
			"vpc",
			null,
			"vpc-route",
			`Route entry 172.23.96.128/26 leads to ${N206}`,
			{},
			{ component: "cloud-controller-manager", object: N206 },
		],
		[N206, "prerouting", "eth0", "hook-passed", "Passed prerouting"],
		[N206, "route", "cni0", "routed", "Route 172.23.96.128/26 dev cni0 (table main, rule 32766)", { ttl: 62 }, FLANNEL],
		[
			N206,
			"forward",
			"cni0",
			"hook-rules",
			"1 rules had a part",
			{},
			{ component: "flannel", note: "flanneld forward" },
		],
		[N206, "bridge", "cni0", "bridged", "Bridged to 5e:11:22:33:44:55 out of port veth63b17421"],
		[NGINX1, "deliver", "eth0", "delivered", "Delivered to port 80 of 172.23.96.163"],
	]),
};

const SYN_ACK: ExplainedPacket = { ...SYN, src: "172.23.96.163", dst: "172.23.96.23", sport: 80, dport: 40000 };

const REPLY: ExplainedDirection = {
	links: linksOf(
		`${NGINX1} eth0 | ${N206} veth63b17421 cni0 eth0 | vpc/vpc-1 | ${N180} eth0 cni0 vethd7e7c6fd | ${CENTOS} eth0`,
	),
	hops: hopsOf(SYN_ACK, [
		[NGINX1, "send", null, "sent", "A process sends it to 172.23.96.23 port 40000"],
		[N206, "route", "eth0", "routed", "Route default via 10.0.1.253 dev eth0 (table main, rule 32766)"],
		[
			"vpc/vpc-1",
			"vpc",
			null,
			"vpc-route",
			`Route entry 172.23.96.0/26 leads to ${N180}`,
			{},
			{ component: "cloud-controller-manager", object: N180 },
		],
		[N180, "route", "cni0", "routed", "Route 172.23.96.0/26 dev cni0 (table main, rule 32766)", {}, FLANNEL],
		[
			N180,
			"ipvs",
			"cni0",
			"ipvs-reply",
			"Answer of IPVS 192.168.13.23:80: the virtual address becomes its source",
			{ src: "192.168.13.23" },
			KUBE_PROXY,
		],
		[CENTOS, "deliver", "eth0", "delivered", "Delivered to port 40000 of 172.23.96.23"],
	]),
};

const CLUSTER_IP_PATH: ExplainedPath = {
	weight: 1,
	verdict: "delivered",
	reason: `Delivered to port 80 of 172.23.96.163 (at ${NGINX1})`,
	forward: FORWARD,
	reply: REPLY,
	stacks: [CENTOS, N180, N206, NGINX1],
	nat: [{ at: N180, kind: "dnat", from: "192.168.13.23:80", to: "172.23.96.163:80", by: KUBE_PROXY }],
	conntrack: [
		{
			at: N180,
			protocol: "tcp",
			original: { src: "172.23.96.23", sport: 40000, dst: "192.168.13.23", dport: 80 },
			reply: { src: "172.23.96.163", sport: 80, dst: "172.23.96.23", dport: 40000 },
		},
		{
			at: N206,
			protocol: "tcp",
			original: { src: "172.23.96.23", sport: 40000, dst: "172.23.96.163", dport: 80 },
			reply: { src: "172.23.96.163", sport: 80, dst: "172.23.96.23", dport: 40000 },
		},
	],
	securityGroups: [],
	captures: [
		capture(CENTOS, "eth0", "out", "192.168.13.23"),
		capture(N180, "vethd7e7c6fd", "in", "192.168.13.23"),
		capture(N180, "cni0", "in", "192.168.13.23"),
		capture(N180, "eth0", "out", "172.23.96.163"),
		capture(N206, "eth0", "in", "172.23.96.163"),
		capture(N206, "cni0", "out", "172.23.96.163"),
		capture(N206, "veth63b17421", "out", "172.23.96.163"),
		capture(NGINX1, "eth0", "in", "172.23.96.163"),
	],
	serviceAddressSeenAt: linksOf(`${CENTOS} eth0 | ${N180} vethd7e7c6fd cni0`),
	clientAddress: { preserved: true, seen: "172.23.96.23" },
};

function capture(at: string, device: string, direction: "in" | "out", dst: string): ExplainedPath["captures"][number] {
	const tcpdump = `tcpdump -pnnei ${device} 'tcp and host 172.23.96.23 and host ${dst} and port 80'`;
	const command = at.startsWith("pod/") ? `nsenter -n -t $(pidof ${at}) ${tcpdump}` : tcpdump;
	return { at, device, direction, src: "172.23.96.23", dst, command };
}

/** Seed 001, 2.2: pod to ClusterIP, endpoint on another node. */
export const CLUSTER_IP: Explanation = {
	apiVersion: "podpath.dev/v1alpha1",
	kind: "Explanation",
	question: { from: CENTOS, to: "service/default/nginx1:80", protocol: "tcp", via: "cluster-ip" },
	verdict: "delivered",
	paths: [CLUSTER_IP_PATH],
	findings: [],
};

const REFUSED_PATH: ExplainedPath = {
	weight: 1,
	verdict: "refused",
	reason: `IPVS 8.219.164.113:80 has no destination: connection refused, by kube-proxy for service/default/nginx1 (at ${N180})`,
	forward: {
		links: linksOf(`${CENTOS} eth0 | ${N180} vethd7e7c6fd cni0`),
		hops: hopsOf({ ...SYN, dst: "8.219.164.113" }, [
			[CENTOS, "send", null, "sent", "A process sends it to 8.219.164.113 port 80"],
			[CENTOS, "route", "eth0", "routed", "Route default via 172.23.96.1 dev eth0 (table main, rule 32766)"],
			[
				N180,
				"route",
				"cni0",
				"routed-local",
				"8.219.164.113 is an address of this stack (on kube-ipvs0)",
				{},
				KUBE_PROXY,
			],
			[
				N180,
				"ipvs",
				"cni0",
				"ipvs-no-server",
				"IPVS 8.219.164.113:80 has no destination: connection refused",
				{},
				KUBE_PROXY,
			],
		]),
	},
	reply: null,
	refusal: {
		links: linksOf(`${N180} cni0 vethd7e7c6fd | ${CENTOS} eth0`),
		hops: hopsOf(
			{
				...SYN,
				src: "8.219.164.113",
				dst: "172.23.96.23",
				sport: 0,
				dport: 0,
				protocol: "icmp",
				icmp: { type: 3, code: 3 },
			},
			[
				[N180, "reject", "cni0", "sent", "The kernel answers with ICMP port unreachable"],
				[CENTOS, "deliver", "eth0", "delivered", "Delivered to the socket of the client"],
			],
		),
	},
	stacks: [CENTOS, N180],
	nat: [],
	conntrack: [],
	securityGroups: [],
	captures: [],
	serviceAddressSeenAt: linksOf(`${CENTOS} eth0 | ${N180} vethd7e7c6fd cni0`),
	clientAddress: null,
};

/** Seed 001, 3: an external IP with policy Local, asked from a node without an endpoint. */
export const REFUSED: Explanation = {
	apiVersion: "podpath.dev/v1alpha1",
	kind: "Explanation",
	question: { from: CENTOS, to: "service/default/nginx1:80", protocol: "tcp", via: "external-ip" },
	verdict: "refused",
	paths: [REFUSED_PATH],
	findings: [
		{
			code: "external-ip-local-no-endpoint",
			severity: "error",
			message:
				"externalTrafficPolicy Local leaves the external IP without a destination on a node that has no endpoint",
			fix: "set externalTrafficPolicy: Cluster, or use the ClusterIP inside the cluster",
			object: "service/default/nginx1",
		},
	],
};

/** Of a packet that is dropped on its way: what it is for is on the last node, on another one, or nobody knows where. */
export function notReaching(notReached: NonNullable<ExplainedPath["notReached"]>): Explanation {
	return { ...REFUSED, verdict: "dropped", paths: [{ ...REFUSED_PATH, verdict: "dropped", notReached }] };
}

const CLIENT = "internet/203.0.113.9";

/** Seed 001, 5: a client on the Internet, by a load balancer to the node ports of all nodes, policy Cluster. */
function balancedPath(node: string, device: string, weight: number): ExplainedPath {
	const { captures, ...rest } = CLUSTER_IP_PATH;
	const local = node === N206;
	const way = local ? `${N206} eth0 cni0 ${device}` : `${node} eth0 | vpc/vpc-1 | ${N206} eth0 cni0 ${device}`;
	const back = local ? `${N206} ${device} cni0 eth0` : `${N206} ${device} cni0 eth0 | vpc/vpc-1 | ${node} eth0`;
	const syn = { ...SYN, src: "203.0.113.9", dst: "8.219.164.113" };
	return {
		...rest,
		weight,
		forward: {
			links: linksOf(`${CLIENT} eth0 | internet | slb/nginx1 | ${way} | ${NGINX1} eth0`),
			hops: hopsOf(syn, [
				[CLIENT, "send", null, "sent", "A process sends it to 8.219.164.113 port 80"],
				[
					"slb/nginx1",
					"load-balancer",
					null,
					"lb-chosen",
					`Backend ${node}:30875, one of 3`,
					{ dst: "10.0.0.180", dport: 30875 },
				],
				[
					node,
					"ipvs",
					"eth0",
					"ipvs-scheduled",
					"IPVS 10.0.0.180:30875 (rr, 1 servers) sends it to 172.23.96.163:80",
					{ dst: "172.23.96.163", dport: 80 },
					KUBE_PROXY,
				],
				[
					node,
					"postrouting",
					"eth0",
					"masquerade",
					"Source rewritten to the address of the outgoing device",
					{ src: "10.0.0.180" },
					KUBE_PROXY,
				],
				[NGINX1, "deliver", "eth0", "delivered", "Delivered to port 80 of 172.23.96.163"],
			]),
		},
		reply: {
			links: linksOf(`${NGINX1} eth0 | ${back} | slb/nginx1 | internet | ${CLIENT} eth0`),
			hops: hopsOf({ ...SYN_ACK, dst: "10.0.0.180" }, [
				[NGINX1, "send", null, "sent", "A process sends it to 10.0.0.180 port 40000"],
			]),
		},
		stacks: local ? [N206, NGINX1] : [node, N206, NGINX1],
		nat: [
			{
				at: "slb/nginx1",
				kind: "dnat",
				from: "8.219.164.113:80",
				to: "10.0.0.180:30875",
				by: { component: "slb", object: "service/default/nginx1" },
			},
			{ at: node, kind: "dnat", from: "10.0.0.180:30875", to: "172.23.96.163:80", by: KUBE_PROXY },
			{ at: node, kind: "masquerade", from: "203.0.113.9:40000", to: "10.0.0.180:40000", by: KUBE_PROXY },
		],
		captures: captures.slice(4),
		clientAddress: { preserved: false, seen: "10.0.0.180", lostAt: node, by: "masquerade" },
	};
}

/** Three ways that a load balancer chooses from. */
export const BALANCED: Explanation = {
	apiVersion: "podpath.dev/v1alpha1",
	kind: "Explanation",
	question: { from: CLIENT, to: "service/default/nginx1:80", protocol: "tcp", via: "load-balancer" },
	verdict: "delivered",
	paths: [N180, N206, "node/ap-southeast-1.10.0.1.216"].map((node) => balancedPath(node, "veth63b17421", 1 / 3)),
	findings: [
		{
			code: "client-address-lost",
			severity: "info",
			message: "the server sees the node's address instead of the client's",
		},
	],
};

/** Client and server on one node, the server by its address. */
export const SAME_NODE: Explanation = {
	...CLUSTER_IP,
	question: { from: CENTOS, to: "172.23.96.24:80", protocol: "tcp" },
	paths: [
		{
			...CLUSTER_IP_PATH,
			forward: {
				links: linksOf(
					`${CENTOS} eth0 | ${N180} vethd7e7c6fd cni0 vethd3fc7ff4 | pod/default/nginx-7d6877d777-6jkfg eth0`,
				),
				hops: FORWARD.hops.slice(0, 3),
			},
			reply: {
				links: linksOf(
					`pod/default/nginx-7d6877d777-6jkfg eth0 | ${N180} vethd3fc7ff4 cni0 vethd7e7c6fd | ${CENTOS} eth0`,
				),
				hops: REPLY.hops.slice(0, 1),
			},
			nat: [],
		},
	],
};

/** An overlay: the packet is wrapped on one node and unwrapped on the other. */
export const VXLAN: Explanation = {
	...CLUSTER_IP,
	question: { from: CENTOS, to: "10.244.1.7:80", protocol: "tcp" },
	paths: [
		{
			...CLUSTER_IP_PATH,
			forward: {
				links: linksOf(
					`${CENTOS} eth0 | node/a veth1a2b3c4d cni0 flannel.1 eth0 | segment/lan | node/b eth0 flannel.1 cni0 veth5e6f7a8b | ${NGINX1} eth0`,
				),
				hops: hopsOf({ ...SYN, dst: "10.244.1.7" }, [
					[CENTOS, "send", null, "sent", "A process sends it to 10.244.1.7 port 80"],
					[
						"node/a",
						"encapsulate",
						"flannel.1",
						"encapsulated",
						"Flannel.1 wraps it: 10.0.0.1 to 10.0.0.2",
						{ outer: { kind: "vxlan", src: "10.0.0.1", dst: "10.0.0.2", vni: 1, dport: 8472 } },
					],
					[
						"node/b",
						"decapsulate",
						"flannel.1",
						"decapsulated",
						"Flannel.1 takes the inner packet out of what came from 10.0.0.1",
						{ outer: null },
					],
					[NGINX1, "deliver", "eth0", "delivered", "Delivered to port 80 of 10.244.1.7"],
				]),
			},
			reply: {
				links: linksOf(
					`${NGINX1} eth0 | node/b veth5e6f7a8b cni0 flannel.1 eth0 | segment/lan | node/a eth0 flannel.1 cni0 veth1a2b3c4d | ${CENTOS} eth0`,
				),
				hops: [],
			},
			nat: [],
		},
	],
};

/** Names that try to escape from whatever they are written into. */
export const HOSTILE_NAMES: readonly string[] = [
	'pod/default/"><script>alert(1)</script>',
	"pod/default/\u001b[31mred\u001b]0;title\u0007",
	'pod/default/x\nend\nclick n0 href "javascript:alert(1)"',
	"pod/default/]]><svg onload=alert(1)>",
	"pod/default/\u202egnp.exe",
	'pod/default/`"];%%{init: {}}%%',
];

/** An answer in which every name is the given one. */
export function hostile(name: string): Explanation {
	const path: ExplainedPath = {
		...CLUSTER_IP_PATH,
		reason: name,
		forward: {
			links: [{ at: name, device: name }, { at: name }, { at: "node/a", device: name }],
			hops: hopsOf({ ...SYN, src: name, dst: name }, [
				[name, name, name, "sent", name, {}, { component: name, object: name }],
			]),
		},
		reply: {
			links: [
				{ at: "node/a", device: name },
				{ at: name, device: name },
			],
			hops: [],
		},
		stacks: [name],
		nat: [{ at: name, kind: "dnat", from: name, to: name, by: { component: name } }],
		captures: [{ at: name, device: name, direction: "in", src: name, dst: name, command: name }],
		serviceAddressSeenAt: [{ at: name, device: name }],
		notReached: { at: `pod/${name}`, on: `node/${name}` },
		clientAddress: { preserved: false, seen: name, lostAt: name, by: name },
	};
	return {
		...CLUSTER_IP,
		question: { from: name, to: name, protocol: "tcp", at: name },
		paths: [path],
		findings: [{ code: name, severity: "error", message: name, fix: name, object: name }],
	};
}
