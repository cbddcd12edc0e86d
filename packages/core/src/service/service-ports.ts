/**
 * The Service ports of one family. A cluster has thousands of which a packet asks for one, so each Service's are made when it
 * is asked for, and all only for whoever goes through them.
 */
import type { Address, Family } from "../address/address.ts";
import type { Service } from "../cluster/objects.ts";
import { isProxied, type ProxyServicePort, proxyServicePorts } from "./service-port.ts";
import type { ProxyFeatures } from "./version.ts";

const NONE: readonly ProxyServicePort[] = [];

/** Nearly always it is one. */
type Some = Service | readonly Service[];

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
	/** The Services that have an address, and those that have a number open on every node. */
	#byAddress: ReadonlyMap<string, Some> | undefined;
	#byNodePort: ReadonlyMap<number, Some> | undefined;

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

	/** Those that serve an address. */
	atAddress(address: string): readonly ProxyServicePort[] | undefined {
		this.#byAddress ??= servicesBy(this.#services, addressesOf);
		const services = this.#byAddress.get(address);
		return services && servingAt(this.#ofSome(services), address);
	}

	/** Those that are open on every node by this number: the node port, or that of health checks. */
	onNodePort(number: number): readonly ProxyServicePort[] | undefined {
		this.#byNodePort ??= servicesBy(this.#services, numbersOf);
		const services = this.#byNodePort.get(number);
		return services && openOn(this.#ofSome(services), number);
	}

	#ofSome(services: Some): readonly ProxyServicePort[] {
		return "kind" in services ? this.of(services) : services.flatMap((service) => this.of(service));
	}
}

function servingAt(ports: readonly ProxyServicePort[], address: string): readonly ProxyServicePort[] {
	return ports.filter((port) => serves(port, address));
}

function openOn(ports: readonly ProxyServicePort[], number: number): readonly ProxyServicePort[] {
	return ports.filter(({ nodePort, healthCheckNodePort }) => nodePort === number || healthCheckNodePort === number);
}

function serves({ clusterIP, externalIPs, loadBalancerVIPs }: ProxyServicePort, address: string): boolean {
	const isIt = ({ text }: Address): boolean => text === address;
	return isIt(clusterIP) || externalIPs.some(isIt) || loadBalancerVIPs.some(isIt);
}

function addressesOf({ clusterIPs, externalIPs, loadBalancerIngress }: Service, take: (address: string) => void): void {
	for (const { text } of clusterIPs) take(text);
	for (const { text } of externalIPs) take(text);
	for (const { ip } of loadBalancerIngress) take(ip.text);
}

function numbersOf({ healthCheckNodePort, ports }: Service, take: (number: number) => void): void {
	if (healthCheckNodePort !== 0) take(healthCheckNodePort);
	for (const { nodePort } of ports) if (nodePort !== 0) take(nodePort);
}

/** Services, in their order, by what packets ask them for. */
function servicesBy<Key>(
	services: readonly Service[],
	keysOf: (service: Service, take: (key: Key) => void) => void,
): ReadonlyMap<Key, Some> {
	const found = new Map<Key, Service | Service[]>();
	for (const service of services) {
		keysOf(service, (key) => {
			const others = found.get(key);
			if (others === undefined) found.set(key, service);
			else if (!Array.isArray(others)) found.set(key, others === service ? service : [others, service]);
			else if (others.at(-1) !== service) others.push(service);
		});
	}
	return found;
}
