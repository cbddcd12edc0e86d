/** Flannel's backends: how a node reaches the subnets of the others (flannel pkg/backend). */
import type { Family } from "../../address/address.ts";
import { addressBits } from "../../address/address.ts";
import type { FlannelSettings } from "../../cluster/settings.ts";
import type { Origin } from "../../origin/origin.ts";
import { IPIP_OVERHEAD } from "../../packet/packet.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { InterfaceAddress, Route } from "../../state/ip.ts";
import { unicastRoute } from "../route.ts";
import { CARD, type Card, cardAddress } from "../underlay/underlay.ts";
import { type Lease, vxlanDevice } from "./leases.ts";

/** What one other node's lease brings, by whether that node is on the link of the card. */
export interface Peer {
	readonly onLink: Contribution;
	readonly behindRouter: Contribution;
}

export interface Backend {
	readonly families: readonly Family[];
	/** Pods of other nodes are reached by the VPC's own routes. */
	readonly podRoutesInVpc: boolean;
	/** FLANNEL_MTU, for cni0 and the pods, from the card's. */
	mtu(card: number, settings: FlannelSettings): number;
	/** The node's own tunnel device for a family. */
	device(lease: Lease, card: Card, settings: FlannelSettings): Contribution;
	/** Made once for each lease and shared by all other nodes. */
	peer(lease: Lease, settings: FlannelSettings): Peer;
}

const NOTHING: Contribution = {};
/** `encapOverhead` of pkg/backend/vxlan: the same for both families. */
const VXLAN_ENCAP_OVERHEAD = 50;
/** What the kernel takes off a lower device's MTU (drivers/net/vxlan vxlan_headroom()): the IPv6 header is 20 bytes longer. */
const VXLAN_HEADROOM: Readonly<Record<Family, number>> = { 4: 50, 6: 70 };
/** The kernel's default port of VXLAN devices, which flannel leaves alone on Linux. */
const VXLAN_DEFAULT_PORT = 8472;
const IPIP_DEVICE = "flannel.ipip";

function originOf(lease: Lease): Origin {
	return { component: "flannel", object: lease.place };
}

/** `SUBNET via PUBLIC-IP dev eth0`: the other node is the next hop itself. */
function directRoute(lease: Lease): readonly Route[] {
	if (lease.publicAddress === undefined) return [];
	return [unicastRoute(lease.subnet, { via: lease.publicAddress, device: CARD, origin: originOf(lease) })];
}

/** The subnet's network address as a host address, so that it brings no routes: the source of what the host itself sends. */
function tunnelAddress(lease: Lease, device: string): InterfaceAddress {
	return {
		device,
		address: lease.subnet.address,
		prefixLength: addressBits(lease.family),
		scope: "global",
		secondary: false,
		noPrefixRoute: false,
		origin: originOf(lease),
	};
}

/**
 * ali-vpc: nothing on the nodes; the VPC's route table leads pod CIDRs to instances (seed 001 L139). Dual stack is vxlan's and
 * host-gw's alone (Documentation/configuration.md).
 */
const vpc: Backend = {
	families: [4],
	podRoutesInVpc: true,
	mtu: (card) => card,
	device: () => NOTHING,
	peer: () => ({ onLink: NOTHING, behindRouter: NOTHING }),
};

/** host-gw (hostgw.go). The kernel refuses a next hop that is not on the link, so a node behind a router gets no route. */
const hostGw: Backend = {
	families: [4, 6],
	podRoutesInVpc: false,
	mtu: (card) => card,
	device: () => NOTHING,
	peer: (lease) => ({ onLink: { routes: directRoute(lease) }, behindRouter: NOTHING }),
};

/** vxlan (vxlan.go, vxlan_network.go): a route, a neighbour and an FDB entry for each other node, all static. */
const vxlan: Backend = {
	families: [4, 6],
	podRoutesInVpc: false,
	mtu: (card, settings) => (settings.mtu || card) - VXLAN_ENCAP_OVERHEAD,
	device: (lease, card, settings) => {
		const name = vxlanDevice(lease.family, settings);
		const local = cardAddress(card, lease.family)?.address;
		return {
			links: [
				{
					kind: "vxlan",
					name,
					index: 0,
					// flannel asks for the same MTU in both families; vxlan_config_apply() cuts it down to what fits.
					mtu: Math.min(vxlan.mtu(card.mtu, settings), card.mtu - VXLAN_HEADROOM[lease.family]),
					mac: lease.vtepMac,
					up: true,
					carrier: true,
					vni: settings.vni,
					...(local && { local }),
					dstport: settings.port || VXLAN_DEFAULT_PORT,
					lower: { device: CARD },
					learning: false,
					external: false,
					origin: originOf(lease),
				},
			],
			addresses: [tunnelAddress(lease, name)],
			sysctls: new Map([[`net.ipv6.conf.${name.replaceAll(".", "/")}.accept_ra`, "0"]]),
		};
	},
	peer: (lease, settings) => {
		const tunnelled = vxlanPeer(lease, settings);
		return {
			onLink: settings.directRouting ? { routes: directRoute(lease) } : tunnelled,
			behindRouter: tunnelled,
		};
	},
};

function vxlanPeer(lease: Lease, settings: FlannelSettings): Contribution {
	const { family, subnet, vtepMac: mac, publicAddress } = lease;
	if (publicAddress === undefined) return NOTHING;
	const device = vxlanDevice(family, settings);
	const origin = originOf(lease);
	const via = subnet.address;
	return {
		routes: [unicastRoute(subnet, { via, device, onlink: true, origin })],
		neighbours: [{ family, device, address: via, mac, state: "permanent", proxy: false, origin }],
		fdb: [{ device, mac, destination: publicAddress, self: true, state: "permanent", origin }],
	};
}

/** ipip (ipip.go): IPv4 only. With DirectRouting only the device changes; the route stays `onlink`. */
const ipip: Backend = {
	families: [4],
	podRoutesInVpc: false,
	mtu: (card) => card - IPIP_OVERHEAD,
	device: (lease, card) => {
		if (lease.family !== 4) return NOTHING;
		const local = cardAddress(card, 4)?.address;
		const base = { name: IPIP_DEVICE, index: 0, mtu: card.mtu - IPIP_OVERHEAD, mac: null, up: true, carrier: true };
		return {
			links: [{ kind: "ipip", ...base, noArp: true, ...(local && { local }), origin: originOf(lease) }],
			addresses: [tunnelAddress(lease, IPIP_DEVICE)],
		};
	},
	peer: (lease, settings) => ({
		onLink: ipipPeer(lease, settings.directRouting ? CARD : IPIP_DEVICE),
		behindRouter: ipipPeer(lease, IPIP_DEVICE),
	}),
};

function ipipPeer(lease: Lease, device: string): Contribution {
	const { family, subnet, publicAddress: via } = lease;
	if (family !== 4 || via === undefined) return NOTHING;
	return { routes: [unicastRoute(subnet, { via, device, onlink: true, origin: originOf(lease) })] };
}

export const BACKENDS: Readonly<Record<FlannelSettings["backend"], Backend>> = {
	vpc,
	"host-gw": hostGw,
	vxlan,
	ipip,
};
