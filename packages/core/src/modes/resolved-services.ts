/** Services as programs resolve them that do so past kube-proxy: cluster addresses always, load balancers' where it is switched on. */
import type { Family } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Node } from "../cluster/objects.ts";
import { proxyNodeOf } from "../service/proxy-node.ts";
import type { ProxyServicePort } from "../service/service-port.ts";
import { type FamilyServices, type ServiceTables, serviceTables } from "../service/service-tables.ts";
import type { RealServer, VirtualServer } from "../state/ipvs.ts";

export type ResolvedServices = (node: Node) => readonly VirtualServer[];

/** The programs choose among the endpoints that kube-proxy would choose from. `component` is who programs them. */
export function resolvedServices(cluster: Cluster, component: string): ResolvedServices {
	const tables = serviceTables(cluster);
	const known = new Map<string, readonly VirtualServer[]>();
	return (node) => {
		let services = known.get(node.name);
		if (services === undefined) {
			services = ([4, 6] as const)
				.flatMap((family) => servicesOf(tables, family, node, cluster))
				.map((each) => by(each, component));
			known.set(node.name, services);
		}
		return services;
	};
}

function servicesOf(tables: ServiceTables, family: Family, node: Node, cluster: Cluster): readonly VirtualServer[] {
	const services = tables.families[family];
	const balanced = cluster.terway?.inClusterLoadBalance === true;
	return services.ports.flatMap((port): VirtualServer[] => {
		const servers = serversOf(services, port, node);
		const outside = balanced ? [...port.externalIPs, ...port.loadBalancerVIPs] : [];
		return [
			virtual(port, port.clusterIP, port.internalLocal ? servers.local : servers.cluster),
			...outside.map((address) => virtual(port, address, port.externalLocal ? servers.local : servers.cluster)),
		];
	});
}

function virtual(
	{ protocol, port, origin }: ProxyServicePort,
	address: ProxyServicePort["clusterIP"],
	servers: readonly RealServer[],
): VirtualServer {
	const match = { kind: "address", protocol, address, port } as const;
	return { match, scheduler: "random", flags: [], servers, origin };
}

/** The same Service as kube-proxy's, programmed by somebody else. */
function by(service: VirtualServer, component: string): VirtualServer {
	return { ...service, origin: { ...service.origin, component } };
}

function serversOf(
	services: FamilyServices,
	port: ProxyServicePort,
	node: Node,
): { readonly cluster: readonly RealServer[]; readonly local: readonly RealServer[] } {
	const choice = services.choose(port, proxyNodeOf(node));
	const servers = (endpoints: typeof choice.cluster): readonly RealServer[] =>
		endpoints.map((each) => ({
			address: each.address,
			port: each.port,
			method: "masq",
			weight: 1,
			origin: port.origin,
		}));
	return { cluster: servers(choice.cluster), local: servers(choice.local) };
}
