/** What a segment's router learned from the nodes by BGP is in no node's files, and still is there. */
import { expect, test } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { printNamespace } from "../../src/emit/namespace.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import type { SnapshotNamespace } from "../../src/snapshot/files.ts";
import { snapshotNetwork } from "../../src/snapshot/network.ts";
import { readAtlas } from "../support/atlas-files.ts";

test("the routes to hybridnet's pods", () => {
	const file = readAtlas().find(({ mode }) => mode === "hybridnet-bgp")?.cluster;
	if (file === undefined) throw new Error("no atlas/hybridnet-bgp");
	const predicted = clusterNetwork(loadCluster([file]));
	const namespaces = predicted.places().flatMap((place): readonly SnapshotNamespace[] => {
		const namespace = predicted.namespace(place);
		if (namespace === undefined || !place.startsWith("node/")) return [];
		const files = [...printNamespace(namespace)].map(([name, text]) => [name, { name, text }] as const);
		return [{ node: place.slice("node/".length), netns: null, files: new Map(files) }];
	});
	const { network } = snapshotNetwork({ manifest: null, kubernetes: [file], cloud: [], namespaces });
	const routesOf = (of: typeof predicted): readonly string[] => {
		const segment = of.fabric("segment/lan");
		return segment?.kind === "segment" ? (segment.routes ?? []).map(({ destination }) => destination.text).sort() : [];
	};
	expect(routesOf(predicted)).toContain("30.0.0.11/32");
	expect(routesOf(network)).toEqual(routesOf(predicted));
});
