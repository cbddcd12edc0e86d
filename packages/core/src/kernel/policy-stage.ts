/**
 * NetworkPolicies where a network mode documents that they are enforced. Only the first packet of a connection is judged: what
 * answers one that was let through passes (kubernetes.io/docs/concepts/services-networking/network-policies).
 */
import { contains } from "../address/prefix.ts";
import type { Packet } from "../packet/packet.ts";
import type { PolicyAllowance, PolicyPeers, PolicySide, PolicyStage } from "../state/policy-stage.ts";
import { phrase, type Said } from "../wording/phrase.ts";
import { because } from "./because.ts";
import { inverse, sameTuple, tupleOf } from "./conntrack.ts";
import type { Skb } from "./skb.ts";
import { end, type Next, type Walk } from "./walk.ts";

type Direction = "ingress" | "egress";

/**
 * At the node's FORWARD hook, and at OUTPUT, by which IPVS sends what it forwards: for the pods behind the device that the
 * packet came by and the one that it leaves by. What the node itself sends to its pods nobody judges. Null: it goes on.
 */
export function policiesOnTheWay(walk: Walk, skb: Skb): Next | null {
	if (skb.view.state.policyStages === undefined) return null;
	if (skb.local) return letPass(walk, skb);
	const from = skb.inDevice === null ? undefined : stageAt(skb, skb.inDevice.name, "filter");
	const to = skb.out === null ? undefined : stageAt(skb, skb.out.device.name, "filter");
	return judged(walk, skb, [
		{ stage: from, direction: "egress" },
		{ stage: to, direction: "ingress" },
	]);
}

/** At the node's INPUT hook: what a pod sends to its own node. */
export function policiesToNode(walk: Walk, skb: Skb): Next | null {
	if (skb.view.state.policyStages === undefined || skb.inDevice === null) return null;
	const stage = stageAt(skb, skb.inDevice.name, "filter");
	return stage?.ownNode === "from-and-to" ? null : judged(walk, skb, [{ stage, direction: "egress" }]);
}

/** In the eBPF program of a pod's device: on tc ingress is what the pod sends, on tc egress what it gets. */
export function policiesOfProgram(walk: Walk, skb: Skb, hook: "ingress" | "egress"): Next | null {
	if (skb.view.state.policyStages === undefined) return null;
	const stage = stageAt(skb, skb.device.name, "program");
	if (stage === undefined) return null;
	const { ownNode } = stage;
	const { src, dst } = skb.packet;
	if (hook === "egress" && ownNode !== "nothing" && skb.view.isLocal(src)) return letPass(walk, skb);
	if (hook === "ingress" && ownNode === "from-and-to" && skb.view.isLocal(dst)) return letPass(walk, skb);
	return judged(walk, skb, [{ stage, direction: hook === "ingress" ? "egress" : "ingress" }]);
}

function stageAt(skb: Skb, device: string, hook: PolicyStage["hook"]): PolicyStage | undefined {
	return skb.view.state.policyStages?.find((stage) => stage.device === device && stage.hook === hook);
}

function judged(
	walk: Walk,
	skb: Skb,
	sides: readonly { readonly stage: PolicyStage | undefined; readonly direction: Direction }[],
): Next | null {
	if (sides.every(({ stage }) => stage === undefined) || answersAdmitted(walk, skb)) return null;
	for (const { stage, direction } of sides) {
		const side = stage?.[direction] ?? null;
		if (stage === undefined || side === null) continue;
		const ended = judge(walk, skb, stage, direction, side);
		if (ended !== null) return ended;
	}
	return letPass(walk, skb);
}

function judge(walk: Walk, skb: Skb, stage: PolicyStage, direction: Direction, side: PolicySide): Next | null {
	const { origin, pod } = stage;
	const verdict = itself(sideVerdict(side, skb.packet, direction), skb.packet, origin.component);
	const facts = { pod, direction, what: verdict.what };
	switch (verdict.kind) {
		case "unknown":
			return end(skb, "unknown", because("cannot-evaluate", { what: verdict.what }, origin));
		case "denied":
			return end(skb, "dropped", because("network-policy-drop", facts, origin));
		case "allowed":
			if (walk.recording)
				walk.hop(skb, "network-policy", stage.device, because("network-policy-passed", facts, origin));
			return null;
	}
}

/**
 * What a pod sends to itself, as through a Service, comes back by its own device. By the documentation it cannot be blocked;
 * enforcers differ (kubernetes issue 95879).
 */
function itself(verdict: SideVerdict, { src, dst }: Packet, component: string): SideVerdict {
	if (src.text !== dst.text || verdict.kind !== "denied") return verdict;
	return { kind: "unknown", what: phrase("what-itself", { component }) };
}

export interface SideVerdict {
	readonly kind: "allowed" | "denied" | "unknown";
	/** The rule that lets it through, the policies that isolate the pod, or what is not known. */
	readonly what: Said;
}

/** What one side of a stage says of a connection's first packet. */
export function sideVerdict(side: PolicySide, packet: Packet, direction: Direction): SideVerdict {
	if (side.kind === "unknown") return { kind: "unknown", what: side.what };
	const { isolatedBy, rules, otherProtocols } = side;
	if (!["tcp", "udp", "sctp"].includes(packet.protocol) && otherProtocols !== "rules-without-ports") {
		if (otherProtocols === "allowed")
			return { kind: "allowed", what: phrase("protocol-named", { protocol: packet.protocol }) };
		return {
			kind: "unknown",
			what: phrase("what-protocol", { policy: isolatedBy[0] ?? "?", protocol: packet.protocol }),
		};
	}
	const peer = direction === "ingress" ? packet.src : packet.dst;
	let uncertain: PolicyAllowance | undefined;
	for (const allowance of rules) {
		if (!hasPort(allowance, packet)) continue;
		if (allowance.peers === null || allowance.peers.some((peers) => has(peers, peer))) {
			return { kind: "allowed", what: allowance.rule };
		}
		if (allowance.peers.some((peers) => peers.kind === "pods" && peers.uncertain.has(peer.text)))
			uncertain ??= allowance;
	}
	if (uncertain === undefined) return { kind: "denied", what: isolatedBy.join(", ") };
	return { kind: "unknown", what: phrase("what-namespace", { rule: uncertain.rule, address: peer.text }) };
}

function hasPort({ ports }: PolicyAllowance, { protocol, dport, dst }: Packet): boolean {
	return (
		ports === null ||
		ports.some(
			(each) =>
				each.protocol === protocol &&
				each.from <= dport &&
				dport <= each.to &&
				(each.at === null || each.at.has(dst.text)),
		)
	);
}

function has(peers: PolicyPeers, address: Packet["src"]): boolean {
	if (peers.kind === "pods") return peers.addresses.has(address.text);
	return contains(peers.cidr, address) && !peers.except.some((block) => contains(block, address));
}

/** An answer, or an ICMP error about a packet, of a connection that was let through here. */
function answersAdmitted(walk: Walk, skb: Skb): boolean {
	const known = walk.memory.admitted.get(skb.view.place);
	if (known === undefined) return false;
	const { payload } = skb.packet;
	const tuple = payload?.kind === "icmp-error" ? tupleOf(payload.about) : inverse(tupleOf(skb.packet));
	return known.some((each) => sameTuple(each, tuple));
}

/** And remembers it: its answers pass too. */
function letPass(walk: Walk, skb: Skb): null {
	const { admitted } = walk.memory;
	const known = admitted.get(skb.view.place) ?? [];
	admitted.set(skb.view.place, [...known, tupleOf(skb.packet)]);
	return null;
}
