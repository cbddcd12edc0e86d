/** The page's Diagnose view in a real browser. */
import {
	clusterNetwork,
	diagnose,
	FINDING_CODES,
	faultSubject,
	findFault,
	loadCluster,
	scenarioManifests,
	survey,
} from "@podpath/core";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { NamedInput } from "../src/served.ts";
import { axeFinds } from "./axe.ts";
import { atlasMode, clusterInput, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const FLANNEL = atlasMode("flannel-vpc");
const FAULT = "faults/flannel-vpc/ipvs-server-missing";
const fault = findFault(FLANNEL.faults?.faults ?? [], FAULT);

/** A snapshot of the cluster with the fault in it. */
function snapshotInput(): NamedInput {
	const subject = Promise.resolve(faultSubject(fault, FLANNEL.files.cluster));
	return { kind: "snapshot", name: "snapshot.tar.gz", subject, manifests: Promise.resolve([]) };
}

describe.skipIf(NO_BROWSER !== "")(`Diagnose${NO_BROWSER}`, () => {
	const tests = pageTests([FLANNEL]);
	const messages = async (page: Page): Promise<readonly string[]> => {
		const texts = await page.locator(".finding .message").allTextContents();
		return texts.map((text) => text.replace(/^(error|warning|note) /, ""));
	};
	const evidence = (page: Page, name: string): Locator =>
		page.locator(".finding").first().locator("dl > div", { hasText: name });

	test("a fault of the catalogue is chosen with the keyboard, and its cause is found first", async () => {
		const { page, complaints } = await tests.openAtlas("#/diagnose");
		await page.locator(".card").first().waitFor();
		expect(await page.locator(".card").count()).toBe(FLANNEL.faults?.faults.length);
		await page.keyboard.press("/");
		await page.keyboard.type("only endpoint refused");
		await expect.poll(() => page.locator(".card").count()).toBe(1);
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		const finding = page.locator(".finding").first();
		await finding.getByText(fault.finding.code).waitFor();
		expect(page.url()).toContain(`in=${FAULT}`);
		expect(await finding.textContent()).toContain(fault.finding.entry);
		expect(await page.locator(".outcome-line .badge").allTextContents()).toEqual(["✕ refused", "✓ delivered"]);
		expect(complaints).toEqual([]);
	});

	test("the rule that drops a packet leads to its entry in the state; an unchanged question stays the scenario's own", async () => {
		const { url } = await tests.serve([atlasMode("calico-bgp")]);
		const { page, complaints } = await tests.open(`${url}#/path?in=calico-bgp/policy-other-port`);
		await page.getByRole("link", { name: "Diagnose this" }).click();
		const inState = page.locator(".finding").getByRole("link", { name: "in the state" });
		await inState.first().waitFor();
		expect(await page.getByText("Not the scenario's own question").count()).toBe(0);
		await page.getByText("add to networkpolicy/default/guarded an ingress rule").first().waitFor();
		await inState.first().click();
		await page.locator(".group.target li.cited").getByText("-j DROP").waitFor();
		expect(complaints).toEqual([]);
	});

	test("a command can be copied, and what is to be done in words is a sentence; a line of a manifest leads to it", async () => {
		const { url } = await tests.serve([atlasMode("calico-bgp")]);
		const { page } = await tests.open(`${url}#/diagnose?in=calico-bgp/policy-other-port`);
		const fix = evidence(page, "fix");
		await fix.getByText("add to networkpolicy/default/guarded an ingress rule").waitFor();
		expect(await fix.locator("code.command").count()).toBe(0);
		expect(await fix.getByRole("button", { name: "Copy" }).count()).toBe(0);
		const line = page.locator(".finding").getByRole("link", { name: /^atlas\/calico-bgp\/cluster\.yaml:\d+$/ });
		const name = (await line.first().textContent()) ?? "";
		await line.first().click();
		await page.getByRole("textbox", { name: "Manifests in atlas/calico-bgp/cluster.yaml" }).waitFor();
		expect(page.url()).toContain(`line=${name.split(":")[1]}`);
	});

	test("the broken path stands beside the healthy one, and the step where they part is marked", async () => {
		const { page } = await tests.openAtlas(`#/diagnose?in=${FAULT}`);
		const parted = page.locator("tr.parts td");
		await parted.first().waitFor();
		expect(await page.locator(".half .verdict-line .badge").allTextContents()).toEqual(["✕ refused", "✓ delivered"]);
		const [broken, healthy] = await parted.allTextContents();
		expect(broken).toContain("has no destination");
		expect(healthy).toContain("sends it to");
		expect(await page.locator(".half .picture").count()).toBe(2);
	});

	test("findings stand in the command line's order, with evidence, owner, fix and what confirms it", async () => {
		const input = snapshotInput();
		const { url } = await tests.serve([], input);
		const { from, to } = fault.question;
		const { page } = await tests.open(`${url}#/diagnose?from=${from}&to=${to}`);
		await page.locator(".finding").first().waitFor();
		const { findings } = diagnose(await input.subject, fault.question);
		expect(await messages(page)).toEqual(findings.map(({ message }) => message));
		const [first] = findings;
		expect(await evidence(page, "expected").textContent()).toContain(first?.expected?.text);
		expect(await evidence(page, "owner").textContent()).toContain(first?.owner);
		for (const [name, command] of [
			["fix", first?.fix],
			["confirm", first?.confirm],
		] as const) {
			expect(await evidence(page, name).locator("code").textContent()).toBe(command);
			await evidence(page, name).getByRole("button", { name: "Copy" }).waitFor();
		}
	});

	test.each(["the engine in the browser", "the server"])("%s tells it in the page's language", async (who) => {
		const { from, to } = fault.question;
		const { url } = await (who === "the server" ? tests.serve([], snapshotInput()) : tests.serve([FLANNEL]));
		const hash = who === "the server" ? `#/diagnose?from=${from}&to=${to}` : `#/diagnose?in=${FAULT}`;
		const { page } = await tests.open(`${url}${hash}`, { locale: "zh-CN" });
		const said = page.locator(".finding .message").first();
		const told = diagnose(faultSubject(fault, FLANNEL.files.cluster), fault.question, "zh").findings[0]?.message ?? "";
		await said.getByText(told).waitFor();
		await page.locator(".finding").first().locator("summary").click();
		await page.getByText("某个端点得不到连接").waitFor();
		await page.getByRole("combobox", { name: "语言" }).selectOption("en");
		await said.getByText("lacks the IPVS entry").waitFor();
		expect(await said.textContent()).not.toMatch(/\p{Script=Han}/u);
	});

	test("a code leads to what docs/findings.md says of it, and the evidence to the entry itself", async () => {
		const { page } = await tests.openAtlas(`#/diagnose?in=faults/flannel-vpc/ipvs-weight-zero`);
		const finding = page.locator(".finding").first();
		await finding.locator("summary").click();
		await finding.getByText(FINDING_CODES["ipvs-server-wrong"].effect).waitFor();
		// The message has said what it is.
		expect(await finding.getByText(FINDING_CODES["ipvs-server-wrong"].title).count()).toBe(0);
		expect(await evidence(page, "found").textContent()).toMatch(/-w 0.*ipvsadm-save\.txt:\d+/);
		await evidence(page, "found").getByRole("link", { name: "in the state" }).click();
		await page.getByText("-r 172.23.96.24:80 -m -w 0").waitFor();
		expect(await page.locator(".group li").count()).toBe(1);
	});

	test("the example faults have the tabs too, which lead back to the question", async () => {
		const { page } = await tests.openAtlas(`#/diagnose?in=${FAULT}`);
		const tabs = page.getByRole("navigation", { name: "What is looked at" });
		await tabs.getByRole("link", { name: "Example faults" }).click();
		await page.locator(".card").first().waitFor();
		expect(await tabs.locator("[aria-current]").allTextContents()).toEqual(["Example faults"]);
		await page.getByRole("searchbox").fill("masquerade");
		await tabs.getByRole("link").first().click();
		await page.locator(".scenario-line code").getByText(FAULT).waitFor();
	});

	test("a finding leads to the path that meets it", async () => {
		const { page } = await tests.openAtlas(`#/diagnose?in=${FAULT}`);
		await page.locator(".finding").first().getByRole("link", { name: "The path that meets it" }).click();
		await page.locator(".verdict-line .badge").getByText("refused").waitFor();
		await page.getByRole("link", { name: "Diagnose this" }).click();
		await page.locator(".finding").first().getByText(fault.finding.code).waitFor();
	});

	test("the whole cluster: each cause once, as `podpath diagnose --all` tells it", async () => {
		const input = snapshotInput();
		const { url } = await tests.serve([], input);
		const { page } = await tests.open(`${url}#/diagnose?all=1`);
		const asking = survey(await input.subject);
		let step = asking.next();
		while (step.done !== true) step = asking.next();
		await page.locator(".outcome-line", { hasText: `${step.value.asked?.questions} questions` }).waitFor();
		expect(await messages(page)).toEqual(step.value.findings.map(({ message }) => message));
		const [serious] = step.value.findings;
		await page.locator(".finding").first().getByRole("link", { name: "The path that meets it" }).click();
		const from = page.getByRole("combobox", { name: "From", exact: true });
		await expect.poll(() => from.inputValue()).toBe(serious?.question?.from);
	});

	test("of manifests alone it tells what in them is in the packet's way", async () => {
		const { page } = await tests.openAtlas("#/diagnose?in=flannel-vpc/001-3.1");
		const finding = page.locator(".finding.error").first();
		await finding.waitFor();
		const cluster = loadCluster(clusterFilesOf("001-3.1"));
		const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
		const question = FLANNEL.scenarios.find(({ id }) => id === "001-3.1")?.question;
		expect(question).toBeDefined();
		if (question === undefined) return;
		expect(await messages(page)).toEqual(diagnose(subject, question).findings.map(({ message }) => message));
	});

	test("a static site diagnoses with the engine in the browser", async () => {
		const url = await tests.site([FLANNEL]);
		const { page, complaints } = await tests.open(`${url}#/diagnose?in=${FAULT}&all=1`);
		await page.locator(".finding.error").first().waitFor();
		await page.locator(".outcome-line", { hasText: "questions" }).waitFor();
		await page.getByRole("link", { name: "Example faults" }).click();
		await page.locator(".card").first().waitFor();
		expect(complaints).toEqual([]);
	});

	describe("a diagnosis that takes a while", () => {
		/** A server whose diagnosis goes on until somebody ends it. */
		const slow = (): ReturnType<typeof tests.slowServer> => tests.slowServer(clusterInput(FLANNEL.files.cluster.text));

		test("shows how far it is, and what it has found", async () => {
			const { url, send } = await slow();
			const { page } = await tests.open(`${url}#/diagnose?all=1`);
			await page.getByRole("progressbar").waitFor();
			await send({ kind: "progress", asked: 12, of: 40, findings: 1 });
			await page.getByText("12 of 40 questions asked, 1 finding").waitFor();
			const finding = { code: "route-missing", severity: "error", message: "node/a lacks a route" };
			await send({ kind: "found", diagnosis: { question: null, verdict: null, expected: null, findings: [finding] } });
			await page.getByText("node/a lacks a route").waitFor();
			expect(await page.getByRole("progressbar").count()).toBe(1);
		});

		test("that is ended with nothing found does not say that nothing is wrong", async () => {
			const { url, send } = await slow();
			const { page } = await tests.open(`${url}#/diagnose?all=1`);
			await send({ kind: "found", diagnosis: { question: null, verdict: null, expected: null, findings: [] } });
			await page.getByRole("button", { name: "Stop" }).click();
			await page.getByText("Stopped").waitFor();
			expect(await page.getByText("Nothing is wrong").count()).toBe(0);
		});

		test("ends when somebody stops it, on the server too, and what it has found stays", async () => {
			const { url, send, left } = await slow();
			const { page } = await tests.open(`${url}#/diagnose?all=1`);
			const finding = { code: "route-missing", severity: "error", message: "node/a lacks a route" };
			await send({ kind: "found", diagnosis: { question: null, verdict: null, expected: null, findings: [finding] } });
			await page.getByText("node/a lacks a route").waitFor();
			await page.getByRole("button", { name: "Stop" }).click();
			await page.getByText("Stopped").waitFor();
			await left;
			expect(await page.getByText("node/a lacks a route").count()).toBe(1);
		});

		test("that is cut in the middle says that the server has gone, and can be asked again", async () => {
			const { url, send, cut } = await slow();
			const { page } = await tests.open(`${url}#/diagnose?all=1`);
			await send({ kind: "progress", asked: 12, of: 40, findings: 0 });
			await page.getByText("12 of 40 questions asked").waitFor();
			cut();
			const notice = page.getByRole("alert").last();
			await notice.getByText("not there any more").waitFor();
			await notice.getByRole("button", { name: "Try again" }).click();
			await page.getByRole("progressbar").waitFor();
		});
	});

	describe.each([
		["examples", "#/diagnose", ".card"],
		["a fault", `#/diagnose?in=${FAULT}`, "tr.parts"],
		["the whole cluster", `#/diagnose?in=${FAULT}&all=1`, ".finding"],
	])("%s", (_, hash, sign) => {
		test.each([
			[390, "light", "en-GB"],
			[1280, "dark", "zh-CN"],
			[2560, "light", "en-GB"],
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

function clusterFilesOf(id: string): ReturnType<typeof scenarioManifests> {
	const scenario = FLANNEL.scenarios.find((each) => each.id === id);
	if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
	return scenarioManifests(scenario, FLANNEL.files.cluster);
}
