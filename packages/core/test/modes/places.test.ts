import { expect, test } from "vitest";
import { clusterNetwork } from "../../src/modes/network.ts";
import { assembleNamespace } from "../../src/state/assemble.ts";
import { staticNetwork } from "../../src/state/static-network.ts";
import { clusterOf, node, pod, segment } from "../support/clusters.ts";

test("a cluster's network lists machines, pods with a namespace of their own, and the fabric", () => {
	const network = clusterNetwork(
		clusterOf({
			mode: "flannel-vxlan",
			podCIDRs: ["10.244.0.0/16"],
			nodes: [node("a", ["10.9.0.1"], ["10.244.1.0/24"])],
			pods: [pod("x/web", "a", ["10.244.1.11"]), pod("x/waiting", "a", [])],
			segments: [segment("lan", ["10.9.0.0/24"], [])],
		}),
	);
	expect(network.places()).toEqual(["node/a", "pod/x/web", "segment/lan", "internet"]);
	for (const place of network.places()) {
		expect(network.namespace(place) ?? network.fabric(place)).toBeDefined();
	}
});

test("a network of given parts lists those", () => {
	const namespace = assembleNamespace("node/a", []);
	const internet = { kind: "internet", place: "internet" } as const;
	expect(staticNetwork({ namespaces: [namespace], fabric: [internet] }).places()).toEqual(["node/a", "internet"]);
});
