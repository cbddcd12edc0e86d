import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { address } from "../../../src/address/address.ts";
import type { Truth } from "../../../src/netfilter/context.ts";
import { testIpset } from "../../../src/netfilter/ipset/membership.ts";
import { type IpsetSave, parseIpsetSave, printIpsetSave } from "../../../src/netfilter/ipset/save.ts";
import { type Ipset, ipset } from "../../../src/netfilter/ipset.ts";
import { phrase } from "../../../src/wording/phrase.ts";
import { type ContextOptions, ruleContext } from "../../support/rule-context.ts";

const origin = { component: "test" };
const read = (text: string): IpsetSave => parseIpsetSave(text, { file: "ipset-save.txt" });

/** As ipset v7.17 saved them. */
const SAVED = `create hash_net hash:net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0xc68a8fb7
add hash_net 1.2.3.0/24 nomatch
add hash_net 1.2.3.9
create hash_ip_port hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x64c45cae
add hash_ip_port 1.2.3.4,gre:0
add hash_ip_port 1.2.3.4,sctp:5
add hash_ip_port 1.2.3.4,icmp:echo-request
add hash_ip_port 1.2.3.4,udp:53
add hash_ip_port 1.2.3.4,tcp:80
create hash_net_iface hash:net,iface family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x98ffa134
add hash_net_iface 1.2.3.0/24,physdev:eth0
add hash_net_iface 1.2.4.0/24,eth wildcard
add hash_net_iface 1.2.3.0/24,eth0
create bitmap_port bitmap:port range 0-65535
add bitmap_port 53
create timed hash:ip family inet6 hashsize 1024 maxelem 65536 timeout 600 counters comment bucketsize 12 initval 0x1
add timed fd00::1 timeout 599 packets 0 bytes 0 comment "a nomatch b"
create list_set list:set size 8
add list_set hash_net
`;

describe("a dump of ipset save", () => {
	test("is printed as it was read", () => {
		const { sets, unread } = read(SAVED);
		expect(unread).toEqual([]);
		expect(printIpsetSave(sets.values())).toBe(SAVED);
		expect(sets.get("hash_net")?.entries.map(({ text, nomatch }) => [text, nomatch])).toEqual([
			["1.2.3.0/24", true],
			["1.2.3.9", false],
		]);
		expect(sets.get("timed")?.entries[0]).toMatchObject({
			nomatch: false,
			options: 'timeout 599 packets 0 bytes 0 comment "a nomatch b"',
		});
	});

	test("keeps what it does not understand, with its line", () => {
		expect(read("create a hash:ip\nadd b 1.2.3.4\nwhat\n").unread).toEqual([
			{
				text: "add b 1.2.3.4",
				why: phrase("set-not-created", { name: "b" }),
				source: { file: "ipset-save.txt", line: 2 },
			},
			{
				text: "what",
				why: phrase("no-set-line"),
				source: { file: "ipset-save.txt", line: 3 },
				lost: true,
			},
		]);
	});

	test("knows whose set it is by its name", () => {
		expect(read("create KUBE-CLUSTER-IP hash:ip,port family inet").sets.get("KUBE-CLUSTER-IP")?.origin).toEqual({
			component: "kube-proxy",
			source: { file: "ipset-save.txt", line: 1 },
		});
	});

	test("never throws, whatever the text", () => {
		const word = fc.oneof(
			fc.constantFrom("create", "add", "a", "hash:ip", "nomatch", '"', "1.2.3.4"),
			fc.string({ maxLength: 6 }),
		);
		const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(" "));
		fc.assert(
			fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
				const { sets } = read(lines.join("\n"));
				for (const set of sets.values()) testIpset(set, ["src", "dst", "dst"], ruleContext());
			}),
		);
	});
});

/** Whether a packet from 10.244.1.7:40000 to 10.96.0.10:80 (TCP, in by eth0, out by cni0) is in the set. */
function holds(set: Ipset, directions: string, options: ContextOptions = {}, returnNomatch = false): Truth {
	return testIpset(set, directions.split(",") as ("src" | "dst")[], ruleContext(options), returnNomatch);
}

const UNKNOWN = { unknown: expect.any(Object) };
const icmp = { packet: { protocol: "icmp", icmpType: 8, icmpCode: 0 } };
const six = { packet: { family: 6, src: address("fd00:1::7"), dst: address("fd00:2::1") } } as const;

