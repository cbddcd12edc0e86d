/** A namespace from a snapshot's files: what is missing, what follows, what is refused. */
import { describe, expect, it } from "vitest";
import { parseNamespace } from "../../src/parse/namespace.ts";
import type { Assumption } from "../../src/state/assumption.ts";
import type { Language } from "../../src/wording/language.ts";
import { worded } from "../../src/wording/phrase.ts";

const ADDRESSES = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:16:3e:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.4.22/24 brd 10.0.4.255 scope global eth0
       valid_lft forever preferred_lft forever
`;
const ROUTES = "default via 10.0.4.253 dev eth0 \n10.0.4.0/24 dev eth0 proto kernel scope link src 10.0.4.22 \n";
const RULES = "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n";

function read(files: Readonly<Record<string, string>>): {
	namespace: ReturnType<typeof parseNamespace>;
	assumed: readonly Assumption[];
} {
	const assumed: Assumption[] = [];
	const options = {
		pathOf: (name: string) => `nodes/a/host/${name}`,
		assume: (each: Assumption) => assumed.push(each),
	};
	return { namespace: parseNamespace("node/a", new Map(Object.entries(files)), options), assumed };
}

describe("a node's plain iptables-save, ip route and ip address", () => {
	const { namespace, assumed } = read({
		"ip-address.txt": ADDRESSES,
		"ip-route.txt": ROUTES,
		"iptables-save.txt": RULES,
	});

	it("derives the local table, which plain ip route does not print", () => {
		// What `ip route show table local` prints for these addresses (net/ipv4/fib_frontend.c fib_add_ifaddr).
		const local = namespace.routes
			.filter((route) => route.table === 255)
			.map((route) => `${route.type} ${route.destination.text} ${route.nextHops[0]?.device}`);
		expect(local.sort()).toEqual([
			"broadcast 10.0.4.255/32 eth0",
			"broadcast 127.255.255.255/32 lo",
			"local 10.0.4.22/32 eth0",
			"local 127.0.0.0/8 lo",
			"local 127.0.0.1/32 lo",
		]);
		expect(namespace.routes.filter((route) => route.table === 254)).toHaveLength(2);
	});

	it("uses the kernel's own policy rules, and lists what is missing", () => {
		expect(namespace.rules.filter((rule) => rule.family === 4).map((rule) => rule.priority)).toEqual([0, 32766, 32767]);
		expect(namespace.missing.has("ip-rule")).toBe(true);
		expect(namespace.missing.has("ip-route")).toBe(false);
		expect(namespace.missing.size).toBe(12);
	});

	it("says what it took for granted", () => {
		expect(assumed.map((each) => [each.code, each.place])).toEqual([
			["guessed-link-kind", "node/a"],
			["derived-routes", "node/a"],
		]);
	});

	it("names the files by their display paths", () => {
		expect(namespace.routes[0]?.origin.source).toEqual({ file: "nodes/a/host/ip-route.txt", line: 1 });
		expect(namespace.xtables.map((table) => table.name)).toEqual(["nat"]);
	});
});

describe("a namespace from any files", () => {
	it("adds nothing to a dump that holds the local table", () => {
		const routes = `${ROUTES}local 10.0.4.22 dev eth0 table local proto kernel scope host src 10.0.4.22 \n`;
		const { namespace, assumed } = read({ "ip-address.txt": ADDRESSES, "ip-route.txt": routes });
		expect(namespace.routes).toHaveLength(3);
		expect(assumed.map((each) => each.code)).not.toContain("derived-routes");
	});

	it("knows only the local table where ip-route is missing", () => {
		const { namespace } = read({ "ip-address.txt": ADDRESSES });
		expect(namespace.missing.has("ip-route")).toBe(true);
		expect(new Set(namespace.routes.map((route) => route.table))).toEqual(new Set([255]));
	});

	it("does not take a table for empty that plain ip route does not print", () => {
		const rules = "0:\tfrom all lookup local\n512:\tfrom 10.0.4.30 lookup 1001\n32766:\tfrom all lookup main\n";
		const files = { "ip-address.txt": ADDRESSES, "ip-rule.txt": rules };
		const of = (routes: string, language: Language = "en"): readonly (string | undefined)[] =>
			read({ ...files, "ip-route.txt": routes })
				.namespace.rules.filter((rule) => rule.family === 4)
				.map(({ notUnderstood }) => notUnderstood && worded(notUnderstood, language));
		expect(of(ROUTES)).toEqual([undefined, "lookup 1001: the dump of routes does not hold that table", undefined]);
		expect(of(ROUTES, "zh")[1]).toBe("lookup 1001：路由的转储中没有这张表");
		expect(of(`${ROUTES}default via 10.0.4.253 dev eth0 table 1001\n`)).toEqual([undefined, undefined, undefined]);
		// With the local table in it, it is the dump of all tables, and this one is empty.
		const local = "local 10.0.4.22 dev eth0 table local proto kernel scope host src 10.0.4.22 \n";
		expect(of(`${ROUTES}${local}`)).toEqual([undefined, undefined, undefined]);
	});

	it("adds the other family's rules to those of one, and says so", () => {
		const rules = "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n";
		const { namespace, assumed } = read({ "ip-rule.txt": rules });
		expect(namespace.rules.map((rule) => `${rule.family} ${rule.priority}`)).toEqual([
			"4 0",
			"4 32766",
			"4 32767",
			"6 0",
			"6 32766",
		]);
		expect(assumed.map((each) => each.code)).toEqual(["default-rules"]);
	});

	it("takes the JSON where there is text too, and passes over other files", () => {
		const { namespace } = read({ "ip-route.json": "[]", "ip-route.txt": ROUTES, "netns.yaml": "pod: default/a" });
		expect(namespace.routes).toEqual([]);
	});

	it("keeps lines that are not understood, with their part", () => {
		const { namespace } = read({
			"ip-neigh.txt": "10.0.0.1 dev a lladdr 02:00:00:00:00:01 STALE\n10.0.0.2 dev a teleported\n",
		});
		expect(namespace.neighbours).toHaveLength(1);
		expect(namespace.notUnderstood).toMatchObject([
			{ part: "ip-neigh", source: { file: "nodes/a/host/ip-neigh.txt", line: 2 } },
		]);
	});

	it("refuses a file that is not what its name says", () => {
		expect(() => read({ "iptables-save.txt": "iptables-save: command not found\n" })).toThrow(
			/nodes\/a\/host\/iptables-save.txt:1: not the output of "iptables-save"/,
		);
		// iptables-save ends every table in COMMIT (iptables/iptables-save.c): rules are missing where it does not stand.
		expect(() => read({ "iptables-save.txt": RULES.slice(0, -"COMMIT\n".length) })).toThrow(
			/nodes\/a\/host\/iptables-save.txt:1: the output of "iptables-save" is cut off: "\*nat" has no end/,
		);
		expect(() => read({ "nft-ruleset.txt": "table ip a {\n\tchain b {\n" })).toThrow(/"nft-ruleset" is cut off/);
		expect(() => read({ "sysctl.json": "{}" })).toThrow(/sysctl is read as plain text/);
		expect(() => read({ "ip-route.json": '[{"dst":' })).toThrow(/nodes\/a\/host\/ip-route.json:1:9: malformed JSON/);
	});
});
