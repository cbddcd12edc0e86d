/** Whether somebody takes what arrives at a stack. The input has no list of sockets, so this goes by what is known. */
import type { View } from "../kernel/view.ts";
import type { Packet } from "../packet/packet.ts";
import type { Plan } from "./plan.ts";

/**
 * For a Service only its endpoints listen. Otherwise the stack that was asked for is taken to listen, but never on an
 * address of a dummy device: those are kube-proxy's, held for IPVS, and no process binds them.
 */
export function listens(plan: Plan, view: View, packet: Packet): boolean {
	// The kernel itself answers echo requests, on every address it has.
	if (plan.protocol === "icmp") return true;
	const service = plan.target.service;
	if (service !== null) return plan.endpoints.has(`${packet.dst.text} ${packet.dport}`) || isUnknownService(plan);
	const device = view.localRoute(packet.dst)?.nextHops[0]?.device;
	return device === undefined || view.link(device)?.kind !== "dummy";
}

/** A Service of which the input has no endpoints at all, but whose rules are there (a snapshot without objects). */
function isUnknownService(plan: Plan): boolean {
	return plan.endpoints.size === 0 && plan.fromSnapshot;
}
