/** Networks that stand on a real kernel are collected, and explained from the snapshot as from their manifests. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSnapshot, writeSnapshot } from "@podpath/collect";
import {
	clusterNetwork,
	type Explanation,
	explain,
	loadCluster,
	type Place,
	type Question,
	type Subject,
	snapshotNetwork,
} from "@podpath/core";
import { Lab, LabError, openBackend, probeFeatures, realize } from "@podpath/lab";
import { describe, expect, test } from "vitest";
import { readMode } from "../src/atlas/atlas-folder.ts";
import { snapshotOfLab } from "../src/collect/from-lab.ts";

async function whyNot(kind: "userns" | "uml"): Promise<string | null> {
	try {
		await probeFeatures({ kind });
		return null;
	} catch (error) {
		if (error instanceof LabError) return error.message;
		throw error;
	}
}

/** What packets do: verdict, devices, NAT. */
function waysOf({ verdict, paths }: Explanation): unknown {
	return [
		verdict,
		paths
			.map(({ weight, forward, reply, nat, stacks }) =>
				JSON.stringify([
					weight.toFixed(4),
					forward?.links,
					reply?.links,
					nat?.map(({ at, kind, to }) => [at, kind, to]),
					stacks,
				]),
			)
			.sort(),
	];
}

/** On User-Mode Linux the same takes a minute for calico-ipip; it was tried by hand (docs/lab-notes). */
const KERNELS = [["userns", ["flannel-vxlan", "calico-bgp"]]] as const;

for (const [kind, modes] of KERNELS) {
	const why = await whyNot(kind);
	describe.skipIf(why !== null)(`on ${kind}${why === null ? "" : `: ${why}`}`, () => {
		test.each(modes)(
			"a snapshot of %s shows packets the ways that its manifests predict",
			async (mode) => {
				const { cluster: file, scenarios } = readMode(mode);
				const manifests = [file];
				const cluster = loadCluster(manifests);
				const predicted: Subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
				const shown = await raisedAndCollected(kind, predicted, manifests);
				const questions = scenarios
					.filter(({ changes, question }) => changes.length === 0 && isBetweenStacks(question))
					.map(({ question }) => question);
				expect(questions.length).toBeGreaterThan(2);
				for (const question of questions) {
					expect([question, waysOf(explain(shown, question))]).toEqual([
						question,
						waysOf(explain(predicted, question)),
					]);
				}
			},
			120_000,
		);
	});
}

/** Clients on the Internet and load balancers are not in a lab's namespaces. */
function isBetweenStacks({ from }: Question): boolean {
	return !from.startsWith("internet/");
}

async function raisedAndCollected(
	kind: "userns" | "uml",
	{ cluster, network }: Subject,
	manifests: readonly { readonly name: string; readonly text: string }[],
): Promise<Subject> {
	const places: readonly Place[] = network.places();
	const plan = realize(network, places);
	const backend = await openBackend({ kind, needs: plan.needs });
	try {
		await Lab.build(plan, backend);
		const { files, missing } = await snapshotOfLab(backend, plan, { manifests }, "test");
		expect(missing).toEqual([]);
		const path = join(mkdtempSync(join(tmpdir(), "podpath-test-")), "lab.tar.gz");
		await writeSnapshot(files, path);
		const state = snapshotNetwork(await readSnapshot(path));
		expect(state.cluster.nodes.length).toBe(cluster.nodes.length);
		return { ...state, fromSnapshot: true };
	} finally {
		await backend.close();
	}
}
