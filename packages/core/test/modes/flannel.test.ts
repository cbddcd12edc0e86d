import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import type { Link } from "../../src/state/link.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { phrase } from "../../src/wording/phrase.ts";
import { type ClusterParts, clusterOf, node, pod, segment, vpc } from "../support/clusters.ts";
import { addressLines, fdbLine, mainRoutes, neighbourLine } from "../support/state-lines.ts";

/** Seed 001: three ECS instances in two vSwitches; the pod CIDRs are the smallest that fit its addresses. */
const SEED_001: ClusterParts = {
	mode: "flannel-vpc",
	podCIDRs: ["172.23.96.0/20"],
	nodes: [
		node("n180", ["10.0.0.180"], ["172.23.96.0/26"]),
		node("n206", ["10.0.1.206"], ["172.23.96.128/26"]),
		node("n216", ["10.0.1.216"], ["172.23.96.64/26"]),
	],
	pods: [
		pod("default/centos", "n180", ["172.23.96.23"], {
			annotations: { "podpath.dev/host-interface": "vethd7e7c6fd" },
		}),
		pod("default/nginx", "n180", ["172.23.96.24"]),
		pod("default/7plsr", "n206", ["172.23.96.163"]),
	],
	vpcs: [vpc("vpc-1", ["10.0.0.0/8"], { "10.0.0.0/24": "10.0.0.253", "10.0.1.0/24": "10.0.1.253" })],
};

/** The two nodes of a run of flannel vxlan on a real kernel: reference row V E:t7. */
function twoNodes(mode: string, more: ClusterParts = {}): Cluster {
	return clusterOf({
		mode,
		podCIDRs: ["10.244.0.0/16"],
		nodes: [
			node("f1", ["10.9.0.1"], ["10.244.1.0/24"]),
			node("f2", ["10.9.0.2"], ["10.244.2.0/24"], {
				annotations: {
					"flannel.alpha.coreos.com/backend-data": '{"VNI":1,"VtepMAC":"3a:c2:02:15:7e:18"}',
					"flannel.alpha.coreos.com/public-ip": "10.9.0.2",
				},
			}),
		],
		pods: [pod("default/fp1", "f1", ["10.244.1.11"])],
		segments: [segment("lan", ["10.9.0.0/24"], ["10.9.0.254"])],
		...more,
	});
}

const at = (cluster: Cluster, place: string): Namespace | undefined => clusterNetwork(cluster).namespace(place);
const linkOf = (namespace: Namespace | undefined, name: string): Link | undefined =>
	namespace?.links.find((link) => link.name === name);

