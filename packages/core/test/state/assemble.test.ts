import { describe, expect, it } from "vitest";
import { address } from "../../src/address/address.ts";
import { lastAddress, prefix } from "../../src/address/prefix.ts";
import { accept, chain, drop, rule } from "../../src/netfilter/xtables/rules.ts";
import { assembleNamespace } from "../../src/state/assemble.ts";
import type { Contribution } from "../../src/state/contribution.ts";
import type { InterfaceAddress, Route } from "../../src/state/ip.ts";
import type { Link } from "../../src/state/link.ts";
import { fullRouteLine, kernelRouteLines } from "../support/kernel-routes.ts";
import { hasRealKernel, inNewNamespace } from "../support/real-kernel.ts";
import { fdbLine } from "../support/state-lines.ts";

const origin = { component: "test" };

function physical(name: string, options: Partial<Link> = {}): Link {
	const base = {
		kind: "physical",
		name,
		index: 0,
		mtu: 1500,
		mac: "02:00:00:00:00:01",
		up: true,
		carrier: true,
		origin,
	};
	return { ...base, ...options } as Link;
}

function interfaceAddress(text: string, device: string, options: Partial<InterfaceAddress> = {}): InterfaceAddress {
	const [ip = "", length = ""] = text.split("/");
	const base = { scope: "global", secondary: false, noPrefixRoute: false, origin };
	return { device, address: address(ip), prefixLength: Number(length), ...base, ...options };
}

describe("what the kernel adds to a namespace", () => {
	it("gives even an empty one a loopback device with its addresses and local routes", () => {
		const { links, addresses, routes } = assembleNamespace("host/empty", []);
		expect(links.map(({ name, index }) => [name, index])).toEqual([["lo", 1]]);
		expect(addresses.map((each) => `${each.address.text}/${each.prefixLength}`)).toEqual(["127.0.0.1/8", "::1/128"]);
		// `ip route show table all` after `ip link set lo up`
		expect(routes.map(fullRouteLine)).toEqual([
			"local 127.0.0.1/32 dev lo table 255 proto kernel scope host metric 0 src 127.0.0.1",
			"local 127.0.0.0/8 dev lo table 255 proto kernel scope host metric 0 src 127.0.0.1",
			"broadcast 127.255.255.255/32 dev lo table 255 proto kernel scope link metric 0 src 127.0.0.1",
			"local ::1/128 dev lo table 255 proto kernel scope global metric 0",
		]);
	});

	it("gives the rules of fib_default_rules_init, to which IPv6 has none for table default", () => {
		const { rules } = assembleNamespace("host/empty", []);
		expect(rules.map((each) => `${each.family} ${each.priority} ${JSON.stringify(each.action)}`)).toEqual([
			'4 0 {"kind":"lookup","table":255}',
			'4 32766 {"kind":"lookup","table":254}',
			'4 32767 {"kind":"lookup","table":253}',
			'6 0 {"kind":"lookup","table":255}',
			'6 32766 {"kind":"lookup","table":254}',
		]);
	});

	it("numbers devices after lo in the order in which they come, round numbers that are taken", () => {
		const { links } = assembleNamespace("host/a", [
			{ links: [physical("eth0"), physical("eth1", { index: 3 }), physical("eth2")] },
		]);
		expect(links.map(({ name, index }) => `${index} ${name}`)).toEqual(["1 lo", "2 eth0", "3 eth1", "4 eth2"]);
	});

	it("has a bridge keep its own address and its ports' as local", () => {
		const mac = "02:00:00:00:00:09";
		const bridge = { kind: "bridge", name: "cni0", index: 0, mtu: 1500, mac, up: true, carrier: true, origin } as const;
		const { fdb } = assembleNamespace("node/a", [
			{
				links: [
					{ ...bridge, vlanFiltering: false, defaultPvid: 1 },
					physical("veth1", { master: "cni0", mac: "02:00:00:00:00:10" }),
					physical("eth0"),
				],
			},
		]);
		// As `bridge fdb` shows them on a bridge whose address was set.
		expect(fdb.map(fdbLine)).toEqual([
			"02:00:00:00:00:09 dev cni0 master cni0 permanent",
			"02:00:00:00:00:10 dev veth1 master cni0 permanent",
		]);
	});
});

