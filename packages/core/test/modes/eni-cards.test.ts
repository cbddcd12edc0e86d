/** The cards of machines with elastic network interfaces, as the VPC and the machine know them (terway reference 2, 3). */
import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { underlayOf } from "../../src/modes/underlay/underlay.ts";
import type { Attachment } from "../../src/state/fabric.ts";
import type { Network } from "../../src/state/network.ts";
import { phrase } from "../../src/wording/phrase.ts";
import { named } from "../support/fabric-questions.ts";
import { clusterOfYaml, nodeYaml } from "../support/manifests.ts";
import { addressLines, mainRoutes } from "../support/state-lines.ts";
import { trunkCluster } from "../support/terway-clusters.ts";

const VPC = named(
	"VPC",
	"vpc-1",
	"cidrs: [10.0.0.0/8], mtu: 1500, vSwitches: [{ id: vsw-a, cidr: 10.0.4.0/24 }, { id: vsw-b, cidr: 10.0.5.0/24 }]",
);
/** Seed 000 L90, L143: node 10.0.4.22 with a trunk as eth1 and pod kt7r8's member behind VLAN 1027. */
const TRUNKED = [
	nodeYaml("a", "10.0.4.22", "10.244.0.0/24"),
	VPC,
	named(
		"SecurityGroup",
		"sg-1",
		"rules: [{ direction: ingress, protocol: tcp, portRange: 80/80, cidr: 192.168.0.0/16 }]",
	),
	named("ENI", "eni-p", 'type: primary, instance: node/a, mac: "00:16:3e:00:00:01", securityGroups: [sg-1]'),
	named("ENI", "eni-t", 'type: trunk, instance: node/a, mac: "00:16:3e:00:00:02", addresses: [10.0.4.20]'),
	named("ENI", "eni-m", "type: member, trunk: eni-t, vlan: 1027, addresses: [10.0.5.30], securityGroups: [sg-1]"),
];

function attachments(network: Network): readonly Attachment[] {
	const device = network.fabric("vpc/vpc-1");
	return device?.kind === "vpc" ? device.attachments : [];
}

describe("a node with a trunk", () => {
	const cluster: Cluster = clusterOfYaml(...TRUNKED);
	const network = clusterNetwork(cluster);

	it("has the primary ENI as eth0 and the others numbered after it, up and without addresses", () => {
		const links = network.namespace("node/a")?.links.filter((link) => link.kind === "physical") ?? [];
		expect(links.map(({ name, index, mac, up }) => ({ name, index, mac, up }))).toEqual([
			{ name: "eth0", index: 2, mac: "00:16:3e:00:00:01", up: true },
			{ name: "eth1", index: 3, mac: "00:16:3e:00:00:02", up: true },
		]);
		expect(addressLines(network.namespace("node/a"))).toEqual(["eth0 10.0.4.22/24"]);
		expect(network.wireAt("node/a", "eth1")).toEqual({ kind: "fabric", fabric: "vpc/vpc-1" });
	});

	it("is attached by each ENI, the member by its trunk's device and MAC (terway pkg/eni/remote.go ToRPC)", () => {
		expect(
			attachments(network).map(({ place, device, mac, addresses, eni }) =>
				[place, device, mac, addresses.map(({ text }) => text).join(","), eni?.place, eni?.type, eni?.vlan].join(" "),
			),
		).toEqual([
			"node/a eth0 00:16:3e:00:00:01 10.0.4.22 eni/eni-p primary ",
			"node/a eth1 00:16:3e:00:00:02 10.0.4.20 eni/eni-t trunk ",
			"node/a eth1 00:16:3e:00:00:02 10.0.5.30 eni/eni-m member 1027",
		]);
	});

	it("has security groups where its ENIs name them; the groups of one that names none are not known", () => {
		const [primary, trunk, member] = attachments(network).map(({ eni }) => eni);
		expect(primary?.securityGroups).toHaveLength(1);
		expect(member?.securityGroups?.[0]).toBe(primary?.securityGroups?.[0]);
		expect(member?.securityGroups?.[0]?.rules[0]?.text).toBe(
			"ingress accept tcp 80/80 from 192.168.0.0/16, priority 1",
		);
		expect(trunk?.securityGroups).toBeNull();
	});

	it("says that the device was not given", () => {
		expect(network.assumptions.filter(({ code }) => code === "eni-device-assumed")).toEqual([
			{
				code: "eni-device-assumed",
				message: phrase("eni-device-assumed", { instance: "node/a", eni: "eni-t", device: "eth1" }),
				place: "node/a",
			},
		]);
	});

	it("knows each ENI's gateway: that of its own vSwitch, the third address from the end (terway pkg/ip GetIPAtIndex)", () => {
		const underlay = underlayOf(cluster, { podRoutesInVpc: [], enis: cluster.enis });
		const gateways = ["eni-t", "eni-m"].map((id) => underlay.eniCard(id)?.addresses[0]?.gateway?.text);
		expect(gateways).toEqual(["10.0.4.253", "10.0.5.253"]);
		expect(underlay.cards("node/a").map(({ device }) => device)).toEqual(["eth0", "eth1"]);
	});
});

