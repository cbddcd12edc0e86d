/** What IPVS mode writes, against kubernetes' own tests (pkg/proxy/ipvs/proxier_test.go) and what a real kernel was seen to do. */
import { describe, expect, test } from "vitest";
import { address } from "../../src/address/address.ts";
import { prefix } from "../../src/address/prefix.ts";
import type { KubeProxySettings } from "../../src/cluster/settings.ts";
import type { Match } from "../../src/netfilter/xtables/matches/index.ts";
import { printRule } from "../../src/netfilter/xtables/rule.ts";
import type { XtTableName } from "../../src/netfilter/xtables/table.ts";
import { kubeProxy } from "../../src/service/kube-proxy.ts";
import type { ProxyNode } from "../../src/service/proxy-node.ts";
import { serviceTables } from "../../src/service/service-tables.ts";
import type { Contribution } from "../../src/state/contribution.ts";
import { type EndpointSpec, proxiedCluster, type ServiceSpec, service, slice } from "../support/proxied-cluster.ts";

const NODE: ProxyNode = {
	name: "test-hostname",
	zone: "",
	nodeAddresses: [address("100.101.102.103")],
	deviceAddresses: ["127.0.0.1", "100.101.102.103", "10.180.0.254"].map(address),
	podCIDRs: [],
};
const P80 = [{ name: "p80", protocol: "tcp", port: 80 }] as const;
const LOCAL = { address: "10.180.0.1", nodeName: "test-hostname" };
const REMOTE = { address: "10.180.1.1", nodeName: "other-hostname" };

interface Setting {
	readonly spec: Partial<ServiceSpec>;
	readonly endpoints?: readonly EndpointSpec[];
	readonly kubeProxy?: Partial<KubeProxySettings>;
	readonly podCIDRs?: readonly string[];
	readonly node?: ProxyNode;
}

/** One Service ns1/svc1 with the cluster IP 10.20.30.41 and port 80. */
function programmed({
	spec,
	endpoints = [],
	kubeProxy: settings = {},
	podCIDRs = ["10.180.0.0/16"],
	node = NODE,
}: Setting): Contribution {
	const services = [service("ns1/svc1", { clusterIP: "10.20.30.41", ports: [{ name: "p80", port: 80 }], ...spec })];
	const slices = endpoints.length === 0 ? [] : [slice("ns1/svc1", endpoints, P80)];
	const cluster = proxiedCluster({ services, slices, podCIDRs, kubeProxy: { mode: "ipvs", ...settings } });
	return kubeProxy(serviceTables(cluster), node);
}

/** Each rule of a chain as kubernetes' tests look at it: the set that it matches, and where it leads. */
function jumps(contribution: Contribution, table: XtTableName, chain: string): readonly string[] | undefined {
	const rules = contribution.xtables?.find((each) => each.table === table)?.chains.get(chain)?.rules;
	const set = (matches: readonly Match[]): string => matches.find((match) => match.kind === "set")?.set ?? "-";
	return rules?.map(({ matches, target }) => {
		const to = target === null ? "" : "chain" in target ? target.chain : target.kind.toUpperCase();
		return `${set(matches)} ${to}`;
	});
}

function members(contribution: Contribution, set: string): readonly string[] | undefined {
	return contribution.ipsets?.get(set)?.entries.map(({ text }) => text);
}

/** Virtual servers as `ADDRESS:PORT > SERVER …`. */
function servers(contribution: Contribution): readonly string[] {
	return (contribution.ipvs ?? []).map(({ match, servers: real }) => {
		if (match.kind !== "address") throw new Error("kube-proxy makes no virtual servers by mark");
		const to = real.map((each) => `${each.address.text}:${each.port}`);
		return [`${match.address.text}:${match.port}`, ">", ...to].join(" ");
	});
}

