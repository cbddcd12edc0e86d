/**
 * The page in Chromium (Debian's; none of these is run where it is not installed): how soon it shows something, how soon a
 * changed question is drawn again, and whether stepping and a large topology keep up with the screen.
 */
import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { loadCluster } from "../packages/core/src/cluster/load.ts";
import { clusterNetwork } from "../packages/core/src/modes/network.ts";
import type { NamedInput } from "../packages/server/src/served.ts";
import { atlasMode, CHROMIUM, PageTests } from "../packages/server/test/browser.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { generateCluster, podNamed, serviceNamed, THOUSAND_NODES } from "./generate-cluster.ts";

const SCENARIO = "in=flannel-vpc/001-2.2";
const WINDOW = { viewport: { width: 1280, height: 900 } };
/** The picture's first device. */
const PICTURE = ".picture .chip";

type OpenPage = Awaited<ReturnType<PageTests["open"]>>["page"];

/** With a server that has an input, or the atlas alone. */
async function inBrowser(
	input: NamedInput | null,
	measure: (tests: PageTests, url: string) => Promise<Measurement>,
): Promise<Measurement> {
	const tests = new PageTests();
	await tests.start();
	try {
		const { url } = await tests.serve([atlasMode("flannel-vpc")], input);
		return await measure(tests, url);
	} finally {
		await tests.end();
	}
}

function thousandNodes(): NamedInput {
	const cluster = loadCluster(generateCluster(THOUSAND_NODES));
	const subject = Promise.resolve({ cluster, network: clusterNetwork(cluster), fromSnapshot: false });
	return { kind: "manifests", name: "generated", subject, manifests: Promise.resolve([]) };
}

const QUESTIONS = [1, 2].map((n) => `from=pod/${podNamed(n, THOUSAND_NODES)}&to=service/${serviceNamed(n + 100)}:80`);

/** From the start of the navigation to the picture; nothing is in the browser's cache. */
async function firstPaint(tests: PageTests, url: string, question: string): Promise<Measurement> {
	const { page } = await tests.open("about:blank", WINDOW);
	const bytes: Promise<number>[] = [];
	page.on("response", (response) => {
		// The stream of events has no end.
		if (response.ok() && !response.url().endsWith("/events"))
			bytes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
	});
	await page.goto(`${url}#/path?${question}`);
	await page.locator(PICTURE).first().waitFor();
	const value = await page.evaluate<number>("performance.now()");
	const first = await page.evaluate<number>(
		"performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0",
	);
	const compressed = (await Promise.all(bytes)).reduce((sum, each) => sum + each, 0);
	return {
		value,
		unit: "ms",
		detail: { firstContentfulPaint: Math.round(first), compressedKB: Math.round(compressed / 1000) },
	};
}

/** Between the question in the address and the frame that shows its answer, over and over between two questions. */
async function changedQuestion(page: OpenPage, questions: readonly string[]): Promise<Measurement> {
	const times = await page.evaluate<readonly number[]>(`(async () => {
		const hashes = ${JSON.stringify(questions.map((each) => `#/path?${each}`))};
		const shown = () => document.querySelector(".answer:not(.stale) .step-panel")?.textContent + document.querySelector(".verdict-line")?.textContent;
		const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
		const times = [];
		for (let i = 0; i < 30; i++) {
			const before = shown();
			const start = performance.now();
			history.pushState(null, "", hashes[(i + 1) % 2]);
			dispatchEvent(new PopStateEvent("popstate"));
			while (shown() === before || document.querySelector(".answer.stale") !== null) await frame();
			await frame();
			times.push(performance.now() - start);
		}
		return times;
	})()`);
	return spread(times.slice(4), "ms");
}

function spread(times: readonly number[], unit: "ms"): Measurement {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (share: number): number => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;
	return { value: at(0.5), unit, detail: { p95: at(0.95), longest: at(1), repetitions: times.length } };
}

/** Does something in each frame, and counts how many frames a second the screen gets. */
async function frames(page: OpenPage, each: string): Promise<Measurement> {
	const times = await page.evaluate<readonly number[]>(`(async () => {
		const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
		const act = (i) => { ${each} };
		const times = [];
		let last = await frame();
		for (let i = 0; i < 180; i++) {
			act(i);
			const now = await frame();
			times.push(now - last);
			last = now;
		}
		return times;
	})()`);
	const total = times.reduce((sum, time) => sum + time, 0);
	const { detail } = spread(times, "ms");
	return {
		value: (times.length * 1000) / total,
		unit: "1/s",
		detail: { p95: detail.p95 ?? 0, longest: detail.longest ?? 0, frames: times.length },
	};
}

async function stepping(tests: PageTests, url: string): Promise<Measurement> {
	const { page } = await tests.open(`${url}#/path?${SCENARIO}`, { ...WINDOW, reducedMotion: "no-preference" });
	await page.locator(PICTURE).first().waitFor();
	return frames(
		page,
		`dispatchEvent(new KeyboardEvent("keydown", { key: i % 30 === 29 ? "Home" : "ArrowRight", bubbles: true }));`,
	);
}