describe.skipIf(!hasRealKernel)("routes that come with addresses, against this machine's kernel", () => {
	const SETUP = `
		ip link set lo up
		sysctl -qw net.ipv6.conf.all.forwarding=1
		for d in eth0 x0 down0 dummy0; do ip link add $d type veth peer name peer-$d; done
		ip link set dummy0 arp off
		for d in eth0 x0; do sysctl -qw net.ipv6.conf.$d.accept_dad=0; ip link set peer-$d up; ip link set $d up; done
		ip addr add 10.0.0.180/24 brd + dev eth0; ip addr add 10.0.0.181/24 dev eth0; ip addr add 10.2.0.1/16 brd 10.2.3.255 dev eth0
		ip addr add 10.244.1.0/32 dev x0; ip addr add 10.1.1.1/31 dev x0; ip addr add 10.5.5.5 peer 10.6.0.0/16 dev x0
		ip addr add 10.7.7.7/24 dev x0 noprefixroute
		ip addr add 10.9.9.9/24 brd + dev down0; ip addr add 10.96.0.1/32 dev dummy0
		ip -6 addr add fd00::180/64 dev eth0 nodad; ip -6 addr add fd00::181/128 dev eth0 nodad; ip -6 addr add fd0a::1/64 dev x0 nodad noprefixroute
		ip -6 addr add fd09::9/64 dev down0; ip -6 addr add fd96::1/128 dev dummy0
		sleep 0.2
	`;
	const addresses = [
		interfaceAddress("10.0.0.180/24", "eth0", { broadcast: lastAddress(prefix("10.0.0.0/24")) }),
		interfaceAddress("10.0.0.181/24", "eth0", { secondary: true }),
		interfaceAddress("10.2.0.1/16", "eth0", { broadcast: address("10.2.3.255") }),
		interfaceAddress("10.244.1.0/32", "x0"),
		interfaceAddress("10.1.1.1/31", "x0"),
		interfaceAddress("10.5.5.5/16", "x0", { peer: address("10.6.0.0") }),
		interfaceAddress("10.7.7.7/24", "x0", { noPrefixRoute: true }),
		interfaceAddress("10.9.9.9/24", "down0", { broadcast: address("10.9.9.255") }),
		interfaceAddress("10.96.0.1/32", "dummy0"),
		interfaceAddress("fd00::180/64", "eth0"),
		interfaceAddress("fd00::181/128", "eth0"),
		interfaceAddress("fd0a::1/64", "x0", { noPrefixRoute: true }),
		interfaceAddress("fd09::9/64", "down0"),
		interfaceAddress("fd96::1/128", "dummy0"),
	];

	it("are those that `ip route show table all` shows", () => {
		const printed = inNewNamespace(
			`${SETUP}\nip -j link; ip -N -j -4 route show table all; ip -N -j -6 route show table all`,
		);
		const [links = "", ipv4 = "", ipv6 = ""] = printed.trim().split("\n");
		const macs = new Map((JSON.parse(links) as Record<string, string>[]).map((each) => [each.ifname, each.address]));
		const link = (name: string, options: Partial<Link>): Link =>
			physical(name, { mac: macs.get(name) ?? "", ...options });
		const ours = assembleNamespace("host/a", [
			{
				links: [
					link("eth0", {}),
					link("x0", {}),
					link("down0", { up: false }),
					link("dummy0", { up: false, noArp: true }),
				],
				addresses,
				sysctls: new Map([["net.ipv6.conf.all.forwarding", "1"]]),
			},
		]);
		const theirs = [...kernelRouteLines(ipv4, 4), ...kernelRouteLines(ipv6, 6)];
		const wanted = theirs.filter((text) => !text.includes(" dev peer-"));
		expect(ours.routes.map(fullRouteLine).sort()).toEqual(wanted.sort());
	});
});

