/** `podpath diff`: runs it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { diffPaths, renderPathDiff, type Subject, stringifyJson } from "@podpath/core";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { loadSubject, printWarnings } from "../explain/subject.ts";
import { wantsColor } from "../terminal.ts";
import type { DiffFlags } from "./command.ts";

export async function runDiff(cli: CliProcess, flags: DiffFlags, before: string, after: string): Promise<ExitStatus> {
	const [ours, theirs] = [await load(cli, flags, before), await load(cli, flags, after)];
	const diff = diffPaths(ours, theirs);
	const status = diff.changes.length === 0 ? EXIT.yes : EXIT.no;
	cli.exitCode = status;
	const { stdout, env } = cli;
	const color = wantsColor(flags.color, stdout, env);
	cli.stdout.write(flags.output === "json" ? stringifyJson(diff) : renderPathDiff(diff, { color }));
	return status;
}

async function load(cli: CliProcess, { file = [] }: DiffFlags, path: string): Promise<Subject> {
	const flags = isSnapshot(path) ? { snapshot: path, file } : { file: [path, ...file.filter((each) => each !== path)] };
	const { subject } = await loadSubject(flags, cli.stdin);
	printWarnings(subject, cli.stderr);
	return subject;
}

/** An archive, or a folder with the layout of a snapshot (docs/contract.md). */
function isSnapshot(path: string): boolean {
	return /\.(tar\.gz|tgz)$/.test(path) || existsSync(join(path, "snapshot.yaml")) || existsSync(join(path, "nodes"));
}
