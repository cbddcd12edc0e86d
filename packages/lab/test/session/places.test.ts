/** Which part of a network is built for a question. */
import { clusterNetwork, type Subject } from "@podpath/core";
import { describe, expect, it } from "vitest";
import { clusterOfYaml, nodeYaml, ownYaml, podYaml } from "../../../core/test/support/manifests.ts";
import { Lab, openBackend, placesFor, realize } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

/** Two nodes, and pods on the second of which `web` is the first. */
function subjectWith(pods: number): Subject {
	const others = Array.from({ length: pods }, (_, index) => podYaml(`other-${index}`, `10.244.2.${index + 3}`));
	const cluster = clusterOfYaml(
		ownYaml("Cluster", "mode: flannel-host-gw, podCIDRs: [10.244.0.0/16]"),
		ownYaml("Segment", "cidrs: [10.0.0.0/24]"),
		nodeYaml("a", "10.0.0.1", "10.244.1.0/24"),
		nodeYaml("b", "10.0.0.2", "10.244.2.0/24"),
		podYaml("client", "10.244.1.2"),
		...[podYaml("web", "10.244.2.2"), ...others].map((each) => each.replace("nodeName: a", "nodeName: b")),
	);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

const QUESTION = { from: "pod/default/client", to: "pod/default/web:80", protocol: "tcp" } as const;
const ON_THE_WAY = ["node/a", "node/b", "pod/default/client", "pod/default/web", "segment/segment"];

describe("for a question there is built", () => {
	it("all of a small network", () => {
		const subject = subjectWith(3);
		expect(placesFor(subject, QUESTION)).toEqual(subject.network.places());
	});

	it("what its ways pass, of a large one", () => {
		const subject = subjectWith(200);
		expect([...placesFor(subject, QUESTION)].sort()).toEqual(ON_THE_WAY);
		expect(placesFor(subject)).toEqual(subject.network.places());
	});

	it("the client on the Internet that it is about", () => {
		const question = { ...QUESTION, from: "internet/203.0.113.9" };
		for (const pods of [3, 200]) expect(placesFor(subjectWith(pods), question)).toContain("internet/203.0.113.9");
	});
});

const large = subjectWith(200);
const plan = realize(large.network, placesFor(large, QUESTION));

onEachKernel(
	[...plan.needs],
	({ kind }) => {
		it("the kernel proves the way through that part", async () => {
			const backend = await openBackend({ kind, needs: plan.needs });
			try {
				const lab = await Lab.build(plan, backend);
				const { probed, tally } = await lab.ask(large, QUESTION);
				expect(probed.map(({ comparison }) => comparison.kind)).toEqual(["agrees"]);
				expect(tally.neverSeen).toEqual([]);
			} finally {
				await backend.close();
			}
		}, 60_000);
	},
	["userns"],
);
