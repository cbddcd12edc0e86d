/** IPVS: virtual services and their real servers (`ipvsadm-save -n`). */
import type { Address } from "../address/address.ts";
import type { Origin } from "../origin/origin.ts";

/** How packets are handed to a real server: NAT (`-m`), IP in IP (`-i`), or by its MAC (`-g`). */
export type ForwardingMethod = "masq" | "tunnel" | "route" | "local";

export interface RealServer {
	readonly address: Address;
	readonly port: number;
	readonly method: ForwardingMethod;
	/** 0: no new connections. */
	readonly weight: number;
	/** Words of the server that were not understood (`--tun-type gue` …): how packets reach it is then not known. */
	readonly notUnderstood?: string;
	readonly origin: Origin;
}

export interface VirtualServer {
	/** What selects the packets: an address with a port, or a firewall mark. */
	readonly match:
		| {
				readonly kind: "address";
				readonly protocol: "tcp" | "udp" | "sctp";
				readonly address: Address;
				/** 0: every port (persistent services only). */
				readonly port: number;
		  }
		| { readonly kind: "fwmark"; readonly mark: number; readonly family: 4 | 6 };
	/** `rr`, `wrr`, `lc`, `sh`, `mh` … */
	readonly scheduler: string;
	/** `sh-port`, `mh-fallback`, `ops` … */
	readonly flags: readonly string[];
	/** Session affinity in seconds (`-p`), absent: none. */
	readonly persistence?: { readonly seconds: number; readonly prefixLength: number };
	readonly servers: readonly RealServer[];
	/** Words of the service that were not understood (`--pe sip` …): which server it chooses is then not known. */
	readonly notUnderstood?: string;
	readonly origin: Origin;
}
