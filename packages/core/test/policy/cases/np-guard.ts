/**
 * TestNew and TestBasic of np-guard/netpol-analyzer, pkg/netpol/eval/eval_test.go: for each pair of ends the connections that
 * it expects to be allowed, `all`, `none`, or a list.
 */

import type { PodSpec } from "../../support/policy-flows.ts";
import { netpol } from "../../support/policy-matrix.ts";

const WEB = "podSelector: { matchLabels: { app: web } }";
const OPERATIONS = "namespaceSelector: { matchLabels: { team: operations } }";
const DNS = "ports: [{ port: 53, protocol: TCP }, { port: 53, protocol: UDP }]";

const into = (selector: string, rules: string): string =>
	netpol("default", "p", `{ ${selector}, policyTypes: [Ingress], ingress: ${rules} }`);
const outOf = (selector: string, rules: string): string =>
	netpol("default", "p", `{ ${selector}, policyTypes: [Egress], egress: ${rules} }`);

const POLICIES = {
	AllowNothingTo: into(WEB, "null"),
	AllowAllTo: into(WEB, "[{}]").replace("name: p,", "name: all,"),
	AllowSpecificPortTo: into(
		"podSelector: { matchLabels: { app: apiserver } }",
		"[{ ports: [{ port: 5000 }], from: [{ podSelector: { matchLabels: { role: monitoring } } }] }]",
	),
	AllowAllTo_Version2: into(WEB, "[{ from: [{ namespaceSelector: {} }] }]"),
	AllowFromDifferentNamespaceWithLabelsTo: into(
		WEB,
		`[{ from: [{ ${OPERATIONS}, podSelector: { matchLabels: { type: monitoring } } }] }]`,
	),
	AllowAllWithinNamespace: into("podSelector: {}", "[{ from: [{ podSelector: {} }] }]"),
	AllowAllTo_Version3: into(WEB, "[{ from: null }]"),
	AllowAllTo_Version4: into(WEB, "[{ from: [{ podSelector: {}, namespaceSelector: {} }] }]"),
	AllowNothingToAnything: into("podSelector: {}", "[]"),
	AllowFromTo: into(WEB, "[{ from: [{ podSelector: { matchLabels: { app: apiserver } } }] }]"),
	AllowFromAnywhere: into(WEB, "[{ from: [] }]"),
	AllowFromNamespaceTo: into(WEB, `[{ from: [{ ${OPERATIONS} }] }]`),
	AllowNoEgressFromLabels: outOf(WEB, "[]"),
	AllowEgressOnPort: outOf(WEB, `[{ ${DNS} }]`),
	AllowNoEgressFromNamespace: outOf("podSelector: {}", "[]"),
	AllowEgressToAllNamespacesOnPort: outOf(WEB, `[{ ${DNS}, to: [{ namespaceSelector: {} }] }]`),
	AllowNothingToEmptyIngress: into(WEB, "[]"),
	AllowNoIngressNorEgress: netpol("default", "p", `{ ${WEB}, policyTypes: [Ingress, Egress] }`),
	AllowFromMultipleTo: into(
		"podSelector: { matchLabels: { app: bookstore, role: db } }",
		"[{ from: [{ podSelector: { matchLabels: { app: bookstore, role: search } } }, { podSelector: { matchLabels: { app: bookstore, role: api } } }, { podSelector: { matchLabels: { app: inventory, role: web } } }] }]",
	),
	AccidentalAnd: into(WEB, `[{ from: [{ ${OPERATIONS}, podSelector: { matchLabels: { type: monitoring } } }] }]`),
	AccidentalOr: into(WEB, `[{ from: [{ ${OPERATIONS} }, { podSelector: { matchLabels: { role: search } } }] }]`),
	AllowFromMultipleIpBlockTo: into(
		WEB,
		"[{ from: [{ ipBlock: { cidr: 172.17.0.0/16, except: [172.17.0.0/24] } }, { ipBlock: { cidr: 10.0.0.0/16, except: [10.0.0.0/24] } }] }]",
	),
	TestBasic: outOf(
		WEB,
		"[{ ports: [{ port: 80, protocol: TCP }], to: [{ podSelector: {} }, { ipBlock: { cidr: 192.168.242.213/24 } }] }, { ports: [{ port: 53, protocol: UDP }] }]",
	),
} as const;

