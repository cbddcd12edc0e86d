/** Cases of cyclonus (github.com/mattfenwick/cyclonus, pkg/generator): its policies, and what the API's text makes of each. */
import type { TransportProtocol } from "../../../src/cluster/objects.ts";
import { type Expectation, type MatrixCase, type MatrixProbe, netpol } from "../../support/policy-matrix.ts";

type Direction = "ingress" | "egress";

const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];
const tcp = (port: number, ...expect: readonly Expectation[]): MatrixProbe => ({ protocol: "tcp", port, expect });

// conflictcases.go: two policies for one pod add up; two for both ends must both allow.

const SOURCE = "podSelector: { matchLabels: { pod: b } }";
const EVERYBODY = "[{}]";
const BY_POD = (peers: "from" | "to"): string => `[{ ${peers}: [{ namespaceSelector: {} }] }]`;
const BY_ADDRESS = (peers: "from" | "to"): string => `[{ ${peers}: [{ ipBlock: { cidr: @0:x/b } }] }]`;
const NO_POD = (peers: "from" | "to"): string =>
	`[{ ${peers}: [{ namespaceSelector: { matchLabels: { this-will-never-happen: qrs123 } } }] }]`;
const NO_ADDRESS = (peers: "from" | "to"): string => `[{ ${peers}: [{ ipBlock: { cidr: 0.0.0.0/31 } }] }]`;

/** Policies of x/b in one direction, by their rules. */
function ofSource(direction: Direction, ...rules: readonly string[]): readonly string[] {
	const type = direction === "ingress" ? "Ingress" : "Egress";
	return rules.map((text, index) =>
		netpol("x", `${direction}-${index}`, `{ ${SOURCE}, policyTypes: [${type}], ${direction}: ${text} }`),
	);
}

function conflict(name: string, policies: readonly string[], ...expect: readonly Expectation[]): MatrixCase {
	return {
		name,
		source: `cyclonus pkg/generator/conflictcases.go ${name}`,
		steps: [{ policies, probes: [tcp(80, ...expect)] }],
	};
}

function ofDestination(rules: string): string {
	return netpol(
		"y",
		"destination",
		`{ podSelector: { matchLabels: { pod: c } }, policyTypes: [Ingress], ingress: ${rules} }`,
	);
}

const NAMES: Readonly<Record<Direction, string>> = { ingress: "Ingress", egress: "Egress" };

export const CONFLICTS: readonly MatrixCase[] = [
	conflict(
		"AllowAllIngressDenyAllEgress",
		[...ofSource("egress", "[]"), ofDestination(EVERYBODY)],
		["x/b", "*/*", false],
	),
	conflict(
		"AllowAllEgressDenyAllIngress",
		[...ofSource("egress", EVERYBODY), ofDestination("[]")],
		["*/*", "y/c", false],
	),
	...DIRECTIONS.flatMap((direction) => {
		const peers = direction === "ingress" ? "from" : "to";
		const name = NAMES[direction];
		const denied: Expectation = direction === "ingress" ? ["*/*", "x/b", false] : ["x/b", "*/*", false];
		return [
			conflict(`DenyAll${name}AllowAll${name}`, ofSource(direction, "[]", EVERYBODY)),
			conflict(`DenyAll${name}AllowAll${name}ByPod`, ofSource(direction, "[]", BY_POD(peers))),
			conflict(`DenyAll${name}AllowAll${name}ByIP`, ofSource(direction, "[]", BY_ADDRESS(peers))),
			conflict(`DenyAll${name}ByIPAllowAll${name}ByPod`, ofSource(direction, NO_ADDRESS(peers), BY_POD(peers))),
			conflict(`DenyAll${name}ByPodAllowAll${name}ByIP`, ofSource(direction, NO_POD(peers), BY_ADDRESS(peers))),
			conflict(`DenyAll${name}ByIP`, ofSource(direction, NO_ADDRESS(peers)), denied),
			conflict(`DenyAll${name}ByPod`, ofSource(direction, NO_POD(peers)), denied),
		];
	}),
];

// netpol.go, baseTestPolicy: x/a is reached by b and c of x and y, and reaches a and b of y and z, at TCP 80; and any DNS.

