/** What trunk clusters can have besides the seeds' case: VLAN devices, IPv6, ENIs that are not trunked, and things that are broken. */
import { describe, expect, it } from "vitest";
import type { Cluster } from "../../../src/cluster/cluster.ts";
import { clusterNetwork } from "../../../src/modes/network.ts";
import { explain } from "../../../src/trace/explain.ts";
import type { ExplainedLink, ExplainedPath, Explanation, Finding } from "../../../src/trace/explanation.ts";
import type { Question } from "../../../src/trace/question.ts";
import { clusterOfYaml, ownYaml } from "../../support/manifests.ts";
import { addressLines, mainRoutes, neighbourLine } from "../../support/state-lines.ts";
import {
	CENTOS,
	eniOf,
	KT7R8,
	nodeOf,
	podEniOf,
	podOf,
	SEED_VPC,
	trunkCluster,
} from "../../support/terway-clusters.ts";

function ask(cluster: Cluster, from: string, to: string, more: Partial<Question> = {}): Explanation {
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return explain(subject, { from, to, protocol: "tcp", ...more });
}
function onlyPath(explanation: Explanation): ExplainedPath {
	const [path, second] = explanation.paths;
	if (path === undefined || second !== undefined) throw new Error(`${explanation.paths.length} paths`);
	return path;
}
function links(found: readonly ExplainedLink[] | undefined): string {
	return (found ?? [])
		.map(({ at, device }) => {
			const name = at.replace(/^(pod\/\w+|node|eni)\//, "").replace(/^cn-hongkong\.10\.0\.4\./, "ecs");
			return device === undefined ? name : `${name}/${device.replace(/^cali[0-9a-f]{11}$/, "cali")}`;
		})
		.join(" ");
}
const short = (text: string): string => text.replaceAll(KT7R8.slice(9), "kt7r8").replaceAll(CENTOS.slice(9), "l5vf9");
const findingsOf = (explanation: Explanation, code: string): readonly Finding[] =>
	explanation.findings.filter((each) => each.code === code);

const cluster = (spec: string, ...documents: readonly string[]): Cluster =>
	clusterOfYaml(
		ownYaml("Cluster", `mode: terway-trunk, serviceCIDRs: [192.168.0.0/16]${spec}`),
		SEED_VPC,
		nodeOf("ecs1", "10.0.4.20"),
		nodeOf("ecs2", "10.0.4.22"),
		...documents,
	);

describe("vlan_strip_type: vlan", () => {
	const vlan = trunkCluster(", terway: { vlanStripType: vlan }");

	it("gives the pod a VLAN device of the trunk, and the node nothing (reference 1, 2)", () => {
		const pod = clusterNetwork(vlan).namespace(`pod/${KT7R8}`);
		const host = clusterNetwork(vlan).namespace("node/cn-hongkong.10.0.4.22");
		expect(pod?.links.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["loopback lo", "vlan eth0"]);
		expect(addressLines(pod)).toEqual(["eth0 10.0.4.30/24"]);
		expect(mainRoutes(pod)).toEqual([
			"default via 10.0.4.253 dev eth0",
			"10.0.4.0/24 dev eth0 proto kernel scope link src 10.0.4.30",
		]);
		expect(host?.links.map(({ name }) => name)).toEqual(["lo", "eth0", "eth1"]);
		expect(host?.tcFilters).toEqual([]);
	});

	it("leads past the nodes' stacks, to and fro", () => {
		const path = onlyPath(ask(vlan, `pod/${CENTOS}`, `pod/${KT7R8}:80`));
		expect(path.verdict).toBe("delivered");
		expect(short(links(path.forward.links))).toBe(
			"l5vf9/eth0 ecs20/eth1 eni-l5vf9 vpc/vpc eni-kt7r8 ecs22/eth1 kt7r8/eth0",
		);
		expect(path.stacks).toHaveLength(2);
	});
});

describe("IPv6", () => {
	const dual = clusterOfYaml(
		ownYaml("Cluster", "mode: terway-trunk, serviceCIDRs: [192.168.0.0/16, 'fd92::/108']"),
		ownYaml(
			"VPC",
			"cidrs: [10.0.0.0/8, 'fd10::/48'], vSwitches: [{ id: v4, cidr: 10.0.4.0/24, gateway: 10.0.4.253 }, { id: v6, cidr: 'fd10:0:0:4::/64', gateway: 'fd10:0:0:4:ffff:ffff:ffff:fffd' }]",
		),
		...["20", "22"].flatMap((n) => [
			`apiVersion: v1\nkind: Node\nmetadata: { name: ecs${n} }\nstatus: { addresses: [{ type: InternalIP, address: 10.0.4.${n} }, { type: InternalIP, address: 'fd10:0:0:4::${n}' }] }`,
			eniOf(
				`eni-trunk${n}`,
				`type: trunk, instance: node/ecs${n}, device: eth1, addresses: [10.0.4.1${n}, 'fd10:0:0:4::1${n}']`,
			),
			`apiVersion: v1\nkind: Pod\nmetadata: { name: p${n} }\nspec: { nodeName: ecs${n} }\nstatus: { podIPs: [{ ip: 10.0.4.2${n} }, { ip: 'fd10:0:0:4::2${n}' }] }`,
			`apiVersion: network.alibabacloud.com/v1beta1\nkind: PodENI\nmetadata: { name: p${n} }\nspec: { allocations: [{ ipv4: 10.0.4.2${n}, ipv6: 'fd10:0:0:4::2${n}', eni: { id: eni-p${n} } }] }\nstatus: { phase: Bind, trunkENIID: eni-trunk${n}, eniInfos: { eni-p${n}: { type: Member, vid: 1${n} } } }`,
		]),
	);

	it("has the same plumbing with fe80::1 (reference 0)", () => {
		const pod = clusterNetwork(dual).namespace("pod/default/p20");
		const host = clusterNetwork(dual).namespace("node/ecs20");
		expect(mainRoutes(pod, 6)).toContain("default via fe80::1 dev eth0 metric 1024 onlink");
		expect(pod?.neighbours.map(neighbourLine)[1]).toMatch(/^fe80::1 dev eth0 lladdr \S+ PERMANENT$/);
		expect(addressLines(host)).toContain("eth1 fd10:0:0:4::20/128");
		expect(host?.tcFilters.map(({ protocol, priority }) => `${protocol} ${priority}`)).toEqual([
			"802.1Q 20000",
			"ip 50001",
			"ipv6 50002",
		]);
	});

	it("leads the same way", () => {
		const path = onlyPath(ask(dual, "pod/default/p20", "[fd10:0:0:4::222]:80"));
		expect(path.verdict).toBe("delivered");
		expect(links(path.forward.links)).toBe(
			"p20/eth0 ecs20/cali ecs20/eth1 eni-p20 vpc/vpc eni-p22 ecs22/eth1 ecs22/cali p22/eth0",
		);
	});
});

describe("a PodENI", () => {
	it("with a secondary ENI gives the pod the whole of it", () => {
		const secondary = podEniOf("d/own", "10.0.4.30", "eni-own", 7, "").replace(
			"type: Member, vid: 7",
			"type: Secondary",
		);
		const path = onlyPath(
			ask(
				cluster("", podOf("d/own", "ecs1", "10.0.4.30"), podOf("d/b", "ecs2", "10.0.4.31"), secondary),
				"pod/d/b",
				"pod/d/own:80",
			),
		);
		expect(links(path.forward.links)).toBe("b/eth0 ecs2/cali ecs2/eth1 eni-ecs2-eth1 vpc/vpc eni-own own/eth0");
	});

	it("that is not bound leaves the pod without a network, which is the first thing said", () => {
		const unbound = podEniOf("d/a", "10.0.4.30", "eni-a", 7, "eni-t").replace(
			"phase: Bind",
			"phase: Binding, msg: quota exceeded",
		);
		const explanation = ask(
			cluster("", podOf("d/a", "ecs1", "10.0.4.30"), podOf("d/b", "ecs2", "10.0.4.31"), unbound),
			"pod/d/b",
			"pod/d/a:80",
		);
		expect(explanation.verdict).not.toBe("delivered");
		expect(explanation.findings[0]).toMatchObject({
			code: "pod-eni-not-bound",
			severity: "error",
			message: "podeni/d/a (cluster.yaml:35) is in phase Binding (quota exceeded): the pod's ENI is not attached",
		});
	});

	it("that says another VLAN than its ENI has is the first thing said, and the frames are lost", () => {
		const trunk = eniOf("eni-t", "type: trunk, instance: node/ecs1, device: eth1, vSwitch: vsw-4");
		const member = eniOf("eni-a", "type: member, trunk: eni-t, vlan: 1028, addresses: [10.0.4.30]");
		const wrong = podEniOf("d/a", "10.0.4.30", "eni-a", 1027, "eni-t");
		const explanation = ask(
			cluster("", podOf("d/a", "ecs1", "10.0.4.30"), podOf("d/b", "ecs2", "10.0.4.31"), trunk, member, wrong),
			"pod/d/a",
			"pod/d/b:80",
		);
		expect(explanation.verdict).toBe("dropped");
		expect(explanation.findings[0]).toMatchObject({
			code: "pod-eni-vlan",
			message:
				"podeni/d/a (cluster.yaml:45) says VLAN 1027 for eni-a, which is behind VLAN 1028 of eni-t (cluster.yaml:40): frames with another tag are dropped",
		});
	});

	it("bound to the trunk of another node is said", () => {
		const trunks = [1, 2].map((n) =>
			eniOf(`eni-t${n}`, `type: trunk, instance: node/ecs${n}, device: eth1, vSwitch: vsw-4`),
		);
		const explanation = ask(
			cluster(
				"",
				podOf("d/a", "ecs1", "10.0.4.30"),
				podOf("d/b", "ecs2", "10.0.4.31"),
				...trunks,
				podEniOf("d/a", "10.0.4.30", "eni-a", 7, "eni-t2"),
			),
			"pod/d/a",
			"pod/d/b:80",
		);
		expect(explanation.findings[0]).toMatchObject({
			code: "pod-eni-other-trunk",
			message:
				"podeni/d/a (cluster.yaml:45) is bound to trunk eni-t2, but the pod runs on node/ecs1, whose trunk is eni-t1 (cluster.yaml:35)",
		});
	});
});

describe("a PodNetworking", () => {
	const networking = (name: string, status = "Ready"): string =>
		`apiVersion: network.alibabacloud.com/v1beta1\nkind: PodNetworking\nmetadata: { name: ${name} }\nspec: { selector: { podSelector: { matchLabels: { app: a } } }, securityGroupIDs: [sg-1] }\nstatus: { status: ${status} }`;
	const pods = [podOf("d/a", "ecs1", "10.0.4.30", ", labels: { app: a }"), podOf("d/b", "ecs2", "10.0.4.31")];

	it("that a pod takes is said, and where the input has no PodENI a member is assumed", () => {
		const explanation = ask(cluster("", ...pods, networking("pn")), "pod/d/a", "pod/d/b:80");
		expect(links(onlyPath(explanation).forward.links)).toContain("ecs1/eth1 eni-d-a vpc/vpc");
		expect(findingsOf(explanation, "pod-networking").map(({ message }) => message)).toEqual([
			"pod/d/a takes PodNetworking pn: Ready, and its podSelector (app=a) matches",
			"pod/d/b: no PodNetworking matches it: it gets an address of an ENI that pods of its node share",
		]);
		expect(
			findingsOf(explanation, "eni-assumed").some(({ message }) =>
				message.includes("a member of eni-ecs1-trunk with VLAN 1 is assumed"),
			),
		).toBe(true);
	});

	it("that is not Ready, or that another comes before, is a warning", () => {
		const explanation = ask(
			cluster("", ...pods, networking("a", "Fail"), networking("b"), networking("c")),
			"pod/d/a",
			"pod/d/b:80",
		);
		expect(findingsOf(explanation, "pod-networking-not-ready")[0]).toMatchObject({
			severity: "warning",
			object: "podnetworking/a",
		});
		expect(findingsOf(explanation, "pod-networking-shadowed")[0]).toMatchObject({
			severity: "warning",
			object: "podnetworking/c",
		});
	});
});

describe("a quota that is reached", () => {
	it("is named where the pods of a Service cannot be scheduled (seed 003 L56)", () => {
		const node = nodeOf("ecs1", "10.0.4.20").replace(
			"{ name: ecs1 }",
			"{ name: ecs1, labels: { node.kubernetes.io/instance-type: ecs.g7.xlarge } }",
		);
		const full = clusterOfYaml(
			ownYaml("Cluster", "mode: terway-eni, serviceCIDRs: [192.168.0.0/16]"),
			SEED_VPC,
			node,
			...[1, 2, 3].map((i) => podOf(`d/p${i}`, "ecs1", `10.0.4.3${i}`)),
			"apiVersion: v1\nkind: Pod\nmetadata: { name: waiting, namespace: d, labels: { app: w } }\nspec: {}\nstatus: { phase: Pending }",
			"apiVersion: v1\nkind: Service\nmetadata: { name: w, namespace: d }\nspec: { clusterIP: 192.168.1.1, selector: { app: w }, ports: [{ port: 80 }] }",
		);
		const explanation = ask(full, "pod/d/p1", "service/d/w:80");
		expect(explanation.findings[0]).toMatchObject({
			code: "eni-quota-reached",
			severity: "error",
			message:
				"pod/d/waiting (cluster.yaml:35) cannot be scheduled, as no node has room for it: node/ecs1: ENIs: 3 of 3 used",
		});
	});
});

describe("members of a trunk in the newer data paths", () => {
	const at = (mode: string): Cluster => {
		const trunks = [1, 2].map((n) =>
			eniOf(`eni-t${n}`, `type: trunk, instance: node/ecs${n}, device: eth1, vSwitch: vsw-4`),
		);
		return clusterOfYaml(
			ownYaml("Cluster", `mode: ${mode}, serviceCIDRs: [192.168.0.0/16], terway: { trunk: true }`),
			SEED_VPC,
			nodeOf("ecs1", "10.0.4.20"),
			nodeOf("ecs2", "10.0.4.22"),
			...trunks,
			podOf("d/a", "ecs1", "10.0.4.30"),
			podOf("d/b", "ecs2", "10.0.5.31"),
			podEniOf("d/a", "10.0.4.30", "eni-a", 7, "eni-t1"),
			podEniOf("d/b", "10.0.5.31", "eni-b", 7, "eni-t2"),
		);
	};

	it.each([
		["terway-datapathv2", "a/eth0 ecs1/cali ecs1/eth1 eni-a vpc/vpc eni-b ecs2/eth1 ecs2/cali b/eth0"],
		["terway-ipvlan", "a/eth0 ecs1/eth1 eni-a vpc/vpc eni-b ecs2/eth1 b/eth0"],
	])("%s: tagged by the trunk, and past the nodes' stacks", (mode, expected) => {
		const path = onlyPath(ask(at(mode), "pod/d/a", "pod/d/b:80"));
		expect(path.verdict).toBe("delivered");
		expect(links(path.forward.links)).toBe(expected);
		expect(path.stacks).toEqual(["pod/d/a", "pod/d/b"]);
	});

	it("ipvlan: the pod has a /32, and a gateway that is known beforehand (reference 1)", () => {
		const pod = clusterNetwork(at("terway-ipvlan")).namespace("pod/d/a");
		expect(addressLines(pod)).toEqual(["eth0 10.0.4.30/32"]);
		expect(pod?.neighbours.map(neighbourLine)).toContain("10.0.4.253 dev eth0 lladdr ee:ff:ff:ff:ff:ff PERMANENT");
	});

	it.each(["terway-datapathv2", "terway-ipvlan"])("%s: every device has one clsact", (mode) => {
		const qdiscs =
			clusterNetwork(at(mode))
				.namespace("node/ecs1")
				?.tcQdiscs.map(({ device }) => device) ?? [];
		expect(qdiscs).toContain("eth1");
		expect(new Set(qdiscs).size).toBe(qdiscs.length);
	});
});
