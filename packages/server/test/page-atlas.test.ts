/** The page's Atlas in a real browser: the modes side by side, and which of them fits. */
import type { AtlasFiles } from "@podpath/core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { AtlasMode } from "../src/served.ts";
import { axeFinds } from "./axe.ts";
import { atlasMode, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const MODES = ["calico-ipip", "calico-bgp", "bifrost-macvlan"].map(atlasMode);

const PROOF = {
	date: "2026-11-21",
	backend: "uml",
	kernel: "6.1.176",
	ways: { seen: 1, of: 2 },
	digest: "0".repeat(64),
} as const;

/** As a record of proofs would have it: one is proven, one was, and of the others nothing is known. */
function withProofs(mode: AtlasMode | undefined): AtlasMode {
	const [first, second] = mode?.scenarios ?? [];
	if (mode === undefined || first === undefined || second === undefined) throw new Error("two scenarios are needed");
	const proofs: AtlasFiles["proofs"] = {
		...Object.fromEntries(mode.scenarios.map(({ id }) => [id, { kind: "unproven" }])),
		[first.id]: { kind: "proven", proof: PROOF },
		[second.id]: { kind: "outdated", proof: PROOF },
	};
	return { ...mode, files: { ...mode.files, proofs } };
}

describe.skipIf(NO_BROWSER !== "")(`the page's atlas${NO_BROWSER}`, () => {
	const tests = pageTests(MODES);

	describe("the gallery", () => {
		test("says what podpath does, narrows to a verdict, and has something to offer where nothing fits", async () => {
			const { page, complaints } = await tests.openAtlas("#/atlas");
			const cards = page.locator(".card");
			await page.getByText("computes every step of a packet in a Kubernetes network").waitFor();
			const all = await cards.count();
			await page.getByLabel("Expected").selectOption("dropped");
			await expect.poll(() => cards.count()).toBeLessThan(all);
			expect(await cards.first().locator(".states").textContent()).toContain("dropped");
			await page.getByLabel("Search scenarios").fill("guarded zeppelin");
			await page.getByText("No scenario holds all of these words").waitFor();
			expect(await cards.first().textContent()).toContain("guarded");
			await page.getByLabel("Search scenarios").fill("zeppelin");
			await page.getByText("No scenario fits.").waitFor();
			await page.getByRole("button", { name: "Show all scenarios" }).click();
			await expect.poll(() => cards.count()).toBe(all);
			expect(complaints).toEqual([]);
		});
	});

	describe("proofs on a kernel", () => {
		const openProven = async (hash: string, options = {}): ReturnType<typeof tests.open> => {
			const { url } = await tests.serve([withProofs(MODES[0])]);
			return tests.open(`${url}${hash}`, options);
		};

		test("are told of each scenario, and scenarios are found by them", async () => {
			const { page, complaints } = await openProven("#/atlas");
			const cards = page.locator(".card");
			await cards.first().getByText("proven on a kernel").first().waitFor();
			await page.getByLabel("Proof").selectOption("outdated");
			await expect.poll(() => cards.count(), { timeout: 20_000 }).toBe(1);
			await cards.getByText("proven for an older form").first().waitFor();
			expect(page.url()).toContain("proof=outdated");
			await page.getByLabel("Proof").selectOption("unproven");
			await expect.poll(() => cards.count(), { timeout: 20_000 }).toBe((MODES[0]?.scenarios.length ?? 0) - 2);
			expect(complaints).toEqual([]);
		});

		test("are told on a scenario's path: when, on what kernel, how many ways", async () => {
			const [first, second, third] = MODES[0]?.scenarios ?? [];
			const { page } = await openProven(`#/path?in=calico-ipip/${first?.id}`);
			const line = page.locator(".proof");
			await line.getByText("2026-11-21, User-Mode Linux, kernel 6.1.176. 1 of 2 ways were seen.").waitFor();
			await page.goto(page.url().replace(/#.*/, `#/path?in=calico-ipip/${second?.id}`));
			await line.getByText("have changed since").waitFor();
			await page.goto(page.url().replace(/#.*/, `#/path?in=calico-ipip/${third?.id}`));
			await line.getByText("The record of runs on real kernels has none of this scenario.").waitFor();
		});
	});

	describe("the modes side by side", () => {
		const table = (page: Page): ReturnType<Page["locator"]> => page.locator(".modes-table");
		const row = async (page: Page, criterion: string): Promise<readonly string[]> => {
			const cells = table(page).getByRole("row", { name: criterion }).getByRole("cell");
			return (await cells.allTextContents()).map((text) => text.replace("≠", "").trim());
		};

		// The values are seed 004's (L165-L265).
		test("rows are criteria, and what differs is marked", async () => {
			const { page, complaints } = await tests.openAtlas("#/atlas?show=compare&modes=calico-ipip,calico-bgp");
			await table(page).waitFor();
			expect(await row(page, "Scenario")).toEqual(["overlay", "underlay"]);
			expect(await row(page, "IP families")).toEqual(["IPv4", "IPv4 + IPv6"]);
			expect(await row(page, "Leaving the cluster")).toEqual(["the node's", "the node's / the pod's"]);
			const technology = table(page).getByRole("row", { name: "Technology" });
			expect(await technology.locator("td.differs").allTextContents()).toEqual(["≠ BGP"]);
			expect(await technology.getByLabel("other than calico-ipip").count()).toBe(1);
			expect(complaints).toEqual([]);
		});

		test("one picks modes, sees only what differs, and finds the same again by the address", async () => {
			const { page } = await tests.openAtlas("#/atlas?show=compare");
			await table(page).waitFor();
			expect(await table(page).getByRole("columnheader").count()).toBeGreaterThan(20);
			await page.getByLabel("calico-ipip", { exact: true }).check();
			await page.getByLabel("calico-bgp", { exact: true }).check();
			await page.getByLabel("Only what differs").check();
			const rows = table(page).locator("tbody tr");
			await expect.poll(() => rows.count(), { timeout: 20_000 }).toBeLessThan(10);
			expect(await page.getByText("rows differ").textContent()).toContain(`${await rows.count()} of 14`);
			const before = await table(page).textContent();
			await page.reload();
			await table(page).waitFor();
			expect(await table(page).textContent()).toBe(before);
		});

		test("leads from a mode to its scenarios, and from there to a path", async () => {
			const { page } = await tests.openAtlas("#/atlas?show=compare&modes=calico-ipip,calico-bgp");
			await table(page)
				.getByRole("link", { name: /^calico-bgp: \d+ scenarios$/ })
				.click();
			const cards = page.locator(".card");
			await cards.first().waitFor();
			expect(await cards.count()).toBe(MODES[1]?.scenarios.length);
			await cards.first().getByRole("link").click();
			await page.locator(".picture .chip").first().waitFor();
		});

		test("on a narrow screen the criterion stays in sight while the modes are scrolled", async () => {
			const { page } = await tests.openAtlas("#/atlas?show=compare", { viewport: { width: 390, height: 800 } });
			await page.getByRole("region", { name: "Network modes side by side" }).focus();
			const name = table(page).getByRole("rowheader").first();
			const before = await name.boundingBox();
			for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowRight");
			await expect
				.poll(() => page.evaluate("document.querySelector('.table-frame').scrollLeft"), { timeout: 20_000 })
				.toBeGreaterThan(100);
			expect((await name.boundingBox())?.x).toBe(before?.x);
		});
	});

	describe("the chooser", () => {
		const modes = (page: Page): Promise<readonly string[]> =>
			page.locator(".ranked:not(.excluded) b").allTextContents();

		// Seed 004 L272-L287: "hosts in different segments: hybridnet bgp".
		test("ranks at once, says why, and finds the answers again by the address", async () => {
			const { page, complaints } = await tests.openAtlas("#/atlas?show=choose");
			await page.locator(".ranked").first().waitFor();
			await page
				.getByRole("group", { name: /public cloud/ })
				.getByLabel("no", { exact: true })
				.check();
			await page
				.getByRole("group", { name: /speak BGP/ })
				.getByLabel("yes")
				.check();
			await page
				.getByRole("group", { name: /one network segment/ })
				.getByLabel("no", { exact: true })
				.check();
			await expect.poll(async () => (await modes(page))[0], { timeout: 20_000 }).toBe("hybridnet-bgp");
			await page.locator(".ranked").first().getByText("it tells of its pods by BGP").waitFor();
			expect(page.url()).toContain("publicCloud=no&bgp=yes&segments=no");
			const before = await modes(page);
			await page.reload();
			await page.locator(".ranked").first().waitFor();
			expect(await modes(page)).toEqual(before);
			expect(complaints).toEqual([]);
		});

		test("is answered with the keyboard alone; what cannot be had is last, with the reason", async () => {
			const { page } = await tests.openAtlas("#/atlas?show=choose");
			await page.locator(".ranked").first().waitFor();
			await page
				.getByRole("group", { name: /IPv6 needed/ })
				.getByLabel("does not matter")
				.focus();
			await page.keyboard.press("ArrowRight");
			const excluded = page.locator(".ranked.excluded", { hasText: "calico-ipip" });
			await excluded.getByText("it carries IPv4 alone").waitFor();
			expect(page.url()).toContain("dualStack=yes");
			await page.getByRole("button", { name: "Forget all answers" }).press("Enter");
			await expect.poll(() => excluded.count(), { timeout: 20_000 }).toBe(0);
		});

		test("calls no mode the best before anything is said", async () => {
			const { page } = await tests.openAtlas("#/atlas?show=choose");
			await page.locator(".outcome [role=status]").getByText("fit").waitFor();
			expect(await page.locator(".outcome").textContent()).not.toContain("Best");
		});

		test("gives the best to the comparison", async () => {
			const { page } = await tests.openAtlas("#/atlas?show=choose&bgp=yes&dualStack=yes");
			await page.getByRole("link", { name: "Compare the first 4" }).click();
			await page.locator(".modes-table").waitFor();
			expect(await page.locator(".modes-table thead .mode-name").count()).toBe(4);
		});

		test("asks and gives its reasons in Chinese", async () => {
			const { page } = await tests.openAtlas("#/atlas?show=choose&bgp=yes", { locale: "zh-CN" });
			await page.getByRole("group", { name: "除 IPv4 外还需要 IPv6 吗？" }).waitFor();
			await page.locator(".ranked").first().getByText("它用 BGP 通告它的 Pod").waitFor();
			expect(await page.getByText(/it tells of|enforces/).count()).toBe(0);
		});
	});

	describe.each([
		["comparison", "#/atlas?show=compare", ".modes-table"],
		["chooser", "#/atlas?show=choose&publicCloud=no&bgp=yes", ".ranked"],
	])("%s", (_, hash, sign) => {
		test.each([
			[390, "dark", "en-GB"],
			[1280, "light", "zh-CN"],
			[2560, "dark", "en-GB"],
		] as const)(
			"at %i pixels, %s, %s: axe finds nothing, and nothing sticks out",
			async (width, colorScheme, locale) => {
				const { page } = await tests.openAtlas(hash, { viewport: { width, height: 900 }, colorScheme, locale });
				await page.locator(sign).first().waitFor();
				expect(await axeFinds(page)).toEqual([]);
				expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
			},
		);
	});
});
