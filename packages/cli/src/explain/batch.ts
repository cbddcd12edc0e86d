/** `--batch`: questions as JSON lines, answers as JSON lines in the same order, each written as soon as it is known. */
import { type FileHandle, open } from "node:fs/promises";
import { STDIN } from "@podpath/collect";
import {
	diagnosticIn,
	explain,
	InputError,
	type Question,
	questionSchema,
	type Subject,
	stringifyJson,
} from "@podpath/core";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus, statusOf, worst } from "../exit-status.ts";
import { LONGEST_LINE, type QuestionLine, questionLines } from "./question-lines.ts";

/** The exit status is that of the worst answer; a bad question is one of its own and does not stop the others. */
export async function runBatch(cli: CliProcess, subject: Subject, path: string): Promise<ExitStatus> {
	let status: ExitStatus = EXIT.yes;
	let number = 0;
	for await (const line of questionLines(await bytesOf(cli, path))) {
		number += 1;
		if (line?.trim() === "") continue;
		const { answer, status: own } = answerTo(line, number, subject);
		status = worst(status, own);
		cli.exitCode = status;
		cli.stdout.write(stringifyJson(answer, { compact: true }));
	}
	return status;
}

async function bytesOf(cli: CliProcess, path: string): Promise<AsyncIterable<Uint8Array | string>> {
	return path === STDIN ? cli.stdin : (await openQuestions(path)).createReadStream();
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

/** `number` is the line's, from 1: an error says it where no id tells which question is meant. */
function answerTo(line: QuestionLine, number: number, subject: Subject): Answered {
	let id: { readonly id?: unknown } = {};
	try {
		const { id: given, ...rest } = objectOf(line);
		id = given === undefined ? {} : { id: given };
		const explanation = explain(subject, questionOf(rest));
		return { answer: { ...id, ...explanation }, status: statusOf(explanation.verdict) };
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const { code, message, hint } = diagnosticIn(error.diagnostic, "en");
		const text = hint === undefined ? message : `${message} (${hint})`;
		return {
			answer: { ...("id" in id ? id : { line: number }), error: { code, message: text } },
			status: EXIT.wrongInput,
		};
	}
}

const EXAMPLE = '{"from":"pod/default/a","to":"service/default/b:80","protocol":"tcp"}';

function objectOf(line: QuestionLine): Readonly<Record<string, unknown>> {
	if (line === null) {
		const message = `the line is longer than the ${LONGEST_LINE} characters that a question can have`;
		throw new InputError({ code: "bad-json", message, hint: `as in ${EXAMPLE}` });
	}
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
