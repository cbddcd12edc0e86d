/** A segment's VLANs on a kernel: the bridge lets through, tags and routes what the engine says (IEEE 802.1Q). */
import { clusterNetwork, loadCluster } from "@podpath/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, raiseLab } from "../../src/session/lab.ts";
import { onEachKernel } from "../kernels-here.ts";

const SEGMENT = `apiVersion: podpath.dev/v1alpha1
kind: Segment
metadata: { name: lan }
spec:
  cidrs: [10.9.0.0/24, "fd00:9::/64"]
  gateways: [10.9.0.254, "fd00:9::fe"]
  vlans:
    - { id: 10, cidrs: [10.10.0.0/24, "fd00:10::/64"], gateways: [10.10.0.1, "fd00:10::1"] }
    - { id: 20, cidrs: [10.20.0.0/24], gateways: [10.20.0.1] }
  ports:
    - { machine: a, access: 10 }
    - { machine: b, access: 20 }
    - { machine: c, trunk: [20], native: 10 }
    - { machine: e, access: 20 }
`;

const HOSTS = {
	a: '10.10.0.5, "fd00:10::5"',
	b: "10.20.0.6",
	c: '10.10.0.7, "fd00:10::7"',
	d: '10.9.0.8, "fd00:9::8"',
	e: "10.10.0.9",
};

const hosts = Object.entries(HOSTS).map(
	([name, addresses]) =>
		`apiVersion: podpath.dev/v1alpha1\nkind: Host\nmetadata: { name: ${name} }\nspec: { addresses: [${addresses}] }\n`,
);

onEachKernel(["veth", "bridge", "vlan", "vlan-filtering"], ({ kind }) => {
	const cluster = loadCluster([{ name: "lan.yaml", text: [SEGMENT, ...hosts].join("---\n") }]);
	const network = clusterNetwork(cluster);
	const subject = { cluster, network, fromSnapshot: false };
	let lab: Lab;

	beforeAll(async () => {
		lab = await raiseLab(network, network.places(), { kind });
	}, 60_000);
	afterAll(async () => lab?.close());

	test.each([
		["within a VLAN, from an access port to a native VLAN", "host/a", "host/c:80", "delivered"],
		["from VLAN to VLAN by the router", "host/a", "host/b:80", "delivered"],
		["from the untagged network to a VLAN", "host/d", "host/a:80", "delivered"],
		["from a VLAN to the untagged network, IPv6", "host/a", "[fd00:9::8]:80", "delivered"],
		["to a card whose port has another VLAN", "host/a", "host/e:80", "unreachable"],
		["by the router to a card whose port has another VLAN", "host/b", "host/e:80", "unreachable"],
	])("%s", async (_, from, to, verdict) => {
		const { ways, tally } = await lab.ask(subject, { from, to, protocol: "tcp" });
		expect(ways.map((way) => way.verdict)).toEqual([verdict]);
		expect(tally.disagreements).toEqual([]);
		expect(tally.neverSeen).toEqual([]);
	});
});