export type NpGuardPolicy = keyof typeof POLICIES;

export function npGuardPolicy(name: NpGuardPolicy): string {
	return POLICIES[name];
}

/** There they have one address for all; here each has its own. */
export const NP_GUARD_PODS: readonly PodSpec[] = [
	{ key: "default/b", ip: "192.168.49.2", labels: { app: "web", role: "monitoring" } },
	{ key: "default/c", ip: "192.168.49.3", labels: { app: "apiserver" } },
	{ key: "operations/d", ip: "192.168.49.4", labels: { type: "monitoring" } },
	{ key: "default/e", ip: "192.168.49.5", labels: { app: "bookstore", role: "search" } },
	{ key: "default/f", ip: "192.168.49.6", labels: { app: "bookstore", role: "api" } },
	{ key: "default/g", ip: "192.168.49.7", labels: { app: "inventory", role: "web" } },
	{ key: "default/h", ip: "192.168.49.8", labels: { app: "bookstore", role: "db" } },
	{ key: "operations/j", ip: "192.168.49.9", labels: { app: "bookstore1", role: "db1" } },
];

export const NP_GUARD_NAMESPACES = { default: { a: "b" }, operations: { team: "operations" } } as const;

export interface NpGuardCase {
	/** Its name there. */
	readonly name: string;
	readonly policies: readonly NpGuardPolicy[];
	readonly from: string;
	readonly to: string;
	/** `all`, `none`, or `PROTOCOL PORT` separated by commas. */
	readonly allowed: string;
}

const row = (name: string, policy: NpGuardPolicy, from: string, to: string, allowed: string): NpGuardCase => ({
	name,
	policies: [policy],
	from,
	to,
	allowed,
});

const DNS_ONLY = "tcp 53,udp 53";

