/** Addresses of pods that say none: by the rules of each network's IPAM, whatever the order of the input. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { phrase } from "../../src/wording/phrase.ts";
import { clusterOfYaml, errorOf } from "../support/manifests.ts";

const cluster = (mode: string, rest = "podCIDRs: [10.244.0.0/16]"): string =>
	`apiVersion: podpath.dev/v1alpha1\nkind: Cluster\nmetadata: { name: test }\nspec:\n  mode: ${mode}\n  ${rest}\n`;

const node = (name: string, address: string, podCIDR = ""): string =>
	[
		`apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }`,
		podCIDR === "" ? "" : `\nspec: { podCIDR: ${podCIDR}, podCIDRs: [${podCIDR}] }`,
		`\nstatus: { addresses: [{ type: InternalIP, address: ${address} }] }\n`,
	].join("");

/** As a person writes it: without a status. */
const pod = (name: string, on: string, annotations = "{}", status = ""): string =>
	[
		`apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: default, annotations: ${annotations} }`,
		`\nspec: { nodeName: ${on}, containers: [{ name: app, image: app }] }\n${status}`,
	].join("");

const running = (address: string): string => `status: { phase: Running, podIP: ${address} }\n`;
const join = (...documents: readonly string[]): string => documents.join("---\n");

function addressesOf(text: string): Readonly<Record<string, string>> {
	return Object.fromEntries(
		clusterOfYaml(text).pods.map(({ name, podIPs }) => [name, podIPs.map((each) => each.text).join(" ")]),
	);
}

describe("host-local, as flannel has it", () => {
	const two = [
		cluster("flannel-vxlan"),
		node("a", "192.168.0.1", "10.244.1.0/24"),
		node("b", "192.168.0.2", "10.244.2.0/24"),
		pod("web-1", "a"),
		pod("web-2", "a"),
		pod("web-3", "b"),
		pod("old", "a", "{}", running("10.244.1.2")),
	];

	// plugins/ipam/host-local: the first address is the gateway's, so pods begin at the second.
	test("gives out the free addresses of the node's podCIDR after the gateway's", () => {
		expect(addressesOf(join(...two))).toEqual({
			old: "10.244.1.2",
			"web-1": "10.244.1.3",
			"web-2": "10.244.1.4",
			"web-3": "10.244.2.2",
		});
	});

	test("is the same whatever the order of the objects", () => {
		const expected = addressesOf(join(...two));
		fc.assert(
			fc.property(fc.shuffledSubarray(two, { minLength: two.length }), (shuffled) => {
				expect(addressesOf(join(...shuffled))).toEqual(expected);
			}),
			{ numRuns: 30 },
		);
	});

	test("a node without a podCIDR gets the next block, as the controller gives them out", () => {
		const nodes = [node("a", "192.168.0.1", "10.244.0.0/24"), node("b", "192.168.0.2"), node("c", "192.168.0.3")];
		const text = join(cluster("flannel-vxlan"), ...nodes, pod("p", "c"), pod("q", "b"));
		expect(addressesOf(text)).toEqual({ p: "10.244.2.2", q: "10.244.1.2" });
	});

	test("says so as an assumption of the answers about the pod", () => {
		const network = clusterNetwork(loadCluster([{ name: "a.yaml", text: join(...two) }]));
		expect(network.assumptions.find(({ place }) => place === "pod/default/web-3")).toEqual({
			code: "pod-address-assigned",
			message: phrase("pod-address-assigned", {
				pod: "pod/default/web-3",
				address: "10.244.2.2",
				by: phrase("pool-range", { pool: phrase("own-pod-cidr", { node: "node/b" }), range: "10.244.2.0/24" }),
			}),
			place: "pod/default/web-3",
		});
	});

	test("a pod that the API server shows as pending gets none", () => {
		const pending = pod("web", "a", "{}", "status: { phase: Pending }\n");
		expect(addressesOf(join(cluster("flannel-vxlan"), node("a", "192.168.0.1", "10.244.1.0/24"), pending))).toEqual({
			web: "",
		});
	});

	test("an exhausted podCIDR is an error with its place", () => {
		const pods = ["p", "q"].map((name) => pod(name, "a"));
		const text = join(cluster("flannel-vxlan"), node("a", "192.168.0.1", "10.244.1.0/30"), ...pods);
		expect(errorOf(text)).toBe(
			"a.yaml:19: no address is left for pod/default/q in podCIDR of node/a 10.244.1.0/30 (enlarge the pool, or say the pod's address in its status.podIPs)",
		);
	});
});

