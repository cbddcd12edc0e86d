/**
 * Questions to a real kernel: what comes back, who answered, and which frames went where.
 *
 * Errors are those of the socket, as ip(7) and ipv6(7) have them under IP_RECVERR and IPV6_RECVERR; which ICMP message is
 * which error is in the kernel's net/ipv4/icmp.c (icmp_err_convert) and net/ipv6/icmp.c (icmpv6_err_convert, tab_unreach).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, type CapturedFrame, decodeCaptured, openBackend, type Probe } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";
import { buildThreeMachines, FAMILIES, NAMES } from "./three-machines.ts";

/** Long enough for any answer there will be. */
const ANSWER_MS = 2_000;
/** For questions that nobody answers. */
const SILENCE_MS = 50;

onEachKernel(["veth", "conntrack"], ({ kind, features }) => {
	let lab: Backend;
	beforeAll(async () => {
		lab = await openBackend({ kind, needs: new Set(["veth", "conntrack"]) });
		await buildThreeMachines(lab);
		await lab.capture(NAMES);
		await lab.listen([
			{ namespace: "s", protocol: "tcp", port: 80 },
			{ namespace: "s", protocol: "udp", port: 53 },
		]);
		// Neighbours are learned once: what the tests below see are the questions alone.
		await lab.probes(FAMILIES.map(({ server }) => from("c", { protocol: "icmp", destination: server })));
	});
	afterAll(() => lab?.close());

	function from(namespace: string, probe: Omit<Probe, "namespace" | "timeoutMs">): Probe {
		return { namespace, timeoutMs: ANSWER_MS, ...probe };
	}

	describe.each(FAMILIES)("$family", ({ client, server, lost, unreachable, prohibited, family }) => {
		test("a TCP connection is answered by the listener's namespace, which saw the client's address and port", async () => {
			const seen = await lab.probe(from("c", { protocol: "tcp", destination: server, port: 80, sourcePort: 40_000 }));
			expect(seen.result).toEqual({ kind: "answered", by: "s" });
			expect(seen.accepted).toEqual([
				{ namespace: "s", address: server, port: 80, peer: { address: client, port: 40_000 } },
			]);
		});

		test("a datagram is answered too", async () => {
			const seen = await lab.probe(
				from("c", { protocol: "udp", destination: server, port: 53, source: client, sourcePort: 40_001 }),
			);
			expect(seen.result).toEqual({ kind: "answered", by: "s" });
			expect(seen.accepted).toEqual([
				{ namespace: "s", address: server, port: 53, peer: { address: client, port: 40_001 } },
			]);
		});

		test("an echo is answered by the kernel: all that can be said is from which address", async () => {
			const seen = await lab.probe(from("c", { protocol: "icmp", destination: server }));
			expect(seen.result).toEqual({ kind: "answered", by: server });
			expect(seen.accepted).toEqual([]);
		});

		test.each(["tcp", "udp"] as const)("%s to a port that nobody listens on is refused", async (protocol) => {
			const seen = await lab.probe(from("c", { protocol, destination: server, port: 9 }));
			expect(seen.result).toEqual({ kind: "error", code: "ECONNREFUSED" });
		});

		test.each(["tcp", "udp", "icmp"] as const)("%s that is lost on the way meets silence", async (protocol) => {
			const probe = from("c", { protocol, destination: lost, ...(protocol !== "icmp" && { port: 80 }) });
			const seen = await lab.probe({ ...probe, timeoutMs: SILENCE_MS });
			expect(seen.result).toEqual({ kind: "timeout" });
			expect(journey(seen.frames)).toEqual(["c/eth0 out", "r/eth0 in"]);
		});

		test("a router's refusals are errors", async () => {
			const [none, forbidden] = await lab.probes([
				from("c", { protocol: "udp", destination: unreachable, port: 53 }),
				from("c", { protocol: "udp", destination: prohibited, port: 53 }),
			]);
			// RFC 1812 5.2.7.1 and RFC 4443 3.1 have other codes for one thing: host unreachable, and no route.
			expect(none?.result).toEqual({ kind: "error", code: family === "IPv4" ? "EHOSTUNREACH" : "ENETUNREACH" });
			expect(forbidden?.result).toEqual({ kind: "error", code: family === "IPv4" ? "EHOSTUNREACH" : "EACCES" });
		});

		test("without a route nothing is sent", async () => {
			const seen = await lab.probe(
				from("r", { protocol: "udp", destination: family === "IPv4" ? "10.8.0.1" : "fd08::1", port: 53 }),
			);
			expect(seen.result).toEqual({ kind: "error", code: "ENETUNREACH" });
			expect(seen.frames).toEqual([]);
		});

		test("a source that the namespace does not have cannot be used", async () => {
			const seen = await lab.probe(from("c", { protocol: "udp", destination: server, port: 53, source: server }));
			expect(seen.result).toEqual({ kind: "error", code: "EADDRNOTAVAIL" });
		});

		test.each(["udp", "icmp"] as const)(
			"%s with DF that is too long for a cable on the way is told so",
			async (protocol) => {
				const probe = from("c", {
					protocol,
					destination: server,
					size: 1_400,
					...(protocol === "udp" && { port: 53 }),
				});
				expect((await lab.probe({ ...probe, df: true })).result).toEqual({ kind: "error", code: "EMSGSIZE" });
				expect((await lab.probe({ ...probe, df: false })).result.kind).toBe("answered");
			},
		);

		test("a connection's long question arrives whole", async () => {
			const seen = await lab.probe(from("c", { protocol: "tcp", destination: server, port: 80, size: 20_000 }));
			expect(seen.result).toEqual({ kind: "answered", by: "s" });
		});

		test("frames are in the order in which they were on the devices, there and back", async () => {
			const seen = await lab.probe(from("c", { protocol: "udp", destination: server, port: 53 }));
			expect(journey(seen.frames)).toEqual([
				"c/eth0 out",
				"r/eth0 in",
				"r/eth1 out",
				"s/eth0 in",
				"s/eth0 out",
				"r/eth1 in",
				"r/eth0 out",
				"c/eth0 in",
			]);
			const times = seen.frames.map(({ time }) => time);
			expect(times).toEqual(times.toSorted((a, b) => a - b));
			expect(times[0]).toBe(0);
			// Ethernet 14, IPv4 20 or IPv6 40, UDP 8, and eight bytes of question.
			const question = 14 + (family === "IPv4" ? 20 : 40) + 8 + 8;
			expect(seen.frames.filter(({ length }) => length === question).length).toBeGreaterThanOrEqual(4);
			expect(seen.frames.every(({ ethernet, vlan }) => ethernet && vlan === null)).toBe(true);
		});

		test("the router's connections are read before the probe's own is taken down", async () => {
			await lab.run([
				{
					kind: "run",
					namespace: "r",
					argv: [
						family === "IPv4" ? "iptables-legacy" : "ip6tables-legacy",
						"-A",
						"FORWARD",
						"-m",
						"conntrack",
						"--ctstate",
						"INVALID",
					],
				},
			]);
			const sourcePort = family === "IPv4" ? 40_004 : 40_006;
			const probe = from("c", { protocol: "tcp", destination: server, port: 80, sourcePort });
			const seen = await lab.probe({ ...probe, conntrackOf: ["r"] });
			const entry = seen.conntrack.r?.split("\n").find((line) => line.includes(`sport=${sourcePort} `));
			expect(entry).toMatch(/^ipv[46]\s+\d+\s+tcp\s+6\s+\d+\s+ESTABLISHED src=/);
		});
	});

	const sctp = features.has("sctp");
	test.runIf(sctp)(`SCTP, one to one, is answered and refused${sctp ? "" : ": this kernel has none"}`, async () => {
		await lab.listen([{ namespace: "s", protocol: "sctp", port: 80 }]);
		const probes = FAMILIES.flatMap(({ server, client }) =>
			[80, 9].map((port) => from("c", { protocol: "sctp", destination: server, source: client, port })),
		);
		const results = (await lab.probes(probes)).map(({ result }) => result);
		const both = [
			{ kind: "answered", by: "s" },
			{ kind: "error", code: "ECONNREFUSED" },
		];
		expect(results).toEqual([...both, ...both]);
	});

	test("an answer comes from the address that was asked, also when the route would give another", async () => {
		await lab.run([
			{
				kind: "run",
				namespace: "s",
				argv: ["ip", "-b", "-"],
				stdin: "addr add 10.2.0.77/32 dev eth0\naddr add fd02::77/128 dev eth0 nodad\n",
			},
		]);
		await lab.listen([{ namespace: "s", protocol: "udp", port: 53 }]);
		const seen = await lab.probes(
			["10.2.0.77", "fd02::77"].map((destination) => from("c", { protocol: "udp", destination, port: 53 })),
		);
		expect(seen.map(({ result }) => result.kind)).toEqual(["answered", "answered"]);
		expect(seen.flatMap(({ accepted }) => accepted.map(({ address }) => address))).toEqual(["10.2.0.77", "fd02::77"]);
	});

	test("a listener on one address does not answer on another, nor in the other family", async () => {
		await lab.listen([{ namespace: "s", protocol: "tcp", address: "10.2.0.2", port: 80 }]);
		const seen = await lab.probes(
			["10.2.0.2", "fd02::2"].map((destination) => from("c", { protocol: "tcp", destination, port: 80 })),
		);
		expect(seen.map(({ result }) => result)).toEqual([
			{ kind: "answered", by: "s" },
			{ kind: "error", code: "ECONNREFUSED" },
		]);
	});
});

/** Where the probe's own packets were: the kernel's neighbour and group messages come when they like. */
function journey(frames: readonly CapturedFrame[]): readonly string[] {
	const own = frames.filter((frame) => {
		const { content } = decodeCaptured(frame);
		return content.kind === "ip" && ["tcp", "udp", "echo"].includes(content.transport.kind);
	});
	return own.map(({ namespace, device, direction }) => `${namespace}/${device} ${direction}`);
}
