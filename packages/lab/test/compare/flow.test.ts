/** Which of the captured frames are the probe's, and which is the answer: built frames, one rule each. */
import { address, type Packet, type PredictedWay } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { flowOf } from "../../src/compare/flow.ts";
import { sightingsOf } from "../../src/compare/sighting.ts";
import type { LabPlan } from "../../src/lab-plan.ts";
import type { CapturedFrame } from "../../src/observation.ts";
import * as build from "../frames/frame-builder.ts";

const plan: LabPlan = {
	namespaces: ["a", "n", "b"].map((name) => ({ name, place: `host/${name}` })),
	steps: [],
	needs: new Set(),
	omitted: [],
	programs: [],
	translations: [],
	folded: [],
	carriers: [],
	floods: [],
	ports: [],
};

const client = address("10.0.0.1");
const node = address("192.168.0.1");
const service = address("10.96.0.1");
const server = address("10.0.1.1");

const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132, icmp: 1 } as const;
type Protocol = keyof typeof PROTOCOLS;

/** A packet seen at a namespace's eth0; its time is its place in the list, unless told. */
function seen(
	namespace: string,
	protocol: Protocol,
	src = client,
	dst = service,
	bytes: readonly number[] = [],
	ttl = 64,
) {
	return { namespace, bytes: build.ip({ src, dst, ttl }, PROTOCOLS[protocol], bytes) };
}

function flow(
	sent: Partial<Packet> & Pick<Packet, "protocol">,
	packets: readonly (ReturnType<typeof seen> & { readonly time?: number })[],
	rewrites: PredictedWay["rewrites"] = [],
	takers: readonly string[] = [],
) {
	const frames = packets.map(
		({ namespace, bytes, time }, position): CapturedFrame => ({
			time: time ?? position,
			namespace,
			device: "eth0",
			direction: "out",
			ethernet: false,
			vlan: null,
			bytes: Buffer.from(bytes).toString("base64"),
			length: bytes.length,
		}),
	);
	const base = { family: 4, src: client, dst: service, sport: 40000, dport: 80, ttl: 64, length: 0 } as const;
	const question = { sent: { ...base, dontFragment: true, ...sent }, rewrites };
	const accepted = takers.map((namespace) => ({ namespace }));
	const found = flowOf(question, sightingsOf(frames, plan), accepted);
	return {
		forward: found.forward.map(({ frame }) => frame),
		answer: found.answer === null ? null : [found.answer.kind, found.answer.sightings.map(({ frame }) => frame)],
	};
}

const SYN = 0x02;
const SYN_ACK = 0x12;
const RST_ACK = 0x14;
const segment = (sport: number, dport: number, seq: number, ack: number, flags: number) =>
	build.tcp({ sport, dport, seq, ack, flags });

