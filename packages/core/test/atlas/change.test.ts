import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { mergePatch, scenarioManifests } from "../../src/atlas/change.ts";
import type { ClusterChange, Scenario } from "../../src/atlas/scenario.ts";

const CLUSTER = {
	name: "cluster.yaml",
	text: `# the cluster
kind: Cluster
metadata: { name: c }
spec: { mode: flannel-vpc, kubeProxy: { mode: ipvs } }
---
kind: Pod
metadata: { name: a, namespace: default }
---
# a Service
kind: Service
metadata: { name: s, namespace: default }
`,
};

function scenario(...changes: readonly ClusterChange[]): Scenario {
	return {
		mode: "flannel-vpc",
		id: "x",
		title: "",
		question: { from: "", to: "", protocol: "tcp" },
		changes,
		paths: [],
		otherPaths: false,
		source: { file: "scenarios.yaml", line: 3 },
	};
}

test("a scenario that changes nothing is asked about the cluster as it stands", () => {
	expect(scenarioManifests(scenario(), CLUSTER)).toEqual([CLUSTER]);
});

test("an object that is removed leaves the others on their lines", () => {
	const [rest, ...more] = scenarioManifests(scenario({ kind: "remove", object: "pod/default/a" }), CLUSTER);
	expect(more).toEqual([]);
	expect(rest?.text).not.toContain("kind: Pod");
	expect(rest?.text.split("\n").indexOf("kind: Service")).toBe(CLUSTER.text.split("\n").indexOf("kind: Service"));
});

test("an object that is changed stands in a file of the scenario's own", () => {
	const patch = { spec: { kubeProxy: { mode: "iptables", version: "1.20" } } };
	const [rest, own] = scenarioManifests(scenario({ kind: "merge", object: "cluster/c", patch }), CLUSTER);
	expect(rest?.text).not.toContain("kind: Cluster");
	expect(own?.name).toBe("scenarios.yaml#x");
	const documents = parseAllDocuments(own?.text ?? "").map((document) => document.toJS());
	expect(documents).toEqual([
		{
			kind: "Cluster",
			metadata: { name: "c" },
			spec: { mode: "flannel-vpc", kubeProxy: { mode: "iptables", version: "1.20" } },
		},
	]);
});

test("two changes to one object are both made", () => {
	const changes: readonly ClusterChange[] = [
		{ kind: "merge", object: "cluster/c", patch: { spec: { mode: null } } },
		{ kind: "merge", object: "cluster/c", patch: { spec: { kubeProxy: { mode: "nftables" } } } },
	];
	const [, own] = scenarioManifests(scenario(...changes), CLUSTER);
	expect(parseAllDocuments(own?.text ?? "").map((document) => document.toJS().spec)).toEqual([
		{ kubeProxy: { mode: "nftables" } },
	]);
});

test("a change to an object that is not there is an error that names those that are", () => {
	expect(() => scenarioManifests(scenario({ kind: "remove", object: "pod/default/b" }), CLUSTER)).toThrow(
		/scenarios.yaml:3: .*pod\/default\/b.*there are cluster\/c, pod\/default\/a, service\/default\/s/,
	);
});

test("changes are merged as RFC 7396 says (its appendix A)", () => {
	expect(mergePatch({ a: "b" }, { a: "c" })).toEqual({ a: "c" });
	expect(mergePatch({ a: "b" }, { b: "c" })).toEqual({ a: "b", b: "c" });
	expect(mergePatch({ a: "b", b: "c" }, { a: null })).toEqual({ b: "c" });
	expect(mergePatch({ a: ["b"] }, { a: "c" })).toEqual({ a: "c" });
	expect(mergePatch({ a: { b: "c" } }, { a: { b: "d", c: null } })).toEqual({ a: { b: "d" } });
	expect(mergePatch({ a: [{ b: "c" }] }, { a: [1] })).toEqual({ a: [1] });
	expect(mergePatch({}, { a: { bb: { ccc: null } } })).toEqual({ a: { bb: {} } });
});
