import { describe, expect, it } from "vitest";
import type { Cluster } from "../../../src/cluster/cluster.ts";
import {
	matchInWords,
	matchPodNetworking,
	type PodNetworkingMatch,
} from "../../../src/modes/terway/pod-networking-match.ts";
import { clusterOfYaml, ownYaml } from "../../support/manifests.ts";

const TRUNK = ownYaml(
	"Cluster",
	"mode: terway-trunk, terway: { eniConfig: { securityGroups: [sg-eni], vSwitches: [vsw-eni] } }",
);
const NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: { name: trunking, labels: { tryunking: zoneb } }";
const pod = (metadata = "", spec = ""): string =>
	`apiVersion: v1\nkind: Pod\nmetadata: { name: centos, namespace: trunking, labels: { app: centos }${metadata} }\nspec: { nodeName: a${spec} }\nstatus: { podIP: 10.0.4.27 }`;
const networking = (name: string, spec: string, status = "status: Ready"): string =>
	`apiVersion: network.alibabacloud.com/v1beta1\nkind: PodNetworking\nmetadata: { name: ${name} }\nspec: { ${spec} }\nstatus: { ${status} }`;

/** Seed 000 L37: as long as the namespace's label is tryunking: zoneb. */
const ZONE_B = networking(
	"zone-b",
	"allocationType: { type: Elastic }, selector: { namespaceSelector: { matchLabels: { tryunking: zoneb } } }, securityGroupIDs: [sg-b], vSwitchOptions: [vsw-b]",
	"status: Ready, vSwitches: [{ id: vsw-b, zone: cn-hongkong-b }]",
);

function matchIn(...documents: readonly string[]): PodNetworkingMatch<string> {
	const cluster: Cluster = clusterOfYaml(...documents);
	const centos = cluster.pod("trunking/centos");
	if (centos === undefined) throw new Error("no pod centos");
	return matchInWords(matchPodNetworking(cluster, centos));
}
const verdicts = (match: PodNetworkingMatch<string>): readonly string[] =>
	match.candidates.map(({ name, verdict }) => `${name} ${verdict}`);

