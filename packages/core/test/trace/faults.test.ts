/** Networks with one fault each: the first finding of an answer names the thing that is broken, and the file that it stands in. */
import { describe, expect, test } from "vitest";
import {
	MESH_FAULTS,
	NO_SPARE_PEERS,
	REFLECTOR,
	REFLECTOR_FAULTS,
	TUNNEL_FAULTS,
	UPLINK_FAULTS,
	UPLINKS,
} from "./faults/calico.ts";
import { answerWith, type Changes, type Fault } from "./faults/fault.ts";
import { BIFROST_FAULTS, HYBRIDNET_BGP_FAULTS, HYBRIDNET_VLAN_FAULTS, ROUTER_HOST } from "./faults/underlay.ts";

const NETWORKS: readonly (readonly [name: string, mode: string, base: Changes, faults: readonly Fault[]])[] = [
	["calico-bgp, a mesh", "calico-bgp", NO_SPARE_PEERS, MESH_FAULTS],
	["calico-bgp, peers of the racks' switch", "calico-bgp", UPLINKS, UPLINK_FAULTS],
	["calico-bgp, a route reflector", "calico-bgp", REFLECTOR, REFLECTOR_FAULTS],
	["calico-ipip", "calico-ipip", {}, TUNNEL_FAULTS],
	["hybridnet-bgp", "hybridnet-bgp", ROUTER_HOST, HYBRIDNET_BGP_FAULTS],
	["hybridnet-vlan", "hybridnet-vlan", {}, HYBRIDNET_VLAN_FAULTS],
	["bifrost-macvlan", "bifrost-macvlan", {}, BIFROST_FAULTS],
];

test("a fix is none that is in force: without natOutgoing no tunnel helps a machine outside", () => {
	const [fault] = TUNNEL_FAULTS;
	if (fault === undefined) throw new Error("no fault");
	const { findings } = answerWith("calico-ipip", fault, {}, fault.change);
	const told = findings.filter(({ code }) => code === "router-knows-no-pods");
	// Not the far end either, which routes nothing.
	expect(told.map(({ message, fix }) => [message, fix])).toEqual([
		[expect.stringMatching(/natOutgoing false.* host\/tor /), expect.stringContaining("set natOutgoing: true")],
	]);
});

describe.each(NETWORKS)("%s", (_, mode, base, faults) => {
	test.each(faults)("$name", (fault) => {
		const { verdict, findings } = answerWith(mode, fault, base, fault.change);
		const [first] = findings;
		expect([verdict, first?.severity, first?.code, first?.object]).toEqual([
			expect.stringMatching(/^(unreachable|dropped|exits|no-reply)$/),
			"error",
			fault.code,
			fault.object,
		]);
		expect(first?.message).toMatch(/\((atlas\/[a-z/-]+cluster\.yaml|changed\.yaml#.*):\d+\)/);
	});

	test("without a fault it is delivered", () => {
		const questions = faults.filter(({ change }) => Object.keys(change).length > 0);
		for (const fault of questions.filter(({ code }) => code !== "router-knows-no-pods" || mode === "calico-ipip")) {
			expect([fault.to, answerWith(mode, fault, base).verdict]).toEqual([fault.to, "delivered"]);
		}
	});
});
