/** The jumps from iptables' own chains into kube-proxy's, and the chains that no Service has a part in. */
import { type Family, isLoopback } from "../../address/address.ts";
import { hostPrefix, prefix } from "../../address/prefix.ts";
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
import { FORWARD, POSTROUTING, proxyOrigin } from "../masquerade.ts";
import type { NodePortAddresses } from "../proxy-node.ts";
import { EXTERNAL_SERVICES, FIREWALL, NODE_PORTS, PROXY_FIREWALL, SERVICES } from "./chain-names.ts";

/** A jump is put before everything that is there, so the last of these comes first (iptablesJumpChains). */
function jumpFrom(from: XtHookRule["chain"], to: string, text: string, onlyNew: boolean): XtHookRule {
	const matches = [...(onlyNew ? [conntrackState(["NEW"])] : []), ...(text === "" ? [] : [comment(text)])];
	return { chain: from, how: "insert", rule: rule(proxyOrigin(text === "" ? undefined : text), matches, jump(to)) };
}

const EXTERNALLY_VISIBLE = "kubernetes externally-visible service portals";
const PORTALS = "kubernetes service portals";
const BALANCER_FIREWALL = "kubernetes load balancer firewall";

export const FILTER_HOOKS: readonly XtHookRule[] = [
	jumpFrom("INPUT", EXTERNAL_SERVICES, EXTERNALLY_VISIBLE, true),
	jumpFrom("FORWARD", EXTERNAL_SERVICES, EXTERNALLY_VISIBLE, true),
	jumpFrom("INPUT", NODE_PORTS, "kubernetes health check service ports", false),
	jumpFrom("FORWARD", SERVICES, PORTALS, true),
	jumpFrom("OUTPUT", SERVICES, PORTALS, true),
	jumpFrom("FORWARD", FORWARD, "kubernetes forwarding rules", false),
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

const LOOPBACK_BLOCK = { 4: prefix("127.0.0.0/8"), 6: prefix("::1/128") } as const;

/** With route_localnet, packets from outside to 127.0.0.0/8 would be taken in: kubernetes/kubernetes#90259. */
export function kubeletFirewallChain(localhost: boolean): XtChain {
	if (!localhost) return chain(FIREWALL, []);
	const text = "block incoming localnet connections";
	const loopback = LOOPBACK_BLOCK[4];
	const matches = [
		source(loopback, true),
		destination(loopback),
		comment(text),
		conntrackState(["RELATED", "ESTABLISHED", "DNAT"], true),
	];
	return chain(FIREWALL, [rule(proxyOrigin(text), matches, drop)]);
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
