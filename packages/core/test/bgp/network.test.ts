/** Which routes follow from sessions. That BIRD comes to the same is proven in packages/lab/test/bgp. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { address } from "../../src/address/address.ts";
import { prefix } from "../../src/address/prefix.ts";
import { ACCEPT_ALL, passes } from "../../src/bgp/filter.ts";
import { BgpNetwork } from "../../src/bgp/network.ts";
import type { Neighbour, Speaker } from "../../src/state/speaker.ts";

const AS = 64512;

function own(number: number): string {
	return `192.0.2.${number}`;
}

function peer(number: number, more: Partial<Neighbour> = {}): Neighbour {
	return { address: address(own(number)), asn: AS, client: false, nextHop: "default", allowedOwnAs: 0, ...more };
}

function speaker(number: number, neighbours: readonly Neighbour[], more: Partial<Speaker> = {}): Speaker {
	return {
		name: `r${number}`,
		routerId: address(own(number)),
		asn: AS,
		addresses: [address(own(number))],
		neighbours,
		networks: [prefix(`10.0.${number}.0/24`)],
		exports: ACCEPT_ALL,
		kernel: ACCEPT_ALL,
		installs: "all-equal",
		...more,
	};
}

/** `PREFIX via NEXT-HOP…` of each route that a speaker has learned. */
function learned(network: BgpNetwork, name: string): readonly string[] {
	const found = network.speakers.find((each) => each.name === name);
	const routes = found === undefined ? [] : [...network.routesOf(found).values()];
	return routes
		.filter(({ best }) => best.learned !== null)
		.map(({ best, nextHops }) => `${best.prefix.text} via ${nextHops.map(({ text }) => text).join(" ")}`)
		.toSorted();
}

describe("within one AS", () => {
	it("a route is not passed on by a speaker that is no reflector (RFC 4271 section 9.2.1)", () => {
		const chain = new BgpNetwork([speaker(1, [peer(2)]), speaker(2, [peer(1), peer(3)]), speaker(3, [peer(2)])]);
		expect(learned(chain, "r3")).toEqual(["10.0.2.0/24 via 192.0.2.2"]);
	});

	it("a reflector passes on what a client tells, to clients and others, and keeps the next hop (RFC 4456 sections 6, 10)", () => {
		const clusterId = address("192.0.2.2");
		const network = new BgpNetwork([
			speaker(1, [peer(2)]),
			speaker(2, [peer(1, { client: true }), peer(3), peer(4)], { clusterId }),
			speaker(3, [peer(2)]),
			speaker(4, [peer(2)]),
		]);
		expect(learned(network, "r3")).toEqual(["10.0.1.0/24 via 192.0.2.1", "10.0.2.0/24 via 192.0.2.2"]);
		expect(learned(network, "r1")).toContain("10.0.4.0/24 via 192.0.2.4");
		// From one that is no client only to clients.
		expect(learned(network, "r4")).not.toContain("10.0.3.0/24 via 192.0.2.3");
	});

	it("a reflector does not take a route that has passed its cluster (RFC 4456 section 8)", () => {
		const clusterId = address("192.0.2.200");
		const network = new BgpNetwork([
			speaker(1, [peer(2, { client: true }), peer(3)], { clusterId }),
			speaker(2, [peer(1)]),
			speaker(3, [peer(1, { client: true }), peer(4, { client: true })], { clusterId }),
			speaker(4, [peer(3)]),
		]);
		expect(learned(network, "r3")).not.toContain("10.0.2.0/24 via 192.0.2.2");
	});

	it("the higher local preference is better, whatever the path (RFC 4271 section 9.1.1)", () => {
		const shared = { networks: [prefix("10.9.0.0/16")] };
		const network = new BgpNetwork([
			speaker(1, [peer(3)], shared),
			speaker(2, [peer(3)], shared),
			speaker(3, [peer(1), peer(2, { localPreference: 200 })]),
		]);
		expect(learned(network, "r3")).toEqual(["10.9.0.0/16 via 192.0.2.2"]);
	});

	it("a next hop that cannot be reached is not used (RFC 4271 section 9.1.2)", () => {
		const network = new BgpNetwork([speaker(1, [peer(2)]), speaker(2, [peer(1)], { distanceTo: () => null })]);
		expect(learned(network, "r2")).toEqual([]);
	});
});

