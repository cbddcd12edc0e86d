/** The tables of iptables mode in one family, made chain by chain as packets ask for them. */
import type { Family } from "../../address/address.ts";
import { chain } from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { XtContribution } from "../../state/contribution.ts";
import { ByPort } from "../by-port.ts";
import { iptablesHash } from "../chain-name.ts";
import type { ProxyEndpoint } from "../endpoints.ts";
import { LazyMap } from "../lazy-map.ts";
import { localTraffic } from "../local-traffic.ts";
import {
	FIREWALL,
	FORWARD,
	forwardChain,
	MARK_DROP,
	MARK_MASQ,
	markDropChain,
	markMasqChain,
	POSTROUTING,
	postroutingRules,
} from "../masquerade.ts";
import { nodeAddress, nodePortAddresses, type ProxyNode } from "../proxy-node.ts";
import type { ProxyServicePort } from "../service-port.ts";
import { type Availability, type FamilyServices, remembered, type ServiceTables } from "../service-tables.ts";
import * as names from "./chain-names.ts";
import { type Dispatch, dispatchRules } from "./dispatch.ts";
import { filterHooks, kubeletFirewallChain, NAT_HOOKS, nodePortJumps, servesLocalhost } from "./hook-rules.ts";
import { legacyDispatchRules, legacyServiceChain } from "./legacy-chains.ts";
import { type ChainInput, endpointChain, serviceChain } from "./service-chains.ts";
import { SharedChain } from "./shared-chain.ts";

/** Above this many endpoints in the cluster, kube-proxy leaves out comments (largeClusterEndpointsThreshold). */
const LARGE_CLUSTER_ENDPOINTS = 1000;

/** With more ports of a policy Local hardly two nodes have endpoints of the same ones. */
const MOST_COMPARED = 16;

type ChainMap = ReadonlyMap<string, XtChain>;

export class IptablesServices {
	readonly #tables: ServiceTables;
	readonly #services: FamilyServices;
	readonly #family: Family;
	readonly #hashes = new ByPort<string>();
	readonly #endpointHashes = new Map<ProxyEndpoint, string>();
	readonly #endpointOf = new Map<string, { readonly port: ProxyServicePort; readonly endpoint: ProxyEndpoint }>();
	readonly #named = new Set<ProxyServicePort>();
	/** By what of a port is available, as `#dispatch` counts it. */
	readonly #dispatches = new Map<number, ByPort<Dispatch>>();
	readonly #localPorts: Partial<Record<"internal" | "external", readonly ProxyServicePort[]>> = {};
	/** Chains that every node has alike, and shared chains by what of them differs. */
	readonly #shared = new Map<string, XtChain>();
	/** By the hash of their chains, as far as somebody asked for it. */
	readonly #byHash = new Map<string, ProxyServicePort>();
	#allHashed = false;
	#isLarge: boolean | undefined;

	constructor(tables: ServiceTables, family: Family) {
		this.#tables = tables;
		this.#family = family;
		this.#services = tables.families[family];
	}

