/** From a route look-up to where the packet leaves: device and next hop. */
import type { Address } from "../address/address.ts";
import type { Lookup } from "./fib.ts";
import type { OutRoute } from "./skb.ts";
import type { View } from "./view.ts";

/** Null: the route names no device that this stack has. */
export function outRouteOf(view: View, found: Extract<Lookup, { kind: "route" }>, to: Address): OutRoute | null {
	const { route, nextHop } = found;
	const device = nextHop?.device === undefined ? undefined : view.link(nextHop.device);
	if (device === undefined) return null;
	return { route, device, nextHop: nextHop?.gateway ?? to, onlink: nextHop?.onlink ?? false };
}
