/** The server without a socket: who may ask, what is refused, and that answers are those of the command line. */
import { clusterNetwork, jsonSchema, loadCluster, type Problem, parseScenarios, questionSchema } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { app } from "../src/app.ts";
import { Events } from "../src/events.ts";
import { LabRuns } from "../src/lab-runs.ts";
import type { NamedInput } from "../src/served.ts";
import { NO_LAB } from "./no-lab.ts";

const TOKEN = "the-token-of-this-test";
const HOST = "127.0.0.1:8080";

const POD = (name: string, address: string): string => `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default }
spec: { nodeName: n1, containers: [{ name: c, ports: [{ containerPort: 80 }] }] }
status: { phase: Running, podIPs: [{ ip: ${address} }] }`;

const CLUSTER = `
apiVersion: podpath.dev/v1alpha1
kind: Cluster
metadata: { name: small }
spec: { mode: flannel-host-gw, podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/16] }
---
apiVersion: v1
kind: Node
metadata: { name: n1 }
spec: { podCIDR: 10.244.1.0/24 }
status: { addresses: [{ type: InternalIP, address: 192.168.1.11 }] }${POD("a", "10.244.1.2")}${POD("b", "10.244.1.3")}
`;

const SCENARIOS = `
apiVersion: podpath.dev/v1alpha1
kind: Scenarios
mode: small
scenarios:
  - id: one
    title: "<script>alert(1)</script>"
    question: { from: pod/default/a, to: pod/default/b }
    expect: { verdict: { is: delivered, source: "seed 001 L95" } }
`;

function server(input: NamedInput | null = null): ReturnType<typeof app> {
	const scenarios = parseScenarios(SCENARIOS, "scenarios.yaml");
	const files = {
		mode: "small",
		cluster: { name: "cluster.yaml", text: CLUSTER },
		scenarios: { name: "scenarios.yaml", text: SCENARIOS },
	};
	return app({
		served: { version: "1.2.3", atlas: [{ files, scenarios, faults: null }], input, lab: NO_LAB },
		access: { token: TOKEN, open: false },
		events: new Events({ kind: "ready" }),
		runs: new LabRuns(NO_LAB),
		page: new Map([["index.html", { type: "text/html", bytes: new Uint8Array([60]), immutable: false }]]),
	});
}

function clusterInput(): NamedInput {
	const files = [{ name: "cluster.yaml", text: CLUSTER }];
	const cluster = loadCluster(files);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return {
		kind: "manifests",
		name: "cluster.yaml",
		subject: Promise.resolve(subject),
		manifests: Promise.resolve(files),
	};
}

interface Schema {
	readonly $schema?: string;
	readonly required?: readonly string[];
	readonly properties?: object;
}

interface Operations {
	readonly post?: {
		readonly requestBody: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
	};
}

const ALLOWED = { Host: HOST, Authorization: `Bearer ${TOKEN}` };

async function problemOf(response: Response): Promise<{ readonly status: number; readonly code: string }> {
	const body = (await response.json()) as { readonly error: { readonly code: string } };
	return { status: response.status, code: body.error.code };
}

function ask(question: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
	const body = typeof question === "string" ? question : JSON.stringify({ question });
	const all = { ...ALLOWED, "Content-Type": "application/json", ...headers };
	return Promise.resolve(server(clusterInput()).request("/api/explain", { method: "POST", headers: all, body }));
}

describe("the token", () => {
	test("of the URL becomes a cookie and leaves the URL", async () => {
		const first = await server().request(`/?token=${TOKEN}`, { headers: { Host: HOST } });
		expect(first.status).toBe(303);
		expect(first.headers.get("Location")).toBe("/");
		const cookie = first.headers.get("Set-Cookie") ?? "";
		expect(cookie).toContain("HttpOnly");
		const second = await server().request("/", { headers: { Host: HOST, Cookie: cookie.split(";")[0] ?? "" } });
		expect(second.status).toBe(200);
	});

	test.each([
		["is missing", {}],
		["is wrong", { Authorization: "Bearer wrong" }],
		["is a wrong cookie", { Cookie: "podpath-8080=wrong" }],
	])("%s: nothing is told", async (_, headers) => {
		const response = await server(clusterInput()).request("/api/input.json", { headers: { Host: HOST, ...headers } });
		expect(await problemOf(response)).toEqual({ status: 401, code: "no-token" });
	});

	test("is missing in a browser: a page says what to do", async () => {
		const response = await server().request("/", { headers: { Host: HOST, Accept: "text/html" } });
		expect(response.status).toBe(401);
		expect(await response.text()).toContain("podpath serve");
	});
});

