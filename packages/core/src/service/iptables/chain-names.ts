/** The chains of iptables mode (pkg/proxy/iptables/proxier.go). */

export const SERVICES = "KUBE-SERVICES";
export const EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES";
export const NODE_PORTS = "KUBE-NODEPORTS";
export const PROXY_FIREWALL = "KUBE-PROXY-FIREWALL";
/** The kubelet's chain: kube-proxy keeps a copy of its rule against packets from outside to 127.0.0.0/8. */
export const FIREWALL = "KUBE-FIREWALL";
/** Empty: when it is gone, somebody has flushed the rules. */
export const CANARY = "KUBE-PROXY-CANARY";

/** Chains of one Service port, by what stands before the hash; `SEP` of one endpoint. */
export const SERVICE_CHAIN_KINDS = ["SVC", "SVL", "EXT", "FW"] as const;
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
