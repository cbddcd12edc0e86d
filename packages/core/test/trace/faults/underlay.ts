/** Faults of VLANs, and of Hybridnet's networks and their BGP peers. */
import type { Changes, Fault } from "./fault.ts";

const HYBRIDNET = { from: "pod/default/p1", to: "pod/default/p2:80" } as const;
const HYBRIDNET_V6 = { from: "pod/default/p1", to: "[fd00:20::21]:80" } as const;
const BIFROST = { from: "pod/default/m1", to: "pod/default/m3:80" } as const;
const BIFROST_VLANS = { from: "pod/default/m5", to: "pod/default/m3:80" } as const;

function ports(...each: readonly object[]): Changes {
	return { "segment/lan": { spec: { ports: each } } };
}

export const HYBRIDNET_VLAN_FAULTS: readonly Fault[] = [
	{
		name: "the port of the other node does not carry the VLAN",
		...HYBRIDNET,
		change: ports({ machine: "node/n1", trunk: [20] }, { machine: "node/n2", trunk: [30] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the port of the own node does not carry the VLAN",
		...HYBRIDNET,
		change: ports({ machine: "node/n1", trunk: [30] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the port of the other node has the VLAN without a tag",
		...HYBRIDNET,
		change: ports({ machine: "node/n2", access: 20 }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the port of the other node has another VLAN without a tag",
		...HYBRIDNET,
		change: ports({ machine: "node/n2", access: 30 }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "neither port carries it",
		...HYBRIDNET,
		change: ports({ machine: "node/n1", trunk: [] }, { machine: "node/n2", trunk: [] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "in IPv6 too",
		...HYBRIDNET_V6,
		change: ports({ machine: "node/n2", trunk: [30] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the network has another VLAN than the switch, to a machine outside",
		from: "pod/default/p1",
		to: "host/desk:22",
		change: { "network/vlan": { spec: { netID: 21 } } },
		code: "vlan-differs",
		object: "network/vlan",
	},
	{
		name: "the subnet's gateway is not the router",
		from: "pod/default/p1",
		to: "host/desk:22",
		change: { "subnet/vlan-v4": { spec: { range: { gateway: "10.20.0.9" } } } },
		code: "gateway-differs",
		object: "subnet/vlan-v4",
	},
	{
		name: "the network does not select the pod's node",
		...HYBRIDNET,
		change: { "network/vlan": { spec: { nodeSelector: { network: "rack-9" } } } },
		code: "node-not-in-network",
		object: "network/vlan",
	},
	{
		name: "the other node lost the network's label",
		...HYBRIDNET,
		change: { "node/n2": { metadata: { labels: { network: null } } } },
		code: "node-not-in-network",
		object: "network/vlan",
	},
	{
		name: "the switch has the VLAN under another number",
		...HYBRIDNET,
		change: {
			"segment/lan": {
				spec: {
					vlans: [{ id: 22, cidrs: ["10.20.0.0/24", "fd00:20::/64"], gateways: ["10.20.0.1"] }],
					ports: [
						{ machine: "node/n1", trunk: [22] },
						{ machine: "node/n2", trunk: [22] },
					],
				},
			},
		},
		code: "vlan-differs",
		object: "network/vlan",
	},
];

export const BIFROST_FAULTS: readonly Fault[] = [
	{
		name: "the port of the other node does not carry the VLAN",
		...BIFROST,
		change: ports({ machine: "node/n1", trunk: [5, 10] }, { machine: "node/n2", trunk: [5] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the port of the own node does not carry the VLAN",
		...BIFROST,
		change: ports({ machine: "node/n1", trunk: [5] }, { machine: "node/n2", trunk: [5, 10] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the port of the other node has the VLAN without a tag",
		...BIFROST,
		change: ports({ machine: "node/n1", trunk: [5, 10] }, { machine: "node/n2", access: 10 }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the port of the other node is in another VLAN",
		...BIFROST,
		change: ports({ machine: "node/n1", trunk: [5, 10] }, { machine: "node/n2", access: 5 }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the port of the own node is in another VLAN",
		...BIFROST,
		change: ports({ machine: "node/n1", access: 5 }, { machine: "node/n2", trunk: [5, 10] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "across VLANs: the client's VLAN is missing on its port",
		...BIFROST_VLANS,
		change: ports({ machine: "node/n1", trunk: [10] }, { machine: "node/n2", trunk: [5, 10] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "across VLANs: the server's VLAN is missing on its port",
		...BIFROST_VLANS,
		change: ports({ machine: "node/n1", trunk: [5, 10] }, { machine: "node/n2", trunk: [5] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "no port is a trunk",
		...BIFROST,
		change: ports({ machine: "node/n1", access: 10 }, { machine: "node/n2", access: 10 }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "the trunk carries the VLANs of pods of another network",
		...BIFROST,
		change: ports({ machine: "node/n1", trunk: [5, 10] }, { machine: "node/n2", trunk: [50, 100] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
	{
		name: "from a machine outside: the VLAN is missing on the node's port",
		from: "host/desk",
		to: "pod/default/m3:80",
		change: ports({ machine: "node/n2", trunk: [5] }),
		code: "vlan-not-on-port",
		object: "segment/lan",
	},
];

/** The segment's router is a host that speaks BGP. */
export const ROUTER_HOST: Changes = {
	"host/desk": {
		spec: {
			addresses: ["10.0.0.1", "fd00:10::1"],
			forwarding: true,
			bgp: {
				asNumber: 65000,
				neighbours: [
					{ address: "10.0.0.11", asNumber: 65001 },
					{ address: "10.0.0.12", asNumber: 65001 },
					{ address: "fd00:10::11", asNumber: 65001 },
					{ address: "fd00:10::12", asNumber: 65001 },
				],
			},
		},
	},
};

function peers(...each: readonly object[]): Changes {
	return { "network/bgp": { spec: { config: { bgpPeers: each } } } };
}

function neighbours(...each: readonly object[]): Changes {
	return { "host/desk": { spec: { bgp: { neighbours: each } } } };
}

export const HYBRIDNET_BGP_FAULTS: readonly Fault[] = [
	{ name: "the network has no peers", ...HYBRIDNET, change: peers(), code: "bgp-no-peers", object: "network/bgp" },
	{
		name: "the network names the address of nobody",
		...HYBRIDNET,
		change: peers({ asn: 65000, address: "10.0.0.9" }),
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the network expects another AS of the router",
		...HYBRIDNET,
		change: peers({ asn: 65009, address: "10.0.0.1" }),
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the network is in another AS than the router expects",
		...HYBRIDNET,
		change: { "network/bgp": { spec: { netID: 65005 } } },
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the router is in another AS",
		...HYBRIDNET,
		change: { "host/desk": { spec: { bgp: { asNumber: 64999 } } } },
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the router does not have the other node as a neighbour",
		...HYBRIDNET,
		change: neighbours({ address: "10.0.0.11", asNumber: 65001 }),
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the router expects another AS of the other node",
		...HYBRIDNET,
		change: neighbours({ address: "10.0.0.11", asNumber: 65001 }, { address: "10.0.0.12", asNumber: 65002 }),
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the router has a wrong address for the other node",
		...HYBRIDNET,
		change: neighbours({ address: "10.0.0.11", asNumber: 65001 }, { address: "10.0.0.13", asNumber: 65001 }),
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the router has no neighbours",
		...HYBRIDNET,
		change: neighbours(),
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the router speaks no BGP",
		...HYBRIDNET,
		change: { "host/desk": { spec: { bgp: null } } },
		code: "bgp-session-down",
		object: "network/bgp",
	},
	{
		name: "the network does not select the other node",
		...HYBRIDNET,
		change: { "node/n2": { metadata: { labels: { network: "rack-2" } } } },
		code: "node-not-in-network",
		object: "network/bgp",
	},
];
