/** What the modes' causes and what is taken for granted say in Chinese. */
import type { ENGLISH_OF_MODES } from "./english-of-modes.ts";

export const CHINESE_OF_MODES: Readonly<Record<keyof typeof ENGLISH_OF_MODES, string>> = {
	"gateway-assumed": "输入没有说明 {fabric} 通往互联网的网关如何处理 {address}：假定它让连接往返通过",
	"security-group-unknown": "输入没有说明 {card} 的安全组：假定它们放行报文",
	"recent-list-empty": "-m recent 的列表“{list}”中还没有这个 {side} 的报文",
	"limit-not-reached": "速率限制 {rate} 没有用完",
	"traffic-class-not-followed": "报文的流量类别被改写，这里没有跟踪",
	"set-not-changed": "规则会改动集合“{set}”，这里按原样看待它",
	"dynamic-set": "{table} 的集合 {set} 随报文经过而填充；假定其中没有此报文的任何内容",
	"rate-limit": "假定没有达到 {table} 的“{limit}”",

	"network-mode-unknown": "{what}，因此节点只有 {card} 和 kube-proxy 的规则，Pod 没有描述（已知的模式：{known}）",
	"mode-not-said": "输入没有写明网络模式",
	"mode-not-known": "不认识网络模式 {mode}",
	"pod-address-assigned": "输入没有给出 {pod} 的地址：取用 {by} 中的 {address}",
	"family-not-carried": "模式 {mode} 不在节点之间承载 IPv{family}，因此 {block} 的 Pod 只能到达自己的节点",
	"underlay-assumed": "输入没有描述节点之间的网络：假定为{network}，{blocks}",
	"underlay-block": "{prefix}，路由器在 {gateway}",
	"underlay-two-blocks": "{first}；以及 {second}",
	"one-vpc-with-routes": "一个把每个 Pod CIDR 引向其节点的 VPC",
	"one-vpc": "一个只有一台交换机的 VPC",
	"one-segment": "一个二层网段",
	"vswitch-assumed": "VPC {vpc} 没有写明交换机：把它的每个 CIDR 当作一台",
	"eni-device-assumed": "输入没有说明 {instance} 上 ENI {eni} 的设备：假定为 {device}",
	"card-without-address": "输入中 {place} 没有地址，因此它的 {device} 也没有，通向哪里不得而知",
	"card-on-nothing": "{place}（{addresses}）不在输入的任何交换机或 Segment 中，因此它的 {device} 连到哪里不得而知",
	"node-port-missing": "{service} 没有 {listeners} 的节点端口，因此负载均衡在那里没有成员",

	"bgp-session-nobody": "{self}：与 {address}{by} 没有 BGP 会话：输入没有描述那里有谁使用 BGP{where}",
	"bgp-session-one-sided": "{self}：与 {address}{by} 没有 BGP 会话：{peer} 没有把 {self} 当作邻居{where}",
	"bgp-session-as": "{who} 期望 {address} 的 AS 是 {expected}，但 {other} 的 AS 是 {has}：两者没有 BGP 会话{where}",
	"bgp-session-as-fix": "在 {who} 上把 {address} 的 AS 写成 {has}，或把 {other} 的 AS 设为 {expected}",
	"bgp-session-fix": "让双方互相写明对方的地址和 AS",
	"bgp-unsettled": "到 {prefix} 的 BGP 路由始终不能稳定：各方的偏好互相矛盾",

	"bgp-filter-missing": "{peer} 写了 BGPFilter“{filter}”，而输入没有它：没有路由因它被拦下",
	"bgp-filter-not-evaluated": "{filter} 有带 {fields} 的规则，这里不求值：当作它不匹配任何路由",
	"bgp-filter-exports-more":
		"{filter} 在 Calico 自己的过滤器之前接受路由的导出：它放过的到单个 Pod 的路由和节点自己的子网没有跟踪",

	"node-address-not-held":
		"{place} {where} 以 projectcalico.org/IPv{family}Address 声明它的地址是 {address}，而它的网卡没有这个地址（{has}）",
	"node-address-not-held-fix": "让 calico-node 自己找出节点的地址（IP=autodetect），或写网卡实际的地址",
	none: "无",
	others: "其他节点",
	"the-others": "其他节点",
	"pool-not-exported": "{pool} {where} 不对外通告，因此没有谁得知 {block}",
	"pool-not-exported-fix": "设置 disableBGPExport: false",
	"bgp-route-filtered": "{filter}{where} 拦下了 {peer} 与 {speaker} 之间到 {block} 的路由",
	"bgp-route-filtered-fix": "在过滤器中接受该路由，或从 BGPPeer 去掉该过滤器",
	"bgp-peer-names-nobody": "{peer} {where} 写的节点“{node}”不存在，因此没有连接任何人",
	"bgp-peer-selects-nobody": "{peer} {where} 的 {field} {selector} 没有选中任何节点，因此没有连接任何人",
	"name-a-node": "写集群中的一个节点",
	"correct-selector": "改正选择器，或给节点打标签",
	"bgp-reflector-without-cluster-id":
		"{place} {where} 与 {owner} 和 {other} 都有会话，却不反射：它没有 projectcalico.org/RouteReflectorClusterID",
	"bgp-reflector-without-cluster-id-fix": "给它 routeReflectorClusterID，或用全互联把节点连起来",
	"bgp-mesh-off": "{object} {where} 关闭了全互联，又没有 BGPPeer 连接 {owner} 与 {other}：没有谁通告 {block}",
	"bgp-mesh-off-fix": "打开全互联，或用 BGPPeer 让节点与路由反射器或交换机对接",
	"pool-sends-bare": "{pool} {where} 在节点之间原样发送报文，而",
	"pool-sends-bare-in-subnet": "{pool} {where} 在同一子网的节点之间原样发送报文，而",
	"pool-without-nat": "{pool} {where} 的 natOutgoing 为 false，因此外部机器看到的是 Pod 自己的地址，而",
	"router-knows-no-pods": "{kept}途中的 {router} {where} 不使用 BGP，因此不知道 {block}",
	"router-knows-no-pods-fix": "把地址池的 ipipMode 或 vxlanMode 设为 CrossSubnet，或让路由器成为节点的 BGP 邻居",
	"pool-sends-bare-in-subnet-fix":
		"在节点的 projectcalico.org/IPv4Address 中写明真实的前缀长度，或把地址池的 ipipMode 或 vxlanMode 设为 Always，或让路由器成为节点的 BGP 邻居",
	"pool-without-nat-fix": "设置 natOutgoing: true，或让路由器知道 Pod 的地址：成为节点的 BGP 邻居，或手工添加路由",
	"router-without-route-fix": "让路由器知道 Pod 的地址：成为节点的 BGP 邻居，或手工添加路由",
	"tunnel-address-assumed": "输入没有给出 {place} 上 {device} 的地址：假定为{what}",
	"tunnel-address-none": "没有，因为它没有地址块",
	"tunnel-address-first": " {address}，即第一个没有 Pod 使用的地址",
	"ip-pool-assumed": "输入没有 IPPool：假定有一个 {cidr}，{encapsulation}，natOutgoing {nat}",
	"no-encapsulation": "不封装",
	"ipam-blocks-assumed": "输入没有 IPAMBlock，也没有 BlockAffinity：假定每个节点拥有其 Pod 地址所在的地址块",

	"no-segment-of-pod": "输入的 Segment 和 VLAN 都不含 {pod} 的地址，因此它没有网络",
	"no-contiv-network": "Contiv 的网络都不含 {pod} 的地址，因此它没有网络",
	"no-contiv-settings": "Cluster 对象没有 spec.contiv，因此 podpath 不知道 Contiv 的任何网络，Pod 也没有网络",
	"contiv-release-assumed":
		"{node} 没有通过 BGP 学到 {route}：它的代理从对方的代理得知该 Pod，并引向 BGP 邻居，如 documents/networking/bgp.md 所述的版本（之后的版本引向对方节点的上行口）",
	"contiv-without-bgp": "spec.contiv.bgp 没有节点 {node} 的条目，因此没有谁得知它的 Pod，它们只能彼此互通",
	"contiv-without-bgp-fix": "把该节点加进 spec.contiv.bgp（netctl bgp create）",
	"contiv-uplink-missing":
		"输入没有说明 {place} 的 {uplink} 连到哪里，因此它的交换机没有出口（由 Segment 的端口写明：machine: {node}，device: {uplink}）",

	"node-not-in-network":
		"{network} {where} 不包含 {node} {there}：它的 nodeSelector 没有选中该节点，因此那里没有谁知道其 Pod 的子网",
	"node-not-in-network-fix": "按 nodeSelector 的要求给节点打标签，或让 Pod 在别处运行",
	"vlan-differs": "{network} {where} 把 {subnet} 放在 VLAN {vlan}，但 {segment} {there} 的 {cidr} 在 VLAN {held}",
	"vlan-differs-fix": "把 netID 设为 {held}",
	"gateway-differs": "{subnet} {where} 的网关是 {gateway}，但 {segment} {there} 在 {has} 路由",
	"gateway-differs-fix": "把 range.gateway 设为 {has}",
	"network-without-peers": "{network} {where} 没有 bgpPeers，因此没有谁得知它的 Pod",
	"network-without-peers-fix": "在 config.bgpPeers 中写明路由器",
	"in-no-hybridnet-subnet": "{pod} 的 {address} 不在 Hybridnet 的任何 Subnet 中：没有什么引向那里",
	"pod-network-assumed": "输入没有 Hybridnet 的 Network 和 Subnet：假定有一个 {mode} 网络，含 {subnets}",
	"in-vlan": "{cidr}（VLAN {vlan}）",
	"no-subnet": "没有子网",

	"card-missing":
		"输入没有写明 {node} 有 {card}，而 {pod} 的 {device} 建在它上面（由 Segment 中某台机器的一块网卡的端口写明）",
	"plugin-not-evaluated": "{network} 由插件 {plugin} 建立，podpath 不对它求值",
	"card-address-missing":
		"输入没有写明 {ipam} 给 {pod} 的 {device} 什么地址（注解 k8s.v1.cni.cncf.io/network-status 会写明）",
	"requested-address-ignored": "{pod} 要求在 {network} 上的地址，而它没有 capabilities: {capabilities}：插件不会得知",

	"host-interface-unusable": "{pod}：注解 {annotation}（{name}）没有采用，因为{why}",
	"another-pod-has-it": "该节点的另一个 Pod 已用它",
	"no-device-name": "它不是有效的设备名",
	"pod-cidr-assumed": "{node} 没有写明 Pod CIDR：按其 Pod 的地址取用 {subnet}",
	"pod-address-outside-subnet": "{pod} 的 {addresses} 不属于其节点的 Pod CIDR（{subnets}）：它得不到相应的路由",
};
