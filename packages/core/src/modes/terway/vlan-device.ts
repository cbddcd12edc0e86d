/** `vlan_strip_type: vlan`: the pod's eth0 is a VLAN device of the trunk, and nothing of the node is on its way (vlan_linux.go). */

import { addressBits } from "../../address/address.ts";
import { defaultPrefix } from "../../address/prefix.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import { podPlace } from "../../state/place.ts";
import { unicastRoute } from "../route.ts";
import { type Card, gatewayOf } from "../underlay/underlay.ts";
import { addressOn, familiesOf, POD_DEVICE, terwayOrigin } from "./link-local.ts";

/** `trunk` has the device, `member` the addresses and their vSwitch. */
export function vlanPod(pod: Pod, trunk: Card, member: Card, vlan: number, mtu: number): Contribution {
	const origin = terwayOrigin(podPlace(pod));
	return {
		links: [
			{
				kind: "vlan",
				name: POD_DEVICE,
				index: 0,
				mtu,
				mac: trunk.mac,
				up: true,
				carrier: true,
				lower: { place: trunk.place, device: trunk.device },
				id: vlan,
				origin,
			},
		],
		addresses: pod.podIPs.map((each) => {
			const subnet = member.subnets.find(({ prefix }) => prefix.family === each.family);
			return addressOn(POD_DEVICE, each, origin, { prefixLength: subnet?.prefix.length ?? addressBits(each.family) });
		}),
		routes: familiesOf(pod.podIPs).flatMap((family) => {
			const via = gatewayOf(member, family);
			return via === undefined ? [] : [unicastRoute(defaultPrefix(family), { via, device: POD_DEVICE, origin })];
		}),
	};
}
