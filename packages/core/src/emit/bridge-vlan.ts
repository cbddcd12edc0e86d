/** VLANs of bridges and their ports as `bridge vlan` prints them, and as `bridge -batch` takes them. */
import type { Link, PortVlan } from "../state/link.ts";
import { asLines, type Batch, BatchLines } from "./batch.ts";

/** The VLANs as `bridge vlan` prints them: the parser reads them back. Ports without any are not shown. */
export function printBridgeVlan(links: readonly Link[]): string {
	const lines = vlansOfLinks(links).flatMap(({ device, vlans }) =>
		vlans.map((vlan, i) => `${(i === 0 ? device : "").padEnd(COLUMN)}${vlan.id}${flags(vlan)}`),
	);
	return asLines([`${"port".padEnd(COLUMN)}vlan-id`, ...lines]);
}

/** A device name has 15 characters at most. */
const COLUMN = 18;

function flags(vlan: PortVlan): string {
	return `${vlan.pvid ? " PVID" : ""}${vlan.untagged ? " Egress Untagged" : ""}`;
}

/** `vlan add` for every VLAN. The default PVID, which a new port has, is taken away where the port does not carry it. */
export function bridgeVlanBatch(links: readonly Link[]): Batch {
	const batch = new BatchLines();
	for (const { device, vlans, self, defaultPvid } of vlansOfLinks(links)) {
		const where = self ? "self" : undefined;
		if (defaultPvid !== 0 && !vlans.some((vlan) => vlan.id === defaultPvid)) {
			batch.add("vlan delete dev", device, "vid", defaultPvid, where);
		}
		for (const vlan of vlans) {
			const [pvid, untagged] = [vlan.pvid ? "pvid" : undefined, vlan.untagged ? "untagged" : undefined];
			batch.add("vlan add dev", device, "vid", vlan.id, pvid, untagged, where);
		}
	}
	return batch.finish();
}

interface LinkVlans {
	readonly device: string;
	readonly vlans: readonly PortVlan[];
	/** The bridge itself rather than a port of it. */
	readonly self: boolean;
	readonly defaultPvid: number;
}

function vlansOfLinks(links: readonly Link[]): LinkVlans[] {
	const defaults = new Map(links.map((link) => [link.name, link.kind === "bridge" ? link.defaultPvid : 0]));
	return links.flatMap((link): LinkVlans[] => {
		const self = link.kind === "bridge";
		const vlans = self ? link.vlans : link.bridgePort?.vlans;
		const defaultPvid = defaults.get(self ? link.name : (link.master ?? "")) ?? 0;
		return vlans === undefined ? [] : [{ device: link.name, vlans, self, defaultPvid }];
	});
}
