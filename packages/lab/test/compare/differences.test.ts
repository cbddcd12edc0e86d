/** A prediction that is wrong in anything is found out: recordings that agree, against predictions with one thing changed. */
import { address, type Crossing, type Phrase, type PredictedWay, worded } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { compareWay, compareWays } from "../../src/compare/compare.ts";
import type { Comparison, Disagreement } from "../../src/compare/comparison.ts";
import { inOrder } from "../../src/compare/sighting.ts";
import { tally } from "../../src/compare/tally.ts";
import type { LabPlan } from "../../src/lab-plan.ts";
import type { CapturedFrame, Observation } from "../../src/observation.ts";
import { askRouter, askVxlan, observed, routerPlan, vxlanPlan } from "./recorded-networks.ts";

const nat = (flags: string) => `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.2.2:8080
-A POSTROUTING -o right -p tcp -j MASQUERADE${flags}
COMMIT
`;

function only(ways: readonly PredictedWay[]): PredictedWay {
	const [way] = ways;
	if (way === undefined) throw new Error("no way");
	return way;
}

const viaNat = only(askRouter({ rules: nat("") }, { protocol: "tcp", to: "192.0.2.1:80", sourcePort: 41006 }));
const viaVxlan = only(askVxlan({ protocol: "tcp", to: "10.244.2.0:8080", sourcePort: 41020 }));

/** Each frame arrives at the time at which it left. */
function inSteps(frames: readonly CapturedFrame[]): readonly CapturedFrame[] {
	let left = 0;
	return [...frames]
		.sort((a, b) => a.time - b.time)
		.map((frame) => {
			if (frame.direction === "out") left = frame.time;
			return { ...frame, time: left };
		});
}

/** With its phrases in English. */
function inWords(of: unknown): unknown {
	return JSON.parse(
		JSON.stringify(of, (_, value: unknown) =>
			typeof value === "object" && value !== null && "phrase" in value ? worded(value as Phrase) : value,
		),
	);
}

function differing(comparison: Comparison): Disagreement {
	if (comparison.kind !== "differs") throw new Error(`it ${comparison.kind}`);
	return comparison;
}

/** The way with one crossing of a direction changed. */
function changed(way: PredictedWay, position: number, change: (crossing: Crossing) => Crossing): PredictedWay {
	return { ...way, forward: way.forward.map((each, i) => (i === position ? change(each) : each)) };
}

