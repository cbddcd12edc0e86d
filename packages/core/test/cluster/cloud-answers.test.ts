/**
 * Raw answers of Alibaba Cloud's API beside manifests: shapes as the API's reference has them (help.aliyun.com/en/ecs:
 * DescribeNetworkInterfaces, DescribeSecurityGroupAttribute, DescribeSecurityGroups; …/vpc: DescribeVpcs, DescribeVSwitches,
 * DescribeRouteEntryList).
 */
import { describe, expect, it } from "vitest";
import { loadCluster, type ManifestFile } from "../../src/cluster/load.ts";
import { InputError } from "../../src/diagnostic/diagnostic.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import { worded } from "../../src/wording/phrase.ts";
import { podOf } from "../support/terway-clusters.ts";

const MANIFESTS = `apiVersion: podpath.dev/v1alpha1
kind: Cluster
metadata: { name: c }
spec: { mode: terway-eniip, serviceCIDRs: [192.168.0.0/16] }
---
apiVersion: v1
kind: Node
metadata: { name: a }
spec: { providerID: cn-hongkong.i-a }
status: { addresses: [{ type: InternalIP, address: 10.0.4.20 }] }
---
apiVersion: v1
kind: Node
metadata: { name: b }
spec: { providerID: cn-hongkong.i-b }
status: { addresses: [{ type: InternalIP, address: 10.0.4.21 }] }
---
${podOf("d/x", "a", "10.0.4.30")}
---
${podOf("d/y", "b", "10.0.4.31")}
`;

const card = (id: string, type: string, instance: string, addresses: readonly string[], group = "sg-1"): object => ({
	NetworkInterfaceId: id,
	Type: type,
	Status: instance === "" ? "Available" : "InUse",
	MacAddress: "00:16:3E:00:00:01",
	VSwitchId: "vsw-4",
	InstanceId: instance,
	PrivateIpAddress: addresses[0],
	PrivateIpSets: {
		// The primary one is not always the first.
		PrivateIpSet: addresses.map((PrivateIpAddress, i) => ({ PrivateIpAddress, Primary: i === 0 })).reverse(),
	},
	Ipv6Sets: { Ipv6Set: [] },
	SecurityGroupIds: { SecurityGroupId: [group] },
});
const CARDS = {
	RequestId: "1",
	NetworkInterfaceSets: {
		NetworkInterfaceSet: [
			card("eni-a0", "Primary", "i-a", ["10.0.4.20"]),
			card("eni-a1", "Secondary", "i-a", ["10.0.4.120", "10.0.4.30"]),
			card("eni-b0", "Primary", "i-b", ["10.0.4.21"]),
			card("eni-b1", "Secondary", "i-b", ["10.0.4.121", "10.0.4.31"]),
			card("eni-ecs", "Primary", "i-ecs", ["10.0.4.99"]),
			card("eni-idle", "Secondary", "", ["10.0.4.200"]),
			card("eni-member", "Member", "i-a", ["10.0.4.201"]),
		],
	},
};
const permission = (more: object): object => ({
	Direction: "ingress",
	IpProtocol: "TCP",
	PortRange: "80/80",
	Policy: "Accept",
	Priority: "1",
	SourceCidrIp: "10.0.0.0/8",
	NicType: "intranet",
	...more,
});
const group = (...permissions: readonly object[]): object => ({
	RequestId: "2",
	SecurityGroupId: "sg-1",
	InnerAccessPolicy: "Drop",
	VpcId: "vpc-1",
	Permissions: { Permission: permissions },
});
const VPCS = { RequestId: "3", Vpcs: { Vpc: [{ VpcId: "vpc-1", CidrBlock: "10.0.0.0/8" }] } };
const VSWITCHES = {
	RequestId: "4",
	VSwitches: { VSwitch: [{ VSwitchId: "vsw-4", VpcId: "vpc-1", CidrBlock: "10.0.4.0/24" }] },
};

const file = (name: string, answer: object): ManifestFile => ({
	name: `cloud/aliyun/${name}.json`,
	text: JSON.stringify(answer, null, 2),
});
function clusterWith(permissions: readonly object[], ...more: readonly ManifestFile[]) {
	return loadCluster([
		{ name: "cluster.yaml", text: MANIFESTS },
		file("DescribeNetworkInterfaces", CARDS),
		file("DescribeSecurityGroupAttribute", group(...permissions)),
		file("DescribeVpcs", VPCS),
		file("DescribeVSwitches", VSWITCHES),
		...more,
	]);
}
function ask(cluster: ReturnType<typeof clusterWith>, from: string, to: string) {
	const network = clusterNetwork(cluster);
	return explain({ cluster, network, fromSnapshot: false }, { from, to, protocol: "tcp" });
}

