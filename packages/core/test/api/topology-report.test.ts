/** What stands where, as the atlas' clusters are written down. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type TopologyReport, topologyReport } from "../../src/api/topology-report.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";

function topologyOf(mode: string): TopologyReport {
	const name = `atlas/${mode}/cluster.yaml`;
	const cluster = loadCluster([{ name, text: readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8") }]);
	return topologyReport({ cluster, network: clusterNetwork(cluster), fromSnapshot: false });
}

test("machines stand in the vSwitch of their address, their pods on them", () => {
	const { groups, loadBalancers, unplaced } = topologyOf("flannel-vpc");
	const told = groups.map(({ fabric, vSwitch, machines }) => [fabric, vSwitch, machines.map(({ place }) => place)]);
	expect(told).toEqual([
		["vpc/vpc-1", "vsw-0", ["node/ap-southeast-1.10.0.0.180"]],
		["vpc/vpc-1", "vsw-1", ["node/ap-southeast-1.10.0.1.206", "node/ap-southeast-1.10.0.1.216"]],
		["vpc/vpc-1", "vsw-2", ["host/ecs-client"]],
	]);
	const pods = groups.flatMap(({ machines }) => machines.flatMap((machine) => machine.pods));
	expect(pods.length).toBe(5);
	expect(loadBalancers.map(({ place }) => place)).toEqual(["slb/nginx", "slb/nginx1", "slb/nginx2"]);
	expect(unplaced).toEqual([]);
});

test("a router has a card in each of its segments, with the address that it has there", () => {
	const machines = topologyOf("calico-bgp").groups.flatMap((group) => group.machines);
	expect(machines.find(({ place }) => place === "host/tor")?.cards).toEqual([
		{ device: "eth0", fabric: "segment/rack-1", addresses: ["192.168.1.254", "fd00:1::fe"] },
		{ device: "eth1", fabric: "segment/rack-2", addresses: ["192.168.2.254", "fd00:2::fe"] },
	]);
});

// documents/networking/bgp.md gives the uplink its address by `netctl bgp create --router-ip`: no Node names it.
test("the address that a mode gives a node's second card is the card's and the node's", () => {
	const machines = topologyOf("contiv-bgp").groups.flatMap((group) => group.machines);
	const node = machines.find(({ place }) => place === "node/n3");
	expect(node?.addresses).toEqual(["10.0.0.3", "60.1.1.3"]);
	expect(node?.cards).toEqual([
		{ device: "eth0", fabric: "segment/management", addresses: ["10.0.0.3"] },
		{ device: "eth1", fabric: "segment/rack-2", addresses: ["60.1.1.3"] },
	]);
});

test("a card without an address has none", () => {
	const machines = topologyOf("contiv-vlan").groups.flatMap((group) => group.machines);
	expect(machines.find(({ place }) => place === "node/n1")?.cards.map(({ addresses }) => addresses)).toEqual([
		["192.168.56.1", "fd00:56::1"],
		[],
	]);
});

test("a member ENI of a trunk is its pod's card, not its node's", () => {
	const machines = topologyOf("terway-trunk").groups.flatMap((group) => group.machines);
	const pod = machines.flatMap(({ pods }) => pods).find(({ place }) => place === "pod/trunking/nginx-6f545cb57c-kt7r8");
	expect(pod?.cards.map(({ fabric, addresses }) => [fabric, addresses])).toEqual([["vpc/vpc-1", pod?.addresses]]);
	for (const { pods, cards } of machines) {
		const own = new Set(pods.filter((each) => each.cards.length > 0).flatMap(({ addresses }) => addresses));
		expect(cards.flatMap(({ addresses }) => addresses).filter((address) => own.has(address))).toEqual([]);
	}
});

test("a card that Multus gives a pod is told with its addresses", () => {
	const pods = topologyOf("multus-macvlan").groups.flatMap(({ machines }) => machines.flatMap((each) => each.pods));
	expect(pods.find(({ place }) => place === "pod/default/a")?.cards.map(({ device }) => device)).toEqual(["net1"]);
	expect(pods.find(({ place }) => place === "pod/default/plain")?.cards).toEqual([]);
});
