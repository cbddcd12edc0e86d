/** Answers of Alibaba Cloud's API in a snapshot (docs/contract.md, `cloud/PROVIDER/…`): shapes as in the API's reference. */
import { join } from "node:path";
import { loadCluster, snapshotNetwork } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { readManifests } from "../src/manifests.ts";
import { readSnapshot } from "../src/snapshot.ts";
import { folderWith } from "./temporary-folder.ts";

const card = (id: string, type: string, instance: string, address: string, group: string): object => ({
	NetworkInterfaceId: id,
	Type: type,
	Status: "InUse",
	MacAddress: "00:16:3e:00:00:01",
	VSwitchId: "vsw-4",
	InstanceId: instance,
	PrivateIpAddress: address,
	PrivateIpSets: { PrivateIpSet: [{ PrivateIpAddress: address, Primary: true }] },
	Ipv6Sets: { Ipv6Set: [] },
	SecurityGroupIds: { SecurityGroupId: [group] },
});

const FILES = {
	"kubernetes/all.yaml": `apiVersion: v1
kind: Node
metadata: { name: a }
spec: { providerID: cn-hongkong.i-a }
status: { addresses: [{ type: InternalIP, address: 10.0.4.20 }] }
`,
	"cloud/aliyun/DescribeNetworkInterfaces.json": JSON.stringify({
		RequestId: "1",
		NetworkInterfaceSets: {
			NetworkInterfaceSet: [
				card("eni-a0", "Primary", "i-a", "10.0.4.20", "sg-1"),
				card("eni-ecs", "Primary", "i-ecs", "10.0.4.99", "sg-1"),
			],
		},
	}),
	"cloud/aliyun/DescribeSecurityGroupAttribute.json": JSON.stringify({
		RequestId: "2",
		SecurityGroupId: "sg-1",
		InnerAccessPolicy: "Drop",
		VpcId: "vpc-1",
		Permissions: { Permission: [] },
	}),
	"cloud/aliyun/DescribeVpcs.json": JSON.stringify({
		RequestId: "3",
		Vpcs: { Vpc: [{ VpcId: "vpc-1", CidrBlock: "10.0.0.0/8" }] },
	}),
	"cloud/aliyun/DescribeVSwitches.json": JSON.stringify({
		RequestId: "4",
		VSwitches: { VSwitch: [{ VSwitchId: "vsw-4", VpcId: "vpc-1", CidrBlock: "10.0.4.0/24" }] },
	}),
};

describe("a snapshot with answers of the cloud's API", () => {
	test("has the ENIs that they tell, as when the files are given as manifests", async () => {
		const folder = folderWith(FILES);
		const { enis, vpcs, hosts } = snapshotNetwork(await readSnapshot(folder)).cluster;
		expect(enis.map(({ name, type, instance, securityGroups }) => [name, type, instance, securityGroups])).toEqual([
			["eni-a0", "primary", "node/a", ["sg-1"]],
			["eni-ecs", "primary", "host/i-ecs", ["sg-1"]],
		]);
		const given = loadCluster(await readManifests(Object.keys(FILES).map((name) => join(folder, name))));
		expect([enis, vpcs, hosts]).toEqual([given.enis, given.vpcs, given.hosts]);
	});

	test("has none where the cloud was not asked", async () => {
		const { cluster } = snapshotNetwork(
			await readSnapshot(folderWith({ "kubernetes/all.yaml": FILES["kubernetes/all.yaml"] })),
		);
		expect([cluster.enis, cluster.vpcs]).toEqual([[], []]);
	});
});
