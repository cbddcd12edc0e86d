/** A switch with VLANs, access ports and trunks, and its router (IEEE 802.1Q; docs/lab-notes/hybridnet.md for the kernel's own bridge). */

import { describe, expect, it } from "vitest";
import { InputError } from "../../src/diagnostic/diagnostic.ts";
import { worded } from "../../src/wording/phrase.ts";
import { ask, linkText, named, onlyPath, subjectOf } from "../support/fabric-questions.ts";

const VLANS = `
  - { id: 10, cidrs: [10.10.0.0/24, "fd00:10::/64"], gateways: [10.10.0.1, "fd00:10::1"] }
  - { id: 20, cidrs: [10.20.0.0/24], gateways: [10.20.0.1] }
  - { id: 30, cidrs: [10.30.0.0/24] }`;

function lan(ports: string, vlans: string = VLANS): string {
	return `apiVersion: podpath.dev/v1alpha1
kind: Segment
metadata: { name: lan }
spec:
  cidrs: [10.9.0.0/24, "fd00:9::/64"]
  gateways: [10.9.0.254, "fd00:9::fe"]
  vlans: ${vlans}
  ports:${ports}`;
}

const PORTS = `
  - { machine: host/a, access: 10 }
  - { machine: b, access: 20 }
  - { machine: c, trunk: [20], native: 10 }
  - { machine: e, access: 20 }
  - { machine: f, access: 30 }`;

const HOSTS = [
	named("Host", "a", 'addresses: [10.10.0.5, "fd00:10::5"]'),
	named("Host", "b", "addresses: [10.20.0.6]"),
	named("Host", "c", 'addresses: [10.10.0.7, "fd00:10::7"]'),
	named("Host", "d", 'addresses: [10.9.0.8, "fd00:9::8"]'),
	named("Host", "e", "addresses: [10.10.0.9]"),
	named("Host", "f", "addresses: [10.30.0.4]"),
];

const network = subjectOf(lan(PORTS), ...HOSTS);

describe("cards in one VLAN", () => {
	it("reach each other by their MACs, an access port's and a trunk's native VLAN alike", () => {
		const path = onlyPath(ask(network, "host/a", "host/c:80"));
		expect(path.verdict).toBe("delivered");
		expect(linkText(path.forward.links)).toBe("host/a eth0 > segment/lan > host/c eth0");
		expect(path.forward.hops.find(({ at }) => at === "segment/lan")?.decision).toContain("Switched to host/c by MAC");
	});

	it("bear no tag where the port has the VLAN untagged", () => {
		const path = onlyPath(ask(network, "host/a", "host/c:80"));
		expect(path.forward.hops.map(({ packet }) => packet.vlan)).not.toContain(10);
	});
});

describe("cards in different VLANs", () => {
	it.each([
		["host/a", "host/b:80", "Route 10.20.0.0/24: from VLAN 10 to VLAN 20"],
		["host/d", "host/a:80", "Route 10.10.0.0/24: from VLAN none to VLAN 10"],
		["host/a", "host/d:80", "Route 10.9.0.0/24: from VLAN 10 to VLAN none"],
		["host/a", "[fd00:9::8]:80", "Route fd00:9::/64: from VLAN 10 to VLAN none"],
	])("reach each other by the router of both: %s to %s", (from, to, decision) => {
		const path = onlyPath(ask(network, from, to));
		expect(path.verdict).toBe("delivered");
		expect(path.forward.hops.find(({ at }) => at === "segment/lan")?.decision).toContain(decision);
	});

	it("do not, where one of them has no router", () => {
		expect(onlyPath(ask(network, "host/a", "host/f:80")).verdict).not.toBe("delivered");
	});
});

describe("a VLAN that a port lacks", () => {
	it("stops the question for the next hop, and a finding names the port", () => {
		const answer = ask(network, "host/a", "host/e:80");
		expect(answer.verdict).toBe("unreachable");
		expect(onlyPath(answer).reason).toContain("the port of segment/lan to host/e eth0 does not carry VLAN 10");
		expect(answer.findings).toContainEqual(
			expect.objectContaining({ code: "vlan-not-on-port", severity: "error", object: "segment/lan" }),
		);
	});

	it("is found where the router asks, too", () => {
		const answer = ask(network, "host/b", "host/e:80");
		expect(answer.verdict).toBe("unreachable");
		expect(answer.findings.map(({ code }) => code)).toContain("vlan-not-on-port");
	});
});

describe("a Segment that cannot be", () => {
	it.each([
		["an id out of range", "[{ id: 4095 }]", "", 'Segment "lan": spec.vlans[0].id'],
		["one VLAN twice", "[{ id: 10 }, { id: 10 }]", "", "segment/lan has VLAN 10 twice"],
		[
			"a gateway that two VLANs have",
			"[{ id: 10, cidrs: [10.10.0.0/24], gateways: [10.10.0.1] }, { id: 20, cidrs: [10.10.0.0/16], gateways: [10.10.0.1] }]",
			"",
			"10.10.0.0/24 of VLAN 10 of segment/lan overlaps 10.10.0.0/16 of VLAN 20 of segment/lan",
		],
		[
			"a gateway that a machine has",
			"[{ id: 10, cidrs: [10.10.0.0/24], gateways: [10.10.0.5] }]",
			"",
			"gateway 10.10.0.5 of VLAN 10 of segment/lan is an address of host/a too",
		],
		[
			"a gateway outside its VLAN",
			"[{ id: 10, cidrs: [10.10.0.0/24], gateways: [10.11.0.1] }]",
			"",
			"gateway 10.11.0.1 of VLAN 10 of segment/lan is not in its CIDRs",
		],
		["a port of a machine that is not there", "[]", "\n  - { machine: host/zz, access: 10 }", "is for host/zz"],
		["two ports for one card", "[]", "\n  - { machine: a }\n  - { machine: host/a }", "two ports for host/a"],
		["an access port with a trunk", "[]", "\n  - { machine: a, access: 1, trunk: all }", "spec.ports[0].trunk"],
		["a trunk of words", "[]", "\n  - { machine: a, trunk: some }", "a list of VLAN ids from 1 to 4094, or all"],
	])("is refused in one line with its place: %s", (_, vlans, ports, message) => {
		const load = (): unknown => subjectOf(lan(ports === "" ? " []" : ports, vlans), ...HOSTS);
		expect(load).toThrow(InputError);
		try {
			load();
		} catch (error) {
			const { diagnostic } = error as InputError;
			expect(worded(diagnostic.message)).toContain(message);
			expect(worded(diagnostic.message)).not.toContain("\n");
			expect(diagnostic.where?.line).toBeGreaterThan(0);
		}
	});
});
