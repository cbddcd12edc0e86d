/** A packet that never leaves the stack that sends it passes no device, and is still shown where it is lost. */
import { describe, expect, test } from "vitest";
import { renderLinks } from "../../src/render/links.ts";
import { renderMermaid } from "../../src/render/mermaid.ts";
import { stepsOf } from "../../src/render/steps.ts";
import { renderSvg } from "../../src/render/svg.ts";
import { renderText } from "../../src/render/text.ts";
import { topologyOf } from "../../src/render/topology.ts";
import { REFUSED } from "../support/explanations.ts";

/** The first two stages of a path, as of a packet for which the client has no route. */
function stayed(at: string): typeof REFUSED {
	const [path] = REFUSED.paths;
	if (path === undefined) throw new Error("no path");
	const hops = path.forward.hops.slice(0, 2).map((hop) => ({ ...hop, at, device: null }));
	const { refusal: _, ...rest } = path;
	return {
		...REFUSED,
		verdict: "unreachable",
		paths: [{ ...rest, verdict: "unreachable", forward: { links: [], hops }, reply: null }],
	};
}

describe.each([
	["pod/default/plain", "pod"],
	["node/n1", "machine"],
])("at %s", (at, kind) => {
	const explanation = stayed(at);

	test("the data link is the stack's name", () => {
		expect(renderLinks(explanation)).toBe(`unreachable forward: ${at}\n`);
		expect(renderText(explanation, { color: false })).toContain(`\nforward  ${at}\n`);
	});

	test("pictures have its box, red, and no arrow", () => {
		expect(topologyOf(explanation.paths)).toMatchObject({
			places: [{ at, kind, spots: [{ device: "" }] }],
			arrows: [],
		});
		const svg = renderSvg(explanation);
		expect(svg).toContain(`>${at}</text>`);
		expect(svg).toMatch(/<rect class="device bad"/);
		expect(renderMermaid(explanation)).toContain(`s["${at}"]`);
	});

	test("every step is there", () => {
		const [spot] = topologyOf(explanation.paths).places.flatMap(({ spots }) => spots);
		const [path] = explanation.paths;
		expect(path && stepsOf(path).map(({ position }) => position)).toEqual([
			{ kind: "at", spot: spot?.key },
			{ kind: "at", spot: spot?.key },
		]);
	});
});