describe("Calico", () => {
	const pool = (name: string, cidr: string, rest = ""): string =>
		`apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: { name: ${name} }\nspec: { cidr: ${cidr}${rest} }\n`;
	const nodes = [node("a", "192.168.0.1"), node("b", "192.168.0.2")];

	// libcalico-go/lib/ipam: blocks of 26; ipam.go assigns a node's tunnel its address before any pod has one.
	test("gives each node a block, whose first address is the tunnel's", () => {
		const text = join(cluster("calico-ipip"), ...nodes, pod("p", "b"), pod("q", "a"), pod("r", "b"));
		expect(addressesOf(text)).toEqual({ p: "10.244.0.1", q: "10.244.0.65", r: "10.244.0.2" });
	});

	test("without tunnels a block's first address is a pod's like any other", () => {
		expect(addressesOf(join(cluster("calico-bgp"), ...nodes, pod("p", "a")))).toEqual({ p: "10.244.0.0" });
	});

	test("a node whose block is full claims another, and borrows where none is left", () => {
		const small = pool("small", "10.1.0.0/30", ", blockSize: 31");
		const pods = ["p", "q", "r"].map((name) => pod(name, "a"));
		expect(addressesOf(join(cluster("calico-bgp"), small, ...nodes, ...pods))).toEqual({
			p: "10.1.0.0",
			q: "10.1.0.1",
			r: "10.1.0.2",
		});
		const borrowing = join(cluster("calico-bgp"), small, ...nodes, pod("o", "b"), ...pods);
		expect(addressesOf(borrowing)).toMatchObject({ o: "10.1.0.0", p: "10.1.0.2", q: "10.1.0.3", r: "10.1.0.1" });
	});

	test("blocks that the input holds are used first, and further ones are said", () => {
		const affinity =
			"apiVersion: crd.projectcalico.org/v1\nkind: BlockAffinity\nmetadata: { name: a }\nspec: { cidr: 10.244.7.0/26, node: a, state: confirmed }\n";
		const loaded = clusterOfYaml(join(cluster("calico-bgp"), affinity, ...nodes, pod("p", "a"), pod("q", "b")));
		expect(loaded.pods.map(({ podIPs }) => podIPs[0]?.text)).toEqual(["10.244.7.0", "10.244.0.0"]);
		expect(loaded.calico.blockAffinities.map(({ cidr, node: owner }) => `${cidr.text} ${owner}`)).toEqual([
			"10.244.7.0/26 a",
			"10.244.0.0/26 b",
		]);
	});

	const one = pool("one", "10.1.0.0/24");
	const other = pool("other", "10.2.0.0/24");
	const asks = (annotation: string, value: string): string => `{ cni.projectcalico.org/${annotation}: '${value}' }`;

	test("ipAddrs gives the pod that address, ipv4pools one of that pool", () => {
		const pods = [
			pod("p", "a", asks("ipAddrs", '["10.2.0.9"]')),
			pod("q", "a", asks("ipv4pools", '["other"]')),
			pod("r", "a", asks("ipv4pools", '["10.2.0.0/24"]')),
		];
		expect(addressesOf(join(cluster("calico-bgp"), one, other, ...nodes, ...pods))).toEqual({
			p: "10.2.0.9",
			q: "10.2.0.0",
			r: "10.2.0.1",
		});
	});

	test.each([
		["an address of no pool", asks("ipAddrs", '["10.9.0.1"]'), "which no pool gives out (pools are IPPool"],
		["an address twice of one family", asks("ipAddrs", '["10.1.0.1","10.1.0.2"]'), "asks for two IPv4 addresses"],
		["no address", asks("ipAddrs", '["10.1.0"]'), '[0] must be an IP address, not "10.1.0" (line 1, column 2 of the'],
		["no JSON", asks("ipAddrs", "10.1.0.1"), "not valid JSON: expected"],
		["a pool that is not there", asks("ipv4pools", '["othr"]'), 'asks for IPPool "othr", which is not there or gives'],
		[
			"an address that another has",
			asks("ipAddrs", '["10.1.0.3"]'),
			"10.1.0.3 by cni.projectcalico.org/ipAddrs, which pod/default/old has",
		],
	])("%s is an error", (_, annotations, message) => {
		const old = pod("old", "a", "{}", running("10.1.0.3"));
		expect(errorOf(join(cluster("calico-bgp"), one, other, ...nodes, old, pod("p", "a", annotations)))).toContain(
			message,
		);
	});

	test("one address asked for by two pods is an error that names both", () => {
		const annotations = asks("ipAddrs", '["10.1.0.3"]');
		const text = join(cluster("calico-bgp"), one, ...nodes, pod("p", "a", annotations), pod("q", "b", annotations));
		expect(errorOf(text)).toMatch(
			/^a\.yaml:\d+:\d+: pod\/default\/q asks for 10\.1\.0\.3 by \S+, and pod\/default\/p does too \(the other is at a\.yaml:\d+:\d+\)$/,
		);
	});

	// projectcalico cni-plugin/pkg/ipamplugin reads them; no other network's IPAM does.
	test.each(["flannel-vxlan", "hybridnet-vxlan", "terway-vpc"])("its annotations mean nothing in %s", (mode) => {
		const asking = [pod("p", "a", asks("ipAddrs", '["10.9.0.1"]')), pod("q", "a", asks("ipv4pools", '["none-such"]'))];
		const plain = [pod("p", "a"), pod("q", "a")];
		const text = (pods: readonly string[]): string => join(cluster(mode), ...nodes, ...pods);
		expect(addressesOf(text(asking))).toEqual(addressesOf(text(plain)));
	});

	// node/pkg/allocateip takes any free address of the node's blocks.
	test("where a pod has a block's first address already, the tunnel has the next free one, and no pod gets that", () => {
		const old = pod("old", "a", "{}", running("10.244.0.0"));
		const loaded = clusterOfYaml(join(cluster("calico-ipip"), ...nodes, old, pod("p", "a")));
		expect(loaded.pod("default/p")?.podIPs[0]?.text).toBe("10.244.0.2");
		const tunl0 = clusterNetwork(loaded)
			.namespace("node/a")
			?.addresses.find(({ device }) => device === "tunl0");
		expect(tunl0?.address.text).toBe("10.244.0.1");
	});

	test("an address without IPAM need be of no pool", () => {
		const text = join(cluster("calico-bgp"), one, ...nodes, pod("p", "a", asks("ipAddrsNoIpam", '["10.9.0.1"]')));
		expect(addressesOf(text)).toEqual({ p: "10.9.0.1" });
	});
});

