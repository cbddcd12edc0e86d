/** Findings say the same in every language, fact by fact. */
import { describe, expect, test } from "vitest";
import { scenarioManifests } from "../../src/atlas/change.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import { CHINESE } from "../../src/wording/chinese.ts";
import { ENGLISH } from "../../src/wording/english.ts";
import { type PhraseCode, phrase, worded } from "../../src/wording/phrase.ts";
import { readAtlas } from "../support/atlas-files.ts";

const HAN = /\p{Script=Han}/u;

test.each(Object.entries(ENGLISH))("%s has the same facts in Chinese", (code, english) => {
	const facts = (template: string): readonly string[] =>
		[...new Set([...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name))].sort();
	expect(facts(CHINESE[code as PhraseCode])).toEqual(facts(english));
});

describe("a phrase", () => {
	const why = phrase("no-pod-has-labels", { labels: "app=web" });
	const message = phrase("service-no-endpoints", { object: "service/a/web", where: "(a.yaml:1)", port: 80, why });

	test("is worded with the phrases in it, in the language that is asked for", () => {
		expect(worded(message)).toBe("service/a/web (a.yaml:1) has no endpoint for port 80: no pod has labels app=web");
		expect(worded(message, "zh")).toBe("service/a/web (a.yaml:1) 的端口 80 没有端点：没有 Pod 带有标签 app=web");
	});

	test("joins several facts as the language does", () => {
		const members = phrase("lb-remove-and-mount", { members: ["10.0.0.1:80", "10.0.0.2:80"] });
		expect(worded(members)).toBe("remove it, and mount 10.0.0.1:80, 10.0.0.2:80");
		expect(worded(members, "zh")).toBe("移除它，并挂载 10.0.0.1:80、10.0.0.2:80");
	});

	test("takes facts as they are, whatever stands in them", () => {
		expect(worded(phrase("look-at-target-port", { object: "service/{object}/$&" }))).toBe(
			"look at targetPort of service/{object}/$&",
		);
	});
});

const MODES: ReadonlySet<string> = new Set([
	"flannel-vpc",
	"calico-bgp",
	"hybridnet-vlan",
	"terway-trunk",
	"contiv-bgp",
]);

test.each(readAtlas().filter(({ mode }) => MODES.has(mode)))(
	"every finding of the scenarios of $mode is told in Chinese",
	({ cluster, scenarios }) => {
		for (const scenario of scenarios) {
			const loaded = loadCluster(scenarioManifests(scenario, cluster));
			const subject = { cluster: loaded, network: clusterNetwork(loaded), fromSnapshot: false };
			for (const { code, message } of explain(subject, scenario.question, "zh").findings) {
				expect([code, HAN.test(message)]).toEqual([code, true]);
			}
		}
	},
);
