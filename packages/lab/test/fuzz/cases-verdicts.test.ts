/** What the fuzzer found is found by verdicts alone too, which rest on what stacks are known to do (docs/decisions/0007). */
import { readdirSync, readFileSync } from "node:fs";
import { explain, verdictOf } from "@podpath/core";
import { describe, expect, test } from "vitest";
import type { FuzzCase } from "../../src/fuzz/print.ts";
import { subjectOf } from "../../src/fuzz/sketch.ts";

const FOLDER = new URL("cases/", import.meta.url);
/** More often than a stack waits before it remembers what it does. */
const OFTEN = 40;

describe("verdicts alone are those of explanations", () => {
	for (const file of readdirSync(FOLDER).sort()) {
		const { sketch, question }: FuzzCase = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
		test(file.replace(".json", ""), () => {
			const subject = subjectOf(sketch);
			const { verdict } = explain(subject, question);
			for (let time = 0; time < OFTEN; time++) expect(verdictOf(subject, question)).toBe(verdict);
		});
	}
});
