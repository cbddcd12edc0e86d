/** Bifrost's state in a pod and on a node (bifrost macvlan.go, network_linux.go; the dump of run E:t5, docs/measurements.md). */
import { describe, expect, it } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { readDocument } from "../support/atlas-files.ts";
import { addressLines, mainRoutes } from "../support/state-lines.ts";

const name = "atlas/bifrost-macvlan/cluster.yaml";
const network = clusterNetwork(loadCluster([{ name, text: readDocument(name) }]));

describe("a pod", () => {
	const pod = network.namespace("pod/default/m1");

	it("has a macvlan in bridge mode on its VLAN, and a veth without an address", () => {
		expect(pod?.links.find((link) => link.name === "eth0")).toMatchObject({
			kind: "macvlan",
			mode: "bridge",
			lower: { place: "node/n1", device: "eth0-10" },
		});
		expect(addressLines(pod)).toEqual(["eth0 10.0.0.11/24"]);
	});

	it("reaches its VLAN by the one, Services and its own node by the other", () => {
		expect(mainRoutes(pod, 4)).toEqual([
			"default via 10.0.0.1 dev eth0",
			"169.254.1.1/32 dev veth0 scope link",
			"10.96.0.0/16 via 169.254.1.1 dev veth0",
			"192.168.56.1/32 via 169.254.1.1 dev veth0",
			"10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.11",
		]);
	});
});

describe("a node", () => {
	const node = network.namespace("node/n1");

	it("has a device for each VLAN of its pods, without an address", () => {
		const vlans = node?.links.filter(({ kind }) => kind === "vlan") ?? [];
		expect(vlans.map((link) => link.name)).toEqual(["eth0-5", "eth0-10"]);
		expect(addressLines(node)).toEqual(["eth0 192.168.56.1/24"]);
	});

	it("has one route for each of its pods", () => {
		const own = mainRoutes(node, 4).filter((line) => line.includes(" dev bifr"));
		expect(own.map((line) => line.split(" ")[0])).toEqual(["10.0.0.11/32", "10.0.0.12/32", "5.0.0.15/32"]);
	});

	it("has the pods' macvlans above the device of their VLAN", () => {
		const above = (device: string): readonly string[] => network.stackedOn("node/n1", device).map(({ place }) => place);
		expect(above("eth0-10")).toEqual(["pod/default/m1", "pod/default/m2"]);
		expect(above("eth0-5")).toEqual(["pod/default/m5"]);
	});
});
