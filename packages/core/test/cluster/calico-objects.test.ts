/** Calico's objects as they are read, and what is wrong with them said with its place. */
import { describe, expect, it, test } from "vitest";
import { parseCalicoSelector } from "../../src/cluster/calico-selector.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { InputError } from "../../src/diagnostic/diagnostic.ts";
import { worded } from "../../src/wording/phrase.ts";

function load(...documents: readonly string[]): ReturnType<typeof loadCluster> {
	return loadCluster([{ name: "calico.yaml", text: documents.join("\n---\n") }]);
}

/** The message of what is wrong with these objects. */
function wrong(...documents: readonly string[]): string {
	try {
		load(...documents);
	} catch (error) {
		if (error instanceof InputError) return error.message;
		throw error;
	}
	return "nothing";
}

function crd(kind: string, name: string, spec: string, apiVersion = "crd.projectcalico.org/v1"): string {
	return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}`;
}

const POOL = crd("IPPool", "pool", "{ cidr: 10.244.0.0/16, ipipMode: Always }");
const POD = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: default }
spec: { nodeName: a, containers: [{ name: web, image: web }] }
status: { phase: Running, podIP: 10.244.1.5, podIPs: [{ ip: 10.244.1.5 }] }`;

describe("an IPPool", () => {
	it("gets what the API server fills in", () => {
		const [pool] = load(POOL).calico.ipPools;
		expect(pool).toMatchObject({ blockSize: 26, ipipMode: "Always", vxlanMode: "Never", natOutgoing: false });
		const [ipv6] = load(crd("IPPool", "pool", '{ cidr: "fd00::/48" }')).calico.ipPools;
		expect(ipv6?.blockSize).toBe(122);
	});

	it.for([
		["{ cidr: 10.244.0.0/16, ipipMode: Always }", "calico-ipip"],
		["{ cidr: 10.244.0.0/16, vxlanMode: CrossSubnet }", "calico-vxlan"],
		["{ cidr: 10.244.0.0/16 }", "calico-bgp"],
		["{ cidr: 10.244.0.0/16, ipipMode: Always, disabled: true }", ""],
	] as const)("%s shows the mode %s", ([spec, mode]) => {
		expect(load(crd("IPPool", "pool", spec)).mode).toBe(mode);
	});

	it("is the same under both of its API groups", () => {
		const spec = "{ cidr: 10.244.0.0/16 }";
		expect(load(crd("IPPool", "pool", spec, "projectcalico.org/v3")).calico.ipPools).toHaveLength(1);
	});
});

describe("an IPAMBlock", () => {
	it("tells which node gives out its addresses, and which are of tunnel devices", () => {
		const block = crd(
			"IPAMBlock",
			"10-244-1-0-26",
			`
  cidr: 10.244.1.0/26
  affinity: host:a
  allocations: [null, 0, 1]
  attributes:
    - { handle_id: ipip-tunnel-addr-a, secondary: { node: a, type: ipipTunnelAddress } }
    - { handle_id: k8s-pod-network.1, secondary: { namespace: default, node: a, pod: web } }
  unallocated: [0, 3]`,
		);
		expect(load(block).calico.ipamBlocks).toMatchObject([
			{ node: "a", tunnels: [{ address: { text: "10.244.1.1" }, node: "a", type: "ipipTunnelAddress" }] },
		]);
	});
});

describe("a node", () => {
	const node = (annotations: string): string =>
		`apiVersion: v1\nkind: Node\nmetadata: { name: a, annotations: { ${annotations} } }\nstatus: {}`;

	it("is known by its annotations", () => {
		const cluster = load(
			node(
				"projectcalico.org/IPv4Address: 192.168.1.1/24, projectcalico.org/RouteReflectorClusterID: 244.0.0.1, projectcalico.org/ASNumber: '1.10'",
			),
		);
		expect(cluster.calico.nodes.get("a")).toMatchObject({
			ipv4Address: { address: { text: "192.168.1.1" }, prefixLength: 24 },
			routeReflectorClusterID: { text: "244.0.0.1" },
			// RFC 5396: asdot.
			asNumber: 65546,
		});
	});

	it("has what Calico's own Node says before them", () => {
		const own = crd("Node", "a", "{ bgp: { ipv4Address: 192.168.1.9/24, asNumber: 64600 } }", "projectcalico.org/v3");
		const cluster = load(node("projectcalico.org/IPv4Address: 192.168.1.1/24"), own);
		expect(cluster.calico.nodes.get("a")).toMatchObject({
			ipv4Address: { address: { text: "192.168.1.9" } },
			asNumber: 64600,
		});
	});

	it("with an annotation that cannot be read is refused", () => {
		expect(wrong(node("projectcalico.org/IPv4Address: 192.168.1"))).toMatch(
			/^calico\.yaml:1.*annotation projectcalico\.org\/IPv4Address of node\/a must be an IPv4 address/,
		);
	});
});

