/** The map of the Topology view: everything has its place, nothing is on top of anything, and one finds it by pointing. */
import type { TopologyGroup, TopologyReport } from "@podpath/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fitted, panned, shown, zoomed } from "../src/views/topology/camera.ts";
import { type Box, layoutOf, placeAt } from "../src/views/topology/layout.ts";

/** Groups with machines that have so many pods each. */
function topologyOf(pods: readonly (readonly number[])[], balancers = 0): TopologyReport {
	const groups = pods.map(
		(counts, g): TopologyGroup => ({
			fabric: g % 3 === 2 ? "" : `vpc/v${g % 2}`,
			vSwitch: `vsw-${g}`,
			zone: "",
			machines: counts.map((count, m) => ({
				place: `node/${g}-${m}`,
				addresses: [],
				podCIDRs: [],
				ready: true,
				cards: [],
				pods: Array.from({ length: count }, (_, p) => ({
					place: `pod/d/${g}-${m}-${p}`,
					addresses: [],
					ready: true,
					hostNetwork: false,
					cards: [],
				})),
			})),
		}),
	);
	return {
		fabrics: ["vpc/v0", "vpc/v1"].map((place) => ({ place, prefixes: [] })),
		groups,
		loadBalancers: Array.from({ length: balancers }, (_, n) => ({ place: `slb/${n}`, addresses: [] })),
		unplaced: [],
	};
}

const anyTopology = fc
	.tuple(
		fc.array(fc.array(fc.nat(12), { minLength: 1, maxLength: 9 }), { maxLength: 6 }),
		fc.nat(7),
		fc.double({ min: 0.3, max: 4, noNaN: true }),
	)
	.map(([pods, balancers, aspect]) => {
		const topology = topologyOf(pods, balancers);
		return { topology, layout: layoutOf(topology, aspect) };
	});

function overlap(a: Box, b: Box): boolean {
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test("every machine, load balancer and pod is found by pointing at its middle", () => {
	fc.assert(
		fc.property(anyTopology, ({ topology: { groups, loadBalancers }, layout }) => {
			const machines = groups.flatMap((group) => group.machines);
			const pods = machines.flatMap((machine) => machine.pods);
			for (const { place } of [...pods, ...loadBalancers]) {
				const { x, y, width, height } = layout.boxes.get(place) as Box;
				expect(placeAt(layout, x + width / 2, y + height / 2)).toBe(place);
			}
			for (const { place } of machines) {
				const { x, y, width } = layout.boxes.get(place) as Box;
				expect(placeAt(layout, x + width / 2, y + 1)).toBe(place);
			}
		}),
	);
});

test("no two machines overlap, and nothing sticks out of the drawing", () => {
	fc.assert(
		fc.property(anyTopology, ({ layout }) => {
			const tiles = layout.fabrics.flatMap(({ groups }) => groups.flatMap((group) => group.tiles));
			for (const [n, tile] of tiles.entries()) {
				expect(tile.x >= 0 && tile.x + tile.width <= layout.width).toBe(true);
				expect(tile.y >= 0 && tile.y + tile.height <= layout.height).toBe(true);
				expect(tiles.slice(n + 1).some((other) => overlap(tile, other))).toBe(false);
			}
		}),
	);
});

const SIZE = { width: 800, height: 600 };

test("what is looked at from afar is seen whole; zooming leaves the point under the pointer where it is", () => {
	const whole = layoutOf(topologyOf([[30, 30, 30]]), 4 / 3);
	const camera = fitted(whole, SIZE);
	expect(camera.x).toBeLessThanOrEqual(whole.x);
	expect(camera.x + SIZE.width / camera.scale).toBeGreaterThanOrEqual(whole.x + whole.width);
	const near = zoomed(camera, 2, { x: 200, y: 100 }, camera.scale);
	expect(near.x + 200 / near.scale).toBeCloseTo(camera.x + 200 / camera.scale);
	expect(near.y + 100 / near.scale).toBeCloseTo(camera.y + 100 / camera.scale);
	expect(zoomed(camera, 0.01, { x: 0, y: 0 }, camera.scale).scale).toBe(camera.scale);
});

test("the middle of the screen never leaves the drawing, and a place that is jumped to is in it", () => {
	const whole = layoutOf(topologyOf([[30, 30, 30]]), 4 / 3);
	const camera = panned(fitted(whole, SIZE), -1e6, 1e6, whole, SIZE);
	expect(camera.x + SIZE.width / camera.scale / 2).toBeCloseTo(whole.x);
	expect(camera.y + SIZE.height / camera.scale / 2).toBeCloseTo(whole.y + whole.height);
	const box = whole.boxes.get("pod/d/0-1-7") as Box;
	const at = shown(box, SIZE, fitted(whole, SIZE));
	expect(placeAt(whole, at.x + SIZE.width / at.scale / 2, at.y + SIZE.height / at.scale / 2)).toBe("pod/d/0-1-7");
});