interface BasePolicy {
	readonly namespace?: string;
	readonly podSelector?: string;
	readonly from?: string;
	readonly to?: string;
	readonly ingressPorts?: string;
	readonly egressPorts?: string;
}

const AND = (key: string, ...values: readonly string[]): string =>
	`{ matchExpressions: [{ key: ${key}, operator: In, values: [${values.join(", ")}] }] }`;
const FROM = `[{ namespaceSelector: ${AND("ns", "x", "y")}, podSelector: ${AND("pod", "b", "c")} }]`;
const TO = `[{ namespaceSelector: ${AND("ns", "y", "z")}, podSelector: ${AND("pod", "a", "b")} }]`;
const TCP_80 = "[{ port: 80, protocol: TCP }]";

function base(changed: BasePolicy): string {
	const { namespace = "x", podSelector = "{ matchLabels: { pod: a } }", from = FROM, to = TO } = changed;
	const { ingressPorts = TCP_80, egressPorts = TCP_80 } = changed;
	const dns = "{ ports: [{ port: 53, protocol: UDP }] }";
	return netpol(
		namespace,
		"base",
		`{ podSelector: ${podSelector}, policyTypes: [Ingress, Egress], ingress: [{ from: ${from}, ports: ${ingressPorts} }], egress: [{ to: ${to}, ports: ${egressPorts} }, ${dns}] }`,
	);
}

/** What the base policy's rules let to and from pods of a namespace. */
function reaches(
	target: string,
	from = ["x/b", "x/c", "y/b", "y/c"],
	to = ["y/a", "y/b", "z/a", "z/b"],
): Expectation[] {
	return [
		...from.map((peer): Expectation => [peer, target, true]),
		...to.map((peer): Expectation => [target, peer, true]),
	];
}

/** Nothing in or out but for these. */
function isolated(target: string, ...but: readonly Expectation[]): readonly Expectation[] {
	return [["*/*", target, false], [target, "*/*", false], ...but];
}

function baseCase(file: string, name: string, changed: BasePolicy, probes: readonly MatrixProbe[]): MatrixCase {
	return { name, source: `cyclonus pkg/generator/${file} ${name}`, steps: [{ policies: [base(changed)], probes }] };
}

/** Peers, and whom they mean to a policy of namespace x. z/c stands for the pod whose address cyclonus takes. */
const PEER_LISTS: readonly (readonly [name: string, peers: string, pods: readonly string[]])[] = [
	["empty peer slice", "[]", ["*/*"]],
	["all pods, policy namespace", "[{ podSelector: {} }]", ["x/*"]],
	["all pods, namespaces by label", "[{ podSelector: {}, namespaceSelector: { matchLabels: { ns: x } } }]", ["x/*"]],
	["all pods, all namespaces", "[{ podSelector: {}, namespaceSelector: {} }]", ["*/*"]],
	["pods by label, policy namespace", "[{ podSelector: { matchLabels: { pod: c } } }]", ["x/c"]],
	[
		"pods by label, namespaces by label",
		"[{ podSelector: { matchLabels: { pod: c } }, namespaceSelector: { matchLabels: { ns: x } } }]",
		["x/c"],
	],
	["pods by label, all namespaces", "[{ podSelector: { matchLabels: { pod: c } }, namespaceSelector: {} }]", ["*/c"]],
	["IP block", "[{ ipBlock: { cidr: @-8:z/c } }]", ["z/*"]],
	["IP block with except", "[{ ipBlock: { cidr: @-8:z/c, except: [@-4:z/c] } }]", []],
];

export const PEERS: readonly MatrixCase[] = PEER_LISTS.flatMap(([name, peers, pods]) => [
	baseCase("peerscases.go", `ingress: ${name}`, { from: peers }, [
		tcp(80, ...isolated("x/a", ...reaches("x/a", [...pods]))),
		tcp(81, ...isolated("x/a")),
	]),
	baseCase("peerscases.go", `egress: ${name}`, { to: peers }, [
		tcp(80, ...isolated("x/a", ...reaches("x/a", undefined, [...pods]))),
		tcp(81, ...isolated("x/a")),
	]),
]);

