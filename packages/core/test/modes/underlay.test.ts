import { describe, expect, it } from "vitest";
import { address } from "../../src/address/address.ts";
import { prefix } from "../../src/address/prefix.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import type { FabricDevice } from "../../src/state/fabric.ts";
import { phrase, worded } from "../../src/wording/phrase.ts";
import { type ClusterParts, clusterOf, host, node, pod, segment, service, slice, vpc } from "../support/clusters.ts";
import { addressLines, mainRoutes } from "../support/state-lines.ts";

const TWO_NODES: ClusterParts = {
	mode: "flannel-vxlan",
	podCIDRs: ["10.244.0.0/16"],
	nodes: [node("a", ["10.9.0.1"], ["10.244.1.0/24"]), node("b", ["10.9.0.2"], ["10.244.2.0/24"])],
};

function attachments(device: FabricDevice | undefined): readonly string[] {
	if (device?.kind !== "vpc" && device?.kind !== "segment") return [];
	return device.attachments.map(
		(each) => `${each.place} ${each.device} ${each.addresses.map((a) => a.text).join(",")}`,
	);
}

describe("a segment", () => {
	const network = clusterNetwork(
		clusterOf({
			...TWO_NODES,
			segments: [segment("lan", ["10.9.0.0/24"], ["10.9.0.254"], { mtu: 9000 })],
			hosts: [
				host("desk", ["10.9.0.50"], {
					routes: [{ destination: prefix("10.244.0.0/16"), via: address("10.9.0.1") }],
				}),
			],
		}),
	);

	it("has the cards of the machines whose addresses it holds", () => {
		expect(attachments(network.fabric("segment/lan"))).toEqual([
			"node/a eth0 10.9.0.1",
			"node/b eth0 10.9.0.2",
			"host/desk eth0 10.9.0.50",
		]);
		expect(network.wireAt("node/a", "eth0")).toEqual({ kind: "fabric", fabric: "segment/lan" });
	});

	it("knows a card's MAC without looking into the machine", () => {
		const device = network.fabric("segment/lan");
		const mac = device?.kind === "segment" && device.attachments[0]?.mac;
		expect(network.namespace("node/a")?.links.find((link) => link.name === "eth0")?.mac).toBe(mac);
	});

	it("gives machines its prefix, MTU and gateway; hosts their own routes besides", () => {
		const desk = network.namespace("host/desk");
		expect(addressLines(desk)).toEqual(["eth0 10.9.0.50/24"]);
		expect(desk?.links.find((link) => link.name === "eth0")?.mtu).toBe(9000);
		expect(mainRoutes(desk, 4)).toEqual([
			"10.244.0.0/16 via 10.9.0.1 dev eth0 proto static",
			"default via 10.9.0.254 dev eth0 proto static",
			"10.9.0.0/24 dev eth0 proto kernel scope link src 10.9.0.50",
		]);
		expect(desk?.sysctls.get("net.ipv4.ip_forward")).toBeUndefined();
	});

	it("without a gateway leaves its machines without a default route", () => {
		const cluster = clusterOf({ ...TWO_NODES, segments: [segment("lan", ["10.9.0.0/24"], [])] });
		const routes = mainRoutes(clusterNetwork(cluster).namespace("node/a"), 4);
		expect(routes.some((route) => route.startsWith("default"))).toBe(false);
	});
});

