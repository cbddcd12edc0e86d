/** A port of a Service in one family, as kube-proxy sees it (pkg/proxy/serviceport.go). */
import type { Address, Family } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { Service, ServicePort, TransportProtocol } from "../cluster/objects.ts";
import type { Origin } from "../origin/origin.ts";
import type { ProxyFeatures } from "./version.ts";

export interface ProxyServicePort {
	/** Its place in the list of its family's ports, from 0. */
	readonly index: number;
	readonly service: Service;
	readonly family: Family;
	/** `NAMESPACE/NAME:PORT`, or `NAMESPACE/NAME` where the port has no name. */
	readonly name: string;
	readonly portName: string;
	readonly protocol: TransportProtocol;
	readonly port: number;
	readonly clusterIP: Address;
	/** 0: none. */
	readonly nodePort: number;
	readonly externalIPs: readonly Address[];
	/** Ingress addresses that kube-proxy serves itself (not those of `ipMode: Proxy`). */
	readonly loadBalancerVIPs: readonly Address[];
	readonly sourceRanges: readonly Prefix[];
	readonly internalLocal: boolean;
	readonly externalLocal: boolean;
	/** 0: no session affinity. */
	readonly affinitySeconds: number;
	/** 0: none. */
	readonly healthCheckNodePort: number;
	/** It can be reached by a node port, an external or a load balancer address. */
	readonly externallyAccessible: boolean;
	/** Some of its traffic goes to all endpoints: with policy Local, that of the cluster's own clients. */
	readonly usesClusterEndpoints: boolean;
	/** Some of its traffic goes to the endpoints of the node alone. */
	readonly usesLocalEndpoints: boolean;
	readonly origin: Origin;
}

/** Somebody else proxies such a Service; a headless one is not proxied at all (pkg/proxy/util ShouldSkipService, server.go). */
const LABELS_OF_OTHERS = ["service.kubernetes.io/service-proxy-name", "service.kubernetes.io/headless"];

/** Whether kube-proxy programs the Service in this family. */
export function isProxied(service: Service, family: Family): boolean {
	if (service.headless || service.type === "ExternalName") return false;
	for (const label of LABELS_OF_OTHERS) if (label in service.labels) return false;
	return clusterIPOf(service, family) !== undefined;
}

/** The ports of a Service that kube-proxy programs; `first` is the place of the first in the list of the family's ports. */
export function proxyServicePorts(
	service: Service,
	first: number,
	family: Family,
	features: ProxyFeatures,
): readonly ProxyServicePort[] {
	const clusterIP = clusterIPOf(service, family);
	if (clusterIP === undefined) return [];
	const origin: Origin = { component: "kube-proxy", object: `service/${service.namespace}/${service.name}` };
	return service.ports.map((port, i) => proxyServicePort(first + i, service, port, clusterIP, origin, features));
}

function clusterIPOf({ clusterIPs }: Service, family: Family): Address | undefined {
	for (const address of clusterIPs) if (address.family === family) return address;
	return undefined;
}

/** By `spec.internalTrafficPolicy`, where the version knows it. */
export function isInternalLocal(service: Service, features: ProxyFeatures): boolean {
	return features.internalTrafficPolicy && service.internalTrafficPolicy === "Local";
}

/** By `spec.externalTrafficPolicy`, where it has a meaning. */
export function isExternalLocal(service: Service): boolean {
	return service.externalTrafficPolicy === "Local" && mayBeReachedFromOutside(service);
}

function proxyServicePort(
	index: number,
	service: Service,
	port: ServicePort,
	clusterIP: Address,
	origin: Origin,
	features: ProxyFeatures,
): ProxyServicePort {
	const { family } = clusterIP;
	const ofFamily = (address: Address): boolean => address.family === family;
	const externalIPs = service.externalIPs.filter(ofFamily);
	const loadBalancerVIPs = service.loadBalancerIngress
		.filter(({ ipMode }) => ipMode === "VIP")
		.map(({ ip }) => ip)
		.filter(ofFamily);
	const externallyAccessible = port.nodePort !== 0 || loadBalancerVIPs.length > 0 || externalIPs.length > 0;
	const internalLocal = isInternalLocal(service, features);
	const externalLocal = isExternalLocal(service);
	const name = `${service.namespace}/${service.name}`;
	return {
		index,
		service,
		family,
		name: port.name === "" ? name : `${name}:${port.name}`,
		portName: port.name,
		protocol: port.protocol,
		port: port.port,
		clusterIP,
		nodePort: port.nodePort,
		externalIPs,
		loadBalancerVIPs,
		sourceRanges: service.loadBalancerSourceRanges.filter((range) => range.family === family),
		internalLocal,
		externalLocal,
		affinitySeconds: service.sessionAffinitySeconds,
		healthCheckNodePort: service.type === "LoadBalancer" && externalLocal ? service.healthCheckNodePort : 0,
		externallyAccessible,
		usesClusterEndpoints: !internalLocal || externallyAccessible,
		usesLocalEndpoints: internalLocal || (externalLocal && externallyAccessible),
		origin,
	};
}

/** k8s.io/kubernetes/pkg/api/v1/service ExternallyAccessible: only then has externalTrafficPolicy a meaning. */
function mayBeReachedFromOutside(service: Service): boolean {
	return service.type !== "ClusterIP" || service.externalIPs.length > 0;
}
