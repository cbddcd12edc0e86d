/** VLANs of a segment as a bridge has them: which its ports carry, and the router's device in each. */
import {
	type Address,
	contains,
	type DeviceAt,
	type PortVlan,
	type Segment,
	segmentVlanIds,
	tagTowards,
	type VlanLink,
	VPC_MAC,
} from "@podpath/core";
import { portLink } from "./port.ts";

export const BRIDGE = "br0";

/** 802.1Q's highest VLAN id. */
const LAST_ID = 4094;

/** The VLANs that the bridge itself takes part in, for its router; nothing for a switch that does not look at tags. */
export function bridgeVlans(segment: Segment): readonly PortVlan[] | undefined {
	if (segmentVlanIds(segment) === null) return undefined;
	const own = { id: ownVlan(segment), pvid: true, untagged: true };
	return [own, ...routedVlans(segment).map(({ id }) => ({ id, pvid: false, untagged: false }))];
}

/** The VLANs that the port to a card carries; nothing for a switch that does not look at tags. */
export function portVlans(segment: Segment, card: DeviceAt): readonly PortVlan[] | undefined {
	const ids = segmentVlanIds(segment);
	if (ids === null) return undefined;
	return [null, ...ids].flatMap((vlan): PortVlan[] => {
		const tag = tagTowards(segment, card, vlan);
		if (tag === "filtered") return [];
		return [{ id: vlan ?? ownVlan(segment), pvid: tag === null, untagged: tag === null }];
	});
}

/** Inside the bridge the segment's own network has to be a VLAN as well: one that nobody else has. */
function ownVlan(segment: Segment): number {
	const ids = segmentVlanIds(segment) ?? new Set();
	let id = LAST_ID;
	while (ids.has(id)) id -= 1;
	return id;
}

/** Those in which the router has an address. */
export function routedVlans({ vlans = [] }: Segment): NonNullable<Segment["vlans"]> {
	return vlans.filter(({ gateways }) => gateways.length > 0);
}

/** The router's device in a VLAN. */
export function vlanDevice(id: number): string {
	return `${BRIDGE}.${id}`;
}

export function vlanLinks(segment: Segment): readonly VlanLink[] {
	return routedVlans(segment).map(({ id }) => {
		const base = portLink(vlanDevice(id), { mac: VPC_MAC, mtu: segment.mtu });
		return { ...base, kind: "vlan", id, lower: { device: BRIDGE } };
	});
}

/** The router's device towards an address of the segment. */
export function deviceTowards(segment: Segment, address: Address): string {
	const vlan = vlanOf(segment, address);
	return vlan === null ? BRIDGE : vlanDevice(vlan);
}

/** Whether the port to a card carries the VLAN that one of its addresses is in. */
export function isReached(segment: Segment, card: DeviceAt, address: Address): boolean {
	return tagTowards(segment, card, vlanOf(segment, address)) !== "filtered";
}

function vlanOf(segment: Segment, address: Address): number | null {
	const vlan = routedVlans(segment).find(({ prefixes }) => prefixes.some((prefix) => contains(prefix, address)));
	return vlan?.id ?? null;
}
