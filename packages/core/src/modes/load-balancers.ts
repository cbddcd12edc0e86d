/** What stands in front of Services of type LoadBalancer, as a cloud controller sets it up. */
import { type Address, formatEndpoint } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Service, ServicePort } from "../cluster/objects.ts";
import type { BackendObject, LoadBalancerObject } from "../cluster/settings.ts";
import type { Origin } from "../origin/origin.ts";
import type { Assumption } from "../state/assumption.ts";
import type { Backend, Listener, LoadBalancer } from "../state/fabric.ts";
import type { Place } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import { backendsOn, type Members, membersOf, schedulerOf } from "./load-balancer-members.ts";
import { type EniCards, eniCards } from "./underlay/enis.ts";

export interface LoadBalancers {
	readonly devices: readonly LoadBalancer[];
	readonly assumptions: readonly Assumption[];
}

/**
 * The load balancers of a cluster: the `LoadBalancer` objects of the input, and one for each other Service of the type that
 * has an address. Members are what the cloud controller mounts for the Service (load-balancer-members.ts).
 */
export function loadBalancersOf(cluster: Cluster, enis: EniCards = eniCards([])): LoadBalancers {
	const given = new Set(cluster.loadBalancers.map((object) => object.service));
	const derived = cluster.services.filter(
		(service) =>
			service.type === "LoadBalancer" &&
			service.loadBalancerIngress.length > 0 &&
			!given.has(`${service.namespace}/${service.name}`),
	);
	const places = placesOf(derived, cluster.loadBalancers);
	const maker = new Maker(cluster, enis);
	const devices = [
		...cluster.loadBalancers.map((object) => maker.described(object)),
		...derived.map((service) => maker.derived(service, places.get(service) ?? "")),
	];
	return {
		devices: united(devices),
		assumptions: derived.flatMap((service) => maker.missingNodePorts(service, places.get(service) ?? "")),
	};
}

/** Services may share one load balancer, by its address: then it has the listeners of them all. */
function united(devices: readonly LoadBalancer[]): readonly LoadBalancer[] {
	const result = new Map<Place, LoadBalancer>();
	const holders = new Map<string, Place>();
	for (const device of devices) {
		const shared = device.addresses.map((each) => holders.get(each.text)).find((place) => place !== undefined);
		const other = shared === undefined ? undefined : result.get(shared);
		const place = other?.place ?? device.place;
		result.set(
			place,
			other === undefined ? device : { ...other, listeners: [...other.listeners, ...device.listeners] },
		);
		for (const address of device.addresses) if (!holders.has(address.text)) holders.set(address.text, place);
	}
	return [...result.values()];
}

/** `slb/SERVICE`, with the namespace where two Services have one name. */
function placesOf(services: readonly Service[], objects: readonly LoadBalancerObject[]): ReadonlyMap<Service, string> {
	const uses = new Map<string, number>();
	for (const { name } of [...services, ...objects]) uses.set(name, (uses.get(name) ?? 0) + 1);
	return new Map(
		services.map((service) => {
			const { name, namespace } = service;
			return [service, (uses.get(name) ?? 0) > 1 ? `slb/${namespace}/${name}` : `slb/${name}`];
		}),
	);
}

class Maker {
	readonly #cluster: Cluster;
	readonly #enis: EniCards;

	constructor(cluster: Cluster, enis: EniCards) {
		this.#cluster = cluster;
		this.#enis = enis;
	}

	described(object: LoadBalancerObject): LoadBalancer {
		const { name, localAddresses, source } = object;
		const service = this.#cluster.service(object.service);
		const addresses = object.addresses.length > 0 ? object.addresses : ingressOf(service);
		const origin: Origin = { component: "load-balancer", object: `slb/${name}`, source };
		const listeners =
			object.backends === null && service !== undefined
				? this.#listeners(service, addresses)
				: this.#describedListeners(object, addresses, origin);
		return {
			kind: "load-balancer",
			place: `slb/${name}`,
			addresses,
			...(localAddresses !== null && { localAddresses }),
			listeners: listeners.map((listener) => withSettings(listener, object)),
			origin,
		};
	}