describe("TCP", () => {
	test("by sequence numbers, over NAT of addresses and ports, at the end of the numbers too", () => {
		const isn = 0xffffffff;
		const packets = [
			seen("a", "tcp", client, service, segment(40000, 80, isn, 0, SYN)),
			seen("n", "tcp", node, server, segment(55555, 8080, isn, 0, SYN)),
			seen("b", "tcp", server, node, segment(8080, 55555, 7, 0, SYN_ACK)),
			seen("a", "tcp", service, client, segment(80, 40000, 7, 0, SYN_ACK)),
		];
		expect(flow({ protocol: "tcp" }, packets)).toEqual({ forward: [0, 1], answer: ["reply", [2, 3]] });
	});

	test("other connections are left alone, BGP's for one", () => {
		const packets = [
			seen("n", "tcp", node, server, segment(41414, 179, 500, 0, SYN)),
			seen("a", "tcp", client, service, segment(40000, 80, 100, 0, SYN)),
			seen("b", "tcp", server, node, segment(179, 41414, 9, 501, SYN_ACK)),
		];
		expect(flow({ protocol: "tcp" }, packets)).toEqual({ forward: [1], answer: null });
	});

	test("a node's own connection that has another port before any device shows it", () => {
		const packets = [
			seen("n", "tcp", node, client, segment(41414, 179, 500, 0, SYN)),
			seen("n", "tcp", node, server, segment(23456, 8080, 100, 0, SYN)),
			seen("b", "tcp", server, node, segment(8080, 23456, 9, 101, SYN_ACK)),
		];
		const because = { code: "dnat", facts: {}, origin: null, hits: [] } as const;
		const after = { address: server, port: 8080 };
		const dnat = { at: "host/n", kind: "dnat", before: { address: service, port: 80 }, after, because } as const;
		expect(flow({ protocol: "tcp", src: node }, packets, [dnat])).toEqual({ forward: [1], answer: ["reply", [2]] });
	});

	test("a SYN that is sent again begins anew and is not counted", () => {
		const syn = segment(40000, 80, 100, 0, SYN);
		const packets = [seen("a", "tcp", client, service, syn), seen("n", "tcp", client, server, syn, 63)];
		expect(flow({ protocol: "tcp" }, [...packets, ...packets])).toEqual({ forward: [0, 1], answer: null });
	});

	test("what is sent again a second later takes a way of its own", () => {
		const syn = segment(40000, 80, 100, 0, SYN);
		const [first, beyond] = [seen("a", "tcp", client, service, syn), seen("n", "tcp", client, server, syn, 63)];
		const later = 1_000_000_000;
		expect(flow({ protocol: "tcp" }, [first, { ...first, time: later }, { ...beyond, time: later + 1 }])).toEqual({
			forward: [0],
			answer: null,
		});
	});

	test("the first answer counts: a reset that ends the connection later is none", () => {
		const packets = [
			seen("a", "tcp", client, service, segment(40000, 80, 100, 0, SYN)),
			seen("a", "tcp", service, client, segment(80, 40000, 7, 101, SYN_ACK)),
			seen("a", "tcp", service, client, segment(80, 40000, 8, 101, RST_ACK)),
		];
		expect(flow({ protocol: "tcp" }, packets).answer).toEqual(["reply", [1]]);
		expect(flow({ protocol: "tcp" }, packets.toSpliced(1, 1)).answer).toEqual(["refusal", [1]]);
	});
});

describe("ICMP errors", () => {
	const syn = segment(40000, 80, 100, 0, SYN);
	const about = build.ip({ src: client, dst: server, ttl: 60 }, 6, syn).slice(0, 28);
	const opening = seen("a", "tcp", client, service, syn);

	test("an error about the opening packet is a refusal", () => {
		const error = seen("n", "icmp", node, client, build.icmpError(3, 1, about));
		expect(flow({ protocol: "tcp" }, [opening, error]).answer).toEqual(["refusal", [1]]);
	});

	test("a stack that gives a neighbour up answers all that waited at once, and the answers mingle on their way", () => {
		const here = seen("b", "icmp", server, client, build.icmpError(3, 1, about));
		const there = seen("a", "icmp", server, client, build.icmpError(3, 1, about), 63);
		expect(flow({ protocol: "tcp" }, [opening, here, here, there, there]).answer).toEqual(["refusal", [1, 3]]);
	});

	test("a redirect refuses nothing, and neither does an error about something else", () => {
		const redirect = seen("n", "icmp", node, client, build.icmpError(5, 1, about));
		const other = build.ip({ src: client, dst: server, ttl: 60 }, 6, segment(40000, 80, 99, 0, SYN));
		const stranger = seen("n", "icmp", node, client, build.icmpError(3, 1, other));
		expect(flow({ protocol: "tcp" }, [opening, redirect, stranger]).answer).toBeNull();
	});
});

