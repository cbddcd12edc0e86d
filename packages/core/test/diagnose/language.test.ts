/** A diagnosis says the same in every language: its sentences differ, and what it quotes does not. */
import { expect, test } from "vitest";
import { faultSubject } from "../../src/atlas/check-fault.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import type { Diagnosis } from "../../src/diagnose/finding.ts";
import { survey } from "../../src/diagnose/survey.ts";
import { readFaults } from "../support/atlas-files.ts";

const HAN = /\p{Script=Han}/u;

/** One fault for each code that the catalogue has. */
const faults = new Map(
	readFaults().flatMap(({ cluster, faults }) =>
		faults.map((fault) => [fault.finding.code, { cluster, fault }] as const),
	),
);

function expectTheSame(english: Diagnosis, chinese: Diagnosis): void {
	expect(chinese.findings.map(({ code, severity, at }) => [code, severity, at])).toEqual(
		english.findings.map(({ code, severity, at }) => [code, severity, at]),
	);
	for (const [i, finding] of chinese.findings.entries()) {
		const other = english.findings[i];
		expect(finding.message).toMatch(HAN);
		if (finding.proof !== undefined) expect(finding.proof).toMatch(HAN);
		// A name, a command or an entry is quoted as it is; what describes one is in the language.
		for (const text of [
			[finding.owner, other?.owner],
			[finding.fix, other?.fix],
			[finding.confirm, other?.confirm],
			[finding.expected?.text, other?.expected?.text],
			[finding.actual?.text, other?.actual?.text],
		] as const) {
			if (text[0] !== text[1]) expect(text[0]).toMatch(HAN);
		}
	}
}

test.each([...faults])("%s is told in Chinese", (_, { cluster, fault }) => {
	const subject = faultSubject(fault, cluster);
	expectTheSame(diagnose(subject, fault.question), diagnose(subject, fault.question, "zh"));
});

test("and so is what is found in a whole cluster", () => {
	const found = faults.get("route-missing");
	if (found === undefined) throw new Error("the catalogue has no fault with a missing route");
	const ended = (language: "en" | "zh"): Diagnosis => {
		const asking = survey(faultSubject(found.fault, found.cluster), language);
		for (let step = asking.next(); ; step = asking.next()) if (step.done === true) return step.value;
	};
	expectTheSame(ended("en"), ended("zh"));
});
