/** A packet at an elastic network interface: whether the card knows its connection, and else what its security groups say. */
import { because } from "../kernel/because.ts";
import type { End, Memory, Walk } from "../kernel/walk.ts";
import type { Frame, Packet } from "../packet/packet.ts";
import type { Attachment, Eni, Vpc } from "../state/fabric.ts";
import type { Place } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import { attachmentOf } from "./attachment.ts";
import { fabricEnd } from "./end.ts";
import { type Direction, opinionOf, type PeerGroups } from "./security-group.ts";

/** Null: the packet passes. The hop and the judgement are written down either way. */
export function pastEni(walk: Walk, vpc: Vpc, card: Attachment, direction: Direction, frame: Frame): End | null {
	const { eni } = card;
	if (eni === undefined) {
		if (judges(vpc)) groupsUnknown(walk, `${card.place} ${card.device}`, card.place);
		return null;
	}
	const foreign = notItsOwn(card, direction, frame.packet);
	if (foreign !== null) {
		const facts = { eni: eni.id, address: foreign, side: phrase(direction === "ingress" ? "destination" : "source") };
		return ended(walk, eni, frame, "dropped", because("source-dest-check", facts, eni.origin));
	}
	const groups = eni.securityGroups;
	if (groups === null) {
		groupsUnknown(walk, eni.id, eni.place);
		if (walk.recording) walk.fabricHop(eni.place, "eni", frame, because("eni-passed", { eni: eni.id }, eni.origin));
		return null;
	}
	const way = phrase(direction === "ingress" ? "way-in" : "way-out");
	const told = { eni: eni.id, direction } as const;
	const ids = groups.map(({ id }) => id).join(", ");
	if (isKnown(walk.memory, eni.place, frame.packet)) {
		const rule = phrase("established-connection");
		walk.judged({ ...told, group: ids, decision: "allow", state: "established", rule });
		if (walk.recording)
			walk.fabricHop(eni.place, "security-group", frame, because("sg-established", { eni: eni.id, way }, eni.origin));
		return null;
	}
	const opinion = opinionOf(groups, direction, frame.packet, peerGroups(vpc, direction, frame.packet));
	if (opinion.decision === "unknown") {
		const address = otherEnd(direction, frame.packet);
		const what = phrase("what-peer-groups", { what: opinion.what, address });
		return ended(walk, eni, frame, "unknown", because("cannot-evaluate", { what }, eni.origin));
	}
	const { decision, group, rule, origin } = opinion;
	walk.judged({ ...told, group, decision, state: "new", rule });
	const facts = { eni: eni.id, way, group, rule };
	if (decision === "deny") return ended(walk, eni, frame, "dropped", because("sg-dropped", facts, origin));
	walk.memory.securityGroups.push({ eni: eni.place, packet: frame.packet });
	if (walk.recording) walk.fabricHop(eni.place, "security-group", frame, because("sg-allowed", facts, origin));
	return null;
}

/** The address on the card's side of the packet, where the card looks at it and has not got it. */
function notItsOwn({ addresses, eni }: Attachment, direction: Direction, { src, dst }: Packet): string | null {
	const { text } = direction === "ingress" ? dst : src;
	return eni?.sourceDestCheck === true && addresses.every((own) => own.text !== text) ? text : null;
}

function ended(walk: Walk, eni: Eni, frame: Frame, outcome: End["outcome"], why: ReturnType<typeof because>): End {
	if (walk.recording) walk.fabricHop(eni.place, "security-group", frame, why);
	return fabricEnd(eni.place, frame, outcome, why);
}

function groupsUnknown(walk: Walk, card: string, at: Place): void {
	walk.remark("security-group-unknown", phrase("security-group-unknown", { card }), at);
}

const judging = new WeakMap<Vpc, boolean>();

/** Whether the input says the groups of some card of the VPC: then a card without is a gap. */
function judges(vpc: Vpc): boolean {
	let known = judging.get(vpc);
	if (known === undefined) {
		known = vpc.attachments.some(({ eni }) => eni?.securityGroups != null);
		judging.set(vpc, known);
	}
	return known;
}

function otherEnd(direction: Direction, { src, dst }: Packet): string {
	return direction === "ingress" ? src.text : dst.text;
}

const NO_GROUPS: PeerGroups = new Set();

/** Groups hold cards, and so the addresses of those; an address that no card of the VPC has is in none. */
function peerGroups(vpc: Vpc, direction: Direction, packet: Packet): PeerGroups {
	const card = attachmentOf(vpc.attachments, otherEnd(direction, packet));
	if (card === undefined) return NO_GROUPS;
	const groups = card.eni?.securityGroups ?? null;
	return groups === null ? null : new Set(groups.map(({ id }) => id));
}

/** Security groups are stateful: a packet of a connection that this card let pass, or an error about one, passes. */
function isKnown({ securityGroups }: Memory, eni: Place, packet: Packet): boolean {
	const about = packet.payload?.kind === "icmp-error" ? packet.payload.about : packet;
	return securityGroups.some((session) => session.eni === eni && isOfConnection(about, session.packet));
}

function isOfConnection(packet: Packet, opening: Packet): boolean {
	if (packet.protocol !== opening.protocol) return false;
	const { src, dst, sport, dport } = opening;
	const same =
		packet.src.text === src.text && packet.dst.text === dst.text && packet.sport === sport && packet.dport === dport;
	const back =
		packet.src.text === dst.text && packet.dst.text === src.text && packet.sport === dport && packet.dport === sport;
	return same || back;
}
