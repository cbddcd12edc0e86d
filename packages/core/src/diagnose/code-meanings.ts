/** What each code of a finding means. docs/findings.md is generated from here. */
import type { FindingCode } from "./codes.ts";

export interface CodeMeaning {
	/** What is found, in a few words. */
	readonly title: string;
	/** What it does to packets. */
	readonly effect: string;
	/** Who usually writes such an entry. */
	readonly owner: string;
}

export const FINDING_CODES: Readonly<Record<FindingCode, CodeMeaning>> = {
	"link-missing": {
		title: "A device is not there",
		effect: "What leaves by it has no way; addresses, routes and neighbours of the device went with it.",
		owner: "the CNI plug-in, the CNI's daemon, or the machine's cards",
	},
	"link-down": {
		title: "A device is down",
		effect: "Nothing passes it, and the kernel took away the routes over it.",
		owner: "the CNI plug-in, the CNI's daemon, or the administrator",
	},
	"link-no-carrier": {
		title: "A device has no carrier",
		effect: "Its far end is down or gone: nothing passes.",
		owner: "whoever has the far end",
	},
	"link-wrong": {
		title: "A device was made otherwise",
		effect: "VNI, tunnel ends, VLAN id or mode are not what the other side expects.",
		owner: "the CNI's daemon",
	},
	"link-master-wrong": {
		title: "A device is no port of its bridge",
		effect: "The bridge neither takes its frames nor sends any to it.",
		owner: "the CNI plug-in",
	},
	"bridge-port-wrong": {
		title: "A bridge port's settings differ",
		effect: "Without hairpin a pod does not reach itself by a Service; isolated ports do not reach each other.",
		owner: "the CNI plug-in",
	},
	"vlan-missing": {
		title: "A port carries other VLANs",
		effect: "Frames of a VLAN that the port does not carry are dropped.",
		owner: "the CNI's daemon, or the administrator",
	},
	"mtu-wrong": {
		title: "A device's MTU differs",
		effect: "Small packets pass, large ones may be dropped or fragmented.",
		owner: "the CNI's daemon, or the administrator",
	},
	"mtu-too-big-for-tunnel": {
		title: "Packets of full size do not fit the tunnel",
		effect: "Small packets pass; those that fill the device's MTU are too large once they are wrapped.",
		owner: "the CNI's daemon",
	},
	"address-missing": {
		title: "An address is not there",
		effect: "Packets to it are not for this stack, and its connected route is gone.",
		owner: "the CNI plug-in, kube-proxy (kube-ipvs0), or the administrator",
	},
	"address-wrong": {
		title: "An address has another prefix",
		effect: "The connected route leads too far, or not far enough.",
		owner: "the CNI plug-in",
	},
	"address-unexpected": {
		title: "An address is where it should not be",
		effect: "The stack takes packets to it for its own.",
		owner: "nobody that podpath knows",
	},
	"duplicate-address": {
		title: "Two stacks have one address",
		effect: "Whoever answers ARP first gets the packets.",
		owner: "nobody: one of the two is too many",
	},
	"route-missing": {
		title: "A route is not there",
		effect: "Packets to the destination take a less specific route, or have none.",
		owner: "the CNI's daemon, BIRD, or the kernel for connected routes",
	},
	"route-wrong": {
		title: "A route leads elsewhere",
		effect: "Packets to the destination go to another next hop or by another device.",
		owner: "the CNI's daemon or BIRD",
	},
	"route-unexpected": {
		title: "A route that nobody should have written",
		effect: "It takes packets from the route that they should take.",
		owner: "nobody that podpath knows",
	},
	"rule-missing": {
		title: "A policy rule is not there",
		effect: "Packets are routed by another table.",
		owner: "the CNI (terway, hybridnet)",
	},
	"rule-wrong": {
		title: "A policy rule leads to another table",
		effect: "Packets are routed by another table.",
		owner: "the CNI (terway, hybridnet)",
	},
	"rule-unexpected": {
		title: "A policy rule that nobody should have written",
		effect: "It takes packets from the table that they should be routed by.",
		owner: "nobody that podpath knows",
	},
	"neighbour-missing": {
		title: "A static neighbour is not there",
		effect: "Where nobody answers for the address, the next hop has no MAC.",
		owner: "flanneld, felix, or the CNI plug-in",
	},
	"neighbour-wrong": {
		title: "A neighbour has another MAC",
		effect: "Frames go to the wrong device, or to none.",
		owner: "flanneld, felix, or the CNI plug-in",
	},
	"neighbour-unexpected": {
		title: "A static neighbour that nobody should have written",
		effect: "It fixes a MAC that would otherwise be asked for.",
		owner: "nobody that podpath knows",
	},
	"fdb-missing": {
		title: "A forwarding entry is not there",
		effect: "A VXLAN device does not know to which node a MAC belongs.",
		owner: "flanneld, felix or hybridnet",
	},
	"fdb-wrong": {
		title: "A forwarding entry leads elsewhere",
		effect: "The tunnel's packets go to another node.",
		owner: "flanneld, felix or hybridnet",
	},
	"fdb-unexpected": {
		title: "A forwarding entry that nobody should have written",
		effect: "Frames for the MAC go where it says.",
		owner: "nobody that podpath knows",
	},
	"sysctl-wrong": {
		title: "A sysctl has another value",
		effect: "ip_forward, rp_filter, proxy_arp, bridge-nf-call-iptables and others decide what a stack does at all.",
		owner: "the administrator, the kubelet, or the CNI",
	},
	"iptables-rule-missing": {
		title: "A rule is not there",
		effect: "Packets are not marked, translated or accepted as they should be.",
		owner: "kube-proxy, felix, flanneld …",
	},
	"iptables-rule-wrong": {
		title: "A rule says something else",
		effect: "Packets are translated to another destination, or judged otherwise.",
		owner: "kube-proxy, felix, flanneld …",
	},
	"iptables-rule-unexpected": {
		title: "A rule that nobody should have written",
		effect: "It judges or changes packets before those rules that should.",
		owner: "nobody that podpath knows",
	},
	"chain-empty": {
		title: "Chains are empty or gone",
		effect: "Somebody flushed the table, or whoever writes it never did.",
		owner: "kube-proxy, felix …",
	},
	"chain-policy-wrong": {
		title: "A chain's policy differs",
		effect: "What no rule decides is dropped, or accepted.",
		owner: "the administrator, or a container runtime",
	},
	"nft-rule-missing": {
		title: "An nftables rule is not there",
		effect: "Packets are not translated or accepted as they should be.",
		owner: "kube-proxy, flanneld",
	},
	"nft-rule-unexpected": {
		title: "An nftables rule that nobody should have written",
		effect: "It judges or changes packets.",
		owner: "nobody that podpath knows",
	},
	"nft-element-missing": {
		title: "An element of a set or map is not there",
		effect: "A Service, an endpoint or an address is not known to the rules.",
		owner: "kube-proxy, flanneld",
	},
	"nft-element-unexpected": {
		title: "An element of a set or map is too many",
		effect: "The rules take something for a Service, an endpoint or an address that is none.",
		owner: "nobody that podpath knows",
	},
	"ipset-missing": {
		title: "A set is not there",
		effect: "Rules that ask it match nothing, or could not be loaded.",
		owner: "kube-proxy (IPVS), felix, hybridnet",
	},
	"ipset-wrong": {
		title: "A set is of another type",
		effect: "Rules that ask it compare other parts of the packet.",
		owner: "kube-proxy (IPVS), felix, hybridnet",
	},
	"ipset-unexpected": {
		title: "A set that nobody should have made",
		effect: "None by itself.",
		owner: "nobody that podpath knows",
	},
	"ipset-member-missing": {
		title: "A member of a set is not there",
		effect: "Packets with the address or port are not treated as they should be.",
		owner: "kube-proxy (IPVS), felix, hybridnet",
	},
	"ipset-member-unexpected": {
		title: "A member of a set is too many",
		effect: "Packets with the address or port are treated as if they were meant.",
		owner: "nobody that podpath knows",
	},
	"ipvs-service-missing": {
		title: "An IPVS service is not there",
		effect: "The address is local to the node and nothing listens: connections are refused.",
		owner: "kube-proxy",
	},
	"ipvs-service-wrong": {
		title: "An IPVS service has another scheduler or persistence",
		effect: "Connections are spread otherwise.",
		owner: "kube-proxy",
	},
	"ipvs-service-unexpected": {
		title: "An IPVS service that nobody should have made",
		effect: "It takes connections to the address.",
		owner: "nobody that podpath knows",
	},
	"ipvs-server-missing": {
		title: "An IPVS server is not there",
		effect: "An endpoint gets no connections; without any, clients are refused.",
		owner: "kube-proxy",
	},
	"ipvs-server-wrong": {
		title: "An IPVS server has another weight or method",
		effect: "With weight 0 an endpoint gets no new connections.",
		owner: "kube-proxy",
	},
	"ipvs-server-unexpected": {
		title: "An IPVS server that is no endpoint",
		effect: "Some connections go to an address that does not serve them.",
		owner: "nobody that podpath knows",
	},
	"tc-filter-missing": {
		title: "A tc filter is not there",
		effect: "Frames are not redirected or tagged as they should be.",
		owner: "terway",
	},
	"tc-filter-wrong": {
		title: "A tc filter does something else",
		effect: "Frames are redirected or tagged otherwise.",
		owner: "terway",
	},
	"tc-filter-unexpected": {
		title: "A tc filter that nobody should have written",
		effect: "It takes frames at the device.",
		owner: "nobody that podpath knows",
	},
	"stale-conntrack": {
		title: "A connection's entry leads to where nobody serves it any more",
		effect: "Packets of the connection, and new ones from the same port, are translated as the entry says.",
		owner: "kube-proxy, which deletes entries of endpoints that went",
	},
	"card-missing": {
		title: "A card is not on its network",
		effect: "The network between the machines does not know where the address is.",
		owner: "the cloud, or the machine",
	},
	"card-address-wrong": {
		title: "A card has other addresses",
		effect: "The network between the machines delivers the address elsewhere, or nowhere.",
		owner: "the cloud, or the CNI",
	},
	"card-unexpected": {
		title: "A card that nobody should have",
		effect: "It takes packets to its addresses.",
		owner: "nobody that podpath knows",
	},
	"vpc-route-missing": {
		title: "A route entry of the VPC is not there",
		effect: "The VPC does not know which machine has the pods' addresses.",
		owner: "the cloud controller manager",
	},
	"vpc-route-wrong": {
		title: "A route entry of the VPC leads to another machine",
		effect: "Packets reach a machine that does not have the pod.",
		owner: "the cloud controller manager",
	},
	"vpc-route-unexpected": {
		title: "A route entry of the VPC that nobody should have made",
		effect: "Packets to its destination go to the machine that it names.",
		owner: "nobody that podpath knows",
	},
	"switch-port-wrong": {
		title: "A switch port has other VLANs",
		effect: "Frames of a VLAN that the port does not carry are dropped.",
		owner: "the network administrator",
	},
	"security-group-rule-missing": {
		title: "A rule of a security group is not there",
		effect: "The card does not let the packet pass.",
		owner: "the administrator",
	},
	"security-group-rule-unexpected": {
		title: "A rule of a security group that nobody should have made",
		effect: "It lets packets pass or refuses them.",
		owner: "the administrator",
	},
	"lb-member-missing": {
		title: "A load balancer lacks a member",
		effect: "A backend gets no connections.",
		owner: "the cloud controller manager",
	},
	"lb-member-wrong": {
		title: "A load balancer's member has another weight or is unhealthy",
		effect: "It gets fewer connections, or none.",
		owner: "the cloud controller manager",
	},
	"lb-member-unexpected": {
		title: "A load balancer has a member that serves nobody",
		effect: "Some connections go where nobody listens.",
		owner: "nobody that podpath knows",
	},
	// What the walk itself says, where the state is as it should be.
	"blocked-by-policy": {
		title: "A NetworkPolicy does not admit the packet",
		effect: "It is dropped at the pod that is isolated.",
		owner: "whoever wrote the policies",
	},
	"blocked-by-rule": {
		title: "A rule of the node drops or refuses the packet",
		effect: "It ends there. Dropped, the sender waits until it gives up; refused, it hears so at once.",
		owner: "whoever wrote the rule",
	},
	"answer-not-taken": {
		title: "The client does not take the answer",
		effect: "It arrives, from another address than the client has asked, or as no answer to anything it knows.",
		owner: "whoever translated the packet",
	},
	"blocked-by-cloud": {
		title: "The cloud does not let the packet pass",
		effect: "A security group, an access list or the check of addresses drops it. The sender hears nothing and waits.",
		owner: "whoever keeps the cloud's security groups and load balancers",
	},
	"dropped-by-kernel": {
		title: "The kernel drops the packet by a check of its own",
		effect: "No rule has a part in it: forwarding is off, or the source is none that may come in there.",
		owner: "the administrator, by a sysctl; or whoever sends with that source",
	},
	"too-large": {
		title: "The packet is larger than the device takes",
		effect: "It may not be cut in pieces, so it ends there; smaller ones pass.",
		owner: "whoever sets the MTU of the devices on the way",
	},
	"goes-in-circles": {
		title: "The packet comes back to where it was",
		effect: "It goes round until its hop limit is used up.",
		owner: "whoever writes the routes that lead back",
	},
	"no-server": {
		title: "Nobody serves the address that was asked for",
		effect: "There is no server behind it to send the packet to.",
		owner: "whoever runs the workload; kube-proxy or the cloud controller, which write the servers",
	},
	"leaves-the-input": {
		title: "The packet leaves what the input describes",
		effect: "What becomes of it there is not known.",
		owner: "nobody: it may be right",
	},
	"no-way": {
		title: "The network has no way for the packet",
		effect: "No route leads there, nobody answers for the next hop, or a device on the way does not carry it.",
		owner: "whoever makes routes and devices at that place: the CNI's daemon, the cloud controller, the administrator",
	},
	"not-decided": {
		title: "What becomes of the packet cannot be told",
		effect: "Something on its way cannot be evaluated, or the input does not hold it.",
		owner: "nobody",
	},
	"not-served": {
		title: "Nothing listens where the packet arrives",
		effect: "The server's stack refuses it.",
		owner: "whoever runs the workload",
	},
};
