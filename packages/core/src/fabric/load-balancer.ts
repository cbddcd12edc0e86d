/**
 * A layer 4 load balancer: it chooses a backend for each new connection and rewrites the destination, and keeps the client's
 * address (CLB and NLB; seed 001 scenarios 4 and 5, seed 000 L467) or puts its own in that place (NLB without
 * PreserveClientIp). Answers come back through it by its session.
 */
import { contains } from "../address/prefix.ts";
import { type Because, because } from "../kernel/because.ts";
import { rewriteDestination, rewriteSource } from "../kernel/nat.ts";
import type { BalancedSession, End, Next, Walk } from "../kernel/walk.ts";
import type { Frame, Packet } from "../packet/packet.ts";
import type { Attachment, Backend, Listener, LoadBalancer, Vpc } from "../state/fabric.ts";
import { phrase } from "../wording/phrase.ts";
import { attachmentAt, attachmentOf } from "./attachment.ts";
import { addressedTo, attachmentMac, deliverTo, toCard } from "./deliver.ts";
import { fabricEnd } from "./end.ts";
import { pastEni } from "./eni.ts";

/** The load balancer that holds an address. */
export function balancerOf(balancers: readonly LoadBalancer[], address: string): LoadBalancer | undefined {
	return balancers.find((each) => each.addresses.some((own) => own.text === address));
}

/** A client's packet reaches the load balancer. */
export function balance(walk: Walk, balancer: LoadBalancer, frame: Frame): Next {
	const { packet } = frame;
	const listener = balancer.listeners.find((each) => each.protocol === packet.protocol && each.port === packet.dport);
	if (listener === undefined) {
		const why = because("lb-no-listener", { port: packet.dport, protocol: packet.protocol }, balancer.origin);
		return ended(walk, balancer, frame, why);
	}
	if (!admits(listener, packet)) {
		const list = listener.acl === undefined ? "" : phrase(`list-${listener.acl.kind}`);
		const facts = { list, client: packet.src.text };
		return ended(walk, balancer, frame, because("lb-acl", facts, listener.origin));
	}
	const source = sourceAtBackend(balancer, packet);
	if (source === null) {
		const what = phrase("what-shown-address", { balancer: balancer.place });
		return ended(walk, balancer, frame, because("cannot-evaluate", { what }, balancer.origin), "unknown");
	}
	const known = knownBackend(walk, balancer, packet, listener);
	const backend = known ?? chosen(walk, balancer, packet, listener);
	if (backend === null) {
		return ended(walk, balancer, frame, because("lb-no-backend", { port: packet.dport }, listener.origin));
	}
	if (source === packet.src && packet.src.text === backend.address.text) {
		return ended(walk, balancer, frame, because("lb-loopback", { client: packet.src.text }, backend.origin));
	}
	if (known === null) remember(walk, balancer, packet, backend, source);
	const facts = { backend: `${backend.address.text}:${backend.port}`, backends: listener.backends.length };
	const why = because("lb-chosen", facts, backend.origin);
	return toBackend(walk, balancer, backend, rewritten(walk, balancer, backend, source, frame, why), why);
}

function ended(
	walk: Walk,
	balancer: LoadBalancer,
	frame: Frame,
	why: Because,
	outcome: End["outcome"] = "dropped",
): Next {
	if (walk.recording) walk.fabricHop(balancer.place, "load-balance", frame, why);
	return fabricEnd(balancer.place, frame, outcome, why);
}

function admits({ acl }: Listener, { src }: Packet): boolean {
	if (acl === undefined) return true;
	return acl.prefixes.some((prefix) => contains(prefix, src)) === (acl.kind === "white");
}

/** Null: it is not known. */
function sourceAtBackend({ localAddresses }: LoadBalancer, { src }: Packet): Packet["src"] | null {
	if (localAddresses === undefined) return src;
	return localAddresses.find((each) => each.family === src.family) ?? null;
}

/** Only members that are healthy and have a weight get connections. Turns and hashes do not look at weights. */
function chosen(walk: Walk, balancer: LoadBalancer, { src }: Packet, listener: Listener): Backend | null {
	const candidates = listener.backends.filter(
		(each) => each.weight > 0 && each.healthy !== false && each.address.family === src.family,
	);
	if (candidates.length === 0) return null;
	const even = listener.scheduler === "rr" || listener.scheduler === "sch";
	const weights = candidates.map((each) => (even ? 1 : each.weight));
	const index = candidates.length === 1 ? 0 : walk.choices.choose(weights, `backend of ${balancer.place}`);
	return candidates[index] as Backend;
}

