/**
 * The comparison of seed 004 (L165-L265, L720-L745) beside what sample clusters say of the modes. `HybridNet` is three modes here, so
 * its column is what they have together.
 */
import { describe, expect, test } from "vitest";
import { modeProfiles } from "../../src/comparison/measure.ts";
import type { ModeProfile } from "../../src/comparison/profile.ts";
import { sampleOf } from "../../src/comparison/sample.ts";
import { networkMode } from "../../src/modes/registry.ts";

const PROFILES = modeProfiles();

function columns(prefix: string): readonly ModeProfile[] {
	return PROFILES.filter(({ mode }) => mode.startsWith(prefix));
}

/** All that the modes of a column have, each once. */
function together<Value>(prefix: string, value: (profile: ModeProfile) => Value | readonly Value[]): readonly Value[] {
	return [...new Set(columns(prefix).flatMap((profile) => value(profile)))] as readonly Value[];
}

const COLUMNS = ["hybridnet-", "calico-ipip", "calico-bgp", "bifrost-macvlan"] as const;

/** The table's rows, a value for each column. */
const ROWS: readonly (readonly [
	name: string,
	value: (profile: ModeProfile) => unknown,
	expected: readonly unknown[][],
])[] = [
	["supported scenarios", (of) => of.scenario, [["overlay", "underlay"], ["overlay"], ["underlay"], ["underlay"]]],
	["network stack", (of) => of.families, [[4, 6], [4], [4, 6], [4]]],
	["communications technology", (of) => of.technology, [["vxlan", "vlan", "bgp"], ["ipip"], ["bgp"], ["macvlan"]]],
	[
		"communication mechanism",
		(of) => of.mechanism,
		[["tunnel", "layer-2+3", "layer-3"], ["tunnel"], ["layer-3"], ["layer-2"]],
	],
	["container communication", (of) => of.attachment, [["veth"], ["veth"], ["veth"], ["macvlan"]]],
	["fixed IP", (of) => of.fixedAddress !== null, [[true], [true], [true], [true]]],
	// The table has `block + detail` for HybridNet: its daemon gives single addresses of a subnet's ranges, and no node has a block
	// of them (hybridnet pkg/ipam; dataplanes X22).
	["IP pool", (of) => of.pool, [["detail"], ["block"], ["block"], ["detail"]]],
	["north-south traffic exit", (of) => of.exit, [["SNAT", "podIP"], ["SNAT"], ["SNAT", "podIP"], ["podIP"]]],
	// "Commercial version support": what is modelled is the open-source one.
	["network policy", (of) => of.networkPolicy, [[true], [true], [true], [false]]],
];

describe("seed 004's comparison", () => {
	test.each(ROWS)("%s", (_, value, expected) => {
		expect(COLUMNS.map((column) => together(column, value))).toEqual(expected);
	});

	test("dual stack: HybridNet and calico BGP have it, calico IPIP and bifrost have not (L720-L745)", () => {
		const has = COLUMNS.map((column) => columns(column).every(({ families }) => families.length === 2));
		expect(has).toEqual([true, false, true, false]);
	});
});

describe.each(PROFILES)("$mode", (profile) => {
	test("carries the families that it declares", () => {
		expect(profile.families).toEqual(networkMode(profile.mode)?.capabilities.families);
	});

	test("says of a dual-stack cluster what it does not carry", () => {
		const mode = networkMode(profile.mode);
		const said =
			mode === undefined ? [] : sampleOf(mode).network.assumptions.filter(({ code }) => code === "family-not-carried");
		expect(said.length > 0).toBe(profile.families.length === 1);
	});

	test("enforces policies where it says so", () => {
		expect(profile.networkPolicy).toBe(networkMode(profile.mode)?.capabilities.networkPolicy !== "none");
	});

	test("adds bytes where it has a tunnel alone (RFC 2003: 20, RFC 7348: 50)", () => {
		const overheads = { vxlan: 50, ipip: 20, vlan: 0, bgp: 0, macvlan: 0, ipvlan: 0, vpc: 0, routes: 0 };
		expect(profile.overhead).toBe(overheads[profile.technology]);
	});
});
