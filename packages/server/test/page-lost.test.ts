/** A path that fails, in a real browser: what shows the lost packet, and where it is lost. */
import { describe, expect, test } from "vitest";
import { atlasMode, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const NO_BRIDGE_NF = "flannel-vpc/001-1.2-no-bridge-nf";

describe.skipIf(NO_BROWSER !== "")(`a path that fails${NO_BROWSER}`, () => {
	const tests = pageTests([atlasMode("flannel-vpc"), atlasMode("bifrost-macvlan"), atlasMode("calico-bgp")]);

	test("the capture at an answer's step names the answer's own source (seed 001 L166: it is not translated back)", async () => {
		const { page, complaints } = await tests.openAtlas(`#/path?in=${NO_BRIDGE_NF}`);
		const atBridge = page.locator(".steps button", { hasText: "cni0" });
		await atBridge.last().click();
		const command = page.locator(".step-panel .capture pre");
		await command
			.getByText("tcpdump -nnei cni0 'tcp and host 172.23.96.24 and host 172.23.96.23 and port 80'")
			.waitFor();
		await atBridge.first().click();
		await command.getByText("host 172.23.96.23 and host 192.168.13.22 and port 80").waitFor();
		expect(complaints).toEqual([]);
	});

	test("the card by which only the answer comes has a capture too", async () => {
		const { page } = await tests.openAtlas("#/path?in=bifrost-macvlan/service-without-masquerade");
		await page.locator(".steps button", { hasText: "eth0-10" }).last().click();
		await page
			.locator(".step-panel .capture pre")
			.getByText("tcpdump -pnnei eth0-10 'tcp and host 10.0.0.13 and host 10.0.0.11 and port 80'")
			.waitFor();
	});

	test("is marked where the answer is lost, not where the question arrived; a key leads there", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${NO_BRIDGE_NF}`);
		await page.locator(".picture .chip.bad").waitFor();
		expect(await page.locator(".picture .place.end title").allTextContents()).toEqual([
			expect.stringContaining("pod/default/centos-67756b6dc8-rmmxt"),
		]);
		expect(await page.locator(".picture .end-mark").count()).toBe(1);
		await page.locator(".picture-signs").getByText("lost here").waitFor();
		await page.locator("main").press("l");
		await page.locator(".step-panel .reply").waitFor();
		expect(await page.locator(".step-panel .where").textContent()).toBe("pod/default/centos-67756b6dc8-rmmxt");
		expect(await page.locator(".steps button[aria-current]").getAttribute("class")).toContain("end");
	});

	test("says its cause and what to do by the verdict, and leads to the step that shows it, which is marked", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${NO_BRIDGE_NF}`);
		const leading = page.locator(".verdicts .leading");
		await leading.getByText("bridge-nf-call-iptables is 0").waitFor();
		await leading.getByText("modprobe br_netfilter").waitFor();
		await page.locator(".picture-signs").getByText("its cause shows here").waitFor();
		expect(await page.locator(".picture .cause-mark").count()).toBe(1);
		expect(await page.locator(".steps button.cause .loss").textContent()).toContain("cause");
		expect(await page.locator(".track-marks span").count()).toBe(2);
		await leading.getByRole("button", { name: "See step 27" }).click();
		await page.locator(".step-panel .decision").getByText("netfilter does not see it").waitFor();
		expect(await page.locator(".steps button[aria-current]").getAttribute("class")).toContain("cause");
		await page.locator("main").press("l");
		await page.locator(".step-panel .decision").getByText("does not take it").waitFor();
		await page.locator("main").press("c");
		await page.locator(".step-panel .decision").getByText("netfilter does not see it").waitFor();
		await page.locator(".step-panel .cites").getByRole("link", { name: "sysctl" }).click();
		await page.locator("li.cited", { hasText: "net.bridge.bridge-nf-call-iptables = 0" }).waitFor();
	});

	test("shows at the socket which source is expected, and the nearest device with a capture", async () => {
		const { page } = await tests.openAtlas(`#/path?in=${NO_BRIDGE_NF}&step=31`);
		const panel = page.locator(".step-panel");
		expect(await panel.locator("tr.wrong td").last().textContent()).toBe("172.23.96.24:80expected: 192.168.13.22:80");
		expect(await panel.locator("tr.changed").count()).toBe(0);
		await panel.getByText("not here; nearest on pod/default/centos-67756b6dc8-rmmxt eth0").waitFor();
		await panel.getByText("host 172.23.96.24 and host 172.23.96.23 and port 80").waitFor();
	});

	test("a diagnosis tells the fault once, with the rule as evidence, and leads to the step that shows the cause", async () => {
		const { page, complaints } = await tests.openAtlas("#/diagnose?in=calico-bgp/policy-other-port");
		await page.locator(".finding.error").first().waitFor();
		expect(await page.locator(".finding.error").count()).toBe(1);
		await page.locator(".finding.error .entry").getByText("-j DROP").waitFor();
		await page.locator(".finding.error").getByRole("link", { name: "The path that meets it" }).click();
		await page.locator(".step-panel .decision").getByText("Dropped by a rule").waitFor();
		expect(complaints).toEqual([]);
	});

	test("shows the rule that decided before those that led to it; its line leads to What if at that line", async () => {
		const { page } = await tests.openAtlas("#/path?in=calico-bgp/policy-other-port");
		await page.locator(".verdicts .leading").getByText("admitted there is tcp http, tcp 8000-8080").waitFor();
		await page.locator("main").press("l");
		const rules = page.locator(".step-panel .rules");
		await rules.locator(".deciding").getByText("-j DROP").waitFor();
		expect(await rules.getByText("-A FORWARD -j cali-FORWARD").isVisible()).toBe(false);
		await rules.getByText("rules on the way to it").click();
		await rules.getByText("-A FORWARD -j cali-FORWARD").waitFor();
		await rules.locator(".deciding").getByRole("link", { name: "atlas/calico-bgp/cluster.yaml:286" }).click();
		await page.locator(".cm-activeLine", { hasText: "networking.k8s.io/v1" }).waitFor();
		expect(await page.getByRole("combobox", { name: "File" }).inputValue()).toBe("atlas/calico-bgp/cluster.yaml");
	});

	test("is marked on the node that refuses the packet, and a button leads to that step", async () => {
		const { page } = await tests.openAtlas("#/path?in=flannel-vpc/001-3.1");
		await page.getByRole("button", { name: "To where it is refused" }).click();
		await page.locator(".step-panel .decision").getByText("has no destination").waitFor();
		expect(await page.locator(".picture .place.end text").allTextContents()).toEqual([
			"node/ap-southeast-1.10.0.0.180",
		]);
	});

	test.each([
		["en-GB", "not reached", "not reached: pod/default/a2"],
		["zh-CN", "未到达", "未到达：pod/default/a2"],
	])("shows what it does not reach, in the picture and in its legend (%s)", async (locale, said, sign) => {
		const { page, complaints } = await tests.openAtlas("#/path?in=calico-bgp/policy-denied", { locale });
		const target = page.locator(".picture .place.pod.unreached");
		await target.getByText(said).waitFor();
		expect(await target.locator("title").textContent()).toBe("pod/default/a2");
		await page.locator(".picture-signs").getByText(sign).waitFor();
		expect(complaints).toEqual([]);
	});

	test("a path that is answered has no such mark, key or button", async () => {
		const { page } = await tests.openAtlas("#/path?in=flannel-vpc/001-1.2");
		await page.locator(".picture .chip.good").waitFor();
		await page.locator("main").press("l");
		expect(await page.getByRole("slider").inputValue()).toBe("0");
		const signs = ".end-mark, .place.end, .place.unreached, .to-end, .cause-mark, .loss, .leading";
		expect(await page.locator(signs).count()).toBe(0);
	});
});
