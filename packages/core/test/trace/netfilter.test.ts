/** iptables on a router: hooks in order, NAT there and back, refusals. */
import { describe, expect, it } from "vitest";
import { ask, card, linksOf, onlyPath, stack, subjectOf } from "../support/stacks.ts";

function router(rules: string): ReturnType<typeof subjectOf> {
	return subjectOf({
		namespaces: [
			stack("host/a", {
				"ip-address": card(2, "eth0", ["10.0.1.1/24"]),
				"ip-route": "default via 10.0.1.254 dev eth0\n10.0.1.0/24 dev eth0 scope link src 10.0.1.1",
			}),
			stack("node/r", {
				"ip-address": [card(3, "left", ["10.0.1.254/24"]), card(4, "right", ["10.0.2.254/24"])].join("\n"),
				"ip-route": "10.0.1.0/24 dev left scope link src 10.0.1.254\n10.0.2.0/24 dev right scope link src 10.0.2.254",
				sysctl: "net.ipv4.ip_forward = 1",
				"iptables-save": rules,
			}),
			// The server knows no way back but to its own subnet.
			stack("host/b", {
				"ip-address": card(5, "eth0", ["10.0.2.2/24"]),
				"ip-route": "10.0.2.0/24 dev eth0 scope link src 10.0.2.2",
			}),
		],
		wires: [
			{ from: { place: "host/a", device: "eth0" }, to: { kind: "device", place: "node/r", device: "left" } },
			{ from: { place: "host/b", device: "eth0" }, to: { kind: "device", place: "node/r", device: "right" } },
		],
	});
}

const table = (name: string, ...lines: string[]): string => `*${name}\n${lines.join("\n")}\nCOMMIT\n`;

describe("NAT (nf_nat_core.c)", () => {
	const nat = table(
		"nat",
		":PREROUTING ACCEPT [0:0]",
		":POSTROUTING ACCEPT [0:0]",
		"-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.2.2:8080",
		"-A POSTROUTING -s 10.0.1.0/24 -o right -j MASQUERADE",
	);

	it("rewrites on the way there and undoes it on the way back", () => {
		const path = onlyPath(ask(router(nat), { from: "host/a", to: "192.0.2.1:80" }));
		expect(path.verdict).toBe("delivered");
		expect(path.nat.map(({ kind, from, to }) => `${kind} ${from} > ${to}`)).toEqual([
			"dnat 192.0.2.1:80 > 10.0.2.2:8080",
			"masquerade 10.0.1.1:40000 > 10.0.2.254:40000",
		]);
		expect(path.conntrack).toEqual([
			{
				at: "node/r",
				protocol: "tcp",
				original: { src: "10.0.1.1", sport: 40000, dst: "192.0.2.1", dport: 80 },
				reply: { src: "10.0.2.2", sport: 8080, dst: "10.0.2.254", dport: 40000 },
			},
		]);
		expect(path.reply?.hops.at(-1)?.packet).toMatchObject({
			src: "192.0.2.1",
			sport: 80,
			dst: "10.0.1.1",
			dport: 40000,
		});
		expect(path.clientAddress).toEqual({ preserved: false, seen: "10.0.2.254", lostAt: "node/r", by: "masquerade" });
	});

	it("is set up by the first packet alone: the filter table sees the new destination", () => {
		const filter = table(
			"filter",
			":FORWARD DROP [0:0]",
			"-A FORWARD -d 10.0.2.2/32 -p tcp -m tcp --dport 8080 -j ACCEPT",
			"-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT",
		);
		expect(onlyPath(ask(router(nat + filter), { from: "host/a", to: "192.0.2.1:80" })).verdict).toBe("delivered");
	});

	it("keeps the client waiting when the answer is dropped", () => {
		const filter = table("filter", ":FORWARD ACCEPT [0:0]", "-A FORWARD -m conntrack --ctstate ESTABLISHED -j DROP");
		const path = onlyPath(ask(router(nat + filter), { from: "host/a", to: "192.0.2.1:80" }));
		expect(path.verdict).toBe("no-reply");
		expect(path.reason).toContain("Dropped by a rule");
	});
});

