/** Whatever is wrong is said in one line, with its place and what would be right. */
import { describe, expect, test } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { diagnosticIn } from "../../src/diagnostic/diagnostic.ts";
import { clusterOfYaml, errorOf, nodeYaml, ownYaml, podYaml, serviceYaml } from "../support/manifests.ts";

describe("text", () => {
	test.each([
		["YAML that does not parse", "a: b\n  c: d\n", "a.yaml:1:4: not valid YAML: "],
		["a tab as indentation", "a:\n\tb: 1\n", "(indent with spaces)"],
		[
			"a key that is there twice",
			"kind: Pod\nkind: Node\n",
			'a.yaml:2:1: not valid YAML: the key "kind" is there twice',
		],
		[
			"a key that is a list",
			"a:\n  [b]: c\n",
			"a.yaml:2:3: not valid YAML: a key is a text, a number or a truth value",
		],
		["a key that means a map", "a: &m { b: c }\n*m : d\n", "a.yaml:2:1: not valid YAML: a key is a text"],
		["a key that is a date", "%YAML 1.1\n---\n2001-12-14: a\n", "a.yaml:3:1: not valid YAML: a key is a text"],
		[
			"an alias bomb",
			"a: &a [1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n",
			"Excessive alias count",
		],
		["brackets without end", "[".repeat(100_000), "nested too deeply"],
		["a text that is no object", "hello\n", "a.yaml:1:1: not a Kubernetes object"],
		["nothing but comments", "# nothing\n", 'no Kubernetes object in "a.yaml"'],
		["nothing", "", 'no Kubernetes object in "a.yaml"'],
		["a binary file", "\u007fELF\0\0", '"a.yaml" is not text (podpath reads YAML and JSON in UTF-8)'],
	])("%s", (_, text, message) => {
		expect(errorOf(text)).toContain(message);
	});

	test.each([
		["a comma too many", '{"kind": "Pod",}', 'a.json:1:16: not valid JSON: a name must follow after ","'],
		["a missing comma", '{\n "a": 1\n "b": 2}', 'a.json:3:2: not valid JSON: expected "," or "}"'],
		["a missing colon", '{"a" 1}', 'a.json:1:6: not valid JSON: expected ":" after the name'],
		["a missing value", '{"a": }', "a.json:1:7: not valid JSON: expected a value"],
		["a truncated file", '[{"kind":"Pod"},', "a.json:1:17: not valid JSON: the JSON ends in the middle"],
		["a string without end", '{"a": "b\n}', "a.json:1:7: not valid JSON: a string does not end"],
		[
			"something after the end",
			'{"apiVersion":"v1","kind":"Secret"}}',
			"a.json:1:36: not valid JSON: expected a value",
		],
		["a name without quotes", '{"a": 1, b: 2}', "a.json:1:10: not valid JSON: expected a name in double quotes"],
		["a number that is none", '{"a": 01}', "a.json:1:7: not valid JSON: expected a value"],
	])("JSON with %s", (_, text, message) => {
		expect(errorOf(text, "a.json")).toContain(message);
	});
});

