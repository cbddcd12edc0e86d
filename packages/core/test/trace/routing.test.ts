/** Routers between hosts: what the kernel's forwarding does with a packet, one setting at a time. */
import { describe, expect, it } from "vitest";
import { ask, card, linksOf, onlyPath, type StackFiles, stack, subjectOf } from "../support/stacks.ts";

/** host/a — node/r — host/b: a router between two hosts. */
function line(router: StackFiles = {}, a: StackFiles = {}, b: StackFiles = {}): ReturnType<typeof subjectOf> {
	return subjectOf({
		namespaces: [
			stack("host/a", {
				"ip-address": card(2, "eth0", ["10.0.1.1/24"]),
				"ip-route": "default via 10.0.1.254 dev eth0\n10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.1",
				...a,
			}),
			stack("node/r", {
				"ip-address": [card(3, "left", ["10.0.1.254/24"]), card(4, "right", ["10.0.2.254/24"])].join("\n"),
				"ip-route":
					"10.0.1.0/24 dev left proto kernel scope link src 10.0.1.254\n10.0.2.0/24 dev right proto kernel scope link src 10.0.2.254",
				sysctl: "net.ipv4.ip_forward = 1",
				...router,
			}),
			stack("host/b", {
				"ip-address": card(5, "eth0", ["10.0.2.2/24"]),
				"ip-route": "default via 10.0.2.254 dev eth0\n10.0.2.0/24 dev eth0 proto kernel scope link src 10.0.2.2",
				...b,
			}),
		],
		wires: [
			{ from: { place: "host/a", device: "eth0" }, to: { kind: "device", place: "node/r", device: "left" } },
			{ from: { place: "host/b", device: "eth0" }, to: { kind: "device", place: "node/r", device: "right" } },
		],
	});
}

const QUESTION = { from: "host/a", to: "10.0.2.2:80" };

describe("a router between two hosts", () => {
	it("forwards, and the answer comes back", () => {
		const path = onlyPath(ask(line(), QUESTION));
		expect(path.verdict).toBe("delivered");
		expect(linksOf(path.forward)).toBe("a/eth0 r/left r/right b/eth0");
		expect(linksOf(path.reply)).toBe("b/eth0 r/right r/left a/eth0");
	});

	it("takes one from the TTL (RFC 1812 section 5.3.1)", () => {
		const path = onlyPath(ask(line(), QUESTION));
		expect(path.forward.hops.at(-1)?.packet.ttl).toBe(63);
	});

	it("drops in silence without ip_forward (ip_error)", () => {
		const path = onlyPath(ask(line({ sysctl: "net.ipv4.ip_forward = 0" }), QUESTION));
		expect(path).toMatchObject({ verdict: "dropped", reply: null });
		expect(path.reason).toContain("node/r");
		expect(path.refusal).toBeUndefined();
	});

	it("tells the sender when it has no route (RFC 1812 section 5.2.7.1)", () => {
		const path = onlyPath(ask(line(), { from: "host/a", to: "10.9.9.9:80" }));
		expect(path.verdict).toBe("unreachable");
		expect(linksOf(path.refusal)).toBe("r/left a/eth0");
		expect(path.refusal?.hops.at(-1)?.packet.icmp).toEqual({ type: 3, code: 0 });
	});

	it("tells the sender when nobody answers for the next hop (RFC 1812 section 4.3.3.1)", () => {
		const path = onlyPath(ask(line(), { from: "host/a", to: "10.0.2.9:80" }));
		expect(path.verdict).toBe("unreachable");
		expect(path.refusal?.hops.at(-1)?.packet.icmp).toEqual({ type: 3, code: 1 });
	});

	it.each([
		["blackhole", "dropped"],
		["unreachable", "unreachable"],
		["prohibit", "unreachable"],
	])("obeys a route of type %s", (type, verdict) => {
		const routes = `${type} 10.0.2.2\n10.0.1.0/24 dev left scope link src 10.0.1.254\n10.0.2.0/24 dev right scope link src 10.0.2.254`;
		expect(onlyPath(ask(line({ "ip-route": routes }), QUESTION)).verdict).toBe(verdict);
	});

	it("goes on to the next table after a route of type throw", () => {
		const files = {
			"ip-rule":
				"0:\tfrom all lookup local\n100:\tfrom all lookup 7\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default",
			"ip-route":
				"throw 10.0.2.0/24 table 7\n10.0.1.0/24 dev left scope link src 10.0.1.254\n10.0.2.0/24 dev right scope link src 10.0.2.254",
		};
		expect(onlyPath(ask(line(files), QUESTION)).verdict).toBe("delivered");
	});

	it("follows every next hop of a multipath route by its weight", () => {
		const routes = `10.0.1.0/24 dev left scope link src 10.0.1.254
10.0.2.0/24 dev right scope link src 10.0.2.254
10.7.0.0/16
	nexthop via 10.0.2.2 dev right weight 3
	nexthop via 10.0.1.1 dev left weight 1`;
		const explanation = ask(line({ "ip-route": routes }), { from: "host/a", to: "10.7.0.1:80" });
		expect(explanation.paths.map((path) => path.weight)).toEqual([0.75, 0.25]);
	});

	it("finds a loop", () => {
		const routes =
			"10.0.1.0/24 dev left scope link src 10.0.1.254\n10.0.2.0/24 dev right scope link src 10.0.2.254\n10.7.0.0/16 via 10.0.2.2 dev right";
		const path = onlyPath(
			ask(line({ "ip-route": routes }, {}, { sysctl: "net.ipv4.ip_forward = 1" }), {
				from: "host/a",
				to: "10.7.0.1:80",
			}),
		);
		expect(path.verdict).toBe("loop");
	});

	it("drops a packet that comes back to where it was sent from (martian source, fib_validate_source)", () => {
		const routes = "10.0.1.0/24 dev left scope link src 10.0.1.254\n10.7.0.0/16 via 10.0.1.1 dev left";
		const path = onlyPath(
			ask(line({ "ip-route": routes }, { sysctl: "net.ipv4.ip_forward = 1" }), { from: "host/a", to: "10.7.0.1:80" }),
		);
		expect(path).toMatchObject({ verdict: "dropped" });
		expect(path.reason).toContain("martian");
	});

	it("tells when the server has no way back", () => {
		const b = { "ip-route": "10.0.2.0/24 dev eth0 scope link src 10.0.2.2" };
		const path = onlyPath(ask(line({}, {}, b), QUESTION));
		expect(path.verdict).toBe("no-reply");
		expect(path.reason).toContain("host/b");
	});
});

