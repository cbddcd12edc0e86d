/** Forwarding entries as `bridge fdb` prints them, and as `bridge -batch` takes them. */

import type { FdbEntry } from "../state/ip.ts";
import { phrase } from "../wording/phrase.ts";
import { asLines, type Batch, BatchLines, joinWords, option } from "./batch.ts";

/** The entries as `bridge fdb` prints them: the parser reads them back. */
export function printBridgeFdb(entries: readonly FdbEntry[]): string {
	return asLines(
		entries.map((entry) =>
			joinWords([
				entry.mac,
				"dev",
				entry.device,
				option("dst", entry.destination?.text),
				option("vlan", entry.vlan),
				option("port", entry.port),
				option("vni", entry.vni),
				option("via", entry.via),
				entry.self ? "self" : undefined,
				option("master", entry.master),
				entry.state === "dynamic" ? undefined : entry.state,
			]),
		),
	);
}

const MULTICAST_MAC = /^.[13579bdf]/;

/**
 * `fdb append` for what somebody put there: the tunnel ends of VXLAN devices, of which one MAC may have several, and static
 * entries of bridges. Ports' own addresses, multicast groups and learned entries come by themselves.
 */
export function bridgeFdbBatch(entries: readonly FdbEntry[]): Batch {
	const batch = new BatchLines();
	for (const entry of entries) {
		const { mac, device } = entry;
		if (entry.destination !== undefined) {
			const { destination, port, vni, via } = entry;
			const end = ["dst", destination.text, option("port", port), option("vni", vni), option("via", via)];
			batch.add("fdb append", mac, "dev", device, ...end, "self", entry.state === "dynamic" ? undefined : entry.state);
		} else if (entry.state === "static" && !MULTICAST_MAC.test(mac)) {
			const where = entry.self ? "self" : "master";
			batch.add("fdb replace", mac, "dev", device, where, "static", option("vlan", entry.vlan));
		} else batch.omit(`${mac} dev ${device}`, phrase("comes-by-itself"));
	}
	return batch.finish();
}
