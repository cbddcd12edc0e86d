/** What an operator should know of security groups: which one dropped the packet, which decided, and which were not asked. */
import { vpcsOf } from "../fabric/attachment.ts";
import { opinionOf } from "../fabric/security-group.ts";
import type { Judgement, Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import { type Place, placeKind } from "../state/place.ts";
import { type Phrase, phrase, type Said } from "../wording/phrase.ts";
import { eniById, eniWith } from "./eni-card.ts";
import type { Found } from "./found.ts";
import { type NearRule, nearRule } from "./near-rules.ts";
import type { Plan } from "./plan.ts";
import { endingAs, inPlace } from "./shown-at.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";
import { whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Found[];

export const SECURITY_GROUP_RULES: readonly Rule[] = [
	securityGroupDenies,
	securityGroupUndecided,
	nodeGroupsDecide,
	groupsNotApplied,
];

/** The rule or the missing rule that an answer ended at, and where it has to be changed. */
function securityGroupDenies(subject: Subject, __: Plan, ways: readonly Way[]): readonly Found[] {
	const findings = new Map<string, Found>();
	for (const way of ways) {
		const { end, reply, forward } = way;
		if (end.because.code !== "sg-dropped") continue;
		const walk = reply?.judgements.some((each) => each.decision === "deny") === true ? reply : forward;
		const denial = walk.judgements.find((each) => each.decision === "deny");
		if (denial === undefined) continue;
		const told = tell(subject, denial, end.packet, walk === reply, way);
		const object = `security-group/${denial.group.split(",")[0] ?? ""}`;
		findings.set(`${denial.eni} ${denial.direction} ${denial.rule}`, {
			severity: "error",
			...told,
			object,
			shownAt: endingAs(end),
		});
	}
	return [...findings.values()];
}

function tell(
	subject: Subject,
	denial: Judgement,
	packet: Packet,
	isReply: boolean,
	way: Way,
): Pick<Found, "code" | "message" | "fix"> {
	const near = nearRuleOf(subject, denial, packet);
	const elsewhere = near === undefined ? groupElsewhere(subject, denial, packet) : undefined;
	const { eni, direction, group } = denial;
	const facts = {
		group,
		eni,
		rule: denial.rule,
		where: whereOf(way.end.because.origin),
		inside: membership(subject, denial, packet),
		nearly:
			near === undefined
				? ""
				: phrase("sg-nearly", { rule: near.rule.text, where: whereOf(near.rule.origin), but: near.but }),
		other: elsewhere === undefined ? "" : phrase("sg-elsewhere", elsewhere),
	};
	const added = fixOf(denial, packet, near, isReply && byIpvs(way.forward));
	const fix = elsewhere === undefined ? added : phrase("sg-fix-join", { eni, group: elsewhere.group, fix: added });
	const src = packet.src.text;
	if (isReply) {
		const message = phrase("security-group-denies-reply", { ...facts, src, left: leftBy(denial, way) });
		return { code: "security-group-denies-reply", message, fix };
	}
	const what = phrase("connection", { what: describe(packet), src, dst: packet.dst.text });
	const towards = phrase(direction === "ingress" ? "way-in" : "way-out");
	const message = phrase("security-group-denies", { ...facts, what, way: towards });
	return { code: "security-group-denies", message, fix };
}

/** Both ends are in one group, whose members do not reach each other by that alone. */
function membership(subject: Subject, { eni, direction }: Judgement, packet: Packet): Said {
	const peer = peerGroups(subject, direction, packet);
	const shared = eniById(subject.network, eni)?.securityGroups?.find(({ id }) => peer?.has(id) === true);
	if (shared === undefined) return "";
	return phrase(shared.type === "advanced" ? "sg-both-in-advanced" : "sg-both-in-closed", { group: shared.id });
}

/** Seed 000 L335, L370: the question left by eth0, so the pod's own ENI knows nothing of it when the answer comes. */
function leftBy({ eni }: Judgement, { forward }: Way): Said {
	const asked = forward.judgements.filter((each) => each.direction === "egress").map((each) => each.eni);
	const other = asked.find((each) => each !== eni);
	return other === undefined ? "" : phrase("sg-left-by", { other, eni });
}

function nearRuleOf({ network }: Subject, { eni, direction }: Judgement, packet: Packet): NearRule | undefined {
	const groups = eniById(network, eni)?.securityGroups ?? [];
	return nearRule(groups, direction, packet, peerGroups({ network }, direction, packet));
}

function peerGroups(
	{ network }: Pick<Subject, "network">,
	direction: Judgement["direction"],
	{ src, dst }: Packet,
): ReadonlySet<string> | null {
	const peer = eniWith(network, (direction === "ingress" ? src : dst).text)?.eni.securityGroups ?? null;
	return peer === null ? null : new Set(peer.map(({ id }) => id));
}

/** Nodes' ENIs of one type, members apart, are mostly in the same groups: another one whose groups would let the packet pass. */
function groupElsewhere(
	subject: Subject,
	{ eni, direction }: Judgement,
	packet: Packet,
): { readonly eni: string; readonly group: string } | undefined {
	const cards = vpcsOf(subject.network).flatMap(({ attachments }) => attachments);
	const own = cards.find((card) => card.eni?.id === eni);
	if (own?.eni === undefined || own.eni.type === "member" || placeKind(own.place) !== "node") return undefined;
	const ids = new Set(own.eni.securityGroups?.map(({ id }) => id));
	for (const { place, eni: other } of cards) {
		if (placeKind(place) !== "node" || other?.type !== own.eni.type || other.securityGroups === null) continue;
		const group = other.securityGroups.find(
			(each) =>
				!ids.has(each.id) &&
				opinionOf([each], direction, packet, peerGroups(subject, direction, packet)).decision === "allow",
		);
		if (group !== undefined) return { eni: other.id, group: group.id };
	}
	return undefined;
}

function describe({ protocol, dport }: Packet): string {
	return dport === 0 ? protocol : `${protocol} ${dport}`;
}

/** The default of net.ipv4.ip_local_port_range: one of these is the client's. */
const CLIENT_PORTS = "32768/60999";

function fixOf(
	{ direction, eni, rule }: Judgement,
	packet: Packet,
	near: NearRule | undefined,
	isReplyOfIpvs: boolean,
): Phrase {
	const peer = direction === "ingress" ? packet.src.text : packet.dst.text;
	const range = isReplyOfIpvs ? CLIENT_PORTS : `${packet.dport}/${packet.dport}`;
	const ports = packet.dport === 0 ? "" : ` ${range}`;
	const what = `${packet.protocol}${ports}`;
	const wanted = phrase(direction === "ingress" ? "sg-rule-from" : "sg-rule-to", { direction, what, peer, eni });
	const fix =
		typeof rule === "string" && rule.startsWith(`${direction} drop`)
			? phrase("sg-fix-drop", { wanted: near?.later === true ? near.rule.text : wanted })
			: phrase(near === undefined ? "sg-fix-add" : "sg-fix-correct", { wanted });
	return isReplyOfIpvs ? phrase("sg-fix-ipvs", { fix }) : fix;
}

/** What a card's rules come to depends on the other end's groups, which the input does not say. */
function securityGroupUndecided(_: Subject, __: Plan, ways: readonly Way[]): readonly Found[] {
	const findings = new Map<Place, Found>();
	for (const { end } of ways) {
		if (end.outcome !== "unknown" || placeKind(end.at) !== "eni") continue;
		findings.set(end.at, {
			code: "security-group-undecided",
			severity: "warning",
			message: phrase("security-group-undecided", { eni: end.at, what: end.because.facts.what ?? "" }),
			fix: phrase("security-group-undecided-fix"),
			object: end.at,
			shownAt: endingAs(end),
		});
	}
	return [...findings.values()];
}

/** With IPVS a pod's packets leave by the node's eth0, whose groups decide instead of the pod's own (seed 000 L334, L335). */
function nodeGroupsDecide(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	if (placeKind(plan.start.place) !== "pod") return [];
	const findings = new Map<string, Found>();
	for (const { forward } of ways) {
		const first = forward.judgements.find((each) => each.direction === "egress");
		const own = first && eniWith(subject.network, plan.source.text);
		if (first === undefined || own === undefined || first.eni === own.eni.id) continue;
		const why = byIpvs(forward) ? phrase("ipvs-without-pod-address") : "";
		const enis = { eni: first.eni, own: own.eni.id };
		findings.set(first.eni, {
			code: "security-group-of-node",
			severity: "info",
			message: phrase("security-group-of-node", { ...enis, place: own.place, why }),
			fix: phrase("security-group-of-node-fix", enis),
			object: `eni/${first.eni}`,
			shownAt: inPlace(`eni/${first.eni}`),
		});
	}
	return [...findings.values()];
}

function byIpvs({ hops }: Walk): boolean {
	return hops.some((hop) => hop.because.code === "ipvs-scheduled");
}

/** Seed 000 L62: between a node and its pods, and between those, no ENI is passed, so no security group is asked. */
function groupsNotApplied(subject: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	const findings = new Map<string, Found>();
	for (const { verdict, forward, forwardEnd } of ways) {
		if (verdict !== "delivered" || passedFabric(forward)) continue;
		const { packet, at } = forwardEnd;
		const server = eniWith(subject.network, packet.dst.text);
		const groups = server?.eni.securityGroups ?? [];
		if (server === undefined || groups.length === 0 || server.place === at) continue;
		const peer = eniWith(subject.network, packet.src.text)?.eni.securityGroups ?? null;
		const opinion = opinionOf(groups, "ingress", packet, peer === null ? null : new Set(peer.map(({ id }) => id)));
		if (opinion.decision !== "deny") continue;
		findings.set(at, {
			code: "security-group-not-applied",
			severity: "warning",
			message: phrase("security-group-not-applied", {
				place: at,
				group: opinion.group,
				eni: server.eni.id,
				rule: opinion.rule,
			}),
			fix: phrase("security-group-not-applied-fix"),
			object: `security-group/${opinion.group.split(",")[0] ?? ""}`,
		});
	}
	return [...findings.values()];
}

const FABRIC_PLACES: ReadonlySet<string> = new Set(["vpc", "segment", "eni", "slb"]);

function passedFabric({ crossings }: Walk): boolean {
	return crossings.some(({ at }: { readonly at: Place }) => FABRIC_PLACES.has(placeKind(at)));
}