describe("other pages and other names", () => {
	test("a name that was rebound to this machine is not its Host", async () => {
		const response = await server().request("/api/input.json", { headers: { ...ALLOWED, Host: "evil.example:8080" } });
		expect(await problemOf(response)).toEqual({ status: 421, code: "wrong-host" });
	});

	test.each([
		["a foreign origin", { Origin: "http://evil.example" }],
		["another port of this machine", { Origin: "http://127.0.0.1:9999" }],
		["a frame without origin", { Origin: "null" }],
		["what a browser fetched for another site", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }],
	])("%s is refused, with the right token too", async (_, headers) => {
		const response = await ask({ from: "pod/default/a", to: "pod/default/b" }, headers);
		expect(await problemOf(response)).toEqual({ status: 403, code: "foreign-origin" });
	});

	test("its own page may ask", async () => {
		const own = { Origin: `http://${HOST}`, "Sec-Fetch-Site": "same-origin" };
		expect((await ask({ from: "pod/default/a", to: "pod/default/b" }, own)).status).toBe(200);
	});

	test.each([
		["a name that is not this server's", "/api/input.json", { Host: "evil.example:8080" }, "Host 头指的不是这台服务器"],
		["a foreign origin", "/api/input.json", { Origin: "http://evil.example" }, "别的页面不能向这台服务器提问"],
		["no token", "/api/input.json", { Authorization: "" }, "令牌缺失或不对"],
		["an address of nothing", "/nowhere", {}, "这个地址上什么也没有"],
		["a mode that is none", "/api/atlas/nowhere.json", {}, "图集中没有模式“nowhere”"],
	])("%s is refused in the language of whoever asks", async (_, path, more, said) => {
		const headers = { ...ALLOWED, "Accept-Language": "zh-CN,en;q=0.5", ...more };
		const { error } = (await (await server().request(path, { headers })).json()) as Problem;
		expect(error.message).toBe(said);
	});

	test("every response forbids scripts and styles that are not files of this server", async () => {
		for (const path of ["/", "/api/input.json", "/nowhere"]) {
			const { headers } = await server().request(path, { headers: ALLOWED });
			const policy = headers.get("Content-Security-Policy") ?? "";
			expect(policy).toContain("default-src 'none'");
			expect(policy).not.toContain("unsafe");
			expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
			expect(headers.get("Referrer-Policy")).toBe("no-referrer");
		}
	});
});

describe("a question", () => {
	test("is answered", async () => {
		const response = await ask({ from: "pod/default/a", to: "pod/default/b:80" });
		expect(await response.json()).toMatchObject({ kind: "Explanation", verdict: "delivered" });
	});

	test("is answered in Chinese", async () => {
		const question = { from: "pod/default/a", to: "pod/default/b:80" };
		const answer = JSON.stringify(await (await ask(JSON.stringify({ question, language: "zh" }))).json());
		expect(answer).toContain("应答也回来了");
	});

	test.each([
		["no JSON", "{", 400],
		["no object", "[]", 400],
		["no TO", JSON.stringify({ question: { from: "pod/default/a" } }), 400],
		["a word too much", JSON.stringify({ question: { from: "a", to: "b", shell: "x" } }), 400],
		["a port that is none", JSON.stringify({ question: { from: "a", to: "b", sourcePort: 70000 } }), 400],
		["a body without end", `{"question":{"from":"${"a".repeat(70_000)}"}}`, 413],
		["a pod that is not there", JSON.stringify({ question: { from: "pod/default/a", to: "pod/default/zz" } }), 422],
	])("that holds %s gives a problem as JSON", async (_, body, status) => {
		const problem = await problemOf(await ask(body));
		expect(problem.status).toBe(status);
		expect(problem.code).toMatch(/^[a-z-]+$/);
	});

	test.each([
		["no TO", { from: "pod/default/a" }, "“question.to”：应为 string 类型"],
		["a word too much", { from: "a", to: "b", shell: "x" }, "“question”：没有这样的字段：shell"],
		["a port that is none", { from: "a", to: "b", sourcePort: 70000 }, "“question.sourcePort”：最大为 65535"],
		["a protocol that is none", { from: "a", to: "b", protocol: "ipx" }, "“question.protocol”：应为其中之一：tcp、udp"],
	])("that holds %s is refused in the language that is asked for", async (_, question, said) => {
		const headers = { ...ALLOWED, "Content-Type": "application/json", "Accept-Language": "zh-CN" };
		const body = JSON.stringify({ question });
		const response = await server().request("/api/explain", { method: "POST", headers, body });
		expect(response.status).toBe(400);
		expect(JSON.stringify(await response.json())).toContain(said);
	});

	test.each([
		["too long", `{"question":{"from":"${"a".repeat(70_000)}"}}`, 413, "一个请求最多 65536 字节"],
		["no JSON", "{", 400, "无法读取请求；请求体必须是 JSON"],
	])("that is %s is refused in Chinese", async (_, body, status, said) => {
		const headers = { ...ALLOWED, "Content-Type": "application/json", "Accept-Language": "zh-CN" };
		const response = await server().request("/api/explain", { method: "POST", headers, body });
		expect(response.status).toBe(status);
		expect(JSON.stringify(await response.json())).toContain(said);
	});

	test("with a script for a name comes back as JSON that no browser takes for a page", async () => {
		const response = await ask({ from: "pod/default/<script>alert(1)</script>", to: "pod/default/b" });
		expect(response.status).toBe(422);
		expect(response.headers.get("Content-Type")).toContain("application/json");
	});

	test("to a server with the atlas alone says so", async () => {
		const headers = { ...ALLOWED, "Content-Type": "application/json" };
		const body = JSON.stringify({ question: { from: "pod/default/a", to: "pod/default/b" } });
		const response = await server().request("/api/explain", { method: "POST", headers, body });
		expect(await problemOf(response)).toEqual({ status: 422, code: "no-input" });
	});
});

