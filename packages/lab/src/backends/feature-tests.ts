/**
 * How each feature is tried: by making the thing. Listing proves nothing: `iptables-nft -t nat -L` succeeds on a kernel
 * that refuses every rule.
 */
import type { Feature, LabStep } from "../lab-plan.ts";
import type { Listener } from "../observation.ts";

/** The namespace that a trial has for itself. */
export const TRIAL_NAMESPACE = "trial";

export interface FeatureTest {
	/** All have to succeed. */
	readonly steps: readonly LabStep[];
	/** Then these have to be opened. */
	readonly listeners?: readonly Listener[];
	/** Programs that the steps use: when one changes, features are probed again. */
	readonly programs: readonly string[];
	/** What brings it: for people whose kernel lacks it. */
	readonly remedy: string;
}

function run(argv: readonly string[], stdin?: string): LabStep {
	return { kind: "run", namespace: TRIAL_NAMESPACE, argv, ...(stdin !== undefined && { stdin }) };
}

/** Commands of iproute2's `ip`, after a veth pair `va`, `vb` for them to stand on. */
function device(remedy: string, ...commands: readonly string[]): FeatureTest {
	const lines = ["link add va type veth peer name vb", ...commands];
	return { steps: [run(["ip", "-b", "-"], `${lines.join("\n")}\n`)], programs: ["ip"], remedy };
}

function trafficControl(remedy: string, ...filters: readonly string[]): FeatureTest {
	const lines = ["qdisc add dev va clsact", ...filters.map((filter) => `filter add dev va ${filter}`)];
	return {
		steps: [...device("").steps, run(["tc", "-b", "-"], `${lines.join("\n")}\n`)],
		programs: ["ip", "tc"],
		remedy,
	};
}

/** What kube-proxy and the CNIs use of iptables, in both families. */
function iptables(variant: "" | "-legacy" | "-nft", remedy: string): FeatureTest {
	const rules = (server: string, protocol: string) => `*raw
-A PREROUTING -p tcp -j CT --notrack
COMMIT
*mangle
-A PREROUTING -j MARK --set-xmark 0x1/0x1
COMMIT
*nat
-A PREROUTING -p tcp -m tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination ${server}
-A PREROUTING -m addrtype --dst-type LOCAL -j ACCEPT
-A POSTROUTING -m comment --comment trial -m mark --mark 0x1/0x1 -j MASQUERADE --random-fully
COMMIT
*filter
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -p ${protocol} -j REJECT
COMMIT
`;
	const programs = [`iptables${variant}-restore`, `ip6tables${variant}-restore`];
	return {
		steps: [
			run([`iptables${variant}-restore`], rules("192.0.2.1:8080", "icmp")),
			run([`ip6tables${variant}-restore`], rules("[2001:db8::1]:8080", "ipv6-icmp")),
		],
		programs,
		remedy,
	};
}

const NFT_RULES = `table inet trial {
	chain forward { type filter hook forward priority 0; ct state established accept; }
}
table ip trial {
	map verdicts { type ipv4_addr . inet_proto . inet_service : verdict; }
	chain nat { type nat hook postrouting priority 100; masquerade; }
	chain pre { type nat hook prerouting priority -100; tcp dport 80 dnat to 192.0.2.1:8080; }
}
table ip6 trial {
	chain nat { type nat hook postrouting priority 100; masquerade; }
	chain pre { type nat hook prerouting priority -100; tcp dport 80 dnat to [2001:db8::1]:8080; }
}
`;

