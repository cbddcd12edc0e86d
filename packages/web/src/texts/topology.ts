/** What the Topology view says, loaded with it. */
import type { Language } from "@podpath/core";
import { counted } from "./counted.ts";

const EN = {
	title: "Topology",
	search: "Find a pod or machine",
	searchHint: "a name or an address",
	map: "Map of fabric, machines and pods; the list below it holds the same",
	hint: "Click a place to see its addresses. Drag to move; click into the map, then the wheel and + − 0 zoom.",
	nearer: "Zoom in",
	farther: "Zoom out",
	fit: "Show all",
	list: "As a list",
	machines: (machines: number, pods: number): string => `${counted(machines, "machine")}, ${counted(pods, "pod")}`,
	podsOn: (place: string): string => `pods on ${place}`,
	loadBalancers: "Load balancers",
	nowhere: "on no fabric that the input tells of",
	unplaced: "Pods on no machine of the input",
	noSuchPlace: (place: string): string => `Nothing on this map is called ${place} or has that address.`,
	addresses: "Addresses",
	podCIDRs: "Addresses of its pods",
	card: (device: string, fabric: string): string => (fabric === "" ? device : `${device} on ${fabric}`),
	pods: "Pods",
	on: "On",
	pathFrom: "Path from here",
	pathTo: "Path to here",
	state: "State",
	behindNode: "pod behind its node",
	ownCard: "pod with a card of its own",
	hostNetwork: "in its node's network",
	notReady: "not ready",
	more: (left: number): string => `${left.toLocaleString("en")} more`,
};

type TopologyTexts = typeof EN;

const ZH: TopologyTexts = {
	title: "拓扑",
	search: "查找 Pod 或机器",
	searchHint: "名称或地址",
	map: "网络设施、机器和 Pod 的地图；下面的列表内容相同",
	hint: "点击一个位置查看它的地址。拖动可移动；点入地图后，滚轮和 + − 0 可缩放。",
	nearer: "放大",
	farther: "缩小",
	fit: "显示全部",
	list: "列表",
	machines: (machines, pods) => `${machines} 台机器，${pods} 个 Pod`,
	podsOn: (place) => `${place} 上的 Pod`,
	loadBalancers: "负载均衡",
	nowhere: "输入没有说明在哪个网络上",
	unplaced: "不在输入中任何机器上的 Pod",
	noSuchPlace: (place) => `图上没有名称或地址是 ${place} 的位置。`,
	addresses: "地址",
	podCIDRs: "其 Pod 的地址段",
	card: (device, fabric) => (fabric === "" ? device : `${device}，位于 ${fabric}`),
	pods: "Pod",
	on: "位于",
	pathFrom: "从这里出发的路径",
	pathTo: "到这里的路径",
	state: "状态",
	behindNode: "在节点之后的 Pod",
	ownCard: "有自己网卡的 Pod",
	hostNetwork: "在节点的网络里",
	notReady: "未就绪",
	more: (left) => `还有 ${left} 项`,
};

export const TOPOLOGY: Readonly<Record<Language, TopologyTexts>> = { en: EN, zh: ZH };
