/** The evidence of every fault of the catalogue leads to the entry itself. */
import { readdirSync, readFileSync } from "node:fs";
import {
	clusterNetwork,
	diagnose,
	type Fault,
	faultName,
	faultSubject,
	LANGUAGES,
	loadCluster,
	parseFaults,
	type Subject,
	stateReport,
} from "@podpath/core";
import { expect, test } from "vitest";
import { stateWords } from "../src/views/diagnose/state-words.ts";
import { matching, wordsOf } from "../src/views/state/matching.ts";

const ATLAS = new URL("../../../atlas/", import.meta.url);

const faults: readonly Fault[] = readdirSync(new URL("faults", ATLAS)).flatMap((file) =>
	parseFaults(readFileSync(new URL(`faults/${file}`, ATLAS), "utf8"), file),
);

/** What the State view shows of a place for an evidence's text. */
function shown(subject: Subject, place: string, text: string): number {
	const words = wordsOf(stateWords(text));
	const groups = stateReport(subject, place).sections.flatMap((section) => section.groups);
	return groups.flatMap((group) => matching(group, words)).length;
}

function hasState(place: string | undefined): place is string {
	return place !== undefined && /^(pod|node|host)\//.test(place);
}

const cases = faults.flatMap((fault) => LANGUAGES.map((language) => [faultName(fault), language, fault] as const));

test.each(cases)("%s (%s)", (_, language, fault) => {
	const name = "cluster.yaml";
	const file = { name, text: readFileSync(new URL(`${fault.mode}/${name}`, ATLAS), "utf8") };
	const cluster = loadCluster([file]);
	const healthy = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	const broken = faultSubject(fault, file);
	const found = diagnose(broken, fault.question, language).findings.filter(({ severity }) => severity !== "info");
	for (const { code, at, expected, actual } of found) {
		if (!hasState(at)) continue;
		if (actual !== undefined) expect(shown(broken, at, actual.text), actual.text).toBeGreaterThan(0);
		// A sysctl that nobody sets is the kernel's, and in no list.
		if (expected !== undefined && code !== "sysctl-wrong") {
			expect(shown(healthy, at, expected.text), expected.text).toBeGreaterThan(0);
		}
	}
});
