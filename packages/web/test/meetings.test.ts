/** From an entry of the state to the paths that meet it: what is asked, and where in an answer the entry is. */
import { readFileSync } from "node:fs";
import {
	atlasIndex,
	clusterNetwork,
	explain,
	findScenario,
	loadCluster,
	parseScenarios,
	type Scenario,
	type Subject,
	scenarioManifests,
	stateReport,
} from "@podpath/core";
import { describe, expect, test } from "vitest";
import { pairsOf, scenariosLike } from "../src/views/state/meetings/questions.ts";
import { meetingIn } from "../src/views/state/meetings/use-meetings.ts";

const read = (file: string): { readonly name: string; readonly text: string } => ({
	name: file,
	text: readFileSync(new URL(`../../../atlas/flannel-vpc/${file}`, import.meta.url), "utf8"),
});
const scenarios = parseScenarios(read("scenarios.yaml").text, "scenarios.yaml");
const NODE = "node/ap-southeast-1.10.0.0.180";

function asked(id: string): { readonly scenario: Scenario; readonly subject: Subject } {
	const scenario = findScenario(scenarios, `flannel-vpc/${id}`);
	if (scenario === undefined) throw new Error(`no scenario ${id}`);
	const cluster = loadCluster(scenarioManifests(scenario, read("cluster.yaml")));
	return { scenario, subject: { cluster, network: clusterNetwork(cluster), fromSnapshot: false } };
}

describe("an answer", () => {
	// Seed 001's second scenario: kube-ipvs0 has the ClusterIP, IPVS sends to the endpoint, the default route leads to the VPC.
	test.each([
		["001-2.2", "table local", "local 192.168.13.23/32 dev kube-ipvs0"],
		["001-2.2", "table main", "default via 10.0.0.253 dev eth0"],
		["001-2.2", "ip rule", "32766:"],
		["001-2.2", "ipvsadm", "-A -t 192.168.13.23:80"],
		["001-2.2-iptables", "iptables nat KUBE-SERVICES", "-A KUBE-SERVICES -d 192.168.13.23/32"],
	])("of %s meets %s %s", (id, group, begins) => {
		const { scenario, subject } = asked(id);
		const groups = stateReport(subject, NODE).sections.flatMap((section) => section.groups);
		const entries = groups.find(({ name }) => name === group)?.entries ?? [];
		const entry = entries.find(({ text }) => text.startsWith(begins));
		const explanation = explain(subject, scenario.question);
		expect(entry).toBeDefined();
		expect(meetingIn(explanation, { place: NODE, group, text: entry?.text ?? "" })?.step).toBeGreaterThan(0);
		// Nobody met the others of the table that lead elsewhere.
		const lo = groups.find(({ name }) => name === "table local")?.entries.find(({ text }) => text.includes("dev lo"));
		expect(meetingIn(explanation, { place: NODE, group: "table local", text: lo?.text ?? "-" })).toBeNull();
	});
});

test("a scenario's entries are looked for in all scenarios of its mode, its own first", () => {
	const candidates = scenariosLike("flannel-vpc/001-2.3", atlasIndex([{ mode: "flannel-vpc", scenarios }]), "en");
	expect(candidates).toHaveLength(scenarios.length);
	expect(candidates[0]?.input).toEqual({ kind: "scenario", name: "flannel-vpc/001-2.3" });
});

describe("in a cluster", () => {
	const pod = (name: string, address: string, on: string): Parameters<typeof pairsOf>[0][number] => ({
		name: `pod/default/${name}`,
		kind: "pod",
		addresses: [address],
		on,
	});
	const service = { name: "service/default/web:80", kind: "service", addresses: ["10.96.0.1"] } as const;
	const places = [pod("far", "10.0.0.12", "b"), pod("near", "10.0.0.1", "a"), service];

	test("pods of the stack and what the entry names are asked about first", () => {
		const entry = { text: "-A KUBE-SERVICES -d 10.96.0.1/32", origin: { component: "kube-proxy" } };
		const [first] = pairsOf(places, "node/a", entry);
		expect(first?.question).toMatchObject({ from: "pod/default/near", to: "service/default/web:80" });
	});

	test("an address is a word: 10.0.0.1 is not 10.0.0.12", () => {
		const entry = { text: "10.0.0.12 dev cni0 lladdr 0a:00:00:00:00:0c PERMANENT", origin: null };
		const [first] = pairsOf(places, "node/c", entry);
		expect([first?.question.from, first?.question.to]).toContain("pod/default/far");
	});

	test("nobody asks himself", () => {
		for (const { question } of pairsOf(places, "node/a", { text: "", origin: null })) {
			expect(question.from).not.toBe(question.to);
		}
	});
});