export const NP_GUARD_CASES: readonly NpGuardCase[] = [
	row("TestBasic t1", "TestBasic", "default/b", "192.168.242.0", "tcp 80,udp 53"),
	row("TestBasic t2", "TestBasic", "default/b", "192.169.0.0", "udp 53"),
	row("TestBasic t3, t4", "TestBasic", "default/b", "default/c", "tcp 80,udp 53"),
	row("t1", "AllowNothingTo", "default/c", "default/b", "none"),
	row("t2", "AllowAllTo", "default/c", "default/b", "all"),
	{ ...row("t3", "AllowAllTo", "default/c", "default/b", "all"), policies: ["AllowNothingTo", "AllowAllTo"] },
	row("t4", "AllowSpecificPortTo", "default/b", "default/c", "tcp 5000"),
	row("t5", "AllowAllTo_Version2", "default/c", "default/b", "all"),
	row("t6", "AllowFromDifferentNamespaceWithLabelsTo", "operations/d", "default/b", "all"),
	row("t7", "AllowFromDifferentNamespaceWithLabelsTo", "default/c", "default/b", "none"),
	row("t8", "AllowAllWithinNamespace", "default/c", "default/b", "all"),
	row("t9", "AllowAllWithinNamespace", "default/b", "default/c", "all"),
	row("t10", "AllowAllWithinNamespace", "operations/d", "default/c", "none"),
	row("t11", "AllowAllTo_Version3", "default/c", "default/b", "all"),
	row("t12", "AllowAllTo_Version3", "operations/d", "default/b", "all"),
	row("t13", "AllowAllTo_Version4", "default/c", "default/b", "all"),
	row("t14", "AllowAllTo_Version4", "operations/d", "default/b", "all"),
	row("t15", "AllowNothingToAnything", "default/c", "default/b", "none"),
	row("t16", "AllowNothingToAnything", "default/b", "default/c", "none"),
	row("t17", "AllowNothingToAnything", "operations/d", "default/c", "none"),
	row("t18", "AllowNothingToAnything", "default/b", "operations/d", "all"),
	row("t19", "AllowFromTo", "default/c", "default/b", "all"),
	row("t20", "AllowFromTo", "operations/d", "default/b", "none"),
	row("t21", "AllowFromAnywhere", "default/c", "default/b", "all"),
	row("t22", "AllowFromAnywhere", "192.168.242.0", "default/b", "all"),
	row("t23", "AllowFromAnywhere", "operations/d", "default/b", "all"),
	row("t24", "AllowFromNamespaceTo", "operations/d", "default/b", "all"),
	row("t25", "AllowFromNamespaceTo", "default/c", "default/b", "none"),
	row("t26", "AllowNoEgressFromLabels", "default/b", "default/c", "none"),
	row("t27", "AllowNoEgressFromLabels", "default/c", "default/b", "all"),
	row("t28", "AllowEgressOnPort", "default/b", "default/c", DNS_ONLY),
	row("t29", "AllowEgressOnPort", "default/c", "default/b", "all"),
	row("t30", "AllowNoEgressFromNamespace", "default/c", "default/b", "none"),
	row("t31", "AllowNoEgressFromNamespace", "default/b", "default/c", "none"),
	row("t32", "AllowNoEgressFromNamespace", "operations/d", "default/c", "all"),
	row("t33", "AllowEgressToAllNamespacesOnPort", "default/b", "default/c", DNS_ONLY),
	row("t34", "AllowEgressToAllNamespacesOnPort", "default/b", "operations/d", DNS_ONLY),
	row("t35", "AllowEgressToAllNamespacesOnPort", "default/b", "192.168.242.0", "none"),
	row("t36", "AllowEgressToAllNamespacesOnPort", "default/c", "default/b", "all"),
	row("t37", "AllowNothingToEmptyIngress", "default/c", "default/b", "none"),
	row("t38", "AllowNothingToEmptyIngress", "default/b", "default/c", "all"),
	row("t39", "AllowNoIngressNorEgress", "default/c", "default/b", "none"),
	row("t40", "AllowNoIngressNorEgress", "default/b", "default/c", "none"),
	row("t41", "AllowNoIngressNorEgress", "default/c", "operations/d", "all"),
	row("t42", "AllowNoIngressNorEgress", "operations/d", "default/c", "all"),
	row("t43", "AllowFromMultipleTo", "default/e", "default/h", "all"),
	row("t44", "AllowFromMultipleTo", "default/f", "default/h", "all"),
	row("t45", "AllowFromMultipleTo", "default/g", "default/h", "all"),
	row("t46", "AllowFromMultipleTo", "default/c", "default/h", "none"),
	row("t47", "AllowFromMultipleTo", "default/b", "default/h", "none"),
	row("t48", "AccidentalAnd", "operations/d", "default/b", "all"),
	row("t49", "AccidentalAnd", "default/c", "default/b", "none"),
	row("t50", "AccidentalOr", "operations/d", "default/b", "all"),
	row("t51", "AccidentalOr", "default/c", "default/b", "none"),
	row("t52", "AccidentalOr", "default/e", "default/b", "all"),
	row("t53", "AllowFromMultipleIpBlockTo", "172.17.1.0", "default/b", "all"),
	row("t54", "AllowFromMultipleIpBlockTo", "10.0.1.0", "default/b", "all"),
	row("t55", "AllowFromMultipleIpBlockTo", "172.17.0.0", "default/b", "none"),
	row("t56", "AllowFromMultipleIpBlockTo", "10.0.0.0", "default/b", "none"),
	row("t57", "AllowFromMultipleIpBlockTo", "11.0.0.0", "default/b", "none"),
	row("t58", "AllowFromMultipleIpBlockTo", "default/c", "default/b", "none"),
];
