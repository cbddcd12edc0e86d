/** `podpath atlas`: runs its commands. */
import {
	checkScenario,
	explain,
	formatDifference,
	formatQuestion,
	InputError,
	loadCluster,
	type ProofState,
	printable,
	proofState,
	proofText,
	type Scenario,
	scenarioManifests,
	scenarioName,
	stringifyJson,
} from "@podpath/core";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { subjectOf } from "../explain/subject.ts";
import { type AtlasMode, type AtlasScenario, readAtlas, readMode, scenarioNamed } from "./atlas-folder.ts";
import { proofsOf, readProofs } from "./proofs.ts";

export async function listScenarios({ stdout }: CliProcess, output: "text" | "json"): Promise<ExitStatus> {
	const modes = readAtlas();
	const record = readProofs();
	const scenarios = modes.flatMap((mode) => {
		const proofs = proofsOf(mode, record);
		return mode.scenarios.map((scenario) => ({ ...scenario, proof: proofs.get(scenario.id) ?? UNPROVEN }));
	});
	if (output === "json") {
		const items = scenarios.map(({ mode, id, title, question, proof }) => ({
			name: `${mode}/${id}`,
			mode,
			id,
			title,
			question,
			proof,
		}));
		stdout.write(stringifyJson({ apiVersion: "podpath.dev/v1alpha1", kind: "ScenarioList", items }));
		return EXIT.yes;
	}
	const width = Math.max(0, ...scenarios.map((scenario) => scenarioName(scenario).length));
	for (const scenario of scenarios) {
		const proof = PROOF_WORDS[scenario.proof.kind].padEnd(PROOF_WIDTH);
		stdout.write(`${scenarioName(scenario).padEnd(width)}  ${proof}  ${printable(scenario.title)}\n`);
	}
	return EXIT.yes;
}

const UNPROVEN: ProofState = { kind: "unproven" };
/** On which kernel and when, `atlas show` and `-o json` tell. */
const PROOF_WORDS: Readonly<Record<ProofState["kind"], string>> = {
	proven: "proven",
	outdated: "older",
	unproven: "-",
};
const PROOF_WIDTH = Math.max(...Object.values(PROOF_WORDS).map((word) => word.length));

export async function showScenario({ stdout }: CliProcess, name: string): Promise<ExitStatus> {
	const { scenario, cluster } = scenarioNamed(name);
	const mode = readMode(scenario.mode);
	stdout.write(`${scenarioName(scenario)}: ${printable(scenario.title)}\n`);
	stdout.write(`${printable(formatQuestion(scenario.question))}\n`);
	stdout.write(`cluster ${cluster.name}, explained by: podpath explain --scenario ${name}\n`);
	const proof = proofState(scenario, cluster, readProofs());
	const renewal = proof.kind === "proven" ? "" : `; podpath atlas check --lab ${name} tries`;
	stdout.write(`${printable(proofText(proof))}${renewal}\n\n`);
	for (const line of writtenLines(scenario, mode)) stdout.write(`${printable(line)}\n`);
	return EXIT.yes;
}

/** The lines of scenarios.yaml that hold the scenario: what is written there says more than any rendering of it. */
function writtenLines(scenario: Scenario, { file, scenarios }: AtlasMode): readonly string[] {
	const lines = file.text.split("\n");
	const start = scenario.source.line - 1;
	const next = scenarios.map(({ source }) => source.line - 1).filter((line) => line > start);
	const own = lines.slice(start, Math.min(lines.length, ...next));
	// The comments above the next scenario belong to that one.
	while (own.length > 0 && /^\s*(#.*)?$/.test(own.at(-1) ?? "")) own.pop();
	return own;
}

export async function checkScenarios({ stdout }: CliProcess, name: string | undefined): Promise<ExitStatus> {
	const chosen = chosenScenarios(name);
	const width = Math.max(0, ...chosen.map(({ scenario }) => scenarioName(scenario).length));
	let failed = 0;
	for (const each of chosen) {
		const { scenario } = each;
		const complaints = check(each);
		if (complaints.length > 0) failed++;
		const result = complaints.length === 0 ? "passed" : "FAILED";
		stdout.write(`${result}  ${scenarioName(scenario).padEnd(width)}  ${printable(scenario.title)}\n`);
		for (const line of complaints) stdout.write(`        ${printable(line)}\n`);
	}
	stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
	return failed === 0 ? EXIT.yes : EXIT.no;
}

/** All, those of one mode, or one. */
export function chosenScenarios(name: string | undefined): readonly AtlasScenario[] {
	if (name?.includes("/")) return [scenarioNamed(name)];
	const modes = name === undefined ? readAtlas() : [readMode(name)];
	return modes.flatMap(({ scenarios, cluster }) => scenarios.map((scenario) => ({ scenario, cluster })));
}

/** What is wrong with the answer, in lines; an error in the question of a scenario is that scenario's failure. */
export function check({ scenario, cluster }: AtlasScenario): readonly string[] {
	try {
		const subject = subjectOf(loadCluster(scenarioManifests(scenario, cluster)));
		return checkScenario(explain(subject, scenario.question), scenario).flatMap((difference) =>
			formatDifference(difference).split("\n"),
		);
	} catch (error) {
		if (error instanceof InputError) return [error.message];
		throw error;
	}
}
