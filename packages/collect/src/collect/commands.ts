/**
 * What is asked of a namespace: one table, from which the script is made that every way of collecting runs. Only commands
 * that read. Some tools load a kernel module when they are merely asked, so `when` first looks whether the kernel has the thing at
 * all; where it has not, the file is empty, which is the truth and not a gap.
 */
import type { StatePart } from "@podpath/core";

export interface StateCommand {
	readonly part: StatePart;
	/** A shell condition; where it fails there is nothing of this kind. */
	readonly when?: string;
	/** The part whose file the command reads. */
	readonly after?: StatePart;
	/** In the order in which they are tried: a tool that is absent or too old gives way to the next. */
	readonly tries: readonly CommandTry[];
}

export interface CommandTry {
	/** Programs without which it is not tried. */
	readonly tools: readonly string[];
	readonly ending: "json" | "txt";
	/** Shell text. `t` runs a program under a time limit. */
	readonly command: string;
}

export const STATE_COMMANDS: readonly StateCommand[] = [
	{
		part: "ip-address",
		tries: [
			// Its JSON has the ids of other namespaces where the text has names of this machine's.
			{ tools: ["ip"], ending: "json", command: "t ip -d -j address" },
			{ tools: ["ip"], ending: "txt", command: "t ip -d address" },
			{ tools: ["ip"], ending: "txt", command: "t ip address" },
		],
	},
	plain("ip-route", "ip", "t ip route show table all"),
	plain("ip-rule", "ip", "t ip rule && { t ip -6 rule 2>/dev/null || :; }"),
	{
		part: "ip-neigh",
		tries: [
			{
				tools: ["ip"],
				ending: "txt",
				// One start of the program for both: there are some ten for each namespace, and they are what takes the time.
				command: `t ip -batch "$batch"`,
			},
			{ tools: ["ip"], ending: "txt", command: "t ip neigh" },
		],
	},
	plain("bridge-fdb", "bridge", "t bridge fdb show"),
	plain("bridge-vlan", "bridge", "t bridge vlan show"),
	plain("tc-qdisc", "tc", "t tc qdisc show"),
	{ ...plain("tc-filter", "tc", "filters"), after: "tc-qdisc" },
	xtables("iptables", "ip"),
	xtables("ip6tables", "ip6"),
	plain("nft-ruleset", "nft", "t nft list ruleset"),
	{ ...plain("ipvsadm-save", "ipvsadm", "t ipvsadm -S -n"), when: "[ -e /proc/net/ip_vs ]" },
	{ ...plain("ipset-save", "ipset", "t ipset save"), when: "[ -d /sys/module/ip_set ]" },
	{
		part: "conntrack",
		when: "tracked",
		tries: [
			{ tools: ["conntrack"], ending: "txt", command: "t conntrack -L -f ipv4 && t conntrack -L -f ipv6" },
			{ tools: ["cat"], ending: "txt", command: "t cat /proc/net/nf_conntrack" },
		],
	},
	{
		part: "sysctl",
		// Not `sysctl -a`: it would read the secrets among them (stable_secret, tcp_fastopen_key).
		tries: [
			{ tools: ["grep", "sed"], ending: "txt", command: "settings_at_once" },
			{ tools: ["find", "grep", "sed"], ending: "txt", command: "settings" },
		],
	},
];

function plain(part: StatePart, tool: string, command: string): StateCommand {
	return { part, tries: [{ tools: [tool], ending: "txt", command }] };
}

/** Both implementations where both are there: rules of either may be in force. A legacy table that is not loaded stays so. */
function xtables(tool: "iptables" | "ip6tables", family: "ip" | "ip6"): StateCommand {
	const legacy = `read -r _ 2>/dev/null </proc/net/${family}_tables_names`;
	return {
		part: `${tool}-save`,
		// Where nft shows no table at all there is none of iptables-nft's.
		after: "nft-ruleset",
		tries: [
			{
				tools: [`${tool}-nft-save`, `${tool}-legacy-save`],
				ending: "txt",
				command: `{ no_nft_tables || t ${tool}-nft-save -c; } && { ! ${legacy} || t ${tool}-legacy-save -c; }`,
			},
			{ tools: [`${tool}-save`], ending: "txt", command: `t ${tool}-save -c` },
		],
	};
}

/** Kinds that steer packets, as kubectl names them. No Secret, and of ConfigMaps those of `NETWORK_CONFIG_MAPS` alone. */
export const KUBERNETES_KINDS: readonly string[] = [
	"nodes",
	"namespaces",
	"services",
	"endpointslices.discovery.k8s.io",
	"networkpolicies.networking.k8s.io",
	"ippools.crd.projectcalico.org",
	"bgpconfigurations.crd.projectcalico.org",
	"bgppeers.crd.projectcalico.org",
	"bgpfilters.crd.projectcalico.org",
	"felixconfigurations.crd.projectcalico.org",
	"ipamblocks.crd.projectcalico.org",
	"blockaffinities.crd.projectcalico.org",
	"globalnetworkpolicies.crd.projectcalico.org",
	"networkpolicies.crd.projectcalico.org",
	"networks.networking.alibaba.com",
	"subnets.networking.alibaba.com",
	"ipinstances.networking.alibaba.com",
	"podenis.network.alibabacloud.com",
	"podnetworkings.network.alibabacloud.com",
	"nodes.network.alibabacloud.com",
	"network-attachment-definitions.k8s.cni.cncf.io",
];

/** By namespace. What looks like a credential in them is taken out. */
export const NETWORK_CONFIG_MAPS: readonly (readonly [namespace: string, name: string])[] = [
	["kube-system", "kube-proxy"],
	["kube-system", "kube-flannel-cfg"],
	["kube-flannel", "kube-flannel-cfg"],
	["kube-system", "calico-config"],
	["kube-system", "eni-config"],
	["kube-system", "terway-config"],
];
