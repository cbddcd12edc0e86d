/** Cases of kubernetes test/e2e/network/netpol/network_policy.go on what is let out, or both, with the outcomes that it expects. */
import { type Expectation, type MatrixCase, type MatrixProbe, netpol } from "../../support/policy-matrix.ts";

function steps(name: string, ...all: MatrixCase["steps"]): MatrixCase {
	return { name, source: `kubernetes test/e2e/network/netpol/network_policy.go "${name}"`, steps: all };
}

const tcp = (port: number, ...expect: readonly Expectation[]): MatrixProbe => ({ protocol: "tcp", port, expect });

const NOTHING_OUT_OF_A: Expectation = ["x/a", "*/*", false];
const NOTHING_OUT_OF_X: Expectation = ["x/*", "*/*", false];
const NOBODY_INTO_X: Expectation = ["*/*", "x/*", false];

const OF_A = "podSelector: { matchLabels: { pod: a } }";
const TO_Y_A =
	"{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: y } }, podSelector: { matchLabels: { pod: a } } }] }";
const DENY_BOTH = netpol("x", "deny-all", "{ podSelector: {}, policyTypes: [Ingress, Egress] }");

function outOfA(rule: string): string {
	return netpol("x", "out-of-a", `{ ${OF_A}, policyTypes: [Egress], egress: [${rule}] }`);
}

function fromXa(pod: string): string {
	const from =
		"{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: x } }, podSelector: { matchLabels: { pod: a } } }";
	return netpol(
		"y",
		`from-xa-on-y${pod}`,
		`{ podSelector: { matchLabels: { pod: ${pod} } }, ingress: [{ from: [${from}] }] }`,
	);
}

export const EGRESS: readonly MatrixCase[] = [
	steps("should deny egress from pods based on PodSelector", {
		policies: [netpol("x", "p", `{ ${OF_A}, policyTypes: [Egress] }`)],
		probes: [tcp(80, NOTHING_OUT_OF_A)],
	}),
	steps("should deny egress from all pods in a namespace", {
		policies: [netpol("x", "p", "{ podSelector: {}, policyTypes: [Egress] }")],
		probes: [tcp(80, NOTHING_OUT_OF_X)],
	}),
	steps("should allow egress access on one named port", {
		policies: [
			netpol("x", "p", "{ podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: serve-80-tcp }] }] }"),
		],
		probes: [tcp(80), tcp(81, NOTHING_OUT_OF_X)],
	}),
	steps(
		"should enforce egress policy allowing traffic to a server in a different namespace based on PodSelector and NamespaceSelector",
		{ policies: [outOfA(TO_Y_A)], probes: [tcp(80, NOTHING_OUT_OF_A, ["x/a", "y/a", true])] },
	),
	steps(
		"should enforce multiple egress policies with egress allow-all policy taking precedence",
		{
			policies: [netpol("x", "p", "{ podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: 80 }] }] }")],
			probes: [tcp(81, NOTHING_OUT_OF_X)],
		},
		{
			policies: [
				netpol("x", "p", "{ podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: 80 }] }] }"),
				netpol("x", "all", "{ podSelector: {}, policyTypes: [Egress], egress: [{}] }"),
			],
			probes: [tcp(81)],
		},
	),
	steps("should enforce policy based on NamespaceSelector with MatchExpressions using default ns label", {
		policies: [
			outOfA(
				"{ to: [{ namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: NotIn, values: [y] }] } }] }",
			),
		],
		probes: [tcp(80, ["x/a", "y/*", false])],
	}),
	steps("should allow egress access to server in CIDR block", {
		policies: [outOfA("{ to: [{ ipBlock: { cidr: @y/b } }] }")],
		probes: [tcp(80, NOTHING_OUT_OF_A, ["x/a", "y/b", true])],
	}),
	steps("should enforce except clause while egress access to server in CIDR block", {
		policies: [outOfA("{ to: [{ ipBlock: { cidr: @4:x/b, except: [@x/b] } }] }")],
		probes: [tcp(80, ["x/a", "x/b", false])],
	}),
	steps(
		"should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed",
		{
			policies: [outOfA("{ to: [{ ipBlock: { cidr: @4:x/b, except: [@x/b] } }] }")],
			probes: [tcp(80, ["x/a", "x/b", false])],
		},
		{
			policies: [outOfA("{ to: [{ ipBlock: { cidr: @x/b } }] }")],
			probes: [tcp(80, NOTHING_OUT_OF_A, ["x/a", "x/b", true])],
		},
	),
];

export const BOTH_DIRECTIONS: readonly MatrixCase[] = [
	steps("should support a 'default-deny-all' policy", {
		policies: [DENY_BOTH],
		probes: [tcp(80, NOBODY_INTO_X, NOTHING_OUT_OF_X)],
	}),
	steps("should work with Ingress, Egress specified together", {
		policies: [
			netpol(
				"x",
				"p",
				`{ ${OF_A}, policyTypes: [Egress, Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { pod: b } } }] }], egress: [{ ports: [{ port: 80 }] }] }`,
			),
		],
		probes: [
			tcp(80, ["*/*", "x/a", false], ["x/b", "x/a", true]),
			tcp(81, ["*/*", "x/a", false], NOTHING_OUT_OF_A, ["x/b", "x/a", true]),
		],
	}),
	steps(
		"should support denying of egress traffic on the client side (even if the server explicitly allows this traffic)",
		{
			policies: [outOfA(TO_Y_A), fromXa("a"), fromXa("b")],
			probes: [tcp(80, NOTHING_OUT_OF_A, ["*/*", "y/a", false], ["x/a", "y/a", true], ["*/*", "y/b", false])],
		},
	),
	steps(
		"should stop enforcing policies after they are deleted",
		{ policies: [DENY_BOTH], probes: [tcp(80, NOBODY_INTO_X, NOTHING_OUT_OF_X)] },
		{ policies: [], probes: [tcp(80)] },
	),
	steps(
		"should enforce policies to check ingress and egress policies can be controlled independently based on PodSelector",
		{ policies: [outOfA("{}")], probes: [tcp(80)] },
		{
			policies: [outOfA("{}"), netpol("x", "deny", `{ ${OF_A}, policyTypes: [Ingress] }`)],
			probes: [tcp(80, ["*/*", "x/a", false])],
		},
	),
];
