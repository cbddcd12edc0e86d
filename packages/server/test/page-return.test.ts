/** What somebody finds who comes back to a view, in a real browser. */
import { describe, expect, test } from "vitest";
import { atlasMode, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";
import { typeOver } from "./typed-over.ts";

const FLANNEL = atlasMode("flannel-vpc");
const CROSS_NODE = "flannel-vpc/001-2.2";

describe.skipIf(NO_BROWSER !== "")(`coming back to a view${NO_BROWSER}`, () => {
	const tests = pageTests([FLANNEL]);

	test("keys lead back to the step that one was at; the view's own key begins anew", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}&step=5`);
		await page.locator(".picture .chip").first().waitFor();
		await page.keyboard.press("2");
		await page.locator(".card").first().waitFor();
		await page.keyboard.press("1");
		await page.locator(".step-panel").waitFor();
		expect(new URL(page.url()).hash).toBe(`#/path?in=${CROSS_NODE}&step=5`);
		await page.keyboard.press("1");
		await expect.poll(() => new URL(page.url()).hash).toBe(`#/path?in=${CROSS_NODE}`);
	});

	test("the Atlas keeps its search, also when something else is asked about; a path of another input is not kept", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}&step=5`);
		const tab = (name: string): Promise<void> => page.getByRole("link", { name, exact: true }).click();
		await page.locator(".picture .chip").first().waitFor();
		await tab("Atlas");
		await page.getByLabel("Search scenarios").fill("001-1.1");
		await page.locator(".card h3 a").first().click();
		await page.locator(".picture .chip").first().waitFor();
		await tab("Atlas");
		expect(await page.getByLabel("Search scenarios").inputValue()).toBe("001-1.1");
		await tab("Path");
		expect(new URL(page.url()).hash).toBe("#/path?in=flannel-vpc/001-1.1");
	});

	test("a change that What if has kept says so, and that it cannot be read", async () => {
		const { page } = await tests.openAtlas("#/what-if?in=flannel-vpc/001-3.1");
		await page.locator(".verdict-line .badge").getByText("refused").waitFor();
		const kept = page.getByText("What you changed here before is still there");
		await typeOver(page, "externalTrafficPolicy: Local", "externalTrafficPolicy: Lokal");
		await page.getByText("the path is that of before").waitFor();
		expect(await kept.count()).toBe(0);
		await page.getByRole("link", { name: "State", exact: true }).click();
		await page.getByRole("link", { name: "What if", exact: true }).click();
		await kept.getByText("cluster.yaml, and cannot be read").waitFor();
		expect(await page.locator(".editing .bar option").first().textContent()).toBe(
			`(changed) ${FLANNEL.files.cluster.name}`,
		);
		await page.getByRole("button", { name: "Undo all changes" }).click();
		await expect.poll(() => kept.count()).toBe(0);
	});

	test("State opened from the menu offers the machines", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}`);
		await page.getByRole("link", { name: "State", exact: true }).click();
		const machines = page.getByRole("list", { name: "Machines" });
		await machines.getByRole("link").first().waitFor();
		const names = await machines.getByRole("link").allTextContents();
		expect(names).toContain("node/ap-southeast-1.10.0.0.180");
		expect(names.filter((name) => !/^(node|host)\//.test(name))).toEqual([]);
		await machines.getByRole("link", { name: "node/ap-southeast-1.10.0.0.180" }).click();
		await page.locator(".group").first().waitFor();
	});
});
