import { describe, expect, test } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";

const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, status: { podIP: "10.0.0.1" } };
const OTHER = { ...POD, metadata: { name: "b" }, status: { podIP: "10.0.0.2" } };

function podsOf(text: string, name = "f.json"): readonly string[] {
	return loadCluster([{ name, text }]).pods.map((pod) => `${pod.name}:${pod.source.line}`);
}

describe("files", () => {
	test("of several YAML documents, comments between them", () => {
		const text = `# pods\n${JSON.stringify(POD)}\n---\n# nothing\n---\n\n${JSON.stringify(OTHER)}\n`;
		expect(podsOf(text, "f.yaml")).toEqual(["a:2", "b:7"]);
	});

	test("with a YAML List, as `kubectl get -o yaml` prints it", () => {
		const item = (name: string): string => `- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: ${name}\n`;
		expect(podsOf(`apiVersion: v1\nitems:\n${item("a")}${item("b")}kind: List\n`, "f.yaml")).toEqual(["a:3", "b:7"]);
	});

	test.each([
		["one object", JSON.stringify(POD, null, 2), ["a:1"]],
		["an array", JSON.stringify([POD, OTHER]), ["a:1", "b:1"]],
		["JSON lines", `${JSON.stringify(POD)}\n${JSON.stringify(OTHER)}\n`, ["a:1", "b:2"]],
		[
			"objects one after another",
			`${JSON.stringify(POD, null, 1)}\n${JSON.stringify(OTHER, null, 1)}`,
			["a:1", "b:11"],
		],
		["a byte order mark", `\ufeff${JSON.stringify(POD)}`, ["a:1"]],
		[
			"an indented List",
			JSON.stringify({ apiVersion: "v1", kind: "List", items: [POD, OTHER] }, null, 4),
			["a:5", "b:15"],
		],
		[
			"a List laid out by hand",
			`{"apiVersion":"v1","kind":"List","items":[\n\n${JSON.stringify(POD)},\n ${JSON.stringify(OTHER)}]}`,
			["a:3", "b:4"],
		],
		[
			"a List in a List",
			JSON.stringify({ apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "List", items: [POD] }] }),
			["a:1"],
		],
	])("with %s of JSON", (_, text, pods) => {
		expect(podsOf(text)).toEqual(pods);
	});

	test("with a typed list, whose items do not say what they are, as the API server sends it", () => {
		const { apiVersion, kind, ...bare } = POD;
		expect(podsOf(JSON.stringify({ apiVersion, kind: `${kind}List`, metadata: {}, items: [bare] }))).toEqual(["a:1"]);
	});

	test("in any mixture", () => {
		const cluster = loadCluster([
			{ name: "a.json", text: JSON.stringify(POD) },
			{ name: "b.yaml", text: "apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n" },
			{ name: "stdin", text: JSON.stringify([OTHER]) },
		]);
		expect(cluster.pods.map(({ source }) => source.file)).toEqual(["a.json", "stdin"]);
		expect(cluster.namespaces.map(({ name }) => name)).toEqual(["x"]);
	});

	test("with an empty List are an empty cluster, and so are no files", () => {
		expect(loadCluster([{ name: "f.json", text: '{"apiVersion":"v1","kind":"List","items":[]}' }]).pods).toEqual([]);
		expect(loadCluster([]).nodes).toEqual([]);
	});

	test("with merge keys and anchors", () => {
		const text = `apiVersion: v1\nkind: Pod\nmetadata: &m { name: a, labels: { app: x } }\n---\napiVersion: v1\nkind: Pod\nmetadata: { <<: { labels: { app: y } }, name: b }\n`;
		expect(loadCluster([{ name: "f.yaml", text }]).pods.map(({ labels }) => labels.app)).toEqual(["x", "y"]);
	});
});

describe("the same object twice", () => {
	test("counts once where both say the same", () => {
		expect(podsOf(JSON.stringify([POD, POD]))).toEqual(["a:1"]);
	});

	test("is wrong where they differ", () => {
		const text = JSON.stringify([POD, { ...POD, status: { podIP: "10.0.0.9" } }]);
		expect(() => podsOf(text)).toThrow(
			'f.json:1: Pod "default/a" is there twice, and differs (the other is at f.json:1)',
		);
	});
});

describe("kinds", () => {
	const warningsOf = (object: object): readonly string[] =>
		loadCluster([{ name: "f.json", text: JSON.stringify(object) }]).warnings.map(({ code }) => code);
	const named = { metadata: { name: "x" } };

	test("that Kubernetes has and podpath has no use for are passed over", () => {
		expect(warningsOf({ apiVersion: "apps/v1", kind: "Deployment", ...named })).toEqual([]);
		expect(warningsOf({ apiVersion: "v1", kind: "Secret", ...named })).toEqual([]);
	});

	test("that nobody knows give one warning each", () => {
		const object = { apiVersion: "serving.knative.dev/v1", kind: "Service", ...named };
		expect(warningsOf([object, object] as unknown as object)).toEqual(["unknown-kind"]);
	});

	test("policies of other APIs are remembered, as nothing is certain where they are", () => {
		const policy = { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy", ...named };
		const cluster = loadCluster([{ name: "f.json", text: JSON.stringify([policy]) }]);
		expect(cluster.warnings).toMatchObject([{ code: "unknown-kind" }]);
		expect(cluster.foreignPolicies).toMatchObject([{ kind: "CiliumNetworkPolicy", source: { file: "f.json" } }]);
	});
});
