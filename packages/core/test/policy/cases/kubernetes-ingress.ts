/** Cases of kubernetes test/e2e/network/netpol/network_policy.go on what is let in, with the outcomes that it expects. */
import { type Expectation, type MatrixCase, type MatrixProbe, netpol } from "../../support/policy-matrix.ts";

function source(name: string): string {
	return `kubernetes test/e2e/network/netpol/network_policy.go "${name}"`;
}

const tcp = (port: number, ...expect: readonly Expectation[]): MatrixProbe => ({ protocol: "tcp", port, expect });

/** What most of them look at: who reaches x/a at port 80. */
function intoA(name: string, ingress: string, ...expect: readonly Expectation[]): MatrixCase {
	const policies = [netpol("x", "p", `{ podSelector: { matchLabels: { pod: a } }, ingress: [${ingress}] }`)];
	return { name, source: source(name), steps: [{ policies, probes: [tcp(80, ...expect)] }] };
}

const NOT_X = "matchExpressions: [{ key: kubernetes.io/metadata.name, operator: NotIn, values: [x] }]";
const ONLY_Y = "matchLabels: { kubernetes.io/metadata.name: y }";
const FROM_Y: readonly Expectation[] = [
	["x/*", "x/a", false],
	["z/*", "x/a", false],
];
const NOBODY_INTO_A: Expectation = ["*/*", "x/a", false];
const NOBODY_INTO_X: Expectation = ["*/*", "x/*", false];

export const SELECTORS: readonly MatrixCase[] = [
	intoA(
		"should enforce policy to allow traffic from pods within server namespace based on PodSelector",
		"{ from: [{ podSelector: { matchLabels: { pod: b } } }] }",
		NOBODY_INTO_A,
		["x/b", "x/a", true],
	),
	intoA(
		"should enforce policy to allow ingress traffic from pods in all namespaces",
		"{ from: [{ namespaceSelector: { matchLabels: {} } }] }",
	),
	intoA(
		"should enforce policy to allow traffic only from a different namespace, based on NamespaceSelector",
		`{ from: [{ namespaceSelector: { ${ONLY_Y} } }] }`,
		...FROM_Y,
	),
	intoA(
		"should enforce policy based on PodSelector with MatchExpressions",
		"{ from: [{ podSelector: { matchExpressions: [{ key: pod, operator: In, values: [b] }] } }] }",
		NOBODY_INTO_A,
		["x/b", "x/a", true],
	),
	intoA(
		"should enforce policy based on NamespaceSelector with MatchExpressions",
		"{ from: [{ namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: [y] }] } }] }",
		...FROM_Y,
	),
	intoA(
		"should enforce policy based on PodSelector or NamespaceSelector",
		`{ from: [{ namespaceSelector: { ${NOT_X} } }, { podSelector: { matchLabels: { pod: b } } }] }`,
		["x/a", "x/a", false],
		["x/c", "x/a", false],
	),
	intoA(
		"should enforce policy based on PodSelector and NamespaceSelector",
		`{ from: [{ namespaceSelector: { ${NOT_X} }, podSelector: { matchLabels: { pod: b } } }] }`,
		NOBODY_INTO_A,
		["y/b", "x/a", true],
		["z/b", "x/a", true],
	),
	intoA(
		"should enforce policy based on Multiple PodSelectors and NamespaceSelectors",
		`{ from: [{ namespaceSelector: { ${NOT_X} }, podSelector: { matchExpressions: [{ key: pod, operator: In, values: [b, c] }] } }] }`,
		["x/*", "x/a", false],
		["y/a", "x/a", false],
		["z/a", "x/a", false],
	),
	intoA(
		"should enforce policy based on any PodSelectors",
		"{ from: [{ podSelector: { matchLabels: { pod: b } } }, { podSelector: { matchLabels: { pod: c } } }] }",
		NOBODY_INTO_A,
		["x/b", "x/a", true],
		["x/c", "x/a", true],
	),
	intoA(
		"should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector",
		`{ from: [{ namespaceSelector: { ${ONLY_Y} }, podSelector: { matchLabels: { pod: a } } }] }`,
		NOBODY_INTO_A,
		["y/a", "x/a", true],
	),
	intoA(
		"should enforce policy to allow traffic based on NamespaceSelector with MatchLabels using default ns label",
		`{ from: [{ namespaceSelector: { ${ONLY_Y} } }] }`,
		...FROM_Y,
	),
];

