/** What an operator should know of the cloud's part in an answer: security groups, route entries, VLANs, load balancers. */
import { contains } from "../address/prefix.ts";
import type { Node } from "../cluster/objects.ts";
import { formatPosition } from "../diagnostic/diagnostic.ts";
import { attachmentOf, vpcsOf } from "../fabric/attachment.ts";
import { opinionOf } from "../fabric/security-group.ts";
import type { Hop, Judgement, Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import type { Attachment, Eni } from "../state/fabric.ts";
import { type Place, placeKind } from "../state/place.ts";
import type { Finding } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Finding[];

export const FABRIC_RULES: readonly Rule[] = [
	securityGroupDenies,
	securityGroupUndecided,
	vlanOfAnother,
	podRouteMissing,
	nodeGroupsDecide,
	groupsNotApplied,
];

/** A card of a VPC with the ENI that it is. */
type EniCard = Attachment & { readonly eni: Eni };

/** The ENI whose address it is. */
function eniWith(subject: Subject, address: string): EniCard | undefined {
	for (const vpc of vpcsOf(subject.network)) {
		const card = attachmentOf(vpc.attachments, address);
		if (card?.eni !== undefined) return { ...card, eni: card.eni };
	}
	return undefined;
}

/** The rule or the missing rule that an answer ended at, and where it has to be changed. */
function securityGroupDenies(_: Subject, __: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const way of ways) {
		const { end, reply, forward } = way;
		if (end.because.code !== "sg-dropped") continue;
		const walk = reply?.judgements.some((each) => each.decision === "deny") === true ? reply : forward;
		const denial = walk.judgements.find((each) => each.decision === "deny");
		if (denial === undefined) continue;
		const finding = walk === reply ? replyDenied(denial, end.packet, way) : denied(denial, end.packet, way);
		const object = `security-group/${denial.group.split(",")[0] ?? ""}`;
		findings.set(`${denial.eni} ${denial.direction} ${denial.rule}`, {
			...finding,
			fix: fixOf(denial, end.packet, way),
			object,
		});
	}
	return [...findings.values()];
}

type Told = Pick<Finding, "code" | "severity" | "message">;

function denied({ eni, direction, group, rule }: Judgement, packet: Packet, { end }: Way): Told {
	const what = `${describe(packet)} from ${packet.src.text} to ${packet.dst.text}`;
	const way = direction === "ingress" ? "in" : "out";
	return {
		code: "security-group-denies",
		severity: "error",
		message: `${group} of ${eni} does not let ${what} ${way}: ${rule}${placeOf(end.because.origin)}`,
	};
}

/** Seed 000 L335, L370: the question left by eth0, so the pod's own ENI knows nothing of it when the answer comes. */
function replyDenied({ eni, group, rule }: Judgement, packet: Packet, { forward, end }: Way): Told {
	const asked = forward.judgements.filter((each) => each.direction === "egress").map((each) => each.eni);
	const other = asked.find((each) => each !== eni);
	const by = other === undefined ? "" : `: the question left by ${other}, so ${eni} knows no connection`;
	return {
		code: "security-group-denies-reply",
		severity: "error",
		message: `${group} of ${eni} does not let the answer from ${packet.src.text} in${by}, and ${rule}${placeOf(end.because.origin)}`,
	};
}

function placeOf(origin: { readonly source?: Parameters<typeof formatPosition>[0] } | null): string {
	return origin?.source === undefined ? "" : ` (${formatPosition(origin.source)})`;
}

function describe({ protocol, dport }: Packet): string {
	return dport === 0 ? protocol : `${protocol} ${dport}`;
}