function remember(walk: Walk, balancer: LoadBalancer, packet: Packet, backend: Backend, source: Packet["src"]): void {
	walk.memory.balanced.push({
		balancer: balancer.place,
		client: { address: packet.src, port: packet.sport },
		seen: { address: source, port: packet.sport },
		virtual: { address: packet.dst, port: packet.dport },
		backend: { address: backend.address, port: backend.port },
		protocol: packet.protocol,
	});
}

function rewritten(
	walk: Walk,
	balancer: LoadBalancer,
	backend: Backend,
	source: Packet["src"],
	frame: Frame,
	why: Because,
): Frame {
	const { packet } = frame;
	const at = balancer.place;
	walk.rewrote({
		at,
		kind: "dnat",
		before: { address: packet.dst, port: packet.dport },
		after: { address: backend.address, port: backend.port },
		because: why,
	});
	const changed = rewriteDestination(packet, backend.address, backend.port);
	if (source === packet.src) return { ...frame, packet: changed };
	const before = { address: packet.src, port: packet.sport };
	walk.rewrote({ at, kind: "snat", before, after: { address: source, port: packet.sport }, because: why });
	return { ...frame, packet: rewriteSource(changed, source, packet.sport) };
}

/** To the member's card: in a VPC past that card's security groups, which see the client as its source. */
function toBackend(walk: Walk, balancer: LoadBalancer, backend: Backend, frame: Frame, why: Because): Next {
	const vpc = vpcOf(walk, backend);
	const card = vpc === undefined ? undefined : memberCard(vpc, backend);
	if (vpc === undefined || card === undefined) {
		const to = { ...backend, mac: attachmentMac(walk, backend) };
		return deliverTo(walk, balancer.place, "load-balance", to, frame, why);
	}
	const sent = addressedTo(frame, card.mac);
	if (walk.recording) walk.fabricHop(balancer.place, "load-balance", sent, why);
	if (card.eni !== undefined) return toCard(walk, vpc, card, frame);
	return (
		pastEni(walk, vpc, card, "ingress", sent) ?? { kind: "wire", place: card.place, device: card.device, frame: sent }
	);
}

function vpcOf(walk: Walk, { place, device }: Backend): Vpc | undefined {
	const far = walk.network.wireAt(place, device);
	const fabric = far.kind === "fabric" ? walk.network.fabric(far.fabric) : undefined;
	return fabric?.kind === "vpc" ? fabric : undefined;
}

function memberCard(vpc: Vpc, backend: Backend): Attachment | undefined {
	if (backend.eni === undefined) return attachmentAt(vpc.attachments, backend, null);
	const owner = attachmentOf(vpc.attachments, backend.address.text);
	if (owner?.eni?.place === backend.eni) return owner;
	return vpc.attachments.find(({ eni }) => eni?.place === backend.eni);
}

function knownBackend(walk: Walk, balancer: LoadBalancer, packet: Packet, listener: Listener): Backend | null {
	const session = walk.memory.balanced.find(
		(each) =>
			each.balancer === balancer.place &&
			each.client.port === packet.sport &&
			each.virtual.port === packet.dport &&
			each.client.address.text === packet.src.text,
	);
	if (session === undefined) return null;
	return (
		listener.backends.find(
			(each) => each.address.text === session.backend.address.text && each.port === session.backend.port,
		) ?? null
	);
}

/** The session that a packet answers, if some load balancer opened one to its sender. */
export function sessionAnswered(walk: Walk, packet: Packet): BalancedSession | undefined {
	const { balanced } = walk.memory;
	return balanced.length === 0 ? undefined : answeredBy(balanced, packet);
}

function answeredBy(balanced: readonly BalancedSession[], packet: Packet): BalancedSession | undefined {
	return balanced.find(
		(each) =>
			each.protocol === packet.protocol &&
			each.backend.port === packet.sport &&
			each.seen.port === packet.dport &&
			each.backend.address.text === packet.src.text &&
			each.seen.address.text === packet.dst.text,
	);
}

/** An answer passes the load balancer: its source becomes the address that the client asked, its destination the client. */
export function unbalance(walk: Walk, session: BalancedSession, frame: Frame): Frame {
	const { client, seen, virtual } = session;
	const answer = rewriteSource(frame.packet, virtual.address, virtual.port);
	const packet = client.address === seen.address ? answer : rewriteDestination(answer, client.address, client.port);
	const answered = { ...frame, packet };
	if (walk.recording)
		walk.fabricHop(
			session.balancer,
			"load-balance",
			answered,
			because("lb-reply", { virtual: `${virtual.address.text}:${virtual.port}` }),
		);
	return answered;
}