const DENY_ALL = netpol("x", "deny-all", "{ podSelector: {}, policyTypes: [Ingress] }");
const ONLY_81_FROM_Y = netpol(
	"x",
	"only-81",
	`{ podSelector: { matchLabels: { pod: a } }, ingress: [{ from: [{ namespaceSelector: { ${ONLY_Y} } }], ports: [{ port: 81, protocol: TCP }] }] }`,
);
const ALLOW_ALL = netpol("x", "allow-all", "{ podSelector: { matchLabels: {} }, ingress: [{}] }");

function steps(name: string, ...all: MatrixCase["steps"]): MatrixCase {
	return { name, source: source(name), steps: all };
}

export const DENIALS_AND_PORTS: readonly MatrixCase[] = [
	steps("should support a 'default-deny-ingress' policy", {
		policies: [DENY_ALL],
		probes: [
			tcp(80, NOBODY_INTO_X),
			{ protocol: "udp", port: 80, expect: [NOBODY_INTO_X] },
			{ protocol: "sctp", port: 80, expect: [NOBODY_INTO_X] },
		],
	}),
	steps("should enforce policy to allow ingress traffic for a target", {
		policies: [
			DENY_ALL,
			netpol(
				"x",
				"allow-all-to-a",
				"{ podSelector: { matchLabels: { pod: a } }, ingress: [{ from: [{ podSelector: {}, namespaceSelector: {} }] }] }",
			),
		],
		probes: [tcp(80, NOBODY_INTO_X, ["*/*", "x/a", true])],
	}),
	steps("should enforce policy based on Ports", { policies: [ONLY_81_FROM_Y], probes: [tcp(81, ...FROM_Y)] }),
	steps(
		"should enforce multiple, stacked policies with overlapping podSelectors",
		{ policies: [ONLY_81_FROM_Y], probes: [tcp(81, ...FROM_Y), tcp(80, NOBODY_INTO_A)] },
		{
			policies: [ONLY_81_FROM_Y, ONLY_81_FROM_Y.replace("only-81", "only-80").replace("port: 81", "port: 80")],
			probes: [tcp(80, ...FROM_Y)],
		},
	),
	steps("should support allow-all policy", { policies: [ALLOW_ALL], probes: [tcp(80), tcp(81)] }),
	steps("should allow ingress access on one named port", {
		policies: [netpol("x", "named", "{ podSelector: {}, ingress: [{ ports: [{ port: serve-81-tcp }] }] }")],
		probes: [tcp(81), tcp(80, NOBODY_INTO_X)],
	}),
	steps("should allow ingress access from namespace on one named port", {
		policies: [ONLY_81_FROM_Y.replace("port: 81", "port: serve-80-tcp")],
		probes: [tcp(80, ...FROM_Y), tcp(81, NOBODY_INTO_A)],
	}),
	steps("should deny ingress from pods on other namespaces", {
		policies: [netpol("x", "own", "{ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: {} } }] }] }")],
		probes: [tcp(80, ["y/*", "x/*", false], ["z/*", "x/*", false])],
	}),
	steps("should enforce ingress policy allowing any port traffic to a server on a specific protocol", {
		policies: [
			netpol("x", "tcp", "{ podSelector: { matchLabels: { pod: a } }, ingress: [{ ports: [{ protocol: TCP }] }] }"),
		],
		probes: [tcp(80), { protocol: "udp", port: 80, expect: [NOBODY_INTO_A] }],
	}),
	steps(
		"should enforce multiple ingress policies with ingress allow-all policy taking precedence",
		{
			policies: [netpol("x", "p", "{ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }")],
			probes: [tcp(81, NOBODY_INTO_X)],
		},
		{
			policies: [netpol("x", "p", "{ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }"), ALLOW_ALL],
			probes: [tcp(81)],
		},
	),
	steps("should not mistakenly treat 'protocol: SCTP' as 'protocol: TCP', even if the plugin doesn't support SCTP", {
		policies: [
			DENY_ALL,
			netpol(
				"x",
				"sctp",
				"{ podSelector: { matchLabels: { pod: a } }, ingress: [{ ports: [{ port: 81, protocol: SCTP }] }] }",
			),
		],
		probes: [tcp(81, NOBODY_INTO_X)],
	}),
	steps(
		"should properly isolate pods that are selected by a policy allowing SCTP, even if the plugin doesn't support SCTP",
		{
			policies: [
				netpol(
					"x",
					"sctp",
					"{ podSelector: { matchLabels: { pod: a } }, ingress: [{ ports: [{ port: 80, protocol: SCTP }] }] }",
				),
			],
			probes: [tcp(81, NOBODY_INTO_A)],
		},
	),
	steps("should not allow access by TCP when a policy specifies only UDP", {
		policies: [
			netpol(
				"x",
				"udp",
				"{ podSelector: { matchLabels: { pod: a } }, ingress: [{ ports: [{ port: 81, protocol: UDP }] }] }",
			),
		],
		probes: [tcp(81, NOBODY_INTO_A)],
	}),
	...(["udp", "sctp"] as const).flatMap((protocol) => [
		steps(`${protocol.toUpperCase()}: should enforce policy based on Ports`, {
			policies: [ONLY_81_FROM_Y.replace("protocol: TCP", `protocol: ${protocol.toUpperCase()}`)],
			probes: [{ protocol, port: 81, expect: FROM_Y }],
		}),
		steps(
			`${protocol.toUpperCase()}: should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector`,
			{
				policies: [
					netpol(
						"x",
						"y-a",
						`{ podSelector: { matchLabels: { pod: a } }, ingress: [{ from: [{ namespaceSelector: { ${ONLY_Y} }, podSelector: { matchLabels: { pod: a } } }] }] }`,
					),
				],
				probes: [{ protocol, port: 80, expect: [NOBODY_INTO_A, ["y/a", "x/a", true]] }],
			},
		),
	]),
];