describe("UDP", () => {
	const data = [1, 2, 3];

	test("by the data, and the answer by the endpoints, although a server may echo the data", () => {
		const packets = [
			seen("a", "udp", client, service, build.udp(40000, 53, data)),
			seen("n", "udp", node, server, build.udp(50000, 5353, data)),
			seen("b", "udp", server, node, build.udp(5353, 50000, data)),
			seen("a", "udp", service, client, build.udp(53, 40000, data)),
		];
		expect(flow({ protocol: "udp" }, packets)).toEqual({ forward: [0, 1], answer: ["reply", [2, 3]] });
	});

	test("an answer from the address behind the Service is one, though the client will not have it", () => {
		const packets = [
			seen("a", "udp", client, service, build.udp(40000, 53, data)),
			seen("n", "udp", client, server, build.udp(40000, 5353, data)),
			seen("a", "udp", server, client, build.udp(5353, 40000, [9])),
		];
		expect(flow({ protocol: "udp" }, packets).answer).toEqual(["reply", [2]]);
	});
});

describe("UDP, where the server's stack has rules of its own", () => {
	test("an answer that is led elsewhere as it is sent", () => {
		const packets = [
			seen("a", "udp", client, server, build.udp(40000, 53, [1, 2, 3])),
			seen("b", "udp", server, node, build.udp(53, 40000, [9])),
		];
		expect(flow({ protocol: "udp", dst: server, dport: 53 }, packets)).toEqual({
			forward: [0],
			answer: ["reply", [1]],
		});
	});

	test("an answer whose both ends are rewritten as it is sent, by the name of who took the question", () => {
		const named = (name: string) => seen("b", "udp", node, service, build.udp(20000, 40000, [...Buffer.from(name)]));
		const packets = [seen("a", "udp", client, server, build.udp(40000, 53, [1, 2, 3])), named("b"), named("n")];
		expect(flow({ protocol: "udp", dst: server, dport: 53 }, packets, [], ["b"])).toEqual({
			forward: [0],
			answer: ["reply", [1]],
		});
	});

	test("an error about a datagram whose port was drawn before any device showed it, with its own port again", () => {
		const error = (port: number) =>
			build.icmpError(3, 0, build.ip({ src: client, dst: service, ttl: 64 }, 17, build.udp(port, 80, [1])));
		const packets = [
			seen("a", "udp", client, service, build.udp(17132, 80, [1])),
			seen("n", "icmp", node, client, error(17132)),
			seen("a", "icmp", node, client, error(40000)),
		];
		expect(flow({ protocol: "udp" }, packets).answer).toEqual(["refusal", [1, 2]]);
	});
});

describe("SCTP", () => {
	test("by the tag of the INIT", () => {
		const init = (sport: number, dport: number, tag: number) => build.sctp(sport, dport, 0, [build.sctpInit(1, tag)]);
		const packets = [
			seen("n", "sctp", node, server, init(1, 2, 33)),
			seen("a", "sctp", client, service, init(40000, 80, 77)),
			seen("b", "sctp", client, server, init(40000, 8080, 77)),
			seen("b", "sctp", server, client, build.sctp(8080, 40000, 77, [build.sctpInit(2, 5)])),
		];
		expect(flow({ protocol: "sctp" }, packets)).toEqual({ forward: [1, 2], answer: ["reply", [3]] });
		const abort = seen("b", "sctp", server, client, build.sctp(8080, 40000, 77, [[6, 0, 0, 4]]));
		expect(flow({ protocol: "sctp" }, [...packets.slice(0, 3), abort]).answer).toEqual(["refusal", [3]]);
	});
});

describe("echo", () => {
	test("by sequence and data: NAT may change the identifier", () => {
		const data = [1, 2, 3, 4];
		const packets = [
			seen("a", "icmp", client, server, build.echo(8, 7, 1, data)),
			seen("n", "icmp", node, server, build.echo(8, 9, 1, data)),
			seen("b", "icmp", server, node, build.echo(0, 9, 1, data)),
			seen("a", "icmp", server, client, build.echo(0, 7, 1, data)),
			seen("a", "icmp", client, server, build.echo(8, 7, 2, data)),
		];
		expect(flow({ protocol: "icmp", sport: 0, dport: 0 }, packets)).toEqual({
			forward: [0, 1],
			answer: ["reply", [2, 3]],
		});
	});
});

test("nothing of the probe was seen", () => {
	expect(flow({ protocol: "tcp" }, [])).toEqual({ forward: [], answer: null });
});