describe("ENIs of PodENI objects", () => {
	it("may not have the VLAN of one that is described besides", () => {
		const other = named("ENI", "eni-other", "type: member, trunk: eni-trunk22, vlan: 1027, addresses: [10.0.4.99]");
		expect(() => clusterNetwork(trunkCluster("", other))).toThrow(
			/^cluster\.yaml:\d+: ENI "eni-kt7r8" has VLAN 1027 of trunk "eni-trunk22" too \(ENI "eni-other" at cluster\.yaml:\d+\)$/,
		);
	});
});

describe("a mode's own ENIs", () => {
	const cluster = clusterOfYaml(...TRUNKED);
	const options = { podRoutesInVpc: [] };

	it("may stand in a pod, which then has a card of its own", () => {
		const [, trunk] = cluster.enis;
		if (trunk === undefined) throw new Error("no trunk");
		const moved = { ...trunk, type: "secondary", instance: "pod/default/web", device: "eth0" } as const;
		const underlay = underlayOf(cluster, { ...options, enis: [moved] });
		expect(underlay.cardOf("pod/default/web")).toMatchObject({ device: "eth0", fabric: "vpc/vpc-1" });
		expect(underlay.cards("node/a")).toHaveLength(1);
	});
});

describe("a machine that is no node", () => {
	const network = clusterNetwork(
		clusterOfYaml(
			VPC,
			named("Host", "legacy", "addresses: [10.0.4.9, 10.0.5.9]"),
			named("ENI", "eni-1", "type: primary, instance: host/legacy"),
			named("ENI", "eni-2", "type: secondary, instance: host/legacy, device: eth1, addresses: [10.0.5.9, 10.0.5.10]"),
		),
	);

	it("has its further ENI's address there, and its way out by eth0", () => {
		const host = network.namespace("host/legacy");
		expect(addressLines(host)).toEqual(["eth0 10.0.4.9/24", "eth1 10.0.5.9/24"]);
		expect(mainRoutes(host, 4)).toContain("default via 10.0.4.253 dev eth0 proto static");
	});

	it("is attached with all addresses that the cloud gave it", () => {
		expect(attachments(network).map(({ addresses }) => addresses.map(({ text }) => text).join(","))).toEqual([
			"10.0.4.9",
			"10.0.5.9,10.0.5.10",
		]);
	});
});

describe("ENIs in a cluster that describes no VPC", () => {
	it("are in one vSwitch that is assumed, and said to be", () => {
		const network = clusterNetwork(clusterOfYaml(...TRUNKED.filter((each) => each !== VPC)));
		expect(network.fabric("vpc/assumed")).toMatchObject({
			kind: "vpc",
			vSwitches: [{ prefix: { text: "10.0.4.0/23" }, gateway: { text: "10.0.5.253" } }],
			routes: [],
		});
		expect(network.assumptions.map(({ code }) => code)).toContain("underlay-assumed");
	});
});
