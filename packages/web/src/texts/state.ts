/** What the State view says, loaded with it. */
import type { Language } from "@podpath/core";
import { counted } from "./counted.ts";

const EN = {
	title: "State",
	place: "Pod or machine",
	placeHint: "node/name, pod/namespace/name, host/name",
	choose: "Choose whose network state to look at.",
	chooseFirst: (sought: string): string =>
		`Choose a machine or pod first: “${sought}” is then looked for in its state.`,
	machines: "Machines",
	search: "Search",
	searchHint: "an address, a chain, a component, a Service",
	nothing: "Nothing here holds all of these words.",
	missing: "The input does not hold this part.",
	meet: "Paths that meet it",
	asking: (asked: number, of: number): string => `Asked ${asked} of ${of}…`,
	meetings: (found: number, asked: number): string =>
		`${found === 0 ? "None" : found} of ${counted(asked, "question")} ${found === 1 ? "meets" : "meet"} it.`,
	refused: (n: number): string => `${n} of them cannot be asked.`,
	bounded: (most: number, all: number): string =>
		`Of ${all.toLocaleString("en")} questions the nearest ${most} are asked: others may meet it too.`,
	follow: (chain: string): string => `→ ${chain}`,
	more: (left: number): string => `${counted(left, "line")} more`,
	parts: {
		"ip-address": "Devices and addresses",
		"ip-route": "Routes",
		"ip-rule": "Policy rules",
		"ip-neigh": "Neighbours",
		"bridge-fdb": "Bridge forwarding",
		"bridge-vlan": "Bridge VLANs",
		"tc-qdisc": "Queueing",
		"tc-filter": "Traffic control filters",
		"iptables-save": "iptables",
		"ip6tables-save": "ip6tables",
		"nft-ruleset": "nftables",
		"ipvsadm-save": "IPVS",
		"ipset-save": "ipsets",
		conntrack: "Connection tracking",
		sysctl: "Settings of the kernel",
	},
};

type StateTexts = typeof EN;

const ZH: StateTexts = {
	title: "状态",
	place: "Pod 或机器",
	placeHint: "node/名称、pod/命名空间/名称、host/名称",
	choose: "选择要查看谁的网络状态。",
	chooseFirst: (sought) => `请先选择机器或 Pod：然后在它的状态中查找“${sought}”。`,
	machines: "机器",
	search: "搜索",
	searchHint: "地址、链、组件、Service",
	nothing: "这里没有同时包含这些词的内容。",
	missing: "输入中没有这一部分。",
	meet: "经过它的路径",
	asking: (asked, of) => `已问 ${asked} / ${of}…`,
	meetings: (found, asked) => `${asked} 个问题中${found === 0 ? "没有" : `有 ${found} 个`}经过它。`,
	refused: (n) => `其中 ${n} 个无法提问。`,
	bounded: (most, all) => `共 ${all} 个问题，只问最相关的 ${most} 个：其余的也可能经过它。`,
	follow: (chain) => `→ ${chain}`,
	more: (left) => `还有 ${left} 行`,
	parts: {
		"ip-address": "设备与地址",
		"ip-route": "路由",
		"ip-rule": "策略规则",
		"ip-neigh": "邻居",
		"bridge-fdb": "网桥转发表",
		"bridge-vlan": "网桥 VLAN",
		"tc-qdisc": "队列",
		"tc-filter": "流量控制过滤器",
		"iptables-save": "iptables",
		"ip6tables-save": "ip6tables",
		"nft-ruleset": "nftables",
		"ipvsadm-save": "IPVS",
		"ipset-save": "ipset",
		conntrack: "连接跟踪",
		sysctl: "内核参数",
	},
};

export const STATE: Readonly<Record<Language, StateTexts>> = { en: EN, zh: ZH };