describe("TestNodePort: a node port", () => {
	const nodePort = { type: "NodePort", ports: [{ name: "p80", port: 80, nodePort: 3001 }] } as const;

	test("has a virtual server on each address of the node that is not loopback", () => {
		expect(servers(programmed({ spec: nodePort, endpoints: [LOCAL] }))).toEqual([
			"10.20.30.41:80 > 10.180.0.1:80",
			"100.101.102.103:3001 > 10.180.0.1:80",
			"10.180.0.254:3001 > 10.180.0.1:80",
		]);
	});

	test("is in KUBE-NODE-PORT-TCP, whose traffic is masqueraded", () => {
		const contribution = programmed({ spec: nodePort, endpoints: [LOCAL] });
		expect(members(contribution, "KUBE-NODE-PORT-TCP")).toEqual(["3001"]);
		expect(members(contribution, "KUBE-NODE-PORT-LOCAL-TCP")).toEqual([]);
		expect(jumps(contribution, "nat", "KUBE-NODE-PORT")).toEqual(["KUBE-NODE-PORT-TCP KUBE-MARK-MASQ"]);
	});

	// TestOnlyLocalNodePorts.
	test("with policy Local is in KUBE-NODE-PORT-LOCAL-TCP too, which comes first", () => {
		const spec = { ...nodePort, externalTrafficPolicy: "Local" } as const;
		const contribution = programmed({ spec, endpoints: [LOCAL, REMOTE] });
		expect(members(contribution, "KUBE-NODE-PORT-TCP")).toEqual(["3001"]);
		expect(members(contribution, "KUBE-NODE-PORT-LOCAL-TCP")).toEqual(["3001"]);
		expect(jumps(contribution, "nat", "KUBE-NODE-PORT")).toEqual([
			"KUBE-NODE-PORT-LOCAL-TCP RETURN",
			"KUBE-NODE-PORT-TCP KUBE-MARK-MASQ",
		]);
		expect(jumps(contribution, "nat", "KUBE-SERVICES")).toEqual([
			"- RETURN",
			"KUBE-CLUSTER-IP KUBE-MARK-MASQ",
			"- KUBE-NODE-PORT",
			"KUBE-CLUSTER-IP ACCEPT",
		]);
		expect(servers(contribution)).toContain("100.101.102.103:3001 > 10.180.0.1:80");
	});

	// The set for SCTP holds addresses, as bitmap:port knows only TCP and UDP (kubernetes pkg/proxy/ipvs/README.md).
	test("of SCTP is in a set of addresses", () => {
		const spec = { type: "NodePort", ports: [{ name: "p80", port: 80, nodePort: 3001, protocol: "sctp" }] } as const;
		expect(members(programmed({ spec }), "KUBE-NODE-PORT-SCTP-HASH")).toEqual([
			"100.101.102.103,sctp:3001",
			"10.180.0.254,sctp:3001",
		]);
	});
});

// TestExternalIPs.
test("an external address has a virtual server, is on kube-ipvs0, and its traffic is masqueraded", () => {
	const contribution = programmed({ spec: { externalIPs: ["50.60.70.81"] }, endpoints: [REMOTE] });
	expect(servers(contribution)).toEqual(["10.20.30.41:80 > 10.180.1.1:80", "50.60.70.81:80 > 10.180.1.1:80"]);
	expect(contribution.addresses?.map((each) => `${each.device} ${each.address.text}/${each.prefixLength}`)).toEqual([
		"kube-ipvs0 10.20.30.41/32",
		"kube-ipvs0 50.60.70.81/32",
	]);
	expect(members(contribution, "KUBE-EXTERNAL-IP")).toEqual(["50.60.70.81,tcp:80"]);
	expect(members(contribution, "KUBE-IPVS-IPS")).toEqual(["10.20.30.41", "50.60.70.81"]);
});

test("an external address that another device has is not put on kube-ipvs0", () => {
	const contribution = programmed({ spec: { externalIPs: ["100.101.102.103"] }, endpoints: [REMOTE] });
	expect(contribution.addresses?.map((each) => each.address.text)).toEqual(["10.20.30.41"]);
	expect(servers(contribution)).toContain("100.101.102.103:80 > 10.180.1.1:80");
});