describe("of a hop", () => {
	const OTHER = address("10.9.9.9");
	test.each<readonly [string, (crossing: Crossing) => Crossing, string]>([
		["another device", (hop) => ({ ...hop, device: "eth9" }), "forward hop 3 (node/r eth9 out)"],
		["TTL", (hop) => ({ ...hop, packet: { ...hop.packet, ttl: 62 } }), "forward hop 3 (node/r right out), ttl"],
		[
			"source address",
			(hop) => ({ ...hop, packet: { ...hop.packet, src: OTHER } }),
			"forward hop 3 (node/r right out), source",
		],
		[
			"source port: Linux keeps it where it is free",
			(hop) => ({ ...hop, packet: { ...hop.packet, sport: 41999 } }),
			"forward hop 3 (node/r right out), source",
		],
		[
			"destination port",
			(hop) => ({ ...hop, packet: { ...hop.packet, dport: 81 } }),
			"forward hop 3 (node/r right out), destination",
		],
		["VLAN tag", (hop) => ({ ...hop, vlan: 100 }), "forward hop 3 (node/r right out), vlan"],
		[
			"MAC",
			(hop) => ({ ...hop, ethernet: { source: hop.ethernet?.source ?? "", destination: "02:00:00:00:00:99" } }),
			"forward hop 3 (node/r right out), destination MAC",
		],
	])("%s", (_what, change, about) => {
		const comparison = differing(compareWay(changed(viaNat, 2, change), observed("nat-plain"), routerPlan));
		expect(comparison.differences[0]?.about).toBe(about);
		expect(comparison.divergence).toEqual({ direction: "forward", row: 2 });
	});

	test.each<readonly [string, (crossing: Crossing) => Crossing, string]>([
		["VNI", (hop) => withVxlan(hop, (vxlan) => ({ ...vxlan, vni: 2 })), "VNI"],
		["inner TTL", (hop) => withVxlan(hop, (vxlan) => withInner(vxlan, { ttl: 9 })), "inner ttl"],
		[
			"inner MAC",
			(hop) => withVxlan(hop, (vxlan) => ({ ...vxlan, frame: { ...vxlan.frame, source: "02:00:00:00:00:99" } })),
			"inner source MAC",
		],
		["no encapsulation", (hop) => ({ ...hop, packet: viaVxlan.sent }), "protocol, ttl, encapsulation"],
	])("inside a tunnel: %s", (_what, change, field) => {
		const comparison = differing(compareWay(changed(viaVxlan, 1, change), observed("vxlan"), vxlanPlan));
		expect(comparison.differences[0]?.about).toContain("forward hop 2 (node/n1 eth0 out)");
		expect(field.split(", ").some((each) => comparison.differences[0]?.about.includes(each))).toBe(true);
	});

	test("a hop that was not predicted, and one that was not seen", () => {
		const short = { ...viaNat, forward: viaNat.forward.filter((_, i) => i !== 1) };
		expect(inWords(differing(compareWay(short, observed("nat-plain"), routerPlan)).differences[0])).toMatchObject({
			about: "forward hop 2 (node/r left in)",
			predicted: "no packet",
		});
		const long = { ...viaNat, forward: [...viaNat.forward, ...viaNat.forward.slice(-1)] };
		expect(inWords(differing(compareWay(long, observed("nat-plain"), routerPlan)).differences[0])).toMatchObject({
			about: "forward hop 5 (host/b eth0 in)",
			observed: "no packet",
		});
	});

	test("a reply that was not predicted, and one that did not come", () => {
		const silent = { ...viaNat, reply: [] };
		expect(differing(compareWay(silent, observed("nat-plain"), routerPlan)).divergence).toEqual({
			direction: "answer",
			row: 0,
		});
		const answered = only(askRouter({}, { protocol: "tcp", to: "10.0.2.2:8080", sourcePort: 41010 }));
		expect(differing(compareWay(answered, observed("drop"), routerPlan)).differences.map(({ about }) => about)).toEqual(
			["forward hop 3 (node/r right out)", "answer hop 1 (host/b eth0 out)", "result", "server"],
		);
	});

	type Vxlan = Extract<NonNullable<PredictedWay["sent"]["payload"]>, { kind: "vxlan" }>;

	function withVxlan(hop: Crossing, change: (vxlan: Vxlan) => Vxlan): Crossing {
		const { payload } = hop.packet;
		if (payload?.kind !== "vxlan") throw new Error("no VXLAN here");
		return { ...hop, packet: { ...hop.packet, payload: change(payload) } };
	}

	function withInner(vxlan: Vxlan, packet: Partial<PredictedWay["sent"]>): Vxlan {
		return { ...vxlan, frame: { ...vxlan.frame, packet: { ...vxlan.frame.packet, ...packet } } };
	}
});

describe("of what the ends and the tables say", () => {
	const about = (way: PredictedWay): readonly string[] =>
		differing(compareWay(way, observed("nat-plain"), routerPlan)).differences.map((each) => each.about);

	test("the verdict", () => {
		expect(about({ ...viaNat, verdict: "no-reply" })).toEqual(["result", "server"]);
	});

	test("the client that the server sees", () => {
		const { server } = viaNat;
		if (server === null) throw new Error("no server");
		const client = { ...server.client, address: address("10.0.1.1") };
		expect(about({ ...viaNat, server: { ...server, client } })).toEqual(["server"]);
		expect(about({ ...viaNat, server: { ...server, at: "host/a" } })).toEqual(["server"]);
	});

	test("a connection that is missing, is there against the prediction, or is another", () => {
		const ofOther = viaNat.conntrack.map((each) => ({ ...each, reply: { ...each.reply, sport: 8081 } }));
		expect(about({ ...viaNat, conntrack: [] })).toEqual(["connections of node/r"]);
		expect(about({ ...viaNat, conntrack: [...viaNat.conntrack, ...ofOther] })).toEqual(["connections of node/r"]);
		expect(about({ ...viaNat, conntrack: ofOther })).toEqual(["connections of node/r"]);
	});

	test("other probes' connections in the table are none of this one's", () => {
		const way = only(
			askRouter({ rules: nat(" --random-fully") }, { protocol: "tcp", to: "192.0.2.1:80", sourcePort: 41007 }),
		);
		expect(observed("nat-random").conntrack.r?.split("\n")).toHaveLength(3);
		expect(compareWay(way, observed("nat-random"), routerPlan).kind).toBe("agrees");
		const plain = { ...way, rewrites: way.rewrites.map(({ randomPort: _, ...rest }) => rest) };
		expect(differing(compareWay(plain, observed("nat-random"), routerPlan)).differences[0]?.about).toBe(
			"forward hop 3 (node/r right out), source",
		);
	});

	test("a table that cannot be read is not compared, and said to be", () => {
		const garbled: Observation = { ...observed("nat-plain"), conntrack: { r: "conntrack: command not found" } };
		const comparison = compareWay({ ...viaNat, conntrack: [] }, garbled, routerPlan);
		expect(inWords(comparison)).toMatchObject({
			kind: "agrees",
			remarks: [expect.stringContaining("node/r are not compared")],
		});
	});
});

