/**
 * Who hears a broadcast that leaves by a device, and who answers when it asks for an address (ARP, neighbour discovery).
 * The search goes over wires, bridges, VLANs and macvlans as the frame itself would.
 */
import type { Address } from "../address/address.ts";
import type { DeviceAt, Segment } from "../state/fabric.ts";
import type { BridgeLink, Link, VxlanLink } from "../state/link.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { carriesVlan, type PortVerdict, portVlan } from "./bridge-vlan.ts";
import { perDevice } from "./device-view.ts";
import { lookup } from "./fib.ts";
import { ownersFirst } from "./owners-first.ts";
import { type FilteredAt, gatewaysIn, type SegmentVlanId, tagTowards, vlanFrom } from "./segment-vlan.ts";
import { type Answered, type Asker, answersFor } from "./solicitation.ts";
import { mapIn, type View, viewOf } from "./view.ts";

/** Someone on the same layer 2 network. */
export type Hearer =
	| { readonly kind: "device"; readonly view: View; readonly link: Link }
	/** A fabric device that answers for its addresses. */
	| {
			readonly kind: "fabric";
			readonly place: Place;
			readonly mac: string;
			readonly answers: (address: Address) => boolean;
	  }
	/** The input does not describe what is there. */
	| { readonly kind: "outside"; readonly why: Phrase; readonly at: { readonly place: Place; readonly device: string } };

/** The MAC that Alibaba Cloud's vSwitches answer with for every address (terway ipvlan_linux.go sets it by hand). */
export const VPC_MAC = "ee:ff:ff:ff:ff:ff";

interface Search {
	readonly network: Network;
	/** The address that is looked for, so that its owner is asked first and not everybody's state is made. */
	readonly target: Address | null;
	readonly seen: Set<string>;
	/** Ports of segments that did not let the broadcast pass. */
	readonly filtered: FilteredAt[];
}

function newSearch(network: Network, target: Address | null): Search {
	return { network, target, seen: new Set(), filtered: [] };
}

/** Everyone who hears a broadcast sent out of `link`, with this tag where it is a bridge's port. */
export function* hearers(
	network: Network,
	view: View,
	link: Link,
	target: Address | null,
	tag: number | null = null,
): Generator<Hearer> {
	yield* outOf(newSearch(network, target), view, link, tag);
}

/** Everyone who hears a frame that a fabric device sends to a card with this tag. */
export function hearersBehind(network: Network, { place, device }: DeviceAt, tag: number | null): Generator<Hearer> {
	return into(newSearch(network, null), place, device, tag);
}

function* outOf(search: Search, view: View, link: Link, vlan: number | null): Generator<Hearer> {
	const key = `${view.place} ${link.name} ${vlan ?? ""} out`;
	if (search.seen.has(key)) return;
	search.seen.add(key);
	if (!link.up) return;
	switch (link.kind) {
		case "bridge":
			if (link.carrier && view.ports(link.name).length === 0) yield portsUnknown(view, link);
			yield* outOfPorts(search, view, link, portVlan(link, undefined, vlan), null);
			return;
		case "veth":
		case "physical":
		case "tun":
			yield* overWire(search, view, link, vlan);
			return;
		case "vlan":
		case "macvlan":
		case "ipvlan":
			yield* outOfStacked(search, view, link, vlan);
			return;
		case "vxlan":
			yield* overTunnel(search, view, link);
			return;
		case "loopback":
		case "ipip":
		case "dummy":
			return;
		case "other":
			yield {
				kind: "outside",
				why: phrase("device-not-evaluated", { driver: link.driver, device: link.name }),
				at: { place: view.place, device: link.name },
			};
			return;
	}
}

/** A bridge has a carrier only through a port that is up: one that the input leaves out. */
function portsUnknown(view: View, link: Link): Hearer {
	const why = phrase("ports-not-held", { device: link.name, place: view.place });
	return { kind: "outside", why, at: { place: view.place, device: link.name } };
}

function* overWire(search: Search, view: View, link: Link, vlan: number | null): Generator<Hearer> {
	const far = search.network.wireAt(view.place, link.name);
	switch (far.kind) {
		case "outside":
			yield { kind: "outside", why: far.why, at: { place: view.place, device: link.name } };
			return;
		case "device":
			yield* into(search, far.place, far.device, vlan);
			return;
		case "fabric":
			yield* onFabric(search, far.fabric, { place: view.place, device: link.name }, vlan);
			return;
	}
}

