/** Everything that real nodes print is read, or carried as a line that is named: nothing is lost and nothing guessed. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseNamespace } from "../../src/parse/namespace.ts";
import type { Namespace } from "../../src/state/namespace.ts";

function read(...names: readonly string[]): Namespace {
	const files = names.map((name) => [name, readFileSync(new URL(`./dumps/${name}`, import.meta.url), "utf8")] as const);
	return parseNamespace("node/a", new Map(files));
}

function notUnderstood(namespace: Namespace): readonly string[] {
	return namespace.notUnderstood.map(({ text }) => text);
}

describe("of iptables-save", () => {
	const namespace = read("iptables-save.txt");
	const rules = namespace.xtables.flatMap((table) => [...table.chains.values()].flatMap((chain) => chain.rules));

	test("every rule is there", () => {
		const lines = readFileSync(new URL("./dumps/iptables-save.txt", import.meta.url), "utf8").split("\n");
		expect(rules).toHaveLength(lines.filter((line) => /^(\[\d+:\d+\] )?-A /.test(line)).length);
		expect(notUnderstood(namespace)).toEqual([]);
	});

	test("an extension without a meaning here keeps its words, for the answer to name", () => {
		const matches = rules.flatMap((rule) =>
			rule.matches.flatMap((match) => (match.kind === "other" ? [match.module] : [])),
		);
		expect([...new Set(matches)].filter((module) => module !== "")).toEqual(
			"socket dscp tcpmss policy set cgroup bpf u32 string connlimit connbytes time realm cpu devgroup helper quota ecn esp ah dccp udplite ipvs osf rateest unknownext".split(
				" ",
			),
		);
		const targets = rules.flatMap(({ target }) =>
			target?.kind === "other" ? [`${target.module} ${target.text}`] : [],
		);
		expect(targets).toEqual([
			"TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff",
			"DNAT --to-destination [fd00::1]:80",
			"DNAT --to-destination 10.244.0.5-10.244.0.9:6443-6450/6443 --persistent",
			"NFQUEUE --queue-num 1 --queue-bypass",
			"NFQUEUE --queue-balance 0:3 --queue-cpu-fanout",
			"SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460",
			"FOOTARGET --foo 1",
		]);
	});
});

describe("of nft list ruleset", () => {
	test("what has no meaning here is named with its line, and the rules round it are read", () => {
		const namespace = read("nft-ruleset.txt");
		const words = namespace.notUnderstood.map(({ text }) => text.split(/[ ,]/).slice(0, 2).join(" "));
		expect(words).toEqual([
			"socket cgroupv2",
			"queue flags",
			"tproxy to",
			"@th 16",
			"@nh 96",
			"meta day",
			"dup to",
			"xt match",
			"xt target",
			"ipsec in",
			"sctp chunk",
			"exthdr frag",
			"jump {",
			"foo bar",
		]);
		expect(namespace.nftables.tables.map(({ family, name }) => `${family} ${name}`)).toEqual([
			"ip kube-proxy",
			"bridge b",
			"netdev n",
			"arp a",
			"inet firewalld",
		]);
	});
});

describe("of ip", () => {
	const namespace = read("ip-address.txt", "ip-route.txt", "ip-rule.txt", "ip-neigh.txt");

	test("every line is an entry", () => {
		expect(notUnderstood(namespace)).toEqual([]);
	});

	test("devices that podpath does not evaluate keep their driver's name", () => {
		const others = namespace.links.flatMap((link) => (link.kind === "other" ? [link.driver] : []));
		expect(others).toEqual(
			"bond geneve gre vti wireguard vrf team sit ip6tnl macvtap netkit openvswitch xfrm infiniband nlmon hsr".split(
				" ",
			),
		);
	});

	test("routes and rules with words that change their meaning say which", () => {
		expect(namespace.routes.flatMap(({ notUnderstood }) => notUnderstood ?? [])).toEqual([
			"encap ip id 5 src 1.1.1.1 dst 2.2.2.2 ttl 64 tos 0",
			"encap mpls 100/200",
			"no next hop",
			"encap seg6 mode encap segs 1 [ fd00::9 ]",
			"fwmark 5 foo bar",
			"from 10.2.0.0/24",
		]);
		expect(namespace.rules.flatMap(({ notUnderstood }) => notUnderstood ?? [])).toEqual([
			"lookup [l3mdev-table]",
			"suppress_ifgroup 5",
			"tun_id 5",
			"flowlabel 0x5/0xff",
		]);
	});
});

describe("of ipset, ipvsadm, conntrack and bridge", () => {
	test("every set and entry is read", () => {
		expect(notUnderstood(read("ipset-save.txt"))).toEqual([]);
	});

	test("what the state has no place for is named", () => {
		expect(notUnderstood(read("ipvsadm-save.txt"))).toEqual(["-A -t 10.96.0.12:http -s sed --pe sip"]);
		expect(notUnderstood(read("conntrack.txt"))).toEqual([expect.stringContaining("zone-orig=3")]);
		expect(notUnderstood(read("bridge-fdb.txt"))).toHaveLength(4);
	});
});

test("tables of nft that iptables-save cannot show are no gap where nft's own dump is there", () => {
	const save = "# Table `filter' is incompatible, use 'nft' tool.\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n";
	const nft = "table ip filter {\n}\n";
	const files = (more: Readonly<Record<string, string>>): Namespace =>
		parseNamespace("node/a", new Map(Object.entries({ "iptables-save.txt": save, ...more })));
	expect(notUnderstood(files({}))).toHaveLength(1);
	expect(notUnderstood(files({ "nft-ruleset.txt": nft }))).toEqual([]);
});