describe("a pod's namespace (flannel-io/cni-plugin, plugins bridge.go, host-local)", () => {
	const centos = at(clusterOf(SEED_001), "pod/default/centos");

	it("has eth0 with its address in the node's subnet", () => {
		expect(centos?.links.map((link) => `${link.kind} ${link.name} mtu ${link.mtu}`)).toEqual([
			"loopback lo mtu 65536",
			"veth eth0 mtu 1500",
		]);
		expect(addressLines(centos)).toEqual(["eth0 172.23.96.23/26"]);
	});

	it("routes its node's subnet on the link, the flannel network and the rest by cni0", () => {
		// `ip route` in a pod of kube-flannel.yml's configuration; seed 001 L76: "a default route pointing to container eth0"
		expect(mainRoutes(centos, 4)).toEqual([
			"172.23.96.0/20 via 172.23.96.1 dev eth0",
			"default via 172.23.96.1 dev eth0",
			"172.23.96.0/26 dev eth0 proto kernel scope link src 172.23.96.23",
		]);
	});

	it("says who made each entry", () => {
		const origin = { component: "bridge-plugin", object: "pod/default/centos" };
		expect(centos?.routes[0]?.origin).toEqual(origin);
		expect(linkOf(centos, "eth0")?.origin).toEqual(origin);
	});

	it("takes over its node's IPv4 settings, forwarding among them (devinet_init_net)", () => {
		const settings = { nodeSysctls: { "net.ipv4.conf.all.rp_filter": "1", "net.ipv4.vs.conntrack": "1" } };
		const namespace = at(clusterOf({ ...SEED_001, settings }), "pod/default/centos");
		expect([...(namespace?.sysctls ?? [])].sort()).toEqual([
			["net.ipv4.conf.all.rp_filter", "1"],
			["net.ipv4.conf.eth0.arp_notify", "1"],
			["net.ipv4.ip_forward", "1"],
			["net.ipv6.conf.eth0.accept_dad", "0"],
		]);
	});

	it("has both families where its node has", () => {
		const cluster = twoNodes("flannel-vxlan", {
			podCIDRs: ["10.244.0.0/16", "fd44::/48"],
			nodes: [node("f1", ["10.9.0.1", "fd09::1"], ["10.244.1.0/24", "fd44:0:0:1::/64"])],
			pods: [pod("default/fp1", "f1", ["10.244.1.11", "fd44:0:0:1::11"])],
			segments: [segment("lan", ["10.9.0.0/24", "fd09::/64"], ["10.9.0.254", "fd09::fe"])],
		});
		const fp1 = at(cluster, "pod/default/fp1");
		expect(addressLines(fp1)).toEqual(["eth0 10.244.1.11/24", "eth0 fd44:0:0:1::11/64"]);
		expect(mainRoutes(fp1, 6)).toEqual([
			"fd44::/48 via fd44:0:0:1::1 dev eth0 metric 1024",
			"default via fd44:0:0:1::1 dev eth0 metric 1024",
			"fd44:0:0:1::/64 dev eth0 proto kernel metric 256",
		]);
	});

	it("is absent for a pod in its node's network, one without an address, and one that has ended", () => {
		const cluster = clusterOf({
			...SEED_001,
			pods: [
				pod("kube-system/kube-proxy", "n180", ["10.0.0.180"], { hostNetwork: true }),
				pod("default/pending", "n180", []),
				pod("default/job", "n180", ["172.23.96.30"], { phase: "Succeeded" }),
			],
		});
		expect(at(cluster, "pod/kube-system/kube-proxy")).toBeUndefined();
		expect(at(cluster, "pod/default/pending")).toBeUndefined();
		expect(at(cluster, "pod/default/job")).toBeUndefined();
	});
});

describe("a node's namespace in every backend", () => {
	const network = clusterNetwork(clusterOf(SEED_001));
	const n180 = network.namespace("node/n180");

	it("has cni0 with the first address of the subnet and the pods' veths as its ports, hairpin on", () => {
		expect(addressLines(n180)).toEqual(["eth0 10.0.0.180/24", "cni0 172.23.96.1/26"]);
		const veth = linkOf(n180, "vethd7e7c6fd");
		expect(veth).toMatchObject({ kind: "veth", master: "cni0", bridgePort: { hairpin: true, isolated: false } });
		expect(n180?.links.map((link) => link.name)).toEqual([
			"lo",
			"eth0",
			"cni0",
			"vethd7e7c6fd",
			expect.stringMatching(/^veth[0-9a-f]{8}$/),
		]);
	});

	it("routes its subnet to cni0 (seed 001 L90) and the rest to its vSwitch's gateway", () => {
		expect(mainRoutes(n180, 4)).toEqual([
			"default via 10.0.0.253 dev eth0 proto static",
			"10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.180",
			"172.23.96.0/26 dev cni0 proto kernel scope link src 172.23.96.1",
		]);
	});

	it("has learned where its pods are, since they announce themselves (arp_notify)", () => {
		const mac = linkOf(network.namespace("pod/default/centos"), "eth0")?.mac;
		expect(n180?.fdb.map(fdbLine)).toContain(`${mac} dev vethd7e7c6fd master cni0`);
	});

	it("is wired to its pods, both ways", () => {
		expect(network.wireAt("node/n180", "vethd7e7c6fd")).toEqual({
			kind: "device",
			place: "pod/default/centos",
			device: "eth0",
		});
		expect(network.wireAt("pod/default/centos", "eth0")).toEqual({
			kind: "device",
			place: "node/n180",
			device: "vethd7e7c6fd",
		});
	});

	it("gives each device a MAC of its own that is the same on every run", () => {
		const macs = ["n180", "n206", "n216"].flatMap((name) =>
			(network.namespace(`node/${name}`)?.links ?? []).filter((link) => link.name !== "lo").map((link) => link.mac),
		);
		expect(new Set(macs).size).toBe(macs.length);
		expect(macs.every((mac) => /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/.test(mac ?? ""))).toBe(true);
		const again = clusterNetwork(clusterOf(SEED_001)).namespace("node/n180");
		expect(linkOf(again, "eth0")?.mac).toBe(linkOf(n180, "eth0")?.mac);
	});

	it("forwards and shows bridged packets to iptables, unless the cluster's settings say otherwise", () => {
		expect(n180?.sysctls.get("net.ipv4.ip_forward")).toBe("1");
		expect(n180?.sysctls.get("net.bridge.bridge-nf-call-iptables")).toBe("1");
		const settings = {
			nodeSysctls: { "net.bridge.bridge-nf-call-iptables": "0" },
			sysctlsByNode: { n206: { "net.bridge.bridge-nf-call-iptables": "1" } },
		};
		const other = clusterNetwork(clusterOf({ ...SEED_001, settings }));
		const value = (name: string): string | undefined =>
			other.namespace(`node/${name}`)?.sysctls.get("net.bridge.bridge-nf-call-iptables");
		expect([value("n180"), value("n206")]).toEqual(["0", "1"]);
	});
});

