/** Neighbours, FDB, VLANs, IPVS, connections and tc, as real tools printed them (fixtures/node-dumps). */
import { describe, expect, it } from "vitest";
import { parseBridgeFdb } from "../../src/parse/bridge-fdb.ts";
import { parseBridgeVlan, withPortVlans } from "../../src/parse/bridge-vlan.ts";
import { parseConntrack } from "../../src/parse/conntrack.ts";
import { parseIpNeigh } from "../../src/parse/ip-neigh.ts";
import { parseIpvsadmSave } from "../../src/parse/ipvsadm-save.ts";
import { parseSysctl } from "../../src/parse/sysctl.ts";
import { parseTcFilter } from "../../src/parse/tc-filter.ts";
import { parseTcQdisc } from "../../src/parse/tc-qdisc.ts";
import type { Link } from "../../src/state/link.ts";
import { nodeDump } from "../support/parse-dumps.ts";
import { withoutOrigin } from "../support/parse-generators.ts";

describe("the same dump in another form says the same", () => {
	it.each([
		["ip-neigh.txt", parseIpNeigh, ["ip-neigh.json", "ip-neigh-statistics.txt"]],
		["bridge-fdb.txt", parseBridgeFdb, ["bridge-fdb.json", "bridge-fdb-statistics.txt"]],
		["bridge-vlan.txt", parseBridgeVlan, ["bridge-vlan.json", "bridge-vlan-detailed.txt", "bridge-vlan-coloured.txt"]],
		["conntrack.txt", parseConntrack, ["conntrack-extended.txt", "conntrack-id.txt"]],
		["tc-qdisc.txt", parseTcQdisc, ["tc-qdisc.json"]],
	] as const)("%s", (name, parse, others) => {
		const parsed = parse(nodeDump(name), name);
		expect(parsed.notUnderstood).toEqual([]);
		const byText = (entries: readonly unknown[]): string[] =>
			entries.map((each) => JSON.stringify(withoutOrigin(each))).sort();
		for (const other of others) {
			const again = parse(nodeDump(other), other);
			expect(again.notUnderstood).toEqual([]);
			expect(byText(again.entries)).toEqual(byText(parsed.entries));
		}
	});
});

describe("ip neigh", () => {
	const { entries } = parseIpNeigh(nodeDump("ip-neigh.txt"), "ip-neigh.txt");
	const state = (address: string) => entries.find((each) => each.address.text === address)?.state;

	it("reads states, and none where none is printed", () => {
		expect(["10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13"].map(state)).toEqual([
			"permanent",
			"reachable",
			"stale",
			"noarp",
			"none",
		]);
	});

	it("reads proxy entries of both families", () => {
		expect(entries.filter((each) => each.proxy)).toMatchObject([
			{ address: { text: "10.0.0.50" }, device: "br0", mac: null },
			{ address: { text: "fd00::50" }, device: "br0", mac: null },
		]);
	});
});

describe("bridge fdb", () => {
	it("reads tunnel ends, static entries and ports' own addresses", () => {
		const { entries } = parseBridgeFdb(nodeDump("bridge-fdb.txt"), "bridge-fdb.txt");
		expect(entries.filter((each) => each.destination !== undefined)).toMatchObject([
			{
				device: "vx0",
				mac: "02:00:00:00:00:05",
				destination: { text: "10.0.0.8" },
				port: 4790,
				vni: 77,
				via: "br0",
				self: true,
			},
			{ device: "vx2", mac: "00:00:00:00:00:00", destination: { text: "10.0.0.9" }, state: "permanent" },
			{ device: "vx3", destination: { text: "239.1.1.1" } },
		]);
		expect(entries.find((each) => each.mac === "02:00:00:00:00:06")).toMatchObject({
			device: "va",
			master: "br0",
			self: false,
			state: "static",
		});
	});

	it("keeps an entry with words that would send the frame elsewhere", () => {
		const { notUnderstood } = parseBridgeFdb(
			"02:00:00:00:00:01 dev a self\n02:00:00:00:00:02 dev vx nhid 5 self\n",
			"f",
		);
		expect(notUnderstood).toMatchObject([{ part: "bridge-fdb", source: { file: "f", line: 2 } }]);
	});
});

