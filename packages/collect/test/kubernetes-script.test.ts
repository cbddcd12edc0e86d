/** What the script writes of the API's objects, asked of the real kubectl's printers: no secret ever reaches the disk. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { collectScript } from "../src/collect/script.ts";
import { folderWith } from "./temporary-folder.ts";

/** As `kubectl get pods -A -o json` has it (Kubernetes API, core/v1 PodList), with something secret wherever a pod may have it. */
const PODS = {
	apiVersion: "v1",
	kind: "List",
	metadata: { resourceVersion: "" },
	items: [
		{
			apiVersion: "v1",
			kind: "Pod",
			metadata: {
				name: "web",
				namespace: "default",
				uid: "0a1b2c3d-0000-4000-8000-000000000001",
				labels: { app: "web" },
				annotations: {
					"k8s.v1.cni.cncf.io/networks": '[{"name": "macvlan"}]',
					"kubectl.kubernetes.io/last-applied-configuration": '{"env":[{"value":"hush-applied"}]}',
				},
				managedFields: [{ manager: "hush-manager" }],
			},
			spec: {
				nodeName: "a",
				containers: [
					{
						name: "web",
						image: "nginx",
						command: ["hush-command"],
						args: ["--password=hush-args"],
						env: [{ name: "PASSWORD", value: "hush-env" }],
						envFrom: [{ secretRef: { name: "hush-env-from" } }],
						livenessProbe: { exec: { command: ["hush-probe"] } },
						ports: [{ containerPort: 80, protocol: "TCP" }],
					},
				],
				volumes: [{ name: "v", secret: { secretName: "hush-volume" } }],
			},
			status: { phase: "Running", podIP: "10.244.1.7", podIPs: [{ ip: "10.244.1.7" }] },
		},
	],
};

const CONFIG_MAP = {
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: {
		name: "eni-config",
		namespace: "kube-system",
		annotations: {
			"kubectl.kubernetes.io/last-applied-configuration":
				'{"data":{"eni_conf":"{\\"access_key\\": \\"hush-copy\\"}"}}\n',
		},
	},
	data: {
		eni_conf:
			'{"version": "1", "access_key": "hush-id", "access_secret": "un\\"quoted-hush", "service_cidr": "10.96.0.0/12"}',
		"config.yaml": "token: hush-yaml\npassword: hush two words\n  access-key-secret: 'hush-\"quoted'\nmode: ipvs\n",
	},
};

const SERVICES = {
	apiVersion: "v1",
	kind: "List",
	metadata: { resourceVersion: "" },
	items: [
		{
			apiVersion: "v1",
			kind: "Service",
			metadata: {
				name: "web",
				namespace: "default",
				annotations: {
					"kubectl.kubernetes.io/last-applied-configuration": '{"metadata":{"annotations":{"x":"hush-service"}}}\n',
				},
			},
			spec: { clusterIP: "10.96.0.10", ports: [{ port: 80 }] },
		},
	],
};

/** The API server's paths that kubectl get asks, with what it answers (Kubernetes API, discovery v1). */
const ANSWERS: Readonly<Record<string, unknown>> = {
	"/api": { kind: "APIVersions", versions: ["v1"] },
	"/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
	"/api/v1": {
		kind: "APIResourceList",
		groupVersion: "v1",
		resources: [
			["nodes", "Node", false],
			["pods", "Pod", true],
			["services", "Service", true],
			["namespaces", "Namespace", false],
			["configmaps", "ConfigMap", true],
		].map(([name, kind, namespaced]) => ({ name, kind, namespaced, singularName: "", verbs: ["get", "list"] })),
	},
	"/api/v1/nodes": { kind: "NodeList", apiVersion: "v1", metadata: {}, items: [] },
	"/api/v1/pods": { ...PODS, kind: "PodList" },
	"/api/v1/services": { ...SERVICES, kind: "ServiceList" },
	"/api/v1/namespaces/kube-system/configmaps/eni-config": CONFIG_MAP,
};

const noKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0 ? "" : ": there is no kubectl";

describe.skipIf(noKubectl !== "")(`the objects that the script writes, of kubectl's own${noKubectl}`, () => {
	test("hold nothing secret and what steers packets, and what is not allowed is named", async () => {
		const folder = folderWith({ "out/none": "" });
		const asked: string[] = [];
		const server = createServer(({ url = "" }, response) => {
			const path = url.split("?")[0] ?? "";
			asked.push(path);
			const forbidden = path === "/api/v1/namespaces";
			const answer = forbidden ? status("Forbidden", 403) : (ANSWERS[path] ?? status("NotFound", 404));
			response.writeHead(forbidden ? 403 : path in ANSWERS ? 200 : 404, { "content-type": "application/json" });
			response.end(JSON.stringify(answer));
		});
		await once(server.listen(0, "127.0.0.1"), "listening");
		try {
			const address = server.address();
			const port = typeof address === "object" ? address?.port : undefined;
			writeFileSync(join(folder, "config"), kubeconfig(port ?? 0));
			const env = { ...process.env, KUBECONFIG: join(folder, "config"), HOME: folder };
			const child = spawn("sh", ["-s", "--", "-N", "-q", "-o", join(folder, "s.tar.gz")], { env });
			child.stdin.end(collectScript({ version: "test" }));
			expect((await once(child, "close"))[0]).toBe(0);
		} finally {
			server.close();
			server.closeAllConnections();
		}
		spawnSync("tar", ["-xzf", join(folder, "s.tar.gz"), "-C", join(folder, "out")]);
		const read = (name: string): string => readFileSync(join(folder, "out", name), "utf8");
		const names = readdirSync(join(folder, "out/kubernetes")).map((name) => `kubernetes/${name}`);
		const texts = new Map([...names, "snapshot.yaml"].map((name) => [name, read(name)]));

		expect([...texts].filter(([, text]) => text.includes("hush")).map(([name]) => name)).toEqual([]);
		expect(texts.get("kubernetes/configmap-kube-system-eni-config.json")).toContain("10.96.0.0/12");
		expect(texts.get("kubernetes/services.json")).toContain("10.96.0.10");
		const [pod] = parseAllDocuments(texts.get("kubernetes/pods.yaml") ?? "").map((each): unknown => each.toJS());
		expect(pod).toMatchObject({
			metadata: { name: "web", annotations: { "k8s.v1.cni.cncf.io/networks": '[{"name": "macvlan"}]' } },
			spec: { nodeName: "a", containers: [{ name: "web", ports: [{ containerPort: 80 }] }] },
			status: { podIPs: [{ ip: "10.244.1.7" }] },
		});
		expect(texts.get("snapshot.yaml")).toMatch(/part: kubernetes\/namespaces, reason: permission/);
		expect(asked.filter((path) => /secret|configmaps$/.test(path))).toEqual([]);
	}, 60_000);
});

function status(reason: string, code: number): unknown {
	return { kind: "Status", apiVersion: "v1", status: "Failure", reason, message: `it is ${reason}`, code };
}

function kubeconfig(port: number): string {
	return `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: "http://127.0.0.1:${port}" } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
users: [{ name: u, user: {} }]
current-context: c
`;
}
