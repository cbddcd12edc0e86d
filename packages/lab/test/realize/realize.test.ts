/** What a plan holds, and what it leaves out: text, without a kernel. */
import { readFileSync } from "node:fs";
import { clusterNetwork, loadCluster, type Network, worded } from "@podpath/core";
import { describe, expect, test } from "vitest";
import type { LabPlan } from "../../src/lab-plan.ts";
import { realize } from "../../src/realize/realize.ts";
import { networkOf, stack } from "./stacks.ts";

function atlas(mode: string): Network {
	const name = `atlas/${mode}/cluster.yaml`;
	const text = readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8");
	return clusterNetwork(loadCluster([{ name, text }]));
}

/** What a program is given in one namespace, by lines. */
function input(plan: LabPlan, namespace: string | undefined, program: string): readonly string[] {
	return plan.steps.flatMap((step) =>
		step.kind === "run" && step.namespace === namespace && step.argv.join(" ") === program
			? (step.stdin ?? "").trim().split("\n")
			: [],
	);
}

const IP = "ip -batch -";

describe("a plan", () => {
	const network = atlas("flannel-vxlan");
	const plan = realize(network, network.places());

	test("has the fabric and the machines first and the pods last, by short names", () => {
		expect(plan.namespaces).toEqual([
			{ name: "f1", place: "segment/lan" },
			{ name: "n1", place: "node/n1" },
			{ name: "n2", place: "node/n2" },
			{ name: "h1", place: "host/desk" },
			{ name: "p1", place: "pod/default/client" },
			{ name: "p2", place: "pod/default/near" },
			{ name: "p3", place: "pod/default/web" },
		]);
	});

	test("makes all cables in one batch, each end straight into its namespace", () => {
		expect(input(plan, undefined, IP)[0]).toBe(
			"link add name eth0 netns n1 index 100 type veth peer name p1 netns f1 index 101",
		);
		expect(input(plan, undefined, IP)).toHaveLength(6);
		expect(plan.steps.filter((step) => step.kind === "run" && step.namespace === undefined)).toHaveLength(1);
	});

	test("runs each program once for a namespace", () => {
		const runs = plan.steps.flatMap((step) =>
			step.kind === "run" ? [`${step.namespace} ${step.argv.join(" ")}`] : [],
		);
		expect(new Set(runs).size).toBe(runs.length);
	});

	test("sets what devices inherit before there are any", () => {
		const cables = plan.steps.findIndex((step) => step.kind === "run" && step.namespace === undefined);
		const defaults = plan.steps.findIndex(
			(step) => step.kind === "sysctl" && step.settings.some(([path]) => path === "net/ipv6/conf/default/accept_dad"),
		);
		expect(defaults).toBeLessThan(cables);
	});

	test("says which port of the fabric each card is on", () => {
		expect(plan.ports[1]).toEqual({
			namespace: "f1",
			device: "p2",
			fabric: "segment/lan",
			to: { place: "node/n2", device: "eth0" },
		});
	});

	test("needs what its steps use", () => {
		expect([...plan.needs].toSorted()).toEqual(
			["br-netfilter", "bridge", "conntrack", "iptables", "veth", "vxlan"].toSorted(),
		);
		expect([...realize(atlas("flannel-ipip"), atlas("flannel-ipip").places()).needs]).toContain("ipip");
		const ipvs = [...realize(atlas("flannel-vpc"), atlas("flannel-vpc").places()).needs];
		expect(ipvs).toEqual(expect.arrayContaining(["dummy", "ipset", "ipvs"]));
	});

	test("leaves nothing of the atlas out", () => {
		for (const mode of ["flannel-vxlan", "flannel-host-gw", "flannel-ipip", "flannel-vpc"]) {
			expect(realize(atlas(mode), atlas(mode).places()).omitted).toEqual([]);
		}
	});

	test("may share a kernel with others", () => {
		const prefixed = realize(network, ["node/n1"], { prefix: "a-" });
		expect(prefixed.namespaces.map(({ name }) => name)).toEqual(["a-f1", "a-x1", "a-n1"]);
	});
});

describe("places that were not asked for", () => {
	const network = atlas("flannel-vxlan");

	test("are not built; the cables to them end where nobody answers", () => {
		const plan = realize(network, ["node/n1", "pod/default/client"]);
		expect(plan.namespaces.map(({ place }) => place)).toEqual([
			"segment/lan",
			"outside",
			"node/n1",
			"pod/default/client",
		]);
		expect(input(plan, undefined, IP)).toEqual([
			"link add name eth0 netns n1 index 100 type veth peer name p1 netns f1 index 101",
			"link add name vethcf53b5b0 netns n1 index 102 type veth peer name eth0 netns p1 index 103",
			"link add name veth70c1761a netns n1 index 104 type veth peer name e1 netns x1 index 105",
		]);
	});

	test("are not even made", () => {
		const asked: string[] = [];
		const spied: Network = new Proxy(network, {
			get: (target, key) => {
				if (key === "namespace") {
					return (place: string) => {
						asked.push(place);
						return target.namespace(place);
					};
				}
				const value: unknown = Reflect.get(target, key, target);
				return typeof value === "function" ? value.bind(target) : value;
			},
		});
		realize(spied, ["node/n1"]);
		expect(new Set(asked)).toEqual(new Set(["node/n1"]));
	});

	test("that the input does not describe are told", () => {
		expect(realize(network, ["node/n9"]).omitted.map((left) => worded(left))).toEqual([
			"node/n9: the input does not describe it",
		]);
	});
});