describe("what is wrong is said in one line, with its place", () => {
	test.for([
		[
			"overlapping pools",
			[POOL, crd("IPPool", "other", "{ cidr: 10.244.64.0/18 }")],
			/^calico\.yaml:\d+: 10\.244\.0\.0\/16 of IPPool "pool" overlaps 10\.244\.64\.0\/18 of IPPool "other" \(the other is at calico\.yaml:\d+\)$/,
		],
		[
			"a pod's address in no pool",
			[crd("IPPool", "pool", "{ cidr: 10.9.0.0/16 }"), POD],
			/^calico\.yaml:\d+: pod\/default\/web has 10\.244\.1\.5, which is in no IPPool \(pools are 10\.9\.0\.0\/16\)$/,
		],
		[
			"a pod's address in no block",
			[POOL, crd("BlockAffinity", "a", "{ cidr: 10.244.9.0/26, node: a, state: confirmed }"), POD],
			/^calico\.yaml:\d+: pod\/default\/web has 10\.244\.1\.5, which is in no IPAMBlock or BlockAffinity$/,
		],
		[
			"a block of two nodes",
			[
				crd("BlockAffinity", "a", "{ cidr: 10.244.9.0/26, node: a, state: confirmed }"),
				crd("BlockAffinity", "b", "{ cidr: 10.244.9.0/26, node: b, state: confirmed }"),
			],
			/BlockAffinity "b" gives block 10\.244\.9\.0\/26 to node\/b, and BlockAffinity "a" to node\/a/,
		],
		[
			"IPIP for IPv6",
			[crd("IPPool", "pool", '{ cidr: "fd00::/48", ipipMode: Always }')],
			/calico\.yaml:4:\d+: spec\.ipipMode must be Never for fd00::\/48/,
		],
		[
			"both encapsulations",
			[crd("IPPool", "pool", "{ cidr: 10.0.0.0/16, ipipMode: Always, vxlanMode: Always }")],
			/spec\.ipipMode and spec\.vxlanMode are both on/,
		],
		[
			"a block size out of range",
			[crd("IPPool", "pool", "{ cidr: 10.0.0.0/16, blockSize: 33 }")],
			/spec\.blockSize must be a whole number from 20 to 32, not 33/,
		],
		[
			"a bad selector",
			[crd("BGPPeer", "p", "{ nodeSelector: \"rack = 'a'\", peerIP: 192.0.2.1 }")],
			/calico\.yaml:4:\d+: spec\.nodeSelector is no selector/,
		],
		[
			"an AS number out of range",
			[crd("BGPPeer", "p", "{ peerIP: 192.0.2.1, asNumber: 4294967296 }")],
			/spec\.asNumber must be an AS number, not 4294967296/,
		],
		[
			"a peer's address that is none",
			[crd("BGPPeer", "p", "{ peerIP: tor-1 }")],
			/spec\.peerIP must be an IP address, with or without a port, not "tor-1"/,
		],
		[
			"two ways to name a peer",
			[crd("BGPPeer", "p", "{ peerIP: 192.0.2.1, peerSelector: all() }")],
			/spec\.peerIP and spec\.peerSelector are both set/,
		],
		[
			"a word that Felix does not know",
			[crd("FelixConfiguration", "default", "{ chainInsertMode: Prepend }")],
			/spec\.chainInsertMode must be one of insert, append, not "Prepend"/,
		],
	] as const)("%s", ([, documents, message]) => {
		expect(wrong(...documents)).toMatch(message);
	});

	it("but a pod that brings its address itself is in no pool by right (ipAddrsNoIpam)", () => {
		const own = POD.replace(
			"namespace: default",
			"namespace: default, annotations: { cni.projectcalico.org/ipAddrsNoIpam: '[]' }",
		);
		expect(wrong(crd("IPPool", "pool", "{ cidr: 10.9.0.0/16 }"), own)).toBe("nothing");
	});
});

describe("a selector (libcalico-go/lib/selector/parser/parser_test.go)", () => {
	const matches = (text: string, labels: Readonly<Record<string, string>>): boolean => {
		const selector = parseCalicoSelector(text);
		if ("why" in selector) throw new Error(worded(selector.why));
		return selector.matches(labels);
	};

	test.for([
		["a == 'b'", { a: "b" }, true],
		["a == 'b'", { a: "c" }, false],
		['a == "b"', { a: "b" }, true],
		["a != 'b'", {}, true],
		["a in {'b', 'c', 'd'}", { a: "c" }, true],
		["a in {}", { a: "c" }, false],
		["a not in {'b', 'c'}", {}, true],
		["a not in {'b', 'c'}", { a: "b" }, false],
		["has(a)", { a: "" }, true],
		["!has(a)", { a: "" }, false],
		["!!has(a)", { a: "" }, true],
		["all()", {}, true],
		["global()", {}, true],
		["a contains 'ell'", { a: "hello" }, true],
		["a starts with 'he'", { a: "hello" }, true],
		["a ends with 'he'", { a: "hello" }, false],
		["a == 'x' || b == 'y' && c == 'z'", { a: "x" }, true],
		["(a == 'x' || b == 'y') && c == 'z'", { a: "x" }, false],
		["!(a == 'x')", { a: "x" }, false],
		["kubernetes.io/os == 'linux'", { "kubernetes.io/os": "linux" }, true],
		["has( a )&&has(b)", { a: "", b: "" }, true],
	] as const)("%s of %o: %s", ([text, labels, expected]) => {
		expect(matches(text, labels)).toBe(expected);
	});

	test.for([
		"a",
		"a ==",
		"a == b",
		"a = 'b'",
		"a == 'b",
		"has(",
		"has()",
		"a in 'b'",
		"a in {'b'",
		"(a == 'b'",
		"a == 'b')",
		"a == 'b' &&",
		"a == 'b' c == 'd'",
		"&& a == 'b'",
		"a & b",
		"a not 'b'",
	])("%s is none", (text) => {
		expect(parseCalicoSelector(text)).toHaveProperty("why");
	});
});
