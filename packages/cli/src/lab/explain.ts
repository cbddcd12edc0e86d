/** `podpath lab explain`: the engine and a real kernel, asked the same. */
import { writeFileSync } from "node:fs";
import { formatQuestion, InputError, paintFor, printable, type Question, stringifyJson, worded } from "@podpath/core";
import {
	captureOf,
	connectLab,
	Lab,
	type LabAnswer,
	LabFolder,
	placesFor,
	raiseLab,
	renderComparison,
	renderTally,
	tellingProbe,
	verdictOfLab,
} from "@podpath/lab";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { askedQuestion } from "../explain/run.ts";
import { columnsOf, wantsColor } from "../terminal.ts";
import { DEFAULT_LAB } from "./default-lab.ts";
import { loadLabSubject, subjectOf } from "./input.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";
import type { LabExplainFlags } from "./routes.ts";

export async function explainOnKernel(
	cli: CliProcess,
	flags: LabExplainFlags,
	from: string | undefined,
	to: string | undefined,
): Promise<ExitStatus> {
	const name = flags.name ?? standingByDefault(flags);
	const { answer, lab } = await (name === undefined
		? askOnce(cli, flags, from, to)
		: askStanding(cli, flags, name, from, to));
	if (flags.pcapng !== undefined) writeCapture(flags.pcapng, answer, lab);
	for (const left of lab.plan.omitted) cli.stderr.write(`podpath: not built: ${printable(worded(left))}\n`);
	if (flags.output === "json") cli.stdout.write(stringifyJson(jsonOf(answer)));
	else printText(cli, flags, answer);
	switch (verdictOfLab(answer).kind) {
		case "proven":
			return EXIT.yes;
		case "differs":
			return EXIT.no;
		case "not-verified":
			return EXIT.unknown;
	}
}

interface Asked {
	readonly answer: LabAnswer;
	readonly lab: Lab;
}

/** Where nothing is given to build a lab of, the one that `podpath lab up` has made. */
function standingByDefault({ file, scenario, backend }: LabExplainFlags): string | undefined {
	if (file !== undefined || scenario !== undefined || backend !== undefined) return undefined;
	return new LabFolder(DEFAULT_LAB).exists() ? DEFAULT_LAB : undefined;
}

/** A lab for this question alone. */
async function askOnce(cli: CliProcess, flags: LabExplainFlags, from?: string, to?: string): Promise<Asked> {
	const { subject, question: scenario } = await loadLabSubject(flags, cli.stdin);
	const question = askedQuestion(flags, from, to, scenario);
	const onProgress = progressOn(cli.stderr);
	const { backend } = flags;
	return untilInterrupted(cli, async (signal) => {
		const lab = await raiseLab(subject.network, placesFor(subject, question), {
			signal,
			onProgress: (doing) => onProgress(worded(doing)),
			...(backend === undefined ? {} : { kind: backend }),
		});
		try {
			onProgress("sending");
			return { answer: await lab.ask(subject, question), lab };
		} finally {
			onProgress("");
			await lab.close();
		}
	});
}

/** A lab that stands: its own manifests say what is asked of. */
async function askStanding(
	cli: CliProcess,
	flags: LabExplainFlags,
	name: string,
	from?: string,
	to?: string,
): Promise<Asked> {
	if (flags.file !== undefined || flags.scenario !== undefined || flags.backend !== undefined) {
		throw new InputError({
			code: "which-input",
			message: `the lab "${name}" was built from its own manifests`,
			hint: "leave -f, --scenario and --backend out",
		});
	}
	const folder = new LabFolder(name);
	const backend = await connectLab(folder);
	const { plan, input } = folder.record();
	const { subject } = subjectOf(input.manifests);
	const lab = Lab.over(plan, backend);
	try {
		const question = askedQuestion(flags, from, to, undefined);
		return await untilInterrupted(cli, async () => ({ answer: await lab.ask(subject, question), lab }));
	} finally {
		await backend.close();
	}
}

function writeCapture(path: string, answer: LabAnswer, { plan }: Lab): void {
	const probe = tellingProbe(answer);
	const capture = probe === undefined ? null : captureOf(answer, probe, plan);
	if (capture === null) {
		throw new InputError({ code: "no-capture", message: "no packet was sent, so there is nothing to write" });
	}
	writeFileSync(path, capture);
}

function printText(cli: CliProcess, { color }: LabExplainFlags, answer: LabAnswer): void {
	const paint = paintFor(wantsColor(color, cli.stdout, cli.env));
	const width = columnsOf(cli.stdout);
	const { question, backend, kernel, tally } = answer;
	cli.stdout.write(`${printable(formatQuestion(question))}, on ${backend} ${kernel}\n\n`);
	const shown = tellingProbe(answer)?.comparison;
	if (shown !== undefined)
		cli.stdout.write(renderComparison(shown, { paint, ...(width === undefined ? {} : { width }) }));
	if (tally.ways.length > 1) cli.stdout.write(`\n${renderTally(tally, paint)}`);
}

/** What other programs may want of it: no frames, which --pcapng writes. */
function jsonOf(answer: LabAnswer): unknown {
	const { question, backend, kernel, probed, tally } = answer;
	return {
		apiVersion: "podpath.dev/v1alpha1",
		kind: "LabAnswer",
		question,
		backend,
		kernel,
		verdict: verdictOfLab(answer),
		ways: tally.ways,
		probes: probed.map(({ comparison }) => comparison),
	} satisfies { readonly question: Question } & Record<string, unknown>;
}
