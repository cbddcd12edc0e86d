/** PodENIs and PodNetworkings of which one thing was broken in a cluster of the atlas: the first finding names it. */
import { describe } from "vitest";
import {
	type Breakage,
	DIRECT,
	type ExpectedFinding,
	eachBroken,
	NGINX,
	NGINX_ENI,
	PODENI,
	pending,
	SERVED,
} from "../../support/broken-clusters.ts";

describe("a PodENI", () => {
	const status = (patch: object): Breakage => ({ [PODENI]: { status: patch } });
	const allocated = (patch: object): Breakage => {
		const eni = { id: NGINX_ENI, vSwitchID: "vsw-4", securityGroupIDs: ["sg-j6cf3sxrlbuwxxxxx"] };
		return { [PODENI]: { spec: { allocations: [{ interface: "eth0", ipv4: "10.0.4.30", eni, ...patch }] } } };
	};
	const said = (code: string, says: readonly string[], fix: string): ExpectedFinding => ({
		code,
		object: PODENI,
		says,
		fix,
	});
	const member = `apiVersion: podpath.dev/v1alpha1
kind: ENI
metadata: { name: ${NGINX_ENI} }
spec: { type: member, trunk: eni-n22-trunk, vlan: 1027, addresses: [10.0.4.30], securityGroups: [sg-j6cf3sxrlbuwxxxxx] }
`;
	eachBroken([
		[
			"with another VLAN than its ENI",
			"terway-trunk",
			status({ eniInfos: { [NGINX_ENI]: { vid: 1050 } } }),
			DIRECT,
			said(
				"pod-eni-vlan",
				["(broken.yaml", "says VLAN 1050", "behind VLAN 1027 of eni-n22-trunk (added.yaml:1)"],
				"vid 1027",
			),
			member,
		],
		[
			"that is not bound",
			"terway-trunk",
			status({ phase: "Detaching" }),
			DIRECT,
			said("pod-eni-not-bound", ["is in phase Detaching"], "terway-controlplane"),
		],
		[
			"bound to another node's trunk",
			"terway-trunk",
			status({ trunkENIID: "eni-n20-trunk" }),
			DIRECT,
			said("pod-eni-other-trunk", ["whose trunk is eni-n22-trunk (cluster.yaml"], "delete the pod"),
		],
		[
			"bound to an ENI that is no trunk",
			"terway-trunk",
			{ "eni/eni-n22-trunk": { spec: { type: "secondary" } } },
			DIRECT,
			said(
				"pod-eni-no-trunk",
				["is bound to eni-n22-trunk, which is secondary and no trunk (broken.yaml"],
				"need a trunk",
			),
		],
		[
			"bound to a trunk that nobody has",
			"terway-trunk",
			{ "eni/eni-n22-trunk": null },
			DIRECT,
			said("pod-eni-trunk-unknown", ["is bound to trunk eni-n22-trunk, which the input does not describe"], "describe"),
		],
		[
			"attached to another instance",
			"terway-trunk",
			status({ instanceID: "i-n20" }),
			DIRECT,
			said("pod-eni-other-instance", ["instance i-n20", "which is i-n22"], "delete the pod"),
		],
		[
			"for another zone than its node's",
			"terway-trunk",
			{
				"node/cn-hongkong.10.0.4.22": { metadata: { labels: { "topology.kubernetes.io/zone": "cn-hongkong-c" } } },
			},
			DIRECT,
			said(
				"pod-eni-other-zone",
				["is for zone cn-hongkong-b", "is in cn-hongkong-c (broken.yaml"],
				"a vSwitch of the node",
			),
		],
		[
			"whose ENI has another address than the pod",
			"terway-trunk",
			allocated({ ipv4: "10.0.4.33" }),
			DIRECT,
			said("pod-eni-other-address", ["has 10.0.4.33 for its pod, which has 10.0.4.30 (cluster.yaml"], "delete the pod"),
		],
		[
			"in a group that the input does not hold",
			"terway-trunk",
			allocated({ eni: { id: NGINX_ENI, vSwitchID: "vsw-4", securityGroupIDs: ["sg-gone"] } }),
			DIRECT,
			said("pod-eni-group-unknown", ["in security group sg-gone, which the input does not describe"], "sg-gone"),
		],
		[
			"that was never made",
			"terway-trunk",
			{ [PODENI]: null },
			DIRECT,
			{
				code: "pod-eni-missing",
				object: NGINX,
				says: ["waits for an ENI of its own", "there is no PodENI trunking/nginx-6f545cb57c-kt7r8"],
				fix: "terway-controlplane",
			},
		],
	]);
});

describe("a PodNetworking", () => {
	const ZONEB = "podnetworking/zoneb";
	eachBroken([
		[
			"that is not Ready",
			"terway-trunk",
			{ [ZONEB]: { status: { status: "Fail" } } },
			DIRECT,
			{
				code: "pod-networking-not-ready",
				object: ZONEB,
				says: ["does not take podnetworking/zoneb (broken.yaml", "its status is Fail, not Ready"],
				fix: "kubectl describe podnetworking zoneb",
			},
		],
		[
			"whose selector matches no pod",
			"terway-trunk",
			{ [ZONEB]: { spec: { selector: { namespaceSelector: { matchLabels: { tryunking: "zonec" } } } } } },
			DIRECT,
			{
				code: "pod-networking-changed",
				object: ZONEB,
				says: ["was made with podnetworking/zoneb (broken.yaml", "its namespaceSelector wants tryunking=zonec"],
				fix: "correct PodNetworking zoneb",
			},
		],
		[
			"that is not the only one that matches",
			"terway-trunk",
			{
				"podnetworking/open": {
					spec: { selector: { podSelector: null, namespaceSelector: { matchLabels: { tryunking: "zoneb" } } } },
				},
			},
			DIRECT,
			{
				code: "pod-networking-shadowed",
				object: ZONEB,
				says: ["does not take podnetworking/zoneb (cluster.yaml", "open comes before it"],
				fix: "make the selectors exclude each other",
			},
		],
		[
			"whose vSwitches are in no node's zone",
			"terway-trunk",
			{
				[ZONEB]: { status: { vSwitches: [{ id: "vsw-9", zone: "cn-hongkong-c" }] } },
				[NGINX]: pending,
				[PODENI]: null,
			},
			SERVED,
			{
				code: "pod-networking-zone",
				object: ZONEB,
				says: ["cannot be scheduled", "has vSwitches in cn-hongkong-c alone, and the nodes are in cn-hongkong-b"],
				fix: "give PodNetworking zoneb a vSwitch in cn-hongkong-b",
			},
		],
	]);
});
