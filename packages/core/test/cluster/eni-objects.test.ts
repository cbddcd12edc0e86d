/** ENIs and security groups: what people may write of them, and each thing that can be wrong, in one line with its place. */
import { describe, expect, test } from "vitest";
import { clusterOfYaml, errorOf, nodeYaml } from "../support/manifests.ts";

const NODE = nodeYaml("a", "10.0.4.22", "10.244.0.0/24");
const VPC = `apiVersion: podpath.dev/v1alpha1
kind: VPC
metadata: { name: vpc-1 }
spec:
  cidrs: [10.0.0.0/8]
  vSwitches: [{ id: vsw-a, cidr: 10.0.4.0/24 }, { id: vsw-b, cidr: 10.0.5.0/24 }]`;

function own(kind: string, name: string, spec: string): string {
	return `apiVersion: podpath.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}`;
}

const eni = (name: string, spec: string): string => own("ENI", name, `{ ${spec} }`);
const group = (name: string, spec: string): string => own("SecurityGroup", name, `{ ${spec} }`);
const rule = (spec: string): string => group("sg-1", `rules: [{ direction: ingress, ${spec} }]`);
const TRUNK = eni("eni-t", "type: trunk, instance: node/a, device: eth1, addresses: [10.0.4.20]");

function error(...documents: readonly string[]): string {
	return errorOf([NODE, VPC, ...documents].join("\n---\n"));
}

describe("a security group", () => {
	test("is basic and lets its members reach each other unless it says otherwise", () => {
		const { securityGroups } = clusterOfYaml(group("sg-1", ""));
		expect(securityGroups[0]).toMatchObject({ name: "sg-1", type: "basic", innerAccess: "accept", rules: [] });
	});

	test("may be written in the API's words: normal and enterprise, Accept and Drop, TCP (AuthorizeSecurityGroup)", () => {
		const { securityGroups } = clusterOfYaml(
			group("sg-n", "type: normal, innerAccess: Drop"),
			group(
				"sg-e",
				"type: enterprise, rules: [{ direction: egress, protocol: TCP, portRange: 80/80, policy: Drop, cidr: 10.0.0.0/8 }]",
			),
		);
		expect(securityGroups).toMatchObject([
			{ type: "basic", innerAccess: "drop" },
			{
				type: "advanced",
				innerAccess: "drop",
				rules: [{ direction: "egress", protocol: "tcp", ports: { from: 80, to: 80 }, policy: "drop", priority: 1 }],
			},
		]);
	});

	test("keeps the line of each rule, which answers quote", () => {
		const text = `apiVersion: podpath.dev/v1alpha1
kind: SecurityGroup
metadata: { name: sg-1 }
spec:
  rules:
    - { direction: ingress, protocol: tcp, portRange: 22/22, cidr: 10.0.0.0/8 }
    - { direction: ingress, protocol: all, prefixList: pl-1 }`;
		const { securityGroups } = clusterOfYaml(text, own("PrefixList", "pl-1", "{ cidrs: [10.0.0.0/8] }"));
		expect(securityGroups[0]?.rules.map(({ line }) => line)).toEqual([6, 7]);
	});

	test.each([
		["a priority past 100", rule("protocol: all, cidr: 10.0.0.0/8, priority: 101"), "must be at most 100, not 101"],
		["priority 0", rule("protocol: all, cidr: 10.0.0.0/8, priority: 0"), "must be at least 1, not 0"],
		["a port past 65535", rule("protocol: tcp, portRange: 80/65536, cidr: 10.0.0.0/8"), "ports from 1 to 65535"],
		["a range that runs backwards", rule("protocol: tcp, portRange: 90/80, cidr: 10.0.0.0/8"), "must be FROM/TO"],
		["a port that is no range", rule("protocol: tcp, portRange: '80', cidr: 10.0.0.0/8"), "must be FROM/TO"],
		[
			"ports for a protocol without",
			rule("protocol: icmp, portRange: 80/80, cidr: 10.0.0.0/8"),
			"portRange is 80/80, but protocol icmp has no ports (write -1/-1)",
		],
		["an unknown protocol", rule("protocol: sctp, cidr: 10.0.0.0/8"), "must be one of all, tcp, udp"],
		["no peer", rule("protocol: tcp"), "spec.rules[0] must name one peer"],
		["two peers", rule("protocol: tcp, cidr: 10.0.0.0/8, securityGroup: sg-2"), "must name one peer"],
		["a block with host bits", rule("protocol: tcp, cidr: 10.0.4.27/24"), "must be a network: 10.0.4.0/24"],
		[
			"a group that is not there",
			rule("protocol: tcp, securityGroup: sg-2"),
			'SecurityGroup "sg-1" has a rule for group "sg-2", which is not there',
		],
		[
			"a prefix list that is not there",
			rule("protocol: tcp, prefixList: pl-2"),
			'SecurityGroup "sg-1" has a rule for prefix list "pl-2", which is not there',
		],
		[
			"a group as peer in an advanced one",
			group("sg-1", "type: advanced, rules: [{ direction: ingress, protocol: all, securityGroup: sg-1 }]"),
			"rules of an advanced group cannot name groups",
		],
		[
			"inner access in an advanced one",
			group("sg-1", "type: advanced, innerAccess: accept"),
			"spec.innerAccess is accept",
		],
	])("with %s is refused", (_, text, message) => {
		const said = error(text);
		expect(said).toContain(message);
		expect(said).toContain('SecurityGroup "sg-1"');
		expect(said).toMatch(/^a\.yaml:\d+/);
		expect(said).not.toContain("\n");
	});
});