	/** Tables nat, filter and mangle of a node. */
	contribution(node: ProxyNode): readonly XtContribution[] {
		const family = this.#family;
		return [
			{ family, table: "mangle", chains: CANARY_ONLY, hooks: [] },
			{ family, table: "nat", chains: this.#nat(node), hooks: NAT_HOOKS },
			{ family, table: "filter", chains: this.#filter(node), hooks: filterHooks(this.#services.features) },
		];
	}

	#nat(node: ProxyNode): ChainMap {
		const { settings } = this.#tables;
		const { dropsInFilter } = this.#services.features;
		// Whoever looks for something in the table finds the small chains first.
		const fixed = new Map<string, () => XtChain>([
			[POSTROUTING, () => this.#alike(POSTROUTING, () => chain(POSTROUTING, postroutingRules(settings)))],
			[MARK_MASQ, () => this.#alike(MARK_MASQ, () => markMasqChain(settings))],
			...(dropsInFilter ? [] : [[MARK_DROP, () => this.#alike(MARK_DROP, markDropChain)] as const]),
			[names.CANARY, () => CANARY_CHAIN],
			[names.SERVICES, () => this.#natServices(node)],
			[names.NODE_PORTS, () => this.#together(node, names.NODE_PORTS, "natNodePorts", "")],
		]);
		return new LazyMap(
			() => this.#natNames(fixed.keys(), node),
			(name) => fixed.get(name)?.() ?? this.#serviceChain(name, node),
		);
	}

	#filter(node: ProxyNode): ChainMap {
		const { settings } = this.#tables;
		const { features } = this.#services;
		const internal = (): string => this.#localKey(node, "internal");
		const external = (): string => this.#localKey(node, "external");
		const localhost = (): boolean => servesLocalhost(settings, this.#family, this.#nodePorts(node));
		const firewall = (): XtChain => this.#together(node, names.PROXY_FIREWALL, "filterProxyFirewall", "");
		const fixed = new Map<string, () => XtChain>([
			[names.SERVICES, () => this.#together(node, names.SERVICES, "filterServices", internal())],
			[
				names.EXTERNAL_SERVICES,
				() => this.#together(node, names.EXTERNAL_SERVICES, "filterExternalServices", external()),
			],
			[names.NODE_PORTS, () => this.#together(node, names.NODE_PORTS, "filterNodePorts", "")],
			...(features.dropsInFilter ? [[names.PROXY_FIREWALL, firewall] as const] : []),
			[FORWARD, () => this.#alike(FORWARD, () => forwardChain(settings, !settings.tcpBeLiberal))],
			[FIREWALL, () => this.#firewall(localhost())],
			[names.CANARY, () => CANARY_CHAIN],
		]);
		return new LazyMap(
			() => fixed.keys(),
			(name) => fixed.get(name)?.(),
		);
	}

	/** A chain that every node has alike. */
	#alike(name: string, make: () => XtChain): XtChain {
		return remembered(this.#shared, name, make);
	}

	#firewall(localhost: boolean): XtChain {
		return this.#alike(`${FIREWALL} ${localhost}`, () => kubeletFirewallChain(localhost, this.#services.features));
	}

	#nodePorts(node: ProxyNode): ReturnType<typeof nodePortAddresses> {
		return nodePortAddresses(this.#tables.settings, node, this.#family);
	}

	#natServices(node: ProxyNode): XtChain {
		const addresses = this.#nodePorts(node);
		const localhost = servesLocalhost(this.#tables.settings, this.#family, addresses);
		const jumps = nodePortJumps(this.#family, addresses, localhost);
		const own = addresses.kind === "all" ? "" : ` ${node.name}`;
		const key = this.#localKey(node, "internal") + own;
		return this.#together(node, names.SERVICES, "natServices", key, jumps);
	}

	/** One of the chains that all Services share. Nodes with the same key have the same chain. */
	#together(node: ProxyNode, name: string, part: keyof Dispatch, key: string, last: readonly XtRule[] = []): XtChain {
		const rulesOf = (port: ProxyServicePort): readonly XtRule[] => this.#dispatch(port, node)[part];
		return remembered(
			this.#shared,
			`${part} ${key}`,
			() => new SharedChain(name, this.#services.servicePorts, rulesOf, last),
		);
	}

	/** Nodes with the same key have endpoints of their own for the same ports of a policy Local. */
	#localKey(node: ProxyNode, policy: "internal" | "external"): string {
		// Asked for every node, and most Services have no such policy.
		const ports = this.#localPorts[policy] ?? this.#services.localPorts(policy);
		this.#localPorts[policy] = ports;
		if (ports.length > MOST_COMPARED) return node.name;
		let key = "";
		for (const port of ports) {
			const { internal, external } = this.#services.availability(port, node.name);
			key += `${Number(internal)}${Number(external)}`;
		}
		return key;
	}

	#dispatch(port: ProxyServicePort, node: ProxyNode): Dispatch {
		const available = this.#services.availability(port, node.name);
		const { any, internal, external } = available;
		const key = Number(any) + 2 * Number(internal) + 4 * Number(external);
		const made = remembered(this.#dispatches, key, () => new ByPort<Dispatch>());
		const make = this.#services.features.externalChains ? dispatchRules : legacyDispatchRules;
		return made.get(port, () => make(port, () => this.#hash(port), available));
	}

	#hash(port: ProxyServicePort): string {
		return this.#hashes.get(port, () => {
			const hash = iptablesHash(port.name, port.protocol);
			this.#byHash.set(hash, port);
			return hash;
		});
	}

	#endpointHash(port: ProxyServicePort, endpoint: ProxyEndpoint): string {
		return remembered(this.#endpointHashes, endpoint, () => iptablesHash(port.name, port.protocol, endpoint.text));
	}

	#portOf(hash: string): ProxyServicePort | undefined {
		// Whoever comes from KUBE-SERVICES finds the name there; only a look-up out of the blue has to hash them all.
		if (!this.#byHash.has(hash) && !this.#allHashed) {
			for (const port of this.#services.ports) this.#hash(port);
			this.#allHashed = true;
		}
		return this.#byHash.get(hash);
	}

	#serviceChain(name: string, node: ProxyNode): XtChain | undefined {
		const parts = names.readServiceChainName(name);
		if (parts === undefined) return undefined;
		if (parts.kind === "SEP") return this.#endpointChain(name, parts.hash, node);
		const port = this.#portOf(parts.hash);
		if (port === undefined) return undefined;
		const make = (): XtChain | undefined => this.#makeServiceChain(parts.kind, port, node);
		if (this.#dependsOnNode(port)) return make();
		const shared = this.#shared.get(name) ?? make();
		if (shared !== undefined) this.#shared.set(name, shared);
		return shared;
	}

	#dependsOnNode(port: ProxyServicePort): boolean {
		if (this.#tables.settings.detectLocalMode === "NodeCIDR" || port.sourceRanges.length > 0) return true;
		return this.#services.dependsOnNode(port);
	}

	#makeServiceChain(kind: string, port: ProxyServicePort, node: ProxyNode): XtChain | undefined {
		const available = this.#services.availability(port, node.name);
		if (!available.any) return undefined;
		const choice = this.#services.choose(port, node);
		const input = this.#chainInput(port, available, node);
		const address = nodeAddress(node, this.#family);
		return this.#services.features.externalChains
			? serviceChain(kind, input, choice, address)
			: legacyServiceChain(kind, input, choice, address);
	}

	#chainInput(port: ProxyServicePort, available: Availability, node: ProxyNode): ChainInput {
		this.#nameEndpoints(port);
		const { cluster, settings } = this.#tables;
		return {
			port,
			available,
			hash: this.#hash(port),
			localTraffic: localTraffic(cluster, settings, node, this.#family),
			masqueradeAll: settings.masqueradeAll,
			endpointHash: (endpoint) => this.#endpointHash(port, endpoint),
			commented: this.#commented,
		};
	}

	get #commented(): boolean {
		this.#isLarge ??= this.#services.hasMoreEndpointsThan(LARGE_CLUSTER_ENDPOINTS);
		return !this.#isLarge;
	}

	#endpointChain(name: string, hash: string, node: ProxyNode): XtChain | undefined {
		// Whoever comes from the Service's chain finds the name there; only a look-up out of the blue has to name them all.
		if (!this.#endpointOf.has(hash)) for (const port of this.#services.ports) this.#nameEndpoints(port);
		const of = this.#endpointOf.get(hash);
		if (of === undefined || !this.#services.choose(of.port, node).reachable.includes(of.endpoint)) return undefined;
		return remembered(this.#shared, name, () => {
			const endpointHash = (endpoint: ProxyEndpoint): string => this.#endpointHash(of.port, endpoint);
			return endpointChain({ port: of.port, endpointHash, commented: this.#commented }, of.endpoint);
		});
	}

	#nameEndpoints(port: ProxyServicePort): void {
		if (this.#named.has(port)) return;
		this.#named.add(port);
		for (const endpoint of this.#services.endpoints(port)) {
			this.#endpointOf.set(this.#endpointHash(port, endpoint), { port, endpoint });
		}
	}

	*#natNames(fixed: Iterable<string>, node: ProxyNode): Generator<string> {
		yield* fixed;
		for (const port of this.#services.ports) {
			for (const kind of names.SERVICE_CHAIN_KINDS) {
				const name = names.serviceChainName(kind, this.#hash(port));
				if (this.#serviceChain(name, node) !== undefined) yield name;
			}
			for (const endpoint of this.#services.choose(port, node).reachable) {
				yield names.serviceChainName("SEP", this.#endpointHash(port, endpoint));
			}
		}
	}
}

const CANARY_CHAIN = chain(names.CANARY, []);
const CANARY_ONLY: ChainMap = new Map([[names.CANARY, CANARY_CHAIN]]);
