/** `--batch`: questions as JSON lines, answers as JSON lines in the same order, each written as soon as it is known. */
import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { STDIN } from "@podpath/collect";
import { explain, InputError, type Question, questionSchema, type Subject, stringifyJson } from "@podpath/core";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus, statusOf, worst } from "../exit-status.ts";

/** The exit status is that of the worst answer; a bad question is one of its own and does not stop the others. */
export async function runBatch(cli: CliProcess, subject: Subject, path: string): Promise<ExitStatus> {
	let status: ExitStatus = EXIT.yes;
	for await (const line of linesOf(cli, path)) {
		if (line.trim() === "") continue;
		const { answer, status: own } = answerTo(line, subject);
		status = worst(status, own);
		cli.exitCode = status;
		cli.stdout.write(stringifyJson(answer, { compact: true }));
	}
	return status;
}

async function* linesOf(cli: CliProcess, path: string): AsyncGenerator<string> {
	if (path === STDIN) {
		yield* createInterface({
			input: Readable.from(cli.stdin, { objectMode: false }),
			crlfDelay: Number.POSITIVE_INFINITY,
		});
		return;
	}
	const file = await openQuestions(path);
	yield* file.readLines();
}

async function openQuestions(path: string): Promise<FileHandle> {
	try {
		const file = await open(path);
		if ((await file.stat()).isDirectory()) throw new Error("it is a folder");
		return file;
	} catch (error) {
		throw new InputError({
			code: "cannot-read",
			message: `"${path}" cannot be read: ${error instanceof Error ? error.message : String(error)}`,
			hint: "a file of JSON lines, or - for standard input",
		});
	}
}

interface Answered {
	readonly answer: unknown;
	readonly status: ExitStatus;
}

function answerTo(line: string, subject: Subject): Answered {
	let id: { readonly id?: unknown } = {};
	try {
		const { id: given, ...rest } = objectOf(line);
		id = given === undefined ? {} : { id: given };
		const explanation = explain(subject, questionOf(rest));
		return { answer: { ...id, ...explanation }, status: statusOf(explanation.verdict) };
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const { code, message, hint } = error.diagnostic;
		const text = hint === undefined ? message : `${message} (${hint})`;
		return { answer: { ...id, error: { code, message: text } }, status: EXIT.wrongInput };
	}
}

const EXAMPLE = '{"from":"pod/default/a","to":"service/default/b:80","protocol":"tcp"}';

function objectOf(line: string): Readonly<Record<string, unknown>> {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		throw new InputError({ code: "bad-json", message: "the line is no JSON", hint: `as in ${EXAMPLE}` });
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new InputError({ code: "bad-question", message: "the line is no JSON object", hint: `as in ${EXAMPLE}` });
	}
	return value as Readonly<Record<string, unknown>>;
}

function questionOf(value: unknown): Question {
	const result = questionSchema.safeParse(value);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	const where = issue === undefined || issue.path.length === 0 ? "" : `"${issue.path.join(".")}": `;
	throw new InputError({
		code: "bad-question",
		message: `${where}${issue?.message ?? "not a question"}`,
		hint: `as in ${EXAMPLE}`,
	});
}
