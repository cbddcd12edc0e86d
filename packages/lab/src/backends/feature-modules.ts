/**
 * Kernel modules that a feature uses, for a kernel of our own. Most would be loaded when they are first needed, each by a
 * program of its own; together in one it takes a sixth of the time. Some (br_netfilter, tun) nothing loads.
 */
import type { Feature } from "../lab-plan.ts";

const IPTABLES: readonly string[] = [
	...["raw", "mangle", "nat", "filter"].flatMap((table) => [`iptable_${table}`, `ip6table_${table}`]),
	...["addrtype", "comment", "conntrack", "mark", "nat", "statistic", "tcpudp", "CT", "MASQUERADE"].map(
		(extension) => `xt_${extension}`,
	),
	"ipt_REJECT",
	"ip6t_REJECT",
];

export const FEATURE_MODULES: Readonly<Record<Feature, readonly string[]>> = {
	veth: ["veth"],
	bridge: ["bridge"],
	vlan: ["8021q"],
	"vlan-filtering": ["bridge"],
	vxlan: ["vxlan"],
	ipip: ["ipip"],
	macvlan: ["macvlan"],
	ipvlan: ["ipvlan"],
	dummy: ["dummy"],
	tun: ["tun"],
	iptables: IPTABLES,
	"iptables-legacy": IPTABLES,
	"iptables-nft": ["nf_tables", "nft_compat"],
	nft: ["nf_tables"],
	ipset: [
		...["hash_ip", "hash_ipport", "hash_ipportip", "hash_ipportnet", "hash_net", "bitmap_port"].map(
			(type) => `ip_set_${type}`,
		),
		"xt_set",
	],
	ipvs: ["ip_vs", "ip_vs_rr"],
	conntrack: ["nf_conntrack"],
	"br-netfilter": ["br_netfilter"],
	"tc-flower": ["sch_ingress", "cls_flower", "cls_matchall", "act_vlan"],
	"tc-u32": ["sch_ingress", "cls_u32", "act_mirred"],
	"tc-pedit": ["sch_ingress", "cls_u32", "act_pedit", "act_csum", "act_gact", "act_mirred"],
	sctp: ["sctp"],
	bird: [],
};