describe("between ASes", () => {
	const other = { asn: 65000 };

	it("the path grows by each AS, the next hop is the last speaker, and the shorter path is better", () => {
		const network = new BgpNetwork([
			speaker(1, [peer(2, { asn: 65002 }), peer(3, { asn: 65003 })], { asn: 65001 }),
			speaker(2, [peer(1, { asn: 65001 }), peer(3, { asn: 65003 })], { asn: 65002 }),
			speaker(3, [peer(1, { asn: 65001 }), peer(2, { asn: 65002 })], { asn: 65003 }),
		]);
		expect(learned(network, "r3")).toEqual(["10.0.1.0/24 via 192.0.2.1", "10.0.2.0/24 via 192.0.2.2"]);
	});

	it("a route with the own AS in its path is refused, unless that is allowed", () => {
		const through = (allowedOwnAs: number): BgpNetwork =>
			new BgpNetwork([
				speaker(1, [peer(2, other)]),
				speaker(2, [peer(1), peer(3)], other),
				speaker(3, [peer(2, { ...other, allowedOwnAs })]),
			]);
		expect(learned(through(0), "r3")).toEqual(["10.0.2.0/24 via 192.0.2.2"]);
		expect(learned(through(1), "r3")).toContain("10.0.1.0/24 via 192.0.2.2");
	});

	it("a next hop on the link of all three stays as it is (RFC 4271 section 5.1.3)", () => {
		const network = new BgpNetwork([
			speaker(1, [peer(2, other)], { asn: 65001 }),
			speaker(2, [peer(1, { asn: 65001 }), peer(3, { asn: 65003 })], { ...other, sharesLink: () => true }),
			speaker(3, [peer(2, other)], { asn: 65003 }),
		]);
		expect(learned(network, "r3")).toContain("10.0.1.0/24 via 192.0.2.1");
	});
});

describe("a session", () => {
	const down = (network: BgpNetwork, name: string): readonly string[] => {
		const found = network.speakers.find((each) => each.name === name);
		return found === undefined ? [] : network.sessionsDown(found).map(({ why }) => why.kind);
	};

	it("does not stand where nobody has the neighbour's address", () => {
		expect(down(new BgpNetwork([speaker(1, [peer(9)])]), "r1")).toEqual(["nobody"]);
	});

	it("does not stand where only one side is configured", () => {
		expect(down(new BgpNetwork([speaker(1, [peer(2)]), speaker(2, [])]), "r1")).toEqual(["one-sided"]);
	});

	it("does not stand where one side expects another AS, and both sides say so (RFC 4271 section 6.2)", () => {
		const network = new BgpNetwork([speaker(1, [peer(2, { asn: 65000 })]), speaker(2, [peer(1)])]);
		expect([down(network, "r1"), down(network, "r2")]).toEqual([["as-mismatch"], ["as-mismatch"]]);
		expect(learned(network, "r1")).toEqual([]);
	});
});

describe("a filter", () => {
	it("is decided by its first rule that matches, as `net =` and `net ~` of BIRD are", () => {
		const filter = {
			rules: [
				{ prefix: prefix("10.244.1.0/26"), match: "exact", action: "accept" },
				{ prefix: prefix("10.244.1.0/26"), match: "within", action: "reject" },
				{ prefix: prefix("10.244.0.0/16"), match: "within", action: "accept" },
			],
			otherwise: "reject",
		} as const;
		const verdicts = ["10.244.1.0/26", "10.244.1.5/32", "10.244.2.5/32", "192.0.2.0/24"].map((text) =>
			passes(filter, prefix(text), false),
		);
		expect(verdicts).toEqual([true, false, true, false]);
	});
});

describe("any network of speakers within one AS", () => {
	/** Up to six speakers, each pair with a session or not, some of them reflectors for all their neighbours. */
	const networks = fc.integer({ min: 2, max: 6 }).chain((count) =>
		fc.record({
			links: fc.array(fc.boolean(), { minLength: count * count, maxLength: count * count }),
			reflectors: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
			count: fc.constant(count),
		}),
	);

	it("has a route exactly where sessions and reflectors lead, as a search for it finds", () => {
		fc.assert(
			fc.property(networks, ({ links, reflectors, count }) => {
				const joined = (a: number, b: number): boolean => links[Math.min(a, b) * count + Math.max(a, b)] === true;
				const all = Array.from({ length: count }, (_, i) => i);
				const network = new BgpNetwork(
					all.map((i) => {
						const reflects = reflectors[i] === true;
						const neighbours = all
							.filter((other) => other !== i && joined(i, other))
							.map((other) => peer(other + 1, { client: reflects }));
						return speaker(i + 1, neighbours, reflects ? { clusterId: address(own(i + 1)) } : {});
					}),
				);
				for (const from of all) {
					const reached = search(from, all, joined, (i) => reflectors[i] === true);
					for (const to of all.filter((each) => each !== from)) {
						const has = learned(network, `r${to + 1}`).includes(`10.0.${from + 1}.0/24 via ${own(from + 1)}`);
						expect(has).toBe(reached.has(to));
					}
				}
			}),
		);
	});

	/** The originator tells its neighbours; of those only reflectors, to whom all are clients, tell on. */
	function search(
		from: number,
		all: readonly number[],
		joined: (a: number, b: number) => boolean,
		reflects: (i: number) => boolean,
	): ReadonlySet<number> {
		const reached = new Set<number>();
		const telling = [from];
		for (const teller of telling) {
			for (const each of all) {
				if (each === from || each === teller || reached.has(each) || !joined(teller, each)) continue;
				reached.add(each);
				if (reflects(each)) telling.push(each);
			}
		}
		return reached;
	}
});