describe("membership (ip_set_core.c and each type's kadt function)", () => {
	test.each<[string, readonly string[], string, ContextOptions, Truth | object]>([
		["hash:ip", ["10.244.1.7"], "src", {}, true],
		["hash:ip", ["10.244.1.0-10.244.1.9"], "src", {}, true],
		["hash:ip", ["10.244.1.7"], "dst", {}, false],
		["hash:net", ["10.244.0.0/16"], "src", {}, true],
		["hash:net", ["10.244.1.6-10.244.1.9"], "src", {}, true],
		["hash:ip,port", ["10.96.0.10,tcp:80"], "dst,dst", {}, true],
		["hash:ip,port", ["10.96.0.10,80"], "dst,dst", {}, true],
		["hash:ip,port", ["10.96.0.10,udp:80"], "dst,dst", {}, false],
		["hash:ip,port", ["10.96.0.10,tcp:40000"], "dst,src", {}, true],
		["hash:ip,port", ["10.96.0.10,icmp:echo-request"], "dst,dst", icmp, true],
		["hash:ip,port", ["10.96.0.10,icmp:8/0"], "dst,dst", icmp, true],
		["hash:ip,port", ["10.96.0.10,gre:0"], "dst,dst", { packet: { protocol: "gre" } }, true],
		["hash:ip,port,ip", ["10.96.0.10,tcp:80,10.244.1.7"], "dst,dst,src", {}, true],
		["hash:ip,port,net", ["10.96.0.10,tcp:80,10.244.0.0/16"], "dst,dst,src", {}, true],
		["hash:net,port", ["10.96.0.0/12,tcp:80"], "dst,dst", {}, true],
		["hash:net,net", ["10.244.0.0/16,10.96.0.0/12"], "src,dst", {}, true],
		["hash:net,net", ["10.244.0.0/16,10.96.0.0/12"], "dst,src", {}, false],
		["hash:net,port,net", ["10.244.0.0/16,tcp:80,10.96.0.0/12"], "src,dst,dst", {}, true],
		["hash:net,iface", ["10.244.0.0/16,eth0"], "src,src", {}, true],
		["hash:net,iface", ["10.244.0.0/16,eth0"], "src,dst", {}, false],
		// The narrowest net decides, whichever device it names (found against Linux 6.x, see kernel.test.ts).
		["hash:net,iface", ["10.244.0.0/16,eth0", "10.244.1.0/24,eth1"], "src,src", {}, false],
		["hash:net,iface", ["10.244.0.0/16,physdev:eth0"], "src,src", {}, UNKNOWN],
		["hash:mac", ["02:00:00:00:00:01"], "src", { sourceMac: "02:00:00:00:00:01" }, true],
		["hash:mac", ["02:00:00:00:00:01"], "src", {}, false],
		["hash:mac", ["02:00:00:00:00:01"], "dst", {}, UNKNOWN],
		["hash:ip,mark", ["10.244.1.7,0x4000"], "src,src", { mark: 0x4000 }, true],
		["bitmap:port", ["80"], "dst", {}, true],
		["bitmap:port", ["80"], "dst", { packet: { protocol: "sctp" } }, false],
		["bitmap:port", ["30000-32767"], "dst", { packet: { dport: 31234 } }, true],
		["bitmap:ip", ["10.244.1.7"], "src", {}, true],
		["bitmap:ip,mac", ["10.244.1.7,02:00:00:00:00:01"], "src,src", { sourceMac: "02:00:00:00:00:01" }, true],
		["bitmap:ip,mac", ["10.244.1.7"], "src,src", {}, UNKNOWN],
		// Fewer directions than the set has parts never match; more do.
		["hash:ip,port", ["10.96.0.10,tcp:80"], "dst", {}, false],
		["hash:ip", ["10.96.0.10"], "dst,dst", {}, true],
		["hash:ip", ["10.96.0.10"], "dst", six, false],
		["hash:future", ["x"], "dst", {}, UNKNOWN],
		["hash:ip", ["strange"], "dst", {}, UNKNOWN],
		// What is known to be there is there, whatever else is not understood.
		["hash:ip", ["strange", "10.96.0.10"], "dst", {}, true],
	])("%s %j %s", (type, members, directions, options, expected) => {
		expect(holds(ipset("s", type, members, origin), directions, options)).toEqual(expected);
	});

	test("an exception takes its addresses out again, unless it is what is asked for", () => {
		const { sets } = read(
			"create s hash:net family inet\nadd s 10.0.0.0/8\nadd s 10.244.1.0/24 nomatch\nadd s 10.244.1.8/29",
		);
		const set = sets.get("s") as Ipset;
		const from = (text: string): ContextOptions => ({ packet: { src: address(text) } });
		expect(holds(set, "src", from("10.1.1.1"))).toBe(true);
		expect(holds(set, "src", from("10.244.1.1"))).toBe(false);
		expect(holds(set, "src", from("10.244.1.9"))).toBe(true);
		expect(holds(set, "src", from("10.244.1.1"), true)).toBe(true);
		expect(holds(set, "src", from("10.1.1.1"), true)).toBe(false);
	});

	test("IPv6, and a set that keeps only networks", () => {
		expect(holds(ipset("s", "hash:net", ["fd00:1::/64"], origin, "family inet6"), "src", six)).toBe(true);
		expect(holds(ipset("s", "hash:ip", ["10.244.1.0"], origin, "family inet netmask 24"), "src")).toBe(true);
		expect(
			holds(ipset("s", "hash:ip,mark", ["10.244.1.7,0x1"], origin, "markmask 0x000000ff"), "src,src", { mark: 0x101 }),
		).toBe(true);
	});

	test("a set of sets holds what any of them holds", () => {
		const sets = [ipset("a", "hash:ip", ["1.1.1.1"], origin), ipset("b", "hash:net", ["10.244.0.0/16"], origin)];
		const list = (...members: string[]): Ipset => ipset("list", "list:set", members, origin, "size 8");
		expect(holds(list("a", "b"), "src", { sets })).toBe(true);
		expect(holds(list("a"), "src", { sets })).toBe(false);
		expect(holds(list("a", "gone"), "src", { sets })).toEqual(UNKNOWN);
		expect(holds(list("list"), "src", { sets: [list("list")] })).toEqual(UNKNOWN);
	});
});

