/**
 * Security groups beside a second reading of their documentation, written down as the text has it and no faster
 * (help.aliyun.com/en/ecs/user-guide/security-group-rules and …/basic-security-groups-and-advanced-security-groups).
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { address } from "../../src/address/address.ts";
import { contains, prefix } from "../../src/address/prefix.ts";
import { type Direction, opinionOf, type PeerGroups } from "../../src/fabric/security-group.ts";
import type { Packet } from "../../src/packet/packet.ts";
import type { SecurityGroup, SecurityGroupRule } from "../../src/state/fabric.ts";

const ORIGIN = { component: "test" };

const rules = (ids: readonly string[]): fc.Arbitrary<SecurityGroupRule> =>
	fc
		.record({
			direction: fc.constantFrom("ingress", "egress"),
			protocol: fc.constantFrom("all", "tcp", "udp", "icmp"),
			ports: fc.option(fc.constantFrom({ from: 80, to: 80 }, { from: 1, to: 1023 }, { from: 443, to: 8080 })),
			policy: fc.constantFrom("accept", "drop"),
			priority: fc.integer({ min: 1, max: 4 }),
			peer: fc.oneof(
				fc.constantFrom("10.0.0.0/8", "10.0.4.0/24", "10.0.4.27/32", "0.0.0.0/0", "::/0").map((text) => ({
					kind: "prefixes" as const,
					prefixes: [prefix(text)],
				})),
				fc.constantFrom(...ids).map((id) => ({ kind: "group" as const, id })),
			),
		} as const)
		.map((rule) => ({
			...rule,
			ports: rule.protocol === "tcp" || rule.protocol === "udp" ? rule.ports : null,
			text: JSON.stringify(rule.priority),
			origin: ORIGIN,
		}));

const IDS = ["sg-a", "sg-b", "sg-c"];

function groupsOf(type: "basic" | "advanced"): fc.Arbitrary<readonly SecurityGroup[]> {
	return fc.subarray(IDS, { minLength: 1 }).chain((ids) =>
		fc.tuple(
			...ids.map((id) =>
				fc
					.record({
						innerAccess:
							type === "basic" ? fc.constantFrom("accept" as const, "drop" as const) : fc.constant("drop" as const),
						rules: fc.array(rules(IDS), { maxLength: 6 }),
					})
					.map((group): SecurityGroup => ({ id, type, ...group, origin: ORIGIN })),
			),
		),
	);
}

const packets: fc.Arbitrary<Packet> = fc
	.record({
		src: fc.constantFrom("10.0.4.27", "10.0.5.9", "203.0.113.9"),
		dst: fc.constantFrom("10.0.4.30", "10.0.4.27", "198.51.100.1"),
		protocol: fc.constantFrom("tcp", "udp", "icmp", "sctp"),
		dport: fc.constantFrom(22, 80, 443, 8080),
	})
	.map(({ src, dst, protocol, dport }) => ({
		family: 4,
		src: address(src),
		dst: address(dst),
		protocol,
		sport: protocol === "icmp" ? 0 : 40000,
		dport: protocol === "icmp" ? 0 : dport,
		ttl: 64,
		length: 60,
		dontFragment: true,
	}));

const peers = fc.subarray(IDS).map((ids) => new Set(ids));
const directions = fc.constantFrom<Direction>("ingress", "egress");

/** The text, sentence by sentence. */
function asDocumented(
	groups: readonly SecurityGroup[],
	direction: Direction,
	packet: Packet,
	peer: ReadonlySet<string>,
): "allow" | "deny" {
	// "The internal access control policy of a basic group … Accept" lets instances of one group reach each other.
	for (const group of groups) {
		if (group.type === "basic" && group.innerAccess === "accept" && peer.has(group.id)) return "allow";
	}
	// "Rules of all groups are aggregated and sorted": a smaller number is a higher priority.
	for (let priority = 1; priority <= 100; priority++) {
		const matching = groups
			.flatMap((group) => group.rules)
			.filter((rule) => rule.direction === direction && rule.priority === priority)
			.filter((rule) => rule.protocol === "all" || rule.protocol === packet.protocol)
			.filter((rule) => rule.ports === null || (rule.ports.from <= packet.dport && packet.dport <= rule.ports.to))
			.filter((rule) => {
				const other = direction === "ingress" ? packet.src : packet.dst;
				return rule.peer.kind === "group"
					? peer.has(rule.peer.id)
					: rule.peer.prefixes.some((block) => contains(block, other));
			});
		// "If two rules differ only in their actions, the Forbid rule is used."
		if (matching.some((rule) => rule.policy === "drop")) return "deny";
		if (matching.length > 0) return "allow";
	}
	// Basic groups deny what comes in and allow what goes out, advanced ones deny both.
	return groups[0]?.type === "basic" && direction === "egress" ? "allow" : "deny";
}

describe.each(["basic", "advanced"] as const)("%s security groups", (type) => {
	it("decide as their documentation says", () => {
		fc.assert(
			fc.property(groupsOf(type), directions, packets, peers, (groups, direction, packet, peer) => {
				const opinion = opinionOf(groups, direction, packet, peer);
				expect(opinion.decision).toBe(asDocumented(groups, direction, packet, peer));
			}),
			{ numRuns: 2000 },
		);
	});

	it("that do not know the other end's groups decide only what holds whatever those are", () => {
		const everything = Array.from(
			{ length: 2 ** IDS.length },
			(_, bits) => new Set(IDS.filter((__, i) => (bits & (1 << i)) !== 0)),
		);
		fc.assert(
			fc.property(groupsOf(type), directions, packets, (groups, direction, packet) => {
				const unknown: PeerGroups = null;
				const opinion = opinionOf(groups, direction, packet, unknown);
				const possible = new Set(everything.map((peer) => asDocumented(groups, direction, packet, peer)));
				if (opinion.decision !== "unknown") expect([...possible]).toEqual([opinion.decision]);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe("the group that is said to have decided", () => {
	const rule = (text: string, more: Partial<SecurityGroupRule>): SecurityGroupRule => ({
		direction: "ingress",
		protocol: "all",
		ports: null,
		policy: "accept",
		priority: 1,
		peer: { kind: "prefixes", prefixes: [prefix("0.0.0.0/0")] },
		text,
		origin: ORIGIN,
		...more,
	});
	const group = (id: string, own: readonly SecurityGroupRule[]): SecurityGroup => ({
		id,
		type: "advanced",
		innerAccess: "drop",
		rules: own,
		origin: ORIGIN,
	});
	const [packet] = fc.sample(packets, { seed: 1, numRuns: 1 });
	if (packet === undefined) throw new Error("no packet");

	it("is that of the rule, though another of the card's groups says otherwise with less priority", () => {
		const groups = [
			group("sg-a", [rule("later", { policy: "drop", priority: 2 })]),
			group("sg-b", [rule("first", {})]),
		];
		expect(opinionOf(groups, "ingress", packet, new Set())).toMatchObject({ group: "sg-b", rule: "first" });
	});

	it("is all of them where no rule was about the packet", () => {
		const opinion = opinionOf([group("sg-a", []), group("sg-b", [])], "egress", packet, new Set());
		expect(opinion).toMatchObject({ decision: "deny", group: "sg-a, sg-b" });
	});
});