describe("objects", () => {
	test.each([
		[
			"a misspelt kind",
			"apiVersion: v1\nkind: Servce\n",
			'a.yaml:2:7: v1 has no kind "Servce" (did you mean "Service"?)',
		],
		["a kind of another group", "apiVersion: v1\nkind: Deployment\n", "(Deployment is of apps/v1)"],
		["no apiVersion", "kind: Pod\n", "apiVersion is missing (Pod is of v1)"],
		["no kind", "apiVersion: v1\n", "kind is missing"],
		["no name", "apiVersion: v1\nkind: Pod\nmetadata: {}\n", "metadata.name is missing"],
		[
			"a name that is a path",
			"apiVersion: v1\nkind: Pod\nmetadata: { name: ../../etc/passwd }\n",
			'metadata.name must be a name, not "../../etc/passwd"',
		],
		[
			"a label that is a number",
			"apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { v: 1 } }\n",
			'a.yaml:3:35: metadata.labels.v must be a string, not 1 (write it in quotes: "1")',
		],
		["a bad address", podYaml("a", "10.0.0.256"), 'a.yaml:5:18: status.podIP must be an IP address, not "10.0.0.256"'],
		[
			"a bad phase",
			podYaml("a", "10.0.0.1").replace("status: {", "status: { phase: Runing,"),
			"one of Pending, Running",
		],
		[
			"a bad protocol",
			serviceYaml("s", "ports: [{ port: 80, protocol: tcp }]"),
			'spec.ports[0].protocol must be one of TCP, UDP, SCTP, not "tcp"',
		],
		[
			"a bad port",
			serviceYaml("s", "ports: [{ port: 70000 }]"),
			"spec.ports[0].port must be a whole number from 1 to 65535, not 70000",
		],
		[
			"a port twice",
			serviceYaml("s", "ports: [{ name: a, port: 80 }, { name: b, port: 80 }]"),
			"port 80/TCP is there twice",
		],
		[
			"ports without names",
			serviceYaml("s", "ports: [{ port: 80 }, { port: 81 }]"),
			"ports need names where there are several",
		],
	])("with %s", (_, text, message) => {
		expect(errorOf(text)).toContain(message);
	});

	test("terminal escapes are shown, not obeyed", () => {
		const message = errorOf('apiVersion: v1\nkind: Pod\nmetadata: { name: "\\e[31mred\\u202e" }\n');
		expect(message).toContain("metadata.name must be a name");
		expect(message).not.toMatch(/\p{Cc}|\u202e/u);
	});

	test("names of Object's own members are names like others", () => {
		const text = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"constructor","labels":{"__proto__":"x","toString":"y"}}}`;
		const cluster = loadCluster([{ name: "a.json", text }]);
		expect(Object.keys(cluster.pods[0]?.labels ?? {})).toEqual(["__proto__", "toString"]);
		expect(cluster.pod("default/__proto__")).toBeUndefined();
		expect(({} as { x?: unknown }).x).toBeUndefined();
	});

	test("a line that YAML joins to the kind above it is told", () => {
		expect(errorOf("kind: Pod\n  bad\n")).toBe(
			'a.yaml:1:7: "Pod bad" is no kind (YAML joins an indented line to the one above it)',
		);
	});

	// Kubernetes' published fields: kubernetes/kubernetes api/openapi-spec/v3/api__v1_openapi.json.
	test.each([
		[
			"kind: Pod\nmetadata: { name: a }\nspec: { nodeSelector: {}, hostnetwork: true }",
			'a.yaml:4:27: spec.hostnetwork is no field of a Pod (did you mean "hostNetwork"?)',
		],
		[
			"kind: Service\nmetadata: { name: a }\nspec: { clusterIP: 10.0.0.1, selecter: { app: a } }",
			'a.yaml:4:30: spec.selecter is no field of a Service (did you mean "selector"?)',
		],
		[
			"kind: Service\nmetadata: { name: a }\nspec: { clusterIP: 10.0.0.1, ports: [{ port: 80, target: 8080 }] }",
			"a.yaml:4:50: spec.ports[0].target is no field of a Service (it has name, protocol, port, targetPort, nodePort, appProtocol)",
		],
		[
			"kind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, porst: [] }] }",
			`a.yaml:4:33: spec.containers[0].porst is no field of a Pod's container (did you mean "ports"?)`,
		],
		[
			"kind: Node\nmetadata: { name: a, lables: {} }",
			'a.yaml:3:22: metadata.lables is no field of a Node (did you mean "labels"?)',
		],
	])("a field that Kubernetes does not know is wrong: %j", (text, message) => {
		expect(errorOf(`apiVersion: v1\n${text}\n`)).toBe(message);
	});

	test("a field that Kubernetes knows and podpath has no use for is none to speak of", () => {
		const text = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { nodeSelector: {}, tolerations: [] }";
		expect(clusterOfYaml(text).warnings).toEqual([]);
	});

	test("what an API server gave out has a uid, and no field that this server does not know", () => {
		const text = "apiVersion: v1\nkind: Pod\nmetadata: { name: a, uid: x }\nspec: { hostNetworks: of tomorrow }";
		expect(clusterOfYaml(text).warnings).toEqual([]);
	});
});

