/** What each code of a finding means, in Chinese. */
import type { CodeMeaning } from "./code-meanings.ts";
import type { FindingCode } from "./codes.ts";

const NOBODY = "podpath 不知道有谁会写";

export const FINDING_CODES_ZH: Readonly<Record<FindingCode, CodeMeaning>> = {
	"link-missing": {
		title: "设备不存在",
		effect: "从它离开的报文没有路；它的地址、路由和邻居表项也随之消失。",
		owner: "CNI 插件、CNI 的守护进程，或机器的网卡",
	},
	"link-down": {
		title: "设备未启用",
		effect: "什么也通不过它，内核也撤掉了经过它的路由。",
		owner: "CNI 插件、CNI 的守护进程，或管理员",
	},
	"link-no-carrier": {
		title: "设备没有载波",
		effect: "它的另一端未启用或已消失：什么也通不过。",
		owner: "另一端的归属者",
	},
	"link-wrong": {
		title: "设备创建得不一样",
		effect: "VNI、隧道端点、VLAN ID 或模式与对端所期待的不符。",
		owner: "CNI 的守护进程",
	},
	"link-master-wrong": {
		title: "设备不是它的网桥的端口",
		effect: "网桥既不接收它的帧，也不向它发送。",
		owner: "CNI 插件",
	},
	"bridge-port-wrong": {
		title: "网桥端口的设置不同",
		effect: "没有 hairpin，Pod 就不能经 Service 访问自己；相互隔离的端口彼此不通。",
		owner: "CNI 插件",
	},
	"vlan-missing": {
		title: "端口承载的 VLAN 不同",
		effect: "端口不承载的 VLAN 的帧会被丢弃。",
		owner: "CNI 的守护进程，或管理员",
	},
	"mtu-wrong": {
		title: "设备的 MTU 不同",
		effect: "小报文能通过，大报文可能被丢弃或分片。",
		owner: "CNI 的守护进程，或管理员",
	},
	"mtu-too-big-for-tunnel": {
		title: "满长的报文装不进隧道",
		effect: "小报文能通过；填满设备 MTU 的报文封装之后就太大了。",
		owner: "CNI 的守护进程",
	},
	"address-missing": {
		title: "地址不存在",
		effect: "发往它的报文不属于这个协议栈，它的直连路由也没有了。",
		owner: "CNI 插件、kube-proxy（kube-ipvs0），或管理员",
	},
	"address-wrong": {
		title: "地址的前缀不同",
		effect: "直连路由覆盖得太广，或不够广。",
		owner: "CNI 插件",
	},
	"address-unexpected": {
		title: "地址出现在不该有的地方",
		effect: "协议栈把发往它的报文当作自己的。",
		owner: NOBODY,
	},
	"duplicate-address": {
		title: "两个协议栈有同一个地址",
		effect: "谁先应答 ARP，报文就归谁。",
		owner: "没有：两者之一是多余的",
	},
	"route-missing": {
		title: "路由不存在",
		effect: "去往该目的地的报文走更粗的路由，或无路可走。",
		owner: "CNI 的守护进程、BIRD；直连路由由内核写入",
	},
	"route-wrong": {
		title: "路由通往别处",
		effect: "去往该目的地的报文去了另一个下一跳，或从另一个设备离开。",
		owner: "CNI 的守护进程或 BIRD",
	},
	"route-unexpected": {
		title: "不该有的路由",
		effect: "它把报文从应走的路由上抢走。",
		owner: NOBODY,
	},
	"rule-missing": {
		title: "策略路由规则不存在",
		effect: "报文按另一张表路由。",
		owner: "CNI（terway、hybridnet）",
	},
	"rule-wrong": {
		title: "策略路由规则指向另一张表",
		effect: "报文按另一张表路由。",
		owner: "CNI（terway、hybridnet）",
	},
	"rule-unexpected": {
		title: "不该有的策略路由规则",
		effect: "它使报文不按应查的表路由。",
		owner: NOBODY,
	},
	"neighbour-missing": {
		title: "静态邻居表项不存在",
		effect: "在没有人为该地址应答的地方，下一跳就没有 MAC。",
		owner: "flanneld、felix 或 CNI 插件",
	},
	"neighbour-wrong": {
		title: "邻居表项的 MAC 不同",
		effect: "帧去了错误的设备，或哪里也去不了。",
		owner: "flanneld、felix 或 CNI 插件",
	},
	"neighbour-unexpected": {
		title: "不该有的静态邻居表项",
		effect: "它固定了一个本应去询问的 MAC。",
		owner: NOBODY,
	},
	"fdb-missing": {
		title: "转发表项不存在",
		effect: "VXLAN 设备不知道某个 MAC 属于哪个节点。",
		owner: "flanneld、felix 或 hybridnet",
	},
	"fdb-wrong": {
		title: "转发表项指向别处",
		effect: "隧道的报文去了另一个节点。",
		owner: "flanneld、felix 或 hybridnet",
	},
	"fdb-unexpected": {
		title: "不该有的转发表项",
		effect: "发往该 MAC 的帧去它所指的地方。",
		owner: NOBODY,
	},
	"sysctl-wrong": {
		title: "sysctl 的值不同",
		effect: "ip_forward、rp_filter、proxy_arp、bridge-nf-call-iptables 等决定协议栈到底做什么。",
		owner: "管理员、kubelet 或 CNI",
	},
	"iptables-rule-missing": {
		title: "规则不存在",
		effect: "报文没有按应有的方式打标记、转换地址或放行。",
		owner: "kube-proxy、felix、flanneld 等",
	},
	"iptables-rule-wrong": {
		title: "规则的内容不同",
		effect: "报文被转换到另一个目的地，或得到别的判决。",
		owner: "kube-proxy、felix、flanneld 等",
	},
	"iptables-rule-unexpected": {
		title: "不该有的规则",
		effect: "它抢在应起作用的规则之前判决或改写报文。",
		owner: NOBODY,
	},
	"chain-empty": {
		title: "链是空的或不存在",
		effect: "有人清空了这张表，或应写入它的进程从未写入。",
		owner: "kube-proxy、felix 等",
	},
	"chain-policy-wrong": {
		title: "链的默认策略不同",
		effect: "没有规则决定的报文被丢弃，或被放行。",
		owner: "管理员，或容器运行时",
	},
	"nft-rule-missing": {
		title: "nftables 规则不存在",
		effect: "报文没有按应有的方式转换地址或放行。",
		owner: "kube-proxy、flanneld",
	},
	"nft-rule-unexpected": {
		title: "不该有的 nftables 规则",
		effect: "它判决或改写报文。",
		owner: NOBODY,
	},
	"nft-element-missing": {
		title: "集合或映射缺少一个元素",
		effect: "规则不认识某个 Service、端点或地址。",
		owner: "kube-proxy、flanneld",
	},
	"nft-element-unexpected": {
		title: "集合或映射多了一个元素",
		effect: "规则把不是 Service、端点或地址的东西当作了它们。",
		owner: NOBODY,
	},
	"ipset-missing": {
		title: "集合不存在",
		effect: "查询它的规则什么也匹配不到，或无法加载。",
		owner: "kube-proxy（IPVS）、felix、hybridnet",
	},
	"ipset-wrong": {
		title: "集合的类型不同",
		effect: "查询它的规则比较的是报文的其他部分。",
		owner: "kube-proxy（IPVS）、felix、hybridnet",
	},
	"ipset-unexpected": {
		title: "不该有的集合",
		effect: "它本身没有影响。",
		owner: NOBODY,
	},
	"ipset-member-missing": {
		title: "集合缺少一个成员",
		effect: "带有该地址或端口的报文没有得到应有的处理。",
		owner: "kube-proxy（IPVS）、felix、hybridnet",
	},
	"ipset-member-unexpected": {
		title: "集合多了一个成员",
		effect: "带有该地址或端口的报文被当作是它所指的。",
		owner: NOBODY,
	},
	"ipvs-service-missing": {
		title: "IPVS 虚拟服务不存在",
		effect: "地址属于节点本地，而没有程序监听：连接被拒绝。",
		owner: "kube-proxy",
	},
	"ipvs-service-wrong": {
		title: "IPVS 虚拟服务的调度算法或会话保持不同",
		effect: "连接的分布不一样。",
		owner: "kube-proxy",
	},
	"ipvs-service-unexpected": {
		title: "不该有的 IPVS 虚拟服务",
		effect: "它接走发往该地址的连接。",
		owner: NOBODY,
	},
	"ipvs-server-missing": {
		title: "IPVS 后端不存在",
		effect: "某个端点得不到连接；一个后端也没有时，客户端被拒绝。",
		owner: "kube-proxy",
	},
	"ipvs-server-wrong": {
		title: "IPVS 后端的权重或转发方式不同",
		effect: "权重为 0 时，该端点得不到新的连接。",
		owner: "kube-proxy",
	},
	"ipvs-server-unexpected": {
		title: "不是端点的 IPVS 后端",
		effect: "部分连接去了并不提供服务的地址。",
		owner: NOBODY,
	},
	"tc-filter-missing": {
		title: "tc 过滤器不存在",
		effect: "帧没有按应有的方式重定向或打标签。",
		owner: "terway",
	},
	"tc-filter-wrong": {
		title: "tc 过滤器做的是别的事",
		effect: "帧被重定向到别处，或打上别的标签。",
		owner: "terway",
	},
	"tc-filter-unexpected": {
		title: "不该有的 tc 过滤器",
		effect: "它在设备上截走帧。",
		owner: NOBODY,
	},
	"stale-conntrack": {
		title: "连接跟踪条目指向已无人服务的地方",
		effect: "该连接的报文，以及从同一端口发起的新连接，都按这个条目转换。",
		owner: "kube-proxy，它会删除已消失的端点的条目",
	},
	"card-missing": {
		title: "网卡不在它的网络上",
		effect: "机器之间的网络不知道该地址在哪里。",
		owner: "云，或机器",
	},
	"card-address-wrong": {
		title: "网卡的地址不同",
		effect: "机器之间的网络把该地址送到别处，或哪里也送不到。",
		owner: "云，或 CNI",
	},
	"card-unexpected": {
		title: "不该有的网卡",
		effect: "它接走发往其地址的报文。",
		owner: NOBODY,
	},
	"vpc-route-missing": {
		title: "VPC 的路由条目不存在",
		effect: "VPC 不知道哪台机器有这些 Pod 的地址。",
		owner: "云控制器（cloud controller manager）",
	},
	"vpc-route-wrong": {
		title: "VPC 的路由条目指向另一台机器",
		effect: "报文到达一台没有该 Pod 的机器。",
		owner: "云控制器（cloud controller manager）",
	},
	"vpc-route-unexpected": {
		title: "不该有的 VPC 路由条目",
		effect: "发往其目的网段的报文去它所指的机器。",
		owner: NOBODY,
	},
	"switch-port-wrong": {
		title: "交换机端口的 VLAN 不同",
		effect: "端口不承载的 VLAN 的帧会被丢弃。",
		owner: "网络管理员",
	},
	"security-group-rule-missing": {
		title: "安全组规则不存在",
		effect: "网卡不放行该报文。",
		owner: "管理员",
	},
	"security-group-rule-unexpected": {
		title: "不该有的安全组规则",
		effect: "它放行或拒绝报文。",
		owner: "管理员",
	},
	"lb-member-missing": {
		title: "负载均衡缺少一个成员",
		effect: "某个后端得不到连接。",
		owner: "云控制器（cloud controller manager）",
	},
	"lb-member-wrong": {
		title: "负载均衡成员的权重不同，或不健康",
		effect: "它得到较少的连接，或得不到。",
		owner: "云控制器（cloud controller manager）",
	},
	"lb-member-unexpected": {
		title: "负载均衡有一个无人服务的成员",
		effect: "部分连接去了没有程序监听的地方。",
		owner: NOBODY,
	},
	"blocked-by-policy": {
		title: "NetworkPolicy 不放行该报文",
		effect: "它在被隔离的 Pod 处被丢弃。",
		owner: "编写策略的人",
	},
	"blocked-by-rule": {
		title: "节点上的规则丢弃或拒绝该报文",
		effect: "它到此为止。被丢弃时，发送方一直等到超时；被拒绝时，它立刻得知。",
		owner: "写入该规则的人",
	},
	"answer-not-taken": {
		title: "客户端不接受应答",
		effect: "应答到了，但来自客户端没有访问过的地址，或不是它所知的任何连接的应答。",
		owner: "转换了报文的一方",
	},
	"blocked-by-cloud": {
		title: "云不让该报文通过",
		effect: "安全组、访问控制列表或地址检查把它丢弃。发送方得不到任何回音，只能等待。",
		owner: "维护云上安全组和负载均衡的人",
	},
	"dropped-by-kernel": {
		title: "内核按自身的检查丢弃该报文",
		effect: "与规则无关：转发关闭，或该源地址不得从那里进来。",
		owner: "管理员（通过 sysctl），或以该源地址发送的一方",
	},
	"too-large": {
		title: "报文大于设备所能承载",
		effect: "它不许分片，因此到此为止；较小的报文能通过。",
		owner: "设置途中设备 MTU 的人",
	},
	"goes-in-circles": {
		title: "报文回到它来过的地方",
		effect: "它一直绕行，直到跳数用尽。",
		owner: "写入折返路由的一方",
	},
	"no-server": {
		title: "所访问的地址没有人提供服务",
		effect: "它后面没有可以接收报文的后端。",
		owner: "运行该工作负载的人；写入后端的 kube-proxy 或云控制器",
	},
	"leaves-the-input": {
		title: "报文离开了输入所描述的范围",
		effect: "它在那里的结局不得而知。",
		owner: "没有：这可能是对的",
	},
	"no-way": {
		title: "网络中没有供该报文走的路",
		effect: "没有通往那里的路由，下一跳无人应答，或途中的设备不承载它。",
		owner: "在该处创建路由和设备的一方：CNI 的守护进程、云控制器或管理员",
	},
	"not-decided": {
		title: "无法判断报文的结局",
		effect: "途中有无法求值的东西，或输入中没有它。",
		owner: "没有",
	},
	"not-served": {
		title: "报文到达之处没有程序监听",
		effect: "服务端的协议栈拒绝它。",
		owner: "运行该工作负载的人",
	},
};
