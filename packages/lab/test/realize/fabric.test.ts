/** What lies between the machines does on a kernel what the engine says of it: VPC, segment, load balancer, Internet. */
import { readFileSync } from "node:fs";
import { clusterNetwork, loadCluster, type Network, type Place } from "@podpath/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Backend } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open.ts";
import { decodeCaptured } from "../../src/frames/decode.ts";
import type { Feature, LabPlan } from "../../src/lab-plan.ts";
import type { Observation } from "../../src/observation.ts";
import { realize } from "../../src/realize/realize.ts";
import { onEachKernel } from "../kernels-here.ts";

/** The two nodes of atlas/flannel-vxlan in one VPC with both families, the entries of IPv6 written by hand, their Service behind a load balancer of each. */
function inVpc(): Network {
	const text = readFileSync(new URL("../../../../atlas/flannel-vxlan/cluster.yaml", import.meta.url), "utf8")
		.replace("mode: flannel-vxlan", "mode: flannel-vpc")
		.replace(
			/kind: Segment\nmetadata:\n {2}name: lan\nspec:\n.*\n.*\n/,
			`kind: VPC
metadata:
  name: vpc-1
spec:
  cidrs: [10.9.0.0/16, "fd00:9::/48"]
  vSwitches:
    - { id: a, cidr: 10.9.0.0/24, gateway: 10.9.0.253 }
    - { id: b, cidr: "fd00:9::/64", gateway: "fd00:9::fd" }
  managedRoutes: true
  routes:
    - { destination: "fd00:244:0:1::/64", nextHop: n1 }
    - { destination: "fd00:244:0:2::/64", nextHop: n2 }
`,
		)
		.concat(`---
apiVersion: podpath.dev/v1alpha1
kind: LoadBalancer
metadata:
  name: web
spec:
  service: default/web
  addresses: [198.51.100.80, "2001:db8:80::1"]
  backends:
    - { node: n1, listenerPort: 80, port: 30080, protocol: TCP, weight: 0 }
    - { node: n2, listenerPort: 80, port: 30080, protocol: TCP, weight: 100 }
`);
	return clusterNetwork(loadCluster([{ name: "cluster.yaml", text }]));
}

const CLIENTS: readonly Place[] = ["internet/203.0.113.9", "internet/2001:db8::9"];
const NEEDS: readonly Feature[] = ["veth", "bridge", "iptables", "conntrack", "br-netfilter"];

onEachKernel(NEEDS, ({ kind }) => {
	const network = inVpc();
	const plan: LabPlan = realize(network, [...network.places(), ...CLIENTS]);
	const nameOf = (place: Place): string => plan.namespaces.find((each) => each.place === place)?.name ?? "";
	let backend: Backend;

	beforeAll(async () => {
		backend = await openBackend({ kind, needs: plan.needs });
		await backend.addNamespaces(plan.namespaces);
		await backend.run(plan.steps);
		await backend.capture(plan.namespaces.map(({ name }) => name));
		await backend.listen(plan.namespaces.map(({ name }) => ({ namespace: name, protocol: "tcp", port: 80 })));
	}, 30_000);
	afterAll(() => backend?.close());

	/** A probe that is answered does not wait; one that is not need not wait long. */
	const ask = (from: Place, destination: string, port = 80, timeoutMs = 1000): Promise<Observation> =>
		backend.probe({ namespace: nameOf(from), protocol: "tcp", destination, port, timeoutMs });
	const SILENCE_MS = 100;

	test.each([
		["10.244.2.22", "10.244.1.11"],
		["fd00:244:0:2::22", "fd00:244:0:1::11"],
	])("a custom entry leads to the node of the pod %s", async (pod, client) => {
		const seen = await ask("pod/default/client", pod);
		expect(seen.result).toEqual({ kind: "answered", by: nameOf("pod/default/web") });
		expect(seen.accepted[0]?.peer.address).toBe(client);
	});

	test("neighbours of one vSwitch reach each other through the VPC, which takes nothing from the TTL", async () => {
		const { frames } = await ask("host/desk", "10.9.0.1", 81);
		const arrived = frames.filter(({ namespace, direction }) => namespace === nameOf("node/n1") && direction === "in");
		// What the test before left under way may come in between.
		const asked = arrived
			.map(decodeCaptured)
			.find((frame) => frame?.content.kind === "ip" && frame.content.packet.dport === 81);
		expect(asked?.ethernet?.source).toBe("ee:ff:ff:ff:ff:ff");
		expect(asked?.content).toMatchObject({ packet: { ttl: 64 } });
	});

	test.each([
		["internet/203.0.113.9", "198.51.100.80", "203.0.113.9"],
		["internet/2001:db8::9", "2001:db8:80::1", "2001:db8::9"],
	])("%s asks a load balancer, whose backends see the client's own address", async (client, balancer, address) => {
		const seen = await ask(client, balancer);
		expect(seen.result).toEqual({ kind: "answered", by: nameOf("pod/default/web") });
		const backends = seen.frames.filter(({ namespace, device, direction }) => {
			return namespace === nameOf("node/n2") && device === "eth0" && direction === "in";
		});
		const sources = backends.map((frame) => decodeCaptured(frame).content);
		expect(sources).toContainEqual(
			expect.objectContaining({ packet: expect.objectContaining({ ttl: 64, dport: 30080 }) }),
		);
		expect(JSON.stringify(sources)).toContain(address);
	});

	test.each(["198.51.100.80", "2001:db8:80::1"])("nothing answers where %s has no listener", async (balancer) => {
		const client = balancer.includes(":") ? "internet/2001:db8::9" : "internet/203.0.113.9";
		expect((await ask(client, balancer, 81, SILENCE_MS)).result).toEqual({ kind: "timeout" });
	});

	test("machines reach the Internet, which does not reach them", async () => {
		expect((await ask("pod/default/client", "203.0.113.9")).result).toMatchObject({ kind: "answered" });
		expect((await ask("pod/default/client", "2001:db8::9")).result).toMatchObject({ kind: "answered" });
		expect((await ask("internet/203.0.113.9", "10.9.0.1", 80, SILENCE_MS)).result).toEqual({ kind: "timeout" });
		expect((await ask("internet/2001:db8::9", "fd00:9::1", 80, SILENCE_MS)).result).toEqual({ kind: "timeout" });
	});

	test("an address that nobody has is asked for in vain, without a word", async () => {
		expect((await ask("host/desk", "10.9.0.77", 80, SILENCE_MS)).result).toEqual({ kind: "timeout" });
	});
});
