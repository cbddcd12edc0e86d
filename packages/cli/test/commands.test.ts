import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { podpath } from "./run-cli.ts";

const CLUSTER = fileURLToPath(new URL("../../../atlas/flannel-vpc/cluster.yaml", import.meta.url));

describe("atlas", () => {
	test("list names the contract's scenario, as text and as JSON", async () => {
		expect((await podpath(["atlas", "list"])).stdout).toMatch(/^flannel-vpc\/001-2\.2 /m);
		const { items } = JSON.parse((await podpath(["atlas", "list", "-o", "json"])).stdout);
		expect(items).toContainEqual(expect.objectContaining({ name: "flannel-vpc/001-2.2" }));
	});

	test("list and show say what is known from a kernel of each scenario", async () => {
		const { items } = JSON.parse((await podpath(["atlas", "list", "-o", "json"])).stdout);
		const words = ["proven", "outdated", "unproven"];
		expect(items.filter(({ proof }: { proof: { kind: string } }) => !words.includes(proof.kind))).toEqual([]);
		const { stdout } = await podpath(["atlas", "show", "flannel-vpc/001-2.2"]);
		expect(stdout).toMatch(/^(not )?proven (on|for)/m);
	});

	test.each([
		[["flannel-vpc"], "give --lab too"],
		[["--lab", "faults"], "not about faults"],
	])("what no kernel proved is not recorded: check --record %j", async (args, hint) => {
		const { status, stderr } = await podpath(["atlas", "check", "--record", ...args]);
		expect(status).toBe(2);
		expect(stderr).toContain(hint);
	});

	test("show gives the scenario with its sources, and nothing of the next", async () => {
		const { status, stdout } = await podpath(["atlas", "show", "flannel-vpc/001-2.2"]);
		expect(status).toBe(0);
		expect(stdout).toContain("seed 001 L160");
		expect(stdout.match(/^ {2}- id: /gm)).toHaveLength(1);
	});

	test("check ends in counts, and its status is 0 when none failed", async () => {
		const { status, stdout } = await podpath(["atlas", "check", "flannel-vpc/001-2.2"]);
		expect(stdout.trimEnd().split("\n").at(-1)).toBe("1 passed, 0 failed");
		expect(status).toBe(0);
	});

	test.each([
		["check", "no-such-mode"],
		["show", "flannel-vpc/none"],
	])("%s %s is an error of one line", async (...args) => {
		const { status, stderr } = await podpath(["atlas", ...args]);
		expect(status).toBe(2);
		expect(stderr.match(/\n/g)).toHaveLength(1);
	});
});

describe("schema", () => {
	test("lists names, and prints each as JSON Schema", async () => {
		const names = (await podpath(["schema"])).stdout.trimEnd().split("\n");
		expect(names).toEqual(expect.arrayContaining(["explanation", "question", "cluster", "vpc"]));
		for (const name of names) {
			const { status, stdout } = await podpath(["schema", name]);
			expect(status).toBe(0);
			expect(JSON.parse(stdout)).toHaveProperty("$schema");
		}
	});

	test("suggests the name that was meant", async () => {
		expect(await podpath(["schema", "explantion"])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("did you mean explanation?"),
		});
	});
});

describe("help", () => {
	test.each([
		[],
		["explain"],
		["atlas"],
		["atlas", "list"],
		["atlas", "show"],
		["atlas", "check"],
		["schema"],
		["completion"],
		["completion", "bash"],
	])("%s %s has examples", async (...command) => {
		const { status, stdout } = await podpath([...command, "--help"]);
		expect(status).toBe(0);
		expect(stdout).toMatch(/EXAMPLES\n {2}(podpath|source <\(podpath)/);
	});

	test("an unknown command is an error that suggests one", async () => {
		expect(await podpath(["explian"])).toMatchObject({
			status: 2,
			stderr: expect.stringMatching(/^podpath: .*explain.*\n$/),
		});
	});

	test("--version is the package's", async () => {
		expect((await podpath(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
	});
});

describe("completion", () => {
	const proposals = async (...words: readonly string[]): Promise<readonly string[]> =>
		(await podpath(["__complete", "--", ...words])).stdout.split("\n").filter((line) => line !== "");

	test("proposes commands, flags and their words", async () => {
		expect(await proposals("ex")).toEqual(["explain"]);
		expect(await proposals("explain", "--pro")).toEqual(["--protocol"]);
		expect(await proposals("explain", "--via", "node")).toEqual(["node-port"]);
	});

	test("proposes the pods, Services and nodes of the input", async () => {
		expect(await proposals("explain", "-f", CLUSTER, "pod/default/cen")).toEqual([
			"pod/default/centos-67756b6dc8-rmmxt",
		]);
		expect(await proposals("explain", "-f", CLUSTER, "service/default/nginx:")).toEqual(["service/default/nginx:80"]);
		expect(await proposals("explain", "-f", CLUSTER, "--at", "node/")).toHaveLength(3);
	});

	test("proposes scenarios", async () => {
		expect(await proposals("explain", "--scenario", "flannel-vpc/001-2.")).toContain("flannel-vpc/001-2.2");
		expect(await proposals("atlas", "show", "flannel-vpc/001-2.2")).toContain("flannel-vpc/001-2.2");
	});

	test("stays silent about a broken input", async () => {
		expect(await podpath(["__complete", "--", "explain", "-f", "/no/such", "pod/"])).toEqual({
			status: 0,
			stdout: "",
			stderr: "",
		});
	});

	test.each(["bash", "zsh", "fish"])("prints a script for %s", async (shell) => {
		expect((await podpath(["completion", shell])).stdout).toContain("podpath __complete --");
	});
});
