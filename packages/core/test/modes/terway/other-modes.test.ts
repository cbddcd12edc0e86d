/**
 * ENIIP (seed 002), VPC and exclusive ENI (seed 003), ipvlan and DataPathV2 (reference terway.md 6.5, 6.7), asked through the
 * front door.
 */
import { describe, expect, it } from "vitest";
import type { Cluster } from "../../../src/cluster/cluster.ts";
import { clusterNetwork } from "../../../src/modes/network.ts";
import { explain } from "../../../src/trace/explain.ts";
import type { ExplainedLink, ExplainedPath, Explanation } from "../../../src/trace/explanation.ts";
import type { Question } from "../../../src/trace/question.ts";
import { clusterOfYaml, ownYaml } from "../../support/manifests.ts";
import { addressLines, mainRoutes, neighbourLine } from "../../support/state-lines.ts";
import { eniOf, nodeOf, podOf, SEED_VPC } from "../../support/terway-clusters.ts";

function ask(cluster: Cluster, from: string, to: string, more: Partial<Question> = {}): Explanation {
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return explain(subject, { from, to, protocol: "tcp", ...more });
}
function onlyPath(explanation: Explanation): ExplainedPath {
	const [path, second] = explanation.paths;
	if (path === undefined || second !== undefined) throw new Error(`${explanation.paths.length} paths`);
	return path;
}
/** Names of veths are not what these tests are about: `cali`. */
function links(found: readonly ExplainedLink[] | undefined): string {
	return (found ?? [])
		.map(({ at, device }) => {
			const name = at.replace(/^(pod\/d|node|eni)\//, "");
			return device === undefined ? name : `${name}/${device.replace(/^cali[0-9a-f]{11}$/, "cali")}`;
		})
		.join(" ");
}

/** The last version whose rule for what a pod sends has an iif: with later ones IPVS' packets follow it (docs/lab-notes/terway.md). */
const OF_THE_SEEDS = ', terway: { version: "1.4.1" }';

/** Names and addresses of seed 002 (L20-L26), with nodes called by what the articles call them. */
function cluster(mode: string, proxy = "ipvs", settings = "", more: readonly string[] = []): Cluster {
	const vpcMode = mode === "terway-vpc";
	const own = vpcMode ? ", podCIDRs: [172.20.0.0/16]" : "";
	return clusterOfYaml(
		ownYaml(
			"Cluster",
			`mode: ${mode}, serviceCIDRs: [192.168.0.0/16]${own}, kubernetesVersion: "1.20", kubeProxy: { mode: ${proxy} }${settings}`,
		),
		SEED_VPC,
		nodeOf("ecs1", "10.0.1.82", vpcMode ? "podCIDR: 172.20.1.0/24" : ""),
		nodeOf("ecs2", "10.0.3.49", vpcMode ? "podCIDR: 172.20.3.0/24" : ""),
		podOf("d/centos", "ecs1", vpcMode ? "172.20.1.91" : "10.0.1.91"),
		podOf("d/near", "ecs1", vpcMode ? "172.20.1.92" : "10.0.1.92", ", labels: { app: near }"),
		podOf("d/nginx", "ecs2", vpcMode ? "172.20.3.58" : "10.0.3.58", ", labels: { app: nginx }"),
		service("nginx", "192.168.2.253", "nginx"),
		service("near", "192.168.2.115", "near"),
		"apiVersion: podpath.dev/v1alpha1\nkind: Host\nmetadata: { name: ecs-legacy }\nspec: { addresses: [10.0.5.9] }",
		...more,
	);
}
function service(name: string, ip: string, app: string): string {
	return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: d }\nspec: { clusterIP: ${ip}, selector: { app: ${app} }, ports: [{ port: 80 }] }`;
}
function balanced(policy: string, ip: string): string {
	return `apiVersion: v1\nkind: Service\nmetadata: { name: out, namespace: d }\nspec: { type: LoadBalancer, clusterIP: 192.168.2.200, externalTrafficPolicy: ${policy}, selector: { app: nginx }, ports: [{ port: 80, nodePort: 30080 }] }\nstatus: { loadBalancer: { ingress: [{ ip: ${ip} }] } }`;
}

describe("mode terway-eniip (seed 002)", () => {
	it("E5: an external address with policy Cluster leaves by eth0 with the node's address, both ways (L54, L62, L78, L82)", () => {
		const eniip = cluster("terway-eniip", "ipvs", OF_THE_SEEDS, [balanced("Cluster", "10.0.3.63")]);
		const path = onlyPath(ask(eniip, "pod/d/centos", "service/d/out:80", { via: "load-balancer" }));
		expect(links(path.forward.links)).toBe(
			"centos/eth0 ecs1/cali ecs1/eth0 vpc/vpc eni-ecs2-eth1 ecs2/eth1 ecs2/cali nginx/eth0",
		);
		expect(links(path.reply?.links)).toBe(
			"nginx/eth0 ecs2/cali ecs2/eth1 eni-ecs2-eth1 vpc/vpc ecs1/eth0 ecs1/cali centos/eth0",
		);
		expect(path.stacks).toHaveLength(4);
		expect(
			path.conntrack.map(
				({ at, original, reply }) => `${at} ${original.src}>${original.dst}|${reply.src}>${reply.dst}`,
			),
		).toContain("node/ecs1 10.0.1.91>10.0.3.63|10.0.3.58>10.0.1.82");
	});

	it("E6: with policy Local and no endpoint on the node there is no destination (L114, L124), unless IPVS falls back (reference C3)", () => {
		const local = balanced("Local", "10.0.3.62");
		const without = cluster("terway-eniip", "ipvs", "", [local]);
		const path = onlyPath(ask(without, "pod/d/centos", "service/d/out:80", { via: "load-balancer" }));
		expect(path.verdict).toBe("refused");
		expect(links(path.forward.links)).toBe("centos/eth0 ecs1/cali");
		const fallback = cluster("terway-eniip", "ipvs, lbLocalFallback: true", OF_THE_SEEDS, [local]);
		const reached = onlyPath(ask(fallback, "pod/d/centos", "service/d/out:80", { via: "load-balancer" }));
		expect(reached.verdict).toBe("delivered");
		expect(links(reached.forward.links)).toContain("ecs1/eth0 vpc/vpc eni-ecs2-eth1");
		expect(links(reached.reply?.links)).toContain("vpc/vpc eni-ecs1-eth1 ecs1/eth1");
		expect(reached.nat.map(({ kind }) => kind)).toEqual(["dnat"]);
	});

	it("an ENI of the input is used where it has the pod's address, and none is assumed then", () => {
		const described = cluster("terway-eniip", "ipvs", "", [
			eniOf(
				"eni-a",
				"type: secondary, instance: node/ecs1, device: eth2, addresses: [10.0.1.90, 10.0.1.91, 10.0.1.92]",
			),
			eniOf("eni-b", "type: secondary, instance: node/ecs2, device: eth1, addresses: [10.0.3.58]"),
		]);
		const explanation = ask(described, "pod/d/centos", "pod/d/nginx:80");
		expect(links(onlyPath(explanation).forward.links)).toBe(
			"centos/eth0 ecs1/cali ecs1/eth2 eni-a vpc/vpc eni-b ecs2/eth1 ecs2/cali nginx/eth0",
		);
		expect(explanation.findings.map(({ code }) => code)).not.toContain("eni-assumed");
		expect(ask(cluster("terway-eniip"), "pod/d/centos", "pod/d/nginx:80").findings.map(({ code }) => code)).toContain(
			"eni-assumed",
		);
	});
});

describe("mode terway-vpc (seed 003)", () => {
	it("V1: without an entry in the VPC's routes nobody outside reaches a pod (L40)", () => {
		const bare = SEED_VPC.replace("cidrs: [10.0.0.0/8]", "cidrs: [10.0.0.0/8, 172.16.0.0/12], managedRoutes: false");
		const kubeadm = clusterOfYaml(
			ownYaml("Cluster", "mode: terway-vpc, podCIDRs: [172.20.0.0/16], kubeProxy: { mode: iptables }"),
			bare,
			nodeOf("ecs1", "10.0.1.82", "podCIDR: 172.20.1.0/24"),
			podOf("d/centos", "ecs1", "172.20.1.91"),
			"apiVersion: podpath.dev/v1alpha1\nkind: Host\nmetadata: { name: ecs-legacy }\nspec: { addresses: [10.0.5.9] }",
		);
		expect(ask(kubeadm, "host/ecs-legacy", "pod/d/centos:80").verdict).toBe("dropped");
	});

	it("V2: with one it comes in by eth0, and the answer is not masqueraded (L62, L64)", () => {
		const path = onlyPath(ask(cluster("terway-vpc"), "host/ecs-legacy", "pod/d/centos:80"));
		expect(path.verdict).toBe("delivered");
		expect(links(path.forward.links)).toBe("host/ecs-legacy/eth0 vpc/vpc ecs1/eth0 ecs1/cali centos/eth0");
		expect(links(path.reply?.links)).toBe("centos/eth0 ecs1/cali ecs1/eth0 vpc/vpc host/ecs-legacy/eth0");
		expect(path.nat).toEqual([]);
		expect(path.stacks).toHaveLength(2);
	});

	it("between pods there is no masquerading; towards the rest of the world there is (reference 6.7)", () => {
		const vpc = cluster("terway-vpc");
		expect(onlyPath(ask(vpc, "pod/d/centos", "pod/d/nginx:80")).nat).toEqual([]);
		expect(
			onlyPath(ask(vpc, "pod/d/centos", "host/ecs-legacy:80")).nat.map(({ kind, to }) => `${kind} ${to.split(":")[0]}`),
		).toEqual(["masquerade 10.0.1.82"]);
	});

	it("a pod that asks for aliyun/eni has an ENI of its own all the same (seed 003 L44)", () => {
		const asking = podOf(
			"d/whole",
			"ecs1",
			"10.0.1.95",
			"",
			", containers: [{ name: c, resources: { limits: { aliyun/eni: 1 } } }]",
		);
		const path = onlyPath(ask(cluster("terway-vpc", "ipvs", "", [asking]), "host/ecs-legacy", "pod/d/whole:80"));
		expect(links(path.forward.links)).toBe("host/ecs-legacy/eth0 vpc/vpc eni-d-whole whole/eth0");
	});
});

describe("mode terway-eni", () => {
	const eni = cluster("terway-eni");

	it("has the reference's golden state (6.9)", () => {
		const pod = clusterNetwork(eni).namespace("pod/d/centos");
		const host = clusterNetwork(eni).namespace("node/ecs1");
		expect(addressLines(pod)).toEqual(["eth0 10.0.1.91/32", "veth1 10.0.1.91/32"]);
		expect(mainRoutes(pod)).toEqual([
			"default via 10.0.1.253 dev eth0 onlink",
			"169.254.1.1/32 dev veth1 scope link",
			"192.168.0.0/16 via 169.254.1.1 dev veth1 onlink",
			"169.254.20.10/32 via 169.254.1.1 dev veth1 onlink",
			"10.0.1.82/32 via 169.254.1.1 dev veth1 onlink",
		]);
		expect(pod?.neighbours.map(neighbourLine)[0]).toMatch(/^169\.254\.1\.1 dev veth1 lladdr \S+ PERMANENT$/);
		expect(mainRoutes(host)).toContain("10.0.1.91/32 dev calid92cbc60d30 scope link");
		expect(host?.links.map(({ name }) => name)).not.toContain("eth1");
		expect(host?.rules.some(({ priority }) => priority === 512)).toBe(false);
	});

	it("V3: a machine of the VPC reaches the pod's ENI itself (seed 003 L40, L50)", () => {
		const path = onlyPath(ask(eni, "host/ecs-legacy", "pod/d/centos:80"));
		expect(links(path.forward.links)).toBe("host/ecs-legacy/eth0 vpc/vpc eni-d-centos centos/eth0");
		expect(path.stacks).toHaveLength(1);
	});

	it("pods of one node meet outside of it (reference 6.7)", () => {
		const path = onlyPath(ask(eni, "pod/d/centos", "pod/d/near:80"));
		expect(links(path.forward.links)).toBe("centos/eth0 eni-d-centos vpc/vpc eni-d-near near/eth0");
	});

	it.each(["ipvs", "iptables"])("a ClusterIP goes through the node with its address, and back (%s)", (proxy) => {
		const path = onlyPath(ask(cluster("terway-eni", proxy), "pod/d/centos", "service/d/nginx:80"));
		expect(links(path.forward.links)).toBe("centos/veth1 ecs1/cali ecs1/eth0 vpc/vpc eni-d-nginx nginx/eth0");
		expect(links(path.reply?.links)).toBe("nginx/eth0 eni-d-nginx vpc/vpc ecs1/eth0 ecs1/cali centos/veth1");
		expect(path.clientAddress).toMatchObject({ preserved: false, seen: "10.0.1.82" });
	});

	// Measured for the reference: while the veth has the gateway's address, masquerading takes that one.
	it.each([
		["1.16.2", "169.254.1.1"],
		["1.16.4", "10.0.1.82"],
	])(
		"Terway %s: a pod sees its node, and clients of its Services on the node, as %s (reference 6.7)",
		(version, seen) => {
			const old = cluster("terway-eni", "iptables", `, terway: { version: "${version}" }`);
			const fromNode = onlyPath(ask(old, "node/ecs1", "pod/d/centos:80"));
			expect(fromNode.verdict).toBe("delivered");
			expect(fromNode.clientAddress?.seen).toBe(seen);
			expect(links(fromNode.reply?.links)).toBe("centos/veth1 ecs1/cali");
			const byService = onlyPath(ask(old, "pod/d/centos", "service/d/near:80"));
			expect(byService.verdict).toBe("delivered");
			expect(byService.clientAddress?.seen).toBe(seen);
			expect(links(byService.reply?.links)).toBe("near/veth1 ecs1/cali ecs1/cali centos/veth1");
		},
	);
});

describe("mode terway-ipvlan", () => {
	const ipvlan = cluster("terway-ipvlan");
	const ebpf = (path: ExplainedPath): readonly string[] =>
		[...path.forward.hops, ...(path.reply?.hops ?? [])]
			.filter(({ stage }) => stage === "ebpf")
			.map(({ at, decision }) => `${at}: ${decision}`);

	it("pods share the ENI's MAC, and the node reaches them by an ipvlan of its own", () => {
		const pod = clusterNetwork(ipvlan).namespace("pod/d/centos");
		const host = clusterNetwork(ipvlan).namespace("node/ecs1");
		const macOf = (links: typeof host, name: string): string | null | undefined =>
			links?.links.find((each) => each.name === name)?.mac;
		expect(macOf(pod, "eth0")).toBe(macOf(host, "eth1"));
		expect(addressLines(pod)).toEqual(["eth0 10.0.1.91/24"]);
		expect(mainRoutes(pod)).toEqual([
			"default via 10.0.1.253 dev eth0 onlink",
			"10.0.1.82/32 dev eth0 scope link",
			"10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.91",
		]);
		expect(pod?.neighbours.map(neighbourLine)).toEqual([`10.0.1.82 dev eth0 lladdr ${macOf(host, "eth1")} PERMANENT`]);
		expect(mainRoutes(host)).toContain("10.0.1.91/32 dev ipvl_3 scope link");
		expect(
			host?.tcFilters.map(({ priority, destination, direction }) => `${direction} ${priority} ${destination?.text}`),
		).toEqual(["egress 40000 192.168.0.0/16", "egress 40000 169.254.20.10/32"]);
	});

	it("leads from pod to pod inside the ENI, and past the nodes' stacks across nodes", () => {
		expect(links(onlyPath(ask(ipvlan, "pod/d/centos", "pod/d/near:80")).forward.links)).toBe("centos/eth0 near/eth0");
		const across = onlyPath(ask(ipvlan, "pod/d/centos", "pod/d/nginx:80"));
		expect(links(across.forward.links)).toBe(
			"centos/eth0 ecs1/eth1 eni-ecs1-eth1 vpc/vpc eni-ecs2-eth1 ecs2/eth1 nginx/eth0",
		);
		expect(across.stacks).toHaveLength(2);
	});

	it("leads between a node and its pods by ipvl_X, both ways", () => {
		const path = onlyPath(ask(ipvlan, "node/ecs1", "pod/d/centos:80"));
		expect(links(path.forward.links)).toBe("ecs1/ipvl_3 centos/eth0");
		expect(links(path.reply?.links)).toBe("centos/eth0 ecs1/ipvl_3");
	});

	it("resolves a ClusterIP by a program at the pod, which the answer names as what it is", () => {
		const path = onlyPath(ask(ipvlan, "pod/d/centos", "service/d/nginx:80"));
		expect(path.verdict).toBe("delivered");
		expect(path.clientAddress).toMatchObject({ preserved: true });
		expect(path.nat[0]?.by).toMatchObject({ component: "terway", object: "service/d/nginx" });
		expect(ebpf(path)).toEqual([
			"pod/d/centos: Program cil_from_container (eBPF), by its documented effect: 192.168.2.253:80 becomes 10.0.3.58:80",
			"pod/d/centos: Program cil_to_container (eBPF), by its documented effect: 192.168.2.253:80 becomes the source of the answer",
		]);
	});

	it("does not guess what happens to a Service without endpoints", () => {
		const empty = cluster("terway-ipvlan", "ipvs", "", [service("empty", "192.168.2.9", "nobody")]);
		const path = onlyPath(ask(empty, "pod/d/centos", "service/d/empty:80"));
		expect(path.verdict).toBe("unknown");
		expect(path.reason).toContain("has no backend");
	});
});

describe("mode terway-datapathv2", () => {
	const v2 = cluster("terway-datapathv2");

	it("leads from veth to veth, and past the nodes' stacks across nodes", () => {
		const near = onlyPath(ask(v2, "pod/d/centos", "pod/d/near:80"));
		expect(links(near.forward.links)).toBe("centos/eth0 ecs1/cali ecs1/cali near/eth0");
		expect(near.stacks).toEqual(["pod/d/centos", "pod/d/near"]);
		const across = onlyPath(ask(v2, "pod/d/centos", "pod/d/nginx:80"));
		expect(links(across.forward.links)).toBe(
			"centos/eth0 ecs1/cali ecs1/eth1 eni-ecs1-eth1 vpc/vpc eni-ecs2-eth1 ecs2/eth1 ecs2/cali nginx/eth0",
		);
		expect(across.stacks).toEqual(["pod/d/centos", "pod/d/nginx"]);
	});

	it.each(["ipvs", "iptables", "none"])(
		"a ClusterIP keeps the pod's address, whatever kube-proxy does (%s)",
		(proxy) => {
			const path = onlyPath(ask(cluster("terway-datapathv2", proxy), "pod/d/centos", "service/d/nginx:80"));
			expect(path.verdict).toBe("delivered");
			expect(path.clientAddress).toMatchObject({ preserved: true });
			expect(links(path.forward.links)).toContain("ecs1/eth1 eni-ecs1-eth1");
			expect(path.serviceAddressSeenAt.map(({ at, device }) => `${at} ${device?.slice(0, 4)}`)).toEqual([
				"pod/d/centos eth0",
				"node/ecs1 cali",
			]);
		},
	);

	it("hands what is for the node itself to its stack", () => {
		const path = onlyPath(ask(v2, "pod/d/centos", "node/ecs1:80"));
		expect(path.verdict).toBe("delivered");
		expect(path.stacks).toEqual(["pod/d/centos", "node/ecs1"]);
	});
});
