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
	const external = realServers(port, externalEndpoints(port, choice, features));
	const server = (address: Address, number: number, servers: readonly RealServer[], note: string): VirtualServer => ({
		match: { kind: "address", protocol: port.protocol, address, port: number },
		scheduler: settings.ipvsScheduler,
		// FlagSourceHash, which is IP_VS_SVC_F_SCHED_MH_PORT.
		flags: settings.ipvsScheduler === "mh" ? MH_FLAGS : NO_FLAGS,
		...(port.affinitySeconds === 0
			? {}
			: { persistence: { seconds: port.affinitySeconds, prefixLength: addressBits(port.family) } }),
		servers,
		origin: { ...port.origin, note: `${port.name} ${note}` },
	});
	const internal = realServers(port, internalEndpoints(port, choice, features));
	return {
		fixed: [
			server(port.clusterIP, port.port, internal, "cluster IP"),
			...port.externalIPs.map((address) => server(address, port.port, external, "external IP")),
			...port.loadBalancerVIPs.map((address) => server(address, port.port, external, "loadbalancer IP")),
		],
		nodePort: (address) => server(address, port.nodePort, external, "node port"),
	};
}

const NO_FLAGS: readonly string[] = [];
const MH_FLAGS: readonly string[] = ["mh-port"];

function internalEndpoints(
	port: ProxyServicePort,
	choice: EndpointChoice,
	features: ProxyFeatures,
): readonly ProxyEndpoint[] {
	return port.internalLocal ? localEndpoints(choice, features) : choice.cluster;
}

function externalEndpoints(
	port: ProxyServicePort,
	choice: EndpointChoice,
	features: ProxyFeatures,
): readonly ProxyEndpoint[] {
	return port.externalLocal ? localEndpoints(choice, features) : choice.cluster;
}

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
