/** The page's What if in a real browser: manifests changed by typing, and what becomes of the path. */
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { atlasMode, clusterInput, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";
import { typeOver } from "./typed-over.ts";

const FLANNEL = atlasMode("flannel-vpc");
const MODES = [FLANNEL, atlasMode("terway-vpc"), atlasMode("calico-bgp")];

describe.skipIf(NO_BROWSER !== "")(`What if${NO_BROWSER}`, () => {
	const tests = pageTests(MODES);

	const open = (scenario: string): ReturnType<typeof tests.open> => tests.openAtlas(`#/what-if?in=${scenario}`);
	const verdict = (page: Page): Locator => page.locator(".verdict-line .badge");
	const marked = (page: Page): Locator => page.locator(".steps button.changed");

	test("a changed traffic policy draws the path again, marks what changed, and outlives a reload", async () => {
		const { page, complaints } = await open("flannel-vpc/001-3.1");
		await verdict(page).getByText("refused").waitFor();
		await typeOver(page, "externalTrafficPolicy: Local", "externalTrafficPolicy: Cluster");
		await verdict(page).getByText("delivered").waitFor();
		expect(await page.locator(".turn-out .badge").allTextContents()).toEqual(["✕ refused", "✓ delivered"]);
		await page.getByText(/steps? changed/).waitFor();
		expect(await marked(page).getByText("IPVS").count()).toBeGreaterThan(0);
		expect(await page.locator(".picture .changed-mark").count()).toBeGreaterThan(0);
		await page.reload();
		await verdict(page).getByText("delivered").waitFor();
		await page.getByRole("button", { name: "Undo all changes" }).click();
		await verdict(page).getByText("refused").waitFor();
		expect(await marked(page).count()).toBe(0);
		expect(complaints).toEqual([]);
	});

	test("a page that is left at the last key has lost nothing when it is there again", async () => {
		const { page } = await open("flannel-vpc/001-3.1");
		await verdict(page).getByText("refused").waitFor();
		await typeOver(page, "externalTrafficPolicy: Local", "externalTrafficPolicy: Cluster");
		await page.reload();
		await verdict(page).getByText("delivered").waitFor();
	});

	// What becomes of each is its source's: see there.
	test.each([
		{
			what: "a route of the VPC's table",
			source: "seed 003 L62: static routes on the VPC make it work",
			scenario: "terway-vpc/V1",
			found: "managedRoutes: false",
			typed: "routes: [{ destination: 172.20.0.0/24, nextHop: k8s-1 }]",
			outcome: ["✕ dropped", "✓ delivered"],
			at: "vpc/vpc-1",
		},
		{
			what: "a security group's rule",
			source: "aliyun basic-security-groups-and-advanced-security-groups: what no rule admits is dropped",
			scenario: "terway-vpc/V2",
			found: "{ direction: ingress, protocol: all, cidr: 172.16.0.0/12 }",
			typed: "{ direction: ingress, protocol: all, cidr: 172.16.1.0/24 }",
			outcome: ["✓ delivered", "✕ dropped"],
			at: "eni/eni-k8s-1",
		},
		{
			what: "a NetworkPolicy",
			source: "calico felix/rules/policy.go: the rule admits what its selector selects",
			scenario: "calico-bgp/policy-denied",
			found: "podSelector: { matchLabels: { app: a1 } }",
			typed: "podSelector: { matchLabels: { app: b1 } }",
			outcome: ["✕ dropped", "✓ delivered"],
			at: "node/c1",
		},
	])("$what that is changed draws the path again and is marked ($source)", async (change) => {
		const { page, complaints } = await open(change.scenario);
		const [before, after] = change.outcome;
		await verdict(page)
			.getByText(before?.slice(2) ?? "")
			.waitFor();
		await typeOver(page, change.found, change.typed);
		await verdict(page)
			.getByText(after?.slice(2) ?? "")
			.waitFor();
		expect(await page.locator(".turn-out .badge").allTextContents()).toEqual(change.outcome);
		const first = page.getByRole("button", { name: "Go to the first" });
		await first.click();
		expect(await page.locator(".step-panel .where").textContent()).toBe(change.at);
		expect(await marked(page).count()).toBeGreaterThan(0);
		expect(await page.locator(".picture .changed-mark").count()).toBeGreaterThan(0);
		expect(complaints).toEqual([]);
	});

	test("the address holds the change: somebody else sees it by the link alone", async () => {
		const { page } = await open("flannel-vpc/001-3.1");
		await verdict(page).getByText("refused").waitFor();
		await typeOver(page, "externalTrafficPolicy: Local", "externalTrafficPolicy: Cluster");
		await expect.poll(() => page.url(), { timeout: 20_000 }).toContain("change=");
		const { page: other } = await open(new URL(page.url()).hash.replace("#/what-if?in=", ""));
		await other.locator(".turn-out .badge").getByText("delivered").waitFor();
		await other.getByRole("button", { name: "Undo all changes" }).click();
		await verdict(other).getByText("refused").waitFor();
		await expect.poll(() => other.url(), { timeout: 20_000 }).not.toContain("change=");
	});

	test("a change that was cut off or made of other manifests is told, and nothing is changed", async () => {
		const { page } = await open("flannel-vpc/001-3.1&change=rVJLasMw");
		await page.getByText("was made of other manifests than these").waitFor();
		await verdict(page).getByText("refused").waitFor();
		expect(await page.locator(".turn-out").count()).toBe(0);
	});

	test("says what is wrong while one types, at its line, and the path of before stays", async () => {
		const { page } = await open("flannel-vpc/001-3.1");
		await verdict(page).getByText("refused").waitFor();
		await typeOver(page, "externalTrafficPolicy: Local", "externalTrafficPolicy: Lokal");
		const problem = page.locator(".problems .error");
		await problem.getByText("Local").waitFor();
		await page.getByText("the path is that of before").waitFor();
		await verdict(page).getByText("refused").waitFor();
		expect(await page.locator(".turn-out, .changed-line").count()).toBe(0);
		await problem.getByRole("button", { name: "cluster.yaml:221" }).click();
		await page.locator(".cm-activeLine").getByText("Lokal").waitFor();
		expect(await page.locator(".cm-lint-marker-error").count()).toBe(1);
	});

	test("a line that is named leads there, and leads there again for who has gone elsewhere since", async () => {
		const { page } = await open("calico-bgp/policy-other-port");
		const line = page.locator(".leading").getByRole("link", { name: "atlas/calico-bgp/cluster.yaml:286" });
		const led = page.locator(".cm-activeLine", { hasText: "networking.k8s.io/v1" });
		for (const _ of ["once", "again"]) {
			await line.click();
			await led.waitFor();
			await page.keyboard.press("Control+Home");
			await led.waitFor({ state: "detached" });
		}
	});

	test("keys are offered while they do something: not in the editor, where they are typed", async () => {
		const { page } = await open("calico-bgp/policy-other-port");
		const hints = page.locator(".outcome kbd");
		await hints.first().waitFor();
		expect(await hints.allTextContents()).toEqual(["L", "C"]);
		await page.locator(".leading").getByRole("link", { name: "atlas/calico-bgp/cluster.yaml:286" }).click();
		await hints.first().waitFor({ state: "hidden" });
		await hints.last().waitFor({ state: "hidden" });
		await page.getByRole("heading", { name: "Every step" }).click();
		await hints.first().waitFor();
		await page.keyboard.press("l");
		await page.locator(".step-panel .decision").getByText("Dropped by a rule").waitFor();
		expect(await page.getByRole("button", { name: "Undo all changes" }).isEnabled()).toBe(false);
	});

	test("changes what the server was started with, and letters typed are not keys of the page", async () => {
		const { url } = await tests.serve([], clusterInput(FLANNEL.files.cluster.text));
		const question = "from=pod/default/centos-67756b6dc8-rmmxt&to=service/default/nginx1:80";
		const { page } = await tests.open(`${url}#/what-if?${question}`);
		await verdict(page).getByText("delivered").waitFor();
		await typeOver(page, "mode: ipvs", "mode: iptables # ?");
		await marked(page).first().waitFor();
		expect(await page.locator("dialog[open]").count()).toBe(0);
		expect(page.url()).toContain("#/what-if");
	});
});