describe("backend vpc (seed 001 L139)", () => {
	it("adds nothing on the nodes; the VPC leads each pod CIDR to its node", () => {
		const network = clusterNetwork(clusterOf(SEED_001));
		const device = network.fabric("vpc/vpc-1");
		expect(
			device?.kind === "vpc" && device.routes.map((route) => `${route.destination.text} ${route.nextHop}`),
		).toEqual(["172.23.96.0/26 node/n180", "172.23.96.128/26 node/n206", "172.23.96.64/26 node/n216"]);
	});
});

describe("backend host-gw (hostgw.go)", () => {
	it("routes each subnet by its node's address", () => {
		expect(mainRoutes(at(twoNodes("flannel-host-gw"), "node/f1"), 4)).toContain("10.244.2.0/24 via 10.9.0.2 dev eth0");
	});

	it("has no route to a node behind a router: the kernel refuses a next hop that is not on the link", () => {
		const cluster = clusterOf({ ...SEED_001, mode: "flannel-host-gw" });
		expect(mainRoutes(at(cluster, "node/n206"), 4).filter((route) => route.includes("via"))).toEqual([
			"default via 10.0.1.253 dev eth0 proto static",
			"172.23.96.64/26 via 10.0.1.216 dev eth0",
		]);
	});
});

