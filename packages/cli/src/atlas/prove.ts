/** `podpath atlas check --lab`: the scenarios on a real kernel. */
import {
	clusterNetwork,
	InputError,
	loadCluster,
	type Network,
	type Place,
	printable,
	type RecordedProof,
	type Scenario,
	scenarioManifests,
	scenarioName,
	worded,
} from "@podpath/core";
import { type Case, type LabAnswer, type Proof, proveAll, renderComparison, verdictOfLab } from "@podpath/lab";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { untilInterrupted } from "../lab/interrupt.ts";
import { progressOn } from "../lab/progress.ts";
import type { AtlasScenario } from "./atlas-folder.ts";
import { proofOf, recordProofs } from "./proofs.ts";
import { check, chosenScenarios } from "./run.ts";

/** What came of one scenario. `open`: neither proven nor disproven; `lines` say why. */
export interface Outcome {
	readonly kind: "passed" | "failed" | "open";
	readonly detail: string;
	readonly lines: readonly string[];
}

export async function proveScenarios(
	cli: CliProcess,
	name: string | undefined,
	{ record }: { readonly record: boolean },
): Promise<ExitStatus> {
	const chosen = chosenScenarios(name);
	const outcomes = new Map<AtlasScenario, Outcome>();
	const cases = casesOf(chosen, outcomes);
	const proofs = new Map<string, RecordedProof | null>();
	await proveEach(cli, cases, outcomes, `${chosen.length} scenarios`, ({ id, answer }) => {
		if (verdictOfLab(answer).kind !== "not-verified") proofs.set(scenarioName(id.scenario), proofOf(id, answer));
	});
	const status = print(cli, chosen, outcomes);
	if (record) recordProofs(proofs);
	return status;
}

/**
 * Proves the cases until all are or somebody interrupts, and says how far it is. `outcomes` are added to; `onAnswer` is told
 * what the kernel said.
 */
export async function proveEach<Id>(
	cli: CliProcess,
	cases: readonly Case<Id>[],
	outcomes: Map<Id, Outcome>,
	all: string,
	onAnswer: (asked: Extract<Proof<Id>, { kind: "asked" }>) => void = () => {},
): Promise<void> {
	const progress = progressOn(cli.stderr);
	await untilInterrupted(cli, (signal) =>
		proveAll(
			cases,
			(proof) => {
				outcomes.set(proof.id, outcomeOf(proof));
				if (proof.kind === "asked") onAnswer(proof);
				progress(`${outcomes.size} of ${all}`);
			},
			{ signal },
		),
	);
	progress("");
}

/** What a case comes to whose expectation the engine does not meet: there is nothing to prove. */
export function unasked(complaints: readonly string[]): Outcome {
	return { kind: "failed", detail: "not asked on the kernel", lines: complaints };
}

/** One case for all scenarios of the same network: it is built once. A scenario whose input is wrong has failed already. */
function casesOf(
	chosen: readonly AtlasScenario[],
	outcomes: Map<AtlasScenario, Outcome>,
): readonly Case<AtlasScenario>[] {
	const cases = new Map<string, Case<AtlasScenario> & { questions: Case<AtlasScenario>["questions"][number][] }>();
	for (const each of chosen) {
		const { scenario, cluster } = each;
		const complaints = check(each);
		if (complaints.length > 0) {
			outcomes.set(each, unasked(complaints));
			continue;
		}
		const key = JSON.stringify([scenario.mode, scenario.changes, asked(scenario)]);
		let of = cases.get(key);
		if (of === undefined) {
			const network = clusterNetwork(loadCluster(scenarioManifests(scenario, cluster)));
			of = { network, places: placesFor(network, scenario), questions: [] };
			cases.set(key, of);
		}
		const subject = {
			cluster: loadCluster(scenarioManifests(scenario, cluster)),
			network: of.network,
			fromSnapshot: false,
		};
		of.questions.push({ id: each, subject, question: scenario.question });
	}
	return [...cases.values()];
}

/** Clients on the Internet exist only where somebody asks about them. */
function asked({ question }: Scenario): readonly Place[] {
	return [question.from, question.to].filter((place) => place.startsWith("internet/"));
}

function placesFor(network: Network, scenario: Scenario): readonly Place[] {
	return [...network.places(), ...asked(scenario)];
}

/** What a proof came to. */
function outcomeOf(proof: Proof<unknown>): Outcome {
	if (proof.kind === "no-kernel") return { kind: "open", detail: "not verified", lines: proof.why.split("\n") };
	if (proof.kind === "not-asked") return { kind: "open", detail: "not verified", lines: [proof.why] };
	if (proof.kind === "not-built") return { kind: "failed", detail: "not built", lines: proof.why.split("\n") };
	const { backend, kernel, tally } = proof.answer;
	const where = `on ${backend} ${kernel}`;
	const verdict = verdictOfLab(proof.answer);
	switch (verdict.kind) {
		case "proven": {
			const seen = tally.ways.length - tally.neverSeen.length;
			const ways = tally.ways.length === 1 ? "" : `, ${seen} of ${tally.ways.length} ways seen`;
			return { kind: "passed", detail: `${where}${ways}`, lines: remarksOf(proof.answer) };
		}
		case "not-verified":
			return { kind: "open", detail: "not verified", lines: [worded(verdict.why)] };
		case "differs":
			return {
				kind: "failed",
				detail: where,
				lines: tally.disagreements.slice(0, 1).flatMap((each) =>
					renderComparison(each, { paint: (_, text) => text })
						.trimEnd()
						.split("\n"),
				),
			};
	}
}

/** What a reader should know of a proof: each remark once. */
function remarksOf({ probed }: LabAnswer): readonly string[] {
	const remarks = probed.flatMap(({ comparison }) => (comparison.kind === "not-compared" ? [] : comparison.remarks));
	return [...new Set(remarks.map((remark) => worded(remark)))].map((remark) => `note: ${remark}`);
}

const WORDS = { passed: "proven", failed: "FAILED", open: "open" } as const;

function print(
	cli: CliProcess,
	chosen: readonly AtlasScenario[],
	outcomes: ReadonlyMap<AtlasScenario, Outcome>,
): ExitStatus {
	return printOutcomes(
		cli,
		chosen.map((each) => [scenarioName(each.scenario), outcomes.get(each)] as const),
	);
}

/** A line each, and the counts. */
export function printOutcomes(
	{ stdout }: CliProcess,
	outcomes: readonly (readonly [name: string, outcome: Outcome | undefined])[],
): ExitStatus {
	const width = Math.max(0, ...outcomes.map(([name]) => name.length));
	const count = { passed: 0, failed: 0, open: 0 };
	for (const [name, outcome] of outcomes) {
		if (outcome === undefined) throw new InputError({ code: "interrupted", message: "the check was interrupted" });
		count[outcome.kind]++;
		const word = WORDS[outcome.kind].padEnd(6);
		stdout.write(`${word}  ${name.padEnd(width)}  ${printable(outcome.detail)}\n`);
		for (const line of outcome.lines) stdout.write(`        ${printable(line)}\n`);
	}
	if (count.open > 0) stdout.write(`${count.open} not verified\n`);
	stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
	if (count.failed > 0) return EXIT.no;
	return count.open > 0 ? EXIT.unknown : EXIT.yes;
}