describe("what is not compared", () => {
	test.each([
		["unknown", { verdict: "unknown", reason: "a rule is not understood" } as const, "a rule is not understood"],
		[
			"what leaves before any device",
			{ verdict: "exits", forward: [], reason: "leaves by eth0" } as const,
			"leaves by eth0",
		],
		["a client outside", { client: null } as const, "from outside"],
		["a client that the lab has not", { client: "pod/default/x" } as const, "pod/default/x"],
	])("%s", (_what, change, why) => {
		const comparison = compareWay({ ...viaNat, ...change }, observed("nat-plain"), routerPlan);
		expect(inWords(comparison)).toMatchObject({ kind: "not-compared", why: expect.stringContaining(why) });
	});

	test("a machine that the lab has not", () => {
		const plan = { ...routerPlan, namespaces: routerPlan.namespaces.filter(({ name }) => name !== "b") };
		expect(inWords(compareWay(viaNat, observed("nat-plain"), plan))).toMatchObject({ why: "the lab has no host/b" });
	});
});

describe("several ways", () => {
	const elsewhere = changed(viaNat, 2, (hop) => ({ ...hop, device: "other" }));
	const far = { ...elsewhere, reply: [] };
	const unknown = { ...viaNat, verdict: "unknown", reason: "it may be this one" } as const;

	test("the one that fits is found, wherever it stands", () => {
		expect(compareWays([far, elsewhere, viaNat], observed("nat-plain"), routerPlan)).toMatchObject({
			kind: "agrees",
			way: 2,
		});
	});

	test("where none fits the nearest is shown", () => {
		expect(compareWays([far, elsewhere], observed("nat-plain"), routerPlan)).toMatchObject({ kind: "differs", way: 1 });
	});

	test("where one is unknown it may have been that one", () => {
		expect(compareWays([far, unknown], observed("nat-plain"), routerPlan).kind).toBe("not-compared");
	});

	test("a tally says how often each was seen", () => {
		const ways = [viaNat, elsewhere, far];
		const once = compareWays(ways, observed("nat-plain"), routerPlan);
		const wrong = compareWays([elsewhere], observed("nat-plain"), routerPlan);
		expect(tally(ways, [once, once, wrong, { kind: "not-compared", why: "" }])).toMatchObject({
			ways: [{ seen: 2 }, { seen: 0 }, { seen: 0 }],
			neverSeen: [1, 2],
			disagreements: [{ kind: "differs" }],
			notCompared: 1,
		});
	});
});

