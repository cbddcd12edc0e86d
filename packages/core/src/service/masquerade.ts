/** The chains about masquerading and forwarding that iptables mode and IPVS mode have in common. */
import type { KubeProxySettings } from "../cluster/settings.ts";
import {
	accept,
	chain,
	comment,
	conntrackState,
	drop,
	jump,
	mark,
	masquerade,
	returnTarget,
	rule,
	setXmark,
} from "../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../netfilter/xtables/table.ts";
import type { Origin } from "../origin/origin.ts";
import type { XtHookRule } from "../state/contribution.ts";

export const MARK_MASQ = "KUBE-MARK-MASQ";
export const POSTROUTING = "KUBE-POSTROUTING";
export const FORWARD = "KUBE-FORWARD";
/** Before 1.25: marks a packet for the kubelet's chain KUBE-FIREWALL in the filter table to drop. */
export const MARK_DROP = "KUBE-MARK-DROP";
/** The kubelet's chain of table filter. */
export const FIREWALL = "KUBE-FIREWALL";

const KUBE_PROXY: Origin = { component: "kube-proxy" };

/** The origin of a rule that serves no single Service. */
export function proxyOrigin(note?: string): Origin {
	return note === undefined ? KUBE_PROXY : { ...KUBE_PROXY, note };
}

/** The mark that asks for masquerading: 0x4000 with bit 14. */
export function masqueradeMark(settings: KubeProxySettings): number {
	return (1 << settings.masqueradeBit) >>> 0;
}

const DROP_MARK = 0x8000;

function kubelet(note?: string): Origin {
	return note === undefined ? { component: "kubelet" } : { component: "kubelet", note };
}

/** KUBE-MARK-DROP of table nat, which the kubelet fills. */
export function markDropChain(): XtChain {
	return chain(MARK_DROP, [rule(kubelet(), [], setXmark(DROP_MARK, DROP_MARK))]);
}

/** The rule of the kubelet's KUBE-FIREWALL that drops what is marked. */
export function dropMarkedRule(): XtRule {
	const why = "kubernetes firewall for dropping marked packets";
	return rule(kubelet(why), [comment(why), mark(DROP_MARK, DROP_MARK)], drop);
}

/** The kubelet's jumps to KUBE-FIREWALL. */
export const FIREWALL_HOOKS: readonly XtHookRule[] = (["INPUT", "OUTPUT"] as const).map((from) => {
	return { chain: from, how: "insert", rule: rule(kubelet(), [], jump(FIREWALL)) };
});

/** Marks a packet for masquerading. */
export function markMasqChain(settings: KubeProxySettings): XtChain {
	const bit = masqueradeMark(settings);
	return chain(MARK_MASQ, [rule(KUBE_PROXY, [], setXmark(bit, bit))]);
}

/**
 * Masquerades what is marked. The mark is taken off first, so that a packet that passes the stack again, as after
 * encapsulation, is not masqueraded again.
 */
export function postroutingRules(settings: KubeProxySettings): readonly XtRule[] {
	const bit = masqueradeMark(settings);
	const why = "kubernetes service traffic requiring SNAT";
	return [
		rule(KUBE_PROXY, [mark(bit, bit, true)], returnTarget),
		rule(KUBE_PROXY, [], setXmark(bit, 0)),
		rule(proxyOrigin(why), [comment(why)], masquerade(true)),
	];
}

/** Lets marked traffic and its answers through where the FORWARD policy would not. IPVS mode keeps invalid packets. */
export function forwardChain(settings: KubeProxySettings, dropInvalid: boolean): XtChain {
	const bit = masqueradeMark(settings);
	const marked = "kubernetes forwarding rules";
	const answers = "kubernetes forwarding conntrack rule";
	return chain(FORWARD, [
		...(dropInvalid ? [rule(KUBE_PROXY, [conntrackState(["INVALID"])], drop)] : []),
		rule(proxyOrigin(marked), [comment(marked), mark(bit, bit)], accept),
		rule(proxyOrigin(answers), [comment(answers), conntrackState(["RELATED", "ESTABLISHED"])], accept),
	]);
}
