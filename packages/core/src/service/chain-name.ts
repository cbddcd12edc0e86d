/** The names that kube-proxy gives its chains (pkg/proxy/iptables/proxier.go portProtoHash, pkg/proxy/nftables/proxier.go). */
import type { Address } from "../address/address.ts";
import { base32, sha256 } from "../digest/sha256.ts";

/** The 16 letters after `KUBE-SVC-`, `KUBE-EXT-` …; with the endpoint's text appended, those after `KUBE-SEP-`. */
export function iptablesHash(servicePortName: string, protocol: string, endpoint = ""): string {
	return base32(sha256(servicePortName + protocol + endpoint), 16);
}

/** What nftables mode puts after `service-`, `external-` …: `ULMVA6XW-ns1/svc1/tcp/p80`. */
export function nftablesName(namespace: string, service: string, protocol: string, portName: string): string {
	return hashAndTruncate(`${namespace}/${service}/${protocol}/${portName}`);
}

/** What nftables mode puts after `endpoint-` and `affinity-`. Colons may not stand in a chain's name. */
export function nftablesEndpointName(
	namespace: string,
	service: string,
	protocol: string,
	portName: string,
	endpoint: { readonly address: Address; readonly port: number },
): string {
	const address = endpoint.address.text.replaceAll(":", ".");
	return hashAndTruncate(`${namespace}/${service}/${protocol}/${portName}__${address}/${endpoint.port}`);
}

/** NFT_NAME_MAXLEN less the longest prefix (16), as knftables counts it. */
const LONGEST_BASE_NAME = 256 - 16;

function hashAndTruncate(name: string): string {
	const whole = `${base32(sha256(name), 8)}-${name}`;
	return whole.length > LONGEST_BASE_NAME ? `${whole.slice(0, LONGEST_BASE_NAME - 3)}...` : whole;
}
