/** Faults of Calico's BGP and pools. */
import type { Changes, Fault } from "./fault.ts";

const SAME_RACK = { from: "pod/default/a1", to: "pod/default/b1:80" } as const;
const OTHER_RACK = { from: "pod/default/a1", to: "pod/default/d1:80" } as const;

/** Peerings of the atlas that select nobody until a scenario labels a node. */
export const NO_SPARE_PEERS: Changes = {
	"bgppeer/reflectors": null,
	"bgppeer/uplink-1": null,
	"bgppeer/uplink-2": null,
};

const MESH_OFF: Changes = { "bgpconfiguration/default": { spec: { nodeToNodeMeshEnabled: false } } };

/** All nodes peer with the switch of their rack, which is in an AS of its own; the two racks are in two. */
export const UPLINKS: Changes = {
	...MESH_OFF,
	"bgppeer/reflectors": null,
	"host/tor": {
		spec: {
			bgp: {
				asNumber: 64500,
				neighbours: [
					{ address: "192.168.1.1", asNumber: 65001 },
					{ address: "192.168.1.2", asNumber: 65001 },
					{ address: "192.168.2.3", asNumber: 65002 },
				],
			},
		},
	},
	"node/c1": { metadata: { labels: { uplink: "rack-1" }, annotations: { "projectcalico.org/ASNumber": "65001" } } },
	"node/c2": { metadata: { labels: { uplink: "rack-1" }, annotations: { "projectcalico.org/ASNumber": "65001" } } },
	"node/c3": { metadata: { labels: { uplink: "rack-2" }, annotations: { "projectcalico.org/ASNumber": "65002" } } },
};

/** c3 reflects what c1 and c2 tell it. */
export const REFLECTOR: Changes = {
	...MESH_OFF,
	"bgppeer/uplink-1": null,
	"bgppeer/uplink-2": null,
	"node/c3": {
		metadata: {
			labels: { "route-reflector": "true" },
			annotations: { "projectcalico.org/RouteReflectorClusterID": "244.0.0.1" },
		},
	},
};

/** Of a mesh in one rack. */
export const MESH_FAULTS: readonly Fault[] = [
	{
		name: "the mesh is off, and nobody is a peer",
		...SAME_RACK,
		change: MESH_OFF,
		code: "bgp-mesh-off",
		object: "bgpconfiguration/default",
	},
	{
		name: "the pool is not exported",
		...SAME_RACK,
		change: { "ippool/default-ipv4-ippool": { spec: { disableBGPExport: true } } },
		code: "pool-not-exported",
		object: "ippool/default-ipv4-ippool",
	},
	{
		name: "a node is said to be reached at an address that it does not have: a wrong next hop",
		...SAME_RACK,
		change: { "node/c2": { metadata: { annotations: { "projectcalico.org/IPv4Address": "192.168.1.99/24" } } } },
		code: "node-address-not-held",
		object: "node/c2",
	},
	{
		name: "pods of two racks, packets as they are, and a router that knows no pods",
		...OTHER_RACK,
		change: {},
		code: "router-knows-no-pods",
		object: "ippool/default-ipv4-ippool",
	},
];