describe("a VPC", () => {
	it("gives each machine its vSwitch's prefix and gateway, in both families", () => {
		const cluster = clusterOf({
			nodes: [node("a", ["10.0.0.5", "fd00:0:0:1::5"])],
			vpcs: [
				vpc("v", ["10.0.0.0/8", "fd00::/48"], {
					"10.0.0.0/24": "10.0.0.253",
					"fd00:0:0:1::/64": "fd00:0:0:1::fd",
				}),
			],
		});
		const a = clusterNetwork(cluster).namespace("node/a");
		expect(addressLines(a)).toEqual(["eth0 10.0.0.5/24", "eth0 fd00:0:0:1::5/64"]);
		expect(mainRoutes(a)).toContain("default via 10.0.0.253 dev eth0 proto static");
		expect(mainRoutes(a)).toContain("default via fd00:0:0:1::fd dev eth0 proto static metric 1024");
		expect(a?.sysctls.get("net.ipv6.conf.all.forwarding")).toBe("1");
	});

	it("leads custom entries to machines, however they are named", () => {
		const base = vpc("v", ["10.0.0.0/8"], { "10.0.0.0/24": "10.0.0.253" });
		const to = (nextHop: string): (typeof base.routes)[number] => ({
			destination: prefix("192.0.2.0/24"),
			nextHop,
			line: 9,
		});
		const cluster = clusterOf({
			nodes: [node("a", ["10.0.0.5"], [], { providerID: "cn-hongkong.i-abc" })],
			hosts: [host("gw", ["10.0.0.9"])],
			vpcs: [{ ...base, routes: ["a", "node/a", "i-abc", "10.0.0.5", "gw", "10.0.0.9", "i-else"].map(to) }],
		});
		const device = clusterNetwork(cluster).fabric("vpc/v");
		const routes = device?.kind === "vpc" ? device.routes : [];
		expect(routes.map((route) => route.nextHop)).toEqual([
			"node/a",
			"node/a",
			"node/a",
			"node/a",
			"host/gw",
			"host/gw",
			"i-else",
		]);
		expect(routes[0]?.origin).toEqual({ component: "vpc", object: "vpc/v", source: { file: "test.yaml", line: 9 } });
	});

	it("keeps no entries for pod CIDRs where the mode does not ask for them or the cloud controller does not", () => {
		const nodes = [node("a", ["10.0.0.5"], ["10.244.1.0/24"])];
		const vpcs = [vpc("v", ["10.0.0.0/8"], { "10.0.0.0/24": "10.0.0.253" })];
		const routes = (parts: ClusterParts): number | false => {
			const device = clusterNetwork(clusterOf({ nodes, vpcs, podCIDRs: ["10.244.0.0/16"], ...parts })).fabric("vpc/v");
			return device?.kind === "vpc" && device.routes.length;
		};
		expect(routes({ mode: "flannel-vpc" })).toBe(1);
		expect(routes({ mode: "flannel-vxlan" })).toBe(0);
		expect(routes({ mode: "flannel-vpc", vpcs: vpcs.map((each) => ({ ...each, managedRoutes: false })) })).toBe(0);
	});

	it("without vSwitches is taken to be one, and says so", () => {
		const network = clusterNetwork(
			clusterOf({ nodes: [node("a", ["10.0.0.5"])], vpcs: [vpc("v", ["10.0.0.0/16"], {})] }),
		);
		expect(addressLines(network.namespace("node/a"))).toEqual(["eth0 10.0.0.5/16"]);
		expect(network.assumptions.map((each) => each.code)).toContain("vswitch-assumed");
	});
});

describe("a cluster that does not say where its nodes stand", () => {
	it("gets one segment, the smallest block of at least /24 or /64, with a router on its first free address", () => {
		const network = clusterNetwork(clusterOf(TWO_NODES));
		expect(attachments(network.fabric("segment/assumed"))).toHaveLength(2);
		expect(mainRoutes(network.namespace("node/a"), 4)).toContain("default via 10.9.0.3 dev eth0 proto static");
		expect(network.assumptions.map(({ code, message }) => [code, worded(message)])).toEqual([
			[
				"underlay-assumed",
				"the input does not describe the network between the nodes: one layer 2 segment is assumed, 10.9.0.0/24 with a router at 10.9.0.3",
			],
		]);
	});

	it("widens the block until all nodes are in it", () => {
		const nodes = [node("a", ["10.0.0.180", "fd00:0:0:1::1"]), node("b", ["10.0.1.206", "fd00:0:0:2::1"])];
		const network = clusterNetwork(clusterOf({ ...TWO_NODES, nodes }));
		expect(addressLines(network.namespace("node/b"))).toEqual(["eth0 10.0.1.206/23", "eth0 fd00:0:0:2::1/62"]);
	});

	it("has room for the router where its nodes fill a block", () => {
		const nodes = Array.from({ length: 254 }, (_, i) => node(`n${i}`, [`10.9.0.${i + 1}`]));
		const network = clusterNetwork(clusterOf({ ...TWO_NODES, nodes }));
		expect(addressLines(network.namespace("node/n0"))).toEqual(["eth0 10.9.0.1/23"]);
		expect(mainRoutes(network.namespace("node/n0"), 4)).toContain("default via 10.9.0.255 dev eth0 proto static");
	});

	it("gets a VPC instead where its mode lives by a VPC's routes", () => {
		const network = clusterNetwork(clusterOf({ ...TWO_NODES, mode: "flannel-vpc" }));
		const device = network.fabric("vpc/assumed");
		expect(
			device?.kind === "vpc" && device.routes.map((route) => `${route.destination.text} ${route.nextHop}`),
		).toEqual(["10.244.1.0/24 node/a", "10.244.2.0/24 node/b"]);
		expect(network.wireAt("node/a", "eth0")).toEqual({ kind: "fabric", fabric: "vpc/assumed" });
	});
});

