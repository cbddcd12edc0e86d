/** What a VPC does with a packet: whose it is, past which security groups, and where to (terway reference 3, 6.8, 7.3). */
import { describe, expect, it } from "vitest";
import { address } from "../../src/address/address.ts";
import { throughFabric } from "../../src/fabric/forward.ts";
import { Choices } from "../../src/kernel/choices.ts";
import { Memory, type Next, Walk } from "../../src/kernel/walk.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { ask, groupText, linkText, named, onlyPath, subjectOf } from "../support/fabric-questions.ts";
import { nodeYaml } from "../support/manifests.ts";

const VPC = named(
	"VPC",
	"v",
	"cidrs: [10.0.0.0/8, 192.168.0.0/16], vSwitches: [{ id: vsw-a, cidr: 10.0.4.0/24 }, { id: vsw-b, cidr: 10.0.5.0/24 }]",
);
const A = named("Host", "a", "addresses: [10.0.4.27]");
const B = named("Host", "b", "addresses: [10.0.5.9]");
const primary = (id: string, host: string, groups: string): string =>
	named("ENI", id, `type: primary, instance: host/${host}, securityGroups: [${groups}]`);

describe("two instances with ENIs", () => {
	it("are joined by the sender's ENI, the VPC and the receiver's ENI, each asked once and then known", () => {
		const rule = "{ direction: ingress, protocol: tcp, portRange: 80/80, cidr: 10.0.4.0/24 }";
		const subject = subjectOf(
			VPC,
			A,
			B,
			named("SecurityGroup", "sg-a", ""),
			named("SecurityGroup", "sg-b", `rules: [${rule}]`),
			primary("eni-a", "a", "sg-a"),
			primary("eni-b", "b", "sg-b"),
		);
		const path = onlyPath(ask(subject, "host/a", "host/b:80"));
		expect(path.verdict).toBe("delivered");
		expect(linkText(path.forward.links)).toBe("host/a eth0 > eni/eni-a > vpc/v > eni/eni-b > host/b eth0");
		expect(linkText(path.reply?.links)).toBe("host/b eth0 > eni/eni-b > vpc/v > eni/eni-a > host/a eth0");
		expect(groupText(path)).toEqual([
			"eni-a:egress:new:allow",
			"eni-b:ingress:new:allow",
			"eni-b:egress:established:allow",
			"eni-a:ingress:established:allow",
		]);
		expect(path.securityGroups[1]).toMatchObject({
			group: "sg-b",
			rule: "ingress accept tcp 80/80 from 10.0.4.0/24, priority 1",
		});
	});

	it("of two basic groups do not reach each other without a rule, and the answer names the group that says so", () => {
		const subject = subjectOf(
			VPC,
			A,
			B,
			named("SecurityGroup", "sg-a", ""),
			named("SecurityGroup", "sg-b", ""),
			primary("eni-a", "a", "sg-a"),
			primary("eni-b", "b", "sg-b"),
		);
		const path = onlyPath(ask(subject, "host/a", "host/b:80"));
		expect(path.verdict).toBe("dropped");
		expect(path.reason).toContain("eni-b does not let it in (sg-b: no ingress rule is about tcp 80 from 10.0.4.27");
		expect(groupText(path)).toEqual(["eni-a:egress:new:allow", "eni-b:ingress:new:deny"]);
		expect(linkText(path.forward.links)).toBe("host/a eth0 > eni/eni-a > vpc/v > eni/eni-b");
	});

	it("of one basic group do, even against a rule (seed 000 L261; InnerAccessPolicy Accept)", () => {
		const rule = "{ direction: ingress, protocol: all, policy: drop, cidr: 0.0.0.0/0 }";
		const group = (inner: string): string => named("SecurityGroup", "sg-1", `innerAccess: ${inner}, rules: [${rule}]`);
		const enis = [primary("eni-a", "a", "sg-1"), primary("eni-b", "b", "sg-1")];
		expect(ask(subjectOf(VPC, A, B, group("accept"), ...enis), "host/a", "host/b:80").verdict).toBe("delivered");
		expect(ask(subjectOf(VPC, A, B, group("drop"), ...enis), "host/a", "host/b:80").verdict).toBe("dropped");
	});

	it("of an advanced group reach nobody without a rule for going out", () => {
		const enis = [primary("eni-a", "a", "sg-1"), primary("eni-b", "b", "sg-1")];
		const path = onlyPath(
			ask(subjectOf(VPC, A, B, named("SecurityGroup", "sg-1", "type: enterprise"), ...enis), "host/a", "host/b:80"),
		);
		expect(groupText(path)).toEqual(["eni-a:egress:new:deny"]);
	});

	it("match a rule for a group by the addresses of its cards", () => {
		const rule = "{ direction: ingress, protocol: all, securityGroup: sg-a }";
		const subject = subjectOf(
			VPC,
			A,
			B,
			named("Host", "c", "addresses: [10.0.4.28]"),
			named("SecurityGroup", "sg-a", ""),
			named("SecurityGroup", "sg-b", `rules: [${rule}]`),
			named("SecurityGroup", "sg-c", ""),
			primary("eni-a", "a", "sg-a"),
			primary("eni-b", "b", "sg-b"),
			primary("eni-c", "c", "sg-c"),
		);
		expect(ask(subject, "host/a", "host/b:80").verdict).toBe("delivered");
		expect(ask(subject, "host/c", "host/b:80").verdict).toBe("dropped");
	});

	it("drop by a rule of the file that the answer names", () => {
		const rule = "{ direction: ingress, protocol: udp, portRange: 53/53, policy: drop, cidr: 10.0.0.0/8 }";
		const subject = subjectOf(
			VPC,
			A,
			B,
			named("SecurityGroup", "sg-b", `innerAccess: drop, rules: [${rule}]`),
			primary("eni-b", "b", "sg-b"),
		);
		const path = onlyPath(ask(subject, "host/a", "host/b:53", { protocol: "udp" }));
		const last = path.forward.hops.at(-1);
		expect(last).toMatchObject({ at: "eni/eni-b", code: "sg-dropped", origin: { object: "security-group/sg-b" } });
		expect(last?.origin?.source?.line).toBe(19);
	});
});

