/** The page's What if in a real browser: the changed network on a kernel, which is made up here. */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { KernelLab } from "../src/served.ts";
import { axeFinds } from "./axe.ts";
import { atlasMode, clusterInput, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";
import { StagedLab } from "./staged-lab.ts";
import { typeOver } from "./typed-over.ts";

const FLANNEL = atlasMode("flannel-vpc");
const RUN = "Run this question on the kernel";
const POLICY = ["externalTrafficPolicy: Local", "externalTrafficPolicy: Cluster"] as const;

describe.skipIf(NO_BROWSER !== "")(`What if on a kernel${NO_BROWSER}`, () => {
	const tests = pageTests([FLANNEL]);
	const open = (lab: KernelLab, options = {}): ReturnType<typeof tests.open> =>
		tests.openAtlas("#/what-if?in=flannel-vpc/001-3.1", options, lab);

	const verdict = (page: Page): Locator => page.locator(".verdict-line .badge");
	const unfold = (page: Page): Promise<void> => page.locator(".on-kernel > summary").click();
	const editor = (page: Page): Locator => page.locator(".cm-content");

	/** Of the Service that is asked, in the networks that were built. */
	const policies = ({ asked }: StagedLab): readonly unknown[] =>
		asked.map(({ cluster }) => cluster.services.find(({ name }) => name === "nginx1")?.externalTrafficPolicy);

	test("runs the question on the network as it is changed, and lines up predicted and observed hops", async () => {
		const lab = new StagedLab();
		const { page, complaints } = await open(lab);
		await verdict(page).getByText("refused").waitFor();
		await typeOver(page, ...POLICY);
		await verdict(page).getByText("delivered").waitFor();
		await unfold(page);
		await page.getByRole("button", { name: RUN }).click();
		await page.locator(".lab-stages [aria-current]").getByText("building").waitFor();
		lab.release();
		await page.locator(".lab-report .badge").getByText("differs").waitFor();
		expect(policies(lab)).toEqual(["Cluster"]);
		expect(await page.locator(".lab-hops tr.parts").getByRole("rowheader").textContent()).toContain("node/a eth0 out");
		const [file] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("button", { name: "Download the packets" }).click(),
		]);
		expect([...readFileSync(await file.path())]).toEqual([0x0a, 0x0d, 0x0d, 0x0a]);
		expect(await axeFinds(page)).toEqual([]);
		expect(complaints).toEqual([]);
	});

	test("changes what the server was started with, too, however large it is", async () => {
		const lab = new StagedLab();
		lab.release();
		// More than a request may hold: only what is typed is sent.
		const input = clusterInput(`${FLANNEL.files.cluster.text}\n# ${"large ".repeat(20_000)}\n`);
		const { url } = await tests.serve([], input, lab);
		const { page } = await tests.open(
			`${url}#/what-if?from=pod/default/centos-67756b6dc8-rmmxt&to=service/default/nginx1:80`,
		);
		await verdict(page).getByText("delivered").waitFor();
		await typeOver(page, ...POLICY);
		await unfold(page);
		await page.getByRole("button", { name: RUN }).click();
		await page.locator(".lab-report").waitFor();
		expect(policies(lab)).toEqual(["Cluster"]);
	});

	test("manifests that cannot be read are told with their line, and stay as they are typed", async () => {
		const lab = new StagedLab();
		const { page } = await open(lab);
		await verdict(page).getByText("refused").waitFor();
		await typeOver(page, "externalTrafficPolicy: Local", "externalTrafficPolicy: Lokal");
		// What says so moves the rest down, under the pointer too.
		await page.locator(".notice.tone-unsure").waitFor();
		await unfold(page);
		await page.getByRole("button", { name: RUN }).click();
		await page.locator(".on-kernel").getByRole("alert").getByText("cluster.yaml:221:").waitFor();
		expect(lab.asked).toEqual([]);
		expect(await editor(page).textContent()).toContain("externalTrafficPolicy: Lokal");
	});

	test("manifests that are too large are told to be, and stay as they are typed", async () => {
		const lab = new StagedLab();
		const { page } = await open(lab);
		await verdict(page).getByText("refused").waitFor();
		await page.getByRole("textbox", { name: "Manifests in" }).click();
		await page.keyboard.press("Control+Home");
		await page.keyboard.insertText(`# ${"large ".repeat(20_000)}\n`);
		await unfold(page);
		await page.getByRole("button", { name: RUN }).click();
		await page.locator(".on-kernel").getByRole("alert").getByText("too large to be sent").waitFor();
		expect(lab.asked).toEqual([]);
		expect(await editor(page).textContent()).toContain("large large");
	});

	test("typing on ends the run, whose network is another one now", async () => {
		const lab = new StagedLab();
		const { page } = await open(lab);
		await verdict(page).getByText("refused").waitFor();
		await unfold(page);
		await page.getByRole("button", { name: RUN }).click();
		await lab.askedTimes(1);
		await typeOver(page, ...POLICY);
		expect(await lab.endedTimes(1)).toEqual(["aborted"]);
		expect(await page.locator(".lab-stages").count()).toBe(0);
	});

	test("when the server goes away in the middle it says so, and what was typed stays", async () => {
		const { url, stop } = await tests.serve([FLANNEL], null, new StagedLab());
		const { page } = await tests.open(`${url}#/what-if?in=flannel-vpc/001-3.1`);
		await verdict(page).getByText("refused").waitFor();
		await typeOver(page, ...POLICY);
		await verdict(page).getByText("delivered").waitFor();
		await unfold(page);
		await page.getByRole("button", { name: RUN }).click();
		await page.locator(".lab-stages").waitFor();
		await stop();
		await page.locator(".on-kernel").getByRole("alert").getByText("not there any more").waitFor();
		expect(await page.getByRole("button", { name: "Run again" }).count()).toBe(1);
		expect(await editor(page).textContent()).toContain("externalTrafficPolicy: Cluster");
		// The engine is in the page: what is typed is still answered.
		await typeOver(page, "externalTrafficPolicy: Cluster", "externalTrafficPolicy: Local");
		await verdict(page).getByText("refused").waitFor();
	});

	test("a static site says that the lab needs podpath serve", async () => {
		const url = await tests.site([FLANNEL]);
		const { page } = await tests.open(`${url}#/what-if?in=flannel-vpc/001-3.1`);
		await unfold(page);
		await page.locator(".on-kernel").getByText("Run podpath serve").waitFor();
		expect(await page.getByRole("button", { name: RUN }).count()).toBe(0);
	});

	test("a machine without a kernel to ask says so", async () => {
		const { page } = await tests.openAtlas("#/what-if?in=flannel-vpc/001-3.1");
		await unfold(page);
		await page.locator(".on-kernel").getByText("it is forbidden here").waitFor();
	});
});
