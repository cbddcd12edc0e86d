/**
 * What the "Try it out" sections show: github.com/ahmetb/kubernetes-network-policy-recipes, the documentation's own example,
 * and cyclonus' tests of single connections.
 */
import type { PodSpec, World } from "../../support/policy-flows.ts";
import { netpol } from "../../support/policy-matrix.ts";

export interface RecipeCase {
	readonly source: string;
	readonly world: World;
	readonly asks: readonly (readonly [from: string, to: string, what: string, verdict: "allowed" | "denied"])[];
}

const NAMESPACES = {
	default: {},
	secondary: {},
	other: { team: "operations" },
	prod: { purpose: "production" },
	dev: { purpose: "testing" },
} as const;

const EXTERNAL = "93.184.216.34";

const web = (namespace = "default"): PodSpec => ({
	key: `${namespace}/web`,
	ip: "10.59.0.1",
	labels: { app: "web", env: "prod" },
});
const client = (namespace: string, labels: Readonly<Record<string, string>> = {}, name = "test"): PodSpec => ({
	key: `${namespace}/${name}`,
	ip: `10.59.1.${1 + CLIENTS.indexOf(`${namespace}/${name}`)}`,
	labels,
});
const CLIENTS = [
	"default/test",
	"default/labelled",
	"secondary/test",
	"other/test",
	"other/labelled",
	"prod/test",
	"dev/test",
];

function recipe(
	file: string,
	pods: readonly PodSpec[],
	policies: readonly string[],
	asks: RecipeCase["asks"],
): RecipeCase {
	return {
		source: `kubernetes-network-policy-recipes ${file}`,
		world: { namespaces: NAMESPACES, pods, policies },
		asks,
	};
}

const OF_WEB = "podSelector: { matchLabels: { app: web } }";
const OF_FOO = "podSelector: { matchLabels: { app: foo } }";
const DENY_WEB = netpol("default", "web-deny-all", "{ podSelector: { matchLabels: { app: web, env: prod } } }");
const DNS = "ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]";
const API: PodSpec = {
	key: "default/apiserver",
	ip: "10.59.0.2",
	labels: { app: "apiserver" },
	ports: ["http:8000/TCP", "metrics:5000/TCP"],
};
const DB: PodSpec = { key: "default/db", ip: "10.59.0.3", labels: { app: "bookstore", role: "db" } };
const FOO = client("default", { app: "foo" });

