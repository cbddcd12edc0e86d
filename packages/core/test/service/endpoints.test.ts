import { describe, expect, test } from "vitest";
import { DEFAULT_KUBE_PROXY } from "../../src/cluster/settings.ts";
import { categorizeEndpoints, endpointsOfPort } from "../../src/service/endpoints.ts";
import { type ProxyServicePort, proxyServicePorts } from "../../src/service/service-port.ts";
import { proxyFeatures } from "../../src/service/version.ts";
import { type EndpointSpec, type ServiceSpec, service, slice } from "../support/proxied-cluster.ts";

const NEWEST = proxyFeatures(DEFAULT_KUBE_PROXY);
const HTTP = { name: "", protocol: "tcp", port: 80 } as const;

function portOf(spec: Partial<ServiceSpec> = {}): ProxyServicePort {
	const [port] = proxyServicePorts(
		service("ns/svc", { clusterIP: "172.30.0.1", ports: [{ port: 80 }], ...spec }),
		0,
		4,
		NEWEST,
	);
	if (port === undefined) throw new Error("the Service has no port");
	return port;
}

interface Case {
	readonly name: string;
	readonly zone?: string;
	readonly service?: Partial<ServiceSpec>;
	readonly endpoints: readonly EndpointSpec[];
	readonly minorVersion?: number;
	/** Last numbers of the addresses. */
	readonly cluster: string;
	readonly local: string;
	readonly reachable?: string;
	readonly hasAny?: boolean;
}

const LOCAL = { nodeName: "here" };
const TERMINATING = { ready: false, serving: true, terminating: true };
const inZone = (last: number, zone: string, more: object = {}): EndpointSpec => ({
	address: `10.1.2.${last}`,
	forZones: zone.split(" "),
	...more,
});
const at = (last: number, more: object = {}): EndpointSpec => ({ address: `10.1.2.${last}`, ...more });
const FOUR_ZONES = [inZone(3, "zone-a"), inZone(4, "zone-b"), inZone(5, "zone-c"), inZone(6, "zone-a")];

const NODE_PORT = { type: "NodePort", ports: [{ port: 80, nodePort: 8080 }] } as const;
const ITP_LOCAL = { internalTrafficPolicy: "Local" } as const;
const ETP_LOCAL = { ...NODE_PORT, externalTrafficPolicy: "Local" } as const;
const MIXED = [
	at(0),
	at(1, { ready: false, serving: false, ...LOCAL }),
	at(2, { ...TERMINATING, ...LOCAL }),
	at(3, TERMINATING),
];

