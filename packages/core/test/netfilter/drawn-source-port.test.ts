/**
 * The source port of a VXLAN packet is a hash of what is inside, out of net.ipv4.ip_local_port_range, by default 32768 to 60999
 * (udp_flow_src_port, include/net/udp.h): a rule that asks for it is certain only where all of these are alike to it.
 */
import { describe, expect, test } from "vitest";
import type { Truth } from "../../src/netfilter/context.ts";
import { ipset } from "../../src/netfilter/ipset.ts";
import { parseNftRuleset } from "../../src/netfilter/nftables/parse.ts";
import { baseChains } from "../../src/netfilter/nftables/ruleset.ts";
import { runNftChain } from "../../src/netfilter/nftables/run.ts";
import { matchExtension } from "../../src/netfilter/xtables/matches/index.ts";
import { parseRule } from "../../src/netfilter/xtables/rule.ts";
import { Words } from "../../src/netfilter/xtables/words.ts";
import type { ContextOptions } from "../support/rule-context.ts";
import { packet, ruleContext } from "../support/rule-context.ts";

const inside = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02", vlan: null, packet: packet() };
const VXLAN: ContextOptions = {
	packet: { protocol: "udp", sport: 0, dport: 4789, payload: { kind: "vxlan", vni: 1, frame: inside } },
	sets: [ipset("ends", "hash:ip,port", ["10.244.1.7,udp:40000"], { component: "test" })],
};
const UNKNOWN = { unknown: expect.any(Object) };

function iptables(text: string): Truth {
	const words = new Words();
	words.load(text, 0);
	const match = parseRule(words, 4, () => false).matches.at(-1);
	if (match === undefined) throw new Error(`no match in ${text}`);
	return matchExtension(match).test(match, ruleContext(VXLAN));
}

/** What becomes of the packet where a rule accepts it and the policy drops it. */
function nft(match: string): string {
	const text = `table ip t {\nchain c {\ntype filter hook forward priority 0; policy drop;\n${match} accept\n}\n}\n`;
	const [base] = baseChains(parseNftRuleset(text, { file: "f" }).ruleset);
	if (base === undefined) throw new Error(`no chain was read from ${text}`);
	return runNftChain(base.table, base.chain, ruleContext(VXLAN), null).kind;
}

describe("the source port of a VXLAN packet", () => {
	test.each([
		["-p udp -m udp --sport 1024:65535", true],
		["-p udp -m udp ! --sport 1024:65535", false],
		["-p udp -m udp --sport 53", false],
		["-p udp -m udp --sport 40000", UNKNOWN],
		["-p udp -m udp ! --sport 40000:50000", UNKNOWN],
		["-p udp -m udp --sport 40000 --dport 80", false],
		["-p udp -m multiport --sports 53,40000:65535", UNKNOWN],
		["-p udp -m multiport --sports 53,40000:65535,32768:60999", true],
		["-p udp -m multiport ! --ports 4789,40000", false],
		["-m set --match-set ends src,src", UNKNOWN],
	])("iptables %s", (text, expected) => {
		expect(iptables(text)).toEqual(expected);
	});

	test.each([
		["udp sport 1024-65535", "accept"],
		["udp sport != 1024-65535", "drop"],
		["udp sport 53", "drop"],
		["th sport 40000-50000", "unknown"],
		["udp sport > 1023", "unknown"],
		["udp sport { 53, 40000-50000 }", "unknown"],
	])("nft %s", (match, expected) => {
		expect(nft(match)).toBe(expected);
	});
});