describe("backend vxlan (vxlan.go, vxlan_network.go; E:t7)", () => {
	const f1 = at(twoNodes("flannel-vxlan"), "node/f1");

	it("has flannel.1: VNI 1, the kernel's port 8472, no learning, 50 bytes less than the card", () => {
		expect(linkOf(f1, "flannel.1")).toMatchObject({
			kind: "vxlan",
			vni: 1,
			dstport: 8472,
			learning: false,
			mtu: 1450,
			local: { text: "10.9.0.1" },
			lower: { device: "eth0" },
		});
		expect(linkOf(f1, "cni0")?.mtu).toBe(1450);
		expect(addressLines(f1)).toContain("flannel.1 10.244.1.0/32");
	});

	it("has exactly one route, one neighbour and one FDB entry for each other node, all static", () => {
		expect(mainRoutes(f1, 4)).toContain("10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink");
		expect(f1?.neighbours.map(neighbourLine)).toEqual(["10.244.2.0 dev flannel.1 lladdr 3a:c2:02:15:7e:18 PERMANENT"]);
		expect(f1?.fdb.filter((entry) => entry.device === "flannel.1").map(fdbLine)).toEqual([
			"3a:c2:02:15:7e:18 dev flannel.1 dst 10.9.0.2 self permanent",
		]);
	});

	it("takes the MAC of its own device from the annotation that the others read", () => {
		expect(linkOf(at(twoNodes("flannel-vxlan"), "node/f2"), "flannel.1")?.mac).toBe("3a:c2:02:15:7e:18");
	});

	it("reaches nodes of its own subnet without a tunnel where DirectRouting is set", () => {
		const cluster = clusterOf({ ...SEED_001, mode: "flannel-vxlan", flannel: { directRouting: true } });
		const routes = mainRoutes(at(cluster, "node/n206"), 4).filter((route) => route.startsWith("172.23"));
		expect(routes).toEqual([
			"172.23.96.0/26 via 172.23.96.0 dev flannel.1 onlink",
			"172.23.96.64/26 via 10.0.1.216 dev eth0",
			"172.23.96.128/26 dev cni0 proto kernel scope link src 172.23.96.129",
		]);
	});

	it("has a second device, flannel-v6.1, for IPv6", () => {
		const cluster = twoNodes("flannel-vxlan", {
			podCIDRs: ["10.244.0.0/16", "fd44::/48"],
			nodes: [
				node("f1", ["10.9.0.1", "fd09::1"], ["10.244.1.0/24", "fd44:0:0:1::/64"]),
				node("f2", ["10.9.0.2", "fd09::2"], ["10.244.2.0/24", "fd44:0:0:2::/64"]),
			],
			segments: [segment("lan", ["10.9.0.0/24", "fd09::/64"], [])],
		});
		const namespace = at(cluster, "node/f1");
		expect(addressLines(namespace)).toContain("flannel-v6.1 fd44:0:0:1::/128");
		expect(mainRoutes(namespace, 6)).toContain("fd44:0:0:2::/64 via fd44:0:0:2:: dev flannel-v6.1 metric 1024 onlink");
		expect(namespace?.fdb.map(fdbLine).filter((text) => text.includes("fd09::2"))).toHaveLength(1);
	});

	it("keeps a thousand nodes' entries once, not once a node", () => {
		const nodes = Array.from({ length: 1000 }, (_, i) =>
			node(`n${i}`, [`10.9.${i >> 8}.${i & 255 || 255}`], [`10.${244 + (i >> 8)}.${i & 255}.0/24`]),
		);
		const network = clusterNetwork(
			clusterOf({
				mode: "flannel-vxlan",
				podCIDRs: ["10.240.0.0/12"],
				nodes,
				segments: [segment("lan", ["10.9.0.0/16"], [])],
			}),
		);
		const [a, b] = ["node/n1", "node/n2"].map((place) => network.namespace(place));
		const to = (namespace: Namespace | undefined, subnet: string): unknown =>
			namespace?.routes.find((route) => route.destination.text === subnet && route.nextHops[0]?.onlink);
		expect(a?.neighbours).toHaveLength(999);
		expect(to(a, "10.244.7.0/24")).toBeDefined();
		expect(to(a, "10.244.7.0/24")).toBe(to(b, "10.244.7.0/24"));
	});

	it("gives nodes the same chains but for those that name the node", () => {
		const network = clusterNetwork(twoNodes("flannel-vxlan"));
		const chains = (node: string, table: string): ReadonlyMap<string, unknown> =>
			network.namespace(node)?.xtables.find(({ family, name }) => family === 4 && name === table)?.chains ?? new Map();
		const isShared = (table: string, name: string): boolean => {
			const chain = chains("node/f1", table).get(name);
			expect(chain, name).toBeDefined();
			return chain === chains("node/f2", table).get(name);
		};
		for (const name of ["FORWARD", "INPUT", "KUBE-FORWARD", "KUBE-FIREWALL"])
			expect(isShared("filter", name), name).toBe(true);
		for (const name of ["PREROUTING", "KUBE-POSTROUTING"]) expect(isShared("nat", name), name).toBe(true);
		expect(isShared("nat", "FLANNEL-POSTRTG")).toBe(false);
	});
});

