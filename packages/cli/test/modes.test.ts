/** `podpath modes` and `podpath choose`, as a person and a script run them. */
import { describe, expect, test } from "vitest";
import { podpath } from "./run-cli.ts";

describe("podpath modes", () => {
	test("prints a line for each mode", async () => {
		const { status, stdout } = await podpath(["modes"]);
		const [header = "", ...lines] = stdout.trimEnd().split("\n");
		expect(status).toBe(0);
		expect(header).toMatch(/^MODE +SCENARIO +STACK +TECHNOLOGY +MECHANISM +ATTACHMENT +FIXED IP +POOL +EXIT +POLICY/);
		expect(lines.find((line) => line.startsWith("calico-ipip "))?.split(/ +/)).toEqual([
			"calico-ipip",
			"overlay",
			"IPv4",
			"ipip",
			"tunnel",
			"veth",
			"yes",
			"block",
			"SNAT",
			"yes",
			"4",
			"20",
		]);
	});

	test("gives the same as JSON", async () => {
		const { stdout } = await podpath(["modes", "-o", "json"]);
		const answer = JSON.parse(stdout);
		expect(answer).toMatchObject({ apiVersion: "podpath.dev/v1alpha1", kind: "Modes" });
		expect(answer.modes.find(({ mode }: { mode: string }) => mode === "bifrost-macvlan")).toMatchObject({
			families: [4],
			technology: "macvlan",
			attachment: "macvlan",
			exit: ["podIP"],
			networkPolicy: false,
		});
	});
});

describe("podpath choose", () => {
	test("ranks by flags, with reasons", async () => {
		const { status, stdout } = await podpath(["choose", "--bgp", "--different-segments"]);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^hybridnet-bgp\n {2}\+ it tells of its pods by BGP\n {2}\+ routers lead to pods/);
	});

	test("says what was asked in its JSON", async () => {
		const { stdout } = await podpath([
			"choose",
			"--no-underlay-may-be-touched",
			"--dual-stack",
			"--no-public-cloud",
			"-o",
			"json",
		]);
		const answer = JSON.parse(stdout);
		expect(answer.needs).toEqual({ dualStack: true, underlayMayBeTouched: false, publicCloud: false });
		expect(answer.modes[0]).toMatchObject({ mode: "hybridnet-vxlan", fits: true });
		expect(answer.modes.at(-1).fits).toBe(false);
	});

	test("asks on a terminal, on stderr", async () => {
		const { stdout, stderr } = await podpath(["choose", "-o", "json"], {
			stdin: "n\nno\n\n\nyes\n\n\n\n\n",
			asks: true,
		});
		expect(stderr).toContain("Are the machines a public cloud's");
		expect(JSON.parse(stdout).needs).toEqual({ publicCloud: false, underlayMayBeTouched: false, dualStack: true });
	});

	test("asks nobody where no terminal is", async () => {
		const { stderr, status } = await podpath(["choose"]);
		expect([stderr, status]).toEqual(["", 0]);
	});

	test("lists what cannot be had last, with the reason", async () => {
		const { stdout } = await podpath(["choose", "--public-cloud", "--several-kinds"]);
		expect(stdout).toMatch(/^hybridnet-vxlan\n/);
		expect(stdout).toContain(
			"bifrost-macvlan (does not fit)\n  - a VPC carries no packets of addresses that it does not know",
		);
	});

	test("refuses what excludes itself", async () => {
		const { status, stderr } = await podpath(["choose", "--same-segment", "--different-segments"]);
		expect(status).toBe(2);
		expect(stderr).toContain("--same-segment and --different-segments exclude each other");
	});
});
