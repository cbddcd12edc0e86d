/** What matches and targets mean where the counters of a kernel are not at hand to tell: see kernel.test.ts for the rest. */
import { describe, expect, test } from "vitest";
import { address, type Family } from "../../../src/address/address.ts";
import type { Effect, Truth } from "../../../src/netfilter/context.ts";
import { ipset } from "../../../src/netfilter/ipset.ts";
import { matchExtension } from "../../../src/netfilter/xtables/matches/index.ts";
import { parseRule } from "../../../src/netfilter/xtables/rule.ts";
import { targetExtension } from "../../../src/netfilter/xtables/targets/index.ts";
import { Words } from "../../../src/netfilter/xtables/words.ts";
import { phrase } from "../../../src/wording/phrase.ts";
import {
	type ContextOptions,
	newConnection,
	packet,
	type Recorded,
	ruleContext,
	told,
} from "../../support/rule-context.ts";

function parse(text: string, family: Family): ReturnType<typeof parseRule> {
	const words = new Words();
	words.load(text, 0);
	return parseRule(words, family, () => false);
}

/** Whether the (last) match of the text holds. */
function holds(text: string, options: ContextOptions = {}): Truth {
	const at = ruleContext(options);
	const match = parse(text, at.family).matches.at(-1);
	if (match === undefined) throw new Error(`no match in ${text}`);
	return matchExtension(match).test(match, at);
}

function done(text: string, options: ContextOptions = {}): Effect & { readonly recorded: Recorded } {
	const at = ruleContext(options);
	const { target } = parse(text, at.family);
	if (target === null) throw new Error(`no target in ${text}`);
	return { ...targetExtension(target).apply(target, at), recorded: at.recorded };
}

const UNKNOWN = { unknown: expect.any(String) };

describe("connection state (xt_conntrack.c, conntrack_mt)", () => {
	const opening = newConnection(packet());
	const reply = { ...opening, state: "established", direction: "reply", destinationNat: true } as const;

	test.each([
		["-m conntrack --ctstate NEW", opening, true],
		["-m conntrack ! --ctstate NEW", opening, false],
		["-m conntrack --ctstate RELATED,ESTABLISHED", reply, true],
		["-m conntrack --ctstate DNAT", reply, true],
		["-m conntrack --ctstate DNAT", opening, false],
		["-m conntrack --ctdir REPLY", reply, true],
		["-m conntrack ! --ctstate INVALID --ctdir REPLY", opening, false],
		["-m conntrack --ctproto 6", opening, true],
		["-m conntrack --ctorigdstport 80", opening, true],
		["-m conntrack --ctstatus NONE", opening, false],
		["-m conntrack ! --ctstatus CONFIRMED", opening, true],
		["-m conntrack --ctstatus SEEN_REPLY", reply, true],
		// ASSURED depends on the protocol's own states.
		["-m conntrack --ctstatus ASSURED", reply, UNKNOWN],
		["-m conntrack --ctexpire 1:100", reply, UNKNOWN],
		// A packet that no connection tracking saw is INVALID, and nothing else about it matches.
		["-m conntrack --ctstate INVALID", null, true],
		["-m conntrack --ctstate UNTRACKED", { ...opening, state: "untracked" } as const, true],
		["-m conntrack --ctorigdstport 80", null, false],
		["-m state --state NEW", opening, true],
		["-m connmark --mark 0x0", opening, true],
		["-m connmark ! --mark 0x1", null, false],
	])("%s", (text, connection, expected) => {
		expect(told(holds(text, { connection }))).toEqual(expected);
	});
});

describe("bridge ports (xt_physdev.c)", () => {
	const bridged = { physicalIn: "veth1", physicalOut: "veth2", bridged: true };

	test.each([
		["-m physdev --physdev-is-in", {}, false],
		["-m physdev ! --physdev-is-in", {}, true],
		["-m physdev ! --physdev-is-in ! --physdev-in veth1", {}, true],
		["-m physdev --physdev-in veth+", bridged, true],
		["-m physdev ! --physdev-out veth2", bridged, false],
		["-m physdev --physdev-is-bridged", bridged, true],
		// kube-proxy's chains use this to leave bridged traffic alone.
		["-m physdev ! --physdev-is-bridged", { physicalIn: "veth1" }, true],
	])("%s", (text, ports, expected) => {
		expect(holds(text, ports)).toBe(expected);
	});
});

describe("address types (xt_addrtype.c)", () => {
	const types = { "10.96.0.10": "LOCAL", "fd00::1": "LOCAL" } as const;
	const six = { packet: { family: 6, src: address("fd00::2"), dst: address("fd00::1") }, types } as const;

	test.each([
		["-m addrtype --dst-type LOCAL", { types }, true],
		["-m addrtype --dst-type UNICAST", { types }, false],
		["-m addrtype --src-type UNICAST --dst-type LOCAL", { types }, true],
		["-m addrtype ! --dst-type LOCAL", {}, true],
		// IPv6 asks the address itself first: one of the stack's own is UNICAST as well, and all that is listed must hold.
		["-m addrtype --dst-type UNICAST", six, true],
		["-m addrtype --dst-type UNICAST,LOCAL", six, true],
		["-m addrtype --dst-type MULTICAST,LOCAL", six, false],
		[
			"-m addrtype --dst-type LOCAL",
			{ addressType: () => ({ unknown: phrase("as-written", { text: "no routes" }) }) },
			{ unknown: "no routes" },
		],
	])("%s", (text, options, expected) => {
		expect(told(holds(text, options))).toEqual(expected);
	});
});

