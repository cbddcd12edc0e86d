/** Cards of real nodes and their ENIs: which card has which pod's address, in a snapshot. */
import { describe, expect, it } from "vitest";
import { eniFactory } from "../../src/modes/underlay/enis.ts";
import { parseNamespace } from "../../src/parse/namespace.ts";
import { snapshotCards } from "../../src/snapshot/cards.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { named } from "../support/fabric-questions.ts";
import { clusterOfYaml, nodeYaml } from "../support/manifests.ts";

/** A node with a second card, as Terway sets it up (reference 2, mode c; 6.9): the node's address on it, and a table. */
function node(more: Readonly<Record<string, string>> = {}): Namespace {
	const files = {
		"ip-address.txt": `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536
    link/loopback 00:00:00:00:00:00
2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 00:16:3e:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.4.22/24 scope global eth0
3: eth1: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 00:16:3e:00:00:02 brd ff:ff:ff:ff:ff:ff
    inet 10.0.4.22/32 scope global eth1
`,
		"ip-rule.txt": `0: from all lookup local
512: from all to 10.0.4.30 lookup main
2048: from 10.0.4.30 lookup 1003
32766: from all lookup main
`,
		"ip-route.txt": `default via 10.0.4.253 dev eth0
10.0.4.0/24 dev eth0 scope link
10.0.4.30 dev cali7404cdaedc9 scope link
default via 10.0.4.253 dev eth1 table 1003 onlink
`,
		...more,
	};
	return parseNamespace("node/a", new Map(Object.entries(files)));
}

function cards(stack: Namespace, ...enis: readonly string[]): readonly string[] {
	const cluster = clusterOfYaml(nodeYaml("a", "10.0.4.22", "10.244.0.0/24"), ...enis);
	return snapshotCards([stack], cluster.enis, eniFactory(cluster)).map(({ device, addresses, eni }) =>
		`${device} ${addresses.map(({ text }) => text).join(",")} ${eni?.id ?? ""}${eni?.vlan ? `.${eni.vlan}` : ""}`.trim(),
	);
}

describe("a node's cards", () => {
	it("have the pods' addresses that policy routing sends out by them", () => {
		expect(cards(node())).toEqual(["eth0 10.0.4.22", "eth1 10.0.4.22,10.0.4.30"]);
	});

	it("are ENIs by their MAC, whatever their device is called, and have the addresses that the ENI has", () => {
		const eni = named(
			"ENI",
			"eni-1",
			'type: secondary, instance: node/a, mac: "00:16:3E:00:00:02", addresses: [10.0.4.30, 10.0.4.31]',
		);
		expect(cards(node(), eni)).toEqual(["eth0 10.0.4.22", "eth1 10.0.4.30,10.0.4.31 eni-1"]);
	});

	it("are ENIs by their device where no MAC is said", () => {
		const enis = [
			named("ENI", "eni-p", "type: primary, instance: node/a"),
			named("ENI", "eni-t", "type: trunk, instance: node/a, device: eth1, addresses: [10.0.4.20]"),
			named("ENI", "eni-m", "type: member, trunk: eni-t, vlan: 1027, addresses: [10.0.4.30]"),
		];
		expect(cards(node(), ...enis)).toEqual([
			"eth0 10.0.4.22 eni-p",
			"eth1 10.0.4.20 eni-t",
			"eth1 10.0.4.30 eni-m.1027",
		]);
	});
});
