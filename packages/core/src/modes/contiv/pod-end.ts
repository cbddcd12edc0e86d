/** A pod's own end of its port: the same in bridge and in routing mode. */

import { defaultPrefix, lastAddress } from "../../address/prefix.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { InterfaceAddress } from "../../state/ip.ts";
import { podPlace } from "../../state/place.ts";
import type { PodWire } from "../mode.ts";
import { unicastRoute } from "../route.ts";
import type { PodPort } from "./networks.ts";
import { contivOrigin } from "./origin.ts";

const POD_DEVICE = "eth0";

export function podEnd({ pod, addresses, mac }: PodPort, mtu: number): Contribution {
	const origin = contivOrigin(podPlace(pod));
	return {
		links: [{ kind: "veth", name: POD_DEVICE, index: 0, mtu, mac, up: true, carrier: true, origin }],
		addresses: addresses.map(
			({ address, subnet: { cidr } }): InterfaceAddress => ({
				device: POD_DEVICE,
				address,
				prefixLength: cidr.length,
				scope: "global",
				...(cidr.family === 4 && cidr.length < 31 && { broadcast: lastAddress(cidr) }),
				secondary: false,
				noPrefixRoute: false,
				origin,
			}),
		),
		routes: addresses.flatMap(({ subnet: { gateway: via } }) =>
			via === null ? [] : [unicastRoute(defaultPrefix(via.family), { via, device: POD_DEVICE, origin })],
		),
	};
}

/** eth0 to the port of the node's switch. */
export function podWires(port: PodPort | undefined): readonly PodWire[] {
	if (port === undefined) return [];
	const { pod, device } = port;
	return [{ device: POD_DEVICE, to: { kind: "device", place: `node/${pod.nodeName}`, device } }];
}
