/** The virtual servers of IPVS mode and the addresses on kube-ipvs0 (ipvs/proxier.go syncService, syncEndpoint). */
import type { Address } from "../../address/address.ts";
import { addressBits } from "../../address/address.ts";
import type { KubeProxySettings } from "../../cluster/settings.ts";
import type { InterfaceAddress } from "../../state/ip.ts";
import type { RealServer, VirtualServer } from "../../state/ipvs.ts";
import type { EndpointChoice, ProxyEndpoint } from "../endpoints.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { ProxyFeatures } from "../version.ts";

export const DUMMY_DEVICE = "kube-ipvs0";

/** The virtual servers of one port; `nodePort` makes one for each address of a node. */
export interface PortServers {
	readonly fixed: readonly VirtualServer[];
	readonly nodePort: (address: Address) => VirtualServer;
}

/** The endpoints behind virtual servers, made when a packet first comes to one of them. */
class RealServers {
	readonly #port: ProxyServicePort;
	readonly #choose: () => readonly ProxyEndpoint[];
	#made: readonly RealServer[] | undefined;

	constructor(port: ProxyServicePort, choose: () => readonly ProxyEndpoint[]) {
		this.#port = port;
		this.#choose = choose;
	}

	get list(): readonly RealServer[] {
		const { origin } = this.#port;
		this.#made ??= this.#choose().map(({ address, port }) => ({ address, port, method: "masq", weight: 1, origin }));
		return this.#made;
	}
}

/**
 * The virtual servers of a port on a node that chooses its endpoints like this. A cluster has thousands, and a packet
 * comes to one, so `choose` is asked only where somebody looks at `servers`.
 */
export function portServers(
	port: ProxyServicePort,
	choose: () => EndpointChoice,
	settings: KubeProxySettings,
	features: ProxyFeatures,
): PortServers {
	const { protocol } = port;
	const { ipvsScheduler: scheduler } = settings;
	// FlagSourceHash, which is IP_VS_SVC_F_SCHED_MH_PORT.
	const flags = scheduler === "mh" ? MH_FLAGS : NO_FLAGS;
	const seconds = port.affinitySeconds;
	const persistent = seconds === 0 ? {} : { persistence: { seconds, prefixLength: addressBits(port.family) } };
	const common = (note: string) => ({
		scheduler,
		flags,
		...persistent,
		origin: { ...port.origin, note: `${port.name} ${note}` },
	});
	const match = (address: Address, number: number): VirtualServer["match"] => {
		return { kind: "address", protocol, address, port: number };
	};
	const at = (address: Address, real: RealServers, note: string): VirtualServer => ({
		match: match(address, port.port),
		...common(note),
		get servers(): readonly RealServer[] {
			return real.list;
		},
	});
	const everywhere = new RealServers(port, () => choose().cluster);
	const local = new RealServers(port, () => localEndpoints(choose(), features));
	const external = port.externalLocal ? local : everywhere;
	const forNodePort = common("node port");
	return {
		fixed: [
			at(port.clusterIP, port.internalLocal ? local : everywhere, "cluster IP"),
			...port.externalIPs.map((address) => at(address, external, "external IP")),
			...port.loadBalancerVIPs.map((address) => at(address, external, "loadbalancer IP")),
		],
		// These are not shared between nodes, so they are kept small.
		nodePort: (address) => ({ match: match(address, port.nodePort), ...forNodePort, servers: external.list }),
	};
}

const NO_FLAGS: readonly string[] = [];
const MH_FLAGS: readonly string[] = ["mh-port"];

function localEndpoints(choice: EndpointChoice, features: ProxyFeatures): readonly ProxyEndpoint[] {
	return choice.local.length > 0 || !features.lbLocalFallback ? choice.local : choice.cluster;
}

/** The port's addresses on kube-ipvs0: all but node ports, and but those that another device has already. */
export function boundAddresses(port: ProxyServicePort, elsewhere: ReadonlySet<string>): readonly Address[] {
	const external = [...port.externalIPs, ...port.loadBalancerVIPs].filter(({ text }) => !elsewhere.has(text));
	return [port.clusterIP, ...external];
}

/** An address as it stands on kube-ipvs0: a /32 or /128. */
export function dummyAddress(address: Address, port: ProxyServicePort): InterfaceAddress {
	return {
		device: DUMMY_DEVICE,
		address,
		prefixLength: addressBits(address.family),
		scope: "global",
		secondary: false,
		noPrefixRoute: false,
		origin: port.origin,
	};
}
