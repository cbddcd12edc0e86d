/** Ways in which Linux lets a packet down, beside what the engine says; the client's error is the point here. */
import type { Question } from "@podpath/core";
import { expect, test } from "vitest";
import { compareWays } from "../../src/compare/compare.ts";
import type { Comparison } from "../../src/compare/comparison.ts";
import { askRouter, observed, type RouterOptions, routerPlan } from "./recorded-networks.ts";

function differences(comparison: Comparison): unknown {
	return comparison.kind === "differs" ? comparison.differences : comparison.kind;
}

const output = (protocol: string, target: string): RouterOptions => ({
	clientRules: `*filter
:OUTPUT ACCEPT [0:0]
-A OUTPUT -d 10.0.2.2/32 -p ${protocol} -j ${target}
COMMIT
`,
});
const forward = (how: string): string => `*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -j REJECT --reject-with ${how}
COMMIT
`;
const prohibited: RouterOptions = { rules: forward("icmp-host-prohibited") };
const PORT_UNREACHABLE = "REJECT --reject-with icmp-port-unreachable";

type Ask = readonly [protocol: Question["protocol"], to: string, sourcePort?: number];

test.each<readonly [name: string, result: string, network: RouterOptions, ask: Ask]>([
	["output-drop-udp", "EPERM", output("udp", "DROP"), ["udp", "10.0.2.2:8080", 42000]],
	["output-drop-echo", "EPERM", output("icmp", "DROP"), ["icmp", "10.0.2.2"]],
	["output-drop-tcp", "timeout", output("tcp", "DROP"), ["tcp", "10.0.2.2:8080", 42001]],
	["output-reject-udp", "EPERM", output("udp", PORT_UNREACHABLE), ["udp", "10.0.2.2:8080", 42002]],
	[
		"output-reject-tcp-reset",
		"ECONNREFUSED",
		output("tcp", "REJECT --reject-with tcp-reset"),
		["tcp", "10.0.2.2:8080", 42003],
	],
	["output-reject-tcp-icmp", "timeout", output("tcp", PORT_UNREACHABLE), ["tcp", "10.0.2.2:8080", 42004]],
	["route-blackhole", "EINVAL", {}, ["tcp", "198.51.100.0:80", 42010]],
	["route-unreachable", "EHOSTUNREACH", {}, ["tcp", "198.51.100.1:80", 42011]],
	["route-prohibit", "EACCES", {}, ["tcp", "198.51.100.2:80", 42012]],
	["route6-blackhole", "EINVAL", {}, ["udp", "[fd00:9::1]:80", 42020]],
	["route6-unreachable", "EHOSTUNREACH", {}, ["udp", "[fd00:9::2]:80", 42021]],
	["route6-prohibit", "EACCES", {}, ["udp", "[fd00:9::3]:80", 42022]],
	["no-route-udp", "timeout", {}, ["udp", "203.0.113.1:80", 42030]],
	["no-route-udp6", "timeout", {}, ["udp", "[2001:db8::1]:80", 42031]],
	["prohibited-late", "EHOSTUNREACH", prohibited, ["tcp", "10.0.2.2:8080", 42032]],
	["prohibited-udp", "EHOSTUNREACH", prohibited, ["udp", "10.0.2.2:8080", 42033]],
	["prohibited-echo", "timeout", prohibited, ["icmp", "10.0.2.2"]],
	["prohibited-udp6", "EACCES", { rules6: forward("icmp6-adm-prohibited") }, ["udp", "[fd00:2::2]:8080", 42034]],
	["loop", "timeout", { loop: true }, ["udp", "203.0.113.9:80", 42040]],
	["no-neighbour", "timeout", {}, ["udp", "10.0.2.77:80", 42041]],
	["no-neighbour-late", "timeout", {}, ["udp", "10.0.2.78:80", 42042]],
	["no-neighbour-local", "EHOSTUNREACH", {}, ["tcp", "10.0.1.77:80", 42043]],
])("%s: %s", (name, result, network, [protocol, to, sourcePort]) => {
	const ways = askRouter(network, { protocol, to, ...(sourcePort === undefined ? {} : { sourcePort }) });
	const comparison = compareWays(ways, observed(name), routerPlan);
	expect(differences(comparison)).toBe("agrees");
	expect(comparison).toMatchObject({ result });
});