// kubernetes pkg/proxy/topology_test.go, TestCategorizeEndpoints; the names are the test's own.
const CASES: readonly Case[] = [
	{ name: "normal endpoint filtering", zone: "zone-a", endpoints: FOUR_ZONES, cluster: "3 6", local: "" },
	{
		name: "hintsAnnotation empty, no filtering applied (before 1.31)",
		zone: "zone-a",
		minorVersion: 30,
		endpoints: FOUR_ZONES,
		cluster: "3 4 5 6",
		local: "",
	},
	{
		name: "normal endpoint filtering, auto annotation (before 1.31)",
		zone: "zone-a",
		minorVersion: 30,
		service: { annotations: { "service.kubernetes.io/topology-aware-hints": "auto" } },
		endpoints: FOUR_ZONES,
		cluster: "3 6",
		local: "",
	},
	{
		name: "externalTrafficPolicy: Local, topology ignored for Local endpoints",
		zone: "zone-a",
		service: ETP_LOCAL,
		endpoints: [inZone(3, "zone-a", LOCAL), inZone(4, "zone-b", LOCAL), inZone(5, "zone-c"), inZone(6, "zone-a")],
		cluster: "3 6",
		local: "3 4",
		reachable: "3 4 6",
	},
	{
		name: "internalTrafficPolicy: Local, topology ignored for Local endpoints",
		zone: "zone-a",
		service: { ...NODE_PORT, ...ITP_LOCAL },
		endpoints: [inZone(3, "zone-a", LOCAL), inZone(4, "zone-b", LOCAL), inZone(5, "zone-c"), inZone(6, "zone-a")],
		cluster: "3 6",
		local: "3 4",
		reachable: "3 4 6",
	},
	{ name: "empty node labels", endpoints: [inZone(3, "zone-a")], cluster: "3", local: "" },
	{
		name: "node in different zone, no endpoint filtering",
		zone: "zone-b",
		endpoints: [inZone(3, "zone-a")],
		cluster: "3",
		local: "",
	},
	{
		name: "unready endpoint",
		zone: "zone-a",
		endpoints: [...FOUR_ZONES.slice(0, 3), inZone(6, "zone-a", { ready: false })],
		cluster: "3",
		local: "",
	},
	{
		name: "only unready endpoints in same zone (should not filter)",
		zone: "zone-a",
		endpoints: [
			inZone(3, "zone-a", { ready: false }),
			inZone(4, "zone-b"),
			inZone(5, "zone-c"),
			inZone(6, "zone-a", { ready: false }),
		],
		cluster: "4 5",
		local: "",
	},
	{
		name: "missing hints, no filtering applied",
		zone: "zone-a",
		endpoints: [inZone(3, "zone-a"), inZone(4, "zone-b"), at(5), inZone(6, "zone-a")],
		cluster: "3 4 5 6",
		local: "",
	},
	{
		name: "multiple hints per endpoint, filtering includes any endpoint with zone included",
		zone: "zone-c",
		endpoints: [
			inZone(3, "zone-a zone-b zone-c"),
			inZone(4, "zone-b zone-c"),
			inZone(5, "zone-b zone-d"),
			inZone(6, "zone-c"),
		],
		cluster: "3 4 6",
		local: "",
	},
	{
		name: "internalTrafficPolicy: Local, with empty endpoints",
		service: ITP_LOCAL,
		endpoints: [],
		cluster: "",
		local: "",
		hasAny: false,
	},
	{
		name: "internalTrafficPolicy: Local, but all endpoints are remote",
		service: ITP_LOCAL,
		endpoints: [at(0), at(1)],
		cluster: "",
		local: "",
		hasAny: true,
	},
	{
		name: "internalTrafficPolicy: Local, some endpoints are local",
		service: ITP_LOCAL,
		endpoints: [at(0, LOCAL), at(1)],
		cluster: "",
		local: "0",
	},
	{
		name: "Cluster traffic policy, endpoints not Ready",
		endpoints: [at(0, { ready: false, serving: false }), at(1, { ready: false, serving: false })],
		cluster: "",
		local: "",
		hasAny: false,
	},
	{
		name: "Cluster traffic policy, PTE enabled, all endpoints are terminating",
		endpoints: [at(0, { ...TERMINATING, ...LOCAL }), at(1, TERMINATING)],
		cluster: "0 1",
		local: "",
	},
	{
		name: "Cluster traffic policy, PTE disabled, all endpoints are terminating",
		minorVersion: 25,
		endpoints: [at(0, { ...TERMINATING, ...LOCAL }), at(1, TERMINATING)],
		cluster: "",
		local: "",
		hasAny: false,
	},
	{
		name: "iTP: Local, eTP: Local, all endpoints remote",
		service: { ...ETP_LOCAL, ...ITP_LOCAL },
		endpoints: [at(0), at(1)],
		cluster: "0 1",
		local: "",
	},
	{
		name: "iTP: Cluster, eTP: Local, PTE disabled, with terminating endpoints",
		minorVersion: 25,
		service: ETP_LOCAL,
		endpoints: MIXED,
		cluster: "0",
		local: "",
	},
	{
		name: "iTP: Cluster, eTP: Local, PTE enabled, with terminating endpoints",
		service: ETP_LOCAL,
		endpoints: MIXED,
		cluster: "0",
		local: "2",
		reachable: "0 2",
	},
	{
		name: "externalTrafficPolicy ignored if not externally accessible",
		service: { externalTrafficPolicy: "Local" },
		endpoints: [at(0), at(1, LOCAL)],
		cluster: "0 1",
		local: "",
	},
	{
		name: "no cluster endpoints for iTP:Local internal-only service",
		service: ITP_LOCAL,
		endpoints: [at(0), at(1, LOCAL)],
		cluster: "",
		local: "1",
	},
];

