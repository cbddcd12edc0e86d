/** The fault catalogue: with each fault in a healthy cluster's state, what is found first is the fault. */
import { describe, expect, it } from "vitest";
import { checkFault } from "../../src/atlas/check-fault.ts";
import { readFaults } from "../support/atlas-files.ts";

const files = readFaults();

describe.each(files)("faults of $cluster.name", ({ cluster, faults }) => {
	it.each(faults)("$id: $title", (fault) => {
		expect(checkFault(fault, cluster)).toEqual([]);
	});
});

it("there are at least sixty faults, and every name is there once", () => {
	const names = files.flatMap(({ faults }) => faults.map(({ mode, id }) => `${mode}/${id}`));
	expect(names.length).toBeGreaterThanOrEqual(60);
	expect(new Set(names).size).toBe(names.length);
});