describe("bridge vlan", () => {
	it("puts VLANs into ports and bridges", () => {
		const base = { mtu: 1500, mac: "02:00:00:00:00:01", up: true, carrier: true, origin: { component: "unknown" } };
		const links: Link[] = [
			{ ...base, kind: "bridge", name: "br0", index: 2, vlanFiltering: true, defaultPvid: 1 },
			{ ...base, kind: "veth", name: "va", index: 3, master: "br0" },
			{ ...base, kind: "veth", name: "vc", index: 4, master: "br0" },
		];
		const [bridge, port, bare] = withPortVlans(links, parseBridgeVlan(nodeDump("bridge-vlan.txt"), "f").entries);
		expect(bridge).toMatchObject({
			vlans: [
				{ id: 1, pvid: true, untagged: true },
				{ id: 10, pvid: false, untagged: false },
			],
		});
		expect(
			port?.bridgePort?.vlans?.map(
				({ id, pvid, untagged }) => `${id}${pvid ? " pvid" : ""}${untagged ? " untagged" : ""}`,
			),
		).toEqual(["1 untagged", "10 pvid untagged", ...[20, 21, 22, 23, 24, 25].map(String), "30 untagged"]);
		// The kernel lists every port that has VLANs: this one passes nothing.
		expect(bare?.bridgePort?.vlans).toEqual([]);
	});

	it("reads the form of iproute2 4", () => {
		const text =
			"port\tvlan ids\ndocker0\t 1 PVID Egress Untagged\n\nveth1\t 1 PVID Egress Untagged\n\t 10\n\nbr1\tNone\n";
		expect(
			parseBridgeVlan(text, "f").entries.map(({ device, vlans }) => [device, vlans.map((vlan) => vlan.id)]),
		).toEqual([
			["docker0", [1]],
			["veth1", [1, 10]],
			["br1", []],
		]);
	});
});

describe("ipvsadm-save -n", () => {
	const { entries, notUnderstood } = parseIpvsadmSave(nodeDump("ipvsadm-save.txt"), "ipvsadm-save.txt");

	it("reads services by address and by mark, with their servers", () => {
		expect(notUnderstood).toEqual([]);
		expect(entries[0]).toMatchObject({
			match: { kind: "address", protocol: "tcp", address: { text: "10.96.0.1" }, port: 443 },
			scheduler: "rr",
			servers: [
				{ address: { text: "10.0.0.1" }, port: 6443, method: "masq", weight: 1 },
				{ address: { text: "10.0.0.9" }, method: "masq" },
				{ address: { text: "10.0.0.10" }, port: 443, method: "route", weight: 0 },
				{
					address: { text: "10.0.0.12" },
					method: "tunnel",
					notUnderstood: "--tun-type gue --tun-port 6080 --tun-nocsum",
				},
			],
		});
		const marks = entries.flatMap(({ match, flags, servers }) =>
			match.kind === "fwmark" ? [[match.mark, match.family, flags, servers.length]] : [],
		);
		expect(marks).toEqual([
			[5, 4, ["ops"], 1],
			[6, 6, [], 1],
		]);
	});

	it("reads persistence with its mask, flags, and IP in IP as the usual tunnel", () => {
		const persistent = entries.filter((each) => each.persistence !== undefined).map((each) => each.persistence);
		expect(persistent).toEqual([
			{ seconds: 360, prefixLength: 32 },
			{ seconds: 300, prefixLength: 24 },
			{ seconds: 50, prefixLength: 32 },
			{ seconds: 10800, prefixLength: 128 },
			{ seconds: 10800, prefixLength: 64 },
		]);
		const dns = entries.find((each) => each.match.kind === "address" && each.match.port === 53);
		expect(dns).toMatchObject({ flags: ["sh-fallback", "sh-port"], servers: [{ method: "tunnel", weight: 5 }] });
		expect(dns?.servers[0]).not.toHaveProperty("notUnderstood");
		expect(entries.find((each) => each.match.kind === "address" && each.match.port === 5060)?.notUnderstood).toBe(
			"--pe sip",
		);
	});
});

