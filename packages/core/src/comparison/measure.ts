/** Profiles of modes, by asking a sample cluster of each. */
import type { Address, Family } from "../address/address.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { NetworkMode } from "../modes/mode.ts";
import { NETWORK_MODES } from "../modes/registry.ts";
import type { Packet } from "../packet/packet.ts";
import { placeKind } from "../state/place.ts";
import { verdictOf } from "../trace/explain.ts";
import { planOf } from "../trace/plan.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import { type Way, ways } from "../trace/ways.ts";
import type { ModeProfile } from "./profile.ts";
import { OUTSIDE, SAMPLE_PODS, sampleAddress, sampleOf, trySample } from "./sample.ts";

/** Of every mode that podpath knows, in the order of its list. */
export function modeProfiles(): readonly ModeProfile[] {
	return NETWORK_MODES.map(profileOf);
}

export function profileOf(mode: NetworkMode): ModeProfile {
	const subject = sampleOf(mode);
	const families = ([4, 6] as const).filter((family) => reaches(subject, family));
	const [family = 4] = families;
	const way = walked(subject, between(subject, family));
	const onWire = firstOnWire(way);
	const scenario = isPods(subject, onWire.src) ? "underlay" : "overlay";
	return {
		mode: mode.id,
		scenario,
		families,
		technology: technologyOf(way, onWire),
		mechanism: mechanismOf(way, onWire),
		attachment: attachmentOf(subject),
		podAddresses: mode.capabilities.podAddresses,
		fixedAddress: mode.capabilities.fixedAddress,
		pool: poolOf(mode),
		exit: exitsOf(mode, subject, scenario),
		nextHop: nextHopOf(way),
		mixesNetworks: mode.capabilities.mixesNetworks === true,
		networkPolicy: denies(mode, family),
		stacks: way.forward.stacks.length,
		overhead: onWire.length - way.sent.length,
	};
}

/** From the first pod to the second, which is on another node. */
function between({ cluster }: Subject, family: Family): Question {
	const address = sampleAddress(cluster, "p2", family);
	return { from: "pod/default/p1", to: family === 4 ? `${address}:80` : `[${address}]:80`, protocol: "tcp" };
}

function reaches(subject: Subject, family: Family): boolean {
	try {
		return verdictOf(subject, between(subject, family)) === "delivered";
	} catch (error) {
		// A pod without an address of that family.
		if (error instanceof InputError) return false;
		throw error;
	}
}

function walked(subject: Subject, question: Question): Way {
	const [first] = ways(planOf(subject, question), true);
	if (first === undefined) throw new Error("a question has at least one way");
	return first;
}

/** The packet as it leaves the first machine. */
function firstOnWire({ forward, sent }: Way): Packet {
	const crossings = forward.crossings;
	const fabric = crossings.findIndex(({ device }) => device === null);
	return (fabric < 0 ? crossings.at(-1) : crossings[fabric])?.packet ?? sent;
}

function isPods({ cluster }: Subject, address: Address): boolean {
	return cluster.ownersOf(address).some((owner) => owner.kind === "pod" && !owner.pod.hostNetwork);
}

function technologyOf({ forward }: Way, { payload }: Packet): ModeProfile["technology"] {
	if (payload?.kind === "vxlan" || payload?.kind === "ipip") return payload.kind;
	const { hops, crossings, network } = forward;
	if (crossings.some(({ at }) => placeKind(at) === "vpc")) return "vpc";
	const [client] = crossings;
	const device = network.namespace(client?.at ?? "")?.links.find(({ name }) => name === client?.device);
	if (device?.kind === "macvlan" || device?.kind === "ipvlan") return device.kind;
	if (crossings.some(({ vlan }) => vlan !== null)) return "vlan";
	const isLearned = hops.some(
		({ because: { code, origin } }) => code === "router-learned" || (code === "routed" && origin?.component === "bird"),
	);
	return isLearned ? "bgp" : "routes";
}

function mechanismOf(way: Way, onWire: Packet): ModeProfile["mechanism"] {
	if (onWire.payload !== undefined) return "tunnel";
	const isRouted = way.forward.hops.some(
		({ at, because: { code } }) => code === "router-learned" || (placeKind(at) === "node" && code === "routed"),
	);
	if (!isRouted) return "layer-2";
	return nextHopOf(way) === "pod" ? "layer-2+3" : "layer-3";
}

/** Whose address is asked for on the way out of the first machine. */
function nextHopOf({ forward, sent }: Way): ModeProfile["nextHop"] {
	const wire = forward.hops.findIndex(({ at }) => placeKind(at) === "segment" || placeKind(at) === "vpc");
	const asked = forward.hops.slice(0, wire).findLast(({ stage }) => stage === "neighbour")?.because.facts.address;
	if (asked === sent.dst.text) return "pod";
	const owner = [...forward.network.places()].find(
		(place) =>
			placeKind(place) === "node" &&
			forward.network.namespace(place)?.addresses.some(({ address }) => address.text === asked),
	);
	return owner === undefined ? "router" : "node";
}

function attachmentOf({ network }: Subject): ModeProfile["attachment"] {
	const links = network.namespace("pod/default/p1")?.links ?? [];
	const device = links.find(({ name }) => name === "eth0");
	switch (device?.kind) {
		case "macvlan":
		case "ipvlan":
		case "vlan":
			return device.kind;
		case "physical":
			return "eni";
		default:
			return "veth";
	}
}

/** Pods p1 and p3 are on one node, p2 and p4 on the other; the IPAM serves them in the order of their names. */
function poolOf(mode: NetworkMode): ModeProfile["pool"] {
	const cluster = sampleOf(mode, { withoutAddresses: true }).cluster;
	const numbers = SAMPLE_PODS.map((name) => Number(sampleAddress(cluster, name, 4).split(".").at(-1)));
	const [p1 = 0, p2 = 0] = numbers;
	const nets = SAMPLE_PODS.map((name) => sampleAddress(cluster, name, 4).split(".").slice(0, 3).join("."));
	return nets[0] === nets[1] && p2 === p1 + 1 ? "detail" : "block";
}

function exitsOf(mode: NetworkMode, subject: Subject, scenario: ModeProfile["scenario"]): ModeProfile["exit"] {
	const own = exitOf(subject);
	if (scenario === "overlay" || own === "podIP") return [own];
	const kept = trySample(mode, { keepsAddresses: true });
	return kept === undefined || exitOf(kept) === own ? [own] : [own, "podIP"];
}

/** As whom the first pod's packets reach the network between the machines. */
function exitOf(subject: Subject): ModeProfile["exit"][number] {
	const way = walked(subject, { from: "pod/default/p1", to: `${OUTSIDE}:443`, protocol: "tcp" });
	return isPods(subject, firstOnWire(way).src) ? "podIP" : "SNAT";
}

function denies(mode: NetworkMode, family: Family): boolean {
	const subject = sampleOf(mode, { denied: true });
	return verdictOf(subject, between(subject, family)) === "dropped";
}