export const RECIPES: readonly RecipeCase[] = [
	recipe(
		"01-deny-all-traffic-to-an-application.md",
		[web(), client("default")],
		[DENY_WEB],
		[["default/test", "default/web", "tcp 80", "denied"]],
	),
	recipe(
		"02-limit-traffic-to-an-application.md",
		[
			{ ...web(), labels: { app: "bookstore", role: "api" } },
			client("default"),
			client("default", { app: "bookstore", role: "frontend" }, "labelled"),
		],
		[
			netpol(
				"default",
				"api-allow",
				"{ podSelector: { matchLabels: { app: bookstore, role: api } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: bookstore } } }] }] }",
			),
		],
		[
			["default/test", "default/web", "tcp 80", "denied"],
			["default/labelled", "default/web", "tcp 80", "allowed"],
		],
	),
	recipe(
		"02a-allow-all-traffic-to-an-application.md",
		[web(), client("default")],
		[DENY_WEB, netpol("default", "web-allow-all", `{ ${OF_WEB}, ingress: [{}] }`)],
		[["default/test", "default/web", "tcp 80", "allowed"]],
	),
	recipe(
		"04-deny-traffic-from-other-namespaces.md",
		[web("secondary"), client("default"), client("secondary")],
		[netpol("secondary", "deny", "{ podSelector: { matchLabels: null }, ingress: [{ from: [{ podSelector: {} }] }] }")],
		[
			["default/test", "secondary/web", "tcp 80", "denied"],
			["secondary/test", "secondary/web", "tcp 80", "allowed"],
		],
	),
	recipe(
		"05-allow-traffic-from-all-namespaces.md",
		[web("secondary"), client("default"), client("secondary")],
		[netpol("secondary", "all", `{ ${OF_WEB}, ingress: [{ from: [{ namespaceSelector: {} }] }] }`)],
		[
			["default/test", "secondary/web", "tcp 80", "allowed"],
			["secondary/test", "secondary/web", "tcp 80", "allowed"],
		],
	),
	recipe(
		"06-allow-traffic-from-a-namespace.md",
		[web(), client("dev"), client("prod")],
		[
			netpol(
				"default",
				"web-allow-prod",
				`{ ${OF_WEB}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { purpose: production } } }] }] }`,
			),
		],
		[
			["dev/test", "default/web", "tcp 80", "denied"],
			["prod/test", "default/web", "tcp 80", "allowed"],
		],
	),
	recipe(
		"07-allow-traffic-from-some-pods-in-another-namespace.md",
		[
			web(),
			client("default"),
			client("default", { type: "monitoring" }, "labelled"),
			client("other"),
			client("other", { type: "monitoring" }, "labelled"),
		],
		[
			netpol(
				"default",
				"monitoring",
				`{ ${OF_WEB}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: operations } }, podSelector: { matchLabels: { type: monitoring } } }] }] }`,
			),
		],
		[
			["default/test", "default/web", "tcp 80", "denied"],
			["default/labelled", "default/web", "tcp 80", "denied"],
			["other/test", "default/web", "tcp 80", "denied"],
			["other/labelled", "default/web", "tcp 80", "allowed"],
		],
	),
	recipe(
		"08-allow-external-traffic.md",
		[web(), client("default")],
		[DENY_WEB, netpol("default", "web-allow-external", `{ ${OF_WEB}, ingress: [{}] }`)],
		[[EXTERNAL, "default/web", "tcp 80", "allowed"]],
	),
	recipe(
		"08-allow-external-traffic.md, Remarks",
		[web(), client("default")],
		[netpol("default", "web-allow-external", `{ ${OF_WEB}, ingress: [{ ports: [{ port: 80 }] }] }`)],
		[
			[EXTERNAL, "default/web", "tcp 80", "allowed"],
			[EXTERNAL, "default/web", "tcp 81", "denied"],
		],
	),
	...["5000", "metrics"].map((port) =>
		recipe(
			`09-allow-traffic-only-to-a-port.md, port ${port}`,
			[API, client("default"), client("default", { role: "monitoring" }, "labelled")],
			[
				netpol(
					"default",
					"api-allow-5000",
					`{ podSelector: { matchLabels: { app: apiserver } }, ingress: [{ ports: [{ port: ${port} }], from: [{ podSelector: { matchLabels: { role: monitoring } } }] }] }`,
				),
			],
			[
				["default/test", "default/apiserver", "tcp 8000", "denied"],
				["default/test", "default/apiserver", "tcp 5000", "denied"],
				["default/labelled", "default/apiserver", "tcp 8000", "denied"],
				["default/labelled", "default/apiserver", "tcp 5000", "allowed"],
			],
		),
	),
	recipe(
		"10-allowing-traffic-with-multiple-selectors.md",
		[DB, client("default", { app: "other" }), client("default", { app: "inventory", role: "web" }, "labelled")],
		[
			netpol(
				"default",
				"redis-allow-services",
				"{ podSelector: { matchLabels: { app: bookstore, role: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: bookstore, role: search } } }, { podSelector: { matchLabels: { app: bookstore, role: api } } }, { podSelector: { matchLabels: { app: inventory, role: web } } }] }] }",
			),
		],
		[
			["default/labelled", "default/db", "tcp 6379", "allowed"],
			["default/test", "default/db", "tcp 6379", "denied"],
		],
	),
	recipe(
		"11-deny-egress-traffic-from-an-application.md",
		[web(), FOO],
		[netpol("default", "foo-deny-egress", `{ ${OF_FOO}, policyTypes: [Egress], egress: [] }`)],
		[
			["default/test", "default/web", "tcp 80", "denied"],
			["default/test", EXTERNAL, "tcp 80", "denied"],
			["default/test", EXTERNAL, "udp 53", "denied"],
		],
	),
	recipe(
		"11-deny-egress-traffic-from-an-application.md, Allowing DNS traffic",
		[web(), FOO],
		[netpol("default", "foo-deny-egress", `{ ${OF_FOO}, policyTypes: [Egress], egress: [{ ${DNS} }] }`)],
		[
			["default/test", "default/web", "tcp 80", "denied"],
			["default/test", EXTERNAL, "tcp 80", "denied"],
			["default/test", EXTERNAL, "udp 53", "allowed"],
		],
	),
	recipe(
		"14-deny-external-egress-traffic.md",
		[web(), FOO],
		[
			netpol(
				"default",
				"foo-deny-external-egress",
				`{ ${OF_FOO}, policyTypes: [Egress], egress: [{ ${DNS} }, { to: [{ namespaceSelector: {} }] }] }`,
			),
		],
		[
			["default/test", "default/web", "tcp 80", "allowed"],
			["default/test", EXTERNAL, "tcp 80", "denied"],
			["default/test", EXTERNAL, "udp 53", "allowed"],
		],
	),
];

const DOCUMENTED = netpol(
	"default",
	"test-network-policy",
	"{ podSelector: { matchLabels: { role: db } }, policyTypes: [Ingress, Egress], ingress: [{ from: [{ ipBlock: { cidr: 172.17.0.0/16, except: [172.17.1.0/24] } }, { namespaceSelector: { matchLabels: { project: myproject } } }, { podSelector: { matchLabels: { role: frontend } } }], ports: [{ protocol: TCP, port: 6379 }] }], egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/24 } }], ports: [{ protocol: TCP, port: 5978 }] }] }",
);