describe("TestLoadBalancerSourceRanges", () => {
	const spec = { type: "LoadBalancer", ingress: ["1.2.3.4"], sourceRanges: ["10.0.0.0/8"] } as const;
	const contribution = programmed({ spec, endpoints: [REMOTE] });

	test("sets", () => {
		expect(members(contribution, "KUBE-LOAD-BALANCER")).toEqual(["1.2.3.4,tcp:80"]);
		expect(members(contribution, "KUBE-LOAD-BALANCER-FW")).toEqual(["1.2.3.4,tcp:80"]);
		expect(members(contribution, "KUBE-LOAD-BALANCER-SOURCE-CIDR")).toEqual(["1.2.3.4,tcp:80,10.0.0.0/8"]);
		expect(members(contribution, "KUBE-LOAD-BALANCER-SOURCE-IP")).toEqual([]);
	});

	test("chains", () => {
		expect(jumps(contribution, "nat", "KUBE-SERVICES")).toEqual([
			"- RETURN",
			"KUBE-LOAD-BALANCER KUBE-LOAD-BALANCER",
			"KUBE-CLUSTER-IP KUBE-MARK-MASQ",
			"- KUBE-NODE-PORT",
			"KUBE-CLUSTER-IP ACCEPT",
			"KUBE-LOAD-BALANCER ACCEPT",
		]);
		expect(jumps(contribution, "filter", "KUBE-PROXY-FIREWALL")).toEqual([
			"KUBE-LOAD-BALANCER-FW KUBE-SOURCE-RANGES-FIREWALL",
		]);
		expect(jumps(contribution, "filter", "KUBE-SOURCE-RANGES-FIREWALL")).toEqual([
			"KUBE-LOAD-BALANCER-SOURCE-CIDR RETURN",
			"- DROP",
		]);
	});

	// Issue kubernetes/kubernetes#119656.
	test("the node, which is not in the ranges, may not reach the address from that address", () => {
		const [rule] =
			contribution.xtables?.find(({ table }) => table === "filter")?.chains.get("KUBE-IPVS-OUT-FILTER")?.rules ?? [];
		const own = prefix("1.2.3.4/32");
		expect(rule?.matches).toEqual([
			{ kind: "source", prefix: own, negated: false },
			{
				kind: "ipvs",
				virtualAddress: { prefix: own, negated: false },
				protocol: { protocol: "tcp", negated: false },
				virtualPort: { port: 80, negated: false },
			},
		]);
		expect(rule?.target).toEqual({ kind: "drop" });
	});

	test("a node in the ranges may", () => {
		const wide = programmed({ spec: { ...spec, sourceRanges: ["100.0.0.0/8"] }, endpoints: [REMOTE] });
		expect(members(wide, "KUBE-LOAD-BALANCER-SOURCE-IP")).toEqual(["1.2.3.4,tcp:80,1.2.3.4"]);
		expect(jumps(wide, "filter", "KUBE-IPVS-OUT-FILTER")).toEqual([]);
	});

	test("before 1.25 they are in table nat, and the kubelet drops what they mark", () => {
		const old = programmed({ spec, endpoints: [REMOTE], kubeProxy: { minorVersion: 24 } });
		expect(jumps(old, "nat", "KUBE-LOAD-BALANCER")).toEqual([
			"KUBE-LOAD-BALANCER-FW KUBE-FIREWALL",
			"- KUBE-MARK-MASQ",
		]);
		expect(jumps(old, "nat", "KUBE-FIREWALL")).toEqual(["KUBE-LOAD-BALANCER-SOURCE-CIDR RETURN", "- KUBE-MARK-DROP"]);
		expect(jumps(old, "filter", "KUBE-IPVS-FILTER")).toBeUndefined();
	});
});

