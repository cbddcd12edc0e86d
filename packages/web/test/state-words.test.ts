/** The evidence of every fault of the catalogue leads to the entry itself. */
import { readdirSync, readFileSync } from "node:fs";
import {
	clusterNetwork,
	diagnose,
	type Fault,
	faultName,
	faultSubject,
	findScenario,
	isCited,
	LANGUAGES,
	loadCluster,
	parseFaults,
	parseScenarios,
	type Subject,
	scenarioManifests,
	stateReport,
} from "@podpath/core";
import { expect, test } from "vitest";
import { ruleOf, stateWords } from "../src/views/diagnose/state-words.ts";
import { matching, wordsOf } from "../src/views/state/matching.ts";

const ATLAS = new URL("../../../atlas/", import.meta.url);

const faults: readonly Fault[] = readdirSync(new URL("faults", ATLAS)).flatMap((file) =>
	parseFaults(readFileSync(new URL(`faults/${file}`, ATLAS), "utf8"), file),
);

/** What the State view shows of a place for an evidence's text. */
function shown(subject: Subject, place: string, text: string): number {
	const groups = stateReport(subject, place).sections.flatMap((section) => section.groups);
	const rule = ruleOf(text);
	if (rule !== null)
		return groups.flatMap(({ name, entries }) => entries.filter((each) => isCited(rule, name, each.text))).length;
	const words = wordsOf(stateWords(text));
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

/** What a walk says of the rule that stopped it names table, chain and number: the number is not in the state. */
test.each(["calico-bgp/policy-other-port", "flannel-vpc/001-4n-nftables", "calico-bgp/policy-ipv6-denied"])(
	"the rule that stops %s is one entry",
	(name) => {
		const mode = name.slice(0, name.indexOf("/"));
		const read = (file: string): string => readFileSync(new URL(`${mode}/${file}`, ATLAS), "utf8");
		const scenario = findScenario(parseScenarios(read("scenarios.yaml"), "scenarios.yaml"), name);
		if (scenario === undefined) throw new Error(`no scenario ${name}`);
		const cluster = loadCluster(scenarioManifests(scenario, { name: "cluster.yaml", text: read("cluster.yaml") }));
		const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
		const ruled = diagnose(subject, scenario.question, "en").findings.filter(({ actual }) => actual !== undefined);
		expect(ruled.length).toBeGreaterThan(0);
		for (const { at, actual } of ruled) {
			if (at === undefined || actual === undefined) throw new Error("evidence without a place");
			expect(ruleOf(actual.text), actual.text).not.toBeNull();
			expect(shown(subject, at, actual.text), actual.text).toBe(1);
		}
	},
);
