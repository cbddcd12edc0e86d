/** The page's Lab view in a real browser. What a kernel says is made up here; kernel-lab.test.ts asks one. */
import { readFileSync } from "node:fs";
import type { LabReport } from "@podpath/core";
import { describe, expect, test } from "vitest";
import type { KernelLab } from "../src/served.ts";
import { axeFinds } from "./axe.ts";
import { atlasMode, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";
import { REPORT, StagedLab } from "./staged-lab.ts";

const FLANNEL = atlasMode("flannel-vpc");
const HASH = "#/lab?in=flannel-vpc/001-2.2";
const RUN = "Run this question on the kernel";

describe.skipIf(NO_BROWSER !== "")(`Lab${NO_BROWSER}`, () => {
	const tests = pageTests([FLANNEL]);

	const open = (lab: KernelLab, hash = HASH, options = {}): ReturnType<typeof tests.open> =>
		tests.openAtlas(hash, options, lab);

	test("lines up predicted and observed hops, and marks where they part first", async () => {
		const lab = new StagedLab();
		const { page, complaints } = await open(lab);
		await page.getByRole("button", { name: RUN }).click();
		await page.locator(".lab-stages [aria-current]").getByText("building").waitFor();
		await page.getByText("building 5 namespaces on uml").waitFor();
		lab.release();
		await page.locator(".lab-report .badge").getByText("differs").waitFor();
		const parted = page.locator(".lab-hops tr.parts");
		expect(await parted.count()).toBe(1);
		expect(await parted.getByRole("rowheader").textContent()).toContain("node/a eth0 out");
		expect(await parted.textContent()).toContain("source: 10.0.0.9:40000 ≠ 10.0.0.1:40000");
		expect(await page.locator(".lab-hops tr.same td").last().textContent()).toContain("the same");
		const text = (await page.locator(".lab-report").textContent()) ?? "";
		for (const told of [
			"on uml, kernel 6.1.0",
			"10.0.0.2:80 saw 10.0.0.9:40000",
			"tcp 6 src=10.0.0.1 dst=10.0.0.2",
			"result: Predicted answered, Observed timeout",
			"a remark",
			"one thing",
		])
			expect(text).toContain(told);
		expect(complaints).toEqual([]);
	});

	test("gives the packets away as a pcapng file", async () => {
		const lab = new StagedLab();
		lab.release();
		const { page } = await open(lab);
		await page.getByRole("button", { name: RUN }).click();
		const [file] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("button", { name: "Download the packets" }).click(),
		]);
		expect(file.suggestedFilename()).toBe("podpath.pcapng");
		expect([...readFileSync(await file.path())]).toEqual([0x0a, 0x0d, 0x0d, 0x0a]);
	});

	test("a path is run on the kernel by its button, and a link starts nothing", async () => {
		const lab = new StagedLab();
		lab.release();
		const { page } = await open(lab);
		await page.getByRole("button", { name: RUN }).waitFor();
		expect(lab.asked.length).toBe(0);
		await page.getByRole("link", { name: "Path", exact: true }).click();
		await page.getByRole("button", { name: "Run on the kernel" }).click();
		await page.locator(".lab-report").waitFor();
		expect(lab.asked.length).toBe(1);
		await page.reload();
		await page.getByRole("button", { name: RUN }).waitFor();
		expect(lab.asked.length).toBe(1);
	});

	test("what no kernel here can build is not verified, with what is missing and which package brings it", async () => {
		const why = "no kernel here can build this network\numl: it lacks ipvs\n  ipvs comes with the package ipvsadm";
		const report: LabReport = { ...REPORT, verdict: { kind: "not-verified", why }, kernel: null, comparison: null };
		const lab = new StagedLab({ ...report, capture: null });
		lab.release();
		const { page } = await open(lab);
		await page.getByRole("button", { name: RUN }).click();
		await page.locator(".lab-report .badge").getByText("not verified").waitFor();
		await page.getByText("ipvs comes with the package ipvsadm").waitFor();
		expect(await page.getByRole("button", { name: "Download the packets" }).count()).toBe(0);
	});

	test("Stop ends the run on the server, and so does another question", async () => {
		const lab = new StagedLab();
		const { page } = await open(lab);
		await page.getByRole("button", { name: RUN }).click();
		await lab.askedTimes(1);
		await page.getByRole("button", { name: "Stop" }).click();
		await page.getByText("The lab was taken down").waitFor();
		expect(await lab.endedTimes(1)).toEqual(["aborted"]);
		await page.getByRole("button", { name: "Run again" }).click();
		await lab.askedTimes(2);
		await page.getByLabel("Protocol").selectOption("udp");
		expect(await lab.endedTimes(2)).toEqual(["aborted", "aborted"]);
	});

	test("a closed tab ends the run", async () => {
		const lab = new StagedLab();
		const { page } = await open(lab);
		await page.getByRole("button", { name: RUN }).click();
		await lab.askedTimes(1);
		await page.close();
		expect(await lab.endedTimes(1)).toEqual(["aborted"]);
	});

	test("while one page asks, another is told that the lab is busy", async () => {
		const lab = new StagedLab();
		const { page, context } = await open(lab);
		await page.getByRole("button", { name: RUN }).click();
		await lab.askedTimes(1);
		const other = await context.newPage();
		await other.goto(page.url());
		await other.getByRole("button", { name: RUN }).click();
		await other.getByRole("alert").getByText("the lab is busy").waitFor();
		expect(lab.asked.length).toBe(1);
	});

	test("is not offered where the machine has no kernel to ask, and says why", async () => {
		const { url } = await tests.serve([FLANNEL]);
		const { page } = await tests.open(`${url}${HASH}`);
		await page.getByText("it is forbidden here").waitFor();
		expect(await page.getByRole("button", { name: RUN }).count()).toBe(0);
	});

	test("a static site says that the lab needs podpath serve", async () => {
		const url = await tests.site([FLANNEL]);
		const { page } = await tests.open(`${url}${HASH}`);
		await page.getByText("Run podpath serve").waitFor();
		expect(await page.getByRole("button", { name: RUN }).count()).toBe(0);
	});

	test.each([
		[390, "light", "en-GB"],
		[1280, "dark", "zh-CN"],
		[2560, "light", "en-GB"],
	] as const)("at %i pixels, %s, %s: axe finds nothing, and nothing sticks out", async (width, colorScheme, locale) => {
		const lab = new StagedLab();
		lab.release();
		const { page } = await open(lab, HASH, { viewport: { width, height: 900 }, colorScheme, locale });
		await page.locator("button.primary").press("Enter");
		await page.locator(".lab-hops").first().waitFor();
		expect(await axeFinds(page)).toEqual([]);
		expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
	});
});