describe("podpath's own kinds", () => {
	test.each([
		["an empty list", "Host", "addresses: []", "spec.addresses must not be empty"],
		[
			"neither a word nor a CIDR",
			"Cluster",
			"kubeProxy: { nodePortAddresses: [x] }",
			'must be a CIDR or one of primary, localhost, all, not "x"',
		],
		["an unknown field", "VPC", "cidr: [10.0.0.0/8]", 'spec.cidr is not known (did you mean "cidrs"?)'],
		["a missing field", "VPC", "mtu: 1500", "spec.cidrs is missing (must be a list)"],
		["a host's address as CIDR", "VPC", "cidrs: [10.0.0.1/8]", "must be a network: 10.0.0.0/8 has that address"],
		[
			"a version that YAML takes for a number",
			"Cluster",
			"kubernetesVersion: 1.20",
			'must be a version in quotes, as in "1.30", not 1.2',
		],
		[
			"a bad word",
			"Cluster",
			"kubeProxy: { mode: ipvz }",
			'spec.kubeProxy.mode must be one of iptables, ipvs, nftables, none, not "ipvz"',
		],
		[
			"a mode said twice",
			"Cluster",
			"mode: flannel-vpc, flannel: { backend: vxlan }",
			'spec.mode is "flannel-vpc", but spec.flannel.backend is "vxlan"',
		],
		[
			"a vSwitch outside its VPC",
			"VPC",
			"cidrs: [10.0.0.0/8], vSwitches: [{ id: v, cidr: 192.168.0.0/24 }]",
			"is not in vpc/vpc (its CIDRs are 10.0.0.0/8)",
		],
		[
			"vSwitches that overlap",
			"VPC",
			"cidrs: [10.0.0.0/8], vSwitches: [{ id: v, cidr: 10.0.0.0/24 }, { id: w, cidr: 10.0.0.128/25 }]",
			'10.0.0.128/25 of vSwitch "w" overlaps 10.0.0.0/24 of vSwitch "v"',
		],
		[
			"a gateway outside its vSwitch",
			"VPC",
			"cidrs: [10.0.0.0/8], vSwitches: [{ id: v, cidr: 10.0.0.0/24, gateway: 10.0.1.1 }]",
			'gateway 10.0.1.1 of vSwitch "v" is not in 10.0.0.0/24',
		],
		[
			"a gateway outside its Segment",
			"Segment",
			"cidrs: [10.0.0.0/24], gateways: [10.0.1.1]",
			"gateway 10.0.1.1 of segment/segment is not in its CIDRs",
		],
		[
			"a route to nowhere",
			"VPC",
			"cidrs: [10.0.0.0/8], routes: [{ destination: 0.0.0.0/0, nextHop: node/x }]",
			'has an entry to "node/x", which is no machine',
		],
		[
			"a weight above 100",
			"LoadBalancer",
			"service: d/s, backends: [{ node: a, listenerPort: 80, port: 30080, weight: 101 }]",
			"weight must be at most 100, not 101",
		],
		[
			"a Service that is not there",
			"LoadBalancer",
			"service: default/web",
			"is for service/default/web, which is not there",
		],
		[
			"overlapping CIDRs",
			"Cluster",
			"podCIDRs: [10.0.0.0/8], serviceCIDRs: [10.96.0.0/12]",
			"10.96.0.0/12 of the service CIDR overlaps 10.0.0.0/8 of the pod CIDR",
		],
		["a node that is not there", "Cluster", "nodes: { a: {} }", "spec.nodes names node/a, which is not there"],
	])("with %s", (_, kind, spec, message) => {
		expect(errorOf(ownYaml(kind, spec))).toContain(message);
	});

	test("of which there is none by that name", () => {
		expect(errorOf(ownYaml("Vpx", ""))).toContain('podpath.dev/v1alpha1 has no kind "Vpx" (did you mean "VPC"?)');
		expect(errorOf(ownYaml("VPC", "cidrs: [10.0.0.0/8]").replace("v1alpha1", "v1"))).toContain("apiVersion must be");
	});

	test("there is one Cluster", () => {
		const twice = `${ownYaml("Cluster", "")}\n---\n${ownYaml("Cluster", "").replace("name: cluster", "name: b")}`;
		expect(errorOf(twice)).toContain('a second Cluster, "b"');
	});
});

