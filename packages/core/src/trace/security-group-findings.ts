/** What an operator should know of security groups: which one dropped the packet, which decided, and which were not asked. */
import { vpcsOf } from "../fabric/attachment.ts";
import { opinionOf } from "../fabric/security-group.ts";
import type { Judgement, Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import { type Place, placeKind } from "../state/place.ts";
import { eniById, eniWith } from "./eni-card.ts";
import type { Finding } from "./explanation.ts";
import { LATER, type NearRule, nearRule } from "./near-rules.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";
import { whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Finding[];

export const SECURITY_GROUP_RULES: readonly Rule[] = [
	securityGroupDenies,
	securityGroupUndecided,
	nodeGroupsDecide,
	groupsNotApplied,
];

/** The rule or the missing rule that an answer ended at, and where it has to be changed. */
function securityGroupDenies(subject: Subject, __: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const way of ways) {
		const { end, reply, forward } = way;
		if (end.because.code !== "sg-dropped") continue;
		const walk = reply?.judgements.some((each) => each.decision === "deny") === true ? reply : forward;
		const denial = walk.judgements.find((each) => each.decision === "deny");
		if (denial === undefined) continue;
		const told = tell(subject, denial, end.packet, walk === reply, way);
		const object = `security-group/${denial.group.split(",")[0] ?? ""}`;
		findings.set(`${denial.eni} ${denial.direction} ${denial.rule}`, { severity: "error", ...told, object });
	}
	return [...findings.values()];
}

function tell(
	subject: Subject,
	denial: Judgement,
	packet: Packet,
	isReply: boolean,
	way: Way,
): Pick<Finding, "code" | "message" | "fix"> {
	const near = nearRuleOf(subject, denial, packet);
	const elsewhere = near === undefined ? groupElsewhere(subject, denial, packet) : undefined;
	const { eni, direction, group, rule } = denial;
	const place = whereOf(way.end.because.origin);
	const inside = membership(subject, denial, packet);
	const nearly = near === undefined ? "" : `; rule "${near.rule.text}"${whereOf(near.rule.origin)} ${near.but}`;
	const other = elsewhere === undefined ? "" : `; ${elsewhere.eni} is in ${elsewhere.group}, which would let it pass`;
	const fix = fixOf(denial, packet, near, isReply && byIpvs(way.forward));
	const joined = elsewhere === undefined ? fix : `add ${eni} to ${elsewhere.group}, or ${fix}`;
	if (isReply) {
		const message = `${group} of ${eni} does not let the answer from ${packet.src.text} in${leftBy(denial, way)}, and ${rule}${place}${inside}${nearly}${other}`;
		return { code: "security-group-denies-reply", message, fix: joined };
	}
	const what = `${describe(packet)} from ${packet.src.text} to ${packet.dst.text}`;
	const where = direction === "ingress" ? "in" : "out";
	const message = `${group} of ${eni} does not let ${what} ${where}: ${rule}${place}${inside}${nearly}${other}`;
	return { code: "security-group-denies", message, fix: joined };
}

/** Both ends are in one group, whose members do not reach each other by that alone. */
function membership(subject: Subject, { eni, direction }: Judgement, packet: Packet): string {
	const peer = peerGroups(subject, direction, packet);
	const shared = eniById(subject.network, eni)?.securityGroups?.find(({ id }) => peer?.has(id) === true);
	if (shared === undefined) return "";
	return shared.type === "advanced"
		? `; both ends are in ${shared.id}, but members of an advanced group need a rule to reach each other`
		: `; both ends are in ${shared.id}, but its innerAccess is drop`;
}

/** Seed 000 L335, L370: the question left by eth0, so the pod's own ENI knows nothing of it when the answer comes. */
function leftBy({ eni }: Judgement, { forward }: Way): string {
	const asked = forward.judgements.filter((each) => each.direction === "egress").map((each) => each.eni);
	const other = asked.find((each) => each !== eni);
	return other === undefined ? "" : `: the question left by ${other}, so ${eni} knows no connection`;
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
): string {
	const peer = direction === "ingress" ? packet.src.text : packet.dst.text;
	const range = isReplyOfIpvs ? CLIENT_PORTS : `${packet.dport}/${packet.dport}`;
	const ports = packet.dport === 0 ? "" : ` ${range}`;
	const where = direction === "ingress" ? "from" : "to";
	const wanted = `a rule ${direction} accept ${packet.protocol}${ports} ${where} ${peer} for a group of ${eni}`;
	const isDrop = rule.startsWith(`${direction} drop`);
	const fix = isDrop
		? `remove that rule, or give it less priority than ${near?.but === LATER ? near.rule.text : wanted}`
		: near === undefined
			? `add ${wanted}`
			: `correct that rule, or add ${wanted}`;
	return isReplyOfIpvs ? `${fix}; or kube-proxy in iptables mode, which sends by the pod's own ENI` : fix;
}

/** What a card's rules come to depends on the other end's groups, which the input does not say. */
function securityGroupUndecided(_: Subject, __: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<Place, Finding>();
	for (const { end } of ways) {
		if (end.outcome !== "unknown" || placeKind(end.at) !== "eni") continue;
		findings.set(end.at, {
			code: "security-group-undecided",
			severity: "warning",
			message: `what ${end.at} does with the packet is not known: ${end.because.facts.what ?? ""}`,
			fix: "describe that card as an ENI with its securityGroups",
			object: end.at,
		});
	}
	return [...findings.values()];
}

/** With IPVS a pod's packets leave by the node's eth0, whose groups decide instead of the pod's own (seed 000 L334, L335). */
function nodeGroupsDecide(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	if (placeKind(plan.start.place) !== "pod") return [];
	const findings = new Map<string, Finding>();
	for (const { forward } of ways) {
		const first = forward.judgements.find((each) => each.direction === "egress");
		const own = first && eniWith(subject.network, plan.source.text);
		if (first === undefined || own === undefined || first.eni === own.eni.id) continue;
		const why = byIpvs(forward) ? ": IPVS looks up its route without the pod's address" : "";
		findings.set(first.eni, {
			code: "security-group-of-node",
			severity: "info",
			message: `the packet leaves ${own.place} by ${first.eni}, so that ENI's security groups decide and not those of ${own.eni.id}, the pod's own${why}`,
			fix: `let both ${first.eni} and ${own.eni.id} send to and hear from the Service's pods`,
			object: `eni/${first.eni}`,
		});
	}
	return [...findings.values()];
}

function byIpvs({ hops }: Walk): boolean {
	return hops.some((hop) => hop.because.code === "ipvs-scheduled");
}

/** Seed 000 L62: between a node and its pods, and between those, no ENI is passed, so no security group is asked. */
function groupsNotApplied(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
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
			message: `${at} is reached on its own node, where no security group is asked: ${opinion.group} of ${server.eni.id} would not let it in (${opinion.rule})`,
			fix: "where that is to hold on one node too, write a NetworkPolicy",
			object: `security-group/${opinion.group.split(",")[0] ?? ""}`,
		});
	}
	return [...findings.values()];
}

const FABRIC_PLACES: ReadonlySet<string> = new Set(["vpc", "segment", "eni", "slb"]);

function passedFabric({ crossings }: Walk): boolean {
	return crossings.some(({ at }: { readonly at: Place }) => FABRIC_PLACES.has(placeKind(at)));
}
