/** Predicted connections against what a namespace's connection tracking table holds. */
import {
	formatEndpoint,
	InputError,
	type Packet,
	type Phrase,
	type Place,
	type PredictedWay,
	parseConntrack,
	phrase,
	type Tuple,
} from "@podpath/core";
import type { LabPlan } from "../lab-plan.ts";
import type { Observation } from "../observation.ts";
import { hasPorts } from "./packet-difference.ts";
import type { PortBinding } from "./port-binding.ts";
import type { SeenHop } from "./seen-hop.ts";
import { innermost } from "./sighting.ts";

export interface ConnectionDifference {
	readonly at: Place;
	/** As `conntrack -L` prints them, one a line; empty: none. */
	readonly predicted: readonly string[];
	readonly observed: readonly string[];
}

interface Connection {
	readonly original: Tuple;
	readonly reply: Tuple;
}

export interface TableReading {
	readonly differences: readonly ConnectionDifference[];
	/** Tables that were not compared, each with the reason. */
	readonly remarks: readonly Phrase[];
}

/** Compares the tables that were read back, as far as they hold this packet's connections. */
export function compareConnections(
	way: PredictedWay,
	observation: Observation,
	plan: LabPlan,
	forward: readonly SeenHop[],
	ports: PortBinding,
): TableReading {
	const differences: ConnectionDifference[] = [];
	const remarks: Phrase[] = [];
	// A node's own packet may be another before any device shows it.
	const sent = new Set([way.sent, ...forward.map(({ packet }) => innermost(packet))].map(endsOf));
	for (const { name, place } of plan.namespaces) {
		const table = observation.conntrack[name];
		if (table === undefined) continue;
		const read = readTable(table, place);
		if ("phrase" in read) {
			remarks.push(read);
			continue;
		}
		const predicted = way.conntrack.filter(({ at }) => at === place);
		const { missing, left } = pairUp(predicted, read, ports);
		// Every round of a loop makes its own.
		const others = way.verdict === "loop" ? [] : left.filter((each) => sent.has(endsOf(each.original)));
		if (missing.length === 0 && others.length === 0) continue;
		differences.push({
			at: place,
			predicted: predicted.map((each) => formatConnection(each, ports)),
			observed: read
				.filter((each) => !left.includes(each) || others.includes(each))
				.map((each) => formatConnection(each)),
		});
	}
	return { differences, remarks };
}

/** A sentence where the table cannot be compared. */
function readTable(table: string, place: Place): readonly Connection[] | Phrase {
	try {
		const { entries, notUnderstood } = parseConntrack(table, `conntrack of ${place}`);
		const [first] = notUnderstood;
		return first === undefined ? entries : phrase("tables-not-compared", { place, why: phrase("line-and-why", first) });
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return phrase("tables-not-compared", { place, why: error.message });
	}
}

/** Gives each predicted connection one of the table's own. */
function pairUp(
	predicted: readonly Connection[],
	table: readonly Connection[],
	ports: PortBinding,
): { readonly missing: readonly Connection[]; readonly left: readonly Connection[] } {
	const left = [...table];
	const missing = predicted.filter((wanted) => {
		const position = left.findIndex((each) => sameConnection(wanted, each, ports));
		if (position >= 0) left.splice(position, 1);
		return position < 0;
	});
	return { missing, left };
}

function sameConnection(wanted: Connection, got: Connection, ports: PortBinding): boolean {
	return ports.fitsTogether(
		() => sameTuple(wanted.original, got.original, ports) && sameTuple(wanted.reply, got.reply, ports),
	);
}

function sameTuple(wanted: Tuple, got: Tuple, ports: PortBinding): boolean {
	return (
		wanted.protocol === got.protocol &&
		wanted.src.text === got.src.text &&
		wanted.dst.text === got.dst.text &&
		(!hasPorts(wanted.protocol) ||
			(fitsPort(wanted.src, wanted.sport, got.sport, ports) && fitsPort(wanted.dst, wanted.dport, got.dport, ports)))
	);
}

/** A tunnel draws its port from a hash of the packet inside, which the engine shows as 0 (udp_flow_src_port). */
function fitsPort(address: Tuple["src"], wanted: number, got: number, ports: PortBinding): boolean {
	return wanted === 0 || ports.fits(address, wanted, got);
}

function endsOf({ protocol, src, sport, dst, dport }: Pick<Packet, keyof Tuple>): string {
	return hasPorts(protocol)
		? `${protocol} ${formatEndpoint(src, sport)} ${formatEndpoint(dst, dport)}`
		: `${protocol} ${src.text} ${dst.text}`;
}

/** `tcp 10.0.0.1:40000 > 10.96.0.1:80, answers 10.1.0.2:8080 > 10.0.0.1:40000` */
function formatConnection({ original, reply }: Connection, ports?: PortBinding): string {
	return `${original.protocol} ${formatTuple(original, ports)}, answers ${formatTuple(reply, ports)}`;
}

function formatTuple({ protocol, src, sport, dst, dport }: Tuple, ports?: PortBinding): string {
	if (!hasPorts(protocol)) return `${src.text} > ${dst.text}`;
	const shown = (address: Tuple["src"], port: number): string =>
		formatEndpoint(address, ports?.shown(address, port) ?? port);
	return `${shown(src, sport)} > ${shown(dst, dport)}`;
}
