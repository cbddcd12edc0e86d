/** The parts of kube-proxy's nftables table, and the names of those that no single Service has. */
import type { Hook } from "../../netfilter/hook.ts";
import type { Origin } from "../../origin/origin.ts";
import type { NftExpression, NftStatement, ProxyNftRule } from "./statements.ts";

export const CLUSTER_IPS = "cluster-ips";
export const NODEPORT_IPS = "nodeport-ips";
export const FIREWALL_IPS = "firewall-ips";
export const NO_ENDPOINT_NODEPORTS = "no-endpoint-nodeports";
export const NO_ENDPOINT_SERVICES = "no-endpoint-services";
export const SERVICE_IPS = "service-ips";
export const SERVICE_NODEPORTS = "service-nodeports";

export const CLUSTER_IPS_CHECK = "cluster-ips-check";
export const FIREWALL_CHECK = "firewall-check";
export const MARK_FOR_MASQUERADE = "mark-for-masquerade";
export const MASQUERADING = "masquerading";
export const NODEPORT_ENDPOINTS_CHECK = "nodeport-endpoints-check";
export const REJECT_CHAIN = "reject-chain";
export const SERVICES = "services";
export const SERVICE_ENDPOINTS_CHECK = "service-endpoints-check";

export interface ProxyNftChain {
	readonly name: string;
	/** Where netfilter calls it; absent: only other chains do. */
	readonly base?: { readonly type: "filter" | "nat"; readonly hook: Hook; readonly priority: number };
	readonly comment?: string;
	readonly rules: readonly ProxyNftRule[];
}

export interface NftElement {
	readonly key: NftExpression;
	/** The verdict that a map has for the key. */
	readonly verdict?: NftStatement;
	readonly comment?: string;
	readonly origin: Origin;
}

/** A set, or with verdicts a map. */
export interface ProxyNftSet {
	readonly name: string;
	/** `ipv4_addr`, `inet_proto` …, one for each part of a key. */
	readonly types: readonly string[];
	readonly verdicts: boolean;
	readonly comment?: string;
	/** Seconds that an element which packets added lasts: session affinity. */
	readonly timeout?: number;
	readonly elements: readonly NftElement[];
}

/** `table ip kube-proxy` or `table ip6 kube-proxy`. Its maps make their values when they are first asked for. */
export interface ProxyNftTable {
	readonly family: "ip" | "ip6";
	readonly name: "kube-proxy";
	readonly comment: "rules for kube-proxy";
	readonly chains: ReadonlyMap<string, ProxyNftChain>;
	readonly sets: ReadonlyMap<string, ProxyNftSet>;
}
