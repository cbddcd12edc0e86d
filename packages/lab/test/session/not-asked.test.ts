/** Of several questions to one network, one that cannot be sent is told as such, and the others are asked. */
import { clusterNetwork } from "@podpath/core";
import { expect, it } from "vitest";
import { clusterOfYaml, nodeYaml, ownYaml, podYaml } from "../../../core/test/support/manifests.ts";
import { type Proof, proveAll, realize } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

const cluster = clusterOfYaml(
	ownYaml("Cluster", "mode: flannel-host-gw, podCIDRs: [10.244.0.0/16]"),
	ownYaml("Segment", "cidrs: [10.0.0.0/24]"),
	nodeYaml("a", "10.0.0.1", "10.244.1.0/24"),
	podYaml("web", "10.244.1.2"),
	podYaml("other", "10.244.1.3"),
);
const network = clusterNetwork(cluster);
const subject = { cluster, network, fromSnapshot: false };

onEachKernel(
	[...realize(network, network.places()).needs],
	({ kind }) => {
		it("a client that nobody knows", async () => {
			const proofs: Proof<string>[] = [];
			const question = (from: string): { from: string; to: string; protocol: "tcp" } => {
				return { from, to: "10.244.1.2:80", protocol: "tcp" };
			};
			const questions = [
				{ id: "unknown", subject, question: question("pod/default/nobody") },
				{ id: "known", subject, question: question("pod/default/other") },
			];
			await proveAll([{ network, places: network.places(), questions }], (proof) => proofs.push(proof), { kind });
			expect(proofs.map(({ id, kind: outcome }) => [id, outcome])).toEqual([
				["unknown", "not-asked"],
				["known", "asked"],
			]);
			expect(proofs[0]).toMatchObject({ why: expect.stringContaining("nobody") });
		}, 60_000);
	},
	["userns"],
);
