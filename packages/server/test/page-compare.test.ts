/** The Compare view in a real browser. */
import { describe, expect, test } from "vitest";
import { axeFinds } from "./axe.ts";
import { atlasMode, clusterInput, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const FLANNEL = atlasMode("flannel-vpc");

describe.skipIf(NO_BROWSER !== "")(`the page's Compare view${NO_BROWSER}`, () => {
	const tests = pageTests([FLANNEL]);

	test("marks the first step at which two paths part; each side says what is wrong with it", async () => {
		const { page } = await tests.openAtlas(`#/path?in=flannel-vpc/001-2.3`);
		await page.getByRole("link", { name: "Compare with another" }).click();
		const right = page.getByRole("combobox", { name: "Right: about" });
		await right.fill("flannel-vpc/001-3.1");
		await right.press("Enter");
		await page.getByText("They part at step").waitFor();
		expect(await page.locator(".half .verdict-line .badge").allTextContents()).toEqual(["✓ delivered", "✕ refused"]);
		const parted = await page.locator("tr.parts td").allTextContents();
		expect(parted[0]).toContain("sends it to");
		expect(parted[1]).toContain("has no destination");
		const finding = page.getByRole("region", { name: "Right: Findings" });
		await finding.getByText("external-ip-local-no-endpoint").waitFor();
		expect(await axeFinds(page)).toEqual([]);
	});

	test("a scenario is found by words of its title, with the keyboard alone; axe finds nothing in the open list", async () => {
		const { page } = await tests.openAtlas("#/compare?in=flannel-vpc/001-1.1");
		const right = page.getByRole("combobox", { name: "Right: about" });
		await right.focus();
		await page.keyboard.type("local nftables node port");
		const options = page.getByRole("listbox", { name: "Right: about" }).getByRole("option");
		await expect.poll(() => options.count()).toBe(1);
		expect(await options.textContent()).toContain("Node port of a node without local endpoint, policy Local");
		expect(await right.getAttribute("aria-activedescendant")).toBe(await options.getAttribute("id"));
		expect(await axeFinds(page)).toEqual([]);
		expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
		await page.keyboard.press("Enter");
		await expect.poll(() => right.inputValue()).toBe("flannel-vpc/001-4n-nftables");
		expect(page.url()).toContain("in2=flannel-vpc/001-4n-nftables");
	});

	test("the list opens at a click with all of them; a name in full is that scenario; other words are taken back", async () => {
		const { page } = await tests.openAtlas("#/compare?in=flannel-vpc/001-1.1");
		const left = page.getByRole("combobox", { name: "Left: about" });
		const options = page.getByRole("listbox", { name: "Left: about" }).getByRole("option");
		await left.click();
		await expect.poll(() => options.count()).toBe(FLANNEL.scenarios.length);
		await left.fill("flannel-vpc/hairpin");
		await left.press("Tab");
		await expect.poll(() => page.url()).toContain("in=flannel-vpc/hairpin");
		await left.fill("zeppelin");
		await left.press("Tab");
		await expect.poll(() => left.inputValue()).toBe("flannel-vpc/hairpin");
		await left.fill("policy local");
		await left.press("Escape");
		await expect.poll(() => left.inputValue()).toBe("flannel-vpc/hairpin");
		expect(await options.count()).toBe(0);
	});

	test("an emptied field means what the server was started with", async () => {
		const { url } = await tests.serve([FLANNEL], clusterInput(FLANNEL.files.cluster.text));
		const { page } = await tests.open(`${url}#/compare?in=flannel-vpc/001-1.1`);
		const left = page.getByRole("combobox", { name: "Left: about" });
		await left.fill("");
		await left.press("Enter");
		await expect.poll(() => page.url()).not.toContain("001-1.1");
		expect(await left.getAttribute("placeholder")).toBe("cluster.yaml");
	});
});
