/** The fault catalogue: with each fault in a healthy cluster's state, what is found first is the fault. */
import { describe, expect, it } from "vitest";
import { checkFault, faultSubject } from "../../src/atlas/check-fault.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { readFaults } from "../support/atlas-files.ts";

const files = readFaults();

describe.each(files)("faults of $cluster.name", ({ cluster, faults }) => {
	it.each(faults)("$id: $title", (fault) => {
		expect(checkFault(fault, cluster)).toEqual([]);
	});
});

/** What a shell of a node or of an administrator is given, each by the name of its manual page. */
const TYPED =
	/^(nsenter -t PID -n )?(sh -c '|ip |bridge |tc |ip6?tables |nft |ipset |ipvsadm |sysctl |conntrack |modprobe |kubectl (?!\S+ \S+ \S+:))/;

describe.each(files)("what is told to type, and what to do, in $cluster.name", ({ cluster, faults }) => {
	it.each(faults)("$id", (fault) => {
		for (const { fix, fixKind } of diagnose(faultSubject(fault, cluster), fault.question).findings) {
			expect(fixKind === undefined).toBe(fix === undefined);
			if (fix !== undefined) expect([fix, TYPED.test(fix)]).toEqual([fix, fixKind === "command"]);
		}
	});
});

it("there are at least sixty faults, and every name is there once", () => {
	const names = files.flatMap(({ faults }) => faults.map(({ mode, id }) => `${mode}/${id}`));
	expect(names.length).toBeGreaterThanOrEqual(60);
	expect(new Set(names).size).toBe(names.length);
});
