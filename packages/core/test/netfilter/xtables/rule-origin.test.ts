import { expect, test } from "vitest";
import { parseXtablesSave } from "../../../src/netfilter/xtables/save.ts";

/** Who is taken to have put the one rule of a filter table there. */
function originOf(rule: string): { readonly component: string | undefined; readonly object: string | undefined } {
	const chain = rule.split(" ")[1] ?? "";
	const { tables } = parseXtablesSave(`*filter\n:${chain} - [0:0]\n${rule}\nCOMMIT\n`, { family: 4, file: "f" });
	const origin = tables[0]?.chains.get(chain)?.rules[0]?.origin;
	return { component: origin?.component, object: origin?.object };
}

// Chain names and comments as kube-proxy, kubelet, Calico, flannel and the portmap plug-in write them.
test.each([
	['-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 cluster IP" -j ACCEPT', "kube-proxy", "service/ns1/svc1"],
	['-A KUBE-SERVICES -m comment --comment "ns4/svc4 has no endpoints" -j REJECT', "kube-proxy", "service/ns4/svc4"],
	['-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -j ACCEPT', "kube-proxy", undefined],
	['-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS', "kube-proxy", undefined],
	["-A OUTPUT -j KUBE-FIREWALL", "kube-proxy", undefined],
	['-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD', "calico", undefined],
	["-A cali-FORWARD -j ACCEPT", "calico", undefined],
	["-A FORWARD -j FLANNEL-FWD", "flannel", undefined],
	["-A POSTROUTING -j CNI-HOSTPORT-MASQ", "portmap", undefined],
	['-A INPUT -m comment --comment "ns1/svc1 looks like a Service" -j ACCEPT', "unknown", undefined],
])("%s", (rule, component, object) => {
	expect(originOf(rule)).toEqual({ component, object });
});
