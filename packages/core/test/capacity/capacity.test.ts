import { describe, expect, it } from "vitest";
import { prefix } from "../../src/address/prefix.ts";
import { clusterCapacity, type NodeCapacity } from "../../src/capacity/cluster-capacity.ts";
import {
	findInstanceType,
	type InstanceType,
	instanceTypesOf,
	knownInstanceTypes,
} from "../../src/capacity/instance-type.ts";
import { type LimitOptions, limitsOf } from "../../src/capacity/limits.ts";
import { InputError } from "../../src/diagnostic/diagnostic.ts";
import { clusterOfYaml, ownYaml } from "../support/manifests.ts";
import { podEniOf, podOf } from "../support/terway-clusters.ts";

const KNOWN = knownInstanceTypes();
const typeOf = (id: string): InstanceType => findInstanceType(id, KNOWN);
function podsIn(mode: string, id: string, options: LimitOptions = {}): readonly string[] {
	return limitsOf(mode, typeOf(id), options).limits.map(({ kind, pods }) => `${kind} ${pods}`);
}
function errorOf(run: () => unknown): string {
	try {
		run();
		return "";
	} catch (error) {
		if (error instanceof InputError) return error.message;
		throw error;
	}
}

describe("pods on a node (reference terway.md 5)", () => {
	it.each([
		// ACK's documentation works this example out: ecs.g7.4xlarge has 8 ENIs of 30 addresses.
		["terway-eniip", "ecs.g7.4xlarge", ["shared 210"]],
		["terway-eni", "ecs.g7.4xlarge", ["eni 7"]],
		["terway-ipvlan", "ecs.g7.4xlarge", ["shared 210"]],
		["terway-datapathv2", "ecs.g7.4xlarge", ["shared 210"]],
		// limit.go: members are what EniTotalQuantity has more than EniQuantity; shared addresses stay as they are.
		["terway-trunk", "ecs.g7.xlarge", ["shared 45", "member 16"]],
		["terway-trunk", "ecs.g6.16xlarge", ["shared 140", "member 52"]],
		["terway-trunk", "ecs.r6.8xlarge", ["shared 140", "member 32"]],
		["terway-trunk", "ecs.g6.large", ["shared 6", "member 0"]],
	])("in mode %s on %s", (mode, id, pods) => {
		expect(podsIn(mode, id)).toEqual(pods);
	});

	it("is not known for the trunk where the answer does not say", () => {
		expect(podsIn("terway-trunk", "ecs.g7.4xlarge")).toEqual(["shared 210", "member null"]);
		expect(limitsOf("terway-trunk", typeOf("ecs.g7.4xlarge")).total).toBeNull();
	});

	it("follows seed 000 L61: (ENIs - 1) x private addresses of each", () => {
		const [shared] = limitsOf("terway-eniip", typeOf("ecs.g7.4xlarge")).limits;
		expect(shared?.formula).toBe("(8 ENIs - the primary one) x 30 addresses");
	});

	it("has separate quotas for shared pods and members; seed 000 L16 has one for both (reference C1)", () => {
		const type = typeOf("ecs.g7.xlarge");
		expect(limitsOf("terway-trunk", type).total).toBe(45 + 16);
		expect(limitsOf("terway-trunk", type, { settings: { trunkSharesQuota: true } }).total).toBe(45);
	});

	it("hangs on what the daemon may use (daemon/config.go)", () => {
		expect(podsIn("terway-eniip", "ecs.g7.4xlarge", { settings: { eniCapRatio: 0.5 } })).toEqual(["shared 90"]);
		expect(podsIn("terway-eniip", "ecs.g7.4xlarge", { settings: { eniCapShift: -2 } })).toEqual(["shared 150"]);
		expect(podsIn("terway-eniip", "ecs.g7.4xlarge", { settings: { maxENI: 3 } })).toEqual(["shared 90"]);
		expect(podsIn("terway-eniip", "ecs.g7.4xlarge", { settings: { eniCapShift: -20 } })).toEqual(["shared 0"]);
	});

	it("with prefixes comes in blocks of 16 (pkg/controller/node/node.go)", () => {
		expect(podsIn("terway-eniip", "ecs.g7.xlarge", { settings: { ipPrefix: true } })).toEqual([
			`shared ${(15 - 1) * 16 * (20 - 1)}`,
		]);
	});

	it("in mode terway-vpc hangs on the node's pod CIDR, of which host-local keeps three addresses", () => {
		const limits = (podCIDR?: string): readonly string[] =>
			limitsOf("terway-vpc", undefined, podCIDR === undefined ? {} : { podCIDR: prefix(podCIDR) }).limits.map(
				({ kind, pods }) => `${kind} ${pods}`,
			);
		expect(limits("172.20.1.0/24")).toEqual(["pod-cidr 253"]);
		expect(limits("172.20.1.0/26")).toEqual(["pod-cidr 61"]);
		expect(limits()).toEqual(["pod-cidr null"]);
		// Pods that ask for aliyun/eni: seed 003 L56, the cards of the instance are the limit.
		expect(podsIn("terway-vpc", "ecs.g7.xlarge", { podCIDR: prefix("172.20.1.0/24") })).toEqual([
			"pod-cidr 253",
			"eni 3",
		]);
	});

	it("says that a node is too small for ACK", () => {
		expect(limitsOf("terway-eniip", typeOf("ecs.g6.large")).notes).toHaveLength(1);
		expect(limitsOf("terway-eniip", typeOf("ecs.g7.xlarge")).notes).toEqual([]);
	});
});

