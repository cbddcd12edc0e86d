/** Predictions that are wrong in one thing, each with what is wrong in it. */
import { type Address, address, type Crossing, type Family, type PredictedWay } from "@podpath/core";
import { expectedResults } from "../../src/compare/expected-result.ts";

export interface Mutant {
	readonly what: string;
	readonly way: PredictedWay;
}

const STRANGERS: Readonly<Record<Family, Address>> = { 4: address("10.99.99.99"), 6: address("fd99::99") };

/** All that a kernel can show to be wrong: what no packet, socket or table tells is left out, with the reason. */
export function mutantsOf(way: PredictedWay): readonly Mutant[] {
	const { reply, refusal } = way;
	return [
		...ofCrossings("forward", way.forward, (forward) => ({ ...way, forward })),
		...(reply === null ? [] : ofCrossings("reply", reply, (changed) => ({ ...way, reply: changed }))),
		...(refusal === null
			? []
			: ofCrossings("refusal", refusal.crossings, (crossings) => ({ ...way, refusal: { ...refusal, crossings } }))),
		...(reply === null || reply.length === 0 ? [] : [{ what: "no reply", way: { ...way, reply: null } }]),
		...(refusal === null || refusal.crossings.length === 0
			? []
			: [{ what: "no refusal", way: { ...way, refusal: null } }]),
		...ofVerdict(way),
		...ofServer(way),
		...ofConnections(way),
	];
}

function ofCrossings(
	where: string,
	crossings: readonly Crossing[],
	wayWith: (changed: readonly Crossing[]) => PredictedWay,
): readonly Mutant[] {
	return crossings.flatMap((crossing, i) => {
		// A bridge does not show what it forwards, and a hop while a neighbour is asked for need not be there.
		if (crossing.bridged === true || crossing.passing === true) return [];
		const at = `${where} ${i} (${crossing.at} ${crossing.device ?? ""} ${crossing.direction})`;
		const changed = changesOf(crossing).map(
			([what, each]): Mutant => ({
				what: `${what}: ${at}`,
				way: wayWith(crossings.toSpliced(i, 1, each)),
			}),
		);
		return [
			{ what: `left out: ${at}`, way: wayWith(crossings.toSpliced(i, 1)) },
			{ what: `twice: ${at}`, way: wayWith(crossings.toSpliced(i, 0, crossing)) },
			...(i === 0 ? [] : [{ what: `nothing from here on: ${at}`, way: wayWith(crossings.slice(0, i)) }]),
			...changed,
		];
	});
}

function changesOf(crossing: Crossing): readonly (readonly [what: string, changed: Crossing])[] {
	const { packet, device, direction, ethernet } = crossing;
	const stranger = STRANGERS[packet.family];
	const withPacket = (what: string, change: Partial<typeof packet>) =>
		[what, { ...crossing, packet: { ...packet, ...change } }] as const;
	const { payload: _, ...bare } = packet;
	const anywhere = [
		["another place", { ...crossing, at: device === null ? "vpc/another" : "node/another" }],
		withPacket("another source", { src: stranger }),
		withPacket("another destination", { dst: stranger }),
		...(packet.sport === 0 ? [] : [withPacket("another source port", { sport: 1 })]),
		...(packet.dport === 0 ? [] : [withPacket("another destination port", { dport: 1 })]),
		...(packet.payload === undefined ? [] : [["not wrapped", { ...crossing, packet: bare }] as const]),
	] as const;
	// The lab's own devices and routers are none of the prediction's: their TTLs, tags and MACs say nothing.
	if (device === null) return anywhere;
	return [
		...anywhere,
		["another device", { ...crossing, device: "eth99" }],
		["the other direction", { ...crossing, direction: direction === "in" ? "out" : "in" }],
		withPacket("another TTL", { ttl: packet.ttl - 1 }),
		["a VLAN", { ...crossing, vlan: 999 }],
		...(ethernet === null || ethernet.destination === ""
			? []
			: [["another MAC", { ...crossing, ethernet: { ...ethernet, destination: "02:00:00:00:00:99" } }] as const]),
	];
}

const VERDICTS = ["delivered", "no-reply", "dropped", "refused", "unreachable"] as const;

/** A socket cannot tell apart whatever is silent to it: the hops do. */
function ofVerdict(way: PredictedWay): readonly Mutant[] {
	const same = expectedResults(way).join();
	return VERDICTS.map((verdict) => ({ what: `verdict ${verdict}`, way: { ...way, verdict } })).filter(
		(each) => each.way.verdict !== way.verdict && expectedResults(each.way).join() !== same,
	);
}

/** A program is given a connection only when its answer was answered. */
function ofServer(way: PredictedWay): readonly Mutant[] {
	const { server, verdict } = way;
	if (server === null || verdict !== "delivered") return [];
	const { client, address: own } = server;
	const stranger = STRANGERS[own.address.family];
	return [
		{ what: "another server", way: { ...way, server: { ...server, at: "node/another" } } },
		{ what: "another client", way: { ...way, server: { ...server, client: { ...client, address: stranger } } } },
		{ what: "another client's port", way: { ...way, server: { ...server, client: { ...client, port: 1 } } } },
		{
			what: "another address of the server",
			way: { ...way, server: { ...server, address: { ...own, address: stranger } } },
		},
	];
}

function ofConnections(way: PredictedWay): readonly Mutant[] {
	return way.conntrack.flatMap((connection, i) => {
		const { original, reply, at } = connection;
		const stranger = STRANGERS[original.dst.family];
		const wayWith = (...changed: typeof way.conntrack) => ({
			...way,
			conntrack: way.conntrack.toSpliced(i, 1, ...changed),
		});
		return [
			{ what: `no connection at ${at}`, way: wayWith() },
			{ what: `another answer's source at ${at}`, way: wayWith({ ...connection, reply: { ...reply, src: stranger } }) },
			{ what: `another answer's port at ${at}`, way: wayWith({ ...connection, reply: { ...reply, dport: 1 } }) },
			{
				what: `another destination at ${at}`,
				way: wayWith({ ...connection, original: { ...original, dst: stranger } }),
			},
		];
	});
}
