/**
 * Security groups of an ECS instance's card. Rules of all groups of the card count together, by priority and with drop before
 * accept (help.aliyun.com/en/ecs/user-guide/security-group-rules); what no rule matches is decided by the groups' type
 * (…/basic-security-groups-and-advanced-security-groups). Seed 000 L135, L261, L335 tell which cards' groups are asked.
 */
import { contains } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";
import type { Packet } from "../packet/packet.ts";
import type { SecurityGroup, SecurityGroupRule } from "../state/fabric.ts";
import { type Phrase, phrase, type Said } from "../wording/phrase.ts";

export type Direction = "ingress" | "egress";

/** The groups that the card with the other end's address is in; null: the input does not say. */
export type PeerGroups = ReadonlySet<string> | null;

/** What the groups say of a packet that belongs to no connection the card knows. */
export type Opinion =
	| {
			readonly decision: "allow" | "deny";
			readonly group: string;
			/** The rule as it stands, or what was decided without one. */
			readonly rule: Said;
			readonly origin: Origin | null;
	  }
	/** It depends on something that the input does not hold. */
	| { readonly decision: "unknown"; readonly what: Phrase };

interface MergedRule {
	readonly group: SecurityGroup;
	readonly rule: SecurityGroupRule;
}

type Merged = Readonly<Record<Direction, readonly MergedRule[]>>;

const merged = new WeakMap<readonly SecurityGroup[], Merged>();

/** Asks the groups of one card, of which there is at least one. All are of one type. */
export function opinionOf(
	groups: readonly SecurityGroup[],
	direction: Direction,
	packet: Packet,
	peer: PeerGroups,
): Opinion {
	const inner = innerAccess(groups, peer);
	if (inner.kind === "member") return allowedInside(inner.group);
	const doubts: MergedRule[] = [];
	for (const candidate of mergedRules(groups)[direction]) {
		const match = matches(candidate.rule, direction, packet, peer);
		if (match === "unknown") doubts.push(candidate);
		else if (match) return settled(byRule(candidate), doubts, inner);
	}
	return settled(byDefault(groups, direction, packet), doubts, inner);
}

type Decided = Exclude<Opinion, { readonly decision: "unknown" }>;
type Inner =
	| { readonly kind: "member"; readonly group: SecurityGroup }
	| { readonly kind: "stranger" }
	| { readonly kind: "unknown" };

/** Members of a basic group reach each other without a rule, and whatever the rules say (InnerAccessPolicy Accept). */
function innerAccess(groups: readonly SecurityGroup[], peer: PeerGroups): Inner {
	const open = groups.filter((group) => group.type === "basic" && group.innerAccess === "accept");
	if (open.length === 0) return { kind: "stranger" };
	if (peer === null) return { kind: "unknown" };
	const shared = open.find((group) => peer.has(group.id));
	return shared === undefined ? { kind: "stranger" } : { kind: "member", group: shared };
}

function allowedInside(group: SecurityGroup): Opinion {
	const rule = phrase("members-reach", { group: group.id });
	return { decision: "allow", group: group.id, rule, origin: group.origin };
}

/** A decision holds only where nothing that is not known could have decided otherwise before. */
function settled(decided: Decided, doubts: readonly MergedRule[], inner: Inner): Opinion {
	const allowed = decided.decision === "allow";
	const other = doubts.find(({ rule }) => (rule.policy === "accept") !== allowed);
	if (other !== undefined) {
		return {
			decision: "unknown",
			what: phrase("what-rule-about-it", { rule: other.rule.text, group: other.group.id }),
		};
	}
	if (inner.kind === "unknown" && !allowed) {
		return { decision: "unknown", what: phrase("what-one-group") };
	}
	return decided;
}

function byRule({ group, rule }: MergedRule): Decided {
	const decision = rule.policy === "accept" ? "allow" : "deny";
	return { decision, group: group.id, rule: rule.text, origin: rule.origin };
}

/** What comes in is dropped; what goes out passes basic groups alone. */
function byDefault(groups: readonly SecurityGroup[], direction: Direction, packet: Packet): Decided {
	const [first] = groups;
	const type = first?.type ?? "basic";
	const decision = type === "basic" && direction === "egress" ? "allow" : "deny";
	const group = groups.map(({ id }) => id).join(", ");
	const facts = { direction, packet: describe(direction, packet), type: phrase(`group-${type}`) };
	const rule = phrase(decision === "allow" ? "no-rule-let-out" : "no-rule-dropped", facts);
	return { decision, group, rule, origin: first?.origin ?? null };
}

/** `tcp 80 from 10.0.4.27` */
function describe(direction: Direction, { protocol, dport, src, dst }: Packet): Phrase {
	const what = dport === 0 ? protocol : `${protocol} ${dport}`;
	return direction === "ingress"
		? phrase("packet-from", { what, address: src.text })
		: phrase("packet-to", { what, address: dst.text });
}

function mergedRules(groups: readonly SecurityGroup[]): Merged {
	let known = merged.get(groups);
	if (known === undefined) {
		const all = groups.flatMap((group) => group.rules.map((rule): MergedRule => ({ group, rule })));
		all.sort((a, b) => a.rule.priority - b.rule.priority || Number(isAccept(a)) - Number(isAccept(b)));
		const of = (direction: Direction): readonly MergedRule[] => all.filter(({ rule }) => rule.direction === direction);
		known = { ingress: of("ingress"), egress: of("egress") };
		merged.set(groups, known);
	}
	return known;
}

function isAccept({ rule }: MergedRule): boolean {
	return rule.policy === "accept";
}

function matches(rule: SecurityGroupRule, direction: Direction, packet: Packet, peer: PeerGroups): boolean | "unknown" {
	if (rule.protocol !== "all" && rule.protocol !== packet.protocol) return false;
	if (rule.ports !== null && (packet.dport < rule.ports.from || packet.dport > rule.ports.to)) return false;
	if (rule.peer.kind === "group") return peer === null ? "unknown" : peer.has(rule.peer.id);
	const other = direction === "ingress" ? packet.src : packet.dst;
	return rule.peer.prefixes.some((prefix) => contains(prefix, other));
}
