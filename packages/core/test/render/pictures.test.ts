import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderMermaid } from "../../src/render/mermaid.ts";
import { ENGLISH_PICTURE, type PictureWords } from "../../src/render/picture-words.ts";
import { renderSvg } from "../../src/render/svg.ts";
import { layoutOf } from "../../src/render/svg-layout.ts";
import { topologyOf } from "../../src/render/topology.ts";
import {
	BALANCED,
	CLUSTER_IP,
	HOSTILE_NAMES,
	hostile,
	notReaching,
	REFUSED,
	SAME_NODE,
	VXLAN,
} from "../support/explanations.ts";
import { explanationOf } from "../support/scenario-answers.ts";

const ON_LAST_NODE = notReaching({ at: "pod/default/web", on: "node/ap-southeast-1.10.0.0.180" });
const ON_ANOTHER = notReaching({ at: "pod/default/web", on: "node/far" });
const ON_NO_NODE = notReaching({ at: "host/desk" });
const SAMPLES = { CLUSTER_IP, REFUSED, BALANCED, SAME_NODE, VXLAN, ON_LAST_NODE, ON_ANOTHER };

/** Tags and text of an XML document, strictly: throws where it is not well-formed. */
function readXml(xml: string): { readonly tags: readonly string[]; readonly texts: readonly string[] } {
	const tags: string[] = [];
	const texts: string[] = [];
	const open: string[] = [];
	const pattern = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
	let end = 0;
	for (const match of xml.matchAll(pattern)) {
		const [whole, closing, tag = "", , empty, text] = match;
		end = match.index + whole.length;
		if (text !== undefined) {
			if (/&(?!#\d+;)/.test(text)) throw new Error(`bare ampersand in ${text}`);
			texts.push(text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))));
		} else if (closing === "/") {
			if (open.pop() !== tag) throw new Error(`</${tag}> closes nothing`);
		} else {
			tags.push(tag);
			if (empty === "") open.push(tag);
		}
	}
	if (end !== xml.length || open.length > 0) throw new Error(`not well-formed at ${xml.slice(end, end + 60)}`);
	return { tags, texts };
}

describe("SVG", () => {
	test.each(Object.entries(SAMPLES))("%s is well-formed and shows every place and device", (_, explanation) => {
		const { texts } = readXml(renderSvg(explanation));
		for (const { at, device } of explanation.paths.flatMap(({ forward }) => forward.links)) {
			expect(texts).toContain(at);
			if (device !== undefined) expect(texts).toContain(device);
		}
	});

	test("tells directions apart by colour and by dashes, in light and dark", () => {
		const svg = renderSvg(CLUSTER_IP);
		expect(svg.match(/<path class="forward" /g)?.length).toBe(8 + 1);
		expect(svg.match(/<path class="reply" /g)?.length).toBe(8 + 1);
		expect(svg).toContain("stroke-dasharray");
		expect(svg).toContain("prefers-color-scheme:dark");
		expect(svg).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)|@import|@font-face/);
	});

	test.each([
		["on a node of the way", ON_LAST_NODE, "pod/default/web", 1],
		["on a node that nothing reaches either", ON_ANOTHER, "pod/default/web", 2],
		["on no node", ON_NO_NODE, "host/desk", 1],
	])("shows greyed what the packet does not reach, %s", (_, explanation, target, boxes) => {
		const svg = renderSvg(explanation);
		const { texts } = readXml(svg);
		expect(texts.filter((text) => text === target)).toHaveLength(1);
		expect(texts.filter((text) => text === "not reached")).toHaveLength(1);
		expect(texts).toContain(`not reached: ${target}`);
		expect(svg.match(/<rect class="(machine|pod) unreached"/g)).toHaveLength(boxes);
	});

	test("marks where the packet is lost, and where the cause shows, and says what the signs mean", () => {
		// Seed 001 L166: the answer comes from the pod, so the client does not take it; docs/measurements.md: bridge-nf-call-iptables.
		const lost = renderSvg(explanationOf("flannel-vpc/001-1.2-no-bridge-nf"));
		expect(lost.match(/<path class="cross bad"/g)).toHaveLength(1 + 1);
		expect(lost.match(/<g class="cause"/g)).toHaveLength(1 + 1);
		const { texts } = readXml(lost);
		for (const said of ["begins here", "lost here", "its cause shows here"]) {
			expect(texts.filter((text) => text === said)).toHaveLength(1);
		}
		const arrived = renderSvg(CLUSTER_IP);
		expect(arrived).not.toMatch(/<path class="cross|<g class="cause"/);
		expect(readXml(arrived).texts).toContain("arrives here");
		expect(readXml(renderSvg(REFUSED)).texts).toContain("refused here");
	});

	test("stands in the words that it is given, names as they are", () => {
		const words: PictureWords = {
			...ENGLISH_PICTURE,
			notReached: "未到达",
			notReachedAt: (place) => `未到达：${place}`,
		};
		const { texts } = readXml(renderSvg(ON_LAST_NODE, words));
		expect(texts).toEqual(expect.arrayContaining(["未到达", "未到达：pod/default/web"]));
		expect(renderMermaid(ON_LAST_NODE, words)).toContain('["pod/default/web (未到达)"]');
	});

	test("shows as reached what one of several paths reaches", () => {
		const [reaching] = CLUSTER_IP.paths;
		const [lost] = notReaching({ at: "pod/default/nginx1-76c99b49df-7plsr" }).paths;
		if (reaching === undefined || lost === undefined) throw new Error("no path");
		expect(renderSvg({ ...CLUSTER_IP, paths: [reaching, lost] })).not.toContain('unreached" x');
	});

	test("is the same every time", () => {
		expect(renderSvg(BALANCED)).toBe(renderSvg(structuredClone(BALANCED)));
	});

	test.each(HOSTILE_NAMES)("stays a picture with the name %j", (name) => {
		const { tags } = readXml(renderSvg(hostile(name)));
		expect(new Set(tags)).toEqual(new Set(readXml(renderSvg(hostile("pod/default/harmless"))).tags));
	});

	test("stays well-formed whatever the names are", () => {
		fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => void readXml(renderSvg(hostile(name)))));
	});
});

