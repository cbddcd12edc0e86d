/** tc on the trunk: a pod's packets get its member's VLAN, and what comes in loses it (plugin/driver/utils utils_linux.go). */

import { hostPrefix } from "../../address/prefix.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import { podPlace } from "../../state/place.ts";
import type { TcAction, TcFilter } from "../../state/tc.ts";
import { terwayOrigin } from "./link-local.ts";
import type { TerwayFeatures } from "./version.ts";

const POP_PRIORITY = 20000;

export interface TrunkPod {
	readonly pod: Pod;
	readonly vlan: number;
}

/** Only packets with a pod's own source address are tagged: what the node sends by the trunk, or masquerades, is not. */
export function trunkFilters(
	node: string,
	device: string,
	pods: readonly TrunkPod[],
	features: TerwayFeatures,
	/** What becomes of a packet once its tag is off: filters that come later do not see it any more. */
	popped: readonly TcAction[],
): Contribution {
	const origin = terwayOrigin(`node/${node}`);
	const pop: TcFilter = {
		device,
		direction: "ingress",
		priority: POP_PRIORITY,
		protocol: "802.1Q",
		actions: [{ kind: "vlan-pop" }, ...popped],
		origin,
	};
	return {
		tcFilters: [pop, ...pods.flatMap(({ pod, vlan }) => pushFilters(device, pod, vlan, features))],
	};
}

function pushFilters(device: string, pod: Pod, id: number, { pushPriority }: TerwayFeatures): readonly TcFilter[] {
	return pod.podIPs.flatMap((each): TcFilter[] => {
		const priority = pushPriority[each.family];
		if (priority === null) return [];
		return [
			{
				device,
				direction: "egress",
				priority,
				protocol: each.family === 4 ? "ip" : "ipv6",
				source: hostPrefix(each),
				actions: [{ kind: "vlan-push", id }],
				origin: terwayOrigin(podPlace(pod)),
			},
		];
	});
}