describe("Hybridnet", () => {
	const network = (name: string, type: string): string =>
		`apiVersion: networking.alibaba.com/v1\nkind: Network\nmetadata: { name: ${name} }\nspec: { type: ${type}, netID: 4 }\n`;
	const subnet = (name: string, of: string, range: string): string =>
		`apiVersion: networking.alibaba.com/v1\nkind: Subnet\nmetadata: { name: ${name} }\nspec: { network: ${of}, range: { ${range} } }\n`;
	const objects = [
		network("over", "Overlay"),
		network("under", "Underlay"),
		subnet(
			"s",
			"over",
			"version: '4', cidr: 10.5.0.0/24, gateway: 10.5.0.10, start: 10.5.0.10, end: 10.5.0.15, reservedIPs: [10.5.0.12], excludeIPs: [10.5.0.13]",
		),
		subnet("t", "under", "version: '4', cidr: 10.6.0.0/24, gateway: 10.6.0.1"),
		node("a", "192.168.0.1"),
	];
	const text = (...pods: readonly string[]): string => join(cluster("hybridnet-vxlan"), ...objects, ...pods);
	const asks = (rest: string): string => `{ networking.alibaba.com/${rest} }`;

	// hybridnet pkg/ipam/types/subnet.go: from start to end, without gateway, reserved and excluded addresses.
	test("gives out what is between start and end and neither reserved nor excluded", () => {
		expect(addressesOf(text(pod("p", "a"), pod("q", "a"), pod("r", "a")))).toEqual({
			p: "10.5.0.11",
			q: "10.5.0.14",
			r: "10.5.0.15",
		});
	});

	test("an exhausted Subnet is an error", () => {
		const pods = ["p", "q", "r", "s"].map((name) => pod(name, "a"));
		expect(errorOf(text(...pods))).toContain('pod/default/s in Subnet "s" 10.5.0.10-10.5.0.15');
	});

	test("network-type and specified-subnet say of which network", () => {
		expect(addressesOf(text(pod("p", "a", asks("network-type: Underlay"))))).toEqual({ p: "10.6.0.2" });
		expect(addressesOf(text(pod("p", "a", asks("specified-subnet: t"))))).toEqual({ p: "10.6.0.2" });
	});

	// pod_controller.go statefulAllocate: by the pod's number, reserved ones too.
	test("ip-pool gives a StatefulSet's pods their addresses by number", () => {
		const pool = asks("ip-pool: '10.5.0.12,10.5.0.15'");
		expect(addressesOf(text(pod("db-0", "a", pool), pod("db-1", "a", pool)))).toEqual({
			"db-0": "10.5.0.12",
			"db-1": "10.5.0.15",
		});
		expect(errorOf(text(pod("db-2", "a", pool)))).toContain("has 2 addresses, and none for number 2");
	});

	test("an address outside start and end is refused", () => {
		expect(errorOf(text(pod("db-0", "a", asks("ip-pool: 10.5.0.20"))))).toContain("which no pool gives out");
	});

	test("a running pod's address of no Subnet is an error with its place", () => {
		expect(errorOf(text(pod("p", "a", "{}", running("10.7.0.1"))))).toMatch(
			/^a\.yaml:\d+: pod\/default\/p has 10\.7\.0\.1, which is in no Subnet \(Subnets are 10\.5\.0\.0\/24, 10\.6\.0\.0\/24\)$/,
		);
	});

	test("an IPInstance says the pod's address", () => {
		const instance =
			"apiVersion: networking.alibaba.com/v1\nkind: IPInstance\nmetadata: { name: i, namespace: default }\nspec: { network: over, subnet: s, address: { version: '4', ip: 10.5.0.14/24 }, binding: { podName: p, nodeName: a } }\n";
		expect(addressesOf(text(instance, pod("p", "a")))).toEqual({ p: "10.5.0.14" });
	});
});

