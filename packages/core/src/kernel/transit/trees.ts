/** What is remembered of one stack: a tree for each kind of packet that enters it. */
import { innermost, type Packet } from "../../packet/packet.ts";
import type { Link } from "../../state/link.ts";
import type { Skb } from "../skb.ts";
import { mapIn, perView } from "../view.ts";
import type { Stage } from "../walk.ts";
import { areAlike, type Entry } from "./inputs.ts";
import { Tree } from "./tree.ts";
import { portClass } from "./watched.ts";

/** The stages at which a packet enters a stack. */
export type EntryStage = Extract<Stage, "bridge" | "ip-receive" | "output">;

/** Trees by what the packet came in by, then by ports. */
export type Trees<Outcome> = Map<string, Map<number, Tree<Outcome>[]>>;

/** A longer walk may be a loop, and is counted step by step: of it nothing is remembered. */
export const MOST_STEPS = 1000;

/** The tree of all packets that are alike in what may not differ; a new one where this is the first of them. */
export function treeOf<Outcome>(trees: Trees<Outcome>, stage: EntryStage, entry: Entry): Tree<Outcome> {
	const ofDevice = mapIn(trees, cameInBy(stage, entry.skb));
	const ports = portsOf(entry.skb.packet);
	let candidates = ofDevice.get(ports);
	if (candidates === undefined) {
		candidates = [];
		ofDevice.set(ports, candidates);
	}
	for (const candidate of candidates) if (areAlike(candidate.sample, entry)) return candidate;
	const made = new Tree<Outcome>(entry);
	candidates.push(made);
	return made;
}

/** What the packet came in by: its device, or on a bridge the class of its port. Names of devices hold no space. */
function cameInBy(stage: EntryStage, { view, device }: Skb): string {
	if (stage === "output") return "";
	if (stage === "ip-receive") return device.name;
	const classes = portClasses(view);
	let known = classes.get(device);
	if (known === undefined) {
		known = `port ${portClass(device)}`;
		classes.set(device, known);
	}
	return known;
}

const portClasses = perView((): Map<Link, string> => new Map());

/** The ports of the innermost packet, as one number. */
function portsOf(packet: Packet): number {
	const { sport, dport } = innermost(packet);
	return sport * 65536 + dport;
}
