/** What PodENIs say of each other and of other objects. */

import { otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import { type Phrase, phrase, type Said } from "../../wording/phrase.ts";
import type { Cluster } from "../cluster.ts";
import { keyOf } from "../inventory.ts";
import type { PodEni } from "../terway-objects.ts";

/** @throws {InputError} For the first VLAN or ENI that two have. */
export function checkPodEnis(cluster: Cluster): void {
	const vlans = new Map<string, PodEni>();
	const enis = new Map<string, PodEni>();
	for (const podEni of cluster.podENIs) {
		for (const { eniID, attached } of podEni.allocations) {
			refuseSecond(enis, eniID, podEni, `ENI ${eniID}`);
			if (attached?.vlan == null || podEni.trunkENIID === "") continue;
			const { trunkENIID } = podEni;
			const what = phrase("vlan-of-trunk", { vlan: attached.vlan, trunk: trunkENIID });
			refuseSecond(vlans, `${trunkENIID} ${attached.vlan}`, podEni, what);
		}
	}
}

function refuseSecond(taken: Map<string, PodEni>, key: string, podEni: PodEni, what: Said): void {
	const other = taken.get(key);
	if (other !== undefined && other !== podEni) {
		const named = (each: PodEni): Phrase => phrase("named-kind", { kind: "PodENI", name: keyOf(each) });
		const message = phrase("has-too", { one: named(podEni), what, other: named(other) });
		refuse("conflicting-settings", message, podEni.source, otherAt(other));
	}
	taken.set(key, podEni);
}
