/** A cluster that is read in turns, so that a server answers others meanwhile. */
import { describe, expect, test } from "vitest";
import { loadCluster, loadClusterInTurns, type Turns } from "../../src/cluster/load.ts";
import { errorOf, nodeYaml, podYaml } from "../support/manifests.ts";

const FILES = [
	{
		name: "nodes.yaml",
		text: `${nodeYaml("a", "10.0.0.1", "10.1.0.0/24")}\n---\n${nodeYaml("b", "10.0.0.2", "10.1.1.0/24")}`,
	},
	{ name: "pods.yaml", text: ["x", "y", "z"].map((name, index) => podYaml(name, `10.1.0.${index + 2}`)).join("---\n") },
];

/** A clock by which each look at it takes a while. */
function turnsOf(milliseconds: number): { readonly turns: Turns; readonly pauses: () => number } {
	let [time, pauses] = [0, 0];
	const pause = async (): Promise<void> => {
		pauses += 1;
	};
	return { turns: { now: () => (time += milliseconds), pause }, pauses: () => pauses };
}

describe("a cluster that is read in turns", () => {
	test("is the same as one that is read in one go", async () => {
		const { nodes, pods, warnings } = await loadClusterInTurns(FILES, turnsOf(50).turns);
		const whole = loadCluster(FILES);
		expect({ nodes, pods, warnings }).toEqual({ nodes: whole.nodes, pods: whole.pods, warnings: whole.warnings });
	});

	test("lets others have their turn between two objects, when one has been long enough", async () => {
		const slow = turnsOf(50);
		await loadClusterInTurns(FILES, slow.turns);
		expect(slow.pauses()).toBe(5);
		const quick = turnsOf(1);
		await loadClusterInTurns(FILES, quick.turns);
		expect(quick.pauses()).toBe(0);
	});

	test("tells the same of what is wrong", async () => {
		const text = "kind: Pod\nkind: Node\n";
		const told = errorOf(text);
		expect(told).toContain("a.yaml:2:1");
		await expect(loadClusterInTurns([...FILES, { name: "a.yaml", text }], turnsOf(50).turns)).rejects.toThrow(told);
	});
});
