/** Drives a packet from stage to stage, over wires and through the fabric, until it ends somewhere. */
import { throughFabric } from "../fabric/forward.ts";
import { because } from "../kernel/because.ts";
import { bridge } from "../kernel/bridge.ts";
import { forward } from "../kernel/forward.ts";
import { input } from "../kernel/input.ts";
import { ipReceive } from "../kernel/ip-receive.ts";
import { neighbour } from "../kernel/neighbour.ts";
import { output } from "../kernel/output.ts";
import { postrouting } from "../kernel/postrouting.ts";
import { receive } from "../kernel/receive.ts";
import { route } from "../kernel/route.ts";
import { newSkb, type Skb } from "../kernel/skb.ts";
import { transmit } from "../kernel/transmit.ts";
import { decapsulate } from "../kernel/tunnel.ts";
import type { End, Next, Stage, Walk } from "../kernel/walk.ts";
import { phrase } from "../wording/phrase.ts";

const STAGES: Readonly<Record<Stage, (walk: Walk, skb: Skb) => Next>> = {
	receive,
	bridge,
	"ip-receive": ipReceive,
	route,
	input,
	decapsulate,
	forward,
	output,
	postrouting,
	neighbour,
	transmit,
};

/** More stages than any real path has: 64 forwarding stacks at some ten stages each, and tunnels. */
const STEP_LIMIT = 2000;

/** Walks the packet to its end. */
export function run(walk: Walk, start: Next): End {
	let next = start;
	for (;;) {
		switch (next.kind) {
			case "end":
				return next;
			case "stage":
				next = throughStack(walk, next);
				break;
			default:
				next = step(walk, next);
		}
		if (walk.steps > STEP_LIMIT && next.kind !== "end") return endless(next);
	}
}

/** Does what comes next, and no more: one stage, a wire, or a fabric device. */
export function step(walk: Walk, next: Exclude<Next, End>): Next {
	walk.steps += 1;
	switch (next.kind) {
		case "stage":
			return STAGES[next.stage](walk, next.skb);
		case "wire":
			return arrive(walk, next);
		case "fabric":
			return throughFabric(walk, next);
	}
}

/** Takes the packet through the stack that it starts in. */
export function throughFirst(walk: Walk, start: Next): Next {
	return start.kind === "stage" ? throughStack(walk, start) : start;
}

/** From where the packet enters a stack to where it leaves it. */
function throughStack(walk: Walk, { stage, skb }: Extract<Next, { kind: "stage" }>): Next {
	if (walk.transits === null) return runStages(walk, stage, skb);
	if (stage === "output") return walk.transits.through(walk, stage, skb, runStages);
	if (stage !== "receive") return runStages(walk, stage, skb);
	// Not a part of the transit, so that those by ports of one bridge are alike from there on.
	walk.steps += 1;
	const next = receive(walk, skb);
	if (next.kind !== "stage") return next;
	const entered = next.skb === skb && (next.stage === "bridge" || next.stage === "ip-receive");
	if (!entered) return runStages(walk, next.stage, next.skb);
	return walk.transits.through(walk, next.stage, skb, runStages);
}

/** From stage to stage as long as the packet is in the same stack. */
function runStages(walk: Walk, stage: Stage, skb: Skb): Next {
	let next = STAGES[stage](walk, skb);
	walk.steps += 1;
	while (next.kind === "stage" && next.skb.view === skb.view) {
		if (++walk.steps > STEP_LIMIT) return endless(next);
		next = STAGES[next.stage](walk, next.skb);
	}
	return next;
}

/** A frame comes off a wire. The stack on the far side gets the packet without anything that the near side kept beside it. */
function arrive(walk: Walk, { place, device, frame, card: known }: Extract<Next, { kind: "wire" }>): Next {
	const card = known ?? walk.cabling.card(place, device);
	if (card === undefined) {
		const why = because("outside", {
			device,
			nextHop: frame.packet.dst.text,
			why: phrase("place-not-described", { place: `${place} ${device}` }),
		});
		return { kind: "end", outcome: "exits", at: place, because: why, packet: frame.packet };
	}
	const skb = newSkb(card.view, card.link, frame.packet, false);
	skb.ethernet = { source: frame.source, destination: frame.destination };
	skb.vlan = frame.vlan;
	return { kind: "stage", stage: "receive", skb };
}

function endless(next: Exclude<Next, End>): End {
	const packet = next.kind === "stage" ? next.skb.packet : next.frame.packet;
	const at = next.kind === "stage" ? next.skb.view.place : next.kind === "wire" ? next.place : next.fabric;
	return { kind: "end", outcome: "loop", at, because: because("too-many-steps", { steps: STEP_LIMIT }), packet };
}