function* onFabric(
	search: Search,
	place: Place,
	from: { readonly place: Place; readonly device: string },
	vlan: number | null,
): Generator<Hearer> {
	const fabric = search.network.fabric(place);
	if (fabric === undefined) return;
	switch (fabric.kind) {
		case "segment": {
			const own = vlanFrom(fabric, from, vlan);
			if (own === "filtered") search.filtered.push({ segment: place, card: from, vlan, direction: "from" });
			else yield* inVlan(search, fabric, own, from);
			return;
		}
		case "vpc":
		case "internet":
			yield { kind: "fabric", place, mac: VPC_MAC, answers: () => true };
			return;
		case "load-balancer":
			return;
	}
}

/** The router and the cards of a segment in one VLAN; `from` is the card that asks, null for the router. */
function* inVlan(search: Search, segment: Segment, vlan: SegmentVlanId, from: DeviceAt | null): Generator<Hearer> {
	const gateways = new Set(gatewaysIn(segment, vlan).map((gateway) => gateway.text));
	if (gateways.size > 0 && from !== null)
		yield { kind: "fabric", place: segment.place, mac: VPC_MAC, answers: (asked) => gateways.has(asked.text) };
	for (const card of ownersFirst(search.network, segment.attachments, search.target)) {
		if (card.place === from?.place && card.device === from.device) continue;
		const tag = tagTowards(segment, card, vlan);
		if (tag === "filtered") search.filtered.push({ segment: segment.place, card, vlan, direction: "to" });
		else {
			if (tag === null && vlan !== null)
				search.filtered.push({ segment: segment.place, card, vlan, direction: "to", untagged: true });
			yield* into(search, card.place, card.device, tag);
		}
	}
}

/** A broadcast arrives at a device of some stack. */
function* into(search: Search, place: Place, device: string, vlan: number | null): Generator<Hearer> {
	const namespace = search.network.namespace(place);
	if (namespace === undefined) {
		yield { kind: "outside", why: phrase("place-not-described", { place }), at: { place, device } };
		return;
	}
	const view = viewOf(namespace);
	const link = view.link(device);
	if (link !== undefined) yield* intoLink(search, view, link, vlan);
}

function* intoLink(search: Search, view: View, link: Link, vlan: number | null): Generator<Hearer> {
	const key = `${view.place} ${link.name} ${vlan ?? ""} in`;
	if (search.seen.has(key) || !link.up) return;
	search.seen.add(key);
	const stacked = [
		...view.children(link.name).map((child) => ({ view, link: child })),
		...search.network.stackedOn(view.place, link.name).flatMap(({ place, device }) => {
			const namespace = search.network.namespace(place);
			const other = namespace === undefined ? undefined : viewOf(namespace);
			const child = other?.link(device);
			return other === undefined || child === undefined ? [] : [{ view: other, link: child }];
		}),
	];
	for (const child of stacked) {
		if (child.link.kind === "vlan") {
			if (child.link.id === vlan) yield* intoLink(search, child.view, child.link, null);
		} else if (vlan === null) yield* intoLink(search, child.view, child.link, null);
	}
	const bridge = link.master === undefined ? undefined : view.link(link.master);
	if (bridge?.kind === "bridge") {
		const verdict = portVlan(bridge, link, vlan);
		const tag = carriesVlan(bridge, undefined, verdict);
		// Where the bridge's own stack has the address, the search ends without making the state behind every port.
		const isOwn = search.target !== null && view.isLocal(search.target);
		if (isOwn && tag !== "filtered") yield* intoLink(search, view, bridge, tag);
		yield* outOfPorts(search, view, bridge, verdict, link);
		if (!isOwn && tag !== "filtered") yield* intoLink(search, view, bridge, tag);
	} else if (vlan === null) yield { kind: "device", view, link };
}

/** A bridge floods: every port but the one the frame came in by. */
function* outOfPorts(
	search: Search,
	view: View,
	bridge: BridgeLink,
	vlan: PortVerdict,
	from: Link | null,
): Generator<Hearer> {
	if (vlan === "filtered") return;
	const ports = view.ports(bridge.name);
	// The port that leads to the address's owner goes first, for the same reason as on a segment.
	const owner = search.target === null ? undefined : search.network.ownerOf(search.target);
	const leadsToOwner = (port: Link): boolean => {
		if (owner === undefined) return false;
		const far = search.network.wireAt(view.place, port.name);
		return far.kind === "device" && far.place === owner;
	};
	const first = ports.filter(leadsToOwner);
	const rest = first.length === 0 ? ports : ports.filter((port) => !first.includes(port));
	for (const port of [...first, ...rest]) {
		if (port === from && port.bridgePort?.hairpin !== true) continue;
		if (from?.bridgePort?.isolated === true && port.bridgePort?.isolated === true) continue;
		const tag = carriesVlan(bridge, port, vlan);
		if (tag === "filtered") continue;
		yield* outOf(search, view, port, tag);
	}
}

