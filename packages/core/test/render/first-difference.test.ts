/** Where two walks part: by what happens, not by what things are called. */
import { describe, expect, test } from "vitest";
import { changedSteps, firstDifference } from "../../src/render/first-difference.ts";
import type { Step } from "../../src/render/steps.ts";

const PACKET = {
	src: "10.0.0.1",
	dst: "10.0.0.2",
	protocol: "tcp",
	sport: 1,
	dport: 2,
	ttl: 64,
	mark: 0,
	outer: null,
	vlan: null,
};

function step(
	at: string,
	stage: string,
	code: string,
	device = "eth0",
	outer: Step["hop"]["packet"]["outer"] = null,
): Step {
	const hop = { at, stage, device, packet: { ...PACKET, outer }, decision: "", code, origin: null };
	return { direction: "forward", hop, before: null, position: { kind: "at", spot: "" } };
}

const ONE = [
	step("pod/default/a", "send", "sent"),
	step("node/n1", "receive", "received", "veth0123abcd"),
	step("node/n1", "route", "routed"),
	step("node/n2", "deliver", "delivered"),
];

describe("the first difference", () => {
	test("names, addresses and random parts of device names are none", () => {
		const other = [
			step("pod/web/x", "send", "sent"),
			step("node/worker-7", "receive", "received", "vethffff0000"),
			step("node/worker-7", "route", "routed"),
			step("node/worker-9", "deliver", "delivered"),
		];
		expect(firstDifference(ONE, other)).toBeNull();
	});

	test.each([
		["another stage", step("node/n1", "ipvs", "routed"), 2],
		["another reason", step("node/n1", "route", "no-route"), 2],
		["another device", step("node/n1", "route", "routed", "tunl0"), 2],
		[
			"a header around it",
			step("node/n1", "route", "routed", "eth0", { kind: "ipip", src: "1.1.1.1", dst: "2.2.2.2" }),
			2,
		],
		["the node of before in the place of another", step("pod/default/a", "route", "routed"), 2],
	])("%s is one", (_, changed, at) => {
		expect(firstDifference(ONE, [...ONE.slice(0, 2), changed, ...ONE.slice(3)])).toBe(at);
	});

	test("a walk that goes on where the other has ended differs there", () => {
		expect(firstDifference(ONE, ONE.slice(0, 3))).toBe(3);
		expect(firstDifference(ONE.slice(0, 3), ONE)).toBe(3);
	});
});

describe("steps that a change of the cluster changed", () => {
	const names = (walk: readonly Step[], changed: ReadonlySet<number>): readonly string[] =>
		[...changed].map((index) => walk[index]?.hop.stage ?? "");

	test("are none where nothing changed", () => {
		expect(changedSteps(ONE, ONE).size).toBe(0);
	});

	test("are those between what stayed, not everything after the first of them", () => {
		const longer = [...ONE.slice(0, 2), step("node/n1", "ipvs", "dnat"), ...ONE.slice(2)];
		expect(names(longer, changedSteps(ONE, longer))).toEqual(["ipvs"]);
		expect(names(ONE, changedSteps(longer, ONE))).toEqual([]);
	});

	test("names count: another node is another step", () => {
		const moved = [...ONE.slice(0, 3), step("node/n3", "deliver", "delivered")];
		expect(names(moved, changedSteps(ONE, moved))).toEqual(["deliver"]);
		expect(firstDifference(ONE, moved)).toBeNull();
		expect(firstDifference(ONE, moved, "counted")).toBe(3);
	});

	test("a rewrite is a change where it is done; who carries the packet on does what it did before", () => {
		const from = (src: string): typeof PACKET => ({ ...PACKET, src });
		const walk = (src: string): readonly Step[] =>
			ONE.map((each, index) => ({
				...each,
				before: index === 0 ? null : index <= 2 ? PACKET : from(src),
				hop: { ...each.hop, packet: index < 2 ? PACKET : from(src) },
			}));
		expect(names(ONE, changedSteps(walk("10.9.9.9"), walk("10.8.8.8")))).toEqual(["route"]);
	});

	test("where nothing is shared, everything is new", () => {
		expect(changedSteps([], ONE).size).toBe(ONE.length);
		expect(changedSteps(ONE, []).size).toBe(0);
	});
});
