/** NetworkPolicies as Felix writes them: chains as `iptables-save` prints them, beside what Felix's own tests expect, and sets. */
import { describe, expect, it } from "vitest";
import type { Family } from "../../../src/address/address.ts";
import { DEFAULT_FELIX } from "../../../src/cluster/calico-objects.ts";
import { endpointChains } from "../../../src/modes/calico/endpoint-chains.ts";
import { FelixPolicies } from "../../../src/modes/calico/policies.ts";
import { printXtablesSave } from "../../../src/netfilter/xtables/save.ts";
import type { XtChain } from "../../../src/netfilter/xtables/table.ts";
import { clusterOfYaml, podYaml } from "../../support/manifests.ts";
import { netpol } from "../../support/policy-matrix.ts";

const SERVER = podYaml("server", "10.0.0.3").replace(
	"nodeName: a",
	"nodeName: a, containers: [{ ports: [{ name: http, containerPort: 8080 }] }]",
);
const ENDPOINT = { device: "cali1234", object: "pod/default/server", namespace: "default" };

function policyOf(...specs: readonly string[]): ReturnType<FelixPolicies["of"]> {
	const cluster = clusterOfYaml(
		SERVER,
		podYaml("client", "10.0.0.2").replace("app: web", "app: client"),
		...specs.map((spec, index) => netpol("default", `p${index}`, spec)),
	);
	return new FelixPolicies(cluster).of(cluster.pods);
}

function saved(chains: readonly XtChain[], family: Family = 4): readonly string[] {
	const table = {
		family,
		name: "filter",
		backend: "nft",
		chains: new Map(chains.map((each) => [each.name, each])),
	} as const;
	return printXtablesSave([table])
		.split("\n")
		.filter((line) => line.startsWith("-A"))
		.map((line) =>
			line.replaceAll(/-m comment --comment ("[^"]*"|\S+) /g, "").replaceAll(/cali([46]0[sn]:)\S{23}/g, "cali$1ID"),
		);
}

/** The rules of the one chain of ingress of a policy with this rule, without its name. */
function ingress(rule: string, family: Family = 4): readonly string[] {
	const chains = policyOf(`{ podSelector: { matchLabels: { app: web } }, ingress: [${rule}] }`).chains(family);
	return saved(chains, family).map((line) => line.replace("-A cali-pi-_t2bK5DzwqUFUGbz0vDr ", ""));
}

const ALLOW = ["-j MARK --set-xmark 0x10000/0x10000", "-m mark --mark 0x10000/0x10000"] as const;

describe("a rule (felix/rules/policy_test.go, policy.go)", () => {
	it("without anything lets everything through", () => {
		expect(ingress("{}")).toEqual([ALLOW[0]]);
	});

	it("asks protocol, the peers' set and up to 15 ports in one rule", () => {
		expect(
			ingress("{ from: [{ podSelector: { matchLabels: { app: client } } }], ports: [{ port: 80 }, { port: 443 }] }"),
		).toEqual([`-p tcp -m set --match-set cali40s:ID src -m multiport --dports 80,443 ${ALLOW[0]}`]);
	});

	it("has one for each protocol and each peer, protocols in alphabetical order (conversion.go k8sRuleToCalico)", () => {
		const rule =
			"{ from: [{ podSelector: {} }, { namespaceSelector: {} }], ports: [{ port: 53, protocol: UDP }, { port: 53 }] }";
		expect(
			ingress(rule)
				.map((line) => line.split(" -j ").at(0) ?? "")
				.filter((line) => line.startsWith("-p")),
		).toEqual([
			"-p tcp -m set --match-set cali40s:ID src -m multiport --dports 53",
			"-p tcp -m set --match-set cali40s:ID src -m multiport --dports 53",
			"-p udp -m set --match-set cali40s:ID src -m multiport --dports 53",
			"-p udp -m set --match-set cali40s:ID src -m multiport --dports 53",
		]);
	});

	it("joins ports that touch, and ranges (SimplifyPorts)", () => {
		expect(ingress("{ ports: [{ port: 82 }, { port: 80 }, { port: 81 }, { port: 9000, endPort: 9100 }] }")).toEqual([
			`-p tcp -m multiport --dports 80:82,9000:9100 ${ALLOW[0]}`,
		]);
	});

	it("looks a named port up in a set of addresses and ports", () => {
		expect(ingress("{ ports: [{ port: http }] }")).toEqual([
			`-p tcp -m set --match-set cali40n:ID dst,dst ${ALLOW[0]}`,
		]);
		const sets = policyOf("{ podSelector: {}, ingress: [{ ports: [{ port: http }] }] }").sets(4);
		expect(sets.map(({ type, entries }) => [type, entries.map(({ text }) => text)])).toEqual([
			["hash:ip,port", ["10.0.0.3,tcp:8080"]],
		]);
	});

	it("marks what has one of several kinds of ports", () => {
		expect(ingress("{ ports: [{ port: 80 }, { port: http }] }")).toEqual([
			"-j MARK --set-xmark 0x0/0xc0000",
			"-p tcp -m multiport --dports 80 -j MARK --set-xmark 0x40000/0x40000",
			"-m set --match-set cali40n:ID dst,dst -j MARK --set-xmark 0x40000/0x40000",
			`-p tcp -m mark --mark 0x40000/0x40000 ${ALLOW[0]}`,
		]);
	});

	it("takes the mark from exceptions of a block", () => {
		expect(ingress("{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16] } }] }")).toEqual([
			"-j MARK --set-xmark 0x40000/0xc0000",
			"-s 10.1.0.0/16 -j MARK --set-xmark 0x0/0x40000",
			"-s 10.2.0.0/16 -j MARK --set-xmark 0x0/0x40000",
			`-s 10.0.0.0/8 -m mark --mark 0x40000/0x40000 ${ALLOW[0]}`,
		]);
	});

	it("that names blocks of one family is none of the other (FilterRuleToIPVersion)", () => {
		expect(ingress("{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }", 6)).toEqual([]);
		expect(ingress('{ from: [{ ipBlock: { cidr: "fd00::/8" } }] }', 6)).toEqual([`-s fd00::/8 ${ALLOW[0]}`]);
	});
});

describe("an endpoint with policies (felix/rules/endpoints_test.go)", () => {
	const rules = saved(endpointChains(ENDPOINT, DEFAULT_FELIX, policyOf("{ podSelector: {} }", "{ podSelector: {} }")));

	it("asks one after the other until one accepts, and drops what none does", () => {
		expect(rules.filter((line) => line.startsWith("-A cali-tw-")).slice(2, 9)).toEqual([
			"-A cali-tw-cali1234 -j MARK --set-xmark 0x0/0x30000",
			"-A cali-tw-cali1234 -j MARK --set-xmark 0x0/0x20000",
			"-A cali-tw-cali1234 -m mark --mark 0x0/0x20000 -j cali-pi-_t2bK5DzwqUFUGbz0vDr",
			"-A cali-tw-cali1234 -m mark --mark 0x10000/0x10000 -j RETURN",
			"-A cali-tw-cali1234 -m mark --mark 0x0/0x20000 -j cali-pi-_QURZ9Mt7WtYp33YZTPb",
			"-A cali-tw-cali1234 -m mark --mark 0x10000/0x10000 -j RETURN",
			"-A cali-tw-cali1234 -m mark --mark 0x0/0x20000 -j DROP",
		]);
	});

	it("has no rule of a direction that no policy speaks of", () => {
		expect(rules.filter((line) => line.includes("cali-po-"))).toEqual([]);
	});
});