describe("instance types", () => {
	it("that are known each say where they are from", () => {
		expect([...KNOWN.values()].every(({ source }) => source.length > 20)).toBe(true);
	});

	it("are read from raw answers, one or several pages of them", () => {
		const page = (id: string): string =>
			JSON.stringify({
				RequestId: "1",
				NextToken: "",
				InstanceTypes: {
					InstanceType: [
						{
							InstanceTypeId: id,
							EniQuantity: 3,
							EniTotalQuantity: 6,
							EniPrivateIpAddressQuantity: 10,
							EniTrunkSupported: true,
						},
					],
				},
			});
		const types = instanceTypesOf([
			{ name: "1.json", text: page("ecs.a.large") },
			{ name: "2.json", text: `[${page("ecs.b.large")}, ${page("ecs.c.large")}]` },
		]);
		expect([...types.keys()]).toEqual(["ecs.a.large", "ecs.b.large", "ecs.c.large"]);
		expect(types.get("ecs.b.large")).toEqual({
			id: "ecs.b.large",
			enis: 3,
			totalEnis: 6,
			addressesPerEni: 10,
			trunk: true,
			source: "2.json",
		});
	});

	it("have no fewer cards in total than their own (DescribeInstanceTypes)", () => {
		const type = { InstanceTypeId: "ecs.x", EniQuantity: 4, EniTotalQuantity: 2, EniPrivateIpAddressQuantity: 10 };
		const text = JSON.stringify({ InstanceTypes: { InstanceType: [type] } });
		expect(errorOf(() => instanceTypesOf([{ name: "t.json", text }]))).toMatch(
			/^t\.json:1:\d+: InstanceTypes\.InstanceType\[0\]\.EniTotalQuantity of ecs\.x is 2, less than its EniQuantity 4$/,
		);
	});

	it.each([
		[
			"a type that is not known",
			() => typeOf("ecs.g7.xlrge"),
			'instance type "ecs.g7.xlrge" is not known (did you mean "ecs.g7.xlarge"?)',
		],
		[
			"a type that is like none",
			() => typeOf("m5.large"),
			'instance type "m5.large" is not known (known are ecs.g6.large',
		],
		[
			"a mode that has none",
			() => limitsOf("flannel-vpc", undefined),
			'mode "flannel-vpc" has no capacity that podpath knows',
		],
		["a mode that is misspelt", () => limitsOf("terway-trnk", undefined), 'did you mean "terway-trunk"?'],
		["no instance type", () => limitsOf("terway-eniip", undefined), "mode terway-eniip hangs on the instance type"],
		[
			"a count that is none",
			() =>
				instanceTypesOf([
					{ name: "a.json", text: '{"InstanceTypes":{"InstanceType":[{"InstanceTypeId":"x","EniQuantity":-1}]}}' },
				]),
			"EniQuantity must be a whole number from 1 to 1000000, not -1",
		],
		[
			"a count that is missing",
			() =>
				instanceTypesOf([
					{ name: "a.json", text: '{"InstanceTypes":{"InstanceType":[{"InstanceTypeId":"x","EniQuantity":2}]}}' },
				]),
			"EniPrivateIpAddressQuantity is missing",
		],
		[
			"an answer to something else",
			() => instanceTypesOf([{ name: "a.json", text: '{"RequestId":"1"}' }]),
			"InstanceTypes is missing (give an answer of DescribeInstanceTypes as it is)",
		],
	])("%s is refused in one line", (_, run, message) => {
		expect(errorOf(run)).toContain(message);
		expect(errorOf(run)).not.toContain("\n");
	});
});

