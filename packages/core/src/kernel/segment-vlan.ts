/** VLANs of a segment's ports: which one a frame belongs to, and with which tag it leaves (IEEE 802.1Q 6.9, 8.6.2, 8.8.2). */
import type { Address } from "../address/address.ts";
import type { DeviceAt, Segment, SwitchPort } from "../state/fabric.ts";
import type { Place } from "../state/place.ts";
import type { Facts } from "./because.ts";

/** A VLAN's id; null: the segment's own network. An unmanaged switch tells frames apart by nothing but their tag. */
export type SegmentVlanId = number | null;

/** The VLAN of a frame that comes from this card with this tag. */
export function vlanFrom(segment: Segment, card: DeviceAt, tag: number | null): SegmentVlanId | "filtered" {
	const known = vlansOf(segment);
	if (known === null) return tag;
	const port = portOf(segment, card);
	if (tag === null) return port === undefined ? null : port.untagged;
	return known.has(tag) && carriesTag(port, tag) ? tag : "filtered";
}

/** The tag with which a frame of this VLAN goes to the card. */
export function tagTowards(segment: Segment, card: DeviceAt, vlan: SegmentVlanId): number | null | "filtered" {
	const known = vlansOf(segment);
	if (known === null) return vlan;
	const port = portOf(segment, card);
	if (vlan === (port === undefined ? null : port.untagged)) return null;
	return vlan !== null && known.has(vlan) && carriesTag(port, vlan) ? vlan : "filtered";
}

function carriesTag(port: SwitchPort | undefined, vlan: number): boolean {
	return port === undefined || port.tagged === "all" || port.tagged.includes(vlan) || port.untagged === vlan;
}

/** A segment's port to a card that does not carry a VLAN as a packet needs it. */
export interface FilteredAt {
	readonly segment: Place;
	readonly card: DeviceAt;
	/** The VLAN; null: the segment's own network, or a frame without a tag. */
	readonly vlan: number | null;
	/** Whether the frame came from the card or was going there. */
	readonly direction: "from" | "to";
	/** The port carries the VLAN, but without a tag. */
	readonly untagged?: boolean;
}

/** A filtering port in the words of reasons: `port` of `segment`, and the VLAN. */
export function filteredFacts({ segment, card, vlan, untagged }: Omit<FilteredAt, "direction">): Facts {
	const named = vlan === null ? "none" : String(vlan);
	return { segment, port: `${card.place} ${card.device}`, vlan: untagged === true ? `${named} with its tag` : named };
}

interface Switch {
	/** Null: the switch is not managed. */
	readonly vlans: ReadonlySet<number> | null;
	readonly ports: ReadonlyMap<string, SwitchPort>;
}

const switches = new WeakMap<Segment, Switch>();

function switchOf(segment: Segment): Switch {
	let known = switches.get(segment);
	if (known === undefined) {
		const { vlans = [], ports = [] } = segment;
		const named = ports.flatMap(({ untagged, tagged }) => [untagged ?? [], tagged === "all" ? [] : tagged].flat());
		known = {
			vlans: segment.vlans === undefined ? null : new Set([...vlans.map(({ id }) => id), ...named]),
			ports: new Map(ports.map((port) => [keyOf(port), port])),
		};
		switches.set(segment, known);
	}
	return known;
}

/** All VLANs that the segment or one of its ports names; null for an unmanaged switch. */
export function vlansOf(segment: Segment): ReadonlySet<number> | null {
	return switchOf(segment).vlans;
}

/** The router's addresses in a VLAN. */
export function gatewaysIn(segment: Segment, vlan: SegmentVlanId): readonly Address[] {
	if (vlan === null) return segment.gateways;
	return segment.vlans?.find(({ id }) => id === vlan)?.gateways ?? NO_GATEWAYS;
}

const NO_GATEWAYS: readonly Address[] = [];

function portOf(segment: Segment, card: DeviceAt): SwitchPort | undefined {
	return switchOf(segment).ports.get(keyOf(card));
}

function keyOf({ place, device }: DeviceAt): string {
	return `${place} ${device}`;
}
