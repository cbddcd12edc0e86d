/** What a lab says to a question, in the words of the API: no packets, no frames, but lines to be read. */
import {
	type LabComparison,
	type LabDifference,
	type LabReport,
	type LabRow,
	type Language,
	type Question,
	reason,
	type Said,
	worded,
} from "@podpath/core";
import {
	type Comparison,
	captureOf,
	type Difference,
	deviceText,
	type HopRow,
	isAboutHop,
	type LabAnswer,
	type LabPlan,
	type LabVerdict,
	type Observation,
	packetText,
	tellingProbe,
	verdictOfLab,
} from "@podpath/lab";

/** Told in `language`, as far as it is no packet and no name. */
export function labReport(answer: LabAnswer, plan: LabPlan, language: Language = "en"): LabReport {
	const { question, backend, kernel, probed, tally } = answer;
	const told = tellingProbe(answer);
	const capture = told === undefined ? null : captureOf(answer, told, plan);
	return {
		question,
		verdict: toldVerdict(verdictOfLab(answer), language),
		kernel: { backend, release: kernel },
		ways: tally.ways,
		probes: probed.filter(({ observation }) => observation !== null).length,
		comparison: told === undefined ? null : comparisonOf(told.comparison, language),
		...(told?.observation == null ? { servers: [], conntrack: [] } : ends(told.observation, plan)),
		omitted: plan.omitted.map((left) => worded(left, language)),
		capture: capture === null ? null : Buffer.from(capture).toString("base64"),
	};
}

/** No kernel was asked. */
export function unverifiedReport(question: Question, said: Said, language: Language = "en"): LabReport {
	const why = worded(said, language);
	const nothing = { ways: [], probes: 0, comparison: null, servers: [], conntrack: [], omitted: [], capture: null };
	return { question, verdict: { kind: "not-verified", why }, kernel: null, ...nothing };
}

function toldVerdict(verdict: LabVerdict, language: Language): LabReport["verdict"] {
	return verdict.kind === "not-verified" ? { ...verdict, why: worded(verdict.why, language) } : verdict;
}

function comparisonOf(comparison: Comparison, language: Language): LabComparison | null {
	if (comparison.kind === "not-compared") return null;
	const { verdict, because, result, directions, remarks } = comparison;
	return {
		verdict,
		reason: reason(because, language),
		result,
		directions: directions.map(({ direction, rows }) => ({ direction, rows: rows.map((row) => rowOf(row, language)) })),
		divergence: comparison.kind === "differs" ? comparison.divergence : null,
		differences:
			comparison.kind === "differs" ? comparison.differences.map((each) => toldDifference(each, language)) : [],
		remarks: remarks.map((each) => worded(each, language)),
	};
}

function toldDifference({ about, said, predicted, observed }: Difference, language: Language): LabDifference {
	return {
		ofHop: isAboutHop(about),
		about: worded(said, language),
		predicted: worded(predicted, language),
		observed: worded(observed, language),
	};
}

function rowOf({ kind, predicted, seen, fields, note }: HopRow, language: Language): LabRow {
	const at = predicted ?? seen;
	return {
		kind,
		device: at === null ? "" : deviceText(at),
		predicted: predicted === null ? null : packetText(predicted.packet, predicted.vlan),
		observed: seen === null ? null : packetText(seen.packet, seen.vlan),
		fields,
		...(note === undefined ? {} : { note: worded(note, language) }),
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
