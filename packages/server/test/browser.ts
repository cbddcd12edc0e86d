/** One browser for the tests of the page, and a server that gives it the page as the sources of the moment build it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { clusterNetwork, loadCluster, parseFaults, parseScenarios } from "@podpath/core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { buildPage } from "../../web/build.ts";
import { app } from "../src/app.ts";
import { Events } from "../src/events.ts";
import { LabRuns } from "../src/lab-runs.ts";
import { type PageFile, readPage } from "../src/page-files.ts";
import type { AtlasMode, KernelLab, NamedInput } from "../src/served.ts";
import { NO_LAB } from "./no-lab.ts";

const CHROMIUM = "/usr/bin/chromium";

/** Why there is no browser test on this machine; empty where there is. */
export const NO_BROWSER: string = existsSync(CHROMIUM) ? "" : " (skipped: Debian's chromium is not installed)";

export const TOKEN = "token-of-the-browser-tests";

export function atlasMode(mode: string): AtlasMode {
	const read = (file: string): { readonly name: string; readonly text: string } => ({
		name: `atlas/${mode}/${file}`,
		text: readFileSync(new URL(`../../../atlas/${mode}/${file}`, import.meta.url), "utf8"),
	});
	const [cluster, scenarios] = [read("cluster.yaml"), read("scenarios.yaml")];
	const name = `atlas/faults/${mode}.yaml`;
	const file = { name, text: readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8") };
	return {
		files: { mode, cluster, scenarios },
		scenarios: parseScenarios(scenarios.text, scenarios.name),
		faults: { file, faults: parseFaults(file.text, name) },
	};
}

export function clusterInput(text: string): NamedInput {
	const files = [{ name: "cluster.yaml", text }];
	const cluster = loadCluster(files);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return {
		kind: "manifests",
		name: "cluster.yaml",
		subject: Promise.resolve(subject),
		manifests: Promise.resolve(files),
	};
}

/** What a test opened is closed with it. */
export class PageTests {
	readonly folder: string = mkdtempSync(join(tmpdir(), "podpath-page-"));
	#browser: Browser | null = null;
	#files: ReadonlyMap<string, PageFile> = new Map();
	readonly #closing: (() => Promise<unknown>)[] = [];

	async start(): Promise<void> {
		await buildPage(join(this.folder, "page"));
		this.#files = readPage(join(this.folder, "page"));
		// Without a sandbox of its own: in containers Chromium is not allowed to make one.
		this.#browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
	}

	get page(): ReadonlyMap<string, PageFile> {
		return this.#files;
	}

	/** Gives the URL with the token, and what stops the server before the test ends. */
	async serve(
		atlas: readonly AtlasMode[],
		input: NamedInput | null = null,
		lab: KernelLab = NO_LAB,
	): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
		const served = { version: "0", atlas, input, lab };
		const events = new Events({ kind: "ready" });
		const access = { token: TOKEN, open: false };
		const { fetch } = app({ served, access, events, runs: new LabRuns(lab), page: this.#files });
		const server = createAdaptorServer({ fetch });
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const stop = (): Promise<void> =>
			new Promise((resolve) => {
				server.close(() => resolve());
				if ("closeAllConnections" in server) server.closeAllConnections();
			});
		this.#closing.push(stop);
		return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=${TOKEN}`, stop };
	}

	/** A page that complains of nothing; what it complained of is in `complaints`. */
	async open(
		url: string,
		options: Parameters<Browser["newContext"]>[0] = {},
	): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly complaints: readonly string[] }> {
		if (this.#browser === null) throw new Error("start() comes first");
		const context = await this.#browser.newContext({ reducedMotion: "reduce", locale: "en-GB", ...options });
		this.#closing.push(() => context.close());
		context.setDefaultTimeout(15_000);
		const page = await context.newPage();
		const complaints: string[] = [];
		page.on("pageerror", (error) => complaints.push(error.message));
		page.on("console", (message) => {
			if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
		});
		await page.goto(url);
		return { page, context, complaints };
	}

	async closeAll(): Promise<void> {
		for (const close of this.#closing.splice(0)) await close();
	}

	async end(): Promise<void> {
		await this.closeAll();
		await this.#browser?.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
