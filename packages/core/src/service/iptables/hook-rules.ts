/** The jumps from iptables' own chains into kube-proxy's, and the chains that no Service has a part in. */
import { type Family, isLoopback } from "../../address/address.ts";
import { hostPrefix } from "../../address/prefix.ts";
import type { KubeProxySettings } from "../../cluster/settings.ts";
import {
	addrtype,
	chain,
	comment,
	conntrackState,
	destination,
	drop,
	jump,
	rule,
	source,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { XtHookRule } from "../../state/contribution.ts";
import { dropMarkedRule, FIREWALL, FIREWALL_HOOKS, FORWARD, POSTROUTING, proxyOrigin } from "../masquerade.ts";
import type { NodePortAddresses } from "../proxy-node.ts";
import type { ProxyFeatures } from "../version.ts";
import { EXTERNAL_SERVICES, LOOPBACK_BLOCK, NODE_PORTS, PROXY_FIREWALL, SERVICES } from "./chain-names.ts";

/** A jump is put before everything that is there, so the last of these comes first (iptablesJumpChains). */
function jumpFrom(from: XtHookRule["chain"], to: string, text: string, onlyNew: boolean): XtHookRule {
	const matches = [...(onlyNew ? [conntrackState(["NEW"])] : []), ...(text === "" ? [] : [comment(text)])];
	return { chain: from, how: "insert", rule: rule(proxyOrigin(text === "" ? undefined : text), matches, jump(to)) };
}

const EXTERNALLY_VISIBLE = "kubernetes externally-visible service portals";
const PORTALS = "kubernetes service portals";
const BALANCER_FIREWALL = "kubernetes load balancer firewall";

const SERVICE_HOOKS: readonly XtHookRule[] = [
	jumpFrom("INPUT", EXTERNAL_SERVICES, EXTERNALLY_VISIBLE, true),
	jumpFrom("FORWARD", EXTERNAL_SERVICES, EXTERNALLY_VISIBLE, true),
	jumpFrom("INPUT", NODE_PORTS, "kubernetes health check service ports", false),
	jumpFrom("FORWARD", SERVICES, PORTALS, true),
	jumpFrom("OUTPUT", SERVICES, PORTALS, true),
	jumpFrom("FORWARD", FORWARD, "kubernetes forwarding rules", false),
];

/** The jumps of table filter. Before 1.25 there is no KUBE-PROXY-FIREWALL, and KUBE-FIREWALL is the kubelet's alone. */
export function filterHooks(features: ProxyFeatures): readonly XtHookRule[] {
	return features.dropsInFilter ? [...SERVICE_HOOKS, ...PROXY_FIREWALL_HOOKS] : [...FIREWALL_HOOKS, ...SERVICE_HOOKS];
}

const PROXY_FIREWALL_HOOKS: readonly XtHookRule[] = [
	jumpFrom("INPUT", PROXY_FIREWALL, BALANCER_FIREWALL, true),
	jumpFrom("OUTPUT", PROXY_FIREWALL, BALANCER_FIREWALL, true),
	jumpFrom("FORWARD", PROXY_FIREWALL, BALANCER_FIREWALL, true),
	jumpFrom("INPUT", FIREWALL, "", false),
	jumpFrom("OUTPUT", FIREWALL, "", false),
];

export const NAT_HOOKS: readonly XtHookRule[] = [
	jumpFrom("OUTPUT", SERVICES, PORTALS, false),
	jumpFrom("PREROUTING", SERVICES, PORTALS, false),
	jumpFrom("POSTROUTING", POSTROUTING, "kubernetes postrouting rules", false),
];

/** Node ports are also to be served on 127.0.0.1 (IPv4 only: the kernel has no route_localnet for IPv6). */
export function servesLocalhost(settings: KubeProxySettings, family: Family, addresses: NodePortAddresses): boolean {
	return family === 4 && settings.localhostNodePorts && (addresses.kind === "all" || addresses.loopback);
}

/** With route_localnet, packets from outside to 127.0.0.0/8 would be taken in: kubernetes/kubernetes#90259. */
export function kubeletFirewallChain(localhost: boolean, features: ProxyFeatures): XtChain {
	const drops = features.dropsInFilter ? [] : [dropMarkedRule()];
	if (!localhost) return chain(FIREWALL, drops);
	const text = "block incoming localnet connections";
	const loopback = LOOPBACK_BLOCK[4];
	const matches = [
		source(loopback, true),
		destination(loopback),
		comment(text),
		conntrackState(["RELATED", "ESTABLISHED", "DNAT"], true),
	];
	return chain(FIREWALL, [...drops, rule(proxyOrigin(text), matches, drop)]);
}

/** The end of nat KUBE-SERVICES: what is for this node goes on to the node ports. */
export function nodePortJumps(family: Family, addresses: NodePortAddresses, localhost: boolean): readonly XtRule[] {
	const text = "kubernetes service nodeports; NOTE: this must be the last rule in this chain";
	const to = jump(NODE_PORTS);
	if (addresses.kind === "all") {
		const notLoopback = localhost ? [] : [destination(LOOPBACK_BLOCK[family], true)];
		const matches = [...notLoopback, comment(text), addrtype({ destination: "LOCAL" })];
		return [rule(proxyOrigin(text), matches, to)];
	}
	return addresses.addresses
		.filter((address) => localhost || !isLoopback(address))
		.map((address) => rule(proxyOrigin(text), [destination(hostPrefix(address)), comment(text)], to));
}