function fixOf({ direction, eni, rule }: Judgement, packet: Packet, { reply, forward }: Way): string {
	const peer = direction === "ingress" ? packet.src.text : packet.dst.text;
	const ports = packet.dport === 0 ? "" : ` ${packet.dport}/${packet.dport}`;
	const where = direction === "ingress" ? "from" : "to";
	const wanted = `a rule ${direction} accept ${packet.protocol}${ports} ${where} ${peer} for a group of ${eni}`;
	const fix = rule.startsWith(`${direction} drop`)
		? `remove that rule, or give it less priority than ${wanted}`
		: `add ${wanted}`;
	const alternative = reply !== null && direction === "ingress" && byIpvs(forward);
	return alternative ? `${fix}; or kube-proxy in iptables mode, which sends by the pod's own ENI` : fix;
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

/** A node gives a pod's frames another VLAN than its member ENI has. */
function vlanOfAnother(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const { end } of ways) {
		if (end.because.code !== "vpc-no-member") continue;
		const { vlan = "", place = "", device = "" } = end.because.facts;
		const own = eniWith(subject, end.packet.src.text);
		const has =
			own?.eni.vlan == null ? "" : `; ${own.eni.id}, which has ${end.packet.src.text}, is behind VLAN ${own.eni.vlan}`;
		findings.set(`${place} ${vlan}`, {
			code: "vlan-without-member",
			severity: "error",
			message: `${place} sends by ${device} with VLAN ${vlan}, which no member ENI of that trunk has${has}`,
			fix:
				own?.eni.vlan == null
					? "look for the VLAN of the pod's PodENI (status.eniInfos) and of its ENI"
					: `the PodENI of ${end.packet.src.text} should say VLAN ${own.eni.vlan}`,
			object: own?.eni.place ?? String(place),
		});
	}
	return [...findings.values()];
}

/** Pods' addresses that are no ENI's: the VPC must lead each node's pod CIDR to that node (seed 003 L62, L64). */
function podRouteMissing(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const findings = new Map<string, Finding>();
	for (const way of ways) {
		if (way.verdict === "delivered") continue;
		for (const hop of [way.forward, way.reply].flatMap((walk) => (walk === null ? [] : walk.hops))) {
			const finding = routeFinding(subject, hop);
			if (finding !== undefined) findings.set(finding.message, finding);
		}
	}
	return [...findings.values()];
}

function routeFinding({ cluster }: Subject, { at, stage, packet, because }: Hop): Finding | undefined {
	if (stage !== "vpc-route" || placeKind(at) !== "vpc") return undefined;
	const node = cluster.nodes.find(({ podCIDRs }) => podCIDRs.some((block) => contains(block, packet.dst)));
	if (node === undefined) return undefined;
	const block = node.podCIDRs.find((each) => contains(each, packet.dst))?.text ?? "";
	const wanted = `${block} -> ${instanceOf(node)}`;
	switch (because.code) {
		case "vpc-nowhere":
		case "internet":
			return {
				code: "vpc-route-missing",
				severity: "error",
				message: `${at} has no route entry for ${block}, the pod CIDR of node/${node.name}`,
				fix: `add the entry ${wanted} to its route table; the cloud controller keeps these where it may`,
				object: at,
			};
		case "vpc-route": {
			const { place = "", route = "" } = because.facts;
			if (place === `node/${node.name}`) return undefined;
			return {
				code: "vpc-route-wrong",
				severity: "error",
				message: `${at} leads ${packet.dst.text} by its entry ${route} to ${place}, but ${block} is the pod CIDR of node/${node.name}${placeOf(because.origin)}`,
				fix: `the entry should be ${wanted}`,
				object: at,
			};
		}
		default:
			return undefined;
	}
}

function instanceOf({ name, providerID }: Node): string {
	return providerID === "" ? `node/${name}` : (providerID.split(/[./]/).at(-1) ?? `node/${name}`);
}

/** With IPVS a pod's packets leave by the node's eth0, whose groups decide instead of the pod's own (seed 000 L334, L335). */
function nodeGroupsDecide(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	if (placeKind(plan.start.place) !== "pod") return [];
	const findings = new Map<string, Finding>();
	for (const { forward } of ways) {
		const first = forward.judgements.find((each) => each.direction === "egress");
		const own = first && eniWith(subject, plan.source.text);
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
		const server = eniWith(subject, packet.dst.text);
		const groups = server?.eni.securityGroups ?? [];
		if (server === undefined || groups.length === 0 || server.place === at) continue;
		const peer = eniWith(subject, packet.src.text)?.eni.securityGroups ?? null;
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