describe("what is no difference", () => {
	const recorded = observed("nat-plain");
	const last = recorded.frames.filter(({ device }) => device === "right").find(({ direction }) => direction === "out");
	const copyAt = (place: Partial<CapturedFrame>): CapturedFrame => ({ ...(last as CapturedFrame), ...place });

	describe("copies that a bridge flooded", () => {
		const namespaces = [...routerPlan.namespaces, { name: "c", place: "host/c" }];
		const at = { place: "host/c", device: "eth0", direction: "in", above: [] } as const;
		const compareWith = (copy: CapturedFrame, floods: LabPlan["floods"]) =>
			compareWay(viaNat, { ...recorded, frames: [...recorded.frames, copy] }, { ...routerPlan, namespaces, floods });
		const arrived = copyAt({ namespace: "c", device: "eth0", direction: "in" });

		test("to machines that are not on the way", () => {
			const comparison = compareWith(arrived, [at]);
			expect(comparison).toMatchObject({ kind: "agrees" });
			expect(JSON.stringify(inWords(comparison))).toContain("a copy that a bridge flooded");
		});

		test("but not where no bridge leads, and not what a machine sends on", () => {
			expect(compareWith(arrived, []).kind).toBe("differs");
			expect(compareWith(arrived, [{ ...at, device: "eth1" }]).kind).toBe("differs");
			expect(compareWith({ ...arrived, direction: "out" }, [at]).kind).toBe("differs");
		});

		test("but not what a device handed to one on the way that stands on it", () => {
			const above = [{ place: "host/b", device: "eth0" }];
			expect(compareWith(arrived, [{ ...at, above }]).kind).toBe("differs");
		});

		test("but not by a VLAN's device alone", () => {
			expect(compareWith(arrived, [{ ...at, lower: "eth9" }]).kind).toBe("differs");
		});

		test("but not where the packet ends: what arrives there is the packet", () => {
			const last = recorded.frames.filter(({ namespace }) => namespace === "b").map(({ device }) => device)[0] ?? "";
			const shorter = { ...viaNat, forward: viaNat.forward.slice(0, -1) };
			const floods = [{ place: "host/b", device: last, direction: "in", above: [] } as const];
			expect(compareWay(shorter, recorded, { ...routerPlan, floods }).kind).toBe("differs");
		});
	});

	test("but a packet that went on from there with another TTL is one", () => {
		const plan = { ...routerPlan, namespaces: [...routerPlan.namespaces, { name: "c", place: "host/c" }] };
		const bytes = Buffer.from(copyAt({}).bytes, "base64");
		bytes[14 + 8] = 60;
		const strange = copyAt({ namespace: "c", device: "eth0", bytes: bytes.toString("base64") });
		const comparison = compareWay(viaNat, { ...recorded, frames: [...recorded.frames, strange] }, plan);
		expect(comparison.kind).toBe("differs");
	});

	test("the order in which namespaces were read, where times are equal: machines come before pods", () => {
		const arriving = recorded.frames.filter(({ direction }) => direction === "in");
		const atOnce = arriving.map((frame) => ({ ...frame, time: 0 }));
		const [r, a, b] = ["r", "a", "b"].map((name) => atOnce.filter(({ namespace }) => namespace === name));
		const asRead = sortedByPlan({ ...recorded, frames: [...(a ?? []), ...(b ?? []), ...(r ?? [])] });
		expect(asRead.slice(0, (r ?? []).length)).toEqual((r ?? []).map(({ namespace }) => namespace));
	});

	test("a coarse clock gives both ends of a cable one time: what leaves comes before what arrives", () => {
		const comparison = compareWay(viaNat, { ...recorded, frames: inSteps(recorded.frames) }, routerPlan);
		expect(comparison).toMatchObject({ kind: "agrees" });
	});

	function sortedByPlan(observation: Observation): readonly string[] {
		return inOrder(observation.frames, routerPlan).map(({ frame }) => frame.namespace);
	}

	test("a fabric device that another does the work of, but not one that nothing stands for", () => {
		const namespaces = vxlanPlan.namespaces.filter(({ name }) => name !== "sw");
		const plan = { ...vxlanPlan, ports: [], namespaces };
		expect(compareWay(viaVxlan, observed("vxlan"), { ...plan, folded: ["segment/lan"] })).toMatchObject({
			kind: "agrees",
		});
		expect(compareWay(viaVxlan, observed("vxlan"), plan).kind).toBe("differs");
	});
});

describe("an eBPF program, which the lab has not got", () => {
	const plan = {
		...routerPlan,
		programs: [{ place: "node/r", device: "left", name: "cil_from_container", stoodInFor: false }],
	};
	const observation = observed("nat-plain");

	test("lets the packet pass as it is: compared, and said", () => {
		expect(inWords(compareWay(viaNat, observation, plan))).toMatchObject({
			kind: "agrees",
			remarks: ["without eBPF programs, which let this packet pass unchanged: cil_from_container on left of node/r"],
		});
	});

	test("does something to the packet: nothing is compared", () => {
		const what = "program cil_from_container (eBPF), by its documented effect: 192.0.2.1:80 becomes 10.0.2.2:8080";
		const way = {
			...viaNat,
			documented: [{ at: "node/r", program: "cil_from_container", technology: "eBPF" as const, what }],
		};
		expect(inWords(compareWay(way, observation, plan))).toEqual({
			kind: "not-compared",
			why: `the lab has not got what decides at node/r, an eBPF program of the CNI's: ${what}`,
		});
	});

	test("does something to the packet that tc filters do as well: compared, and said", () => {
		const standingIn = { ...plan, programs: plan.programs.map((each) => ({ ...each, stoodInFor: true })) };
		const way = {
			...viaNat,
			documented: [{ at: "node/r", program: "cil_from_container", technology: "eBPF" as const, what: "" }],
		};
		expect(inWords(compareWay(way, observation, standingIn))).toMatchObject({
			kind: "agrees",
			remarks: [
				"tc filters stand in for eBPF programs, by their documented effect: cil_from_container on left of node/r",
			],
		});
	});

	test("is on a device that the packet does not cross: nothing is said", () => {
		const elsewhere = {
			...plan,
			programs: [{ place: "node/r", device: "other", name: "cil_from_container", stoodInFor: false }],
		};
		expect(compareWay(viaNat, observation, elsewhere)).toMatchObject({ kind: "agrees", remarks: [] });
	});
});
