/**
 * The Service ports of one family. A cluster has thousands of which a packet asks for one, so each Service's are made when it
 * is asked for, and all only for whoever goes through them.
 */
import type { Family } from "../address/address.ts";
import type { Service } from "../cluster/objects.ts";
import { isProxied, type ProxyServicePort, proxyServicePorts } from "./service-port.ts";
import type { ProxyFeatures } from "./version.ts";

const NONE: readonly ProxyServicePort[] = [];

export class ServicePorts {
	/** How many there are. */
	readonly count: number;
	readonly #family: Family;
	readonly #features: ProxyFeatures;
	/** Those that kube-proxy programs, and where the ports of each begin in the list of all. */
	readonly #services: readonly Service[];
	readonly #starts: ReadonlyMap<Service, number>;
	/** By their place in the list of all; those that nobody asked for are missing. */
	readonly #made: (ProxyServicePort | undefined)[] = [];
	#all: readonly ProxyServicePort[] | undefined;
	/** The Services that have a number open on every node. */
	#byNodePort: ReadonlyMap<number, ReadonlySet<Service>> | undefined;

	constructor(services: readonly Service[], family: Family, features: ProxyFeatures) {
		this.#family = family;
		this.#features = features;
		this.#services = services.filter((service) => isProxied(service, family));
		const starts = new Map<Service, number>();
		let count = 0;
		for (const service of this.#services) {
			starts.set(service, count);
			count += service.ports.length;
		}
		this.#starts = starts;
		this.count = count;
	}

	/** In the order of the input. */
	get all(): readonly ProxyServicePort[] {
		this.#all ??= this.#services.flatMap((service) => this.of(service));
		return this.#all;
	}

	/** As `all`, for whoever may not go on to the last. */
	*inTurn(): Generator<ProxyServicePort> {
		for (const service of this.#services) yield* this.of(service);
	}

	/** The port at a place in the list of all. */
	at(place: number): ProxyServicePort | undefined {
		return place < this.count ? (this.#made[place] ?? this.all[place]) : undefined;
	}

	/** Those of a Service, none where kube-proxy leaves it alone. */
	of(service: Service): readonly ProxyServicePort[] {
		const start = this.#starts.get(service);
		if (start === undefined) return NONE;
		if (this.#made[start] === undefined) {
			for (const port of proxyServicePorts(service, start, this.#family, this.#features)) this.#made[port.index] = port;
		}
		return this.#made.slice(start, start + service.ports.length) as readonly ProxyServicePort[];
	}

	/** Those of the Services that are chosen by what the object says. */
	where(chosen: (service: Service) => boolean): readonly ProxyServicePort[] {
		return this.#services.flatMap((service) => (chosen(service) ? this.of(service) : NONE));
	}

	/** Those that are open on every node by this number: the node port, or that of health checks. */
	onNodePort(number: number): readonly ProxyServicePort[] {
		this.#byNodePort ??= byNodePort(this.#services);
		const services = this.#byNodePort.get(number);
		if (services === undefined) return NONE;
		const ports = [...services].flatMap((service) => this.of(service));
		return ports.filter(({ nodePort, healthCheckNodePort }) => nodePort === number || healthCheckNodePort === number);
	}
}

function byNodePort(services: readonly Service[]): ReadonlyMap<number, ReadonlySet<Service>> {
	const open = new Map<number, Set<Service>>();
	const add = (number: number, service: Service): void => {
		if (number === 0) return;
		const others = open.get(number);
		if (others === undefined) open.set(number, new Set([service]));
		else others.add(service);
	};
	for (const service of services) {
		add(service.healthCheckNodePort, service);
		for (const { nodePort } of service.ports) add(nodePort, service);
	}
	return open;
}
