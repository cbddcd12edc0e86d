/** Lists that namespaces share a part of: whatever is looked up in them is what a list of its own has. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { address } from "../../src/address/address.ts";
import { prefix } from "../../src/address/prefix.ts";
import { viewOf } from "../../src/kernel/view.ts";
import { unicastRoute } from "../../src/modes/route.ts";
import { assembleNamespace } from "../../src/state/assemble.ts";
import type { FdbEntry, Neighbour, Route } from "../../src/state/ip.ts";
import { joined, sharedPartOf, sharing } from "../../src/state/shared-list.ts";

const origin = { component: "test" };

describe("a shared list", () => {
	test("is what it is made of, without what is left out", () => {
		const all = [1, 2, 3, 4];
		const own = sharing(all, new Set([2]));
		expect(own).toEqual([1, 3, 4]);
		expect(joined([[9], [], own, [5]])).toEqual([9, 1, 3, 4, 5]);
	});

	test("knows the longest of what it shares, also where lists are joined twice", () => {
		const all = [1, 2, 3, 4];
		const list = joined([[0], joined([[7, 8], sharing([5]), sharing(all, new Set([1]))])]);
		expect(list).toEqual([0, 7, 8, 5, 2, 3, 4]);
		expect(sharedPartOf(list)).toEqual({ all, without: new Set([1]), start: 4, length: 3 });
		expect(sharedPartOf([...list])).toBeUndefined();
	});
});

/** Few keys, so that what is shared, left out and a namespace's own often have the same. */
const DESTINATIONS = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "::/0", "fd00::/16"];
const ADDRESSES = ["10.1.2.3", "10.1.2.4", "10.1.9.9", "10.9.9.9", "192.0.2.1", "fd00::1", "2001:db8::1"].map(address);
const DEVICES = ["eth0", "vxlan0"];
const MACS = ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"];
const TABLES = [254, 255, 100];

const anyRoute = fc
	.record({
		to: fc.constantFrom(...DESTINATIONS),
		table: fc.constantFrom(...TABLES),
		metric: fc.nat(2),
		device: fc.constantFrom(...DEVICES),
	})
	.map(({ to, table, metric, device }): Route => ({ ...unicastRoute(prefix(to), { device, origin }), table, metric }));

const anyNeighbour = fc
	.record({
		address: fc.constantFrom(...ADDRESSES),
		device: fc.constantFrom(...DEVICES),
		mac: fc.constantFrom(...MACS, null),
		proxy: fc.boolean(),
	})
	.map((entry): Neighbour => ({ ...entry, family: entry.address.family, state: "permanent", origin }));

const anyFdbEntry = fc
	.record({ device: fc.constantFrom(...DEVICES), mac: fc.constantFrom(...MACS), self: fc.boolean() })
	.map((entry): FdbEntry => ({ ...entry, ...(entry.self ? {} : { master: "br0" }), state: "permanent", origin }));

/** Two lists that share entries, each with its own around them, and the same two as lists of their own. */
function anyLists<Entry>(entry: fc.Arbitrary<Entry>): fc.Arbitrary<readonly (readonly Entry[])[]> {
	const some = fc.array(entry, { maxLength: 6 });
	return fc
		.array(entry, { minLength: 1, maxLength: 12 })
		.chain((all) =>
			fc
				.array(fc.tuple(some, fc.subarray(all), some), { minLength: 2, maxLength: 2 })
				.map((nodes) => nodes.map(([before, left, after]) => joined([before, sharing(all, new Set(left)), after]))),
		);
}

describe("what a namespace looks up in lists of which others share a part", () => {
	test("routes: of every table, by every prefix, those of one prefix by metric", () => {
		fc.assert(
			fc.property(anyLists(anyRoute), (lists) => {
				for (const routes of lists) {
					const [shared, alone] = [routes, [...routes]].map((list) =>
						viewOf({ ...assembleNamespace("node/a", []), routes: list }),
					);
					for (const table of TABLES) {
						for (const to of ADDRESSES) {
							expect(shared?.table(to.family, table)?.matches(to) ?? []).toEqual(
								alone?.table(to.family, table)?.matches(to) ?? [],
							);
						}
					}
				}
			}),
		);
	});

	test("neighbours: the last entry of a device's address that names a MAC", () => {
		fc.assert(
			fc.property(anyLists(anyNeighbour), (lists) => {
				for (const neighbours of lists) {
					const view = viewOf({ ...assembleNamespace("node/a", []), neighbours });
					for (const device of DEVICES) {
						for (const of of ADDRESSES) {
							const expected = neighbours.findLast(
								(each) => each.device === device && each.address === of && each.mac !== null && !each.proxy,
							);
							expect(view.neighbour(device, of)).toBe(expected);
						}
					}
				}
			}),
		);
	});

	test("FDB entries: all of a MAC, of a bridge or of a device itself", () => {
		fc.assert(
			fc.property(anyLists(anyFdbEntry), (lists) => {
				for (const fdb of lists) {
					const view = viewOf({ ...assembleNamespace("node/a", []), fdb });
					for (const holder of [...DEVICES, "br0"]) {
						for (const mac of MACS) {
							const expected = fdb.filter(
								(each) => each.mac === mac && (each.self ? each.device === holder : holder === "br0"),
							);
							expect(view.fdb(holder, mac)).toEqual(expected);
						}
					}
				}
			}),
		);
	});
});