/** Of nodes that peer with their rack's switch. */
export const UPLINK_FAULTS: readonly Fault[] = [
	{
		name: "a BGPPeer expects another AS of the switch",
		...OTHER_RACK,
		change: { "bgppeer/uplink-2": { spec: { asNumber: 64501 } } },
		code: "bgp-session-down",
		object: "bgppeer/uplink-2",
	},
	{
		name: "the switch expects another AS of a node",
		...OTHER_RACK,
		change: { "node/c3": { metadata: { annotations: { "projectcalico.org/ASNumber": "65009" } } } },
		code: "bgp-session-down",
		object: "bgppeer/uplink-2",
	},
	{
		name: "the switch has no neighbour in one rack",
		...OTHER_RACK,
		change: {
			"host/tor": {
				spec: {
					bgp: {
						neighbours: [
							{ address: "192.168.1.1", asNumber: 65001 },
							{ address: "192.168.1.2", asNumber: 65001 },
						],
					},
				},
			},
		},
		code: "bgp-session-down",
		object: "host/tor",
	},
	{
		name: "a BGPPeer has the address of nobody",
		...OTHER_RACK,
		change: { "bgppeer/uplink-2": { spec: { peerIP: "192.168.2.253" } } },
		code: "bgp-session-down",
		object: "bgppeer/uplink-2",
	},
	{
		name: "the nodeSelector of a BGPPeer matches no node, for which the switch waits",
		...OTHER_RACK,
		change: { "bgppeer/uplink-2": { spec: { nodeSelector: "uplink == 'rack-two'" } } },
		code: "bgp-peer-selects-nobody",
		object: "bgppeer/uplink-2",
	},
	{
		name: "the nodeSelector of a BGPPeer matches no node, and the switch waits for nobody",
		...OTHER_RACK,
		change: {
			"bgppeer/uplink-2": { spec: { nodeSelector: "uplink == 'rack-two'" } },
			"host/tor": {
				spec: {
					bgp: {
						neighbours: [
							{ address: "192.168.1.1", asNumber: 65001 },
							{ address: "192.168.1.2", asNumber: 65001 },
						],
					},
				},
			},
		},
		code: "bgp-peer-selects-nobody",
		object: "bgppeer/uplink-2",
	},
	{
		name: "a node has lost the label that its BGPPeer asks for",
		...OTHER_RACK,
		change: {
			"node/c3": { metadata: { labels: { uplink: null } } },
			"host/tor": {
				spec: {
					bgp: {
						neighbours: [
							{ address: "192.168.1.1", asNumber: 65001 },
							{ address: "192.168.1.2", asNumber: 65001 },
						],
					},
				},
			},
		},
		code: "bgp-peer-selects-nobody",
		object: "bgppeer/uplink-2",
	},
	{
		name: "the switch speaks no BGP",
		...OTHER_RACK,
		change: { "host/tor": { spec: { bgp: null } } },
		code: "bgp-session-down",
		object: "bgppeer/uplink-1",
	},
];

/** Of a route reflector. */
export const REFLECTOR_FAULTS: readonly Fault[] = [
	{
		name: "the reflector has no cluster id",
		...SAME_RACK,
		change: { "node/c3": { metadata: { annotations: { "projectcalico.org/RouteReflectorClusterID": null } } } },
		code: "bgp-reflector-without-cluster-id",
		object: "node/c3",
	},
	{
		name: "a client is missing: the BGPPeer selects one node alone",
		...SAME_RACK,
		change: { "bgppeer/reflectors": { spec: { nodeSelector: "kubernetes.io/hostname == 'nobody'" } } },
		code: "bgp-peer-selects-nobody",
		object: "bgppeer/reflectors",
	},
	{
		name: "nobody has the label of a reflector",
		...SAME_RACK,
		change: { "node/c3": { metadata: { labels: { "route-reflector": null } } } },
		code: "bgp-peer-selects-nobody",
		object: "bgppeer/reflectors",
	},
];

/** Of pools, on the cluster of calico-ipip: nodes of two racks need the tunnel. */
export const TUNNEL_FAULTS: readonly Fault[] = [
	{
		name: "the pool has natOutgoing no more, and a machine outside answers to a pod's address",
		from: "pod/default/a1",
		to: "192.168.1.50:22",
		change: { "ippool/default-ipv4-ippool": { spec: { natOutgoing: false } } },
		code: "router-knows-no-pods",
		object: "ippool/default-ipv4-ippool",
	},
	{
		name: "the pool has no tunnel any more",
		...OTHER_RACK,
		change: { "ippool/default-ipv4-ippool": { spec: { ipipMode: "Never" } } },
		code: "router-knows-no-pods",
		object: "ippool/default-ipv4-ippool",
	},
	{
		name: "CrossSubnet, where a node's subnet is said to be wider than it is",
		...OTHER_RACK,
		change: {
			"ippool/default-ipv4-ippool": { spec: { ipipMode: "CrossSubnet" } },
			"node/c1": { metadata: { annotations: { "projectcalico.org/IPv4Address": "192.168.1.1/16" } } },
		},
		code: "router-knows-no-pods",
		object: "ippool/default-ipv4-ippool",
	},
];