describe("security groups that the input does not say", () => {
	it("are not asked, and the answer says so", () => {
		const answer = ask(
			subjectOf(VPC, A, B, named("ENI", "eni-b", "type: primary, instance: host/b")),
			"host/a",
			"host/b:80",
		);
		expect(answer.verdict).toBe("delivered");
		expect(onlyPath(answer).securityGroups).toEqual([]);
		expect(answer.findings).toContainEqual(
			expect.objectContaining({
				code: "security-group-unknown",
				severity: "warning",
				message: "the input does not say the security groups of eni-b: they are taken to let the packet pass",
				object: "eni/eni-b",
			}),
		);
	});

	it("leave open what depends on them: whether both ends are in one group", () => {
		const subject = subjectOf(VPC, A, B, named("SecurityGroup", "sg-b", ""), primary("eni-b", "b", "sg-b"));
		const path = onlyPath(ask(subject, "host/a", "host/b:80"));
		expect(path.verdict).toBe("unknown");
		expect(path.reason).toContain("whether both ends are in one security group");
	});

	it("change nothing where there are no ENIs at all", () => {
		const answer = ask(subjectOf(VPC, A, B), "host/a", "host/b:80");
		expect(linkText(onlyPath(answer).forward.links)).toBe("host/a eth0 > vpc/v > host/b eth0");
		expect(answer.findings.filter(({ code }) => code === "security-group-unknown")).toEqual([]);
	});
});