describe("a pod and the PodNetworkings (terway pkg/controller/webhook/mutating.go)", () => {
	it("takes the one whose selector matches, and has an ENI written into it (seed 000 L37, L41)", () => {
		const match = matchIn(TRUNK, NAMESPACE, pod(), ZONE_B);
		expect(match).toMatchObject({ pod: "pod/trunking/centos", decision: "matched", podNetworkings: ["zone-b"] });
		expect(match.why).toBe("Ready, and its namespaceSelector (tryunking=zoneb) matches");
		expect(match.effects).toEqual({
			annotations: {
				"k8s.aliyun.com/pod-networking": "zone-b",
				"k8s.aliyun.com/pod-alloc-type": '{"type":"Elastic"}',
				"k8s.aliyun.com/pod-networks":
					'{"podNetworks":[{"interface":"eth0","vSwitchOptions":["vsw-b"],"securityGroupIDs":["sg-b"]}]}',
				"k8s.aliyun.com/pod-eni": "true",
			},
			resource: { name: "aliyun/member-eni", count: 1 },
			zones: ["cn-hongkong-b"],
		});
	});

	it("shares an ENI of its node where none matches (seed 000 L41), and says of each why not", () => {
		const match = matchIn(
			TRUNK,
			NAMESPACE,
			pod("", ""),
			networking("a-pending", "selector: { podSelector: {} }", "status: ''"),
			networking("b-failed", "selector: { podSelector: {} }", "status: Fail, message: no such vSwitch"),
			networking("c-other-app", "selector: { podSelector: { matchLabels: { app: nginx } } }"),
			networking("d-other-zone", "selector: { namespaceSelector: { matchLabels: { tryunking: zonea } } }"),
			networking("e-asked", "securityGroupIDs: [sg-1]"),
		);
		expect(match).toMatchObject({ decision: "shared-eni", podNetworkings: [], effects: null });
		expect(match.candidates.map(({ name, verdict, why }) => `${name} ${verdict}: ${why}`)).toEqual([
			"a-pending not-ready: its status is not set, not Ready",
			"b-failed not-ready: its status is Fail, not Ready: no such vSwitch",
			"c-other-app pod-selector: its podSelector wants app=nginx",
			"d-other-zone namespace-selector: its namespaceSelector wants tryunking=zonea",
			"e-asked no-selector: it has no selector: only pods that ask for it by name get it",
		]);
	});

	it("needs both selectors to match where both are set", () => {
		const both = (app: string): string =>
			networking(
				"both",
				`selector: { podSelector: { matchLabels: { app: ${app} } }, namespaceSelector: { matchLabels: { tryunking: zoneb } } }`,
			);
		expect(matchIn(TRUNK, NAMESPACE, pod(), both("centos")).decision).toBe("matched");
		expect(verdicts(matchIn(TRUNK, NAMESPACE, pod(), both("nginx")))).toEqual(["both pod-selector"]);
	});

	it("takes the first of several, in the order of the API server, whatever the order of the files", () => {
		const all = networking("aaa", "selector: { podSelector: {} }");
		const match = matchIn(TRUNK, NAMESPACE, pod(), ZONE_B, all);
		expect(match.podNetworkings).toEqual(["aaa"]);
		expect(verdicts(match)).toEqual(["aaa matched", "zone-b shadowed"]);
		expect(match.candidates[1]?.why).toContain("aaa comes before it");
	});

	it.each([
		["ReplicaSet", false],
		["StatefulSet", true],
	])("of a %s can keep an address: %s", (kind, can) => {
		const fixed = networking("fixed", "allocationType: { type: Fixed }, selector: { podSelector: {} }");
		const owned = pod(`, ownerReferences: [{ kind: ${kind}, name: web, controller: true }]`);
		expect(verdicts(matchIn(TRUNK, NAMESPACE, owned, fixed))).toEqual([can ? "fixed matched" : "fixed fixed"]);
		expect(verdicts(matchIn(TRUNK, NAMESPACE, pod(), fixed))).toEqual(["fixed matched"]);
	});

	it("cannot be told where the input does not hold the Namespace's labels", () => {
		const match = matchIn(TRUNK, pod(), ZONE_B);
		expect(match).toMatchObject({ decision: "unknown", podNetworkings: [] });
		expect(match.why).toContain("does not hold Namespace trunking");
		const byName = networking(
			"by-name",
			"selector: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: trunking } } }",
		);
		expect(matchIn(TRUNK, pod(), byName).decision).toBe("matched");
	});
});