describe("answers of the API", () => {
	it("say which ENIs instances have, with the primary address first; instances that are no nodes are hosts", () => {
		const cluster = clusterWith([permission({})]);
		expect(
			cluster.enis.map(({ name, type, instance, addresses }) => [
				name,
				type,
				instance,
				addresses.map(({ text }) => text).join(" "),
			]),
		).toEqual([
			["eni-a0", "primary", "node/a", "10.0.4.20"],
			["eni-a1", "secondary", "node/a", "10.0.4.120 10.0.4.30"],
			["eni-b0", "primary", "node/b", "10.0.4.21"],
			["eni-b1", "secondary", "node/b", "10.0.4.121 10.0.4.31"],
			["eni-ecs", "primary", "host/i-ecs", "10.0.4.99"],
		]);
		expect(cluster.hosts.map(({ name }) => name)).toEqual(["i-ecs"]);
	});

	it("are where a packet goes by: the groups of both ENIs are asked", () => {
		const answer = ask(clusterWith([permission({})]), "pod/d/x", "pod/d/y:80");
		expect(answer.verdict).toBe("delivered");
		expect(answer.paths[0]?.securityGroups.map((each) => `${each.interface}:${each.direction}`)).toEqual([
			"eni-a1:egress",
			"eni-b1:ingress",
			"eni-b1:egress",
			"eni-a1:ingress",
		]);
		expect(ask(clusterWith([permission({})]), "host/i-ecs", "pod/d/y:80").verdict).toBe("delivered");
	});

	it("are quoted with their file and line", () => {
		const narrow = permission({ PortRange: "8080/8090" });
		const [first] = ask(clusterWith([narrow]), "pod/d/x", "pod/d/y:80").findings;
		expect(first).toMatchObject({ code: "security-group-denies", object: "security-group/sg-1" });
		expect(first?.message).toMatch(
			/rule "ingress accept tcp 8080\/8090 from 10\.0\.0\.0\/8, priority 1" \(cloud\/aliyun\/DescribeSecurityGroupAttribute\.json:\d+\) is about other ports/,
		);
	});

	it("give way to objects of podpath's own kinds", () => {
		const own = "apiVersion: podpath.dev/v1alpha1\nkind: SecurityGroup\nmetadata: { name: sg-1 }\nspec: { rules: [] }";
		const cluster = clusterWith([permission({})], { name: "own.yaml", text: own });
		expect(cluster.securityGroup("sg-1")?.rules).toEqual([]);
	});

	it("leave an ENI's groups open where their rules are missing, with a warning", () => {
		const cluster = loadCluster([{ name: "cluster.yaml", text: MANIFESTS }, file("DescribeNetworkInterfaces", CARDS)]);
		expect(cluster.eni("eni-a1")?.securityGroups).toBeNull();
		expect(cluster.warnings.map(({ message }) => worded(message)).join("\n")).toContain(
			'ENI "eni-a1" is in security group sg-1, of which the input has no DescribeSecurityGroupAttribute',
		);
	});

	it("hold the type of a group in DescribeSecurityGroups", () => {
		const types = {
			RequestId: "5",
			SecurityGroups: { SecurityGroup: [{ SecurityGroupId: "sg-1", SecurityGroupType: "enterprise" }] },
		};
		const cluster = clusterWith([permission({})], file("DescribeSecurityGroups", types));
		expect(cluster.securityGroup("sg-1")).toMatchObject({ type: "advanced", innerAccess: "drop" });
	});
});

describe("DescribeRouteEntryList", () => {
	const routes = (...entries: readonly object[]): ManifestFile =>
		file("DescribeRouteEntryList", { RequestId: "6", RouteEntrys: { RouteEntry: entries } });
	const entry = (DestinationCidrBlock: string, NextHopId: string, Type = "Custom"): object => ({
		DestinationCidrBlock,
		Type,
		NextHops: { NextHop: [{ NextHopId, NextHopType: "Instance" }] },
	});

	it("has the custom entries; those of the system are the vSwitches' own", () => {
		const cluster = clusterWith(
			[],
			routes(entry("10.0.4.0/24", "", "System"), entry("172.20.0.0/24", "i-a"), entry("172.20.1.0/24", "eni-b0")),
		);
		expect(cluster.vpcs[0]?.routes.map(({ destination, nextHop }) => `${destination.text} ${nextHop}`)).toEqual([
			"172.20.0.0/24 node/a",
			"172.20.1.0/24 eni-b0",
		]);
		expect(cluster.vpcs[0]?.managedRoutes).toBe(false);
	});

	it("passes over what leads elsewhere, with a warning", () => {
		const cluster = clusterWith([], routes(entry("172.31.0.0/16", "ngw-1")));
		expect(cluster.vpcs[0]?.routes).toEqual([]);
		expect(cluster.warnings.map(({ message }) => worded(message)).join("\n")).toContain(
			"the route entry for 172.31.0.0/16 leads to ngw-1, which is no instance or ENI of the input",
		);
	});
});

describe("is refused in one line, with its place", () => {
	it.each([
		["a priority out of range", { Priority: "101" }, 'Priority must be a priority from 1 to 100, not "101"'],
		["a port out of range", { PortRange: "80/70000" }, "PortRange must be FROM/TO with ports from 1 to 65535"],
		["a protocol that is none", { IpProtocol: "TPC" }, "IpProtocol must be one of all, tcp, udp"],
		["a rule about nobody", { SourceCidrIp: "" }, "Permissions.Permission[0] names no peer"],
		["a CIDR that is none", { SourceCidrIp: "10.0.0.0/33" }, "SourceCidrIp must be a CIDR"],
		[
			"a rule with source ports",
			{ SourcePortRange: "1/100" },
			"SourcePortRange narrows the rule at the group's own end",
		],
	])("%s", (_, wrong, message) => {
		let said = "";
		try {
			clusterWith([permission(wrong)]);
		} catch (error) {
			said = error instanceof InputError ? error.message : String(error);
		}
		expect(said).toContain(message);
		expect(said).toMatch(/^cloud\/aliyun\/DescribeSecurityGroupAttribute\.json:\d+:\d+: /);
		expect(said).not.toContain("\n");
	});
});

it("an answer of which podpath reads nothing is passed over with a warning", () => {
	const cluster = clusterWith([], file("DescribeZones", { RequestId: "7", Zones: { Zone: [] } }));
	expect(cluster.warnings.map(({ code }) => code)).toEqual(["answer-passed-over"]);
});
