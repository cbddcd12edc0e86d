/** What IPVS mode puts on a node in one family. What nodes have alike is made once. */
import type { Address, Family } from "../../address/address.ts";
import type { Ipset } from "../../netfilter/ipset.ts";
import type { XtContribution } from "../../state/contribution.ts";
import type { InterfaceAddress } from "../../state/ip.ts";
import type { VirtualServer } from "../../state/ipvs.ts";
import type { EndpointChoice } from "../endpoints.ts";
import { LazyMap } from "../lazy-map.ts";
import { localTraffic } from "../local-traffic.ts";
import { localAddressesForIpvs, nodePortAddresses, type ProxyNode } from "../proxy-node.ts";
import type { ProxyServicePort } from "../service-port.ts";
import { type FamilyServices, remembered, type ServiceTables } from "../service-tables.ts";
import { filterChains, type IpvsChainInput, ipvsHooks, natChains } from "./chains.ts";
import {
	allowsNode,
	boundSet,
	kernelSetName,
	makeSet,
	SET_NAMES,
	type SetInput,
	type SetName,
	setsOfNode,
} from "./sets.ts";
import { boundAddresses, dummyAddress, type PortServers, portServers } from "./virtual-servers.ts";

/** A family's part of a node. */
export interface IpvsPart {
	readonly addresses: readonly InterfaceAddress[];
	readonly servers: readonly VirtualServer[];
	readonly sets: ReadonlyMap<string, Ipset>;
	readonly xtables: readonly XtContribution[];
}

/** What is bound to kube-ipvs0, made once for all nodes that bind the same. */
interface Bound {
	readonly entries: readonly InterfaceAddress[];
	/** KUBE-IPVS-IPS. */
	readonly set: Ipset;
}

export class IpvsServices {
	readonly #tables: ServiceTables;
	readonly #services: FamilyServices;
	readonly #family: Family;
	/** A choice belongs to one port. */
	readonly #servers = new WeakMap<EndpointChoice, PortServers>();
	readonly #sets = new Map<SetName, Ipset>();
	readonly #bound = new Map<string, Bound>();
	#external: readonly Address[] | undefined;
	#ofNode: ReadonlySet<SetName> | undefined;

	constructor(tables: ServiceTables, family: Family) {
		this.#tables = tables;
		this.#family = family;
		this.#services = tables.families[family];
	}

	part(node: ProxyNode): IpvsPart {
		const served = this.#nodePortAddresses(node);
		const bound = this.#boundOn(node);
		const input: SetInput = {
			services: this.#services,
			node,
			nodePortAddresses: served,
		};
		const sets = this.#setsOf(input, bound);
		return {
			addresses: bound.entries,
			servers: this.#serversOn(node, served),
			sets,
			xtables: this.#xtables(node, sets),
		};
	}

	#nodePortAddresses(node: ProxyNode): readonly Address[] {
		const local = localAddressesForIpvs(node, this.#family);
		const wanted = nodePortAddresses(this.#tables.settings, node, this.#family);
		if (wanted.kind === "all") return local;
		return local.filter(({ text }) => wanted.addresses.some((address) => address.text === text));
	}

	/** Nodes that have none of the Services' external addresses on other devices share one list. */
	#boundOn(node: ProxyNode): Bound {
		this.#external ??= this.#services.ports.flatMap((port) => [...port.externalIPs, ...port.loadBalancerVIPs]);
		const own = new Set(localAddressesForIpvs(node, this.#family).map(({ text }) => text));
		const elsewhere = new Set(this.#external.map(({ text }) => text).filter((text) => own.has(text)));
		return remembered(this.#bound, [...elsewhere].join(" "), () => {
			const entries = new Map<string, InterfaceAddress>();
			for (const port of this.#services.ports) {
				for (const address of boundAddresses(port, elsewhere)) {
					if (!entries.has(address.text)) entries.set(address.text, dummyAddress(address, port));
				}
			}
			const list = [...entries.values()];
			return { entries: list, set: boundSet(this.#family, list) };
		});
	}

	#serversOn(node: ProxyNode, served: readonly Address[]): readonly VirtualServer[] {
		const all: VirtualServer[] = [];
		for (const port of this.#services.ports) {
			const { fixed, nodePort } = this.#serversOf(port, node);
			all.push(...fixed);
			if (port.nodePort !== 0) for (const address of served) all.push(nodePort(address));
		}
		return all;
	}

	#serversOf(port: ProxyServicePort, node: ProxyNode): PortServers {
		const choice = this.#services.choose(port, node);
		let servers = this.#servers.get(choice);
		if (servers === undefined) {
			servers = portServers(port, choice, this.#tables.settings, this.#services.features);
			this.#servers.set(choice, servers);
		}
		return servers;
	}

	#setsOf(input: SetInput, bound: Bound): ReadonlyMap<string, Ipset> {
		const byKernelName = new Map(SET_NAMES.map((name) => [kernelSetName(name, this.#family), name]));
		this.#ofNode ??= setsOfNode(this.#services.ports);
		const ofNode = this.#ofNode;
		return new LazyMap(
			() => [...byKernelName.keys()],
			(kernelName) => {
				const name = byKernelName.get(kernelName);
				if (name === undefined) return undefined;
				if (name === "KUBE-IPVS-IPS") return bound.set;
				// Without an address to serve them on, node ports are left out of the sets; that is a node's own affair too.
				if (ofNode.has(name) || input.nodePortAddresses.length === 0) return makeSet(name, input);
				return remembered(this.#sets, name, () => makeSet(name, input));
			},
		);
	}

	#xtables(node: ProxyNode, sets: ReadonlyMap<string, Ipset>): readonly XtContribution[] {
		const { cluster, settings } = this.#tables;
		const family = this.#family;
		const { features } = this.#services;
		const hooks = ipvsHooks(features);
		const input: IpvsChainInput = {
			family,
			settings,
			features,
			localTraffic: localTraffic(cluster, settings, node, family),
			isEmpty: (set) => (sets.get(kernelSetName(set, family))?.entries.length ?? 0) === 0,
			forbiddenToNode: this.#services.ports.filter(
				(port) => port.sourceRanges.length > 0 && port.loadBalancerVIPs.length > 0 && !allowsNode(port, node),
			),
		};
		return [
			{ family, table: "nat", chains: natChains(input), hooks: hooks.nat },
			{ family, table: "filter", chains: filterChains(input), hooks: hooks.filter },
		];
	}
}
