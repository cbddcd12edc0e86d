/** Hybridnet's state on a node (hybridnet pkg/daemon; the dump of run E:t3, docs/measurements.md). */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { parseXtablesSave, printXtablesSave } from "../../src/netfilter/xtables/save.ts";
import type { Rule } from "../../src/state/ip.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { readDocument } from "../support/atlas-files.ts";
import { clusterOfYaml, errorOf, nodeYaml, podYaml } from "../support/manifests.ts";
import { addressLines, fdbLine, mainRoutes, neighbourLine, routeLine } from "../support/state-lines.ts";

function at(mode: string, place: string): Namespace | undefined {
	const name = `atlas/${mode}/cluster.yaml`;
	return clusterNetwork(loadCluster([{ name, text: readDocument(name) }])).namespace(place);
}

const veth = (pod: string): string => `hybr${createHash("sha1").update(`default.${pod}`).digest("hex").slice(0, 11)}`;

/** `ip rule`, as the run's dump has it. */
function ruleLine({ priority, from, fwmark, action }: Rule): string {
	const mark = fwmark === undefined ? "" : ` fwmark 0x${fwmark.value.toString(16)}/0x${fwmark.mask.toString(16)}`;
	return `${priority}: from ${from?.text ?? "all"}${mark} lookup ${action.kind === "lookup" ? action.table : "?"}`;
}

function rules(namespace: Namespace | undefined, family: 4 | 6): readonly string[] {
	return (namespace?.rules ?? [])
		.filter((each) => each.family === family && each.priority > 0 && each.priority < 32766)
		.map(ruleLine);
}

function table(namespace: Namespace | undefined, number: number, family: 4 | 6 = 4): readonly string[] {
	const own = namespace?.routes.filter((route) => route.table === number && route.family === family) ?? [];
	return own.map((route) => `${route.type === "unicast" ? "" : `${route.type} `}${routeLine(route)}`);
}

describe("a pod's namespace", () => {
	const pod = at("hybridnet-vlan", "pod/default/p1");

	it("has an address that brings no route to its subnet, and one way out", () => {
		expect(addressLines(pod)).toEqual(["eth0 10.20.0.11/24", "eth0 fd00:20::11/64"]);
		expect(mainRoutes(pod, 4)).toEqual(["169.254.1.1/32 dev eth0 scope link", "default via 169.254.1.1 dev eth0"]);
		expect(mainRoutes(pod, 6)).toContain("default via fe80::ecee:eeff:feee:eeee dev eth0 metric 1024");
		expect(
			pod?.addresses
				.filter(({ device }) => device === "eth0")
				.every((each) => each.noPrefixRoute || each.scope === "link"),
		).toBe(true);
	});

	it("has room for the tunnel's headers where it is in the overlay", () => {
		const mtu = (place: string): number | undefined =>
			at("hybridnet-vlan", place)?.links.find(({ name }) => name === "eth0")?.mtu;
		expect([mtu("pod/default/p1"), mtu("pod/default/o1")]).toEqual([1500, 1450]);
	});
});

describe("a node with an overlay and a VLAN network", () => {
	const node = at("hybridnet-vlan", "node/n1");

	it("has rules from priority 1 on: 3, and one for each subnet", () => {
		expect(rules(node, 4)).toEqual([
			"1: from all lookup 39999",
			"2: from all lookup 40000",
			"3: from all fwmark 0x20/0x20 lookup 40001",
			"4: from 100.10.0.0/24 fwmark 0x0/0x4040 lookup 10000",
			"5: from 10.20.0.0/24 fwmark 0x0/0x4040 lookup 10001",
		]);
		expect(rules(node, 6)).toHaveLength(5);
	});

	it("leads to its own pods by table 39999, and to others by their network's device", () => {
		expect(table(node, 39999)).toEqual(
			[
				["10.20.0.11", "p1"],
				["10.20.0.12", "near"],
				["100.10.0.11", "o1"],
			].map(([address = "", pod = ""]) => `${address}/32 dev ${veth(pod)} scope link`),
		);
		expect(table(node, 40000)).toEqual(["100.10.0.0/24 dev eth0.vxlan20"]);
		expect(table(node, 40001)).toEqual(["default dev eth0.vxlan20"]);
		expect(table(node, 10000)).toEqual(["10.20.0.0/24 dev eth0.vxlan20", "throw 10.20.0.1/32"]);
		expect(table(node, 10001)).toEqual(["10.20.0.0/24 dev eth0.20", "default via 10.20.0.1 dev eth0.20 onlink"]);
		expect(mainRoutes(node, 4).filter((line) => line.includes("hybr"))).toEqual([]);
	});

	it("answers for its pods: in the tunnel for all of them, in the VLAN for those of the VLAN", () => {
		const proxied = (device: string): readonly string[] =>
			(node?.neighbours ?? [])
				.filter((each) => each.proxy && each.family === 4 && each.device === device)
				.map(({ address }) => address.text);
		expect(proxied("eth0.vxlan20")).toEqual(["10.20.0.11", "10.20.0.12", "100.10.0.11"]);
		expect(proxied("eth0.20")).toEqual(["10.20.0.11", "10.20.0.12"]);
	});

	it("has the node's MAC on every device of its own, and two forwarding entries for each peer", () => {
		const mac = node?.links.find(({ name }) => name === "eth0")?.mac;
		const other = at("hybridnet-vlan", "node/n2")?.links.find(({ name }) => name === "eth0")?.mac;
		expect(node?.links.filter(({ name }) => name.startsWith("eth0.")).map((link) => link.mac)).toEqual([mac, mac]);
		expect(node?.fdb.filter(({ device }) => device === "eth0.vxlan20").map(fdbLine)).toEqual([
			`${other} dev eth0.vxlan20 dst 192.168.56.2 self permanent`,
			"ff:ff:ff:ff:ff:f1 dev eth0.vxlan20 dst 192.168.56.2 self permanent",
		]);
		expect(node?.neighbours.filter(({ proxy, family }) => !proxy && family === 4).map(neighbourLine)).toEqual(
			["192.168.56.2", "10.20.0.21", "100.10.0.21"].map(
				(address) => `${address} dev eth0.vxlan20 lladdr ${other} REACHABLE`,
			),
		);
	});

	it("does not ask where a source is", () => {
		const names = ["all", "default", "eth0", "eth0/20", "eth0/vxlan20", veth("p1")];
		expect(names.map((name) => node?.sysctls.get(`net.ipv4.conf.${name}.rp_filter`))).toEqual(names.map(() => "0"));
	});

	it("has rules that iptables reads back", () => {
		for (const family of [4, 6] as const) {
			const text = printXtablesSave(node?.xtables.filter((each) => each.family === family) ?? []);
			expect(text).toContain(
				`-A HYBRIDNET-POSTROUTING ! -o eth0.vxlan20 -m comment --comment "hybridnet overlay nat-outgoing masquerade rule" -m set --match-set HYBR-OVERLAY-NET-V${family} src -j MASQUERADE`,
			);
			const read = parseXtablesSave(text, { family, file: "again" });
			expect(printXtablesSave(read.tables)).toBe(text);
		}
	});
});

