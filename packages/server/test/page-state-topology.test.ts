/** Machines of a cluster and what they hold, in a real browser: Topology and State. */
import { describe, expect, test } from "vitest";
import { atlasMode, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const SESSION_AS = "contiv-bgp/session-as";

describe.skipIf(NO_BROWSER !== "")(`State and Topology${NO_BROWSER}`, () => {
	const tests = pageTests([atlasMode("contiv-bgp")]);

	test("Topology finds a machine by the address of its second card, which no object names, and shows each card", async () => {
		const { page, complaints } = await tests.openAtlas(`#/topology?in=${SESSION_AS}&place=60.1.1.3`);
		await page.locator(".scenario-line code").getByText(SESSION_AS).waitFor();
		const card = page.locator(".place-card");
		await card.getByRole("heading", { name: "node/n3" }).waitFor();
		await card.locator("dl > div", { hasText: "eth1 on segment/rack-2" }).getByText("60.1.1.3").waitFor();
		const search = page.getByRole("combobox", { name: "Find a pod or machine" });
		await search.fill("50.1.1.3");
		await page.locator(".proposals").getByRole("option", { name: "node/n2" }).waitFor();
		await search.press("Enter");
		await card.getByRole("heading", { name: "node/n2" }).waitFor();
		await search.fill("50.1.1.99");
		await search.press("Enter");
		await page.getByText("Nothing on this map is called 50.1.1.99 or has that address.").waitFor();
		expect(complaints).toEqual([]);
	});

	test("State says that a search needs a machine, names the scenario, and has each family's rules by themselves", async () => {
		const { page, complaints } = await tests.openAtlas(`#/state?in=${SESSION_AS}`);
		await page.locator(".scenario-line code").getByText(SESSION_AS).waitFor();
		await page.getByRole("searchbox", { name: "Search" }).fill("60.1.1.3");
		await page.getByText("Choose a machine or pod first: “60.1.1.3” is then looked for in its state.").waitFor();
		await page.getByRole("link", { name: "node/n3" }).click();
		await page.locator(".group pre", { hasText: "inet 60.1.1.3/24" }).waitFor();
		expect(await page.getByText("Choose a machine or pod first").count()).toBe(0);
		await page.getByRole("searchbox", { name: "Search" }).fill("lookup");
		const rules = page.locator(".group", { hasText: "rule" });
		await expect.poll(() => rules.locator("summary code").allTextContents()).toEqual(["ip rule", "ip -6 rule"]);
		expect(complaints).toEqual([]);
	});
});
