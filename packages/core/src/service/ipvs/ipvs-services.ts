/** What IPVS mode puts on a node in one family. What nodes have alike is made once. */
import type { Address, Family } from "../../address/address.ts";
import type { Ipset } from "../../netfilter/ipset.ts";
import type { XtContribution } from "../../state/contribution.ts";
import type { InterfaceAddress } from "../../state/ip.ts";
import type { VirtualServer } from "../../state/ipvs.ts";
import { ByPort } from "../by-port.ts";
import { LazyMap } from "../lazy-map.ts";
import { localTraffic } from "../local-traffic.ts";
import { localAddressesForIpvs, nodePortAddresses, type ProxyNode } from "../proxy-node.ts";
import type { ProxyServicePort } from "../service-port.ts";
import { type FamilyServices, remembered, type ServiceTables } from "../service-tables.ts";
import { filterChains, type IpvsChainInput, ipvsHooks, natChains } from "./chains.ts";
import {
	allowsNode,
	boundSet,
	isEmptySet,
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
	readonly #servers = new ByPort<PortServers>();
	readonly #sets = new Map<SetName, Ipset>();
	readonly #empty = new Map<SetName, boolean>();
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
			xtables: this.#xtables(node, input),
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

	/** Nodes that have no endpoint of the port, or none that matters, share its virtual servers. */
	#serversOf(port: ProxyServicePort, node: ProxyNode): PortServers {
		const make = (): PortServers =>
			portServers(port, () => this.#services.choose(port, node), this.#tables.settings, this.#services.features);
		return this.#services.choosesAsOthers(port, node) ? this.#servers.get(port, make) : make();
	}

	#setsOf(input: SetInput, bound: Bound): ReadonlyMap<string, Ipset> {
		const byKernelName = new Map(SET_NAMES.map((name) => [kernelSetName(name, this.#family), name]));
		return new LazyMap(
			() => [...byKernelName.keys()],
			(kernelName) => {
				const name = byKernelName.get(kernelName);
				if (name === undefined) return undefined;
				if (name === "KUBE-IPVS-IPS") return bound.set;
				if (this.#isOfNode(name, input)) return makeSet(name, input);
				return remembered(this.#sets, name, () => makeSet(name, input));
			},
		);
	}

	#isEmpty(set: SetName, input: SetInput): boolean {
		if (this.#isOfNode(set, input)) return isEmptySet(set, input);
		return remembered(this.#empty, set, () => isEmptySet(set, input));
	}

	/** Without an address to serve them on, node ports are left out of the sets; that is a node's own affair too. */
	#isOfNode(set: SetName, input: SetInput): boolean {
		this.#ofNode ??= setsOfNode(this.#services.ports);
		return this.#ofNode.has(set) || input.nodePortAddresses.length === 0;
	}

	#xtables(node: ProxyNode, setInput: SetInput): readonly XtContribution[] {
		const { cluster, settings } = this.#tables;
		const family = this.#family;
		const { features } = this.#services;
		const hooks = ipvsHooks(features);
		const input: IpvsChainInput = {
			family,
			settings,
			features,
			localTraffic: localTraffic(cluster, settings, node, family),
			isEmpty: (set) => this.#isEmpty(set, setInput),
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
