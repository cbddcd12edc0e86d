import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { explanationSchema, QUESTION_PROTOCOLS, VIAS } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { folderWith } from "../../collect/test/temporary-folder.ts";
import { PROTOCOL_WORDS, VIA_WORDS } from "../src/flags.ts";
import { podpath } from "./run-cli.ts";

const CLUSTER = fileURLToPath(new URL("../../../atlas/flannel-vpc/cluster.yaml", import.meta.url));
const CENTOS = "pod/default/centos-67756b6dc8-rmmxt";
const NGINX = "service/default/nginx:80";
const explainNginx = ["explain", CENTOS, NGINX, "-f", CLUSTER];

describe("exit statuses are the contract's", () => {
	test("0: delivered", async () => {
		// Seed 001 L95: a Service with its endpoint on the client's node can be reached.
		expect(await podpath(explainNginx)).toMatchObject({ status: 0, stderr: "" });
	});

	test("1: not delivered", async () => {
		// Seed 001 L199: connection refused.
		const { status, stdout } = await podpath(["explain", "--scenario", "flannel-vpc/001-3.1"]);
		expect(status).toBe(1);
		expect(stdout).toMatch(/^refused: /);
	});

	test("3: could not decide", async () => {
		const folder = folderWith({
			"nodes/a/host/ip-address.txt":
				"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    link/ether 00:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.0.1/24 scope global eth0\n",
			"nodes/a/host/ip-route.txt": "default via 10.0.0.254 dev eth0\n",
			"nodes/a/host/iptables-save.txt":
				"*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m nosuchmatch --frobnicate -j DROP\nCOMMIT\n",
		});
		const { status, stdout } = await podpath(["explain", "node/a", "192.0.2.7:80", "--snapshot", folder]);
		expect(stdout).toMatch(/^unknown: .*nosuchmatch/);
		expect(status).toBe(3);
	});

	test.each([
		["a pod that is not there", [CENTOS.replace("rmmxt", "rmmxu"), NGINX, "-f", CLUSTER], /no pod.*did you mean/],
		["a port that the Service does not have", [CENTOS, "service/default/nginx:81", "-f", CLUSTER], /81/],
		["a place that is none", ["centos", NGINX, "-f", CLUSTER], /"centos" names no place/],
		["no input", [CENTOS, NGINX], /nothing to ask about \(give -f/],
		["no question", ["-f", CLUSTER], /FROM and TO are missing/],
		["a file that is not there", [CENTOS, NGINX, "-f", "/no/such.yaml"], /"\/no\/such\.yaml" does not exist/],
		["a live cluster, which comes later", [CENTOS, NGINX, "--context", "prod"], /--context.*not built yet/],
		["a scenario that is not there", ["--scenario", "flannel-vpc/001-2.22"], /did you mean flannel-vpc\/001-2\.2\?/],
		["an unknown flag", ["--protcol", "tcp"], /did you mean --protocol/],
		["an unknown format", [CENTOS, NGINX, "-o", "yaml"], /"yaml".*text\|json/],
		["a port that is none", [CENTOS, NGINX, "--source-port", "0"], /from 1 to 65535/],
	])("2, with one line on stderr and nothing on stdout: %s", async (_, args, message) => {
		const { status, stdout, stderr } = await podpath(["explain", ...args]);
		expect([status, stdout]).toEqual([2, ""]);
		expect(stderr).toMatch(message);
		expect(stderr.match(/\n/g)).toHaveLength(1);
		expect(stderr).not.toMatch(/ {4}at |\.ts:|\.js:/);
	});

	test("2: a broken manifest is named with its line and column", async () => {
		const folder = folderWith({ "x.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n" });
		const { status, stderr } = await podpath(["explain", CENTOS, NGINX, "-f", folder]);
		expect(status).toBe(2);
		expect(stderr).toMatch(/x\.yaml:\d+:\d+: /);
	});

	test("2: names that would steer a terminal are shown, not obeyed", async () => {
		const { stderr } = await podpath(["explain", "pod/default/\u001b[31mx", NGINX, "-f", CLUSTER]);
		expect(stderr).toContain("\\u001b[31m");
	});
});

describe("formats", () => {
	test("json is the published schema's, alone on stdout", async () => {
		const { stdout } = await podpath([...explainNginx, "-o", "json"]);
		expect(explanationSchema.parse(JSON.parse(stdout)).verdict).toBe("delivered");
	});

	test("links is one line for each direction", async () => {
		const { stdout } = await podpath([...explainNginx, "-o", "links"]);
		expect(stdout.trimEnd().split("\n")).toHaveLength(2);
	});

	test("svg and mermaid are pictures", async () => {
		expect((await podpath([...explainNginx, "-o", "svg"])).stdout).toMatch(/^<svg xmlns/);
		expect((await podpath([...explainNginx, "-o", "mermaid"])).stdout).toContain("flowchart");
	});

	test("the same question gives the same bytes", async () => {
		expect(await podpath([...explainNginx, "-o", "json"])).toEqual(await podpath([...explainNginx, "-o", "json"]));
	});
});

describe("colours", () => {
	const coloured = async (args: readonly string[], options: Parameters<typeof podpath>[1]): Promise<boolean> =>
		(await podpath([...explainNginx, ...args], options)).stdout.includes("\u001b[");

	test("stand on a terminal, and nowhere else", async () => {
		expect(await coloured([], { terminal: 120 })).toBe(true);
		expect(await coloured([], {})).toBe(false);
		expect(await coloured([], { terminal: 120, env: { NO_COLOR: "1" } })).toBe(false);
	});

	test("are as --color says", async () => {
		expect(await coloured(["--color", "always"], {})).toBe(true);
		expect(await coloured(["--color", "never"], { terminal: 120 })).toBe(false);
	});
});

describe("--batch", () => {
	const questions = [
		JSON.stringify({ id: 7, from: CENTOS, to: NGINX }),
		"",
		"{ broken",
		JSON.stringify({ id: "b", from: "pod/no/such", to: NGINX }),
		JSON.stringify({ id: { any: 1 }, from: CENTOS, to: NGINX, protocol: "gre" }),
		JSON.stringify({ from: CENTOS, to: "172.23.96.24:80" }),
	].join("\n");

	test("answers in order, repeats ids, and goes on after a bad question", async () => {
		const { status, stdout } = await podpath(["explain", "--batch", "-", "-f", CLUSTER], { stdin: questions });
		const answers = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(answers).toMatchObject([
			{ id: 7, kind: "Explanation", verdict: "delivered" },
			{ line: 3, error: { code: "bad-json" } },
			{ id: "b", error: { code: "no-such-pod", message: expect.stringContaining("pod/no/such") } },
			{ id: { any: 1 }, error: { code: "bad-question" } },
			{ kind: "Explanation", verdict: "delivered" },
		]);
		expect(answers).toHaveLength(5);
		expect(status).toBe(2);
	});

	test("passes over a line that no question can be, and splits lines as JSON does", async () => {
		const separator = JSON.stringify({ id: "\u2028", from: CENTOS, to: NGINX });
		const { status, stdout } = await podpath(["explain", "--batch", "-", "-f", CLUSTER], {
			stdin: `${"x".repeat(2_000_000)}\n${separator}`,
		});
		const answers = stdout.trimEnd().split("\n");
		expect(answers.map((line) => JSON.parse(line))).toMatchObject([
			{ error: { code: "bad-json", message: expect.stringContaining("longer than") } },
			{ id: "\u2028", verdict: "delivered" },
		]);
		expect(status).toBe(2);
	});

	test("reads a file; one that is not there is an error", async () => {
		const file = join(folderWith({ q: `${JSON.stringify({ from: CENTOS, to: NGINX })}\r\n` }), "q");
		expect((await podpath(["explain", "--batch", file, "-f", CLUSTER])).status).toBe(0);
		const missing = await podpath(["explain", "--batch", "/no/such", "-f", CLUSTER]);
		expect(missing).toMatchObject({ status: 2, stdout: "" });
	});

	test("takes no question from the command line, and no other format", async () => {
		expect((await podpath(["explain", CENTOS, NGINX, "--batch", "-", "-f", CLUSTER])).status).toBe(2);
		expect((await podpath(["explain", "--batch", "-", "-f", CLUSTER, "-o", "svg"])).status).toBe(2);
	});
});

test("manifests come from standard input too", async () => {
	const { readFileSync } = await import("node:fs");
	const { status } = await podpath(["explain", CENTOS, NGINX, "-f", "-"], { stdin: readFileSync(CLUSTER, "utf8") });
	expect(status).toBe(0);
});

test("a snapshot of one node's iptables-save, ip-route and ip-address answers (docs/contract.md)", async () => {
	const folder = folderWith({
		"nodes/a/host/ip-address.txt":
			"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    link/ether 00:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.0.1/24 scope global eth0\n3: cni0: <BROADCAST,UP,LOWER_UP> mtu 1450\n    link/ether 1e:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff\n    inet 10.244.1.1/24 scope global cni0\n",
		"nodes/a/host/ip-route.txt":
			"default via 10.0.0.254 dev eth0\n10.244.1.0/24 dev cni0 scope link\n10.244.2.0/24 via 10.0.0.2 dev eth0\n",
		"nodes/a/host/iptables-save.txt":
			'*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m udp --dport 53 -m comment --comment "kube-system/kube-dns:dns cluster IP" -j DNAT --to-destination 10.244.2.3:53\nCOMMIT\n',
	});
	const args = ["explain", "10.244.1.7", "10.96.0.10:53", "--protocol", "udp", "--snapshot", folder, "--at", "node/a"];
	const { status, stdout } = await podpath([...args, "-o", "json"]);
	const explanation = JSON.parse(stdout);
	// The packet is rewritten and leaves for the other node, which this input does not hold: exits, which is no yes.
	expect(explanation).toMatchObject({
		verdict: "exits",
		paths: [{ nat: [{ at: "node/a", kind: "dnat", from: "10.96.0.10:53", to: "10.244.2.3:53" }] }],
	});
	expect(explanation.paths[0].reason).toContain("10.0.0.2");
	expect(status).toBe(1);
});

test("the words of flags are the engine's", () => {
	expect(PROTOCOL_WORDS).toEqual(QUESTION_PROTOCOLS);
	expect(VIA_WORDS).toEqual(VIAS);
});
