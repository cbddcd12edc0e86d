/** One probe's observation against what the engine predicted for it. */
import { type Crossing, type Phrase, type Place, type PredictedWay, phrase, type Said, worded } from "@podpath/core";
import type { LabPlan, LabProgram } from "../lab-plan.ts";
import type { Observation } from "../observation.ts";
import { type ComparedDirection, type Comparison, type Difference, type Divergence, isAboutHop } from "./comparison.ts";
import { compareConnections, type TableReading } from "./connections.ts";
import { expectedResults, wordOf } from "./expected-result.ts";
import { type Flow, flowOf } from "./flow.ts";
import type { HopRow, RowContext } from "./hop-row.ts";
import { hopRows } from "./hop-rows.ts";
import { deviceText, packetText } from "./hop-text.ts";
import { PortBinding } from "./port-binding.ts";
import { seenHops } from "./seen-hop.ts";
import { compareServer } from "./server-side.ts";
import { sightingsOf } from "./sighting.ts";

/**
 * Compares with the way that the observation fits. Where it fits none, the nearest is shown, unless the prediction itself
 * leaves open what some way does. The probe has to be sent from the predicted source port.
 */
export function compareWays(ways: readonly PredictedWay[], observation: Observation, plan: LabPlan): Comparison {
	const compared = ways.map((way, number) => compareWay(way, observation, plan, number));
	const fitting =
		compared.find(({ kind }) => kind === "agrees") ?? compared.find(({ kind }) => kind === "not-compared");
	if (fitting !== undefined) return fitting;
	let nearest: Extract<Comparison, { kind: "differs" }> | undefined;
	for (const each of compared) {
		if (each.kind === "differs" && (nearest === undefined || distance(each) < distance(nearest))) nearest = each;
	}
	return nearest ?? { kind: "not-compared", why: phrase("nothing-predicted") };
}

/** How far an observation is from a way: hops that differ, and whatever else does. */
function distance({ directions, differences }: Extract<Comparison, { kind: "differs" }>): number {
	const hops = directions.flatMap(({ rows }) => rows).filter(({ kind }) => kind === "differs");
	return hops.length + differences.filter(({ about }) => !isAboutHop(about)).length;
}

/** Compares with this way and no other; `number` is its place among the predicted ways. */
export function compareWay(way: PredictedWay, observation: Observation, plan: LabPlan, number = 0): Comparison {
	const why = whyNotCompared(way, plan);
	if (why !== null) return { kind: "not-compared", why };
	const fabric = fabricOf(way, plan);
	const ports = new PortBinding(way.rewrites);
	const context: RowContext = {
		ports,
		built: new Set(plan.namespaces.map(({ place }) => place)),
		fabric,
		folded: new Set(plan.folded),
		carriers: new Set(plan.carriers),
		floods: plan.floods,
		scattered: way.code === "mac-nowhere",
		ends: new Set([way.client ?? "", way.endedAt, way.server?.at ?? ""]),
		leaves: way.verdict === "exits" || way.code === "outside",
		endless: way.verdict === "loop",
	};
	const flow = flowOf(way, sightingsOf(observation.frames, plan), observation.accepted);
	const seen = seenHops(flow.forward, fabric);
	const directions = [
		{ direction: "forward" as const, rows: hopRows(way.forward, seen, context) },
		...answerRows(way, observation, flow, context),
	];
	// Before the tables, which may hold the entries of earlier probes: the listener tells which port was drawn for this one.
	const server = compareServer(way, observation, plan, ports);
	const tables = compareConnections(way, observation, plan, seen, ports);
	const differences = [
		...directions.flatMap(hopDifferences),
		...(way.verdict === "exits" ? [] : resultDifference(way, observation)),
		...(server === null ? [] : [{ about: "server", said: phrase("about-server"), ...server }]),
		...tableDifferences(tables),
	];
	const { verdict, reason, because } = way;
	const result = wordOf(observation.result);
	const compared = {
		way: number,
		verdict,
		reason,
		because,
		result,
		directions,
		remarks: [...programRemarks(way, plan), ...tables.remarks],
	};
	if (differences.length === 0) return { kind: "agrees", ...compared };
	return { kind: "differs", ...compared, differences, divergence: divergenceOf(directions) };
}

/** A prediction that leaves open what happens cannot be right or wrong, whatever is observed: why; null where it can be. */
export function whyNotCompared(way: PredictedWay, plan: LabPlan): Phrase | null {
	const { verdict, reason, client, forward, reply, refusal, documented } = way;
	if (verdict === "unknown") return phrase("prediction-unknown", { reason });
	if (verdict === "exits" && forward.length === 0) return phrase("nothing-shows-packet", { reason });
	if ((verdict === "loop" || way.code === "loop") && way.rewrites.some(({ randomPort }) => randomPort !== undefined))
		return phrase("loop-draws-ports");
	if (client === null) return phrase("comes-from-outside");
	const built = new Set(plan.namespaces.map(({ place }) => place));
	if (!built.has(client)) return phrase("lab-has-no", { place: client });
	const crossings = [...forward, ...(reply ?? []), ...(refusal?.crossings ?? [])];
	const effect = documented.find((each) => !isStoodInFor(each, plan));
	if (effect !== undefined) {
		const { at: place, what } = effect;
		return phrase("lab-lacks-what-decides", { place, lacking: lacking(effect), what });
	}
	const missing = crossings.find(({ at, device }) => device !== null && !built.has(at));
	return missing === undefined ? null : phrase("lab-has-no", { place: missing.at });
}

