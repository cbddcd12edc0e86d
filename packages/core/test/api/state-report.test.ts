/** A stack's state as groups of lines: nothing is left out, and what is there reads as its tool prints it. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stateReport } from "../../src/api/state-report.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { printNamespace } from "../../src/emit/namespace.ts";
import { clusterNetwork } from "../../src/modes/network.ts";

const MODES = ["flannel-vpc", "flannel-vxlan", "calico-ipip", "terway-trunk", "hybridnet-vlan"];

function subjectOf(mode: string): Parameters<typeof stateReport>[0] {
	const name = `atlas/${mode}/cluster.yaml`;
	const cluster = loadCluster([{ name, text: readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8") }]);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

describe.each(MODES)("the state of a node of %s", (mode) => {
	const subject = subjectOf(mode);
	const place = `node/${subject.cluster.nodes[0]?.name}`;
	const report = stateReport(subject, place);

	test("holds every line that its tools would print", () => {
		const namespace = subject.network.namespace(`node/${subject.cluster.nodes[0]?.name}`);
		if (namespace === undefined) throw new Error(`${place} has no stack`);
		const told = report.sections.flatMap(({ groups }) => groups.flatMap(({ entries }) => entries));
		const lines = new Set(told.flatMap(({ text }) => text.split("\n").map((line) => line.trim())));
		const printed = printNamespace(namespace);
		for (const part of ["ip-address", "ip-route", "ip-rule", "ip-neigh", "bridge-fdb", "ipvsadm-save", "conntrack"]) {
			const wanted = (printed.get(`${part}.txt`) ?? "").split("\n").map((line) => line.trim());
			expect(wanted.filter((line) => line !== "" && !lines.has(line))).toEqual([]);
		}
		const rules = (printed.get("iptables-save.txt") ?? "").split("\n").filter((line) => line.startsWith("-A "));
		expect(rules.filter((line) => !lines.has(line))).toEqual([]);
	});

	test("names each group once, and every jump leads to one of them", () => {
		const groups = report.sections.flatMap((section) => section.groups);
		const names = groups.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		const jumps = groups.flatMap(({ entries }) => entries.flatMap(({ jump }) => (jump === undefined ? [] : [jump])));
		expect(jumps.filter((jump) => !names.includes(jump))).toEqual([]);
	});
});

test.each([
	["service/default/nginx", "is no machine and no pod"],
	["10.0.0.180", "is no machine and no pod"],
	["node/nobody", "there is no node/nobody"],
	["nonsense", "names no place"],
])("%s has no state: the message says why", (name, why) => {
	expect(() => stateReport(subjectOf("flannel-vpc"), name)).toThrow(why);
});