const PORT_RANGE = netpol(
	"default",
	"multi-port-egress",
	"{ podSelector: { matchLabels: { role: db } }, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/24 } }], ports: [{ protocol: TCP, port: 32000, endPort: 32768 }] }] }",
);

const DOCUMENTED_PODS: readonly PodSpec[] = [
	{ key: "default/db", ip: "10.59.0.1", labels: { role: "db" } },
	{ key: "default/front", ip: "10.59.0.2", labels: { role: "frontend" } },
	{ key: "default/other", ip: "10.59.0.3" },
	{ key: "mine/any", ip: "10.59.0.4" },
	{ key: "theirs/front", ip: "10.59.0.5", labels: { role: "frontend" } },
];

const DOCUMENTATION = "kubernetes.io/docs/concepts/services-networking/network-policies";

function documented(section: string, policy: string, asks: RecipeCase["asks"]): RecipeCase {
	const namespaces = { default: {}, mine: { project: "myproject" }, theirs: {} };
	return {
		source: `${DOCUMENTATION} ${section}`,
		world: { namespaces, pods: DOCUMENTED_PODS, policies: [policy] },
		asks,
	};
}

const SCTP_ONLY = netpol(
	"x",
	"policy-207",
	"{ podSelector: {}, policyTypes: [Ingress], ingress: [{ ports: [{ protocol: SCTP }] }] }",
);
const CYCLONUS_WORLD: World = {
	namespaces: { x: { ns: "x" }, y: { ns: "y" } },
	pods: [
		{ key: "x/a", ip: "192.168.1.4", labels: { pod: "a" }, ports: ["port-hello:103/TCP"] },
		{ key: "y/b", ip: "192.168.242.249", labels: { pod: "b" } },
	],
	policies: [],
};

function cyclonus(name: string, policy: string, asks: RecipeCase["asks"]): RecipeCase {
	return {
		source: `cyclonus pkg/matcher/policy_tests.go "${name}"`,
		world: { ...CYCLONUS_WORLD, policies: [policy] },
		asks,
	};
}

export const DOCUMENTATION_AND_CYCLONUS: readonly RecipeCase[] = [
	documented("The NetworkPolicy resource", DOCUMENTED, [
		["default/front", "default/db", "tcp 6379", "allowed"],
		["mine/any", "default/db", "tcp 6379", "allowed"],
		["172.17.0.255", "default/db", "tcp 6379", "allowed"],
		["172.17.2.0", "default/db", "tcp 6379", "allowed"],
		["172.17.255.255", "default/db", "tcp 6379", "allowed"],
		["172.17.1.0", "default/db", "tcp 6379", "denied"],
		["172.18.0.0", "default/db", "tcp 6379", "denied"],
		["default/other", "default/db", "tcp 6379", "denied"],
		["theirs/front", "default/db", "tcp 6379", "denied"],
		["default/front", "default/db", "tcp 6380", "denied"],
		["default/front", "default/db", "udp 6379", "denied"],
		["default/db", "10.0.0.255", "tcp 5978", "allowed"],
		["default/db", "10.0.1.0", "tcp 5978", "denied"],
		["default/db", "10.0.0.1", "tcp 5979", "denied"],
	]),
	documented("Targeting a range of ports", PORT_RANGE, [
		["default/db", "10.0.0.1", "tcp 31999", "denied"],
		["default/db", "10.0.0.1", "tcp 32000", "allowed"],
		["default/db", "10.0.0.1", "tcp 32768", "allowed"],
		["default/db", "10.0.0.1", "tcp 32769", "denied"],
		["default/db", "10.0.1.1", "tcp 32000", "denied"],
	]),
	cyclonus("Allowing a protocol should implicitly deny other protocols", SCTP_ONLY, [
		["y/b", "x/a", "tcp 103", "denied"],
		["y/b", "x/a", "sctp 103", "allowed"],
		["1.2.3.4", "x/a", "tcp 103", "denied"],
		["1.2.3.4", "x/a", "sctp 103", "allowed"],
	]),
	cyclonus(
		"Policy allowing egress to ips",
		netpol(
			"x",
			"vary-egress",
			"{ podSelector: { matchLabels: { pod: a } }, policyTypes: [Egress], egress: [{ ports: [{ port: 80, protocol: TCP }], to: [{ podSelector: {} }, { ipBlock: { cidr: 192.168.242.213/24 } }] }, { ports: [{ port: 53, protocol: UDP }] }] }",
		),
		[["x/a", "y/b", "tcp 80", "allowed"]],
	),
	cyclonus(
		"Policy allowing ingress to named port",
		netpol(
			"x",
			"abc",
			"{ podSelector: { matchLabels: { pod: a } }, policyTypes: [Ingress], ingress: [{ ports: [{ port: port-hello, protocol: TCP }] }] }",
		),
		[["1.2.3.4", "x/a", "tcp 103", "allowed"]],
	),
];
