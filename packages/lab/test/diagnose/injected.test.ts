/**
 * Faults made with the administrators' own commands on a real kernel; the snapshot is what the tools print there. The first
 * finding is the fault, and before any was made there is none.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clusterNetwork, type Diagnosis, diagnose, loadCluster, questionOf, snapshotNetwork } from "@podpath/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Lab, openBackend, realize } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";
import { snapshotOf } from "./lab-snapshot.ts";

const PATH = fileURLToPath(new URL("../../../../atlas/flannel-vxlan/cluster.yaml", import.meta.url));
const FILE = { name: "cluster.yaml", text: readFileSync(PATH, "utf8") };
const cluster = loadCluster([FILE]);
const network = clusterNetwork(cluster);
const plan = realize(network, network.places());

interface Injected {
	readonly at: string;
	readonly command: string;
	/** Puts it right again. */
	readonly undo: string;
	readonly to: string;
	readonly code: string;
	readonly entry: string;
}

const POD = "pod/default/web:80";
const SERVICE = "service/default/web:80";

const FAULTS: readonly Injected[] = [
	{
		at: "node/n1",
		command: "ip route del 10.244.2.0/24",
		undo: "ip route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
		to: POD,
		code: "route-missing",
		entry: "10.244.2.0/24",
	},
	{
		at: "node/n2",
		command: "sysctl -qw net.ipv4.ip_forward=0",
		undo: "sysctl -qw net.ipv4.ip_forward=1",
		to: POD,
		code: "sysctl-wrong",
		entry: "net.ipv4.ip_forward = 0",
	},
	{
		at: "node/n1",
		command: "iptables -I FORWARD 1 -s 10.244.1.11 -p tcp -j REJECT",
		undo: "iptables -D FORWARD 1",
		to: SERVICE,
		code: "iptables-rule-unexpected",
		entry: "-s 10.244.1.11",
	},
	{
		at: "node/n1",
		command: "bridge fdb del $(bridge fdb show dev flannel.1 | grep 'dst 10.9.0.2' | cut -d' ' -f1) dev flannel.1",
		undo: "bridge fdb append $(ip neigh show 10.244.2.0 dev flannel.1 | cut -d' ' -f3) dev flannel.1 dst 10.9.0.2 self permanent",
		to: POD,
		code: "fdb-missing",
		entry: "dst 10.9.0.2",
	},
	{
		at: "pod/default/client",
		command: "ip link set eth0 down",
		undo: "ip link set eth0 up; ip route add default via 10.244.1.1; ip route add 10.244.0.0/16 via 10.244.1.1",
		to: POD,
		code: "link-down",
		entry: "eth0",
	},
];

onEachKernel(
	[...plan.needs],
	({ kind }) => {
		let lab: Lab;
		beforeAll(async () => {
			lab = await Lab.build(plan, await openBackend({ kind, needs: plan.needs }));
		}, 60_000);
		afterAll(async () => {
			await lab?.close();
		});

		async function diagnosed(to: string): Promise<Diagnosis> {
			const parts = snapshotNetwork(await snapshotOf(lab, cluster, network), [FILE]);
			const question = questionOf({ from: "pod/default/client", to, protocol: "tcp" });
			return diagnose({ ...parts, fromSnapshot: true }, question);
		}

		it("healthy: nothing above info", async () => {
			const { verdict, findings } = await diagnosed(SERVICE);
			expect(verdict).toBe("delivered");
			expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
		}, 60_000);

		it.each(FAULTS)(
			"$at: $command",
			async ({ at, command, undo, to, code, entry }) => {
				expect((await lab.run(at, ["sh", "-c", command])).stderr).toBe("");
				const { findings, verdict } = await diagnosed(to);
				await lab.run(at, ["sh", "-c", undo]);
				expect(verdict).not.toBe("delivered");
				expect(findings[0]).toMatchObject({ code, at, severity: "error" });
				expect(`${findings[0]?.expected?.text} ${findings[0]?.actual?.text}`).toContain(entry);
			},
			60_000,
		);
	},
	["userns"],
);
