import { describe, expect, test } from "vitest";
import { Field } from "../../src/cluster/field.ts";
import { firstUnmet, readLabelSelector } from "../../src/cluster/label-selector.ts";
import { clusterOfYaml, errorOf, ownYaml } from "../support/manifests.ts";

const podNetworking = (spec: string, status = "status: Ready"): string =>
	`apiVersion: network.alibabacloud.com/v1beta1
kind: PodNetworking
metadata: { name: stateless }
spec: { ${spec} }
status: { ${status} }`;

/** Members of `spec.allocations[0]` and of `status.eniInfos`. */
const podEni = (allocation: string, infos: string, name = "centos"): string =>
	`apiVersion: network.alibabacloud.com/v1beta1
kind: PodENI
metadata: { name: ${name}, namespace: trunking }
spec:
  zone: cn-hongkong-b
  allocations: [{ ${allocation} }]
status: { phase: Bind, instanceID: i-1, trunkENIID: eni-trunk, eniInfos: { ${infos} } }`;

const CENTOS = podEni(
	"ipv4: 10.0.4.27, ipv4CIDR: 10.0.4.0/24, eni: { id: eni-1, mac: '00:16:3E:00:00:01', vSwitchID: vsw-b, securityGroupIDs: [sg-1] }",
	"eni-1: { id: eni-1, type: Member, vid: 1027, status: Bind }",
);

describe("PodNetworking", () => {
	test("is read as Terway's types have it, with what its API server takes where nothing is said", () => {
		// seed 000 L37: type Elastic, a selector of namespaces
		const given = podNetworking(
			"selector: { namespaceSelector: { matchLabels: { tryunking: zoneb } } }, securityGroupIDs: [sg-1], vSwitchOptions: [vsw-b]",
			"status: Ready, vSwitches: [{ id: vsw-b, zone: cn-hongkong-b }]",
		);
		expect(clusterOfYaml(given).podNetworkings).toMatchObject([
			{
				name: "stateless",
				namespace: "",
				eniType: "Default",
				allocationType: { type: "Elastic" },
				podSelector: null,
				namespaceSelector: { requirements: [{ key: "tryunking", operator: "In", values: ["zoneb"] }] },
				securityGroupIDs: ["sg-1"],
				vSwitchOptions: ["vsw-b"],
				vSwitchSelectionPolicy: "ordered",
				status: "Ready",
				vSwitches: [{ id: "vsw-b", zone: "cn-hongkong-b" }],
			},
		]);
	});

	test.each([
		// types/controlplane ParseAllocationType: a Fixed address without more is kept for ten minutes
		["type: Fixed", { type: "Fixed", releaseStrategy: "TTL", releaseAfter: "10m" }],
		["type: Fixed, releaseStrategy: TTL, releaseAfter: 1h30m", { type: "Fixed", releaseAfter: "1h30m" }],
		["type: Fixed, releaseStrategy: Never", { type: "Fixed", releaseStrategy: "Never" }],
		["type: Elastic, releaseStrategy: TTL, releaseAfter: 5m0s", { type: "Elastic" }],
	])("keeps addresses as allocationType { %s } says", (allocation, expected) => {
		const [read] = clusterOfYaml(podNetworking(`allocationType: { ${allocation} }`)).podNetworkings;
		expect(read?.allocationType).toMatchObject(expected);
	});

	test.each([
		[
			"eniOptions: { eniType: Trunc }",
			'a.yaml:4:32: PodNetworking "stateless": spec.eniOptions.eniType must be one of Default, Trunk, ENI, not "Trunc"',
		],
		// webhook/validate.go: TTL needs a duration, Never has none
		["allocationType: { type: Fixed, releaseStrategy: TTL }", "spec.allocationType.releaseAfter is missing"],
		[
			"allocationType: { type: Fixed, releaseStrategy: Never, releaseAfter: 5m }",
			"spec.allocationType.releaseAfter must be empty with releaseStrategy Never",
		],
		[
			"allocationType: { type: Fixed, releaseAfter: soon }",
			'spec.allocationType.releaseAfter must be a duration, not "soon"',
		],
		[
			`securityGroupIDs: [${[...Array(11).keys()].map((i) => `sg-${i}`).join(", ")}]`,
			"spec.securityGroupIDs has 11 security groups: at most 10",
		],
		["securityGroupIDs: [sg-1, sg-1]", 'spec.securityGroupIDs has "sg-1" twice'],
		[
			"selector: { podSelector: { matchExpressions: [{ key: a, operator: In }] } }",
			"spec.selector.podSelector.matchExpressions[0].values must not be empty with operator In",
		],
		[
			"selector: { podSelector: { matchExpressions: [{ key: a, operator: Exists, values: [b] }] } }",
			"spec.selector.podSelector.matchExpressions[0].values must be empty with operator Exists",
		],
	])("is refused in one line where %s", (spec, message) => {
		expect(errorOf(podNetworking(spec))).toContain(message);
		expect(errorOf(podNetworking(spec))).not.toContain("\n");
		expect(errorOf(podNetworking(spec))).toMatch(/^a\.yaml:4/);
	});
});

