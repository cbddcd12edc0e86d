/** Where two walks part: by what happens, not by what things are called. */
import { describe, expect, test } from "vitest";
import { firstDifference } from "../../src/render/first-difference.ts";
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
