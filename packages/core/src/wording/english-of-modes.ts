/** What the modes' causes and what is taken for granted say in English. */
export const ENGLISH_OF_MODES = {
	"gateway-assumed":
		"what the gateway of {fabric} to the Internet does with {address} is not described: it is taken to let the connection out and back",
	"security-group-unknown":
		"the input does not say the security groups of {card}: they are taken to let the packet pass",
	"recent-list-empty": 'no packet of this {side} is in the list "{list}" of -m recent yet',
	"limit-not-reached": "the rate limit of {rate} is not used up",
	"traffic-class-not-followed": "the packet's traffic class was rewritten, which is not followed",
	"set-not-changed": 'the rules change the set "{set}", which is taken as it was',
	"dynamic-set": "set {set} of {table} fills as packets pass; it is taken to hold nothing of this packet",
	"rate-limit": '"{limit}" of {table} is taken not to be reached',

	"network-mode-unknown":
		"{what}, so nodes have only {card} and kube-proxy's rules, and pods are not described (known: {known})",
	"mode-not-said": "the input does not say the network mode",
	"mode-not-known": "network mode {mode} is not known",
	"pod-address-assigned": "the input does not say an address of {pod}: {address} is taken, from {by}",
	"family-not-carried":
		"mode {mode} does not carry IPv{family} between nodes, so pods of {block} reach only their own node",
	"underlay-assumed": "the input does not describe the network between the nodes: {network} is assumed, {blocks}",
	"underlay-block": "{prefix} with a router at {gateway}",
	"underlay-two-blocks": "{first} and {second}",
	"one-vpc-with-routes": "one VPC that leads each pod CIDR to its node",
	"one-vpc": "one VPC of one vSwitch",
	"one-segment": "one layer 2 segment",
	"vswitch-assumed": "VPC {vpc} names no vSwitch: each of its CIDRs is taken to be one",
	"eni-device-assumed": "the input does not say by which device {instance} has ENI {eni}: {device} is assumed",
	"card-without-address":
		"{place} has no address in the input, so its {device} has none and leads nowhere that is known",
	"card-on-nothing":
		"{place} ({addresses}) is in no vSwitch and no Segment of the input, so what its {device} is connected to is not known",
	"node-port-missing": "{service} has no node port for {listeners}, so the load balancer has no members there",

	"bgp-session-nobody":
		"{self}: no BGP session with {address}{by}: the input describes nobody who speaks BGP there{where}",
	"bgp-session-one-sided":
		"{self}: no BGP session with {address}{by}: {peer} does not have {self} as a neighbour{where}",
	"bgp-session-as":
		"{who} expects AS {expected} of {address}, but {other} has AS {has}: they have no BGP session{where}",
	"bgp-session-as-fix": "at {who} expect AS {has} of {address}, or give {other} AS {expected}",
	"bgp-session-fix": "give both sides each other's address and AS",
	"bgp-unsettled": "the BGP routes to {prefix} never settle: speakers' preferences contradict each other",

	"bgp-filter-missing": '{peer} names BGPFilter "{filter}", which the input does not have: no route is held back by it',
	"bgp-filter-not-evaluated":
		"{filter} has rules with {fields}, which are not evaluated: such a rule is taken to match nothing",
	"bgp-filter-exports-more":
		"{filter} accepts routes for export before Calico's own filter is asked: the node's routes to single pods and its own subnets that it lets through are not followed",

	"node-address-not-held":
		"{place} {where} says by projectcalico.org/IPv{family}Address that it is reached at {address}, which its card does not have ({has})",
	"node-address-not-held-fix":
		"let calico-node find the node's address itself (IP=autodetect), or say the one that the card has",
	none: "none",
	others: "others",
	"the-others": "the others",
	"pool-not-exported": "{pool} {where} is not exported, so nobody is told of {block}",
	"pool-not-exported-fix": "set disableBGPExport: false",
	"bgp-route-filtered": "{filter}{where} holds the route to {block} back between {peer} and {speaker}",
	"bgp-route-filtered-fix": "accept the route in the filter, or take the filter from the BGPPeer",
	"bgp-peer-names-nobody": '{peer} {where} names node "{node}", which no node is, so it joins nobody',
	"bgp-peer-selects-nobody": "{peer} {where} has {field} {selector}, which no node is, so it joins nobody",
	"name-a-node": "name a node of the cluster",
	"correct-selector": "correct the selector, or label the nodes",
	"bgp-reflector-without-cluster-id":
		"{place} {where} has sessions with {owner} and {other} and reflects nothing: it has no projectcalico.org/RouteReflectorClusterID",
	"bgp-reflector-without-cluster-id-fix": "give it a routeReflectorClusterID, or join the nodes by the mesh",
	"bgp-mesh-off":
		"{object} {where} turns the mesh off, and no BGPPeer joins {owner} and {other}: nobody tells of {block}",
	"bgp-mesh-off-fix": "turn the mesh on, or peer the nodes with a route reflector or a switch by a BGPPeer",
	"pool-sends-bare": "{pool} {where} sends packets between nodes as they are, and ",
	"pool-sends-bare-in-subnet": "{pool} {where} sends packets between nodes of one subnet as they are, and ",
	"pool-without-nat": "{pool} {where} has natOutgoing false, so machines outside see the pod's own address, and ",
	"router-knows-no-pods": "{kept}{router} {where} on the way speaks no BGP, so it knows nothing of {block}",
	"router-knows-no-pods-fix":
		"set ipipMode or vxlanMode of the pool to CrossSubnet, or let the router be a BGP peer of the nodes",
	"pool-sends-bare-in-subnet-fix":
		"say the true prefix length in the nodes' projectcalico.org/IPv4Address, set the pool's ipipMode or vxlanMode to Always, or let the router be a BGP peer of the nodes",
	"pool-without-nat-fix":
		"set natOutgoing: true, or let the router know the pods' addresses: as a BGP peer of the nodes, or by a route written by hand",
	"router-without-route-fix":
		"let the router know the pods' addresses: as a BGP peer of the nodes, or by a route written by hand",
	"tunnel-address-assumed": "the input does not say the address of {device} on {place}: {what} is assumed",
	"tunnel-address-none": "none, as it has no block",
	"tunnel-address-first": "{address}, the first that no pod has",
	"ip-pool-assumed": "the input holds no IPPool: one of {cidr} is assumed, with {encapsulation} and natOutgoing {nat}",
	"no-encapsulation": "no encapsulation",
	"ipam-blocks-assumed":
		"the input holds no IPAMBlock and no BlockAffinity: each node is taken to have the blocks that its pods' addresses are in",

	"no-segment-of-pod": "no Segment and no VLAN of the input holds an address of {pod}, so it has no network",
	"no-contiv-network": "no Contiv network has an address of {pod}, so it has no network",
	"no-contiv-settings":
		"the Cluster object has no spec.contiv, so podpath knows no network of Contiv's and pods have none",
	"contiv-release-assumed":
		"{node} does not learn {route} by BGP: its agent knows the pod from the other's and leads to the BGP neighbour, as in the release of documents/networking/bgp.md (later ones lead to the other node's uplink)",
	"contiv-without-bgp":
		"spec.contiv.bgp has no entry for node {node}, so nobody is told of its pods, and they reach each other alone",
	"contiv-without-bgp-fix": "add the node to spec.contiv.bgp (netctl bgp create)",
	"contiv-uplink-missing":
		"the input does not say where {uplink} of {place} is connected, so its switch has no way out (a Segment's port says it: machine: {node}, device: {uplink})",

	"node-not-in-network":
		"{network} {where} does not hold {node} {there}: its nodeSelector does not select it, so nothing there knows its pods' subnets",
	"node-not-in-network-fix": "label the node as the nodeSelector asks, or run the pod elsewhere",
	"vlan-differs": "{network} {where} puts {subnet} in VLAN {vlan}, but {segment} {there} has {cidr} in VLAN {held}",
	"vlan-differs-fix": "set netID {held}",
	"gateway-differs": "{subnet} {where} has the gateway {gateway}, but {segment} {there} routes at {has}",
	"gateway-differs-fix": "set range.gateway to {has}",
	"network-without-peers": "{network} {where} has no bgpPeers, so nobody is told of its pods",
	"network-without-peers-fix": "name the router in config.bgpPeers",
	"in-no-hybridnet-subnet": "{pod} has {address}, which is in no Subnet of Hybridnet: nothing leads there",
	"pod-network-assumed":
		"the input has no Network and no Subnet of Hybridnet: one {mode} network is taken, of {subnets}",
	"in-vlan": "{cidr} in VLAN {vlan}",
	"no-subnet": "no subnet",

	"card-missing":
		"{node} is not said to have {card}, on which {device} of {pod} stands (a Segment's port for one card of a machine says it)",
	"plugin-not-evaluated": "{network} is made by plug-in {plugin}, which podpath does not evaluate",
	"card-address-missing":
		"what addresses {ipam} gives {device} of {pod} the input does not say (annotation k8s.v1.cni.cncf.io/network-status does)",
	"requested-address-ignored":
		"{pod} asks for addresses on {network}, which has no capabilities: {capabilities}: the plug-in is not told",

	"host-interface-unusable": "{pod}: annotation {annotation} ({name}) is not followed, as {why}",
	"another-pod-has-it": "another pod of the node has it",
	"no-device-name": "it is no valid device name",
	"pod-cidr-assumed": "{node} names no pod CIDR: {subnet} is taken, by the addresses of its pods",
	"pod-address-outside-subnet":
		"{pod} has {addresses}, which is not of its node's pod CIDR ({subnets}): it gets no routes for it",
} as const;
