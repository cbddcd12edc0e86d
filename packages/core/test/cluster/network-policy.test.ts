/** NetworkPolicy as people write it: what is filled in, and each thing that can be wrong, in one line with its place. */
import { describe, expect, test } from "vitest";
import type { NetworkPolicy } from "../../src/cluster/network-policy.ts";
import { clusterOfYaml, errorOf } from "../support/manifests.ts";

function policyYaml(spec: string, more = ""): string {
	return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p${more} }
spec: ${spec}`;
}

function policy(spec: string): NetworkPolicy | undefined {
	return clusterOfYaml(policyYaml(spec)).networkPolicies[0];
}

const ingress = (rule: string): string => `{ podSelector: {}, ingress: [${rule}] }`;
const egress = (rule: string): string => `{ podSelector: {}, egress: [${rule}] }`;

describe("what a policy does not say (pkg/apis/networking/v1/defaults.go)", () => {
	test.each([
		["{ podSelector: {} }", ["Ingress"]],
		["{ podSelector: {}, policyTypes: [] }", ["Ingress"]],
		["{ podSelector: {}, egress: [] }", ["Ingress"]],
		["{ podSelector: {}, egress: [{}] }", ["Ingress", "Egress"]],
		["{ podSelector: {}, policyTypes: [Egress], ingress: [{}] }", ["Egress"]],
		["{ podSelector: {}, policyTypes: [Egress, Ingress] }", ["Ingress", "Egress"]],
	])("policyTypes of %s", (spec, types) => {
		expect(policy(spec)?.policyTypes).toEqual(types);
	});

	test("no podSelector is one that takes every pod, no namespace is default (types.go, PodSelector)", () => {
		expect(policy("{}")).toMatchObject({ namespace: "default", podSelector: { requirements: [] }, ingress: [] });
	});

	test("TCP is the protocol, and every port is the port, where only one of them is written", () => {
		const rules = policy(
			ingress("{ ports: [{ port: 80 }, { protocol: UDP }, { port: dns, protocol: UDP }] }"),
		)?.ingress;
		expect(rules?.[0]?.ports).toEqual([
			{ kind: "range", protocol: "tcp", from: 80, to: 80 },
			{ kind: "all", protocol: "udp" },
			{ kind: "name", protocol: "udp", name: "dns" },
		]);
	});
});

describe("a rule", () => {
	test("may have a range of ports (KEP-2079)", () => {
		expect(policy(egress("{ ports: [{ port: 32000, endPort: 32768 }] }"))?.egress[0]?.ports).toEqual([
			{ kind: "range", protocol: "tcp", from: 32000, to: 32768 },
		]);
	});

	test("tells one peer of two selectors from two peers of one each", () => {
		const [one, two] =
			policy(
				ingress(
					"{ from: [{ podSelector: {}, namespaceSelector: {} }] }, { from: [{ podSelector: {} }, { namespaceSelector: {} }] }",
				),
			)?.ingress ?? [];
		const any = { requirements: [] };
		expect(one?.peers).toEqual([{ kind: "pods", podSelector: any, namespaceSelector: any }]);
		expect(two?.peers).toEqual([
			{ kind: "pods", podSelector: any, namespaceSelector: null },
			{ kind: "pods", podSelector: null, namespaceSelector: any },
		]);
	});

	test("clears the host bits of a block, as the API server lets them pass", () => {
		const [rule] =
			policy(egress("{ to: [{ ipBlock: { cidr: 192.168.242.213/24, except: ['192.168.242.1/32'] } }] }"))?.egress ?? [];
		expect(rule?.peers).toMatchObject([{ cidr: { text: "192.168.242.0/24" }, except: [{ text: "192.168.242.1/32" }] }]);
	});

	test("keeps the line where it begins, which answers quote", () => {
		const text = policyYaml(
			"\n  podSelector: {}\n  ingress:\n  - from: [{ podSelector: {} }]\n  - ports:\n    - port: 80",
		);
		expect(clusterOfYaml(text).networkPolicies[0]?.ingress.map(({ line }) => line)).toEqual([7, 8]);
	});
});

test("the policies of extensions/v1beta1 mean the same", () => {
	const old = policyYaml("{ podSelector: {} }").replace("networking.k8s.io/v1", "extensions/v1beta1");
	expect(clusterOfYaml(old).networkPolicies).toHaveLength(1);
});

test("two policies of one name that differ are an error", () => {
	const text = `${policyYaml("{ podSelector: {} }")}\n---\n${policyYaml("{ podSelector: {}, ingress: [{}] }")}`;
	expect(errorOf(text)).toContain('NetworkPolicy "default/p" is there twice, and differs');
});

describe("what is wrong is said with its place and what would be right", () => {
	const block = (spec: string): string => egress(`{ to: [{ ipBlock: { ${spec} } }] }`);
	const port = (spec: string): string => ingress(`{ ports: [{ ${spec} }] }`);
	const selector = (spec: string): string => `{ podSelector: { matchExpressions: [{ ${spec} }] } }`;

	test.each([
		[
			"an operator",
			selector("key: a, operator: Equals, values: [b]"),
			"must be one of In, NotIn, Exists, DoesNotExist",
		],
		["no operator", selector("key: a"), "operator is missing"],
		["In without values", selector("key: a, operator: In"), "values must not be empty with operator In"],
		["Exists with values", selector("key: a, operator: Exists, values: [b]"), "must be empty with operator Exists"],
		["a value", selector("key: a, operator: In, values: ['b c']"), 'must be the value of a label, not "b c"'],
		["a value that is no text", selector("key: a, operator: In, values: [1]"), 'write it in quotes: "1"'],
		["a key", selector("key: 'a b', operator: Exists"), 'must be the key of a label, not "a b"'],
		["a prefix of a key", selector("key: A_B/c, operator: Exists"), "must be the key of a label"],
		["a key of matchLabels", "{ podSelector: { matchLabels: { '-a': b } } }", '"-a" cannot be the key of a label'],
		[
			"labels without matchLabels",
			"{ podSelector: { app: web } }",
			"spec.podSelector.app is no field of a label selector",
		],
		["port 0", port("port: 0"), "spec.ingress[0].ports[0].port must be a whole number from 1 to 65535, not 0"],
		["port 65536", port("port: 65536"), "from 1 to 65535, not 65536"],
		["a port in quotes", port("port: '80'"), 'not "80" (write it without quotes: 80)'],
		["a port name", port("port: Web_1"), "or the name of a container port"],
		["a protocol", port("protocol: ICMP"), "must be one of TCP, UDP, SCTP"],
		["an end before the start", port("port: 90, endPort: 80"), "endPort must be at least 90, which is port, not 80"],
		["an end past the last", port("port: 90, endPort: 65536"), "endPort must be a whole number from 1 to 65535"],
		["an end after a name", port("port: web, endPort: 90"), 'endPort cannot follow the named port "web"'],
		["an end alone", port("endPort: 90"), "endPort needs port"],
		["a block that is none", block("cidr: 10.0.0.0/33"), "cidr must be a CIDR"],
		["an address for a block", block("cidr: 10.0.0.1"), "cidr must be a CIDR"],
		["no cidr", block("except: [10.0.0.0/8]"), "cidr must be a CIDR"],
		[
			"an exception outside",
			block("cidr: 10.0.0.0/8, except: [11.0.0.0/16]"),
			"must be a part of 10.0.0.0/8, and smaller",
		],
		["an exception as large", block("cidr: 10.0.0.0/8, except: [10.0.0.0/8]"), "must be a part of 10.0.0.0/8"],
		["an exception of the other family", block("cidr: '::/0', except: [10.0.0.0/8]"), "must be a part of ::/0"],
		[
			"a block with a selector",
			egress("{ to: [{ ipBlock: { cidr: '::/0' }, podSelector: {} }] }"),
			"has both ipBlock and a",
		],
		["an empty peer", ingress("{ from: [{}] }"), "spec.ingress[0].from[0] names no peer"],
		["a peer that is null", ingress("{ from: [{ podSelector: }] }"), "podSelector: {} is every pod of the namespace"],
		[
			"from in an egress rule",
			egress("{ from: [{ podSelector: {} }] }"),
			"spec.egress[0].from is no field of an egress rule",
		],
		["a misspelt field", ingress("{ port: [{ port: 80 }] }"), 'did you mean "ports"?'],
		["a policy type", "{ podSelector: {}, policyTypes: [ingress] }", 'did you mean "Ingress"?'],
		["too many types", "{ podSelector: {}, policyTypes: [Ingress, Egress, Ingress] }", "at most Ingress and Egress"],
		["rules that are no list", "{ podSelector: {}, ingress: {} }", "spec.ingress must be a list"],
	])("%s", (_, spec, message) => {
		const error = errorOf(policyYaml(spec));
		expect(error).toContain(message);
		expect(error).toMatch(/^a\.yaml:[45](:\d+)?: /);
		expect(error.split("\n")).toHaveLength(1);
	});
});