/** One instance with two ENIs: its answers leave by eth0, whose security groups did not see the question. */
describe("an answer by another ENI than the question's", () => {
	const network = (ingress: string): ReturnType<typeof subjectOf> =>
		subjectOf(
			VPC,
			named("Host", "a", "addresses: [10.0.4.27]"),
			named("Host", "b", "addresses: [10.0.4.9, 10.0.5.9]"),
			named("SecurityGroup", "sg-a", ""),
			named("SecurityGroup", "sg-open", "rules: [{ direction: ingress, protocol: all, cidr: 0.0.0.0/0 }]"),
			named("SecurityGroup", "sg-e", `type: advanced, rules: [${ingress}]`),
			primary("eni-a", "a", "sg-a"),
			primary("eni-b0", "b", "sg-e"),
			named(
				"ENI",
				"eni-b1",
				"type: secondary, instance: host/b, device: eth1, addresses: [10.0.5.9], securityGroups: [sg-open]",
			),
		);

	it("is judged as new by that ENI, whose rules must let it out (sessions are each ENI's own: reference 7.3)", () => {
		const path = onlyPath(ask(network(""), "host/a", "10.0.5.9:80"));
		expect(path.verdict).toBe("no-reply");
		expect(groupText(path)).toEqual(["eni-a:egress:new:allow", "eni-b1:ingress:new:allow", "eni-b0:egress:new:deny"]);
	});

	it("passes where they do, with the asked address as its source (the VPC does not check it: seed 000 L334)", () => {
		const rule = "{ direction: egress, protocol: all, cidr: 0.0.0.0/0 }";
		const path = onlyPath(ask(network(rule), "host/a", "10.0.5.9:80"));
		expect(path.verdict).toBe("delivered");
		expect(groupText(path).slice(2)).toEqual(["eni-b0:egress:new:allow", "eni-a:ingress:established:allow"]);
	});
});

describe("routes", () => {
	const to = (destination: string, nextHop: string): string => `{ destination: ${destination}, nextHop: ${nextHop} }`;
	const vpc = (routes: readonly string[]): string =>
		named(
			"VPC",
			"v",
			`cidrs: [10.0.0.0/8], vSwitches: [{ id: vsw-a, cidr: 10.0.4.0/24 }, { id: vsw-b, cidr: 10.0.5.0/24 }], routes: [${routes.join(", ")}]`,
		);
	const lastOf = (subject: ReturnType<typeof subjectOf>, address: string): string => {
		const { forward } = onlyPath(ask(subject, "host/a", `${address}:80`));
		const { at, code } = forward.hops.find((hop) => hop.stage === "vpc-route") ?? { at: "", code: "" };
		return `${at} ${code} ${linkText(forward.links)}`;
	};

	it("of a vSwitch win over custom ones that hold it; an address that no card has is nowhere (CreateRouteEntry)", () => {
		const subject = subjectOf(vpc([to("10.0.0.0/8", "host/b")]), A, B);
		expect(lastOf(subject, "10.0.5.77")).toBe("vpc/v vpc-nowhere host/a eth0 > vpc/v");
		expect(lastOf(subject, "10.9.9.9")).toContain("vpc/v vpc-route host/a eth0 > vpc/v > host/b eth0");
	});

	it("of custom entries: the longest prefix wins, whatever their order", () => {
		const subject = subjectOf(vpc([to("10.8.0.0/16", "host/a"), to("10.8.7.0/24", "host/b")]), A, B);
		expect(lastOf(subject, "10.8.7.1")).toContain("> vpc/v > host/b eth0");
	});

	it("may lead to an ENI, past its security groups", () => {
		const subject = subjectOf(
			vpc([to("10.8.0.0/16", "eni-b1")]),
			A,
			named("Host", "b", "addresses: [10.0.4.9, 10.0.5.9]"),
			named("ENI", "eni-b1", "type: secondary, instance: host/b, device: eth1, addresses: [10.0.5.9]"),
		);
		expect(lastOf(subject, "10.8.0.1")).toContain("> vpc/v > eni/eni-b1 > host/b eth1");
	});
});