describe("conntrack -L", () => {
	it("reads both sides, state, status, mark, and ICMP's identifier as its port", () => {
		const { entries } = parseConntrack(nodeDump("conntrack-id.txt"), "conntrack.txt");
		const of = (protocol: string) =>
			entries.find((each) => each.original.protocol === protocol && each.original.src.family === 4);
		expect(of("tcp")).toMatchObject({
			state: "ESTABLISHED",
			status: ["ASSURED"],
			mark: 7,
			zone: 0,
			original: { dport: 8000 },
			reply: { sport: 8000 },
		});
		expect(of("udp")).toMatchObject({ status: ["UNREPLIED"], original: { dport: 9999 } });
		expect(of("icmp")).toMatchObject({ original: { sport: 0x1234, dport: 0 }, reply: { sport: 0x1234 } });
	});

	it("reads zones, and does not understand one of one side only", () => {
		const line =
			"udp 17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 mark=0 ";
		const { entries, notUnderstood } = parseConntrack(`${line}zone=5 use=1\n${line}zone-orig=5 use=1\n`, "f");
		expect(entries.map((each) => each.zone)).toEqual([5]);
		expect(notUnderstood).toMatchObject([{ part: "conntrack", source: { line: 2 } }]);
	});
});

describe("sysctl -a", () => {
	it("keeps what is below net., in the spelling of sysctl -a", () => {
		const text =
			"kernel.hostname = a\nnet.ipv4.ip_forward = 1\nnet.ipv4.conf.eth0/100.rp_filter = 2\nnet.ipv4.tcp_mem = 1\t2\t3\n# a comment\n-net/ipv4/conf/eth0.5/proxy_arp=1\n";
		expect(parseSysctl(text, "f").entries).toEqual([
			{ key: "net.ipv4.ip_forward", value: "1", line: 2 },
			{ key: "net.ipv4.conf.eth0/100.rp_filter", value: "2", line: 3 },
			{ key: "net.ipv4.tcp_mem", value: "1\t2\t3", line: 4 },
			{ key: "net.ipv4.conf.eth0/5.proxy_arp", value: "1", line: 6 },
		]);
	});
});

describe("tc filter show", () => {
	const { entries, notUnderstood } = parseTcFilter(nodeDump("tc-filter.txt"), "tc-filter.txt");

	it("reads u32 addresses, flower VLANs, and what the actions do", () => {
		expect(notUnderstood).toEqual([]);
		const on = (device: string, direction: string, priority: number) =>
			entries.find((each) => each.device === device && each.direction === direction && each.priority === priority);
		expect(on("va", "egress", 1)).toMatchObject({
			protocol: "ip",
			source: { text: "10.0.0.5/32" },
			destination: { text: "10.1.0.0/16" },
			actions: [{ kind: "vlan-push", id: 5 }],
		});
		expect(on("va", "ingress", 2)).toMatchObject({
			protocol: "802.1Q",
			vlan: 5,
			actions: [{ kind: "vlan-pop" }, { kind: "redirect", device: "vb", direction: "egress" }],
		});
		expect(on("va", "ingress", 5)).toMatchObject({
			protocol: "ipv6",
			destination: { text: "fd00::/64" },
			actions: [{ kind: "pass" }],
		});
		expect(on("vb", "egress", 5)).toMatchObject({ protocol: "all", actions: [{ kind: "vlan-push", id: 5 }] });
	});

	it("does not evaluate mirrors, further keys and programs, and says so", () => {
		expect(entries.find((each) => each.priority === 3)?.actions).toMatchObject([{ kind: "other" }]);
		expect(entries.find((each) => each.priority === 4)?.notUnderstood).toBe("flower ip_proto tcp dst_port 80");
		const cilium =
			"# tc filter show dev lxc1 ingress\nfilter protocol all pref 1 bpf chain 0 \nfilter protocol all pref 1 bpf chain 0 handle 0x1 cil_from_container-lxc1 direct-action not_in_hw id 1234 tag a1b2 jited \n";
		expect(parseTcFilter(cilium, "f").entries[0]?.notUnderstood).toMatch(/^bpf .*direct-action/);
	});

	it("shows a filter once, although an ingress qdisc lists it for egress too", () => {
		expect(entries.filter((each) => each.device === "vb" && each.direction === "ingress")).toHaveLength(1);
	});

	it("keeps a filter of which no line above says the device", () => {
		const text =
			"# tc filter show dev va ingress\n# tc filter show\nfilter protocol ip pref 1 matchall chain 0 handle 0x1\n";
		expect(parseTcFilter(text, "f").notUnderstood).toHaveLength(2);
	});
});