// TestAcceptIPVSTraffic.
test("traffic to Service addresses is accepted at the end of KUBE-SERVICES", () => {
	const spec = { type: "LoadBalancer", ingress: ["1.2.3.4"], externalIPs: ["5.6.7.8"] } as const;
	expect(jumps(programmed({ spec }), "nat", "KUBE-SERVICES")).toEqual([
		"- RETURN",
		"KUBE-LOAD-BALANCER KUBE-LOAD-BALANCER",
		"KUBE-CLUSTER-IP KUBE-MARK-MASQ",
		"KUBE-EXTERNAL-IP KUBE-MARK-MASQ",
		"KUBE-EXTERNAL-IP ACCEPT",
		"KUBE-EXTERNAL-IP ACCEPT",
		"- KUBE-NODE-PORT",
		"KUBE-CLUSTER-IP ACCEPT",
		"KUBE-LOAD-BALANCER ACCEPT",
	]);
});

// TestOnlyLocalLoadBalancing.
test("a load balancer address with policy Local is served by local endpoints and not masqueraded", () => {
	const spec = { type: "LoadBalancer", ingress: ["1.2.3.4"], externalTrafficPolicy: "Local" } as const;
	const contribution = programmed({ spec, endpoints: [LOCAL, REMOTE] });
	expect(servers(contribution)).toEqual(["10.20.30.41:80 > 10.180.0.1:80 10.180.1.1:80", "1.2.3.4:80 > 10.180.0.1:80"]);
	expect(members(contribution, "KUBE-LOAD-BALANCER-LOCAL")).toEqual(["1.2.3.4,tcp:80"]);
	expect(jumps(contribution, "nat", "KUBE-LOAD-BALANCER")).toEqual([
		"KUBE-LOAD-BALANCER-LOCAL RETURN",
		"- KUBE-MARK-MASQ",
	]);
});

describe("policy Local without a local endpoint", () => {
	const spec = { type: "LoadBalancer", ingress: ["1.2.3.4"], externalTrafficPolicy: "Local" } as const;

	// kubernetes/kubernetes#97081: "Allow access from local PODs even if no local endpoints exist".
	test("falls back to all endpoints", () => {
		expect(servers(programmed({ spec, endpoints: [REMOTE] }))).toContain("1.2.3.4:80 > 10.180.1.1:80");
	});

	// seed 001 L187 and L199: the external address hits an IPVS rule that has no endpoint on the node.
	test.each([{ minorVersion: 20 }, { lbLocalFallback: false }])("has no server at all with %j", (settings) => {
		expect(servers(programmed({ spec, endpoints: [REMOTE], kubeProxy: settings }))).toContain("1.2.3.4:80 >");
	});
});

// TestHealthCheckNodePort.
test("health check ports are accepted, and only those of load balancers with policy Local", () => {
	const spec = { type: "LoadBalancer", healthCheckNodePort: 30000 } as const;
	expect(members(programmed({ spec }), "KUBE-HEALTH-CHECK-NODE-PORT")).toEqual([]);
	const local = programmed({ spec: { ...spec, externalTrafficPolicy: "Local" } });
	expect(members(local, "KUBE-HEALTH-CHECK-NODE-PORT")).toEqual(["30000"]);
	expect(jumps(local, "filter", "KUBE-NODE-PORT")).toEqual(["KUBE-HEALTH-CHECK-NODE-PORT ACCEPT"]);
});

test("endpoints of the node that may meet themselves are in KUBE-LOOP-BACK", () => {
	const contribution = programmed({ spec: {}, endpoints: [LOCAL, REMOTE] });
	expect(members(contribution, "KUBE-LOOP-BACK")).toEqual(["10.180.0.1,tcp:80,10.180.0.1"]);
	expect(jumps(contribution, "nat", "KUBE-POSTROUTING")?.[0]).toBe("KUBE-LOOP-BACK MASQUERADE");
});

// ipvs/proxier.go writeIptablesRules: which traffic to a cluster IP is masqueraded.
test.each([
	["pods are known", {}, ["10.180.0.0/16"], "! -s 10.180.0.0/16", "dst,dst"],
	["everything is masqueraded", { masqueradeAll: true }, [], "", "dst,dst"],
	["pods cannot be told", {}, [], "", "src,dst"],
] as const)("cluster IPs where %s", (_, settings, podCIDRs, from, directions) => {
	const contribution = programmed({ spec: {}, kubeProxy: settings, podCIDRs });
	const rule = contribution.xtables?.find(({ table }) => table === "nat")?.chains.get("KUBE-SERVICES")?.rules[1];
	if (rule === undefined) throw new Error("KUBE-SERVICES has no second rule");
	const text = printRule("KUBE-SERVICES", rule, 4);
	expect(text).toContain(`--match-set KUBE-CLUSTER-IP ${directions} -j KUBE-MARK-MASQ`);
	expect(text).toContain(from);
});

