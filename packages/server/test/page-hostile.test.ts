/** What a browser meets that means no good, or no server any more: nothing is executed, nothing typed is lost. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { clusterNetwork, loadCluster, rereadNetwork } from "@podpath/core";
import { afterEach, describe, expect, test } from "vitest";
import type { KernelLab, NamedInput } from "../src/served.ts";
import { atlasMode, clusterInput, NO_BROWSER, TOKEN } from "./browser.ts";
import { NO_LAB } from "./no-lab.ts";
import { pageTests } from "./page-tests.ts";

const FLANNEL = atlasMode("flannel-vpc");
const CLUSTER = FLANNEL.files.cluster.text;
const CENTOS = "pod/default/centos-67756b6dc8-rmmxt";

describe.skipIf(NO_BROWSER !== "")(`in hostile surroundings${NO_BROWSER}`, () => {
	const tests = pageTests([FLANNEL]);
	const others: Server[] = [];
	afterEach(() => {
		for (const other of others.splice(0)) {
			other.closeAllConnections();
			other.close();
		}
	});

	/** Another page of the same browser, on this machine too. */
	const otherPage = async (html: string): Promise<string> => {
		const server = createServer((_, response) => {
			response.setHeader("Content-Type", "text/html");
			response.end(html);
		});
		others.push(server);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	};

	test("a wrong token gets a page that says what to open, and no cookie", async () => {
		const { url } = await tests.serve([FLANNEL]);
		const { page, context } = await tests.open(`${url.replace(TOKEN, "wrong")}#/atlas`);
		await page.getByRole("heading", { name: "the token is missing or wrong" }).waitFor();
		expect(await page.locator("script").count()).toBe(0);
		expect(await context.cookies()).toEqual([]);
	});

	test("another page can start nothing, although the browser has the cookie", async () => {
		let asked = 0;
		const lab: KernelLab = {
			...NO_LAB,
			ask: () => {
				asked++;
				return Promise.reject(new Error("nobody may ask"));
			},
		};
		const { url } = await tests.serve([FLANNEL], clusterInput(CLUSTER), lab);
		const { page } = await tests.open(url);
		await page.locator("form.question").waitFor();
		const { origin } = new URL(url);
		await page.goto(
			await otherPage(`<form method="post" enctype="text/plain" action="${origin}/api/lab"><input name="x"></form>`),
		);
		const answers = await page.evaluate(async (target) => {
			const body = JSON.stringify({ question: { from: "a", to: "b", protocol: "tcp" } });
			const told: string[] = [];
			for (const path of ["explain", "diagnose", "lab"]) {
				for (const type of ["text/plain", "application/json"]) {
					const init = { method: "POST", body, headers: { "Content-Type": type }, credentials: "include" } as const;
					told.push(
						await fetch(`${target}/api/${path}`, init).then(
							(response) => String(response.status),
							() => "refused",
						),
					);
				}
			}
			return told;
		}, origin);
		expect(new Set(answers)).toEqual(new Set(["refused"]));
		const [response] = await Promise.all([
			page.waitForResponse((each) => each.url() === `${origin}/api/lab`),
			page.evaluate("document.forms[0].submit()"),
		]);
		expect(response.status()).toBe(403);
		expect(asked).toBe(0);
	});

	test.each([
		["path", "no-such-mode/1", 'no mode "no-such-mode"'],
		["path", "<b>x</b>/1", 'no mode "<b>x<"'],
		["diagnose", "faults/<i>/x", 'no mode "<i>"'],
		["lab", "flannel-vpc/<i>", 'no scenario "flannel-vpc/<i>"'],
	])("a link of the view %s to %s, which nothing has, is told to lead nowhere", async (view, name, said) => {
		const { page, complaints } = await tests.openAtlas(`#/${view}?in=${encodeURIComponent(name)}`, {}, READY_LAB);
		await page.getByRole("alert").getByText(said).first().waitFor();
		expect(await page.locator("main b, main i").count()).toBe(0);
		expect(complaints.filter((each) => !each.includes("404"))).toEqual([]);
	});

	test("a view that could not be loaded is there when the server is back, and is asked for again", async () => {
		const first = await tests.serve([FLANNEL]);
		const { page } = await tests.open(`${first.url}#/path?in=flannel-vpc/001-2.2`);
		await page.locator(".picture .chip").first().waitFor();
		await first.stop();
		await page.getByRole("link", { name: "Compare", exact: true }).click();
		const again = page.getByRole("button", { name: "Try again" });
		await again.waitFor();
		await tests.serve([FLANNEL], null, NO_LAB, Number(new URL(first.url).port));
		await again.click();
		await page.getByRole("combobox", { name: "Left: about" }).waitFor();
	});

	test("a question without end is told to be too large, and stays where it was typed", async () => {
		const { url } = await tests.serve([], clusterInput(CLUSTER));
		const { page } = await tests.open(`${url}#/path?from=${CENTOS}&to=10.0.0.180`);
		await page.locator(".verdict-line").waitFor();
		const to = page.getByRole("combobox", { name: "To", exact: true });
		await to.fill("x".repeat(70_000));
		await to.press("Enter");
		await page.getByRole("alert").getByText("at most 65536 bytes").waitFor();
		expect(await to.inputValue()).toHaveLength(70_000);
	});

	describe("names that are HTML and script", () => {
		const EVIL = "<img src=x onerror=alert(1)>";
		/** The kernel lets a device have any name of 15 characters without slash and space. */
		const DEVICE = "<s>cni</s>";

		const watched = async (input: NamedInput, hash: string): ReturnType<typeof tests.open> => {
			const { url } = await tests.serve([], input);
			const opened = await tests.open("about:blank");
			opened.page.on("dialog", (dialog) => {
				dialogs.push(dialog.message());
				void dialog.dismiss();
			});
			await opened.page.goto(`${url}${hash}`);
			return opened;
		};
		const dialogs: string[] = [];
		const question = `from=${CENTOS}&to=service/default/nginx1:80`;

		test.each([
			["path", question, DEVICE],
			["state", `place=node/ap-southeast-1.10.0.0.180&search=${encodeURIComponent("<img")}`, EVIL],
			["diagnose", question, EVIL],
			["diagnose", "all=1", EVIL],
		])("of devices and comments in a snapshot are text in the view %s", async (view, params, shown) => {
			const { page, complaints } = await watched(hostileSnapshot(EVIL, DEVICE), `#/${view}?${params}`);
			if (view === "diagnose") await page.locator(".minor > summary").click();
			await page.locator("main").getByText(shown).locator("visible=true").first().waitFor();
			expect(await page.locator("main img, main s").count()).toBe(0);
			expect([...dialogs, ...complaints]).toEqual([]);
		});

		test("of a vSwitch are text in the topology", async () => {
			const input = clusterInput(CLUSTER.replaceAll("vsw-1", `"${EVIL}"`));
			const { page, complaints } = await watched(input, "#/topology");
			await page.locator("main").getByText(EVIL).first().waitFor();
			expect(await page.locator("main img").count()).toBe(0);
			expect([...dialogs, ...complaints]).toEqual([]);
		});

		test("that somebody types in a manifest are refused, in words that are text", async () => {
			const { page, complaints } = await watched(clusterInput(CLUSTER), `#/what-if?${question}`);
			await page.getByRole("textbox", { name: "Manifests in" }).click();
			await page.keyboard.press("Control+Home");
			await page.keyboard.insertText(`apiVersion: v1\nkind: Node\nmetadata: { name: "${EVIL}" }\n---\n`);
			await page.locator(".problems .error").getByText(EVIL).first().waitFor();
			expect(await page.locator("main img").count()).toBe(0);
			expect([...dialogs, ...complaints]).toEqual([]);
		});

		test("are text in the exported picture", async () => {
			const { page } = await watched(hostileSnapshot(EVIL, DEVICE), `#/path?${question}`);
			const [file] = await Promise.all([
				page.waitForEvent("download"),
				page.getByRole("button", { name: "SVG", exact: true }).click(),
			]);
			const svg = readFileSync(await file.path(), "utf8");
			expect(svg).toContain("cni");
			expect(svg).not.toContain(DEVICE);
			await page.goto(await otherPage(svg));
			expect(await page.locator("svg").count()).toBe(1);
			expect(await page.locator("img, script, s").count()).toBe(0);
			expect(dialogs).toEqual([]);
		});
	});

	test("a server that comes back is heard again, and answers what was typed meanwhile", async () => {
		const first = await tests.serve([], clusterInput(CLUSTER));
		const { page } = await tests.open(`${first.url}#/path?from=${CENTOS}&to=10.0.0.180`);
		await page.locator(".verdict-line").waitFor();
		await first.stop();
		const away = page.getByRole("alert").getByText("not there any more").first();
		await away.waitFor();
		const to = page.getByRole("combobox", { name: "To", exact: true });
		await to.fill("service/default/nginx1:80");
		await to.press("Enter");
		await expect.poll(() => page.getByRole("button", { name: "Try again" }).count()).toBe(1);
		await tests.serve([], clusterInput(CLUSTER), NO_LAB, Number(new URL(first.url).port));
		await page.getByRole("button", { name: "Try again" }).click();
		await page.locator(".verdict-line .badge").getByText("delivered").waitFor();
		expect(await to.inputValue()).toBe("service/default/nginx1:80");
		await away.waitFor({ state: "hidden", timeout: 30_000 });
	});
});

const READY_LAB: KernelLab = { ...NO_LAB, offer: () => Promise.resolve({ available: true, tried: [] }) };

/** Machines whose bridge and whose rules' comments have such names, and a rule that nobody should have written. */
function hostileSnapshot(comment: string, device: string): NamedInput {
	const cluster = loadCluster([{ name: "cluster.yaml", text: CLUSTER }]);
	const renamed = (text: string): string =>
		text
			.replaceAll("cni0", device)
			.replaceAll("kubernetes forwarding conntrack rule", comment)
			.replace(
				"\n-A KUBE-FORWARD ",
				`\n-A KUBE-FORWARD -p sctp -m comment --comment "${comment}" -j DROP\n-A KUBE-FORWARD `,
			);
	const network = rereadNetwork(
		clusterNetwork(cluster),
		(_, files) => new Map([...files].map(([name, text]) => [name, renamed(text)])),
	);
	const subject = Promise.resolve({ cluster, network, fromSnapshot: true });
	return { kind: "snapshot", name: "snapshot", subject, manifests: Promise.resolve([]) };
}
