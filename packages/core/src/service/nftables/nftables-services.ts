/** The table of nftables mode in one family, made part by part as packets ask for them. */
import { type Family, isLoopback } from "../../address/address.ts";
import { element, nftSet } from "../../netfilter/nftables/build.ts";
import type { NftChain, NftSet, NftTable } from "../../netfilter/nftables/ruleset.ts";
import { ByPort } from "../by-port.ts";
import type { ProxyEndpoint } from "../endpoints.ts";
import { LazyMap } from "../lazy-map.ts";
import { localTraffic } from "../local-traffic.ts";
import { masqueradeMark, proxyOrigin } from "../masquerade.ts";
import { nodeAddress, nodePortAddresses, type ProxyNode } from "../proxy-node.ts";
import type { ProxyServicePort } from "../service-port.ts";
import { type FamilyServices, remembered, type ServiceTables } from "../service-tables.ts";
import { type BaseInput, baseChains } from "./base-chains.ts";
import { type PortElements, portElements, SHARED_SET_NAMES, type SharedSetName, sharedSet } from "./elements.ts";
import * as chains from "./service-chains.ts";
import { NODEPORT_IPS, TABLE } from "./table-names.ts";

type OfEndpoint = { readonly port: ProxyServicePort; readonly endpoint: ProxyEndpoint };

export class NftablesServices {
	readonly #tables: ServiceTables;
	readonly #services: FamilyServices;
	readonly #family: Family;
	readonly #names = new ByPort<string>();
	readonly #endpointNames = new Map<ProxyEndpoint, string>();
	readonly #endpointOf = new Map<string, OfEndpoint>();
	readonly #named = new Set<ProxyServicePort>();
	readonly #elements = new ByPort<Map<number, PortElements>>();
	readonly #sharedChains = new Map<string, NftChain>();
	readonly #sharedSets = new Map<string, NftSet>();
	#ports: Map<string, ProxyServicePort> | undefined;

	constructor(tables: ServiceTables, family: Family) {
		this.#tables = tables;
		this.#family = family;
		this.#services = tables.families[family];
	}

	table(node: ProxyNode): NftTable {
		const base = new Map(this.#baseChains(node).map((chain) => [chain.name, chain]));
		return {
			family: this.#family === 4 ? "ip" : "ip6",
			name: TABLE,
			origin: proxyOrigin("rules for kube-proxy"),
			chains: new LazyMap(
				() => this.#chainNames(base.keys(), node),
				(name) => base.get(name) ?? this.#chain(name, node),
			),
			sets: new LazyMap(
				() => this.#setNames(node),
				(name) => this.#set(name, node),
			),
		};
	}

	#baseChains(node: ProxyNode): readonly NftChain[] {
		const { cluster, settings } = this.#tables;
		const input: BaseInput = {
			family: this.#family,
			mark: masqueradeMark(settings),
			serviceCIDRs: cluster.serviceCIDRs.filter(({ family }) => family === this.#family),
			allNodePortAddresses: nodePortAddresses(settings, node, this.#family).kind === "all",
		};
		return baseChains(input);
	}

	#name(port: ProxyServicePort): string {
		return this.#names.get(port, () => chains.portName(port));
	}

	#endpointName(port: ProxyServicePort, endpoint: ProxyEndpoint): string {
		return remembered(this.#endpointNames, endpoint, () => chains.endpointName(port, endpoint));
	}

	#portOf(name: string): ProxyServicePort | undefined {
		this.#ports ??= new Map(this.#services.ports.map((port) => [this.#name(port), port]));
		return this.#ports.get(name);
	}

	/** The endpoint with this name, where the node serves it. */
	#endpointNamed(name: string, node: ProxyNode): OfEndpoint | undefined {
		// Whoever comes from the Service's chain finds the name there; only a look-up out of the blue has to name them all.
		if (!this.#endpointOf.has(name)) for (const port of this.#services.ports) this.#nameEndpoints(port);
		const of = this.#endpointOf.get(name);
		return of !== undefined && this.#services.choose(of.port, node).reachable.includes(of.endpoint) ? of : undefined;
	}

	#nameEndpoints(port: ProxyServicePort): void {
		if (this.#named.has(port)) return;
		this.#named.add(port);
		for (const endpoint of this.#services.endpoints(port)) {
			this.#endpointOf.set(this.#endpointName(port, endpoint), { port, endpoint });
		}
	}