describe("objects that contradict each other", () => {
	const flannel = ownYaml("Cluster", "mode: flannel-vxlan, podCIDRs: [10.244.0.0/16]");
	test.each([
		[
			"two Pods with one address",
			[podYaml("a", "10.244.0.1"), podYaml("b", "10.244.0.1")],
			"pod/default/b has 10.244.0.1, which pod/default/a has too",
		],
		[
			"a Pod with a Node's address",
			[nodeYaml("a", "10.0.0.1", "10.244.0.0/24"), podYaml("b", "10.0.0.1")],
			"node/a has 10.0.0.1, which pod/default/b has too",
		],
		[
			"two Services with one address",
			[serviceYaml("a", "clusterIP: 10.96.0.1"), serviceYaml("b", "clusterIP: 10.96.0.1")],
			"service/default/b has 10.96.0.1",
		],
		[
			"node ports that clash",
			[
				serviceYaml("a", "ports: [{ port: 80, nodePort: 30000 }]"),
				serviceYaml("b", "ports: [{ port: 80, nodePort: 30000 }]"),
			],
			"has node port 30000/TCP, which service/default/a has too",
		],
		[
			"Nodes' blocks that overlap",
			[nodeYaml("a", "10.0.0.1", "10.244.0.0/23"), nodeYaml("b", "10.0.0.2", "10.244.1.0/24")],
			"10.244.1.0/24 of the podCIDR of node/b overlaps 10.244.0.0/23 of the podCIDR of node/a",
		],
		[
			"a Node in the pod CIDR",
			[flannel, nodeYaml("a", "10.244.9.1", "10.244.0.0/24")],
			"node/a has 10.244.9.1, which is in the pod CIDR 10.244.0.0/16",
		],
		[
			"a Pod outside every block, in a network that routes blocks",
			[flannel, podYaml("a", "10.9.0.1")],
			"pod/default/a has 10.9.0.1, which is in no pod CIDR (pod CIDRs are 10.244.0.0/16)",
		],
	])("%s", (_, documents, message) => {
		expect(errorOf(documents.join("\n---\n"))).toContain(message);
	});

	test("a Pod that is done, leaves, or shares its Node's network has no address of its own", () => {
		const done = podYaml("b", "10.244.0.1").replace("status: {", "status: { phase: Succeeded,");
		const leaving = podYaml("c", "10.244.0.1").replace(
			"metadata: {",
			'metadata: { deletionTimestamp: "2026-01-01T00:00:00Z",',
		);
		const shared = podYaml("d", "10.244.0.1").replace("spec: {", "spec: { hostNetwork: true,");
		const cluster = clusterOfYaml(podYaml("a", "10.244.0.1"), done, leaving, shared);
		const owners = cluster.ownersOf({ family: 4, text: "10.244.0.1", words: [0x0af40001] });
		expect(owners.map((owner) => owner.kind === "pod" && owner.pod.name)).toEqual(["a", "c", "d"]);
	});

	test("a Pod outside every block is a warning where Pods may have addresses of the underlay", () => {
		const cluster = clusterOfYaml(
			ownYaml("Cluster", "podCIDRs: [10.244.0.0/16]"),
			podYaml("a", "10.9.0.1"),
			podYaml("b", "10.9.0.2"),
		);
		expect(cluster.warnings.map((each) => diagnosticIn(each, "en"))).toMatchObject([
			{
				code: "address-in-no-cidr",
				message: "pod/default/a has 10.9.0.1, which is in no pod CIDR, and 1 more like it",
			},
		]);
	});
});
