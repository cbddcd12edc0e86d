import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith } from "../../collect/test/temporary-folder.ts";
import { podpath } from "./run-cli.ts";

function fileWith(text: string, name = "a.yaml"): string {
	return join(folderWith({ [name]: text }), name);
}

const node = (name: string, ip: string): string =>
	`apiVersion: v1\nkind: Node\nmetadata: { name: ${name}, labels: { node.kubernetes.io/instance-type: ecs.g7.xlarge } }\nstatus: { addresses: [{ type: InternalIP, address: ${ip} }] }\n---\n`;
const pod = (name: string, ip: string): string =>
	`apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { nodeName: a }\nstatus: { podIP: ${ip} }\n---\n`;
const mode = (name: string): string =>
	`apiVersion: podpath.dev/v1alpha1\nkind: Cluster\nmetadata: { name: c }\nspec: { mode: ${name} }\n---\n`;

describe("capacity of an instance type", () => {
	test("in one mode, with how the numbers come about and where they are from", async () => {
		const { status, stdout, stderr } = await podpath([
			"capacity",
			"--instance-type",
			"ecs.g7.xlarge",
			"--mode",
			"terway-trunk",
		]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(stdout).toBe(
			[
				"terway-trunk on ecs.g7.xlarge",
				"  addresses of shared ENIs  45  (4 ENIs - the primary one) x 15 addresses",
				"  members of the trunk      16  20 in total - 4 ENIs",
				"  together                  61",
				"Numbers of ecs.g7.xlarge: answer 857255BA-1CD3-5316-B18D-3F2BB982BA3B, recorded in a public repository's test data",
				"",
			].join("\n"),
		);
	});

	test("in every mode, as JSON", async () => {
		const { status, stdout } = await podpath(["capacity", "--instance-type", "ecs.g7.xlarge", "-o", "json"]);
		expect(status).toBe(0);
		const answer = JSON.parse(stdout);
		expect(answer).toMatchObject({ apiVersion: "podpath.dev/v1alpha1", kind: "Capacity", instanceType: { enis: 4 } });
		expect(answer.modes.map((each: { mode: string }) => each.mode)).toEqual([
			"terway-eni",
			"terway-eniip",
			"terway-ipvlan",
			"terway-datapathv2",
			"terway-trunk",
		]);
	});

	test("from an answer of DescribeInstanceTypes that is given", async () => {
		const answer = fileWith(
			'{"InstanceTypes":{"InstanceType":[{"InstanceTypeId":"ecs.x.large","EniQuantity":3,"EniTotalQuantity":9,"EniPrivateIpAddressQuantity":10,"EniTrunkSupported":true}]}}',
			"types.json",
		);
		const { stdout } = await podpath([
			"capacity",
			"--instance-type",
			"ecs.x.large",
			"--mode",
			"terway-trunk",
			"--instance-types",
			answer,
		]);
		expect(stdout).toMatch(/members of the trunk\s+6/);
	});

	test("is status 3 where a number is not known", async () => {
		const { status, stdout } = await podpath([
			"capacity",
			"--instance-type",
			"ecs.g7.4xlarge",
			"--mode",
			"terway-trunk",
		]);
		expect(status).toBe(3);
		expect(stdout).toContain("members of the trunk      ?    EniTrunkSupported of the instance type is not said");
	});

	test.each([
		[
			"an unknown type",
			["--instance-type", "ecs.g7.xlage"],
			/instance type "ecs\.g7\.xlage" is not known \(did you mean "ecs\.g7\.xlarge"\?\)/,
		],
		[
			"an unknown mode",
			["--instance-type", "ecs.g7.xlarge", "--mode", "terway"],
			/mode "terway" has no capacity that podpath knows/,
		],
		["no question", [], /there is nothing to ask about/],
		["a CIDR that is none", ["--pod-cidr", "172.20.1.0"], /--pod-cidr must be a CIDR/],
		["a file that is not there", ["--instance-type", "a", "--instance-types", "/no/such.json"], /does not exist/],
	])("%s is one line and status 2", async (_, args, message) => {
		const { status, stderr } = await podpath(["capacity", ...args]);
		expect(status).toBe(2);
		expect(stderr).toMatch(message);
		expect(stderr.match(/\n/g)).toHaveLength(1);
	});
});

describe("capacity of a cluster", () => {
	test("is status 0 while some node has room", async () => {
		const { status, stdout } = await podpath([
			"capacity",
			"-f",
			fileWith(mode("terway-eni") + node("a", "10.0.1.1") + pod("p", "10.0.1.9")),
		]);
		expect(status).toBe(0);
		expect(stdout).toBe(
			"node/a: terway-eni, ecs.g7.xlarge\n  ENIs  1 of 3 used  one more fits: 4 ENIs - the primary one\n  ACK lets a node join only with more than 6 pods of this kind: ecs.g7.xlarge is too small\n",
		);
	});

	test("is status 1 where none has, and says what stops the next pod", async () => {
		const pods = [1, 2, 3].map((i) => pod(`p${i}`, `10.0.1.1${i}`)).join("");
		const { status, stdout } = await podpath([
			"capacity",
			"-f",
			fileWith(mode("terway-eni") + node("a", "10.0.1.1") + pods),
		]);
		expect(status).toBe(1);
		expect(stdout).toContain("no more: ENIs: 3 of 3 used");
		const more = await podpath([
			"capacity",
			"-f",
			fileWith(mode("terway-eni") + node("a", "10.0.1.1") + node("b", "10.0.1.2") + pods),
		]);
		expect(more.status).toBe(0);
	});

	test("of another network is an error", async () => {
		const { status, stderr } = await podpath(["capacity", "-f", fileWith(mode("flannel-vpc") + node("a", "10.0.1.1"))]);
		expect(status).toBe(2);
		expect(stderr).toContain('mode "flannel-vpc" has no capacity');
	});
});

describe("podnetworking", () => {
	const networking = (name: string, status: string): string =>
		`apiVersion: network.alibabacloud.com/v1beta1\nkind: PodNetworking\nmetadata: { name: ${name} }\nspec: { selector: { podSelector: {} }, securityGroupIDs: [sg-1], vSwitchOptions: [vsw-1] }\nstatus: { status: ${status} }\n---\n`;
	const cluster = mode("terway-trunk") + pod("p", "10.0.1.9");

	test("says which one a pod takes, why not the others, and what is written into the pod", async () => {
		const file = fileWith(cluster + networking("a", "Fail") + networking("b", "Ready") + networking("c", "Ready"));
		const { status, stdout } = await podpath(["podnetworking", "pod/default/p", "-f", file]);
		expect(status).toBe(0);
		expect(stdout.split("\n").slice(0, 4)).toEqual([
			"pod/default/p takes PodNetworking b: Ready, and its podSelector (everything) matches",
			"  no  a: its status is Fail, not Ready",
			"  yes b: Ready, and its podSelector (everything) matches",
			"  no  c: Ready, and its podSelector (everything) matches, but b comes before it: the first is taken",
		]);
		expect(stdout).toContain("requests and limits of its first container: aliyun/member-eni: 1");
	});

	test("as JSON", async () => {
		const { stdout } = await podpath(["podnetworking", "pod/default/p", "-f", fileWith(cluster), "-o", "json"]);
		expect(JSON.parse(stdout)).toMatchObject({
			kind: "PodNetworkingMatch",
			pod: "pod/default/p",
			decision: "shared-eni",
			candidates: [],
		});
	});

	test("names a pod that is close to the one that is not there", async () => {
		const { status, stderr } = await podpath(["podnetworking", "pod/default/q", "-f", fileWith(cluster)]);
		expect(status).toBe(2);
		expect(stderr).toContain('"pod/default/q" is no pod of the input');
	});
});