/** What would have to be there, and what would bring it. */
function lacking({ technology }: PredictedWay["documented"][number]): Said {
	switch (technology) {
		case "OpenFlow":
			return phrase("lacking-open-vswitch");
		case "eBPF":
			return phrase("lacking-ebpf");
		case null:
			return "";
	}
}

/** Whether tc filters do what all programs of that name do there. */
function isStoodInFor({ at, program }: PredictedWay["documented"][number], { programs }: LabPlan): boolean {
	const own = programs.filter(({ place, name }) => place === at && name === program);
	return own.length > 0 && own.every(({ stoodInFor }) => stoodInFor);
}

/** What a reader should know: where a program is on the way, its part is the engine's word, and not the kernel's. */
function programRemarks({ forward, reply, refusal, documented }: PredictedWay, plan: LabPlan): readonly Phrase[] {
	const crossings = [...forward, ...(reply ?? []), ...(refusal?.crossings ?? [])];
	const met = plan.programs.filter(({ place, device }) =>
		crossings.some((each) => each.at === place && each.device === device),
	);
	const acts = ({ place, name }: LabProgram): boolean =>
		documented.some(({ at, program }) => at === place && program === name);
	return [undefined, "OpenFlow" as const].flatMap((technology) => {
		const own = met.filter((each) => each.technology === technology);
		const what = phrase(technology === undefined ? "ebpf-programs" : "flow-tables");
		return [
			...remark(
				"without-programs",
				what,
				own.filter((each) => !acts(each)),
			),
			...remark("filters-stand-in", what, own.filter(acts)),
		];
	});
}

function remark(
	code: "without-programs" | "filters-stand-in",
	what: Phrase,
	programs: readonly LabProgram[],
): readonly Phrase[] {
	const byDevice = Map.groupBy(programs, ({ place, device }) => `${device} of ${place}`);
	const told = [...byDevice.values()].flatMap((own) => {
		const [first] = own;
		if (first === undefined) return [];
		const { place, device } = first;
		return [phrase("programs-on", { names: own.map(({ name }) => name), device, place })];
	});
	return told.length === 0 ? [] : [phrase(code, { what, programs: told })];
}

/** Places that are hops as a whole, without devices of their own. */
function fabricOf({ forward, reply, refusal }: PredictedWay, plan: LabPlan): ReadonlySet<Place> {
	const crossings = [...forward, ...(reply ?? []), ...(refusal?.crossings ?? [])];
	return new Set([
		...plan.ports.map((port) => port.fabric),
		...crossings.flatMap(({ at, device }) => (device === null ? [at] : [])),
	]);
}

/** The answer's hops, where there is one to compare. */
function answerRows(
	way: PredictedWay,
	{ result }: Observation,
	flow: Flow,
	context: RowContext,
): readonly ComparedDirection[] {
	// A loop ends in an error or in none, and a stack that asks for a neighbour in vain answers after the probe has gone.
	// What has left what is described may be answered from there in any way.
	if (way.verdict === "loop" || way.verdict === "exits" || (way.code === "no-answer" && result.kind === "timeout"))
		return [];
	const crossings: readonly Crossing[] = way.reply ?? way.refusal?.crossings ?? [];
	const seen = seenHops(flow.answer?.sightings ?? [], context.fabric);
	if (crossings.length === 0 && seen.length === 0) return [];
	const endless = way.code === "loop" || way.code === "too-many-steps" || way.refusal?.loops === true;
	return [{ direction: "answer", rows: hopRows(crossings, seen, { ...context, endless }) }];
}

function hopDifferences({ direction, rows }: ComparedDirection): readonly Difference[] {
	const position = firstDifference(rows);
	const row = rows[position];
	const at = row?.predicted ?? row?.seen ?? null;
	if (row === undefined || at === null) return [];
	const { predicted, seen, fields } = row;
	const names = fields.map(({ field }) => field);
	const said = phrase("about-hop", {
		direction: phrase(`direction-${direction}`),
		n: position + 1,
		device: deviceText(at),
		fields: names.length === 0 ? "" : phrase("about-fields", { names }),
	});
	const about = worded(said);
	if (fields.length > 0) {
		const of = (side: "predicted" | "observed"): string => fields.map((each) => each[side]).join(", ");
		return [{ about, said, predicted: of("predicted"), observed: of("observed") }];
	}
	return [
		{
			about,
			said,
			predicted: predicted === null ? phrase("no-packet") : packetText(predicted.packet, predicted.vlan),
			observed: seen === null ? phrase("no-packet") : packetText(seen.packet, seen.vlan),
		},
	];
}

/** After the first difference the rest follows from it. */
function firstDifference(rows: readonly HopRow[]): number {
	return rows.findIndex(({ kind }) => kind === "differs");
}

function divergenceOf(directions: readonly ComparedDirection[]): Divergence | null {
	for (const { direction, rows } of directions) {
		const row = firstDifference(rows);
		if (row >= 0) return { direction, row };
	}
	return null;
}

function resultDifference(way: PredictedWay, { result }: Observation): readonly Difference[] {
	const expected = expectedResults(way);
	const observed = wordOf(result);
	if (expected.includes(observed)) return [];
	return [{ about: "result", said: phrase("about-result"), predicted: expected.join(" or "), observed }];
}

function tableDifferences({ differences }: TableReading): readonly Difference[] {
	return differences.map(({ at, predicted, observed }) => ({
		about: `connections of ${at}`,
		said: phrase("about-connections", { place: at }),
		predicted: predicted.join("; ") || phrase("no-connections"),
		observed: observed.join("; ") || phrase("no-connections"),
	}));
}
