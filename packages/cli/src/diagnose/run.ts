/** `podpath diagnose`: runs it. */
import {
	type Diagnosis,
	diagnose,
	diagnoseInTurns,
	InputError,
	renderDiagnosis,
	type Subject,
	stringifyJson,
} from "@podpath/core";
import stringWidth from "string-width";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { askedQuestion } from "../explain/run.ts";
import { loadSubject, printWarnings } from "../explain/subject.ts";
import { untilInterrupted } from "../lab/interrupt.ts";
import { progressOn } from "../lab/progress.ts";
import { columnsOf, wantsColor } from "../terminal.ts";
import type { DiagnoseFlags } from "./command.ts";

export async function runDiagnose(
	cli: CliProcess,
	flags: DiagnoseFlags,
	from: string | undefined,
	to: string | undefined,
): Promise<ExitStatus> {
	if (flags.all) refuseWithAll(flags, from);
	const { subject, question } = await loadSubject(flags, cli.stdin);
	printWarnings(subject, cli.stderr);
	const diagnosis = flags.all
		? await surveyed(cli, subject)
		: diagnose(subject, askedQuestion(flags, from, to, question));
	const status = statusOf(diagnosis);
	cli.exitCode = status;
	cli.stdout.write(render(diagnosis, cli, flags));
	return status;
}

function refuseWithAll(flags: DiagnoseFlags, from: string | undefined): void {
	const { protocol, via, sourcePort, node, at } = flags;
	if (![from, protocol, via, sourcePort, node, at].some((each) => each !== undefined)) return;
	throw new InputError({
		code: "all-and-question",
		message: "--all chooses its questions itself",
		hint: "leave FROM, TO and their flags out",
	});
}

async function surveyed(cli: CliProcess, subject: Subject): Promise<Diagnosis> {
	const progress = progressOn(cli.stderr);
	return untilInterrupted(cli, async (signal) => {
		const diagnosis = await diagnoseInTurns(subject, null, {
			aborted: () => signal.aborted,
			now: () => performance.now(),
			onProgress: ({ asked, of, findings }) => progress(`${asked} of ${of} questions, ${findings} findings`),
			pause: () => new Promise((resolve) => setImmediate(resolve)),
		});
		progress("");
		return diagnosis;
	});
}

/** A yes is a packet that arrives with nothing wrong on its way, or a cluster with nothing found above info. */
function statusOf({ verdict, findings, asked }: Diagnosis): ExitStatus {
	if (asked?.interrupted === true) return EXIT.interrupted;
	if (verdict === "unknown") return EXIT.unknown;
	const isWrong = findings.some(({ severity }) => severity !== "info");
	return isWrong || (verdict !== null && verdict !== "delivered") ? EXIT.no : EXIT.yes;
}

function render(diagnosis: Diagnosis, { stdout, env }: CliProcess, { output, color }: DiagnoseFlags): string {
	if (output === "json") return stringifyJson(diagnosis);
	const width = columnsOf(stdout);
	return renderDiagnosis(diagnosis, {
		color: wantsColor(color, stdout, env),
		measure: stringWidth,
		...(width === undefined ? {} : { width }),
	});
}
