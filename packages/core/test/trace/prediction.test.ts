/** What a capture on every device would show: the engine's own packets, frames and all. */
import { describe, expect, it } from "vitest";
import type { Crossing } from "../../src/kernel/walk.ts";
import { type PredictedWay, predict } from "../../src/trace/prediction.ts";
import type { Question } from "../../src/trace/question.ts";
import { card, stack, subjectOf } from "../support/stacks.ts";

function throughRouter(rules: string, question: Partial<Question> = {}): PredictedWay {
	const subject = subjectOf({
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
	const [way] = predict(subject, { protocol: "tcp", from: "host/a", to: "10.0.2.2:80", ...question });
	if (way === undefined) throw new Error("no way");
	return way;
}

const devices = (crossings: readonly Crossing[] | null | undefined): readonly string[] =>
	(crossings ?? []).map(({ at, device, direction }) => `${at} ${device} ${direction}`);

const masquerade = (flags: string): string => `*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o right -j MASQUERADE${flags}
COMMIT
`;

describe("a way as captures show it", () => {
	const way = throughRouter(masquerade(""));

	it("has the frame of each crossing, there and back", () => {
		expect(devices(way.forward)).toEqual(["host/a eth0 out", "node/r left in", "node/r right out", "host/b eth0 in"]);
		expect(devices(way.reply)).toEqual(["host/b eth0 out", "node/r right in", "node/r left out", "host/a eth0 in"]);
		expect(way.forward[1]).toMatchObject({
			ethernet: { source: "02:00:00:00:00:02", destination: "02:00:00:00:00:03" },
			vlan: null,
			packet: { ttl: 64, sport: 40000, tcpFlags: "syn" },
		});
		expect(way.forward[2]?.packet).toMatchObject({ src: { text: "10.0.2.254" }, ttl: 63 });
	});

	it("says whom the server sees, and what the router remembers", () => {
		expect(way.server).toMatchObject({
			at: "host/b",
			address: { address: { text: "10.0.2.2" }, port: 80 },
			client: { address: { text: "10.0.2.254" }, port: 40000 },
		});
		expect(way.conntrack).toMatchObject([
			{ at: "node/r", original: { src: { text: "10.0.1.1" } }, reply: { dst: { text: "10.0.2.254" }, dport: 40000 } },
		]);
	});
});

it("a refusal is the packet that comes back, and whether it does", () => {
	const reject = "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\nCOMMIT\n";
	const way = throughRouter(reject);
	expect(way).toMatchObject({ verdict: "refused", endedAt: "node/r", code: "rule-reject", reply: null, server: null });
	expect(way.refusal).toMatchObject({ cameBack: true, packet: { tcpFlags: "rst" } });
	expect(devices(way.refusal?.crossings)).toEqual(["node/r left out", "host/a eth0 in"]);
});

// nf_nat_l4proto_unique_tuple in net/netfilter/nf_nat_core.c: the classes below 512, below 1024, and the rest.
describe("a port that the kernel draws at random", () => {
	it.each([
		["", 40000, undefined],
		[" --random-fully", 40000, { from: 1024, to: 65535 }],
		[" --random-fully", 700, { from: 600, to: 1023 }],
		[" --random", 500, { from: 1, to: 511 }],
		[" --to-ports 5000-6000 --random", 40000, { from: 5000, to: 6000 }],
	])("MASQUERADE%s from port %i", (flags, sourcePort, ports) => {
		const ofTcp = masquerade(flags).replace("-o right", "-o right -p tcp");
		expect(throughRouter(ofTcp, { sourcePort }).rewrites.map(({ randomPort }) => randomPort)).toEqual([ports]);
	});
});