describe("a trunk's card", () => {
	const subject = subjectOf(
		VPC,
		nodeYaml("n", "10.0.4.22", "10.244.0.0/24"),
		B,
		named("SecurityGroup", "sg-t", "type: advanced"),
		named("SecurityGroup", "sg-m", "rules: [{ direction: ingress, protocol: all, cidr: 10.0.5.0/24 }]"),
		named(
			"ENI",
			"eni-t",
			"type: trunk, instance: node/n, device: eth1, addresses: [10.0.4.20], securityGroups: [sg-t]",
		),
		named("ENI", "eni-m", "type: member, trunk: eni-t, vlan: 1027, addresses: [10.0.4.30], securityGroups: [sg-m]"),
	);
	const packet = (src: string, dst: string): Packet => ({
		family: 4,
		src: address(src),
		dst: address(dst),
		protocol: "tcp",
		sport: 40000,
		dport: 80,
		ttl: 64,
		length: 60,
		dontFragment: true,
	});
	const through = (from: { place: string; device: string }, vlan: number | null, sent: Packet): [Next, Walk] => {
		const walk = new Walk(subject.network, new Choices(), new Memory(), {
			recording: true,
			asked: new Set(),
			remarks: new Map(),
		});
		const frame = { source: "", destination: "", vlan, packet: sent };
		return [throughFabric(walk, { fabric: "vpc/v", from, frame }), walk];
	};
	const eth1 = { place: "node/n", device: "eth1" };
	const asked = (walk: Walk): readonly string[] => walk.judgements.map(({ eni, decision }) => `${eni} ${decision}`);

	it("sends for the member whose tag a frame has (seed 000 L63), and untagged for itself", () => {
		const [tagged, walk] = through(eth1, 1027, packet("10.0.4.30", "10.0.5.9"));
		expect(tagged).toMatchObject({ kind: "wire", place: "host/b", frame: { vlan: null } });
		expect(asked(walk)).toEqual(["eni-m allow"]);
		const [untagged, other] = through(eth1, null, packet("10.0.4.30", "10.0.5.9"));
		expect(untagged).toMatchObject({ kind: "end", outcome: "dropped", at: "eni/eni-t" });
		expect(asked(other)).toEqual(["eni-t deny"]);
	});

	it("drops what has a tag that no member has", () => {
		const [next] = through(eth1, 1028, packet("10.0.4.30", "10.0.5.9"));
		expect(next).toMatchObject({
			kind: "end",
			outcome: "dropped",
			because: { code: "vpc-no-member", facts: { device: "eth1", place: "node/n", vlan: 1028 } },
		});
	});

	it("receives with its own MAC what is for a member, with that member's tag", () => {
		const [next, walk] = through({ place: "host/b", device: "eth0" }, null, packet("10.0.5.9", "10.0.4.30"));
		const mac = subject.network.namespace("node/n")?.links.find(({ name }) => name === "eth1")?.mac;
		expect(next).toMatchObject({ kind: "wire", ...eth1, frame: { vlan: 1027, destination: mac } });
		expect(asked(walk)).toEqual(["eni-m allow"]);
	});

	it("answers ARP for every address, as a vSwitch does on each card", () => {
		const path = onlyPath(ask(subject, "node/n", "host/b:80"));
		expect(path.forward.hops.find(({ stage }) => stage === "neighbour")?.decision).toContain("ee:ff:ff:ff:ff:ff");
	});
});

describe("in IPv6", () => {
	it("rules are about addresses of their own family", () => {
		const vpc = named("VPC", "v", 'cidrs: ["fd00::/48"], vSwitches: [{ id: a, cidr: "fd00::/64" }]');
		const group = (block: string): string =>
			named(
				"SecurityGroup",
				"sg-b",
				`type: advanced, rules: [{ direction: ingress, protocol: tcp, cidr: "${block}" }]`,
			);
		const hosts = [named("Host", "a", 'addresses: ["fd00::1"]'), named("Host", "b", 'addresses: ["fd00::2"]')];
		const verdict = (block: string): string =>
			ask(subjectOf(vpc, ...hosts, group(block), primary("eni-b", "b", "sg-b")), "host/a", "host/b:80").verdict;
		expect(verdict("fd00::/64")).toBe("delivered");
		expect(verdict("0.0.0.0/0")).toBe("dropped");
	});
});