describe("backend ipip (ipip.go)", () => {
	it("has flannel.ipip without a remote, 20 bytes less than the card, and routes by the nodes' addresses", () => {
		const f1 = at(twoNodes("flannel-ipip"), "node/f1");
		expect(linkOf(f1, "flannel.ipip")).toMatchObject({
			kind: "ipip",
			mtu: 1480,
			mac: null,
			local: { text: "10.9.0.1" },
		});
		expect(linkOf(f1, "flannel.ipip")).not.toHaveProperty("remote");
		expect(addressLines(f1)).toContain("flannel.ipip 10.244.1.0/32");
		expect(mainRoutes(f1, 4)).toContain("10.244.2.0/24 via 10.9.0.2 dev flannel.ipip onlink");
	});

	it("carries IPv4 only, and the network says so of IPv6 pod CIDRs", () => {
		const cluster = twoNodes("flannel-ipip", { podCIDRs: ["10.244.0.0/16", "fd44::/48"] });
		expect(clusterNetwork(cluster).assumptions.map(({ code }) => code)).toContain("family-not-carried");
	});

	it("sends to nodes of its own subnet by eth0 where DirectRouting is set", () => {
		const f1 = at(twoNodes("flannel-ipip", { flannel: { directRouting: true } }), "node/f1");
		expect(mainRoutes(f1, 4)).toContain("10.244.2.0/24 via 10.9.0.2 dev eth0 onlink");
	});
});

describe("what flannel cannot know of", () => {
	it("takes a node's subnet from its pods where it names none, and says so", () => {
		const cluster = twoNodes("flannel-vxlan", { nodes: [node("f1", ["10.9.0.1"])] });
		const network = clusterNetwork(cluster);
		expect(addressLines(network.namespace("pod/default/fp1"))).toEqual(["eth0 10.244.1.11/24"]);
		expect(network.assumptions.map(({ code, place }) => `${code} ${place}`)).toContain("pod-cidr-assumed node/f1");
	});

	it("gives a pod outside its node's subnet no routes, and says so", () => {
		const network = clusterNetwork(twoNodes("flannel-vxlan", { pods: [pod("default/odd", "f1", ["10.244.2.7"])] }));
		const odd = network.namespace("pod/default/odd");
		expect(addressLines(odd)).toEqual(["eth0 10.244.2.7/32"]);
		expect(mainRoutes(odd, 4)).toEqual([]);
		expect(odd?.assumptions?.map(({ code, place }) => `${code} ${place}`)).toEqual([
			"pod-address-outside-subnet pod/default/odd",
		]);
	});

	it("follows no annotation that is no device name or is another pod's", () => {
		const annotated = (name: string, ip: string, device: string): ReturnType<typeof pod> =>
			pod(`default/${name}`, "f1", [ip], { annotations: { "podpath.dev/host-interface": device } });
		const network = clusterNetwork(
			twoNodes("flannel-vxlan", {
				pods: [
					annotated("a", "10.244.1.2", "veth1"),
					annotated("b", "10.244.1.3", "veth1"),
					annotated("c", "10.244.1.4", "../../etc"),
				],
			}),
		);
		expect(network.assumptions.map(({ code, place }) => `${code} ${place}`)).toEqual([
			"host-interface-unusable pod/default/b",
			"host-interface-unusable pod/default/c",
		]);
		const ports = network.namespace("node/f1")?.links.filter((link) => link.master === "cni0") ?? [];
		expect(ports.map((link) => link.name)).toEqual([
			"veth1",
			expect.stringMatching(/^veth[0-9a-f]{8}$/),
			expect.any(String),
		]);
	});

	it("answers that a pod's node is not in the input", () => {
		const network = clusterNetwork(twoNodes("flannel-vxlan", { pods: [pod("default/far", "f9", ["10.244.9.2"])] }));
		expect(network.wireAt("pod/default/far", "eth0")).toEqual({
			kind: "outside",
			why: phrase("node-of-pod-not-held", { node: "node/f9", pod: "pod/default/far" }),
		});
	});
});