/** Why ipset cannot be used here, or null. */
const reason = ((): string | null => {
	try {
		restoreAndSave("create s hash:ip\n");
		return null;
	} catch (error) {
		return String(error).split("\n").slice(0, 2).join(" ");
	}
})();

function restoreAndSave(input: string): string {
	return execFileSync("unshare", ["-Urn", "sh", "-ec", "ipset restore && ipset save"], {
		encoding: "utf8",
		input,
		stdio: "pipe",
	});
}

test.skipIf(reason !== null)(
	`the real ipset takes and gives back what we print${reason === null ? "" : ` (skipped: ${reason})`}`,
	() => {
		const made = [
			ipset("ips", "hash:ip", ["10.0.0.1", "10.0.0.2"], origin, "family inet"),
			ipset("nets", "hash:net", ["10.0.0.0/8", "fd00::/64"].slice(0, 1), origin, "family inet"),
			ipset("six", "hash:net", ["fd00::/64"], origin, "family inet6"),
			ipset(
				"services",
				"hash:ip,port",
				["10.96.0.10,tcp:53", "10.96.0.10,udp:53", "10.96.0.1,sctp:9"],
				origin,
				"family inet",
			),
			ipset("loops", "hash:ip,port,ip", ["10.244.1.2,tcp:80,10.244.1.2"], origin, "family inet"),
			ipset("ranges", "hash:ip,port,net", ["10.0.0.1,tcp:80,10.0.0.0/24"], origin, "family inet"),
			ipset("ports", "bitmap:port", ["30000", "32767"], origin, "range 0-65535"),
			ipset("all", "list:set", ["ips", "nets"], origin, "size 8"),
		];
		const { sets, unread } = parseIpsetSave(restoreAndSave(printIpsetSave(made)), { file: "f" });
		expect(unread).toEqual([]);
		const members = (set: Ipset | undefined): unknown => set && [set.type, set.entries.map(({ text }) => text).sort()];
		for (const set of made) expect(members(sets.get(set.name)), set.name).toEqual(members(set));
	},
);
