/** The built command line as a process of its own: statuses, signals and pipes as a shell sees them. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ended, startBuilt } from "./run-cli.ts";

const CLUSTER = fileURLToPath(new URL("../../../atlas/flannel-vpc/cluster.yaml", import.meta.url));
const QUESTION = JSON.stringify({ from: "pod/default/centos-67756b6dc8-rmmxt", to: "service/default/nginx:80" });

describe("a process", () => {
	test.each([
		[0, ["explain", "--scenario", "flannel-vpc/001-2.2", "-o", "links"]],
		[1, ["explain", "--scenario", "flannel-vpc/001-3.1", "-o", "links"]],
		[2, ["explain", "--scenario", "none/none"]],
	])("ends with %i", async (status, args) => {
		const child = startBuilt(args);
		child.stdout?.resume();
		expect((await ended(child)).code).toBe(status);
	});

	test("answers each question of a batch before the next is asked, and ends with 130 when interrupted", async () => {
		const child = startBuilt(["explain", "--batch", "-", "-f", CLUSTER]);
		const end = ended(child);
		child.stdin?.write(`${QUESTION}\n`);
		await new Promise((resolve) => child.stdout?.once("data", resolve));
		child.kill("SIGINT");
		expect((await end).code).toBe(130);
	});

	test("ends quietly when nobody reads any more", async () => {
		const child = startBuilt(["explain", "--batch", "-", "-f", CLUSTER]);
		const end = ended(child);
		child.stdin?.on("error", () => {});
		child.stdin?.write(`${QUESTION}\n`);
		await new Promise((resolve) => child.stdout?.once("data", resolve));
		child.stdout?.destroy();
		child.stdin?.end(`${QUESTION}\n`.repeat(50));
		expect(await end).toEqual({ code: 0, stderr: "" });
	});
});