describe("reverse path filter (fib_validate_source)", () => {
	const asymmetric = (value: number): StackFiles => ({
		sysctl: `net.ipv4.ip_forward = 1\nnet.ipv4.conf.left.rp_filter = ${value}`,
		"ip-route": "10.0.1.0/24 dev right scope link\n10.0.2.0/24 dev right scope link src 10.0.2.254",
	});

	// The filter holds for a question by ARP too (arp_process: ip_route_input): only who need not ask gets so far.
	const known: StackFiles = { "ip-neigh": "10.0.1.254 dev eth0 lladdr 02:00:00:00:00:03 PERMANENT" };

	it("strict: drops what it would not send back by the same device", () => {
		const path = onlyPath(ask(line(asymmetric(1), known), QUESTION));
		expect(path).toMatchObject({ verdict: "dropped" });
		expect(path.reason).toContain("net.ipv4.conf.left.rp_filter");
	});

	it("strict: does not tell its address to whom it would not answer by the same device", () => {
		expect(onlyPath(ask(line(asymmetric(1)), QUESTION)).verdict).toBe("unreachable");
	});

	it.each([0, 2])("value %i lets it pass where the source has some route", (value) => {
		expect(onlyPath(ask(line(asymmetric(value)), QUESTION)).verdict).not.toBe("dropped");
	});

	it("takes the higher of `all` and the device's own value", () => {
		const files = asymmetric(0);
		const path = onlyPath(
			ask(line({ ...files, sysctl: `${files.sysctl}\nnet.ipv4.conf.all.rp_filter = 1` }, known), QUESTION),
		);
		expect(path.verdict).toBe("dropped");
	});
});

describe("policy routing", () => {
	it("asks rules by mark that iptables set before", () => {
		const files: StackFiles = {
			"ip-rule": "0:\tfrom all lookup local\n100:\tfrom all fwmark 0x1/0x1 lookup 7\n32766:\tfrom all lookup main",
			"ip-route":
				"blackhole default table 7\n10.0.1.0/24 dev left scope link src 10.0.1.254\n10.0.2.0/24 dev right scope link src 10.0.2.254",
			"iptables-save":
				"*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT",
		};
		expect(onlyPath(ask(line(files), QUESTION)).verdict).toBe("dropped");
		expect(onlyPath(ask(line(files), { from: "host/a", to: "10.0.2.2:81" })).verdict).toBe("delivered");
	});

	it("is unknown where a rule was not understood", () => {
		const files: StackFiles = {
			"ip-rule": "0:\tfrom all lookup local\n50:\tfrom all frobnicate lookup 7\n32766:\tfrom all lookup main",
		};
		expect(ask(line(files), QUESTION).verdict).toBe("unknown");
	});
});

describe("a process that asks 127.0.0.1, which NAT leads to another machine", () => {
	const led = (routeLocalnet: 0 | 1): ReturnType<typeof subjectOf> =>
		line(
			{},
			{
				"ip-address": [
					"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n    inet 127.0.0.1/8 scope host lo",
					card(2, "eth0", ["10.0.1.1/24"]),
				].join("\n"),
				sysctl: `net.ipv4.conf.eth0.route_localnet = ${routeLocalnet}`,
				"iptables-save": [
					"*nat",
					":OUTPUT ACCEPT [0:0]",
					":POSTROUTING ACCEPT [0:0]",
					"-A OUTPUT -d 127.0.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.2.2:80",
					"-A POSTROUTING -o eth0 -j MASQUERADE",
					"COMMIT\n",
				].join("\n"),
			},
		);

	// __mkroute_output (net/ipv4/route.c): EINVAL for a loopback source where the outgoing device has no route_localnet.
	it("gets out only where the device has route_localnet", () => {
		const question = { from: "host/a", to: "127.0.0.1:80" };
		const path = onlyPath(ask(led(0), question));
		expect(path.verdict).toBe("unreachable");
		expect(path.reason).toContain("Source 127.0.0.1 cannot leave by eth0: its route_localnet is off");
		expect(onlyPath(ask(led(1), question)).verdict).toBe("delivered");
	});
});
