/** What PodENIs say of each other and of other objects. */
import { formatPosition, InputError } from "../../diagnostic/diagnostic.ts";
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
			refuseSecond(vlans, `${trunkENIID} ${attached.vlan}`, podEni, `VLAN ${attached.vlan} of trunk ${trunkENIID}`);
		}
	}
}

function refuseSecond(taken: Map<string, PodEni>, key: string, podEni: PodEni, what: string): void {
	const other = taken.get(key);
	if (other !== undefined && other !== podEni) {
		throw new InputError({
			code: "conflicting-settings",
			message: `PodENI "${keyOf(podEni)}" has ${what}, which PodENI "${keyOf(other)}" has too`,
			where: podEni.source,
			hint: `the other is at ${formatPosition(other.source)}`,
		});
	}
	taken.set(key, podEni);
}
