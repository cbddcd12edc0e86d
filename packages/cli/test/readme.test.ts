/** What the README shows is what the command prints. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { podpath } from "./run-cli.ts";

const README = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");

describe("the README", () => {
	test("shows real answers", async () => {
		const shown = [...README.matchAll(/```console\n\$ npx podpath ([^\n]*)\n(.*?)```/gs)];
		expect(shown.length).toBeGreaterThan(0);
		for (const [, command = "", output] of shown) {
			const { stdout } = await podpath(command.split(" "));
			expect(stdout).toBe(output);
		}
	});
});
