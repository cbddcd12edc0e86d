/** What is wrong with manifests is told in Chinese too; `errorOf` looks at each refusal of the other tests. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { diagnosticIn, formatDiagnostic, InputError } from "../../src/diagnostic/diagnostic.ts";
import { nodeYaml, ownYaml, podYaml, serviceYaml } from "../support/manifests.ts";
import { englishIn } from "../support/no-english.ts";

function told(text: string): string {
	try {
		const [warning] = loadCluster([{ name: "a.yaml", text }]).warnings;
		return warning === undefined ? "" : formatDiagnostic(warning, "zh");
	} catch (error) {
		if (error instanceof InputError) return formatDiagnostic(error.diagnostic, "zh");
		throw error;
	}
}

test.each([
	[
		"a: [",
		"a.yaml:1:5: 不是有效的 YAML：缩进不对：同一层的各项要从同一列开始，括号和引号要结束（Flow sequence in block collection must be sufficiently indented and end with a ]）",
	],
	[
		"a: b: c",
		"a.yaml:1:4: 不是有效的 YAML：一行中不能嵌套映射：含有“: ”的值要加引号（Nested mappings are not allowed in compact mappings）",
	],
	["kind: Pod\nkind: Pod", "a.yaml:2:1: 不是有效的 YAML：键“kind”出现了两次"],
	["- 1", "a.yaml:1:3: 不是 Kubernetes 对象（对象有 apiVersion、kind 和 metadata）"],
	["apiVersion: v1\nkind: Pdo", "a.yaml:2:7: v1 中没有 kind“Pdo”（是不是“Pod”？）"],
	[
		"apiVersion: v1\nkind: Pod\nmetadata: { name: -a }",
		'a.yaml:3:19: metadata.name 必须是名称，而不是 "-a"（字母、数字、连字符和点，最多 253 个字符）',
	],
	[serviceYaml("a", "ports: [{ port: 0 }]"), "a.yaml:4:25: spec.ports[0].port 必须是 1 到 65535 之间的整数，而不是 0"],
	[
		serviceYaml("a", "type: NodePrt"),
		'a.yaml:4:15: spec.type 必须是 ClusterIP、NodePort、LoadBalancer、ExternalName 之一，而不是 "NodePrt"',
	],
	[serviceYaml("a", "selecter: {}"), "a.yaml:4:9: Service 没有字段 spec.selecter（是不是“selector”？）"],
	[ownYaml("Cluster", "mtu: 1"), "a.yaml:4:9: Cluster“cluster”：没有字段 spec.mtu"],
	[
		ownYaml("Cluster", "podCIDRs: [10.0.0.1/8]"),
		'a.yaml:4:20: Cluster“cluster”：spec.podCIDRs[0] 必须是网络地址：这个地址在 10.0.0.0/8 中，而不是 "10.0.0.1/8"',
	],
	[ownYaml("VPC", "cidrs: []"), "a.yaml:4:16: VPC“vpc”：spec.cidrs 不能为空"],
	[
		`${podYaml("a", "10.0.0.1")}---\n${podYaml("b", "10.0.0.1")}`,
		"a.yaml:7: pod/default/b 有 10.0.0.1，而 pod/default/a 也有（另一个在 a.yaml:1）",
	],
	[
		`${nodeYaml("a", "10.1.0.1", "10.0.0.0/24")}\n---\n${nodeYaml("b", "10.1.0.2", "10.0.0.0/25")}`,
		"a.yaml:7: 10.0.0.0/25（node/b 的 podCIDR）与 10.0.0.0/24（node/a 的 podCIDR）重叠（另一个在 a.yaml:1）",
	],
	["apiVersion: x.io/v1\nkind: Thing\nmetadata: { name: a }", "a.yaml:1: kind“Thing”（x.io/v1）的对象已略过"],
])("%j", (text, chinese) => {
	expect(told(text)).toContain(chinese);
});

test("a hint is worded with the message", () => {
	const hint = diagnosticIn({ code: "a", severity: "error", message: "a", hint: "b" }, "zh").hint;
	expect([hint, formatDiagnostic({ code: "a", severity: "error", message: "a", hint: "b" }, "zh")]).toEqual([
		"b",
		"a（b）",
	]);
});

test("English is found where it is", () => {
	expect(englishIn("Pod a 的 spec.mtu has no such field")).toEqual(["has no such field"]);
	expect(englishIn("rr、wrr、wlc 之一，而不是 kube-proxy conntrack")).toEqual([]);
});

const CLUSTER = join(import.meta.dirname, "../../src/cluster");
const SOURCES = readdirSync(CLUSTER, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

test.each(SOURCES)("%s refuses with phrases alone", (name) => {
	const said = /message: ["'`]|hint: ["'`]|new InputError\(\{ code/g;
	expect(readFileSync(join(CLUSTER, name), "utf8").match(said)).toBeNull();
});