/** Out of a device that is stacked on another: to its siblings, and out of the lower device. */
function* outOfStacked(search: Search, view: View, link: Link, vlan: number | null): Generator<Hearer> {
	if (link.kind !== "vlan" && link.kind !== "macvlan" && link.kind !== "ipvlan") return;
	const place = link.lower.place ?? view.place;
	const namespace = place === view.place ? view.state : search.network.namespace(place);
	const lowerView = namespace === undefined ? undefined : viewOf(namespace);
	const lower = lowerView?.link(link.lower.device);
	if (lowerView === undefined || lower === undefined) {
		yield {
			kind: "outside",
			why: phrase("lower-device-not-described", { device: link.name }),
			at: { place: view.place, device: link.name },
		};
		return;
	}
	if (link.kind === "vlan") {
		yield* outOf(search, lowerView, lower, link.id);
		return;
	}
	const siblings = [
		...lowerView.children(lower.name).map((child) => ({ place: lowerView.place, device: child.name })),
		...search.network.stackedOn(place, lower.name),
	];
	for (const sibling of siblings) {
		if (sibling.place === view.place && sibling.device === link.name) continue;
		const other = search.network.namespace(sibling.place)?.links.find(({ name }) => name === sibling.device);
		// What comes back by a hairpin port is theirs who could not hear it here (macvlan_process_broadcast), private ones aside.
		if (other?.kind === "macvlan" && other.mode === "private")
			search.seen.add(`${sibling.place} ${sibling.device}  in`);
		if (other?.kind !== link.kind || !bridges(link) || !bridges(other)) continue;
		yield* into(search, sibling.place, sibling.device, vlan);
	}
	// macvlan_handle_frame gives what comes back, reflected by a hairpin port, to the device that sent it and to nobody else.
	if (link.kind === "macvlan" && link.mode !== "bridge" && link.mode !== "vepa")
		search.seen.add(`${lowerView.place} ${lower.name} ${vlan ?? ""} in`);
	yield* outOf(search, lowerView, lower, vlan);
}

/** macvlan_queue_xmit: only devices in bridge mode hear each other within the machine. */
function bridges(link: Link): boolean {
	return link.kind !== "macvlan" || link.mode === "bridge";
}

/** A VXLAN device replicates a broadcast to every tunnel end that its FDB names for it (the all-zero MAC). */
function* overTunnel(search: Search, view: View, link: VxlanLink): Generator<Hearer> {
	const ends = view.fdb(link.name, "00:00:00:00:00:00").flatMap((entry) => entry.destination ?? []);
	for (const end of ends) {
		const place = search.network.ownerOf(end);
		const namespace = place === undefined ? undefined : search.network.namespace(place);
		const far = namespace?.links.find((each) => each.kind === "vxlan" && each.vni === link.vni);
		if (namespace === undefined || far === undefined) {
			yield {
				kind: "outside",
				why: phrase("tunnel-end-not-described", { address: end.text }),
				at: { place: view.place, device: link.name },
			};
		} else if (isReached(search, view, link, end) && leadsBack(search, viewOf(namespace), far, view)) {
			yield* intoLink(search, viewOf(namespace), far, null);
		}
	}
}

/** Whether the outer packet leaves at all, and by another device than the tunnel itself (vxlan_xmit_one). */
function isReached({ network }: Search, view: View, tunnel: Link, end: Address): boolean {
	const found = lookup(view, { to: end });
	if (found.kind !== "route" || found.nextHop?.device === tunnel.name) return false;
	const { nextHop, route } = found;
	if (route.type !== "unicast" || nextHop?.device === undefined) return route.type === "local";
	const [device, near] = [view.link(nextHop.device), nextHop.gateway ?? end];
	// Tunnels within tunnels are taken to lead somewhere: they might lead round in a circle.
	if (device === undefined || device.kind === "vxlan" || view.neighbour(device.name, near)?.mac != null) return true;
	return isPointToPoint(device) || askFor(network, view, device, near, null).kind !== "nobody";
}

