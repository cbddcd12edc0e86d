/**
 * What was asked for is what is there: a network is built on a real kernel and read back by its own tools, and every
 * link, address, rule, route, neighbour, FDB entry, chain, set, virtual server and sysctl is as predicted.
 */
import { readFileSync } from "node:fs";
import { clusterNetwork, loadCluster, type Network, type Place } from "@podpath/core";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open.ts";
import type { Feature, LabPlan } from "../../src/lab-plan.ts";
import { realize } from "../../src/realize/realize.ts";
import { KERNELS } from "../kernels-here.ts";
import { everyKind, hostKinds } from "./every-kind.ts";
import { type Difference, difference, readBack } from "./read-back.ts";

/** The atlas's cluster, with kube-proxy in another mode. */
function atlas(mode: string, kubeProxy: string): Network {
	const name = `atlas/${mode}/cluster.yaml`;
	const text = readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8")
		.replace(/(kubeProxy:\n\s+mode: )\w+/, `$1${kubeProxy}`)
		.replace(/version: "1\.20"/, kubeProxy === "nftables" ? 'version: "1.31"' : "$&");
	return clusterNetwork(loadCluster([{ name, text }]));
}

interface Case {
	readonly name: string;
	readonly network: Network;
	/** Absent: all that the input describes. */
	readonly places?: readonly Place[];
}

const vpcIptables = atlas("flannel-vpc", "iptables");

const CASES: readonly Case[] = [
	{ name: "flannel-vxlan, kube-proxy in iptables mode", network: atlas("flannel-vxlan", "iptables") },
	{ name: "flannel-vxlan, kube-proxy in nftables mode", network: atlas("flannel-vxlan", "nftables") },
	{ name: "flannel-host-gw, kube-proxy in iptables mode", network: atlas("flannel-host-gw", "iptables") },
	{
		name: "flannel-vpc, kube-proxy in iptables mode, with a client on the Internet",
		network: vpcIptables,
		places: [...vpcIptables.places(), "internet/203.0.113.9"],
	},
	{ name: "flannel-vpc, kube-proxy in nftables mode", network: atlas("flannel-vpc", "nftables") },
	// User-Mode Linux takes its time to be read: a node and a pod of each are enough to see a difference.
	{
		name: "flannel-ipip, kube-proxy in iptables mode",
		network: atlas("flannel-ipip", "iptables"),
		places: ["node/n1", "pod/default/client"],
	},
	{
		name: "flannel-vpc, kube-proxy in ipvs mode",
		network: atlas("flannel-vpc", "ipvs"),
		places: ["node/ap-southeast-1.10.0.0.180", "pod/default/centos-67756b6dc8-rmmxt"],
	},
	{ name: "one of each kind of device that most kernels have", network: hostKinds() },
	{ name: "one of each kind of device", network: everyKind() },
];

describe("a network that was built and read back is the one that was predicted", () => {
	for (const { name, network, places = network.places() } of CASES) {
		const plan = realize(network, places);
		const kernel = KERNELS.find(({ features }) => lacking(plan, features).length === 0);
		const where = kernel === undefined ? `skipped, as ${whyNone(plan)}` : `on ${kernel.kind}`;
		test.skipIf(kernel === undefined)(`${name}: ${where}`, async () => {
			expect(plan.omitted).toEqual([]);
			const backend = await openBackend({ needs: plan.needs, ...(kernel && { kind: kernel.kind }) });
			try {
				expect(await differences(backend, plan, network)).toEqual({});
			} finally {
				await backend.close();
			}
		});
	}
});

function lacking(plan: LabPlan, features: ReadonlySet<Feature>): readonly Feature[] {
	return [...plan.needs].filter((feature) => !features.has(feature));
}

function whyNone(plan: LabPlan): string {
	const reasons = KERNELS.map(
		({ kind, features, unavailable }) => `${kind} ${unavailable ?? `lacks ${lacking(plan, features).join(", ")}`}`,
	);
	return reasons.join("; ");
}

/** What each stack's prediction and its tools do not agree on. */
async function differences(
	backend: Backend,
	plan: LabPlan,
	network: Network,
): Promise<Readonly<Record<Place, Difference>>> {
	await backend.addNamespaces(plan.namespaces);
	await backend.run(plan.steps);
	const found: Record<Place, Difference> = {};
	for (const { name, place } of plan.namespaces) {
		const predicted = network.namespace(place);
		if (predicted === undefined) continue;
		const difference = await settled(backend, name, predicted);
		if (difference.predicted.length + difference.observed.length > 0) found[place] = difference;
	}
	return found;
}

/** Carriers, and with them link-local addresses, come a moment after the devices are set up. */
async function settled(
	backend: Backend,
	name: string,
	predicted: Parameters<typeof difference>[0],
): Promise<Difference> {
	for (let attempt = 0; ; attempt++) {
		const found = difference(predicted, await readBack(backend, name, predicted));
		if (found.predicted.length === 0 || attempt === 5) return found;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