describe("pools of single addresses", () => {
	const segment =
		"apiVersion: podpath.dev/v1alpha1\nkind: Segment\nmetadata: { name: lan }\nspec:\n  cidrs: [192.168.0.0/24]\n  vlans: [{ id: 10, cidrs: [10.10.0.0/24], gateways: [10.10.0.1] }]\n";
	const pools = (list: string): string => cluster("bifrost-macvlan", `addressPools: [${list}]`);

	// Seed 004 L245: "detail (such as 1.1.1.1~1.1.1.9)".
	test("a pod gets the next of its namespace's pool", () => {
		const list = pools("{ name: web, range: 10.10.0.1~10.10.0.4, namespaces: [default], exclude: [10.10.0.3] }");
		const text = join(list, segment, node("a", "192.168.0.1"), pod("p", "a"), pod("q", "a"));
		expect(addressesOf(text)).toEqual({ p: "10.10.0.2", q: "10.10.0.4" });
	});

	test("without pools, the one pod CIDR that is a VLAN's", () => {
		const text = join(cluster("macvlan", "podCIDRs: [10.10.0.0/24]"), segment, node("a", "192.168.0.1"), pod("p", "a"));
		expect(addressesOf(text)).toEqual({ p: "10.10.0.2" });
	});

	test("two pods CIDRs of one family: nothing says which, and nothing is guessed", () => {
		const both = cluster("macvlan", "podCIDRs: [10.10.0.0/24, 192.168.0.0/24]");
		expect(addressesOf(join(both, segment, node("a", "192.168.0.1"), pod("p", "a")))).toEqual({ p: "" });
	});

	test.each([
		[
			"that overlap",
			"{ name: a, range: 10.0.0.1-10.0.0.9 }, { name: b, range: 10.0.0.9-10.0.0.12 }",
			'overlaps 10.0.0.1-10.0.0.9 of "a"',
		],
		[
			"of one name",
			"{ name: a, range: 10.0.0.1-10.0.0.2 }, { name: a, range: 10.0.0.4-10.0.0.5 }",
			'address pool "a" is there twice',
		],
		["from the last to the first", "{ name: a, range: 10.0.0.9-10.0.0.1 }", "must be FIRST-LAST or a CIDR"],
	])("pools %s are refused", (_, list, message) => {
		expect(errorOf(pools(list))).toContain(message);
	});
});

describe("Terway", () => {
	const vpc =
		"apiVersion: podpath.dev/v1alpha1\nkind: VPC\nmetadata: { name: vpc-1 }\nspec: { cidrs: [10.0.0.0/8], vSwitches: [{ id: vsw-1, cidr: 10.0.0.0/29 }] }\n";

	test("a pod that shares an ENI has an address of the node's vSwitch, not of those that it keeps", () => {
		const nodes = [node("a", "10.0.0.2")];
		const text = join(cluster("terway-eniip", "podCIDRs: []"), vpc, ...nodes, pod("p", "a"), pod("q", "a"));
		expect(addressesOf(text)).toEqual({ p: "10.0.0.1", q: "10.0.0.3" });
	});
});
