/** The page in a real browser: what a person sees, clicks and types. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { axeFinds } from "./axe.ts";
import { atlasMode, clusterInput, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const FLANNEL = atlasMode("flannel-vpc");
const CROSS_NODE = "flannel-vpc/001-2.2";

describe.skipIf(NO_BROWSER !== "")(`the page${NO_BROWSER}`, () => {
	const tests = pageTests([FLANNEL]);

	const clusterText = FLANNEL.files.cluster.text;

	test("takes the token out of the address and keeps the question in it", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}&step=9`);
		await page.getByText("IPVS 192.168.13.23:80/tcp").first().waitFor();
		expect(page.url()).not.toContain("token");
		expect(page.url()).toMatch(/#\/path\?in=flannel-vpc\/001-2\.2&step=9$/);
	});

	test("loads nothing from elsewhere, and its policy has nothing to refuse", async () => {
		const { url } = await tests.serve([FLANNEL]);
		const { page, complaints } = await tests.open("about:blank");
		const hosts = new Set<string>();
		page.on("request", (request) => hosts.add(new URL(request.url()).host));
		await page.goto(`${url}#/path?in=${CROSS_NODE}`);
		await page.locator(".picture .chip").first().waitFor();
		expect([...hosts]).toEqual([new URL(url).host]);
		expect(complaints).toEqual([]);
	});

	test.each(["en-GB", "zh-CN"])("a link to a path loads less than 350 kB, compressed (%s)", async (locale) => {
		const url = await tests.site([FLANNEL]);
		const { page } = await tests.open("about:blank", { locale });
		const files = new Map<string, Promise<number>>();
		page.on("response", (response) => {
			files.set(
				response.url(),
				response.body().then((body) => gzipSync(body, { level: 9 }).length),
			);
		});
		await page.goto(`${url}#/path?in=${CROSS_NODE}`);
		await page.locator(".picture .chip").first().waitFor();
		const sizes = await Promise.all(files.values());
		expect(sizes.length).toBeGreaterThan(5);
		expect(await page.locator(".verdict-line").textContent()).toContain(
			locale === "en-GB" ? "answer came back" : "应答也回来了",
		);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(350_000);
	});

	test("the style sheet of the further views comes with the first of them; without it there is a message, and another try", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}`);
		await page.locator(".picture .chip").first().waitFor();
		const sheet = page.locator('link[href$="further-views.css"]');
		expect(await sheet.count()).toBe(0);
		await page.route("**/further-views.css", (route) => route.abort());
		await page.getByRole("link", { name: "Atlas", exact: true }).click();
		const alert = page.getByRole("alert");
		await alert.getByText("not there any more").waitFor();
		await page.unroute("**/further-views.css");
		await alert.getByRole("button").click();
		await page.locator(".card").first().waitFor();
		expect(await sheet.count()).toBe(1);
	});

	describe("Path", () => {
		test("asks what is typed, with the keyboard alone", async () => {
			const { url } = await tests.serve([], clusterInput(clusterText));
			const { page } = await tests.open(url);
			await page.locator("form.question").waitFor();
			await page.keyboard.press("/");
			await page.keyboard.type("centos");
			await page.locator(".proposals").getByRole("option").first().waitFor();
			await page.keyboard.press("ArrowDown");
			await page.keyboard.press("Enter");
			await page.getByRole("combobox", { name: "To", exact: true }).fill("service/default/nginx1:80");
			await page.keyboard.press("Enter");
			await page.locator(".verdict-line .badge").getByText("delivered").waitFor();
			expect(page.url()).toContain("from=pod/default/centos-67756b6dc8-rmmxt&to=service/default/nginx1:80");
		});

		test("arrow keys, buttons and the slider move the packet; headers show what changed", async () => {
			const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}`);
			const slider = page.getByRole("slider");
			await slider.waitFor();
			const at = (): Promise<string> => slider.inputValue();
			await page.locator("main").press("ArrowRight");
			await page.getByRole("button", { name: "Next step" }).click();
			expect(await at()).toBe("2");
			await slider.fill("9");
			const changed = page.locator("tr.changed");
			await changed.getByText("172.23.96.163:80").waitFor();
			expect(await changed.count()).toBe(1);
			expect(await page.locator(".step-panel .origin").first().textContent()).toContain("kube-proxy");
			await page.locator("main").press("End");
			expect(Number(await at())).toBe(Number(await slider.getAttribute("max")));
			await page.locator(".step-number .reply").waitFor();
		});

		test("the list of steps is one stop of the Tab key; arrows go from step to step, and the packet with them", async () => {
			const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}`);
			const step = page.locator(".steps button[aria-current=step]");
			await step.focus();
			const focused = (): Promise<boolean> => step.evaluate((button) => button === document.activeElement);
			await page.keyboard.press("ArrowDown");
			await expect.poll(() => page.getByRole("slider").inputValue()).toBe("1");
			expect(await focused()).toBe(true);
			await page.keyboard.press("End");
			await page.locator(".step-number .reply").waitFor();
			expect(await focused()).toBe(true);
			await page.keyboard.press("ArrowUp");
			await expect.poll(focused).toBe(true);
			expect(await page.locator(".steps button[tabindex='0']").count()).toBe(1);
			// What comes behind the steps is one press away.
			await page.keyboard.press("Tab");
			expect(await page.locator(".steps :focus").count()).toBe(0);
			expect(await page.locator(".answer :focus").count()).toBe(1);
		});

		test("a link to a step shows that step again after a reload", async () => {
			const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}&step=12`);
			const heading = page.locator(".step-panel h2");
			await heading.waitFor();
			const before = await heading.textContent();
			await page.reload();
			await heading.waitFor();
			expect(await heading.textContent()).toBe(before);
		});

		test("says why a connection is refused, and what to do", async () => {
			const { page } = await tests.openAtlas("#/path?in=flannel-vpc/001-3.1");
			await page.locator(".verdict-line .badge").getByText("refused").waitFor();
			await page.locator(".findings.error").getByText("externalTrafficPolicy: Cluster").waitFor();
		});

		test("several ways stand beside each other with their shares", async () => {
			const { page } = await tests.openAtlas("#/path?in=flannel-vpc/001-4.A");
			const ways = page.getByRole("group", { name: "Ways that connections take" }).getByRole("button");
			await ways.first().waitFor();
			const shares = (await ways.allTextContents()).map((text) => Number.parseFloat(text));
			expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
			await ways.nth(1).click();
			expect(page.url()).toContain("way=1");
		});

		test("a question that cannot be asked is told, and what was typed stays", async () => {
			const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}`);
			const to = page.getByRole("combobox", { name: "To", exact: true });
			await to.fill("service/default/ngin:80");
			await to.press("Enter");
			await page.getByRole("alert").getByText("did you mean service/default/nginx").waitFor();
			expect(await to.inputValue()).toBe("service/default/ngin:80");
		});

		test("speaks Chinese, sentences of the engine included", async () => {
			const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}`, { locale: "zh-CN" });
			await page.getByText("应答也回来了").waitFor();
			expect(await page.getByRole("link", { name: "路径" }).count()).toBe(1);
			expect(await page.locator("html").getAttribute("lang")).toBe("zh-CN");
		});

		test.each([
			["en-GB", "note"],
			["zh-CN", "noteZh"],
		] as const)("shows the scenario's note in the language of the page (%s)", async (locale, language) => {
			const noted = FLANNEL.scenarios.find(({ noteZh }) => noteZh !== undefined);
			const { page } = await tests.openAtlas(`#/path?in=${noted?.mode}/${noted?.id}`, { locale });
			const note = page.locator(".scenario-line .note");
			await note.waitFor();
			expect((await note.textContent())?.trim()).toBe(noted?.[language]?.trim());
		});

		test("gives the picture away as SVG and as PNG", async () => {
			const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}`);
			const saved = async (name: string): Promise<Buffer> => {
				const [file] = await Promise.all([
					page.waitForEvent("download"),
					page.getByRole("button", { name, exact: true }).click(),
				]);
				expect(file.suggestedFilename()).toBe(`podpath-flannel-vpc-001-2.2.${name.toLowerCase()}`);
				return readFileSync(await file.path());
			};
			await page.locator(".picture .chip").first().waitFor();
			expect((await saved("SVG")).toString()).toMatch(/^<svg xmlns/);
			expect((await saved("PNG")).subarray(1, 4).toString()).toBe("PNG");
		});

		test.each([
			["en-GB", ["dropped", "lost here", "not reached: pod/default/a2"]],
			["zh-CN", ["丢弃", "在这里丢失", "未到达：pod/default/a2"]],
		])("a saved picture says in the page's language what its signs mean (%s)", async (locale, said) => {
			const { url } = await tests.serve([atlasMode("calico-bgp")]);
			const { page } = await tests.open(`${url}#/path?in=calico-bgp/policy-denied`, { locale });
			await page.locator(".picture .chip").first().waitFor();
			const [file] = await Promise.all([
				page.waitForEvent("download"),
				page.getByRole("button", { name: "SVG", exact: true }).click(),
			]);
			const svg = readFileSync(await file.path(), "utf8");
			for (const text of said) expect(svg).toContain(text);
			expect(svg).toContain('class="cross bad"');
		});

		test("when the server goes away it says so, and nothing typed is lost", async () => {
			const { url, stop } = await tests.serve([], clusterInput(clusterText));
			const { page } = await tests.open(`${url}#/path?from=pod/default/centos-67756b6dc8-rmmxt&to=10.0.0.180`);
			await page.locator(".verdict-line").waitFor();
			await stop();
			await page.getByRole("alert").first().getByText("not there any more").waitFor();
			expect(await page.getByRole("combobox", { name: "From", exact: true }).inputValue()).toBe(
				"pod/default/centos-67756b6dc8-rmmxt",
			);
		});
	});

	test("names that are HTML are text", async () => {
		const evil = "<img src=x onerror=alert(1)>";
		const { page, complaints } = await tests.openAtlas(`#/path?in=${CROSS_NODE}&from=pod/default/${evil}&to=${evil}`);
		const dialogs: string[] = [];
		page.on("dialog", (dialog) => {
			dialogs.push(dialog.message());
			void dialog.dismiss();
		});
		await page.getByRole("alert").getByText(evil).waitFor();
		expect(await page.locator("main img").count()).toBe(0);
		expect([...dialogs, ...complaints]).toEqual([]);
	});

	describe("Atlas", () => {
		test("is searched by words, and leads to paths", async () => {
			const { page } = await tests.openAtlas("#/atlas");
			const cards = page.locator(".card");
			await cards.first().waitFor();
			expect(await cards.count()).toBe(FLANNEL.scenarios.length);
			await page.keyboard.press("/");
			await page.keyboard.type("hairpin bridge-nf");
			await expect.poll(() => cards.count(), { timeout: 20_000 }).toBeLessThan(FLANNEL.scenarios.length);
			await cards.first().getByRole("link").click();
			await page.locator(".picture .chip").first().waitFor();
			expect(page.url()).toContain("in=flannel-vpc/hairpin");
		});

		test("Enter opens the only scenario that a search finds, and none of several", async () => {
			const { page } = await tests.openAtlas("#/atlas");
			const search = page.getByRole("searchbox");
			await search.fill("001");
			await page.locator(".card").nth(1).waitFor();
			await search.press("Enter");
			await search.fill("flannel-vpc/001-1.2-no-bridge-nf");
			await expect.poll(() => page.locator(".card").count()).toBe(1);
			expect(page.url()).toContain("#/atlas");
			await search.press("Enter");
			await page.locator(".scenario-line code").getByText("flannel-vpc/001-1.2-no-bridge-nf").waitFor();
		});

		test("lays the engine's answers beside what scenarios expect, here and now", async () => {
			const { page } = await tests.openAtlas("#/atlas?search=001-1.");
			await page.getByRole("button", { name: "Check all here" }).click();
			const agrees = page.getByText("engine agrees");
			const all = await page.locator(".card").count();
			await expect.poll(() => agrees.count(), { timeout: 20_000 }).toBe(all);
		});
	});

	test("State leads from a step's rule to its chain, and from a jump to the next", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${CROSS_NODE}-iptables`);
		const rule = page.locator(".step-panel .rules details a").first();
		const slider = page.getByRole("slider");
		await slider.waitFor();
		await expect
			.poll(
				async () => {
					await page.keyboard.press("ArrowRight");
					return rule.count();
				},
				{ timeout: 20_000 },
			)
			.toBe(1);
		await page.getByText("on the way to it").click();
		await rule.click();
		const target = page.locator(".group.target");
		await target.getByText("KUBE-SERVICES").first().waitFor();
		await target.getByRole("button", { name: "→ KUBE-SERVICES" }).first().click();
		await page.locator(".group.target summary", { hasText: "KUBE-SERVICES" }).waitFor();
		await page.getByLabel("Search").fill("default/nginx1");
		await page.locator(".group li").first().waitFor();
		for (const text of await page.locator(".group li").allTextContents()) expect(text).toContain("default/nginx1");
	});

	test("State leads from a step's route to its entry, and from an entry to the paths that meet it", async () => {
		const { page, complaints } = await tests.openAtlas(`#/path?in=${CROSS_NODE}&step=9`);
		await page.locator(".cites").getByRole("link", { name: "ipvsadm" }).click();
		const cited = page.locator("li.cited");
		await cited.getByText("-A -t 192.168.13.23:80 -s rr").waitFor();
		expect(await cited.count()).toBe(1);
		await cited.getByRole("button", { name: "Paths that meet it" }).press("Enter");
		const found = cited.locator(".meetings li");
		await found.first().waitFor();
		await cited.getByText(/questions? meets? it/).waitFor({ timeout: 60_000 });
		await found.first().getByRole("link").click();
		await page.locator(".step-panel .decision").getByText("IPVS 192.168.13.23:80/tcp").waitFor();
		expect(complaints).toEqual([]);
	});

	test("State finds the paths that meet an entry of the server's own cluster among a bounded number of questions", async () => {
		const { url } = await tests.serve([], clusterInput(clusterText));
		const { page } = await tests.open(
			`${url}#/state?place=node/ap-southeast-1.10.0.0.180&group=ipvsadm&entry=-A -t 192.168.13.23:80`,
		);
		const cited = page.locator("li.cited");
		await cited.getByRole("button", { name: "Paths that meet it" }).click();
		await cited.getByText(/questions? meets? it/).waitFor({ timeout: 60_000 });
		await cited.getByText("service/default/nginx1:80").first().waitFor();
		await cited.locator(".meetings a").first().click();
		await page.locator(".step-panel .decision").getByText("IPVS 192.168.13.23:80/tcp").waitFor();
	});

	test("Topology: search jumps to a pod, whose card leads on; keys zoom, and a click chooses what is there", async () => {
		const { page } = await tests.openAtlas(`#/topology?in=${CROSS_NODE}`);
		await page.locator(".map canvas").waitFor();
		await page.keyboard.press("/");
		await page.keyboard.type("centos");
		await page.locator(".proposals").getByRole("option").first().waitFor();
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		const card = page.locator(".place-card");
		await card.getByRole("heading", { name: "pod/default/centos-67756b6dc8-rmmxt" }).waitFor();
		await card.getByText("172.23.96.23", { exact: true }).waitFor();
		expect(await card.getByRole("link", { name: "Path from here" }).getAttribute("href")).toBe(
			`#/path?in=${CROSS_NODE}&from=pod/default/centos-67756b6dc8-rmmxt`,
		);
		// It is in the middle now: pointing there means it again.
		const map = page.getByRole("application");
		await map.press("Escape");
		await expect.poll(() => card.count()).toBe(0);
		await map.click();
		await card.getByRole("heading", { name: "pod/default/centos-67756b6dc8-rmmxt" }).waitFor();
		await map.press("0");
		await map.press("+");
		await page.getByText("vsw-1", { exact: false }).click();
		await page.getByRole("button", { name: "node/ap-southeast-1.10.0.1.206" }).click();
		await card.getByText("172.23.96.128/26").waitFor();
	});

	test("a static site needs no server of podpath's", async () => {
		const url = await tests.site([FLANNEL]);
		const { page } = await tests.open(`${url}#/path?in=${CROSS_NODE}`);
		await page.locator(".verdict-line .badge").getByText("delivered").waitFor();
	});

	describe.each([
		["path", `#/path?in=${CROSS_NODE}&step=9`, ".picture .chip"],
		["path with several ways", "#/path?in=flannel-vpc/001-4.A", ".picture .chip"],
		["atlas", "#/atlas?search=001", ".card"],
		["state", `#/state?in=${CROSS_NODE}&place=node/ap-southeast-1.10.0.0.180&group=ip%20rule`, ".group"],
		["state's list of machines", `#/state?in=${CROSS_NODE}`, ".machines a"],
		["topology", `#/topology?in=${CROSS_NODE}&place=node/ap-southeast-1.10.0.0.180`, ".place-card"],
		["compare", `#/compare?in=${CROSS_NODE}&in2=${CROSS_NODE}-iptables`, "tr.parts"],
		["what-if", "#/what-if?in=flannel-vpc/001-3.1", ".picture .chip"],
	])("%s", (_, hash, sign) => {
		test.each([
			[390, "light"],
			[1280, "dark"],
			[3840, "light"],
		] as const)("at %i pixels, %s: axe finds nothing, and nothing sticks out", async (width, colorScheme) => {
			const { page } = await tests.openAtlas(hash, { viewport: { width, height: 900 }, colorScheme });
			await page.locator(sign).first().waitFor();
			expect(await axeFinds(page)).toEqual([]);
			expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
		});
	});
});
