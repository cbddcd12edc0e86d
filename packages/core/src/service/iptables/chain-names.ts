/** The chains of iptables mode (pkg/proxy/iptables/proxier.go). */
import type { Family } from "../../address/address.ts";
import { type Prefix, prefix } from "../../address/prefix.ts";

export const LOOPBACK_BLOCK: Readonly<Record<Family, Prefix>> = { 4: prefix("127.0.0.0/8"), 6: prefix("::1/128") };

export const SERVICES = "KUBE-SERVICES";
export const EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES";
export const NODE_PORTS = "KUBE-NODEPORTS";
export const PROXY_FIREWALL = "KUBE-PROXY-FIREWALL";
/** Empty: when it is gone, somebody has flushed the rules. */
export const CANARY = "KUBE-PROXY-CANARY";

/** Chains of one Service port (EXT and SVL from 1.24, XLB before), by what stands before the hash; `SEP` of one endpoint. */
export const SERVICE_CHAIN_KINDS = ["SVC", "SVL", "EXT", "XLB", "FW"] as const;
export type ServiceChainKind = (typeof SERVICE_CHAIN_KINDS)[number];

export function serviceChainName(kind: ServiceChainKind | "SEP", hash: string): string {
	return `KUBE-${kind}-${hash}`;
}

/** The parts of such a name; undefined where it is none. */
export function readServiceChainName(name: string): { readonly kind: string; readonly hash: string } | undefined {
	const [prefix, kind, hash, ...more] = name.split("-");
	if (prefix !== "KUBE" || kind === undefined || hash?.length !== 16 || more.length > 0) return undefined;
	return { kind, hash };
}