describe("the first packet of a quiet connection", () => {
	test("is in no list of recent yet, which is said (recent_mt: an entry that is not there gives the inversion)", () => {
		const at = ruleContext();
		const [match] = parse("-m recent --rcheck --seconds 10800 --name KUBE-SEP --rsource", 4).matches;
		expect(match && matchExtension(match).test(match, at)).toBe(false);
		expect(at.recorded.assumed).toEqual(["recent-list-empty"]);
		expect(holds("-m recent ! --rcheck --name x --rsource")).toBe(true);
		expect(holds("-m recent --set --name x --rsource")).toBe(true);
	});

	test("is within every rate limit", () => {
		expect(holds("-m limit --limit 5/min")).toBe(true);
		expect(holds("-m hashlimit --hashlimit-upto 5/sec --hashlimit-name a")).toBe(true);
		expect(holds("-m hashlimit --hashlimit-above 5/sec --hashlimit-name a")).toBe(false);
	});
});

describe("statistic", () => {
	test("asks what the network chose, with its probability", () => {
		const at = ruleContext({ chances: [true] });
		const [match] = parse("-m statistic --mode random --probability 0.25000000000", 4).matches;
		expect(match && matchExtension(match).test(match, at)).toBe(true);
		expect(at.recorded.chances).toEqual([0.25]);
		expect(holds("-m statistic --mode nth --every 2 --packet 0", { chances: [false] })).toBe(false);
	});

	test("does not ask where nothing is left to chance", () => {
		expect(holds("-m statistic --mode random --probability 1.00000000000")).toBe(true);
		expect(holds("-m statistic --mode random --probability 0.00000000000")).toBe(false);
	});
});

describe("the rest", () => {
	const udp = { packet: { protocol: "udp" } };

	test.each([
		["-i eth+", {}, true],
		["-o eth0", { outDevice: null }, false],
		["! -o eth0", { outDevice: null }, true],
		["-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", { packet: { tcpFlags: "syn-ack" as const } }, false],
		["-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK", { packet: { tcpFlags: "syn-ack" as const } }, true],
		["-p tcp -m tcp --tcp-option 5", {}, UNKNOWN],
		["-p udp -m udp --dport 80", udp, true],
		["-p udp -m udp --dport 80", {}, false],
		["-p icmp -m icmp --icmp-type 8", { packet: { protocol: "icmp", icmpType: 8, icmpCode: 0 } }, true],
		["-p icmp -m icmp --icmp-type echo-request", { packet: { protocol: "icmp", icmpType: 0, icmpCode: 0 } }, false],
		["-p icmp -m icmp ! --icmp-type 3/4", { packet: { protocol: "icmp", icmpType: 3, icmpCode: 1 } }, true],
		["-m owner --uid-owner 0", { locallyGenerated: false }, false],
		["-m owner ! --uid-owner 0", { locallyGenerated: false }, true],
		["-m owner --uid-owner 0", { locallyGenerated: true }, UNKNOWN],
		["-m mac --mac-source 02:00:00:00:00:01", { sourceMac: null }, false],
		["-m mac ! --mac-source 02:00:00:00:00:01", { sourceMac: null }, false],
		["-m set --match-set missing src", {}, UNKNOWN],
		["-m rpfilter", { routeDevice: () => "eth1" }, false],
		["-m rpfilter --loose", { routeDevice: () => "eth1" }, true],
		["-m rpfilter --invert", { routeDevice: () => null }, true],
		["-m rpfilter", { types: { "10.244.1.7": "LOCAL" as const } }, false],
		["-m ipvs --ipvs", {}, false],
		["-m ipvs ! --ipvs", {}, true],
		[
			"-m ipvs --vaddr 10.96.0.10/32 --vport 80",
			{
				ipvs: {
					virtualAddress: address("10.96.0.10"),
					virtualPort: 80,
					method: "masq" as const,
					direction: "original" as const,
				},
			},
			true,
		],
		["-m tos --tos 0x00/0xff", {}, UNKNOWN],
		["-m time --timestart 10:00:00", {}, { unknown: 'match "time" is not evaluated' }],
	])("%s", (text, options, expected) => {
		expect(told(holds(text, options))).toEqual(expected);
	});

	test("a set is looked up with the packet's fields", () => {
		const origin = { component: "kube-proxy" };
		const sets = [ipset("KUBE-CLUSTER-IP", "hash:ip,port", ["10.96.0.10,tcp:80"], origin)];
		expect(holds("-m set --match-set KUBE-CLUSTER-IP dst,dst", { sets })).toBe(true);
		expect(holds("-m set ! --match-set KUBE-CLUSTER-IP dst,src", { sets })).toBe(true);
	});
});

