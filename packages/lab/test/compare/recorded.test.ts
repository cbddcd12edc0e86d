/** What Linux did in hand-made namespaces, beside what the engine says of the same networks. */
import { describe, expect, test } from "vitest";
import { compareWays } from "../../src/compare/compare.ts";
import type { Comparison } from "../../src/compare/comparison.ts";
import { askRouter, askVxlan, observed, routerPlan, vxlanPlan } from "./recorded-networks.ts";

const forward = (rule: string) => `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -j ${rule}\nCOMMIT\n`;
const nat = (flags: string) => `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.2.2:8080
-A POSTROUTING -o right -p tcp -j MASQUERADE${flags}
COMMIT
`;

/** Differences alone, so that a failing test shows them. */
function differences(comparison: Comparison): unknown {
	return comparison.kind === "differs" ? comparison.differences : comparison.kind;
}

describe("the engine and Linux 6.18 agree", () => {
	test.each([
		["a datagram that is answered", "udp", {}, { protocol: "udp", to: "10.0.2.2:8080", sourcePort: 41000 }],
		["a connection over IPv6", "tcp6", {}, { protocol: "tcp", to: "[fd00:2::2]:8081", sourcePort: 41003 }],
		["an echo", "echo", {}, { protocol: "icmp", to: "10.0.2.2" }],
		["an echo over IPv6", "echo6", {}, { protocol: "icmp", to: "fd00:2::2" }],
		["no route on the router", "no-route", {}, { protocol: "tcp", to: "203.0.113.1:80", sourcePort: 41005 }],
		[
			"DNAT and masquerade",
			"nat-plain",
			{ rules: nat("") },
			{ protocol: "tcp", to: "192.0.2.1:80", sourcePort: 41006 },
		],
		[
			"masquerade to a port drawn at random",
			"nat-random",
			{ rules: nat(" --random-fully") },
			{ protocol: "tcp", to: "192.0.2.1:80", sourcePort: 41007 },
		],
		[
			"REJECT with a reset",
			"reject-reset",
			{ rules: forward("REJECT --reject-with tcp-reset") },
			{ protocol: "tcp", to: "10.0.2.2:8080", sourcePort: 41008 },
		],
		[
			"REJECT with an ICMP error",
			"reject-prohibited",
			{ rules: forward("REJECT --reject-with icmp-host-prohibited") },
			{ protocol: "tcp", to: "10.0.2.2:8080", sourcePort: 41009 },
		],
		["DROP", "drop", { rules: forward("DROP") }, { protocol: "tcp", to: "10.0.2.2:8080", sourcePort: 41010 }],
	] as const)("%s", (_what, name, network, question) => {
		expect(differences(compareWays(askRouter(network, question), observed(name), routerPlan))).toBe("agrees");
	});

	const accepting = "*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n";

	test.each([
		["a reset", "tcp-refused", {}, { protocol: "tcp", to: "10.0.2.2:81", sourcePort: 41002 }],
		["a port unreachable", "udp-refused", {}, { protocol: "udp", to: "10.0.2.2:9", sourcePort: 41001 }],
		["a port unreachable over IPv6", "udp6-refused", {}, { protocol: "udp", to: "[fd00:2::2]:9", sourcePort: 41004 }],
		[
			"a reset through a router that tracks connections, which forgets this one",
			"refused-tracked",
			{ rules: accepting },
			{ protocol: "tcp", to: "10.0.2.2:81", sourcePort: 41011 },
		],
	] as const)("nobody listens: %s", (_what, name, network, question) => {
		const ways = askRouter({ ...network, listening: false }, question);
		expect(ways).toMatchObject([{ verdict: "refused", refusal: { cameBack: true } }]);
		expect(differences(compareWays(ways, observed(name), routerPlan))).toBe("agrees");
	});

	test("VXLAN over a switch that the lab builds as a bridge", () => {
		const ways = askVxlan({ protocol: "tcp", to: "10.244.2.0:8080", sourcePort: 41020 });
		const comparison = compareWays(ways, observed("vxlan"), vxlanPlan);
		expect(differences(comparison)).toBe("agrees");
	});
});
