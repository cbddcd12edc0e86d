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
import { writeSite } from "../src/site.ts";
import { NO_LAB } from "./no-lab.ts";

export const CHROMIUM = "/usr/bin/chromium";

/** Why there is no browser test on this machine; empty where there is. */
export const NO_BROWSER: string = existsSync(CHROMIUM) ? "" : " (skipped: Debian's chromium is not installed)";

export const TOKEN = "token-of-the-browser-tests";

export function atlasMode(mode: string): AtlasMode {
	const read = (file: string): { readonly name: string; readonly text: string } => ({
		name: `atlas/${mode}/${file}`,
		text: readFileSync(new URL(`../../../atlas/${mode}/${file}`, import.meta.url), "utf8"),
	});
	const [cluster, scenarios] = [read("cluster.yaml"), read("scenarios.yaml")];
	return {
		files: { mode, cluster, scenarios },
		scenarios: parseScenarios(scenarios.text, scenarios.name),
		faults: faultsOf(mode),
	};
}

function faultsOf(mode: string): AtlasMode["faults"] {
	const name = `atlas/faults/${mode}.yaml`;
	const path = new URL(`../../../${name}`, import.meta.url);
	if (!existsSync(path)) return null;
	const file = { name, text: readFileSync(path, "utf8") };
	return { file, faults: parseFaults(file.text, name) };
}

export function clusterInput(text: string, name = "cluster.yaml"): NamedInput {
	const files = [{ name, text }];
	const cluster = loadCluster(files);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return {
		kind: "manifests",
		name,
		subject: Promise.resolve(subject),
		manifests: Promise.resolve(files),
	};
}

export interface Serving {
	/** With the token. */
	readonly url: string;
	/** Stops the server before the test ends. */
	readonly stop: () => Promise<void>;
}

export interface SlowServing extends Serving {
	/** Tells an event of the diagnosis. */
	readonly send: (event: unknown) => Promise<void>;
	/** The page does not listen to the diagnosis any more. */
	readonly left: Promise<void>;
	/** Breaks all connections; the server goes on. */
	readonly cut: () => void;
}

type Opened = Promise<{
	readonly page: Page;
	readonly context: BrowserContext;
	readonly complaints: readonly string[];
}>;

/** What a test opened is closed with it. */
export class PageTests {
	readonly #atlas: readonly AtlasMode[];
	#folder = "";
	#browser: Browser | null = null;
	#files: ReadonlyMap<string, PageFile> = new Map();
	readonly #closing: (() => Promise<unknown>)[] = [];

	/** `atlas`: what `openAtlas` serves. */
	constructor(atlas: readonly AtlasMode[] = []) {
		this.#atlas = atlas;
	}

	async start(): Promise<void> {
		this.#folder = mkdtempSync(join(tmpdir(), "podpath-page-"));
		const built = join(this.#folder, "page");
		await buildPage(built);
		this.#files = readPage(built);
		// Without a sandbox of its own: in containers Chromium is not allowed to make one.
		this.#browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
	}

	get page(): ReadonlyMap<string, PageFile> {
		return this.#files;
	}

	async serve(
		atlas: readonly AtlasMode[],
		input: NamedInput | null = null,
		lab: KernelLab = NO_LAB,
		port = 0,
	): Promise<Serving> {
		const served = { version: "0", atlas, input, lab };
		const events = new Events({ kind: "ready" });
		const access = { token: TOKEN, open: false };
		const { fetch } = app({ served, access, events, runs: new LabRuns(lab), page: this.#files });
		return this.#listen((request) => fetch(request), port);
	}

	/** A server whose diagnosis tells what the test sends, until the test or the page ends it. */
	async slowServer(input: NamedInput): Promise<SlowServing> {
		const served = { version: "0", atlas: [], input, lab: NO_LAB };
		const access = { token: TOKEN, open: false };
		const events = new Events({ kind: "ready" });
		const { fetch } = app({ served, access, events, runs: new LabRuns(NO_LAB), page: this.#files });
		const stream = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
		const left = Promise.withResolvers<void>();
		const body = (): ReadableStream<Uint8Array> =>
			new ReadableStream({ start: (controller) => stream.resolve(controller), cancel: () => left.resolve() });
		const serving = await this.#listen((request) =>
			new URL(request.url).pathname === "/api/diagnose"
				? new Response(body(), { headers: { "Content-Type": "text/event-stream" } })
				: fetch(request),
		);
		const send = async (event: unknown): Promise<void> =>
			(await stream.promise).enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
		return { ...serving, send, left: left.promise };
	}

	/** The page as a static site, below a folder of its server as file shares have it. */
	async site(atlas: readonly AtlasMode[]): Promise<string> {
		const folder = mkdtempSync(join(this.#folder, "site-"));
		writeSite(folder, atlas, "0", this.#files);
		const types: Readonly<Record<string, string>> = { html: "text/html", css: "text/css", json: "application/json" };
		const { url } = await this.#listen((request) => {
			const path = new URL(request.url).pathname.replace(/^\/sub\/$/, "/sub/index.html");
			const file = join(folder, path.slice("/sub".length));
			if (!existsSync(file)) return new Response(null, { status: 404 });
			const type = types[path.split(".").at(-1) ?? ""] ?? "text/javascript";
			return new Response(readFileSync(file), { headers: { "Content-Type": type } });
		});
		return new URL("/sub/", url).href;
	}

	async #listen(
		fetch: (request: Request) => Response | Promise<Response>,
		port = 0,
	): Promise<Serving & { readonly cut: () => void }> {
		const server = createAdaptorServer({ fetch });
		await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
		const cut = (): void => {
			if ("closeAllConnections" in server) server.closeAllConnections();
		};
		const stop = (): Promise<void> =>
			new Promise((resolve) => {
				server.close(() => resolve());
				cut();
			});
		this.#closing.push(stop);
		return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=${TOKEN}`, stop, cut };
	}

	/** A page that complains of nothing; what it complained of is in `complaints`. */
	async open(url: string, options: Parameters<Browser["newContext"]>[0] = {}): Opened {
		if (this.#browser === null) throw new Error("start() comes first");
		const context = await this.#browser.newContext({ reducedMotion: "reduce", locale: "en-GB", ...options });
		this.#closing.push(() => context.close());
		context.setDefaultTimeout(15_000);
		const page = await context.newPage();
		const complaints: string[] = [];
		page.on("pageerror", (error) => complaints.push(error.message));
		page.on("console", (message) => {
			if (message.type() === "error" || message.type() === "warning")
				complaints.push(`${message.text()} (${message.location().url})`);
		});
		await page.goto(url);
		return { page, context, complaints };
	}

	/** Of a server that has this block's atlas alone. */
	async openAtlas(hash: string, options: Parameters<PageTests["open"]>[1] = {}, lab: KernelLab = NO_LAB): Opened {
		const { url } = await this.serve(this.#atlas, null, lab);
		return this.open(`${url}${hash}`, options);
	}

	async closeAll(): Promise<void> {
		for (const close of this.#closing.splice(0)) await close();
	}

	async end(): Promise<void> {
		await this.closeAll();
		await this.#browser?.close();
		if (this.#folder !== "") rmSync(this.#folder, { recursive: true, force: true });
	}
}
