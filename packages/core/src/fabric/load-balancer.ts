/**
 * A layer 4 load balancer: it chooses a backend for each new connection, rewrites the destination and keeps the client's
 * address (CLB and NLB; seed 001 scenarios 4 and 5). Answers come back through it by its session.
 */
import { because } from "../kernel/because.ts";
import { rewriteDestination, rewriteSource } from "../kernel/nat.ts";
import type { BalancedSession, Next, Walk } from "../kernel/walk.ts";
import type { Frame, Packet } from "../packet/packet.ts";
import type { Backend, Listener, LoadBalancer } from "../state/fabric.ts";
import { attachmentMac, deliverTo } from "./deliver.ts";
import { fabricEnd } from "./end.ts";

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
	const backend = knownBackend(walk, balancer, packet, listener) ?? choose(walk, balancer, packet, listener);
	if (backend === null) {
		return ended(walk, balancer, frame, because("lb-no-backend", { port: packet.dport }, listener.origin));
	}
	const rewritten = { ...frame, packet: rewriteDestination(packet, backend.address, backend.port) };
	const facts = { backend: `${backend.address.text}:${backend.port}`, backends: listener.backends.length };
	const why = because("lb-chosen", facts, backend.origin);
	walk.rewrote({
		at: balancer.place,
		kind: "dnat",
		before: { address: packet.dst, port: packet.dport },
		after: { address: backend.address, port: backend.port },
		because: why,
	});
	return deliverTo(
		walk,
		balancer.place,
		"load-balance",
		{ ...backend, mac: attachmentMac(walk, backend) },
		rewritten,
		why,
	);
}

function ended(walk: Walk, balancer: LoadBalancer, frame: Frame, why: ReturnType<typeof because>): Next {
	if (walk.recording) walk.fabricHop(balancer.place, "load-balance", frame, why);
	return fabricEnd(balancer.place, frame, "dropped", why);
}

function choose(walk: Walk, balancer: LoadBalancer, packet: Packet, listener: Listener): Backend | null {
	const candidates = listener.backends.filter((each) => each.weight > 0);
	if (candidates.length === 0) return null;
	const weights = candidates.map((each) => each.weight);
	const backend = candidates[
		candidates.length === 1 ? 0 : walk.choices.choose(weights, `backend of ${balancer.place}`)
	] as Backend;
	walk.memory.balanced.push({
		balancer: balancer.place,
		client: { address: packet.src, port: packet.sport },
		virtual: { address: packet.dst, port: packet.dport },
		backend: { address: backend.address, port: backend.port },
		protocol: packet.protocol,
	});
	return backend;
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
	return walk.memory.balanced.find(
		(each) =>
			each.protocol === packet.protocol &&
			each.backend.port === packet.sport &&
			each.client.port === packet.dport &&
			each.backend.address.text === packet.src.text &&
			each.client.address.text === packet.dst.text,
	);
}

/** An answer passes the load balancer: its source becomes the address that the client asked. */
export function unbalance(walk: Walk, session: BalancedSession, frame: Frame): Frame {
	const packet = rewriteSource(frame.packet, session.virtual.address, session.virtual.port);
	const answered = { ...frame, packet };
	if (walk.recording)
		walk.fabricHop(
			session.balancer,
			"load-balance",
			answered,
			because("lb-reply", { virtual: `${session.virtual.address.text}:${session.virtual.port}` }),
		);
	return answered;
}
