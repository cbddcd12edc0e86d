/** `podpath explain`: runs it. */
import {
	type Explanation,
	explain,
	InputError,
	type Question,
	questionOf,
	renderJson,
	renderLinks,
	renderMermaid,
	renderSvg,
	renderText,
} from "@podpath/core";
import stringWidth from "string-width";
import type { CliProcess } from "../cli-process.ts";
import { type ExitStatus, statusOf } from "../exit-status.ts";
import { columnsOf, wantsColor } from "../terminal.ts";
import { runBatch } from "./batch.ts";
import type { ExplainFlags } from "./command.ts";
import { loadSubject, printWarnings } from "./subject.ts";

export async function runExplain(
	cli: CliProcess,
	flags: ExplainFlags,
	from: string | undefined,
	to: string | undefined,
): Promise<ExitStatus> {
	if (flags.batch !== undefined) refuseInBatch(flags, from);
	const { subject, question } = await loadSubject(flags, cli.stdin);
	printWarnings(subject, cli.stderr);
	if (flags.batch !== undefined) return runBatch(cli, subject, flags.batch);
	const explanation = explain(subject, askedQuestion(flags, from, to, question));
	const status = statusOf(explanation.verdict);
	// Known before the first byte leaves: whoever reads may go away in the middle.
	cli.exitCode = status;
	cli.stdout.write(render(explanation, cli, flags));
	return status;
}

/** The question of the command line; a scenario's is taken as a whole or gives way as a whole. */
export function askedQuestion(
	flags: Pick<ExplainFlags, "protocol" | "via" | "sourcePort" | "node" | "at">,
	from: string | undefined,
	to: string | undefined,
	scenario: Question | undefined,
): Question {
	const { protocol, via, sourcePort, node, at } = flags;
	if (from === undefined && scenario !== undefined) {
		return questionOf({
			from: scenario.from,
			to: scenario.to,
			protocol: protocol ?? scenario.protocol,
			via: via ?? scenario.via,
			sourcePort: sourcePort ?? scenario.sourcePort,
			node: node ?? scenario.node,
			at: at ?? scenario.at,
		});
	}
	if (from === undefined || to === undefined) {
		throw new InputError({
			code: "no-question",
			message: from === undefined ? "FROM and TO are missing" : "TO is missing",
			hint: "podpath explain FROM TO, as in pod/default/a service/default/b:80",
		});
	}
	return questionOf({ from, to, protocol: protocol ?? "tcp", via, sourcePort, node, at });
}

function refuseInBatch(flags: ExplainFlags, from: string | undefined): void {
	const { output, protocol, via, sourcePort, node, at } = flags;
	const given = [from, protocol, via, sourcePort, node, at].some((each) => each !== undefined);
	if (given) {
		throw new InputError({
			code: "batch-question",
			message: "with --batch the questions come from its file alone",
			hint: 'lines as {"from":"pod/default/a","to":"service/default/b:80","protocol":"tcp"}',
		});
	}
	if (output !== undefined && output !== "json") {
		throw new InputError({ code: "batch-output", message: `--batch answers in JSON lines, not in ${output}` });
	}
}

function render(explanation: Explanation, { stdout, env }: CliProcess, flags: ExplainFlags): string {
	switch (flags.output ?? "text") {
		case "json":
			return renderJson(explanation);
		case "links":
			return renderLinks(explanation);
		case "mermaid":
			return renderMermaid(explanation);
		case "svg":
			return renderSvg(explanation);
		case "text": {
			const width = columnsOf(stdout);
			return renderText(explanation, {
				color: wantsColor(flags.color, stdout, env),
				verbose: flags.verbose,
				measure: stringWidth,
				...(width === undefined ? {} : { width }),
			});
		}
	}
}
