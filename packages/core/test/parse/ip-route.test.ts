/** Expected values are what was asked of `ip route add` when fixtures/node-dumps was made, and iproute2's ip/iproute.c. */
import { describe, expect, it } from "vitest";
import { parseIpRoute } from "../../src/parse/ip-route.ts";
import type { Route } from "../../src/state/ip.ts";
import { nodeDump } from "../support/parse-dumps.ts";
import { withoutOrigin } from "../support/parse-generators.ts";

const dump = parseIpRoute(nodeDump("ip-route.txt"), "ip-route.txt");

function route(text: string): Route {
	const { entries, notUnderstood } = parseIpRoute(text, "ip-route.txt");
	expect(notUnderstood).toEqual([]);
	expect(entries).toHaveLength(1);
	return entries[0] as Route;
}

function to(destination: string): readonly Route[] {
	return dump.entries.filter((each) => each.destination.text === destination);
}

function hops(each: Route | undefined): readonly string[] | undefined {
	return each?.nextHops.map((hop) =>
		[hop.gateway?.text, hop.device, `x${hop.weight}`, hop.onlink && "onlink", hop.linkDown && "linkdown"]
			.filter(Boolean)
			.join(" "),
	);
}

describe("ip route show table all", () => {
	it.each(["ip-route-detailed.txt", "ip-route-one-line.txt", "ip-route-numeric.txt"])("says the same in %s", (name) => {
		const other = parseIpRoute(nodeDump(name), name);
		expect(withoutOrigin(other)).toEqual(withoutOrigin(dump));
	});

	it("says the same as JSON, but for the words that are not understood", () => {
		const json = parseIpRoute(nodeDump("ip-route.json"), "ip-route.json");
		const known = (routes: readonly Route[]): unknown =>
			withoutOrigin(routes.map((each) => ({ ...each, notUnderstood: each.notUnderstood !== undefined })));
		expect(known(json.entries)).toEqual(known(dump.entries));
	});

	it("tells the family of a default route by its gateway or its preference", () => {
		expect(to("0.0.0.0/0").map(hops)).toEqual([["10.0.0.254 br0 x1"]]);
		expect(to("::/0").map(hops)).toEqual([["fe80::1 br0 x1"]]);
		expect(route("default dev wg0 metric 1024 pref medium").family).toBe(6);
		// An IPv6 route always tells its metric (rt6_fill_node), whatever the lines before it are of.
		const mixed = "fd00::/64 dev eth0 metric 1024 pref medium\ndefault dev eth0 table 40001 scope link";
		expect(parseIpRoute(mixed, "ip-route.txt").entries.map(({ family }) => family)).toEqual([6, 4]);
		expect(route("unreachable default dev lo metric 4294967295 error -101 pref medium")).toMatchObject({
			family: 6,
			nextHops: [],
		});
	});

	it("reads several next hops with weights, onlink and lost carriers", () => {
		expect(hops(to("10.20.0.0/16")[0])).toEqual(["10.0.0.9 br0 x1", "10.0.0.10 br0 x3"]);
		expect(hops(to("10.33.0.0/16")[0])).toEqual(["fd00::9 br0 x1", "vb x1 linkdown"]);
		expect(hops(to("10.39.0.0/16")[0])).toEqual(["10.0.0.9 br0 x1 onlink", "10.6.0.9 vb x1 linkdown"]);
		expect(hops(to("fd04::/64")[0])).toEqual(["fe80::9 br0 x2", "fe80::a br0 x1 onlink"]);
	});

	it("reads next-hop objects by what they hold", () => {
		expect(hops(to("10.37.0.0/16")[0])).toEqual(["10.0.0.9 br0 x1", "10.0.0.10 br0 x10"]);
		expect(route("10.40.0.0/16 nhid 9 proto static").notUnderstood).toBe("nhid 9");
	});

	it("keeps metric, MTU, source and protocol", () => {
		expect(to("10.21.0.0/16")).toMatchObject([
			{ protocol: "bird", metric: 20, mtu: 1400, nextHops: [{ onlink: true }], origin: { component: "bird" } },
			{
				protocol: "80",
				metric: 30,
				mtu: 1400,
				scope: "site",
				preferredSource: { text: "10.0.0.2" },
				origin: { component: "unknown" },
			},
		]);
		expect(to("10.34.0.0/16")).toMatchObject([{ tos: 0x10 }]);
		expect(to("10.0.0.0/24")).toMatchObject([{ protocol: "kernel", scope: "link", origin: { component: "kernel" } }]);
	});

	it("reads types and tables, by name and by number", () => {
		expect(to("10.30.0.0/24").map(({ type, table, nextHops }) => [type, table, nextHops])).toEqual(
			["blackhole", "unreachable", "prohibit", "throw"].map((type) => [type, 100, []]),
		);
		expect(to("fd01::/64").map(({ type, nextHops }) => [type, nextHops.length])).toEqual(
			["blackhole", "unreachable", "prohibit", "throw"].map((type) => [type, 0]),
		);
		expect(to("10.0.0.255/32")).toMatchObject([{ type: "broadcast", table: 255 }]);
	});

	it("gives a named table the same number wherever its name stands", () => {
		const [first, second] = ["10.0.0.0/8 dev eth0 table eth0_rt", "default via 10.0.0.1 dev eth0 table eth0_rt"].map(
			route,
		);
		expect(first?.table).toBe(second?.table);
		expect(first?.table).toBeGreaterThan(0xffff_ffff);
	});

	it("keeps what it does not understand with the route", () => {
		expect(to("10.35.0.0/16")[0]?.notUnderstood).toMatch(/^encap ip id 42/);
		expect(to("fd05::/64")[0]?.notUnderstood).toBe("from fd06::/64");
		expect(route("10.1.0.0/16 via 10.0.0.1 dev eth0 newword 7").notUnderstood).toBe("newword 7");
		expect(
			parseIpRoute(nodeDump("ip-route.json"), "x.json").entries.find((each) => each.destination.text === "10.35.0.0/16")
				?.notUnderstood,
		).toMatch(/^encap ip/);
	});

	it("passes over hardware offload flags, named or in brackets", () => {
		const plain = withoutOrigin(route("10.1.0.0/16 via 10.0.0.1 dev eth0 proto 80"));
		expect(withoutOrigin(route("10.1.0.0/16 via 10.0.0.1 dev eth0 proto 80 offload rt_trap"))).toEqual(plain);
		expect(withoutOrigin(route("10.1.0.0/16 via 10.0.0.1 dev eth0 proto 80 [21 offload]"))).toEqual(plain);
	});

	it("remembers file and line", () => {
		expect(to("0.0.0.0/0")[0]?.origin.source).toEqual({ file: "ip-route.txt", line: 6 });
	});

	it("reads colour and carriage returns away", () => {
		expect(hops(route("default via \u001b[35m10.0.0.1\u001b[0m dev \u001b[36meth0\u001b[0m \r\n"))).toEqual([
			"10.0.0.1 eth0 x1",
		]);
	});
});