describe("annotations of a pod", () => {
	const annotated = (annotations: string): string => pod(`, annotations: { ${annotations} }`);
	const REQUEST = `k8s.aliyun.com/pod-networks-request: '[{"interfaceName":"eth0","network":"plane"}]'`;
	const PLANE = networking("plane", "securityGroupIDs: [sg-1], vSwitchOptions: [vsw-1]");

	it("come before selectors: pod-networks says all by itself", () => {
		const match = matchIn(TRUNK, NAMESPACE, annotated(`k8s.aliyun.com/pod-networks: '{"podNetworks":[]}'`), ZONE_B);
		expect(match).toMatchObject({ decision: "annotation", podNetworkings: [] });
	});

	it("may ask for one that is Ready and has no selector", () => {
		expect(matchIn(TRUNK, NAMESPACE, annotated(REQUEST), ZONE_B, PLANE)).toMatchObject({
			decision: "requested",
			podNetworkings: ["plane"],
			effects: { resource: { name: "aliyun/member-eni", count: 1 } },
		});
		const selecting = networking("plane", "selector: { podSelector: {} }");
		expect(matchIn(TRUNK, NAMESPACE, annotated(REQUEST), selecting)).toMatchObject({ decision: "denied" });
		expect(matchIn(TRUNK, NAMESPACE, annotated(REQUEST)).why).toContain("plane, which is not there");
		const pending = networking("plane", "securityGroupIDs: [sg-1]", "status: ''");
		expect(matchIn(TRUNK, NAMESPACE, annotated(REQUEST), pending).why).toContain("not Ready");
	});

	it("exclude each other", () => {
		const match = matchIn(TRUNK, NAMESPACE, annotated(`${REQUEST}, k8s.aliyun.com/pod-networks: '{}'`), PLANE);
		expect(match).toMatchObject({ decision: "denied" });
		expect(match.why).toContain("exclude each other");
	});

	it("that the webhook wrote when the pod was made are shown, and do not decide again", () => {
		const made = annotated(
			`k8s.aliyun.com/pod-eni: "true", k8s.aliyun.com/pod-networking: old, k8s.aliyun.com/pod-networks: '{"podNetworks":[]}'`,
		);
		expect(matchIn(TRUNK, NAMESPACE, made, ZONE_B)).toMatchObject({
			decision: "matched",
			podNetworkings: ["zone-b"],
			recorded: "old",
		});
	});

	it("may ask for an ENI with what eni-config says", () => {
		expect(matchIn(TRUNK, NAMESPACE, annotated('k8s.aliyun.com/pod-eni: "true"'))).toMatchObject({
			decision: "eni-config",
			effects: {
				annotations: {
					"k8s.aliyun.com/pod-networks":
						'{"podNetworks":[{"interface":"eth0","vSwitchOptions":["vsw-eni"],"securityGroupIDs":["sg-eni"]}]}',
				},
			},
		});
	});
});

describe("what the webhook writes", () => {
	it("asks for a whole ENI where the PodNetworking wants one, and where the cluster has no trunks", () => {
		const whole = networking("whole", "eniOptions: { eniType: ENI }, selector: { podSelector: {} }");
		expect(matchIn(TRUNK, NAMESPACE, pod(), whole).effects?.resource).toEqual({ name: "aliyun/eni", count: 1 });
		const noTrunk = ownYaml("Cluster", "mode: terway-eniip");
		expect(matchIn(noTrunk, NAMESPACE, pod(), ZONE_B).effects?.resource.name).toBe("aliyun/eni");
	});

	it("does not tie a DaemonSet's pods to zones", () => {
		const daemon = pod(", ownerReferences: [{ kind: DaemonSet, name: agent, controller: true }]");
		expect(matchIn(TRUNK, NAMESPACE, daemon, ZONE_B).effects?.zones).toEqual([]);
	});

	it("keeps a pod with a Fixed address in the zone of its ENI", () => {
		const fixed = networking(
			"fixed",
			"allocationType: { type: Fixed }, selector: { podSelector: {} }",
			"status: Ready, vSwitches: [{ id: v1, zone: zone-a }, { id: v2, zone: zone-b }]",
		);
		const podEni = `apiVersion: network.alibabacloud.com/v1beta1\nkind: PodENI\nmetadata: { name: centos, namespace: trunking }\nspec: { zone: zone-b, allocations: [{ ipv4: 10.0.4.27, eni: { id: eni-1 } }] }`;
		expect(matchIn(TRUNK, NAMESPACE, pod(), fixed).effects?.zones).toEqual(["zone-a", "zone-b"]);
		expect(matchIn(TRUNK, NAMESPACE, pod(), fixed, podEni).effects?.zones).toEqual(["zone-b"]);
	});

	it("is nothing for pods that Terway does not look at", () => {
		expect(matchIn(TRUNK, NAMESPACE, pod("", ", hostNetwork: true"), ZONE_B)).toMatchObject({
			decision: "not-managed",
			effects: null,
		});
		const ignored = pod().replace("app: centos", 'app: centos, k8s.aliyun.com/ignore-by-terway: "true"');
		expect(matchIn(TRUNK, NAMESPACE, ignored, ZONE_B)).toMatchObject({ decision: "not-managed" });
	});
});