describe("refusals", () => {
	it("REJECT is answered from the router, and leaves no connection", () => {
		const filter = table(
			"filter",
			":FORWARD ACCEPT [0:0]",
			"-A FORWARD -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable",
			"-A FORWARD -m conntrack --ctstate INVALID -j DROP",
		);
		const path = onlyPath(ask(router(filter), { from: "host/a", to: "10.0.2.2:80" }));
		expect(path.verdict).toBe("refused");
		expect(path.conntrack).toEqual([]);
		expect(linksOf(path.refusal)).toBe("r/left a/eth0");
		expect(path.refusal?.hops.at(-1)?.packet).toMatchObject({
			src: "10.0.1.254",
			dst: "10.0.1.1",
			icmp: { type: 3, code: 3 },
		});
	});

	it("a refusal that does not come back is silence", () => {
		const filter = table(
			"filter",
			":FORWARD ACCEPT [0:0]",
			":OUTPUT ACCEPT [0:0]",
			"-A FORWARD -p tcp -j REJECT --reject-with tcp-reset",
			"-A OUTPUT -p tcp -j DROP",
		);
		expect(onlyPath(ask(router(filter), { from: "host/a", to: "10.0.2.2:80" })).verdict).toBe("dropped");
	});

	it("says whose rule dropped the packet", () => {
		const filter = table(
			"filter",
			":FORWARD ACCEPT [0:0]",
			":MINE - [0:0]",
			"-A FORWARD -j MINE",
			'-A MINE -p tcp -m comment --comment "no web" -m tcp --dport 80 -j DROP',
		);
		const path = onlyPath(ask(router(filter), { from: "host/a", to: "10.0.2.2:80" }));
		expect(path.verdict).toBe("dropped");
	});
});

describe("what cannot be evaluated", () => {
	it("makes the verdict unknown, naming it", () => {
		const filter = table("filter", ":FORWARD ACCEPT [0:0]", "-A FORWARD -m frobnicate --level 9 -j DROP");
		const path = onlyPath(ask(router(filter), { from: "host/a", to: "10.0.2.2:80" }));
		expect(path.verdict).toBe("unknown");
		expect(path.reason).toContain("frobnicate");
	});

	it("does not matter to packets that never meet it", () => {
		const filter = table("filter", ":FORWARD ACCEPT [0:0]", "-A FORWARD -p udp -m frobnicate --level 9 -j DROP");
		expect(onlyPath(ask(router(filter), { from: "host/a", to: "10.0.2.2:80" })).verdict).not.toBe("unknown");
	});
});

describe("a dump of which a line may be lost", () => {
	const whole = table("filter", ":FORWARD ACCEPT [0:0]");

	it.each([
		["a table that nobody knows", `${whole}*filtre\n-A FORWARD -j DROP\nCOMMIT\n`, ':4 "*filtre" may be a rule'],
		["a policy that nobody knows", "*filter\n:FORWARD DRO\nCOMMIT\n", ':2 ":FORWARD DRO" may be a rule'],
		["a line that is no rule", table("filter", ":FORWARD ACCEPT [0:0]", "FORWARD -j DROP"), ':3 "FORWARD -j DROP"'],
	])("decides nothing: %s", (_, rules, told) => {
		const path = onlyPath(ask(router(rules), { from: "host/a", to: "10.0.2.2:80" }));
		expect(path.verdict).toBe("unknown");
		expect(path.reason).toContain(told);
	});

	it("as a rule that stands in its chain decides nothing only for packets that meet it", () => {
		const odd = (match: string): string =>
			table("filter", ":FORWARD ACCEPT [0:0]", `-A FORWARD ${match} -m dice --roll 6 -j DROP`);
		expect(ask(router(odd("-p udp")), { from: "host/a", to: "10.0.2.2:80" }).verdict).not.toBe("unknown");
		expect(ask(router(odd("-p tcp")), { from: "host/a", to: "10.0.2.2:80" }).verdict).toBe("unknown");
	});
});
