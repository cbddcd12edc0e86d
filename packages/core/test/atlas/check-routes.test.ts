/** Routes that a scenario expects on the way, laid beside those that decided. */
import { describe, expect, test } from "vitest";
import { checkRoutes } from "../../src/atlas/check-routes.ts";
import type { ExplainedDirection } from "../../src/trace/explanation.ts";

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
const TAKEN: ExplainedDirection = {
	links: [],
	hops: [
		{
			at: "node/n1",
			stage: "route",
			device: "hybr1",
			packet: PACKET,
			decision: "Route 10.20.0.0/24 dev eth0.20 (table 10001, rule 4)",
			code: "routed",
			origin: null,
		},
	],
};

function differences(place: string, ...routes: readonly string[]): readonly string[] {
	const expected = { is: new Map([[place, routes]]), sources: ["seed 004 L386"] };
	return checkRoutes("forward", expected, TAKEN).map((each) => `${each.about}: ${each.expected}; ${each.got}`);
}

describe("a route that is expected", () => {
	test("is among those that decided at the place, with its table", () => {
		expect(differences("node/n1", "10.20.0.0/24 dev eth0.* table 10001")).toEqual([]);
	});

	test("is of another table, or nothing decided there", () => {
		expect(differences("node/n1", "10.20.0.0/24 dev eth0.20 table 10000")).toEqual([
			"forward route at node/n1: 10.20.0.0/24 dev eth0.20 table 10000; 10.20.0.0/24 dev eth0.20 table 10001",
		]);
		expect(differences("node/n2", "default via * table main")).toEqual([
			"forward route at node/n2: default via * table main; no route",
		]);
	});
});
