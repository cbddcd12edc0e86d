/** A diagnosis as a person reads it: the cause with its evidence, the fix and how to confirm it, then the rest. */

import type { Diagnosis, DiagnosisFinding, Evidence } from "../diagnose/finding.ts";
import { formatPosition, printable } from "../diagnostic/diagnostic.ts";
import { type Cell, columns } from "./columns.ts";
import { paintFor, type Role } from "./style.ts";
import { fixRole, formatQuestion, type TextOptions } from "./text.ts";
import type { Layout } from "./text-layout.ts";

const ROLES: Readonly<Record<DiagnosisFinding["severity"], Role>> = { error: "bad", warning: "warning", info: "faint" };

/** The first line says what becomes of the packet and why. Ends in a line feed. */
export function renderDiagnosis(diagnosis: Diagnosis, options: TextOptions): string {
	const layout: Layout = {
		paint: paintFor(options.color),
		width: options.width,
		measure: options.measure ?? ((text) => [...text].length),
		indent: "  ",
		verbose: options.verbose === true,
	};
	const serious = diagnosis.findings.filter(({ severity }) => severity !== "info");
	const minor = diagnosis.findings.filter(({ severity }) => severity === "info");
	const lines = [
		headLine(diagnosis, serious.length, layout),
		...serious.flatMap((finding) => ["", ...findingLines(finding, diagnosis, layout)]),
		...minorLines(minor, layout),
	];
	return lines.map((line) => `${line}\n`).join("");
}

function headLine({ question, verdict, expected, asked }: Diagnosis, serious: number, { paint }: Layout): string {
	const found = serious === 0 ? "nothing is wrong" : serious === 1 ? "one cause found" : `${serious} findings`;
	if (question === null) {
		const { questions, places, interrupted } = asked ?? { questions: 0, places: 0, interrupted: false };
		const stopped = interrupted ? ", interrupted" : "";
		return paint("heading", `${found} (${questions} questions about ${places} places${stopped})`);
	}
	const should = expected === null || expected === verdict ? "" : `, and should be ${expected}`;
	return paint("heading", printable(`${formatQuestion(question)}: ${verdict}${should}; ${found}`));
}

function findingLines(finding: DiagnosisFinding, { question }: Diagnosis, layout: Layout): readonly string[] {
	const { severity, code, message, owner, object, expected, actual, lookedIn, fix, fixKind, confirm, proof } = finding;
	const about = object === undefined ? "" : ` for ${object}`;
	const rows: (readonly [string, string | undefined, Pick<Cell, "role">?])[] = [
		["expected", evidenceText(expected)],
		["found", evidenceText(actual) ?? (lookedIn === undefined ? undefined : `nothing like it in ${lookedIn}`)],
		["owner", owner === undefined ? undefined : `${owner}${about}`],
		["fix", fix, fixRole(fixKind)],
		["confirm", confirm],
		["proof", proof],
		["asked", finding.question === undefined || question !== null ? undefined : formatQuestion(finding.question)],
	];
	const cells = rows.flatMap(([name, text, style]): (readonly Cell[])[] =>
		text === undefined
			? []
			: [
					[
						{ text: name, role: "faint" },
						{ text: printable(text), ...style },
					],
				],
	);
	const head = `${layout.paint(ROLES[severity], severity)} ${printable(message)} [${code}]`;
	return [head, ...columns(cells, layout).flat()];
}

function evidenceText(evidence: Evidence | undefined): string | undefined {
	if (evidence === undefined) return undefined;
	return evidence.source === undefined ? evidence.text : `${evidence.text}   (${formatPosition(evidence.source)})`;
}

function minorLines(minor: readonly DiagnosisFinding[], layout: Layout): readonly string[] {
	if (minor.length === 0) return [];
	const rows = minor.map(({ code, message }): readonly Cell[] => [
		{ text: "info", role: "faint" },
		{ text: printable(`${message} [${code}]`) },
	]);
	return ["", layout.paint("heading", "Noted, without effect on this"), ...columns(rows, layout).flat()];
}