describe("CategorizeEndpoints", () => {
	test.each(CASES)("$name", ({ zone = "", service: spec, endpoints, minorVersion, cluster, local, ...expected }) => {
		const port = portOf(spec);
		const features = minorVersion === undefined ? NEWEST : proxyFeatures({ ...DEFAULT_KUBE_PROXY, minorVersion });
		const all = endpointsOfPort(port, endpoints.length === 0 ? [] : [slice("ns/svc", endpoints, [HTTP])]);
		const choice = categorizeEndpoints(all, port, { name: "here", zone }, features);
		const last = (list: typeof all): string => list.map((each) => each.address.text.split(".")[3]).join(" ");
		expect(last(choice.cluster)).toBe(cluster);
		expect(last(choice.local)).toBe(local);
		const { reachable = cluster === "" ? local : cluster, hasAny = reachable !== "" } = expected;
		expect(last(choice.reachable)).toBe(reachable);
		expect(choice.hasAny).toBe(hasAny);
	});

	// kubernetes pkg/proxy/topology.go topologyModeFromHints: node hints before zone hints, and only where all have them.
	test("follows hints for the node first (1.34)", () => {
		const port = portOf();
		const hinted = [
			inZone(1, "zone-a", { forNodes: ["here"] }),
			inZone(2, "zone-a", { forNodes: ["there"] }),
			inZone(3, "zone-b", { forNodes: ["there"] }),
		];
		const all = endpointsOfPort(port, [slice("ns/svc", hinted, [HTTP])]);
		const chosen = (name: string, minorVersion: number | null): string =>
			categorizeEndpoints(all, port, { name, zone: "zone-a" }, proxyFeatures({ ...DEFAULT_KUBE_PROXY, minorVersion }))
				.cluster.map(({ text }) => text)
				.join(" ");
		expect(chosen("here", null)).toBe("10.1.2.1:80");
		expect(chosen("elsewhere", null)).toBe("10.1.2.1:80 10.1.2.2:80");
		expect(chosen("here", 33)).toBe("10.1.2.1:80 10.1.2.2:80");
	});
});

// kubernetes pkg/proxy/endpointslicecache.go.
describe("the endpoints of a Service port", () => {
	const named = [
		{ name: "http", protocol: "tcp", port: 8080 },
		{ name: "http", protocol: "udp", port: 8081 },
		{ name: "dns", protocol: "udp", port: 53 },
	] as const;

	test("are those of the slice's port with its name and protocol", () => {
		const port = portOf({ ports: [{ name: "http", port: 80, targetPort: "web" }] });
		const found = endpointsOfPort(port, [slice("ns/svc", ["10.1.2.9", "10.1.2.10"], named)]);
		expect(found.map(({ text }) => text)).toEqual(["10.1.2.10:8080", "10.1.2.9:8080"]);
	});

	test("come once each, whichever slice they are in", () => {
		const port = portOf({ ports: [{ name: "http", port: 80 }] });
		const twice = [
			slice("ns/svc", ["10.1.2.9"], named),
			slice("ns/svc", [{ address: "10.1.2.9", nodeName: "here" }, "10.1.2.3"], named),
		];
		expect(endpointsOfPort(port, twice).map(({ text, nodeName }) => `${text} ${nodeName}`)).toEqual([
			"10.1.2.3:8080 ",
			"10.1.2.9:8080 here",
		]);
	});

	test("are of the port's family, and have a number", () => {
		const port = portOf({ ports: [{ name: "http", port: 80 }] });
		expect(endpointsOfPort(port, [slice("ns/svc", ["fd00::1"], named)])).toEqual([]);
		const everyPort = [{ name: "http", protocol: "tcp", port: null }] as const;
		expect(endpointsOfPort(port, [slice("ns/svc", ["10.1.2.3"], everyPort)])).toEqual([]);
	});
});