describe("a machine that the described underlay does not hold", () => {
	const network = clusterNetwork(
		clusterOf({
			...TWO_NODES,
			segments: [segment("lan", ["10.9.0.0/24"], [])],
			hosts: [host("office", ["192.168.7.7"])],
		}),
	);

	it("sends everything by its card, whose far end is not known, and the network says so", () => {
		expect(mainRoutes(network.namespace("host/office"), 4)).toEqual(["default dev eth0 proto static scope link"]);
		expect(network.wireAt("host/office", "eth0")).toEqual({
			kind: "outside",
			why: phrase("address-in-no-network", { place: "host/office" }),
		});
		expect(network.assumptions.map(({ code, place }) => `${code} ${place}`)).toEqual(["underlay-unknown host/office"]);
	});
});

describe("only Services, EndpointSlices and one Node", () => {
	const network = clusterNetwork(
		clusterOf({
			nodes: [node("a", ["10.9.0.1"])],
			services: [service("default/web", ["10.96.0.10"])],
			endpointSlices: [slice("default/web", ["10.244.1.5@a", "10.244.2.5@b"])],
			pods: [pod("default/client", "a", ["10.244.1.9"])],
		}),
	);

	it("are enough for the node with kube-proxy's rules", () => {
		const a = network.namespace("node/a");
		expect(a?.links.map((link) => link.name)).toEqual(["lo", "eth0"]);
		const nat = a?.xtables.find((table) => table.family === 4 && table.name === "nat");
		expect(nat?.chains.get("KUBE-SERVICES")?.rules.length).toBeGreaterThan(0);
		expect(nat?.chains.get("PREROUTING")?.rules.length).toBe(1);
	});

	it("leave pods undescribed, and the network says so", () => {
		expect(network.namespace("pod/default/client")).toBeUndefined();
		expect(network.assumptions[0]?.code).toBe("network-mode-unknown");
		expect(worded(network.assumptions[0]?.message ?? "")).toContain(
			"the input does not say the network mode, so nodes have only eth0 and kube-proxy's rules, and pods are not described (known: flannel-vpc,",
		);
	});

	it("work for a Node without addresses too", () => {
		const bare = clusterNetwork(
			clusterOf({ nodes: [node("a", [])], services: [service("default/web", ["10.96.0.10"])] }),
		);
		expect(bare.namespace("node/a")?.links.map((link) => link.name)).toEqual(["lo", "eth0"]);
		expect(bare.wireAt("node/a", "eth0").kind).toBe("outside");
	});
});

describe("places", () => {
	const network = clusterNetwork(
		clusterOf({
			...TWO_NODES,
			pods: [
				pod("default/web", "a", ["10.244.1.5"]),
				pod("kube-system/agent", "b", ["10.9.0.2"], { hostNetwork: true }),
			],
		}),
	);

	it("are made once", () => {
		expect(network.namespace("node/a")).toBe(network.namespace("node/a"));
	});

	it("are found by their addresses; a pod in its node's network is the node", () => {
		const owner = (text: string): string | undefined => network.ownerOf(address(text));
		expect([owner("10.244.1.5"), owner("10.9.0.1"), owner("10.9.0.2"), owner("203.0.113.1")]).toEqual([
			"pod/default/web",
			"node/a",
			"node/b",
			undefined,
		]);
	});

	it("on the Internet are one machine an address, in the address's canonical spelling", () => {
		const client = network.namespace("internet/203.0.113.10");
		expect(addressLines(client)).toEqual(["eth0 203.0.113.10/32"]);
		expect(mainRoutes(client, 4)).toEqual(["default dev eth0 proto static scope link"]);
		expect(network.wireAt("internet/203.0.113.10", "eth0")).toEqual({ kind: "fabric", fabric: "internet" });
		expect(network.namespace("internet/2001:DB8::1")).toBeUndefined();
		expect(addressLines(network.namespace("internet/2001:db8::1"))).toEqual(["eth0 2001:db8::1/128"]);
	});

	it.each(["", "node", "node/", "node/nobody", "pod/default/nobody", "host/x", "internet/x", "vpc/assumed", "x/y"])(
		"that nobody has are none: %j",
		(place) => {
			expect(network.namespace(place)).toBeUndefined();
			expect(network.wireAt(place, "eth1").kind).toBe("outside");
		},
	);
});
