/** `atlas/proven.json`: what was proven on a kernel, and when. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTextFile } from "@podpath/collect";
import {
	NO_PROOFS,
	type ProofRecord,
	type ProofState,
	parseProofRecord,
	printProofRecord,
	proofState,
	type RecordedProof,
	scenarioDigest,
	scenarioName,
} from "@podpath/core";
import { type LabAnswer, verdictOfLab } from "@podpath/lab";
import { type AtlasMode, type AtlasScenario, atlasFolder, readAtlas } from "./atlas-folder.ts";

const FILE = "proven.json";

/** Nothing is proven where there is no record. @throws {InputError} For a file that is not one. */
export function readProofs(): ProofRecord {
	const path = join(atlasFolder(), FILE);
	return existsSync(path) ? parseProofRecord(readTextFile(path), `atlas/${FILE}`) : NO_PROOFS;
}

/** By scenario's id. */
export function proofsOf({ scenarios, cluster }: AtlasMode, record: ProofRecord): ReadonlyMap<string, ProofState> {
	return new Map(scenarios.map((scenario) => [scenario.id, proofState(scenario, cluster, record)]));
}

/** The proof that an answer of the lab is; null where it is none. */
export function proofOf({ scenario, cluster }: AtlasScenario, answer: LabAnswer): RecordedProof | null {
	if (verdictOfLab(answer).kind !== "proven") return null;
	const { backend, kernel, tally } = answer;
	const of = tally.ways.length;
	return {
		date: new Date().toISOString().slice(0, 10),
		backend,
		kernel,
		ways: { seen: of - tally.neverSeen.length, of },
		digest: scenarioDigest(scenario, cluster),
	};
}

/**
 * Writes down what was proven (a proof) and disproven (null), by scenario's name. What was not looked at, or could not be here,
 * stays as it was, unless the atlas has no such scenario any more.
 */
export function recordProofs(found: ReadonlyMap<string, RecordedProof | null>): void {
	const known = new Set(readAtlas().flatMap(({ scenarios }) => scenarios.map(scenarioName)));
	const all = new Map<string, RecordedProof | null>([...Object.entries(readProofs().scenarios), ...found]);
	const kept = [...all].flatMap(([name, proof]) =>
		proof === null || !known.has(name) ? [] : [[name, proof] as const],
	);
	const record = { ...NO_PROOFS, scenarios: Object.fromEntries(kept) };
	writeFileSync(join(atlasFolder(), FILE), printProofRecord(record));
}