describe("an ENI", () => {
	test("may be a trunk with members behind their VLANs, as seed 000 L90 has them", () => {
		const cluster = clusterOfYaml(
			NODE,
			VPC,
			TRUNK,
			eni("eni-m", "type: Member, trunk: eni-t, vlan: 1027, addresses: [10.0.4.30]"),
		);
		expect(cluster.eni("eni-m")).toMatchObject({ type: "member", trunk: "eni-t", vlan: 1027, securityGroups: null });
	});

	const member = (spec: string, name = "eni-m"): string => eni(name, `type: member, ${spec}`);
	test.each([
		["VLAN 0", [TRUNK, member("trunk: eni-t, vlan: 0, addresses: [10.0.4.30]")], "spec.vlan must be at least 1, not 0"],
		[
			"VLAN 4095",
			[TRUNK, member("trunk: eni-t, vlan: 4095, addresses: [10.0.4.30]")],
			"spec.vlan must be at most 4094",
		],
		["no VLAN", [TRUNK, member("trunk: eni-t, addresses: [10.0.4.30]")], "spec.vlan is missing"],
		[
			"a VLAN that another member has",
			[
				TRUNK,
				member("trunk: eni-t, vlan: 7, addresses: [10.0.4.30]", "eni-n"),
				member("trunk: eni-t, vlan: 7, addresses: [10.0.4.31]"),
			],
			'ENI "eni-m" has VLAN 7 of trunk "eni-t" too (ENI "eni-n" at a.yaml:',
		],
		["no trunk", [member("vlan: 7, addresses: [10.0.4.30]")], "spec.trunk is missing"],
		[
			"a trunk that is not there",
			[TRUNK, member("trunk: eni-x, vlan: 7, addresses: [10.0.4.30]")],
			'ENI "eni-m" is a member of trunk "eni-x", which is not there',
		],
		[
			"a trunk that is none",
			[
				eni("eni-s", "type: secondary, instance: node/a, addresses: [10.0.4.20]"),
				member("trunk: eni-s, vlan: 7, addresses: [10.0.4.30]"),
			],
			'ENI "eni-m" is a member of "eni-s", which is secondary and no trunk',
		],
		[
			"an address outside its vSwitch",
			[TRUNK, member("trunk: eni-t, vlan: 7, vSwitch: vsw-a, addresses: [10.0.5.30]")],
			'ENI "eni-m" has 10.0.5.30, which is not in 10.0.4.0/24 of its vSwitch "vsw-a" (it is in vSwitch "vsw-b")',
		],
		[
			"an address in no vSwitch",
			[TRUNK, member("trunk: eni-t, vlan: 7, addresses: [10.0.6.30]")],
			'ENI "eni-m" has 10.0.6.30, which is in no vSwitch',
		],
		[
			"addresses of two vSwitches",
			[TRUNK, member("trunk: eni-t, vlan: 7, addresses: [10.0.4.30, 10.0.5.30]")],
			'ENI "eni-m" is in two vSwitches: 10.0.4.30 is in "vsw-a", 10.0.5.30 in "vsw-b"',
		],
		[
			"a vSwitch that is not there",
			[TRUNK, member("trunk: eni-t, vlan: 7, vSwitch: vsw-c, addresses: [10.0.4.30]")],
			'ENI "eni-m" is in vSwitch "vsw-c", which is not there',
		],
		[
			"an address that another has",
			[TRUNK, member("trunk: eni-t, vlan: 7, addresses: [10.0.4.20]")],
			'ENI "eni-m" has 10.0.4.20, which ENI "eni-t" has too',
		],
		[
			"a group that is not there",
			[TRUNK, member("trunk: eni-t, vlan: 7, addresses: [10.0.4.30], securityGroups: [sg-9]")],
			'ENI "eni-m" is in security group "sg-9", which is not there',
		],
		[
			"groups of two types",
			[
				group("sg-b", ""),
				group("sg-a", "type: advanced"),
				TRUNK,
				member("trunk: eni-t, vlan: 7, addresses: [10.0.4.30], securityGroups: [sg-b, sg-a]"),
			],
			'ENI "eni-m" is in basic group "sg-b" and in advanced group "sg-a"',
		],
		[
			"an instance that is not there",
			[eni("eni-m", "type: secondary, instance: node/b, addresses: [10.0.4.20]")],
			'ENI "eni-m" is attached to node/b, which is not there (did you mean "node/a"?)',
		],
		[
			"a second primary on one instance",
			[eni("eni-p", "type: primary, instance: node/a"), eni("eni-m", "type: primary, instance: node/a")],
			'ENI "eni-m" is a second primary ENI of node/a',
		],
		[
			"a device that another has",
			[TRUNK, eni("eni-m", "type: secondary, instance: node/a, device: eth1, addresses: [10.0.4.21]")],
			'ENI "eni-m" is eth1 of node/a too',
		],
		[
			"a device although it is a member",
			[TRUNK, member("trunk: eni-t, vlan: 7, device: eth2, addresses: [10.0.4.30]")],
			"spec.device is not for type member",
		],
		[
			"a VLAN although it is none",
			[eni("eni-m", "type: trunk, instance: node/a, vlan: 7, addresses: [10.0.4.20]")],
			"spec.vlan is for type member, not trunk",
		],
		["no address", [eni("eni-m", "type: trunk, instance: node/a")], "spec.addresses is missing"],
		[
			"another machine's address although it is the primary one",
			[eni("eni-m", "type: primary, instance: node/a, addresses: [10.0.4.9]")],
			'ENI "eni-m" is the primary one of node/a, but has not its address 10.0.4.22',
		],
	])("with %s is refused", (_, documents, message) => {
		const said = error(...documents);
		expect(said).toContain(message);
		expect(said).toContain('ENI "eni-m"');
		expect(said).toMatch(/^a\.yaml:\d+/);
		expect(said).not.toContain("\n");
	});
});
