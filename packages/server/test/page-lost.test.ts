/** A path that fails, in a real browser: what shows the lost packet, and where it is lost. */
import { describe, expect, test } from "vitest";
import { atlasMode, NO_BROWSER } from "./browser.ts";
import { pageTests } from "./page-tests.ts";

const NO_BRIDGE_NF = "flannel-vpc/001-1.2-no-bridge-nf";

describe.skipIf(NO_BROWSER !== "")(`a path that fails${NO_BROWSER}`, () => {
	const tests = pageTests([atlasMode("flannel-vpc"), atlasMode("bifrost-macvlan")]);

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
});