// ipvs/proxier.go: FlagPersistent with the timeout, FlagSourceHash for mh; libipvs gives a netmask of all ones.
test("session affinity and the scheduler are the virtual server's", () => {
	const spec = { sessionAffinitySeconds: 10800 };
	const [server] = programmed({ spec, kubeProxy: { ipvsScheduler: "mh" } }).ipvs ?? [];
	expect(server).toMatchObject({
		scheduler: "mh",
		flags: ["mh-port"],
		persistence: { seconds: 10800, prefixLength: 32 },
	});
});

describe("the device and the sysctls", () => {
	const contribution = programmed({ spec: {} });

	test("kube-ipvs0 is a dummy that nobody sets up", () => {
		expect(contribution.links).toMatchObject([{ kind: "dummy", name: "kube-ipvs0", up: false, noArp: true }]);
	});

	test("connection tracking for IPVS, forwarding; with strictARP no answers for addresses of other devices", () => {
		expect(contribution.sysctls?.get("net.ipv4.vs.conntrack")).toBe("1");
		expect(contribution.sysctls?.get("net.ipv4.conf.all.arp_ignore")).toBeUndefined();
		const strict = programmed({ spec: {}, kubeProxy: { strictARP: true } });
		expect(strict.sysctls?.get("net.ipv4.conf.all.arp_ignore")).toBe("1");
		expect(strict.sysctls?.get("net.ipv4.conf.all.arp_announce")).toBe("2");
	});
});

test("a dual-stack Service is in the sets and on the device once for each family", () => {
	const contribution = programmed({ spec: { clusterIPs: ["10.20.30.41", "fd00:20::41"] } });
	expect(members(contribution, "KUBE-6-CLUSTER-IP")).toEqual(["fd00:20::41,tcp:80"]);
	expect(members(contribution, "KUBE-CLUSTER-IP")).toEqual(["10.20.30.41,tcp:80"]);
	expect(contribution.addresses?.map((each) => `${each.address.text}/${each.prefixLength}`)).toEqual([
		"10.20.30.41/32",
		"fd00:20::41/128",
	]);
	// The longest name is cut to what the kernel takes.
	expect(contribution.ipsets?.has("KUBE-6-LOAD-BALANCER-SOURCE-CID")).toBe(true);
});

test("every entry names the Service that it is for", () => {
	const contribution = programmed({ spec: { externalIPs: ["50.60.70.81"] }, endpoints: [LOCAL] });
	const object = "service/ns1/svc1";
	const origins = [
		...(contribution.ipvs ?? []).map(({ origin }) => origin),
		...(contribution.addresses ?? []).map(({ origin }) => origin),
		...(contribution.ipsets?.get("KUBE-CLUSTER-IP")?.entries ?? []).map(({ origin }) => origin),
	];
	expect(origins.map((origin) => `${origin.component} ${origin.object}`)).toEqual(
		origins.map(() => `kube-proxy ${object}`),
	);
});

test("nodes share the address list and the sets that they have alike", () => {
	const services = [service("ns1/svc1", { clusterIP: "10.20.30.41", ports: [{ name: "p80", port: 80 }] })];
	const tables = serviceTables(proxiedCluster({ services, kubeProxy: { mode: "ipvs" } }));
	const one = kubeProxy(tables, NODE);
	const other = kubeProxy(tables, { ...NODE, name: "other", nodeAddresses: [address("100.101.102.104")] });
	expect(other.addresses).toBe(one.addresses);
	expect(other.ipsets?.get("KUBE-CLUSTER-IP")).toBe(one.ipsets?.get("KUBE-CLUSTER-IP"));
	expect(other.ipvs?.[0]).toBe(one.ipvs?.[0]);
});
