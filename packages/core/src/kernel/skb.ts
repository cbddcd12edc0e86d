/**
 * A packet inside one stack, with what the kernel keeps beside it (struct sk_buff). It is the one mutable thing of a
 * walk: made when a stack gets or makes a packet, thrown away when the packet leaves over a wire.
 */
import type { ConntrackState } from "../netfilter/context.ts";
import type { Packet } from "../packet/packet.ts";
import type { Route } from "../state/ip.ts";
import type { RealServer, VirtualServer } from "../state/ipvs.ts";
import type { Link } from "../state/link.ts";
import type { Tracked } from "./conntrack.ts";
import type { Lookup } from "./fib.ts";
import type { View } from "./view.ts";

/** A connection of IPVS: the client, the virtual server and the real server chosen. */
export interface IpvsConnection {
	readonly service: VirtualServer;
	readonly server: RealServer;
	/** As the client's packets look when IPVS gets them. */
	readonly client: { readonly address: Packet["src"]; readonly port: number };
	readonly virtual: { readonly address: Packet["src"]; readonly port: number };
	readonly protocol: Packet["protocol"];
}

/** Where a routed packet goes. */
export interface OutRoute {
	readonly route: Route;
	readonly device: Link;
	/** The address to find at layer 2: the gateway, or the destination itself. */
	readonly nextHop: Packet["dst"];
	readonly onlink: boolean;
}

export interface Skb {
	readonly view: View;
	packet: Packet;
	mark: number;
	/** The device it is on: the one it came in by, then the one it leaves by. */
	device: Link;
	/** The device that IP received it on; null where this stack made it. */
	inDevice: Link | null;
	out: OutRoute | null;
	/** Ethernet addresses, where the device has such. */
	ethernet: { readonly source: string; readonly destination: string } | null;
	vlan: number | null;
	/** Null until conntrack saw it, or where the stack tracks nothing. */
	tracked: Tracked | null;
	trackState: ConntrackState;
	/** Bridge ports, for a packet that br_netfilter shows to IP's hooks. */
	physicalIn: Link | null;
	physicalOut: Link | null;
	/** The PREROUTING hooks were run on the bridge port and are not run again (ip_sabotage_in). */
	prerouted: boolean;
	/** The route that br_netfilter looked up for another destination, which IP goes by then (skb_dst). */
	led: Lookup | null;
	ipvs: IpvsConnection | null;
	/** IPVS has handled it and leaves it alone from here on (skb->ipvs_property). */
	ipvsDone: boolean;
	/** IPVS sent it on by itself (NF_STOLEN): its sender does not hear of what rules do with it from there on. */
	stolen: boolean;
	/** A rule, or IPVS, took it out of connection tracking. */
	notracked: boolean;
	/** Made by this stack: sent by a process, or the outer packet of a tunnel. */
	readonly local: boolean;
	/** With which mark a packet of this stack is to be routed anew after OUTPUT (ip_route_me_harder); null: it is not. */
	rerouteMark: number | null;
	/** Its source is that of its route, which was looked up without one. */
	sourceless: boolean;
	/** Arrived over a tunnel: the packet was inside another until here. */
	decapsulated: boolean;
}

/** A packet that just came in by `device`, or that a process of this stack sends (device: its loopback, until routed). */
export function newSkb(view: View, device: Link, packet: Packet, local: boolean): Skb {
	return {
		view,
		packet,
		mark: 0,
		device,
		inDevice: local ? null : device,
		out: null,
		ethernet: null,
		vlan: null,
		tracked: null,
		trackState: "untracked",
		physicalIn: null,
		physicalOut: null,
		prerouted: false,
		led: null,
		ipvs: null,
		ipvsDone: false,
		stolen: false,
		notracked: false,
		local,
		rerouteMark: null,
		sourceless: false,
		decapsulated: false,
	};
}