export const FEATURE_TESTS: Readonly<Record<Feature, FeatureTest>> = {
	veth: device("kernel module veth"),
	bridge: device("kernel module bridge", "link add br0 type bridge", "link set va master br0"),
	vlan: device("kernel module 8021q", "link add link va name va.10 type vlan id 10"),
	"vlan-filtering": {
		steps: [
			...device("", "link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0", "link set va master br0").steps,
			run(["bridge", "vlan", "add", "dev", "va", "vid", "100", "pvid", "untagged"]),
		],
		programs: ["ip", "bridge"],
		remedy: "a kernel with CONFIG_BRIDGE_VLAN_FILTERING",
	},
	vxlan: device(
		"kernel module vxlan",
		"link add vx4 type vxlan id 20 dev va local 192.0.2.1 dstport 8472 nolearning",
		"link add vx6 type vxlan id 21 dev va local 2001:db8::1 dstport 8473 nolearning",
	),
	ipip: device("kernel module ipip", "link add tun1 type ipip local 192.0.2.1 remote 192.0.2.2"),
	macvlan: device("kernel module macvlan", "link add link va name mv0 type macvlan mode bridge"),
	ipvlan: device(
		"kernel module ipvlan",
		"link add link va name iv0 type ipvlan mode l2",
		"link add link vb name iv1 type ipvlan mode l3",
	),
	dummy: device("kernel module dummy", "link add dm0 type dummy"),
	tun: device("kernel module tun, and a /dev/net/tun that may be opened", "tuntap add dev tun0 mode tun"),
	iptables: iptables(
		"",
		"Debian package iptables; kernel modules ip_tables and iptable_nat, or nf_tables and nft_compat",
	),
	"iptables-legacy": iptables(
		"-legacy",
		"Debian package iptables; kernel modules ip_tables, iptable_nat, ip6table_nat",
	),
	"iptables-nft": iptables("-nft", "Debian package iptables; kernel modules nf_tables, nft_compat, nft_chain_nat"),
	nft: {
		steps: [run(["nft", "-f", "-"], NFT_RULES)],
		programs: ["nft"],
		remedy: "Debian package nftables; kernel modules nf_tables, nft_chain_nat",
	},
	ipset: {
		steps: [
			run(
				["ipset", "restore"],
				"create t1 hash:ip,port\nadd t1 192.0.2.1,tcp:80\ncreate t2 hash:net family inet6\nadd t2 2001:db8::/64\n",
			),
		],
		programs: ["ipset"],
		remedy: "Debian package ipset; kernel modules ip_set, ip_set_hash_ipport, ip_set_hash_net",
	},
	ipvs: {
		steps: [
			run(
				["ipvsadm", "-R"],
				"-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.2:80 -m\n-A -u [2001:db8::1]:53 -s rr\n",
			),
			{ kind: "sysctl", namespace: TRIAL_NAMESPACE, settings: [["net/ipv4/vs/conntrack", "1"]] },
		],
		programs: ["ipvsadm"],
		remedy: "Debian package ipvsadm; kernel modules ip_vs, ip_vs_rr",
	},
	conntrack: {
		// On a host the rules tried before have loaded the module.
		steps: [run(["cat", "/proc/self/net/nf_conntrack"])],
		programs: [],
		remedy: "kernel module nf_conntrack, of a kernel with CONFIG_NF_CONNTRACK_PROCFS",
	},
	"br-netfilter": {
		steps: [
			{ kind: "sysctl", namespace: TRIAL_NAMESPACE, settings: [["net/bridge/bridge-nf-call-iptables", "1"]] },
			{ kind: "sysctl", namespace: TRIAL_NAMESPACE, settings: [["net/bridge/bridge-nf-call-ip6tables", "1"]] },
		],
		programs: [],
		remedy: "kernel module br_netfilter, loaded by root",
	},
	"tc-flower": trafficControl(
		"kernel modules cls_flower, cls_matchall, act_vlan",
		"egress protocol ip prio 1 flower src_ip 192.0.2.1 action vlan push id 1027",
		"egress protocol arp prio 2 matchall action vlan push id 1027",
		"ingress protocol 802.1q prio 3 flower vlan_id 1027 action vlan pop",
	),
	"tc-u32": trafficControl(
		"kernel modules cls_u32, act_mirred",
		"ingress protocol ip prio 1 u32 match ip dst 192.0.2.1/32 action mirred egress redirect dev vb",
	),
	"tc-pedit": trafficControl(
		"kernel modules cls_u32, act_pedit, act_csum, act_gact, act_mirred",
		"egress protocol ip prio 1 u32 match ip dst 192.0.2.1/32 action pedit ex munge ip dst set 192.0.2.2 munge tcp dport set 80 pipe action csum ip4h tcp continue",
		"ingress protocol ip prio 2 u32 match ip dst 192.0.2.1/32 action pedit ex munge eth dst set 02:00:00:00:00:01 pipe action mirred egress redirect dev vb",
		"ingress protocol ip prio 3 u32 match ip dst 192.0.2.1/32 action pass",
	),
	sctp: {
		steps: [],
		listeners: [{ namespace: TRIAL_NAMESPACE, protocol: "sctp", port: 1 }],
		programs: [],
		remedy: "kernel module sctp",
	},
	bird: {
		steps: [run(["bird", "-p", "-c", "/dev/stdin"], "router id 192.0.2.1;\nprotocol device { }\n")],
		programs: ["bird"],
		remedy: "Debian package bird2",
	},
};