describe("what the page reads", () => {
	test("names are proposed by name and by address", async () => {
		const names = async (typed: string): Promise<unknown> => {
			const response = await server(clusterInput()).request(`/api/places?typed=${typed}`, { headers: ALLOWED });
			return ((await response.json()) as readonly { readonly name: string }[]).map(({ name }) => name);
		};
		expect(await names("pod/default/b")).toEqual(["pod/default/b"]);
		expect(await names("10.244.1.3")).toEqual(["pod/default/b"]);
		expect(await names("nothing-like-it")).toEqual([]);
	});

	test("the manifests, to be changed in the page; what was not started with some has none", async () => {
		const files = await server(clusterInput()).request("/api/manifests.json", { headers: ALLOWED });
		expect(await files.json()).toEqual([{ name: "cluster.yaml", text: CLUSTER }]);
		const none = await server().request("/api/manifests.json", { headers: ALLOWED });
		expect(await problemOf(none)).toEqual({ status: 422, code: "no-manifests" });
	});

	test("the atlas: an index, and a mode's files", async () => {
		const index = await (await server().request("/api/atlas.json", { headers: ALLOWED })).json();
		expect(index).toMatchObject({
			modes: [{ mode: "small", scenarios: [{ name: "small/one", verdicts: ["delivered"] }] }],
		});
		const files = await (await server().request("/api/atlas/small.json", { headers: ALLOWED })).json();
		expect(files).toMatchObject({ mode: "small", cluster: { text: CLUSTER } });
		const missing = await server().request("/api/atlas/large.json", { headers: ALLOWED });
		expect(await problemOf(missing)).toEqual({ status: 404, code: "no-such-mode" });
	});

	test("no file but the page's own", async () => {
		const path = await server().request("/..%2f..%2fpackage.json", { headers: ALLOWED });
		expect(path.status).toBe(404);
	});

	test("the API describes itself, with the schema of `podpath schema explanation`", async () => {
		const response = await server().request("/api/openapi.json", { headers: ALLOWED });
		const text = await response.text();
		const { openapi, paths, components } = JSON.parse(text) as {
			readonly openapi: string;
			readonly components: { readonly schemas: object };
			readonly paths: Readonly<Record<string, Operations>>;
		};
		expect(openapi).toBe("3.1.0");
		const { $schema: _, ...question } = jsonSchema(questionSchema, "input") as Schema;
		const named = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
		expect(text.match(/"\$ref"/g)).toHaveLength(named.length);
		expect(new Set(named)).toEqual(new Set(Object.keys(components.schemas)));
		const lab = paths["/lab"]?.post?.requestBody.content["application/json"].schema;
		expect(lab?.required).toEqual(["question"]);
		expect(lab?.properties).toMatchObject({
			question,
			edited: { type: "array", items: { $ref: "#/components/schemas/editedFile" } },
		});
		expect(Object.keys(paths).sort()).toEqual([
			"/atlas.json",
			"/atlas/{file}",
			"/diagnose",
			"/explain",
			"/faults.json",
			"/faults/{file}",
			"/input.json",
			"/lab",
			"/manifests.json",
			"/places",
			"/state",
			"/topology",
		]);
	});
});