describe("targets", () => {
	test("MARK clears the mask's bits and XORs the value in (xt_mark.c)", () => {
		expect(done("-j MARK --set-xmark 0x4000/0x4000", { mark: 0x1 }).recorded.mark).toBe(0x4001);
		// kube-proxy takes its mark off again so.
		expect(done("-j MARK --xor-mark 0x4000", { mark: 0x4001 }).recorded.mark).toBe(0x1);
		expect(done("-j MARK --set-xmark 0xffffffff/0xffffffff", { mark: 1 }).recorded.mark).toBe(0xffffffff);
	});

	test("CONNMARK copies between packet and connection (xt_connmark.c)", () => {
		const connection = { ...newConnection(packet()), mark: 0xf0 };
		expect(
			done("-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xf0", { mark: 0x10f, connection }).recorded.mark,
		).toBe(0x1f0);
		expect(
			done("-j CONNMARK --save-mark --nfmask 0x0f --ctmask 0x0f", { mark: 0xff, connection }).recorded.connectionMark,
		).toBe(0xff);
		expect(done("-j CONNMARK --save-mark", { mark: 0xff }).recorded.connectionMark).toBeNull();
	});

	test.each([
		["-j CT --notrack", { kind: "continue" }],
		["-j CT --zone 5", { kind: "unknown", unknown: 'target "CT --zone" is not evaluated' }],
		["-j LOG", { kind: "continue" }],
		["-j REJECT --reject-with icmp-host-prohibited", { kind: "reject", with: "icmp-host-prohibited" }],
		["-j MASQUERADE --random-fully", { kind: "masquerade", range: { random: true } }],
		["-j REDIRECT --to-ports 8080", { kind: "redirect", range: { ports: { from: 8080, to: 8080 } } }],
		["-j NETMAP --to 10.0.0.0/24", { kind: "netmap", network: address("10.0.0.0"), length: 24 }],
		["-j NFQUEUE --queue-num 1", { kind: "unknown", unknown: 'target "NFQUEUE" is not evaluated' }],
		["-j MISSING", { kind: "unknown", unknown: 'no chain and no known target is "MISSING"' }],
		["-j TTL --ttl-set 5", { kind: "unknown", unknown: 'target "TTL" is not evaluated' }],
	])("%s", (text, effect) => {
		expect(told(done(text))).toMatchObject(effect);
	});

	test("NOTRACK takes the packet out of connection tracking", () => {
		expect(done("-j NOTRACK").recorded.untracked).toBe(true);
		expect(done("-j CT --notrack").recorded.untracked).toBe(true);
	});
});

describe("matches about what a packet here has not", () => {
	const related = { ...newConnection(packet()), state: "related" } as const;

	test.each<[string, ContextOptions, Truth | typeof UNKNOWN]>([
		// xt_policy.c, policy_mt: without a path of transformations `none` holds, and nothing else.
		["-m policy --dir in --pol none", {}, true],
		["-m policy --dir out --pol ipsec --proto esp", {}, false],
		// ip6t_rt.c, ip6t_frag.c, ip6t_hbh.c, ip6t_ah.c, ip6t_srh.c: without the header it does not match, inverted or not.
		["-m rt --rt-type 0", {}, false],
		["-m rt ! --rt-type 0", {}, false],
		["-m frag --fragfirst", {}, false],
		["-m hbh --hbh-len 5", {}, false],
		["-m srh --srh-next-hdr 17", {}, false],
		// xt_helper.c: `ret = info->invert` where no other connection announced this one.
		["-m helper --helper ftp", { connection: newConnection(packet()) }, false],
		["-m helper ! --helper ftp", { connection: newConnection(packet()) }, true],
		["-m helper --helper ftp", { connection: related }, UNKNOWN],
		// xt_connlabel.c: `return invert` where the connection has no labels.
		["-m connlabel --label 3", { connection: newConnection(packet()) }, false],
		["-m connlabel ! --label 3", { connection: newConnection(packet()) }, true],
		// xt_cgroup.c: a packet without a socket never matches.
		["-m cgroup --cgroup 1", { locallyGenerated: false }, false],
		["-m cgroup ! --cgroup 1", { locallyGenerated: false }, false],
		["-m cgroup --cgroup 1", { locallyGenerated: true }, UNKNOWN],
		// xt_connlimit.c: this connection is counted too; xt_quota.c.
		["-m connlimit --connlimit-above 2", {}, false],
		["-m connlimit --connlimit-above 0", {}, true],
		["-m connlimit --connlimit-upto 2", {}, true],
		["-m connlimit ! --connlimit-above 2", {}, true],
		["-m quota --quota 1000", {}, true],
		["-m quota ! --quota 1000", {}, false],
	])("%s", (text, options, expected) => {
		expect(told(holds(text, options))).toEqual(expected);
	});
});