describe("label selectors (apimachinery, LabelSelectorAsSelector)", () => {
	const matches = (selector: object, labels: Record<string, string>): boolean => {
		const position = { file: "a.yaml", line: 1 };
		const read = readLabelSelector(new Field(selector, { position, locate: () => position }));
		return read !== null && firstUnmet(read, labels) === undefined;
	};
	const expression = (operator: string, values: readonly string[] = []): object => ({
		matchExpressions: [{ key: "a", operator, values }],
	});

	test.each([
		["an empty selector takes everything", {}, {}, true],
		["all of its labels must be there", { matchLabels: { a: "1", b: "2" } }, { a: "1" }, false],
		["In", expression("In", ["1", "2"]), { a: "2" }, true],
		["In, without the label", expression("In", ["1"]), {}, false],
		["NotIn", expression("NotIn", ["1"]), { a: "1" }, false],
		["NotIn, without the label", expression("NotIn", ["1"]), {}, true],
		["Exists", expression("Exists"), { a: "" }, true],
		["DoesNotExist", expression("DoesNotExist"), { a: "" }, false],
	])("%s", (_, selector, labels, expected) => {
		expect(matches(selector, labels)).toBe(expected);
	});
});

describe("PodENI", () => {
	test("is read with the VLAN that its member has on the trunk", () => {
		const cluster = clusterOfYaml(CENTOS);
		expect(cluster.podENI("trunking/centos")).toMatchObject({
			zone: "cn-hongkong-b",
			phase: "Bind",
			trunkENIID: "eni-trunk",
			allocations: [
				{
					interface: "eth0",
					eniID: "eni-1",
					mac: "00:16:3e:00:00:01",
					vSwitchID: "vsw-b",
					securityGroupIDs: ["sg-1"],
					attached: { type: "Member", vlan: 1027, status: "Bind" },
				},
			],
		});
		expect(cluster.podENIs[0]?.allocations[0]?.addresses.map((each) => each.text)).toEqual(["10.0.4.27"]);
	});

	const ENI = "ipv4: 10.0.4.27, ipv4CIDR: 10.0.4.0/24, eni: { id: eni-1 }";
	test.each([
		[
			"its ENI is missing",
			"ipv4: 10.0.4.27",
			"",
			'a.yaml:6:17: PodENI "trunking/centos": spec.allocations[0].eni.id is missing',
		],
		[
			"it is bound, and its status has not its ENI",
			ENI,
			"",
			"it is in phase Bind, but status.eniInfos does not have its ENI eni-1",
		],
		[
			"its status has another ENI",
			ENI,
			"eni-2: { type: Member, vid: 1 }",
			"status.eniInfos names eni-2, which spec.allocations does not have",
		],
		[
			"the VLAN is too large",
			ENI,
			"eni-1: { type: Member, vid: 4095 }",
			"status.eniInfos.eni-1.vid must be a whole number from 0 to 4094, not 4095",
		],
		[
			"a member has no VLAN",
			ENI,
			"eni-1: { type: Member }",
			"status.eniInfos.eni-1.vid must be a VLAN id, from 1 to 4094",
		],
		[
			"an ENI that is no member has a VLAN",
			ENI,
			"eni-1: { type: Secondary, vid: 7 }",
			"status.eniInfos.eni-1.vid is 7, but an ENI of type Secondary has none",
		],
		[
			"the address is not in its vSwitch",
			"ipv4: 10.0.5.27, ipv4CIDR: 10.0.4.0/24, eni: { id: eni-1 }",
			"",
			"spec.allocations[0].ipv4 10.0.5.27 is not in its vSwitch's 10.0.4.0/24",
		],
		["no address", "eni: { id: eni-1 }", "", "spec.allocations[0].ipv4 is missing"],
		["an address of the other family", "ipv4: 'fd00::1', eni: { id: eni-1 }", "", "must be an IPv4 address"],
		["a MAC that is none", "ipv4: 10.0.4.27, eni: { id: eni-1, mac: 12 }", "", "mac must be a string"],
		[
			"a device name that is too long",
			"ipv4: 10.0.4.27, interface: ethernet0, eni: { id: eni-1 }",
			"",
			"must be a device name of 1 to 5 letters",
		],
	])("is refused in one line where %s", (_, allocation, infos, message) => {
		const error = errorOf(podEni(allocation, infos));
		expect(error).toContain(message);
		expect(error).not.toContain("\n");
		expect(error).toMatch(/^a\.yaml:\d/);
	});

	test("two on one trunk do not have the same VLAN, nor any two the same ENI", () => {
		const other = (id: string, vid: number): string =>
			podEni(`ipv4: 10.0.4.28, eni: { id: ${id} }`, `${id}: { type: Member, vid: ${vid} }`, "nginx");
		expect(errorOf(`${CENTOS}\n---\n${other("eni-2", 1027)}`)).toBe(
			'a.yaml:9: PodENI "trunking/nginx" has VLAN 1027 of trunk eni-trunk, which PodENI "trunking/centos" has too (the other is at a.yaml:1)',
		);
		expect(errorOf(`${CENTOS}\n---\n${other("eni-1", 1028)}`)).toContain("has ENI eni-1, which PodENI");
		expect(errorOf(`${CENTOS}\n---\n${other("eni-2", 1028)}`)).toBe("");
	});
});

