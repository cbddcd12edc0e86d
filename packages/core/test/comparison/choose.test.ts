/** Which mode is chosen: each sentence of seed 004's section on application scenarios (L272-L287). */
import { describe, expect, test } from "vitest";
import { type Choice, choose } from "../../src/comparison/choose.ts";
import { modeProfiles } from "../../src/comparison/measure.ts";
import type { Needs } from "../../src/comparison/needs.ts";
import { reasonText } from "../../src/comparison/wording.ts";

const PROFILES = modeProfiles();

/** In a data centre, unless said otherwise. */
function ranked(needs: Needs): readonly Choice[] {
	return choose(PROFILES, { publicCloud: false, ...needs });
}

function fitting(needs: Needs): readonly string[] {
	return ranked(needs)
		.filter(({ fits }) => fits)
		.map(({ mode }) => mode);
}

function reasons(needs: Needs, mode: string): readonly string[] {
	const found = ranked(needs).find((each) => each.mode === mode);
	return [...(found?.for ?? []), ...(found?.against ?? [])].map((why) => reasonText(why));
}

describe("less invasive to the data centre's network", () => {
	test("a tunnel", () => {
		const modes = fitting({ underlayMayBeTouched: false });
		expect(modes).toEqual(expect.arrayContaining(["calico-ipip", "calico-vxlan", "hybridnet-vxlan", "flannel-vxlan"]));
		for (const mode of modes) expect(PROFILES.find((each) => each.mode === mode)?.mechanism).toBe("tunnel");
	});

	test("with dual stack: hybridnet vxlan", () => {
		const needs = { underlayMayBeTouched: false, dualStack: true };
		expect(fitting(needs)[0]).toBe("hybridnet-vxlan");
		expect(fitting(needs)).not.toContain("calico-ipip");
		expect(reasons(needs, "calico-ipip")).toContain("it carries IPv4 alone");
	});

	test("with IPv4 alone: calico ipip or calico vxlan", () => {
		const [first, ...others] = fitting({ underlayMayBeTouched: false, dualStack: false });
		expect(first).toBe("calico-ipip");
		expect(others).toContain("calico-vxlan");
	});
});

describe("the data centre uses BGP", () => {
	test("hosts in the same segment: calico bgp, which has dual stack", () => {
		expect(fitting({ bgp: true, segments: "same" })[0]).toBe("calico-bgp");
		expect(fitting({ bgp: true, segments: "same", dualStack: true })[0]).toBe("calico-bgp");
	});

	test("hosts in different segments: hybridnet bgp, which has dual stack", () => {
		expect(fitting({ bgp: true, segments: "different" })[0]).toBe("hybridnet-bgp");
		expect(fitting({ bgp: true, segments: "different", dualStack: true })[0]).toBe("hybridnet-bgp");
	});
});

test("high performance and low latency: macvlan and ipvlan l2", () => {
	const [first, second, third] = ranked({ lowLatency: true });
	expect([first, second, third].map((each) => each?.mode).sort()).toEqual(["bifrost-macvlan", "ipvlan", "macvlan"]);
	expect(first?.for).toContainEqual({ code: "pods-stacks-alone", facts: {} });
});

test("the public cloud: terway, or tunnels", () => {
	const modes = fitting({ publicCloud: true });
	expect(modes[0]).toMatch(/^terway-/);
	expect(modes).toEqual(expect.arrayContaining(["flannel-vxlan", "calico-vxlan", "hybridnet-vxlan"]));
	expect(modes).not.toContain("calico-bgp");
	expect(modes).not.toContain("bifrost-macvlan");
});

// Seed 004 L284: "solutions developed to meet all scenarios, such as hybridnet and multus".
test("all scenarios: hybridnet, and any other with Multus beside it", () => {
	const [first, second, third, ...others] = ranked({ severalKinds: true });
	expect([first, second, third].map((each) => each?.mode).sort()).toEqual([
		"hybridnet-bgp",
		"hybridnet-vlan",
		"hybridnet-vxlan",
	]);
	for (const { against } of others) expect(against.map(({ code }) => code)).toContain("needs-multus");
});

describe("what a mode cannot do excludes it, and is said", () => {
	test.each([
		[{ fixedAddress: true }, "flannel-vxlan", "a pod cannot ask for an address of its own"],
		[{ networkPolicy: true }, "flannel-vxlan", "it enforces no NetworkPolicies"],
		[{ networkPolicy: true }, "bifrost-macvlan", "it enforces no NetworkPolicies"],
		[{ dualStack: true }, "bifrost-macvlan", "it carries IPv4 alone"],
		[{ bgp: false }, "calico-bgp", "its routes come by BGP"],
		[{ underlayMayBeTouched: false }, "hybridnet-vlan", "its pods have addresses of the data centre's network"],
		[{}, "terway-eniip", "it needs a cloud's VPC"],
	] satisfies readonly (readonly [Needs, string, string])[])("%j: %s, %s", (needs, mode, why) => {
		expect(fitting(needs)).not.toContain(mode);
		expect(reasons(needs, mode)).toContain(why);
	});
});
