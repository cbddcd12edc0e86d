/**
 * What Alibaba Cloud's controller mounts behind a Service's load balancer (cloud-provider-alibaba-cloud
 * pkg/controller/service/clbv1/vgroups.go): with backend type eni each ready pod, else with traffic policy Local the nodes
 * that have one, else every node that may have one.
 */
import type { Address, Family } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Endpoint, EndpointSlice, Node, Service, ServicePort } from "../cluster/objects.ts";
import type { Origin } from "../origin/origin.ts";
import type { Backend, Scheduler } from "../state/fabric.ts";
import { CARD } from "./underlay/card.ts";
import type { EniCards } from "./underlay/enis.ts";

/** Nodes with this label are kept out (KEP-1143). */
const EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";
const BACKEND_TYPE = "service.beta.kubernetes.io/backend-type";
const SCHEDULER = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-scheduler";

/** DefaultServerWeight, that of an ENI and of a node with policy Cluster; with policy Local a node's is its number of pods. */
const DEFAULT_WEIGHT = 100;

/** The members of each listener of one Service. */
export interface Members {
	readonly kind: "eni" | "ecs";
	backends(port: ServicePort, addresses: readonly Address[], origin: Origin): readonly Backend[];
}

export function membersOf(service: Service, cluster: Cluster, enis: EniCards): Members {
	const slices = cluster.slicesOf(`${service.namespace}/${service.name}`);
	if (mountsEnis(service, slices, enis)) {
		return { kind: "eni", backends: (port, addresses, origin) => podEnis(slices, port, addresses, enis, origin) };
	}
	let weighted: readonly WeightedNode[] | undefined;
	return {
		kind: "ecs",
		backends: ({ nodePort }, addresses, origin) => {
			if (nodePort === 0) return [];
			weighted ??= nodesOf(service, slices, cluster);
			return weighted.flatMap(({ node, weight }) => backendsOn(node, addresses, nodePort, weight, origin));
		},
	};
}

/**
 * The Service's annotation says it. Without one it is a setting of the controller, which ACK gives clusters whose pods have
 * addresses of ENIs (seed 000 L468 and seed 002 L181: only the pods' ENIs are mounted, whatever the policy).
 */
function mountsEnis(service: Service, slices: readonly EndpointSlice[], enis: EniCards): boolean {
	const said = service.annotations[BACKEND_TYPE];
	if (said !== undefined && said !== "") return said === "eni";
	return slices.some(({ endpoints }) =>
		endpoints.some(({ addresses }) =>
			addresses.some((address) => {
				const type = enis.withAddress(address)?.eni.type;
				return type !== undefined && type !== "primary";
			}),
		),
	);
}

/** Each ready pod's ENI at the pod's address and own port. */
function podEnis(
	slices: readonly EndpointSlice[],
	port: ServicePort,
	addresses: readonly Address[],
	enis: EniCards,
	origin: Origin,
): readonly Backend[] {
	const families = new Set<Family>(addresses.map((each) => each.family));
	return slices.flatMap((slice) => {
		const target = slice.ports.find((each) => each.name === port.name && each.protocol === port.protocol);
		if (target === undefined) return [];
		return readyEndpoints(slice).flatMap((endpoint) =>
			endpoint.addresses.flatMap((address): readonly Backend[] => {
				const card = families.has(address.family) ? enis.withAddress(address) : undefined;
				if (card === undefined) return [];
				const { place, device, eni } = card;
				const at = { place, device, eni: eni.place, address, port: target.port ?? port.port };
				return [{ ...at, weight: DEFAULT_WEIGHT, origin }];
			}),
		);
	});
}

interface WeightedNode {
	readonly node: Node;
	readonly weight: number;
}

/** With policy Local only nodes with a ready endpoint (seed 001 L223-L231), else every ready node (seed 001 L285-L289). */
function nodesOf(service: Service, slices: readonly EndpointSlice[], cluster: Cluster): readonly WeightedNode[] {
	const ready = cluster.nodes.filter((node) => node.ready && node.labels[EXCLUDED] === undefined);
	if (service.externalTrafficPolicy === "Cluster") return ready.map((node) => ({ node, weight: DEFAULT_WEIGHT }));
	const pods = new Map<string, number>();
	// A Service of two families has its endpoints twice.
	const once = slices.filter(({ addressType }) => addressType === slices[0]?.addressType);
	for (const { nodeName } of once.flatMap(readyEndpoints)) pods.set(nodeName, (pods.get(nodeName) ?? 0) + 1);
	return ready.flatMap((node) => {
		const weight = pods.get(node.name);
		return weight === undefined ? [] : [{ node, weight }];
	});
}

function readyEndpoints({ endpoints }: EndpointSlice): readonly Endpoint[] {
	return endpoints.filter((each) => each.ready);
}

/** The node at its first address of each family in which the load balancer listens. */
export function backendsOn(
	node: Node,
	addresses: readonly Address[],
	port: number,
	weight: number,
	origin: Origin,
): readonly Backend[] {
	const families = new Set<Family>(addresses.map((each) => each.family));
	return [...families].flatMap((family) => {
		const address = node.internalIPs.find((each) => each.family === family);
		return address === undefined ? [] : [{ place: `node/${node.name}`, device: CARD, address, port, weight, origin }];
	});
}

/** `rr` unless the Service says otherwise: then a node's number of pods counts for nothing (ACK: add wrr for policy Local). */
export function schedulerOf({ annotations }: Service): Scheduler {
	const said = annotations[SCHEDULER];
	return said === "wrr" || said === "wlc" || said === "sch" ? said : "rr";
}