describe("what is counted", () => {
	const podAsking = (resources: string): string =>
		`apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { nodeName: n, containers: [{ name: c, resources: { ${resources} } }] }`;

	test("a pod's requests of ENIs, and what a node can give", () => {
		const node = `apiVersion: v1\nkind: Node\nmetadata: { name: n }\nstatus: { allocatable: { pods: "213", aliyun/member-eni: "12", cpu: 15890m } }`;
		const cluster = clusterOfYaml(
			node,
			podAsking("requests: { aliyun/member-eni: '1', cpu: 100m }, limits: { aliyun/member-eni: 1 }"),
		);
		expect(cluster.pod("default/a")?.requests).toEqual({ "aliyun/member-eni": 1 });
		expect(cluster.node("n")?.allocatable).toEqual({ pods: 213, "aliyun/member-eni": 12 });
	});

	test.each([
		["'-1'", "must be a quantity"],
		["1.5", "must be a whole quantity"],
		["100m", "must be a whole quantity"],
		["many", "must be a quantity"],
	])("is a whole number: %s is refused", (count, message) => {
		expect(errorOf(podAsking(`requests: { aliyun/eni: ${count} }`))).toContain(message);
	});

	test.each([
		["'2'", 2],
		["1k", 1000],
		["1Ki", 1024],
		["2000m", 2],
		["1e1", 10],
	])("as Kubernetes writes it: %s is %i", (count, expected) => {
		expect(clusterOfYaml(podAsking(`requests: { aliyun/eni: ${count} }`)).pod("default/a")?.requests).toEqual({
			"aliyun/eni": expected,
		});
	});
});

describe("Terway's settings", () => {
	const ENI_CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: { name: eni-config, namespace: kube-system }
data:
  eni_conf: |
    { "version": "1", "service_cidr": "192.168.0.0/16", "security_group": "sg-node",
      "vswitches": { "cn-hongkong-b": ["vsw-b", "vsw-b2"] }, "enable_eni_trunking": true }
  10-terway.conf: |
    { "cniVersion": "0.3.1", "name": "terway", "type": "terway", "eniip_virtual_type": "Veth" }
  in_cluster_loadbalance: "true"`;

	test("come from its ConfigMap, which also shows the mode", () => {
		const cluster = clusterOfYaml(ENI_CONFIG);
		expect(cluster.mode).toBe("terway-trunk");
		expect(cluster.serviceCIDRs.map((each) => each.text)).toEqual(["192.168.0.0/16"]);
		expect(cluster.terway).toMatchObject({
			trunk: true,
			vlanStripType: "filter",
			securityGroups: ["sg-node"],
			vSwitches: ["vsw-b", "vsw-b2"],
			inClusterLoadBalance: true,
		});
		expect(cluster.terway?.hostStackCIDRs.map((each) => each.text)).toEqual(["169.254.20.10/32"]);
	});

	// cmd/terway-cli/common_test.go TestReadyENIConfig: absent, empty, "false" and "0" enable, anything else disables.
	test.each([
		["", true],
		['\n  disable_network_policy: ""', true],
		['\n  disable_network_policy: "false"', true],
		['\n  disable_network_policy: "0"', true],
		['\n  disable_network_policy: "true"', false],
		['\n  disable_network_policy: "no"', false],
	])("disable_network_policy%s: policies are enforced: %s", (data, expected) => {
		expect(clusterOfYaml(`${ENI_CONFIG}${data}`).terway?.networkPolicy).toBe(expected);
	});

	test("what a Cluster object says wins", () => {
		const own = ownYaml(
			"Cluster",
			"mode: terway-eniip, terway: { version: v1.4.1, eniConfig: { securityGroups: [sg-1] } }",
		);
		expect(clusterOfYaml(ENI_CONFIG, own).terway).toMatchObject({
			version: [1, 4, 1],
			trunk: true,
			securityGroups: ["sg-1"],
		});
		expect(clusterOfYaml(ownYaml("Cluster", "mode: terway-trunk")).terway).toMatchObject({
			version: null,
			trunk: true,
		});
		expect(clusterOfYaml(ownYaml("Cluster", "mode: flannel-vpc")).terway).toBeUndefined();
	});

	test.each([
		['terway: { version: "one" }', 'spec.terway.version must be a version, as in "1.4.1"'],
		["terway: { trunking: true }", "spec.terway.trunking is not known"],
		["terway: { mtu: -1 }", "spec.terway.mtu must be at least 0"],
	])("are checked: %s", (spec, message) => {
		expect(errorOf(ownYaml("Cluster", spec))).toContain(message);
	});
});