describe("the layout", () => {
	interface Rectangle {
		readonly x: number;
		readonly y: number;
		readonly width: number;
		readonly height: number;
	}
	const overlap = (a: Rectangle, b: Rectangle): boolean =>
		a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
	const overlaps = (boxes: readonly Rectangle[]): number =>
		boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => overlap(a, b))).length;

	test.each(Object.entries(SAMPLES))("%s: no two devices, pods or machines lie on each other", (_, { paths }) => {
		const { machines, pods, spots } = layoutOf(topologyOf(paths));
		expect([overlaps(machines), overlaps(pods), overlaps(spots)]).toEqual([0, 0, 0]);
	});

	test.each(Object.entries(SAMPLES))(
		"%s: pods stand inside their machines, and everything inside the page",
		(_, { paths }) => {
			const { machines, pods, spots, width, height } = layoutOf(topologyOf(paths));
			const inside = (a: Rectangle, b: Rectangle): boolean =>
				a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
			for (const pod of pods) expect(machines.some((machine) => inside(pod, machine))).toBe(true);
			const page = { x: 0, y: 0, width, height };
			expect([...machines, ...pods, ...spots].every((box) => inside(box, page))).toBe(true);
		},
	);
});

describe("Mermaid", () => {
	test("draws nodes round their pods and devices, and both directions", () => {
		const lines = renderMermaid(CLUSTER_IP).split("\n");
		expect(lines[1]).toBe("flowchart TB");
		expect(lines.filter((line) => line.includes(" --> "))).toHaveLength(8);
		expect(lines.filter((line) => line.includes(" -.-> "))).toHaveLength(8);
		const node = lines.findIndex((line) => line.includes('["node/ap-southeast-1.10.0.0.180"]'));
		expect(lines[node + 1]).toContain('["pod/default/centos-67756b6dc8-rmmxt"]');
	});

	test("says of a place that it is not reached", () => {
		expect(renderMermaid(ON_LAST_NODE)).toContain('["pod/default/web (not reached)"]');
	});

	/** Every line that the renderer can write; names stand only between the quotes. */
	const LINES = [
		/^%% [^\n]*$/,
		/^flowchart TB$/,
		/^ +subgraph n\d+s\["[^"]*"\]$/,
		/^ +end$/,
		/^ +n\d+\["[^"]*"\]$/,
		/^ +n\d+\{\{"[^"]*"\}\}$/,
		/^ +n\d+ (-->|-\.->)(\|"[\d.]+ #37;"\|)? n\d+$/,
		/^ +linkStyle [\d,]+ stroke:#[0-9a-f]{6}$/,
		/^$/,
	];

	test.each(HOSTILE_NAMES)("keeps its syntax with the name %j", (name) => {
		const mermaid = renderMermaid(hostile(name));
		expect(mermaid.split("\n").filter((line) => !LINES.some((form) => form.test(line)))).toEqual([]);
		expect(mermaid.replace(/-->|-\.->/g, "")).not.toMatch(/[<>`]|%%\{/);
	});
});