const FROM_UPDATED_NAMESPACE = netpol(
	"x",
	"ns2",
	"{ podSelector: { matchLabels: { pod: a } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns2: updated } } }] }] }",
);
const FROM_UPDATED_POD = netpol(
	"x",
	"pod2",
	"{ podSelector: { matchLabels: { pod: a } }, ingress: [{ from: [{ podSelector: { matchLabels: { pod: b, pod2: updated } } }] }] }",
);
const DENY_TARGET = netpol(
	"x",
	"deny",
	"{ podSelector: { matchLabels: { target: isolated } }, policyTypes: [Ingress] }",
);

export const UPDATES: readonly MatrixCase[] = [
	steps(
		"should enforce updated policy",
		{ policies: [ALLOW_ALL], probes: [tcp(81)] },
		{ policies: [ALLOW_ALL.replace("[{}]", "[]")], probes: [tcp(81, NOBODY_INTO_X)] },
	),
	steps(
		"should allow ingress access from updated namespace",
		{ policies: [FROM_UPDATED_NAMESPACE], probes: [tcp(80, NOBODY_INTO_A)] },
		{
			policies: [FROM_UPDATED_NAMESPACE],
			namespaceLabels: { y: { ns2: "updated" } },
			probes: [tcp(80, NOBODY_INTO_A, ["y/*", "*/*", true])],
		},
	),
	steps(
		"should allow ingress access from updated pod",
		{ policies: [FROM_UPDATED_POD], probes: [tcp(80, NOBODY_INTO_A)] },
		{
			policies: [FROM_UPDATED_POD],
			podLabels: { "x/b": { pod2: "updated" } },
			probes: [tcp(80, NOBODY_INTO_A, ["x/b", "x/a", true])],
		},
	),
	steps(
		"should deny ingress access to updated pod",
		{ policies: [DENY_TARGET], probes: [tcp(80)] },
		{ policies: [DENY_TARGET], podLabels: { "x/a": { target: "isolated" } }, probes: [tcp(80, NOBODY_INTO_A)] },
	),
];