	derived(service: Service, place: string): LoadBalancer {
		const addresses = ingressOf(service);
		const listeners = this.#listeners(service, addresses);
		return { kind: "load-balancer", place, addresses, listeners, origin: originOf(service) };
	}

	missingNodePorts(service: Service, place: string): readonly Assumption[] {
		const without = service.ports.filter((port: ServicePort) => port.nodePort === 0);
		if (without.length === 0 || this.#members(service).kind === "eni") return [];
		const listeners = ingressOf(service).flatMap((ip) => without.map(({ port }) => formatEndpoint(ip, port)));
		return [
			{
				code: "node-port-missing",
				message: phrase("node-port-missing", { service: `service/${service.namespace}/${service.name}`, listeners }),
				place,
			},
		];
	}

	#members(service: Service): Members {
		return membersOf(service, this.#cluster, this.#enis);
	}

	#listeners(service: Service, addresses: readonly Address[]): readonly Listener[] {
		let known: Members | undefined;
		const members = (): Members => (known ??= this.#members(service));
		const origin = originOf(service);
		return service.ports.map((port): Listener => {
			let made: readonly Backend[] | undefined;
			// Made when a packet comes: a thousand load balancers before a thousand nodes have a million members.
			return {
				protocol: port.protocol,
				port: port.port,
				get backends(): readonly Backend[] {
					made ??= members().backends(port, addresses, origin);
					return made;
				},
				scheduler: schedulerOf(service),
				origin,
			};
		});
	}

	#describedListeners(object: LoadBalancerObject, addresses: readonly Address[], origin: Origin): readonly Listener[] {
		const listeners = new Map<
			string,
			{ readonly listener: Omit<Listener, "backends">; readonly backends: Backend[] }
		>();
		for (const member of object.backends ?? []) {
			const { protocol, listenerPort } = member;
			const key = `${protocol} ${listenerPort}`;
			const entry = listeners.get(key) ?? { listener: { protocol, port: listenerPort, origin }, backends: [] };
			listeners.set(key, entry);
			entry.backends.push(...this.#describedBackends(member, addresses, origin));
		}
		return [...listeners.values()].map(({ listener, backends }) => ({ ...listener, backends }));
	}

	/** An instance at its own address, an ENI at the one that is named, whether it has it or not. */
	#describedBackends(member: BackendObject, addresses: readonly Address[], origin: Origin): readonly Backend[] {
		const { node: name, eni: id, address, port, weight, healthy } = member;
		if (address === null) {
			const node = this.#cluster.node(name);
			return node === undefined
				? []
				: backendsOn(node, addresses, port, weight, origin).map((each) => ({ ...each, healthy }));
		}
		const card = this.#enis.withId(id);
		if (card === undefined) return [];
		return [{ place: card.place, device: card.device, eni: card.eni.place, address, port, weight, healthy, origin }];
	}
}

/** What the object says of this listener besides its members. */
function withSettings(listener: Listener, { listeners }: LoadBalancerObject): Listener {
	const own = listeners.find(({ port, protocol }) => port === listener.port && protocol === listener.protocol);
	if (own === undefined) return listener;
	const { scheduler, acl } = own;
	return {
		protocol: listener.protocol,
		port: listener.port,
		// Kept a getter's: members may be made when a packet comes.
		get backends(): readonly Backend[] {
			return listener.backends;
		},
		scheduler,
		...(acl !== null && { acl: { kind: acl.type, prefixes: acl.cidrs } }),
		origin: listener.origin,
	};
}

function ingressOf(service: Service | undefined): readonly Address[] {
	return service?.loadBalancerIngress.map((each) => each.ip) ?? [];
}

function originOf(service: Service): Origin {
	return { component: "cloud-controller-manager", object: `service/${service.namespace}/${service.name}` };
}
