import { fileURLToPath } from "node:url";
import { diagnosisSchema, pathDiffSchema } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { podpath } from "./run-cli.ts";

const CLUSTER = fileURLToPath(new URL("../../../atlas/flannel-vxlan/cluster.yaml", import.meta.url));
const OTHER = fileURLToPath(new URL("../../../atlas/flannel-host-gw/cluster.yaml", import.meta.url));

describe("diagnose", () => {
	test("says that nothing is wrong, with status 0", async () => {
		const { status, stdout } = await podpath([
			"diagnose",
			"pod/default/client",
			"service/default/web:80",
			"-f",
			CLUSTER,
		]);
		expect(stdout).toContain("delivered; nothing is wrong");
		expect(status).toBe(0);
	});

	test("--all asks for the whole cluster, as JSON of the published schema", async () => {
		const { status, stdout } = await podpath(["diagnose", "--all", "-f", CLUSTER, "-o", "json"]);
		expect(diagnosisSchema.parse(JSON.parse(stdout)).asked?.questions).toBeGreaterThan(0);
		expect(status).toBe(0);
	});

	test.each([
		["a question with --all", ["diagnose", "pod/default/client", "pod/default/web", "--all", "-f", CLUSTER]],
		["no input", ["diagnose", "pod/default/client", "pod/default/web"]],
		["a pod that is not there", ["diagnose", "pod/default/none", "pod/default/web", "-f", CLUSTER]],
	])("%s is an error of one line", async (_, args) => {
		const { status, stdout, stderr } = await podpath(args);
		expect(status).toBe(2);
		expect(stdout).toBe("");
		expect(stderr.trimEnd().split("\n")).toHaveLength(1);
	});
});

describe("diff", () => {
	test("of a cluster with itself finds nothing", async () => {
		expect((await podpath(["diff", CLUSTER, CLUSTER])).status).toBe(0);
	});

	test("tells of other devices, with status 1 and JSON of the published schema", async () => {
		const { status, stdout } = await podpath(["diff", CLUSTER, OTHER, "-o", "json"]);
		expect(status).toBe(1);
		const { changes } = pathDiffSchema.parse(JSON.parse(stdout));
		expect(changes.some(({ changed }) => changed.includes("devices"))).toBe(true);
	});
});

describe("atlas check faults", () => {
	test("ends in counts, and its status is 0 when none failed", async () => {
		const { status, stdout } = await podpath(["atlas", "check", "faults/macvlan"]);
		expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/);
		expect(status).toBe(0);
	});
});
