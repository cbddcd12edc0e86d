/** Forwarding entries of bridges and VXLAN devices. */
import { printBridgeFdb } from "../../emit/bridge-fdb.ts";
import type { FdbEntry } from "../../state/ip.ts";
import type { Namespace } from "../../state/namespace.ts";
import type { Difference } from "../difference.ts";
import { compareKeyed, type EntryKind } from "./keyed.ts";

export function compareFdb(expected: Namespace, actual: Namespace): readonly Difference[] {
	if (actual.missing.has("bridge-fdb")) return [];
	return compareKeyed(actual.place, FDB, given(expected), given(actual));
}

const MULTICAST_MAC = /^.[13579bdf]/;

/** Without ports' own addresses, multicast groups and what bridges learn. */
function given({ fdb, links }: Namespace): readonly FdbEntry[] {
	const own = new Set(links.map(({ mac }) => mac));
	return fdb.filter((entry) => {
		if (entry.destination !== undefined) return entry.state !== "dynamic";
		if (entry.state === "dynamic" || MULTICAST_MAC.test(entry.mac) || own.has(entry.mac)) return false;
		return entry.state === "static";
	});
}

/** What bridges learned: right in a healthy network, and where a frame was seen at the wrong port, as good as written by hand. */
export function learnedEntries({ place, fdb, missing }: Namespace): readonly Difference[] {
	if (missing.has("bridge-fdb")) return [];
	return compareKeyed(
		place,
		FDB,
		[],
		fdb.filter(({ state, mac }) => state === "dynamic" && !MULTICAST_MAC.test(mac)),
	);
}

const FDB: EntryKind<FdbEntry> = {
	part: "bridge-fdb",
	codes: { missing: "fdb-missing", wrong: "fdb-wrong", extra: "fdb-unexpected" },
	keyOf: ({ mac, device, vlan }) => `${mac} dev ${device}${vlan === undefined ? "" : ` vlan ${vlan}`}`,
	bodyOf: ({ destination, port, vni, via }) => [destination?.text, port, vni, via].join(" "),
	textOf: (entry) => printBridgeFdb([entry]).trim(),
	deviceOf: ({ device }) => device,
	fixOf: (expected, actual) => {
		const words = ({ mac, device, destination, vlan }: FdbEntry): string => {
			const tagged = vlan === undefined ? "" : ` vlan ${vlan}`;
			return `${mac} dev ${device}${destination === undefined ? " master" : ` dst ${destination.text}`}${tagged}`;
		};
		if (expected === null) return `bridge fdb del ${words(actual as FdbEntry)}`;
		const lasting = expected.destination === undefined ? " static" : "";
		return `bridge fdb ${actual === null ? "append" : "replace"} ${words(expected)}${lasting}`;
	},
	with: (namespace, change) => ({ ...namespace, fdb: change(namespace.fdb) }),
};
