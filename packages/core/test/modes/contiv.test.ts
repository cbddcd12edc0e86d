/** Contiv's state on a node (contiv/netplugin drivers/ovsd, contiv/ofnet vlanBridge.go), and its settings. */
import { describe, expect, test } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { readDocument } from "../support/atlas-files.ts";
import { errorOf } from "../support/manifests.ts";

const NAME = "atlas/contiv-vlan/cluster.yaml";
const network = clusterNetwork(loadCluster([{ name: NAME, text: readDocument(NAME) }]));
const link = (place: string, name: string) => network.namespace(place)?.links.find((each) => each.name === name);

describe("bridge mode", () => {
	// documents/networking/l2-vlan.md: 12.1.1.2 has HWaddr 02:02:0C:01:01:02.
	test("a pod's MAC is 02:02 and its address", () => {
		expect(link("pod/default/p1", "eth0")?.mac).toBe("02:02:0a:01:01:0b");
	});

	test("a pod's port has the VLAN of its network without a tag, the uplink all VLANs with theirs", () => {
		expect(link("node/n2", "vvport1")?.bridgePort?.vlans).toEqual([{ id: 11, pvid: true, untagged: true }]);
		expect(link("node/n2", "eth1")).toMatchObject({
			kind: "physical",
			master: "contivVlan",
			bridgePort: { vlans: [10, 11].map((id) => ({ id, pvid: false, untagged: false })) },
		});
	});

	test("names of devices fit into IFNAMSIZ", () => {
		const names = network.namespace("node/n1")?.links.map(({ name }) => name) ?? [];
		expect(names.filter((name) => name.length > 15)).toEqual([]);
	});
});

describe("routing mode", () => {
	const file = "atlas/contiv-bgp/cluster.yaml";
	const routed = clusterNetwork(loadCluster([{ name: file, text: readDocument(file) }]));
	const routesOf = (place: string): readonly string[] =>
		(routed.namespace(place)?.routes ?? [])
			.filter(({ protocol }) => protocol === "bgp")
			.map(({ destination, nextHops: [hop] }) => `${destination.text} via ${hop?.gateway?.text}`);

	// documents/networking/bgp.md, step 6: show ip route of the first switch; here the other switch is the next hop of its pods.
	test("a leaf learns a /32 of each pod, from its own nodes by eBGP and from the other leaf by iBGP", () => {
		expect(
			routesOf("host/leaf1")
				.filter((each) => each.startsWith("192.168.1."))
				.toSorted(),
		).toEqual([
			"192.168.1.1/32 via 50.1.1.1",
			"192.168.1.2/32 via 80.1.1.2",
			"192.168.1.3/32 via 50.1.1.1",
			"192.168.1.4/32 via 50.1.1.3",
		]);
	});

	// documents/networking/bgp.md step 4: 192.168.1.3 has HWaddr 02:02:c0:a8:01:03. ofnet vlrouter.go: anycastMac.
	test("a pod's MAC is its address's, and its port answers with the anycast MAC", () => {
		const mac = (place: string, name: string): string | null | undefined =>
			routed.namespace(place)?.links.find((each) => each.name === name)?.mac;
		expect(mac("pod/default/web1", "eth0")).toBe("02:02:c0:a8:01:03");
		expect(mac("node/n1", "vvport1")).toBe("00:00:11:11:11:11");
	});

	// RFC 4271 section 9: a path with the own AS in it is not taken.
	test("nodes of one AS take none of each other's /32s, and an answer says what is taken instead", () => {
		const codes = routed.assumptions.map(({ code, place }) => `${code} ${place}`);
		expect(codes).toEqual(["n1", "n2", "n3"].map((name) => `contiv-release-assumed node/${name}`));
	});
});

describe("spec.contiv", () => {
	const spec = (networks: string): string =>
		`apiVersion: podpath.dev/v1alpha1\nkind: Cluster\nmetadata: { name: c }\nspec: { mode: contiv-vlan, contiv: { networks: [${networks}] } }\n`;
	const pod = (labels: string): string =>
		`---\napiVersion: v1\nkind: Node\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: p, labels: {${labels}} }\nspec: { nodeName: a }\n`;
	const one = "{ name: default-net, pktTag: 10, subnet: 10.1.1.0/24, gateway: 10.1.1.1 }";

	test.each([
		[
			"a gateway elsewhere",
			"{ name: a, pktTag: 10, subnet: 10.1.1.0/24, gateway: 10.1.2.1 }",
			"gateway 10.1.2.1 is not in 10.1.1.0/24",
		],
		[
			"a range past its subnet",
			"{ name: a, pktTag: 10, subnet: 10.1.1.9-10.1.2.9/24 }",
			"must be a CIDR or FIRST-LAST/LENGTH",
		],
		[
			"a tag twice",
			`${one}, { name: b, pktTag: 10, subnet: 10.2.0.0/24 }`,
			'networks "default-net" and "b" have pktTag 10 both',
		],
		[
			"pools that overlap",
			`${one}, { name: b, pktTag: 11, subnet: 10.1.1.200-10.1.1.250/24 }`,
			'overlaps 10.1.1.0/24 of "default-net"',
		],
		["a tag that is none", "{ name: a, pktTag: 4095, subnet: 10.1.1.0/24 }", "must be at most 4094"],
	])("%s is refused", (_, networks, message) => {
		expect(errorOf(spec(networks))).toContain(message);
	});

	test.each([
		["routerIP: 50.1.1.1", "must be an IPv4 address with its prefix length"],
		['routerIP: "fd00::1/64"', "must be an IPv4 address with its prefix length"],
		["routerIP: 50.1.2.1/24", "neighbor 50.1.1.2 is not in 50.1.2.0/24 of routerIP"],
	])("a router with %s is refused", (router, message) => {
		const bgp = `bgp: [{ node: a, ${router}, as: 65002, neighbor: 50.1.1.2, neighborAS: 500 }]`;
		expect(errorOf(spec(one).replace("networks:", `${bgp}, networks:`))).toContain(message);
	});

	test("a label that names no network is refused, with what would be right", () => {
		expect(errorOf(spec(one) + pod("io.contiv.network: default-nett"))).toMatch(
			/^a\.yaml:\d+: pod\/default\/p is in network "default-nett" of tenant "default", which spec\.contiv does not have \(did you mean/,
		);
	});

	test("a pod without an address gets one of its network", () => {
		const cluster = loadCluster([{ name: "a.yaml", text: spec(one) + pod("") }]);
		expect(cluster.pod("default/p")?.podIPs.map(({ text }) => text)).toEqual(["10.1.1.2"]);
	});
});