describe("a cluster's nodes", () => {
	function node(name: string, ip: string, type: string, status = "", spec = ""): string {
		return `apiVersion: v1\nkind: Node\nmetadata: { name: ${name}, labels: { node.kubernetes.io/instance-type: ${type} } }\nspec: { ${spec} }\nstatus: { addresses: [{ type: InternalIP, address: ${ip} }]${status} }`;
	}
	function capacity(settings: string, ...documents: readonly string[]): readonly NodeCapacity[] {
		return clusterCapacity(clusterOfYaml(ownYaml("Cluster", settings), ...documents), KNOWN);
	}
	const roomLines = (nodes: readonly NodeCapacity[]): readonly string[] =>
		nodes.flatMap(({ node: name, rooms }) =>
			rooms.map(
				({ kind, used, limit, next }) => `${name} ${kind} ${used}/${limit} ${next.fits === true ? "fits" : next.why}`,
			),
		);

	it("have room for each kind of pod apart", () => {
		const nodes = capacity(
			"mode: terway-trunk",
			node("a", "10.0.4.20", "ecs.g7.xlarge"),
			podOf("d/shared", "a", "10.0.4.31"),
			podOf("d/member", "a", "10.0.4.30"),
			podEniOf("d/member", "10.0.4.30", "eni-1", 7, "eni-t"),
			podOf("d/daemon", "a", "10.0.4.20", "", ", hostNetwork: true"),
		);
		expect(roomLines(nodes)).toEqual(["a shared 1/45 fits", "a member 1/16 fits"]);
	});

	it("stop the next pod where a quota is reached, and say which (seed 003 L56)", () => {
		const pods = [1, 2, 3].map((i) => podOf(`d/p${i}`, "a", `10.0.4.3${i}`));
		expect(roomLines(capacity("mode: terway-eni", node("a", "10.0.4.20", "ecs.g7.xlarge"), ...pods))).toEqual([
			"a eni 3/3 ENIs: 3 of 3 used",
		]);
	});

	it("count an ENI that a pod has for itself as none to share", () => {
		const own = podEniOf("d/own", "10.0.4.30", "eni-1", 7, "").replace("type: Member, vid: 7", "type: Secondary");
		const nodes = capacity(
			"mode: terway-eniip",
			node("a", "10.0.4.20", "ecs.g7.xlarge"),
			podOf("d/own", "a", "10.0.4.30"),
			own,
		);
		expect(roomLines(nodes)).toEqual(["a shared 0/30 fits"]);
	});

	it("have what the device plugin reports, whatever the instance type", () => {
		const nodes = capacity(
			"mode: terway-trunk",
			node("a", "10.0.4.20", "ecs.g7.xlarge", ", allocatable: { aliyun/member-eni: 2 }"),
		);
		expect(roomLines(nodes)).toEqual(["a shared 0/45 fits", "a member 0/2 fits"]);
	});

	it("have no more pods than the kubelet takes, and none where they are cordoned", () => {
		const full = node("a", "10.0.4.20", "ecs.g7.xlarge", ", allocatable: { pods: 1 }");
		expect(roomLines(capacity("mode: terway-eniip", full, podOf("d/p", "a", "10.0.4.31")))).toEqual([
			"a shared 1/45 the node's allocatable pods: 1 of 1 used",
		]);
		const cordoned = node("a", "10.0.4.20", "ecs.g7.xlarge", "", "unschedulable: true");
		expect(roomLines(capacity("mode: terway-eniip", cordoned))).toEqual([
			"a shared 0/45 the node takes no pods (unschedulable)",
		]);
	});

	it("share one quota where the settings say so (reference C1)", () => {
		const small = node("a", "10.0.4.20", "ecs.u1-c1m4.xlarge");
		const pods = [...Array(19).keys()].map((i) => podOf(`d/p${i}`, "a", `10.0.4.${30 + i}`));
		const member = [podOf("d/m", "a", "10.0.4.90"), podEniOf("d/m", "10.0.4.90", "eni-1", 7, "eni-t")];
		expect(
			roomLines(capacity("mode: terway-trunk, terway: { trunkSharesQuota: true }", small, ...pods, ...member)),
		).toEqual([
			"a shared 19/20 shared and trunk pods together: 20 of 20 (trunkSharesQuota)",
			"a member 1/3 shared and trunk pods together: 20 of 20 (trunkSharesQuota)",
		]);
	});

	it("are not known without their instance type", () => {
		const nodes = capacity(
			"mode: terway-eniip",
			node("a", "10.0.4.20", "x").replace("labels: { node.kubernetes.io/instance-type: x }", "labels: {}"),
		);
		expect(nodes[0]?.rooms[0]?.next).toEqual({
			fits: null,
			why: "the node names no instance type (label node.kubernetes.io/instance-type)",
		});
	});

	it("of an unknown type are an error that names close ones", () => {
		expect(errorOf(() => capacity("mode: terway-eniip", node("a", "10.0.4.20", "ecs.g7.xlarg")))).toContain(
			'cluster.yaml:6: node/a is of instance type "ecs.g7.xlarg", which is not known (did you mean "ecs.g7.xlarge"?)',
		);
	});
});