const MAP = ".map canvas";

async function topologyFirst(tests: PageTests, url: string): Promise<Measurement> {
	const { page } = await tests.open(`${url}#/topology`, WINDOW);
	await page.locator(MAP).waitFor();
	return { value: await page.evaluate<number>("performance.now()"), unit: "ms", detail: { ...THOUSAND_NODES } };
}

/** Zooms in and out, and moves about in between. */
async function topologyMoves(tests: PageTests, url: string): Promise<Measurement> {
	const { page } = await tests.open(`${url}#/topology`, WINDOW);
	await page.locator(MAP).waitFor();
	const measured = await frames(
		page,
		`const map = document.querySelector(".map .surface");
		map.dispatchEvent(new WheelEvent("wheel", { deltaY: i % 60 < 30 ? -40 : 40, ctrlKey: true, clientX: 500, clientY: 400, bubbles: true, cancelable: true }));
		map.dispatchEvent(new KeyboardEvent("keydown", { key: i % 40 < 20 ? "ArrowRight" : "ArrowLeft", bubbles: true }));`,
	);
	return { ...measured, detail: { ...measured.detail, ...THOUSAND_NODES } };
}

async function redraw(tests: PageTests, url: string, questions: readonly string[]): Promise<Measurement> {
	const { page } = await tests.open(`${url}#/path?${questions[0]}`, WINDOW);
	await page.locator(PICTURE).first().waitFor();
	return changedQuestion(page, questions);
}

const SCENARIO_QUESTIONS = [
	SCENARIO,
	`${SCENARIO}&from=pod/default/centos-67756b6dc8-rmmxt&to=service/default/nginx:80`,
];

const ALL: readonly Benchmark[] = [
	{
		name: "page/first-path-atlas",
		run: () => inBrowser(null, (tests, url) => firstPaint(tests, url, SCENARIO)),
	},
	{
		name: "page/first-path-1000-nodes",
		run: () => inBrowser(thousandNodes(), (tests, url) => firstPaint(tests, url, QUESTIONS[0] ?? "")),
	},
	{
		name: "page/changed-question-atlas",
		run: () => inBrowser(null, (tests, url) => redraw(tests, url, SCENARIO_QUESTIONS)),
	},
	{
		name: "page/changed-question-1000-nodes",
		run: () => inBrowser(thousandNodes(), (tests, url) => redraw(tests, url, QUESTIONS)),
	},
	{ name: "page/stepping", run: () => inBrowser(null, stepping) },
	{ name: "page/topology-1000-nodes-first", run: () => inBrowser(thousandNodes(), topologyFirst) },
	{ name: "page/topology-1000-nodes-moves", run: () => inBrowser(thousandNodes(), topologyMoves) },
];

export const benchmarks: readonly Benchmark[] = existsSync(CHROMIUM) ? ALL : [];
