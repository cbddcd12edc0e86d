/** What a lab says to a question, in the words of the API: no packets, no frames, but lines to be read. */
import type { LabComparison, LabReport, LabRow, Question } from "@podpath/core";
import {
	type Comparison,
	captureOf,
	deviceText,
	type HopRow,
	type LabAnswer,
	type LabPlan,
	type Observation,
	packetText,
	tellingProbe,
	verdictOfLab,
} from "@podpath/lab";

export function labReport(answer: LabAnswer, plan: LabPlan): LabReport {
	const { question, backend, kernel, probed, tally } = answer;
	const told = tellingProbe(answer);
	const capture = told === undefined ? null : captureOf(answer, told, plan);
	return {
		question,
		verdict: verdictOfLab(answer),
		kernel: { backend, release: kernel },
		ways: tally.ways,
		probes: probed.filter(({ observation }) => observation !== null).length,
		comparison: told === undefined ? null : comparisonOf(told.comparison),
		...(told?.observation == null ? { servers: [], conntrack: [] } : ends(told.observation, plan)),
		omitted: plan.omitted,
		capture: capture === null ? null : Buffer.from(capture).toString("base64"),
	};
}

/** No kernel was asked. */
export function unverifiedReport(question: Question, why: string): LabReport {
	const nothing = { ways: [], probes: 0, comparison: null, servers: [], conntrack: [], omitted: [], capture: null };
	return { question, verdict: { kind: "not-verified", why }, kernel: null, ...nothing };
}

function comparisonOf(comparison: Comparison): LabComparison | null {
	if (comparison.kind === "not-compared") return null;
	const { verdict, reason, result, directions, remarks } = comparison;
	return {
		verdict,
		reason,
		result,
		directions: directions.map(({ direction, rows }) => ({ direction, rows: rows.map(rowOf) })),
		divergence: comparison.kind === "differs" ? comparison.divergence : null,
		differences: comparison.kind === "differs" ? comparison.differences : [],
		remarks,
	};
}

function rowOf({ kind, predicted, seen, fields, note }: HopRow): LabRow {
	const at = predicted ?? seen;
	return {
		kind,
		device: at === null ? "" : deviceText(at),
		predicted: predicted === null ? null : packetText(predicted.packet, predicted.vlan),
		observed: seen === null ? null : packetText(seen.packet, seen.vlan),
		fields,
		...(note === undefined ? {} : { note }),
	};
}

function ends({ accepted, conntrack }: Observation, { namespaces }: LabPlan): Pick<LabReport, "servers" | "conntrack"> {
	const placeOf = (name: string): string => namespaces.find((each) => each.name === name)?.place ?? name;
	const socket = (address: string, port: number): string =>
		address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
	return {
		servers: accepted.map(({ namespace, address, port, peer }) => ({
			at: placeOf(namespace),
			address: socket(address, port),
			peer: socket(peer.address, peer.port),
		})),
		conntrack: Object.entries(conntrack).map(([name, text]) => ({ at: placeOf(name), text: text.trimEnd() })),
	};
}
