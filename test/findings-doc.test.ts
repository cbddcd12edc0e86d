/** docs/findings.md says what the codes say, and every code is there. */
import { EXPLANATION_FINDINGS, FINDING_CODES } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { findingsDocument } from "../scripts/findings-doc.ts";
import { filesUnder, readSource } from "./sources.ts";

describe("docs/findings.md", () => {
	test("is what `npm run findings` writes", () => {
		expect(readSource("docs/findings.md")).toBe(findingsDocument());
	});

	test("knows every code that an explanation's findings are given", () => {
		const sources = filesUnder("packages/core/src/trace", ".ts").filter((path) => path.includes("findings.ts"));
		const given = sources.flatMap((path) =>
			[...readSource(path).matchAll(/code: "([a-z-]+)"/g)].map(([, code]) => code),
		);
		const known = new Set([...Object.keys(EXPLANATION_FINDINGS), ...Object.keys(FINDING_CODES)]);
		expect(given.filter((code) => code === undefined || !known.has(code))).toEqual([]);
		expect(given.length).toBeGreaterThan(20);
	});
});
