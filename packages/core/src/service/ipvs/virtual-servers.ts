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

/** The virtual servers of one port, by what they are for; `nodePort` makes one for each address of a node. */
export interface PortServers {
	readonly fixed: readonly VirtualServer[];
	readonly nodePort: (address: Address) => VirtualServer;
}

/** The virtual servers of a port with these endpoints. */
export function portServers(
	port: ProxyServicePort,
	choice: EndpointChoice,
	settings: KubeProxySettings,
	features: ProxyFeatures,
): PortServers {
	const persistence = { seconds: port.affinitySeconds, prefixLength: addressBits(port.family) };
	const common = {
		scheduler: settings.ipvsScheduler,
		// FlagSourceHash, which is IP_VS_SVC_F_SCHED_MH_PORT.
		flags: settings.ipvsScheduler === "mh" ? MH_FLAGS : NO_FLAGS,
		...(port.affinitySeconds === 0 ? {} : { persistence }),
	};
	/** What makes virtual servers of one sort; their common parts are shared, as a node has one for each of its addresses. */
	const maker = (
		number: number,
		servers: readonly RealServer[],
		note: string,
	): ((address: Address) => VirtualServer) => {
		const origin = { ...port.origin, note: `${port.name} ${note}` };
		return (address) => ({
			match: { kind: "address", protocol: port.protocol, address, port: number },
			...common,
			servers,
			origin,
		});
	};
	const internal = realServers(port, port.internalLocal ? localEndpoints(choice, features) : choice.cluster);
	const external = realServers(port, port.externalLocal ? localEndpoints(choice, features) : choice.cluster);
	return {
		fixed: [
			maker(port.port, internal, "cluster IP")(port.clusterIP),
			...port.externalIPs.map(maker(port.port, external, "external IP")),
			...port.loadBalancerVIPs.map(maker(port.port, external, "loadbalancer IP")),
		],
		nodePort: maker(port.nodePort, external, "node port"),
	};
}

const NO_FLAGS: readonly string[] = [];
const MH_FLAGS: readonly string[] = ["mh-port"];

function localEndpoints(choice: EndpointChoice, features: ProxyFeatures): readonly ProxyEndpoint[] {
	return choice.local.length > 0 || !features.lbLocalFallback ? choice.local : choice.cluster;
}

function realServers(port: ProxyServicePort, endpoints: readonly ProxyEndpoint[]): readonly RealServer[] {
	return endpoints.map(({ address, port: number }) => ({
		address,
		port: number,
		method: "masq",
		weight: 1,
		origin: port.origin,
	}));
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
