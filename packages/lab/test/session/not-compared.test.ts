/** Questions whose answer no kernel could confirm: nothing is sent, so nothing is waited for. */
import { type Cluster, clusterNetwork, worded } from "@podpath/core";
import { expect, test } from "vitest";
import { clusterOfYaml, nodeYaml, ownYaml, podYaml } from "../../../core/test/support/manifests.ts";
import { type Backend, Lab, realize, verdictOfLab } from "../../src/index.ts";

const CLUSTER: Cluster = clusterOfYaml(
	ownYaml("Cluster", "mode: flannel-host-gw, podCIDRs: [10.244.0.0/16]"),
	ownYaml("Segment", "cidrs: [10.0.0.0/24]"),
	nodeYaml("a", "10.0.0.1", "10.244.1.0/24"),
	nodeYaml("b", "10.0.0.2", "10.244.2.0/24"),
	podYaml("web", "10.244.1.2"),
	podYaml("far", "10.244.2.2").replace("nodeName: a", "nodeName: b"),
);

/** A kernel that must not be asked anything. */
const UNTOUCHED = new Proxy({ kind: "userns", kernel: "none" } as Backend, {
	get: (backend, name) => {
		if (name in backend) return Reflect.get(backend, name);
		throw new Error(`the kernel was asked to ${String(name)}`);
	},
});

test("a node on the way that the lab has not got is named, and the kernel is not asked", async () => {
	const network = clusterNetwork(CLUSTER);
	const plan = realize(
		network,
		network.places().filter((place) => place !== "node/b"),
	);
	const subject = { cluster: CLUSTER, network, fromSnapshot: false };
	const answer = await Lab.over(plan, UNTOUCHED).ask(subject, {
		from: "pod/default/web",
		to: "pod/default/far:80",
		protocol: "tcp",
	});
	expect(answer.probed.map(({ observation }) => observation)).toEqual([null]);
	const verdict = verdictOfLab(answer);
	expect(verdict.kind === "not-verified" && worded(verdict.why)).toBe("the lab has no node/b");
});