describe("netfilter tables", () => {
	const accepting = rule(origin, [], accept);
	const dropping = rule(origin, [], drop);

	it("are there as soon as somebody uses them, with all their built-in chains at policy ACCEPT", () => {
		const { xtables } = assembleNamespace("node/a", [
			{ xtables: [{ family: 4, table: "nat", chains: new Map([["OWN", chain("OWN", [])]]), hooks: [] }] },
		]);
		expect(xtables.map((table) => `${table.family} ${table.name}`)).toEqual(["4 nat"]);
		const chains = [...(xtables[0]?.chains.values() ?? [])];
		expect(chains.map((each) => `${each.name} ${each.policy}`)).toEqual([
			"PREROUTING ACCEPT",
			"INPUT ACCEPT",
			"OUTPUT ACCEPT",
			"POSTROUTING ACCEPT",
			"OWN null",
		]);
	});

	it("hold inserted rules before everything that is there (-I), appended ones at the end (-A)", () => {
		const hooks = (rules: readonly (readonly ["insert" | "append", string])[]): Contribution => ({
			xtables: [
				{
					family: 4,
					table: "filter",
					chains: new Map(),
					hooks: rules.map(([how, note]) => ({
						chain: "FORWARD",
						how,
						rule: { ...(how === "insert" ? accepting : dropping), origin: { component: "test", note } },
					})),
				},
			],
		});
		const { xtables } = assembleNamespace("node/a", [
			hooks([["append", "flannel"]]),
			hooks([
				["insert", "proxy 1"],
				["insert", "proxy 2"],
				["append", "proxy 3"],
			]),
		]);
		const order = xtables[0]?.chains.get("FORWARD")?.rules.map((each) => each.origin.note);
		// iptables -A flannel; -I 1; -I 2; -A 3
		expect(order).toEqual(["proxy 2", "proxy 1", "flannel", "proxy 3"]);
	});

	it("share the chains that a thousand nodes have in common", () => {
		const chains = new Map([["KUBE-SERVICES", chain("KUBE-SERVICES", [accepting])]]);
		const shared: Contribution = { xtables: [{ family: 4, table: "nat", chains, hooks: [] }] };
		const own = chain("FLANNEL-POSTRTG", []);
		const flannel: Contribution = {
			xtables: [{ family: 4, table: "nat", chains: new Map([[own.name, own]]), hooks: [] }],
		};
		const table = assembleNamespace("node/a", [flannel, shared]).xtables[0];
		expect(table?.chains.get("KUBE-SERVICES")).toBe(chains.get("KUBE-SERVICES"));
		expect(table?.chains.get("FLANNEL-POSTRTG")).toBe(own);
		expect(table?.chains.has("KUBE-NOWHERE")).toBe(false);
		expect(table?.chains.size).toBe(6);
		expect([...(table?.chains.keys() ?? [])]).toContain("KUBE-SERVICES");
	});
});

describe("a thousand nodes with the same Service addresses", () => {
	it("share the local routes of kube-ipvs0", () => {
		const addresses = Array.from({ length: 100 }, (_, i) => interfaceAddress(`10.96.0.${i}/32`, "kube-ipvs0"));
		const proxy: Contribution = { links: [physical("kube-ipvs0", { up: false, noArp: true })], addresses };
		const [a, b] = ["node/a", "node/b"].map((place) => assembleNamespace(place, [proxy]));
		const route = (namespace: typeof a): Route | undefined =>
			namespace?.routes.find((each) => each.destination.text === "10.96.0.7/32");
		expect(route(a)).toBeDefined();
		expect(route(a)).toBe(route(b));
	});
});

describe("sysctls", () => {
	it("are overridden by later contributions", () => {
		const { sysctls } = assembleNamespace("node/a", [
			{
				sysctls: new Map([
					["net.ipv4.ip_forward", "1"],
					["net.ipv4.vs.conntrack", "1"],
				]),
			},
			{ sysctls: new Map([["net.ipv4.ip_forward", "0"]]) },
		]);
		expect(sysctls.get("net.ipv4.ip_forward")).toBe("0");
		expect(sysctls.get("net.ipv4.vs.conntrack")).toBe("1");
		expect([...sysctls.keys()].length).toBe(2);
	});
});