	#chain(name: string, node: ProxyNode): NftChain | undefined {
		const dash = name.indexOf("-");
		const kind = name.slice(0, dash);
		const rest = name.slice(dash + 1);
		if (kind === "endpoint") {
			const of = this.#endpointNamed(rest, node);
			if (of === undefined) return undefined;
			return remembered(this.#sharedChains, name, () => chains.endpointChain(of.port, rest, of.endpoint));
		}
		const known = chains.SERVICE_CHAIN_KINDS.find((each) => each === kind);
		const port = known === undefined ? undefined : this.#portOf(rest);
		if (known === undefined || port === undefined) return undefined;
		const shared = this.#isShared(port, node) ? this.#sharedChains.get(name) : undefined;
		const made = shared ?? this.#makeChain(known, port, rest, node);
		if (made !== undefined && this.#isShared(port, node)) this.#sharedChains.set(name, made);
		return made;
	}

	#isShared(port: ProxyServicePort, node: ProxyNode): boolean {
		if (this.#tables.settings.detectLocalMode === "NodeCIDR" || port.sourceRanges.length > 0) return false;
		return this.#services.choosesAsOthers(port, node);
	}

	#makeChain(
		kind: chains.ServiceChainKind,
		port: ProxyServicePort,
		name: string,
		node: ProxyNode,
	): NftChain | undefined {
		this.#nameEndpoints(port);
		const { cluster, settings } = this.#tables;
		return chains.serviceChain(kind, {
			port,
			name,
			available: this.#services.availability(port, node.name),
			choice: this.#services.choose(port, node),
			localTraffic: localTraffic(cluster, settings, node, this.#family),
			masqueradeAll: settings.masqueradeAll,
			nodeAddress: nodeAddress(node, this.#family),
			endpointName: (endpoint) => this.#endpointName(port, endpoint),
		});
	}

	*#chainNames(base: Iterable<string>, node: ProxyNode): Generator<string> {
		yield* base;
		for (const port of this.#services.ports) {
			for (const kind of chains.SERVICE_CHAIN_KINDS) {
				const name = `${kind}-${this.#name(port)}`;
				if (this.#chain(name, node) !== undefined) yield name;
			}
			for (const endpoint of this.#reachable(port, node)) yield `endpoint-${this.#endpointName(port, endpoint)}`;
		}
	}

	#reachable(port: ProxyServicePort, node: ProxyNode): readonly ProxyEndpoint[] {
		return this.#services.choose(port, node).reachable;
	}

	#setNames(node: ProxyNode): readonly string[] {
		const some = nodePortAddresses(this.#tables.settings, node, this.#family).kind === "some";
		const sticky = this.#services.ports.filter(({ affinitySeconds }) => affinitySeconds !== 0);
		return [
			...SHARED_SET_NAMES,
			...(some ? [NODEPORT_IPS] : []),
			...sticky.flatMap((port) =>
				this.#reachable(port, node).map((endpoint) => `affinity-${this.#endpointName(port, endpoint)}`),
			),
		];
	}

	#set(name: string, node: ProxyNode): NftSet | undefined {
		if (name === NODEPORT_IPS) return this.#nodePortIPs(node);
		const shared = SHARED_SET_NAMES.find((each) => each === name);
		if (shared !== undefined) return this.#sharedSet(shared, node);
		if (!name.startsWith("affinity-")) return undefined;
		const endpointName = name.slice("affinity-".length);
		const of = this.#endpointNamed(endpointName, node);
		return of === undefined || of.port.affinitySeconds === 0 ? undefined : chains.affinitySet(of.port, endpointName);
	}

	#nodePortIPs(node: ProxyNode): NftSet | undefined {
		const addresses = nodePortAddresses(this.#tables.settings, node, this.#family);
		if (addresses.kind === "all") return undefined;
		const comment = "IPs that accept NodePort traffic";
		return nftSet({
			name: NODEPORT_IPS,
			kind: "set",
			keyTypes: [this.#family === 4 ? "ipv4_addr" : "ipv6_addr"],
			comment,
			elements: addresses.addresses.filter((address) => !isLoopback(address)).map((address) => element([address])),
			origin: proxyOrigin(comment),
		});
	}

	/** Nodes whose ports with policy Local have endpoints alike share the set. */
	#sharedSet(name: SharedSetName, node: ProxyNode): NftSet {
		let key = name as string;
		for (const port of this.#services.ports) {
			if (port.usesLocalEndpoints) key += availabilityKey(port, this.#services, node);
		}
		return remembered(this.#sharedSets, key, () => {
			const elements = this.#services.ports.flatMap((port) => this.#portElements(port, node)[name]);
			return sharedSet(name, this.#family, elements);
		});
	}

	#portElements(port: ProxyServicePort, node: ProxyNode): PortElements {
		const byAvailability = this.#elements.get(port, () => new Map<number, PortElements>());
		return remembered(byAvailability, availabilityKey(port, this.#services, node), () =>
			portElements(port, this.#name(port), this.#services.availability(port, node.name)),
		);
	}
}

function availabilityKey(port: ProxyServicePort, services: FamilyServices, node: ProxyNode): number {
	const { any, internal, external } = services.availability(port, node.name);
	return Number(any) + 2 * Number(internal) + 4 * Number(external);
}