describe("a VPC", () => {
	const network = atlas("flannel-vpc");
	const plan = realize(network, [...network.places(), "internet/203.0.113.9"]);
	const vpc = plan.namespaces.find(({ place }) => place === "vpc/vpc-1")?.name;

	test("leads each address to its card and each custom entry to its machine, and the rest out", () => {
		const routes = input(plan, vpc, IP).filter((line) => line.startsWith("route add"));
		expect(routes).toContain("route add 10.0.0.180/32 dev p1 scope link");
		expect(routes).toContain("route add 172.23.96.0/26 via 10.0.0.180 dev p1 onlink");
		expect(routes).toContain("route add 0.0.0.0/0 dev wan scope link");
	});

	test("has a load balancer's backends behind it, each with its chance, and drops what has no listener", () => {
		const rules = input(plan, vpc, "iptables-restore");
		const web = rules.filter((rule) => rule.includes("8.219.164.112") && rule.includes("DNAT"));
		expect(web.map((rule) => /--to-destination (\S+)/.exec(rule)?.[1])).toHaveLength(web.length);
		expect(web.length).toBeGreaterThan(0);
		expect(web.at(-1)).not.toContain("statistic");
		expect(rules).toContain("-A FORWARD -d 8.219.164.112/32 -j DROP");
	});

	test("without a load balancer's backends says what is lost", () => {
		const few = realize(network, ["node/ap-southeast-1.10.0.0.180", "slb/nginx"]);
		expect(few.omitted.map((left) => worded(left))).toEqual([
			"slb/nginx: 2 backends (node/ap-southeast-1.10.0.1.206 …): not behind the lab's router, so what goes there is lost",
		]);
	});

	test("takes nothing from the TTL of what passes", () => {
		expect(input(plan, vpc, "iptables-restore")).toContain("-A PREROUTING -j TTL --ttl-inc 1");
	});

	test("is reached from the Internet only as an answer or by a load balancer", () => {
		expect(input(plan, vpc, "iptables-restore")).toContain(
			"-A FORWARD -i wan -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
		);
	});
});

describe("what no kernel can be given", () => {
	test("a device of another driver, with everything that stands on it", () => {
		const namespace = stack("node/a", {
			links: [
				{ kind: "other", name: "wg0", driver: "wireguard", mac: null },
				{ kind: "vlan", name: "wg0.5", id: 5, lower: { device: "wg0" }, mac: "02:00:00:00:00:01" },
			],
			addresses: [["wg0", "10.1.0.1/24"]],
			routes: [["10.9.0.0/16", "10.1.0.2", "wg0"]],
		});
		expect(realize(networkOf([namespace]), ["node/a"]).omitted.map((left) => worded(left))).toEqual([
			"node/a: wg0: wireguard devices are not made",
			"node/a: wg0.5: wg0 of node/a, on which it stands, is not made",
			"node/a: route 10.9.0.0/16: wg0 is not made",
			"node/a: address 10.1.0.1: wg0 is not made",
		]);
	});

	test("a flow-based tunnel, and a name that would be words of a command", () => {
		const namespace = stack("node/a", {
			links: [
				{
					kind: "vxlan",
					name: "vx0",
					vni: 0,
					dstport: 4789,
					learning: false,
					external: true,
					mac: "02:00:00:00:00:01",
				},
				{ kind: "dummy", name: 'd0" up', mac: "02:00:00:00:00:02" },
			],
		});
		const plan = realize(networkOf([namespace]), ["node/a"]);
		expect(plan.omitted.map((left) => worded(left))).toEqual([
			"node/a: vx0: flow-based tunnels need a program that chooses them",
			'node/a: d0" up: no command takes such a device name',
		]);
		expect(input(plan, "n1", IP)).toEqual(["link set dev lo up"]);
	});

	test("sysctls that do not steer packets are counted, not written", () => {
		const namespace = stack("node/a", { sysctls: { "kernel.pid_max": "4194304", "net.ipv4.ip_forward": "1" } });
		const plan = realize(networkOf([namespace]), ["node/a"]);
		expect(plan.omitted.map((left) => worded(left))).toEqual([
			"node/a: 1 sysctls (kernel.pid_max …): they do not steer packets",
		]);
	});
});

describe("a device that stands on one of another namespace", () => {
	test("is made there, and moved into its own", () => {
		const node = stack("node/a", { links: [{ kind: "physical", name: "eth1", mac: "02:00:00:00:00:01" }] });
		const pod = stack("pod/x/a", {
			links: [
				{
					kind: "macvlan",
					name: "eth0",
					mode: "bridge",
					lower: { place: "node/a", device: "eth1" },
					mac: "02:00:00:00:00:02",
				},
			],
			addresses: [["eth0", "10.2.0.1/24"]],
		});
		const plan = realize(networkOf([pod, node]), ["pod/x/a", "node/a"]);
		expect(plan.omitted).toEqual([]);
		expect(input(plan, "n1", IP)).toEqual(
			expect.arrayContaining([
				"link add link eth1 name passing type macvlan mode bridge",
				"link set dev passing netns p1 name eth0",
			]),
		);
		expect(input(plan, "p1", IP)).not.toContain("link add link eth1 name eth0 type macvlan mode bridge");
		expect(input(plan, "p1", IP)).toContain("link set dev eth0 up");
	});
});
