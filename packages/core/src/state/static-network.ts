/** A network from explicit parts: what a snapshot reader or a test has in its hands. */
import type { Address } from "../address/address.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import type { Assumption } from "./assumption.ts";
import type { DeviceAt, FabricDevice, Far } from "./fabric.ts";
import type { Link, VethLink } from "./link.ts";
import type { Namespace } from "./namespace.ts";
import type { Network } from "./network.ts";
import type { Place } from "./place.ts";

/** What a device is joined to. A wire between two devices counts for both. */
export interface Wire {
	readonly from: DeviceAt;
	readonly to: Far;
}

export interface NetworkParts {
	readonly namespaces: readonly Namespace[];
	/** Known wires. The others are derived: veth peers from their indexes, cards from the fabric's attachments. */
	readonly wires?: readonly Wire[];
	readonly fabric?: readonly FabricDevice[];
	/** Places that share a kernel, so that device indexes of one mean something in another. Absent: all of them do. */
	readonly machines?: readonly (readonly Place[])[];
	/** Who holds an address, by its text, where the devices' own addresses do not tell. */
	readonly owners?: ReadonlyMap<string, Place>;
	readonly assumptions?: readonly Assumption[];
}

/** The network of these parts. Nothing is copied: the namespaces are those given. */
export function staticNetwork(parts: NetworkParts): Network {
	const namespaces = new Map(parts.namespaces.map((namespace) => [namespace.place, namespace]));
	const fabric = new Map((parts.fabric ?? []).map((device) => [device.place, device]));
	const wires = wiresOf(parts);
	const owners = ownersOf(parts);
	const stacked = stackedDevices(parts.namespaces);
	return {
		places: () => [...namespaces.keys(), ...fabric.keys()],
		namespace: (place) => namespaces.get(place),
		wireAt: (place, device) => wires.get(keyOf({ place, device })) ?? outside(namespaces.get(place), place, device),
		stackedOn: (place, device) => stacked.get(keyOf({ place, device })) ?? [],
		fabrics: () => [...fabric.values()],
		fabric: (place) => fabric.get(place),
		loadBalancers: [...fabric.values()].filter((device) => device.kind === "load-balancer"),
		ownerOf: (address: Address) => owners.get(address.text),
		assumptions: parts.assumptions ?? [],
	};
}

function keyOf(at: DeviceAt): string {
	return `${at.place} ${at.device}`;
}

function wiresOf(parts: NetworkParts): ReadonlyMap<string, Far> {
	const wires = new Map<string, Far>();
	const join = (from: DeviceAt, to: Far): void => {
		if (!wires.has(keyOf(from))) wires.set(keyOf(from), to);
		if (to.kind === "device" && !wires.has(keyOf(to))) wires.set(keyOf(to), { kind: "device", ...from });
	};
	for (const wire of parts.wires ?? []) join(wire.from, wire.to);
	for (const device of parts.fabric ?? []) {
		if (device.kind !== "segment" && device.kind !== "vpc") continue;
		for (const at of device.attachments) join(at, { kind: "fabric", fabric: device.place });
	}
	const machines = parts.machines ?? [parts.namespaces.map((namespace) => namespace.place)];
	for (const places of machines) {
		const stacks = parts.namespaces.filter((namespace) => places.includes(namespace.place));
		for (const [from, to] of vethPairs(stacks)) join(from, { kind: "device", ...to });
	}
	return wires;
}

interface VethAt {
	readonly at: DeviceAt;
	readonly link: VethLink;
}

/** The veth pairs of one machine that their indexes leave no doubt about: each is the other's only candidate. */
function vethPairs(stacks: readonly Namespace[]): readonly (readonly [DeviceAt, DeviceAt])[] {
	const veths = stacks.flatMap(({ place, links }) =>
		links.filter((link) => link.kind === "veth").map((link): VethAt => ({ at: { place, device: link.name }, link })),
	);
	const onlyPeer = (of: VethAt): VethAt | undefined => {
		const peers = veths.filter((candidate) => arePeers(of, candidate));
		return peers.length === 1 ? peers[0] : undefined;
	};
	return veths.flatMap((veth) => {
		const peer = onlyPeer(veth);
		return peer !== undefined && onlyPeer(peer) === veth ? [[veth.at, peer.at] as const] : [];
	});
}

function arePeers(from: VethAt, to: VethAt): boolean {
	const { peer } = from.link;
	if (peer === undefined || from === to) return false;
	// `veth1@veth2` and `veth1@if7` without link-netnsid name a device of the same namespace, `link-netnsid` one of another.
	const sameNamespace = peer.netnsid === undefined && peer.netns === undefined;
	if (sameNamespace !== (from.at.place === to.at.place)) return false;
	if (peer.device !== undefined && sameNamespace) return peer.device === to.at.device;
	return peer.index === to.link.index && to.link.peer?.index === from.link.index;
}

/** Devices by the device of another namespace that they stand on. */
function stackedDevices(namespaces: readonly Namespace[]): ReadonlyMap<string, readonly DeviceAt[]> {
	const stacked = new Map<string, DeviceAt[]>();
	for (const { place, links } of namespaces) {
		for (const link of links) {
			const lower = "lower" in link ? link.lower : undefined;
			if (lower?.place === undefined || lower.place === place) continue;
			const key = keyOf({ place: lower.place, device: lower.device });
			stacked.set(key, [...(stacked.get(key) ?? []), { place, device: link.name }]);
		}
	}
	return stacked;
}

function outside(namespace: Namespace | undefined, place: Place, device: string): Far {
	if (namespace === undefined) return { kind: "outside", why: phrase("place-not-held", { place }) };
	const link = namespace.links.find((candidate) => candidate.name === device);
	if (link === undefined) return { kind: "outside", why: phrase("device-not-there", { place, device }) };
	return { kind: "outside", why: whyOutside(link, place) };
}

function whyOutside({ kind, name: device }: Link, place: Place): Phrase {
	return phrase(kind === "veth" ? "far-end-not-held" : "device-connection-unknown", { device, place });
}

/** Dummies are left out: kube-ipvs0 has every Service's address on every node. */
function ownersOf(parts: NetworkParts): ReadonlyMap<string, Place> {
	const owners = new Map(parts.owners);
	for (const { place, links, addresses } of parts.namespaces) {
		const dummies = new Set(links.filter((link) => link.kind === "dummy").map((link) => link.name));
		for (const { device, scope, address } of addresses) {
			const counts = scope === "global" || scope === "site";
			if (counts && !dummies.has(device) && !owners.has(address.text)) owners.set(address.text, place);
		}
	}
	return owners;
}
