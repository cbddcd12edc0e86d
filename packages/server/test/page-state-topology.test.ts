/** Machines of a cluster and what they hold, in a real browser: Topology and State. */
import { describe, expect, test } from "vitest";
import { atlasMode, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const SESSION_AS = "contiv-bgp/session-as";

describe.skipIf(NO_BROWSER !== "")(`State and Topology${NO_BROWSER}`, () => {
	const tests = pageTests([atlasMode("contiv-bgp")]);

	test("Topology finds a machine by the address of its second card, which no object names, and shows each card", async () => {
		const { page, complaints } = await tests.openAtlas(`#/topology?in=${SESSION_AS}&place=60.1.1.3`);
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
});
