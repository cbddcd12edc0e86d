/** The chains, sets and maps of table kube-proxy that no single Service has (pkg/proxy/nftables/proxier.go). */

export const TABLE = "kube-proxy";

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