describe("a node in a BGP network", () => {
	it("sends what its pods of that network send to its peer, and learns nothing", () => {
		const node = at("hybridnet-bgp", "node/n1");
		expect(table(node, 10001)).toEqual(["default via 10.0.0.1 dev eth0 onlink"]);
		expect(mainRoutes(node, 4).filter((line) => line.includes("30.0.0."))).toEqual([]);
	});
});

describe("an overlay network with no underlay beside", () => {
	it("leaves its table empty, so that nothing takes its pods' packets from the main table", () => {
		const node = at("hybridnet-vxlan", "node/n1");
		expect(rules(node, 4)).toHaveLength(4);
		expect(table(node, 10000)).toEqual([]);
	});
});

describe("objects that contradict each other", () => {
	const network = (name: string, spec: string): string =>
		`apiVersion: networking.alibaba.com/v1\nkind: Network\nmetadata: { name: ${name} }\nspec: { ${spec} }`;
	const subnet = (name: string, spec: string): string =>
		`apiVersion: networking.alibaba.com/v1\nkind: Subnet\nmetadata: { name: ${name} }\nspec: { ${spec} }`;
	const V = network("v", "type: Underlay, mode: VLAN, netID: 20");

	it.each([
		[
			"a VLAN id out of range",
			network("v", "type: Underlay, mode: VLAN, netID: 4095"),
			"spec.netID must be a whole number from 0 to 4094, not 4095",
		],
		[
			"a mode of another type",
			network("v", "type: Overlay, mode: BGP"),
			"spec.mode BGP is not one of a network of type Overlay",
		],
		[
			"a Network that is not there",
			[V, subnet("s", "network: w, range: { cidr: 10.20.0.0/24 }")].join("\n---\n"),
			'Subnet "s" is of Network "w", which is not there',
		],
		[
			"a gateway outside",
			[V, subnet("s", "network: v, range: { cidr: 10.20.0.0/24, gateway: 10.21.0.1 }")].join("\n---\n"),
			"spec.range.gateway 10.21.0.1 is not in 10.20.0.0/24",
		],
		[
			"subnets that overlap",
			[
				V,
				subnet("s", "network: v, range: { cidr: 10.20.0.0/24 }"),
				subnet("t", "network: v, range: { cidr: 10.20.0.0/25 }"),
			].join("\n---\n"),
			'10.20.0.0/25 of Subnet "t" overlaps 10.20.0.0/24 of Subnet "s"',
		],
		[
			"two overlay networks",
			[network("a", "type: Overlay"), network("b", "type: Overlay")].join("\n---\n"),
			'a second Network of type Overlay, "b": there can be one',
		],
	])("are refused with their place: %s", (_, text, message) => {
		expect(errorOf(text)).toContain(message);
	});

	it("but without any the simplest network is taken, and said", () => {
		const cluster = clusterOfYaml(
			"apiVersion: podpath.dev/v1alpha1\nkind: Cluster\nmetadata: { name: c }\nspec: { mode: hybridnet-vxlan, podCIDRs: [100.10.0.0/24] }",
			nodeYaml("a", "10.0.0.1", "100.10.0.0/25"),
			podYaml("p", "100.10.0.4"),
		);
		const network = clusterNetwork(cluster);
		expect(network.assumptions.map(({ code }) => code)).toContain("pod-network-assumed");
		expect(network.namespace("node/a")?.links.map(({ name }) => name)).toContain("eth0.vxlan4");
	});
});