export const RULES_AND_TARGETS: readonly MatrixCase[] = [
	baseCase("testcase.go", "the base policy", {}, [
		tcp(80, ...isolated("x/a", ...reaches("x/a"))),
		tcp(81, ...isolated("x/a")),
		{ protocol: "udp", port: 80, expect: isolated("x/a") },
		{ protocol: "udp", port: 53, expect: [["*/*", "x/a", false]] },
	]),
	baseCase("targetcases.go", "set namespace to y", { namespace: "y" }, [
		tcp(80, ...isolated("y/a", ...reaches("y/a"))),
	]),
	baseCase("targetcases.go", "set namespace to z", { namespace: "z" }, [
		tcp(80, ...isolated("z/a", ...reaches("z/a"))),
	]),
	baseCase("targetcases.go", "set pod selector to everything", { podSelector: "{}" }, [
		// Both ends are isolated within x, and none lets out to x.
		tcp(
			80,
			["*/*", "x/*", false],
			["x/*", "*/*", false],
			["y/b", "x/*", true],
			["y/c", "x/*", true],
			["x/*", "y/a", true],
			["x/*", "y/b", true],
			["x/*", "z/a", true],
			["x/*", "z/b", true],
		),
	]),
	baseCase("targetcases.go", "set pod selector to a and b", { podSelector: AND("pod", "a", "b") }, [
		tcp(
			80,
			...isolated("x/a", ...reaches("x/a")),
			...isolated("x/b"),
			...reaches("x/b"),
			["x/a", "x/b", false],
			["x/b", "x/a", false],
		),
	]),
];

// portprotocolcases.go: what each port lets through of what the pods serve.

type Served = `${TransportProtocol} ${80 | 81}`;

const SERVED: readonly Served[] = ["tcp 80", "tcp 81", "udp 80", "udp 81", "sctp 80", "sctp 81"];

/** Protocol missing, TCP, UDP or SCTP; port missing, 81, or the name of TCP's 81. */
const POLICY_PORTS: readonly (readonly [text: string, served: readonly Served[]])[] = [
	["{}", ["tcp 80", "tcp 81"]],
	["{ port: 81 }", ["tcp 81"]],
	["{ port: serve-81-tcp }", ["tcp 81"]],
	["{ protocol: TCP }", ["tcp 80", "tcp 81"]],
	["{ protocol: TCP, port: 81 }", ["tcp 81"]],
	["{ protocol: TCP, port: serve-81-tcp }", ["tcp 81"]],
	["{ protocol: UDP }", ["udp 80", "udp 81"]],
	["{ protocol: UDP, port: 81 }", ["udp 81"]],
	["{ protocol: UDP, port: serve-81-tcp }", []],
	["{ protocol: SCTP }", ["sctp 80", "sctp 81"]],
	["{ protocol: SCTP, port: 81 }", ["sctp 81"]],
	["{ protocol: SCTP, port: serve-81-tcp }", []],
];

function portsCase(direction: Direction, ports: string, served: readonly Served[]): MatrixCase {
	const probes = SERVED.map((each): MatrixProbe => {
		const [protocol, port] = each.split(" ") as [TransportProtocol, string];
		const from = direction === "ingress" ? served.includes(each) : each === "tcp 80";
		const to = direction === "egress" ? served.includes(each) : each === "tcp 80";
		const but = reaches("x/a", from ? undefined : [], to ? undefined : []);
		return { protocol, port: Number(port), expect: isolated("x/a", ...but) };
	});
	const changed = direction === "ingress" ? { ingressPorts: ports } : { egressPorts: ports };
	return baseCase("portprotocolcases.go", `${direction}: ${ports}`, changed, probes);
}

export const PORTS: readonly MatrixCase[] = DIRECTIONS.flatMap((direction) => [
	portsCase(direction, "[]", SERVED),
	...POLICY_PORTS.map(([text, served]) => portsCase(direction, `[${text}]`, served)),
]);

export const TWO_PORTS: readonly MatrixCase[] = DIRECTIONS.flatMap((direction) =>
	POLICY_PORTS.flatMap(([first, ofFirst], index) =>
		POLICY_PORTS.slice(index + 1).map(([second, ofSecond]) =>
			portsCase(direction, `[${first}, ${second}]`, [...ofFirst, ...ofSecond]),
		),
	),
);