function isPointToPoint({ kind, noArp }: Link): boolean {
	return kind === "loopback" || kind === "ipip" || kind === "tun" || noArp === true;
}

/** Whether the far tunnel end has the asking one among its own, so that its answer comes back. */
function leadsBack(search: Search, view: View, far: Link, asking: View): boolean {
	const entries = view.state.fdb.filter(({ device }) => device === far.name);
	const ends = entries.flatMap(({ destination }) => destination ?? []);
	return ends.some((end) => asking.isLocal(end) && isReached(search, view, far, end));
}

export type Answer =
	| Answered
	| { readonly kind: "outside"; readonly why: Phrase }
	/** `filtered`: a port of a segment without which somebody would answer. */
	| { readonly kind: "nobody"; readonly filtered?: FilteredAt };

/** Of a device, by the wanted address, then by the asker's: keys that are there already, as each frame asks. */
const answers = perDevice((): Map<string, Map<string, Answer>> => new Map());

/** Who answers when `asker` asks by `link` for an address. Kept as long as the asking namespace and its network: states do not change. */
export function askFor(network: Network, view: View, link: Link, wanted: Address, asker: Address | null): Answer {
	const known = mapIn(answers(view.device(link.name), network), wanted.text);
	const key = asker === null ? "" : asker.text;
	let answer = known.get(key);
	if (answer === undefined) {
		answer = ask(network, view, link, wanted, asker);
		known.set(key, answer);
	}
	return answer;
}

function ask(network: Network, view: View, link: Link, wanted: Address, asker: Address | null): Answer {
	// The answer would go to the machine, as no ipvlan device there has the address that asks (ipvlan_addr_lookup).
	const isIpvlans = (address: Address): boolean =>
		view.addresses(link.name).some((each) => each.address.text === address.text);
	if (link.kind === "ipvlan" && asker?.family === 4 && !isIpvlans(asker)) return { kind: "nobody" };
	const search = newSearch(network, wanted);
	return firstAnswer(search, outOf(search, view, link, null), wanted, { address: asker, mac: link.mac });
}

/** Who answers when the router of a segment asks for an address in one of its VLANs. */
export function askInVlan(network: Network, segment: Segment, vlan: SegmentVlanId, wanted: Address): Answer {
	const search = newSearch(network, wanted);
	const address = gatewaysIn(segment, vlan).find(({ family }) => family === wanted.family) ?? null;
	return firstAnswer(search, inVlan(search, segment, vlan, null), wanted, { address, mac: VPC_MAC });
}

/** Nobody in particular: whether there is anybody at all. */
const ANYBODY: Asker = { address: null, mac: null };

function firstAnswer(search: Search, asked: Iterable<Hearer>, wanted: Address, asker: Asker): Answer {
	let outside: Answer | null = null;
	for (const hearer of asked) {
		switch (hearer.kind) {
			case "outside":
				outside ??= { kind: "outside", why: hearer.why };
				break;
			case "fabric":
				if (hearer.answers(wanted)) return { kind: "answer", mac: hearer.mac, by: hearer.place, device: null };
				break;
			case "device":
				if (hearer.link.mac !== null) {
					const share = answersFor(hearer.view, hearer.link, wanted, asker);
					const answer = { mac: hearer.link.mac, by: hearer.view.place, device: hearer.link.name };
					if (share > 0) return { kind: "answer", ...answer, ...(share < 1 && { share }) };
				}
				break;
		}
	}
	if (outside !== null) return outside;
	const blamed = search.filtered.find((each) => isNeeded(search.network, each, wanted));
	return blamed === undefined ? { kind: "nobody" } : { kind: "nobody", filtered: blamed };
}

/** Whether somebody would answer if only this port carried the VLAN. */
function isNeeded(network: Network, { segment, card, vlan, direction }: FilteredAt, wanted: Address): boolean {
	const fabric = network.fabric(segment);
	if (fabric?.kind !== "segment") return false;
	if (direction === "from") {
		const search = newSearch(network, wanted);
		const answer = firstAnswer(search, inVlan(search, fabric, vlan, card), wanted, ANYBODY);
		return answer.kind === "answer" || (answer.kind === "nobody" && answer.filtered !== undefined);
	}
	// With its tag, or without one as on a port of another VLAN.
	return [vlan, null].some((tag) => {
		const search = newSearch(network, wanted);
		return firstAnswer(search, into(search, card.place, card.device, tag), wanted, ANYBODY).kind === "answer";
	});
}
