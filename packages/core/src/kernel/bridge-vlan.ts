/** VLAN filtering of bridges (net/bridge/br_vlan.c): which VLAN a frame belongs to, and with which tag it leaves. */
import type { BridgeLink, Link, PortVlan } from "../state/link.ts";

/** A VLAN id; null where the bridge does not filter, and a frame keeps the tag that it has. */
export type PortVerdict = number | null | "filtered";

/** The VLAN of a frame that comes in by `port` (undefined: from the bridge device itself) with this tag. */
export function portVlan(bridge: BridgeLink, port: Link | undefined, tag: number | null): PortVerdict {
	if (!bridge.vlanFiltering) return tag;
	const vlans = vlansOf(bridge, port);
	if (tag !== null) return vlans.some((vlan) => vlan.id === tag) ? tag : "filtered";
	return vlans.find((vlan) => vlan.pvid)?.id ?? "filtered";
}

/** The tag with which a frame of this VLAN leaves by `port`. */
export function carriesVlan(bridge: BridgeLink, port: Link | undefined, vlan: PortVerdict): PortVerdict {
	if (!bridge.vlanFiltering || vlan === "filtered") return vlan;
	const carried = vlansOf(bridge, port).find((each) => each.id === vlan);
	if (carried === undefined) return "filtered";
	return carried.untagged ? null : carried.id;
}

function vlansOf(bridge: BridgeLink, port: Link | undefined): readonly PortVlan[] {
	// The bridge's own membership (`bridge vlan add … self`) counts for frames to and from its device.
	const own = port === undefined ? bridge.vlans : port.bridgePort?.vlans;
	if (own !== undefined) return own;
	return bridge.defaultPvid === 0 ? [] : [{ id: bridge.defaultPvid, pvid: true, untagged: true }];
}
