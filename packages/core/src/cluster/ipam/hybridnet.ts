/** Hybridnet's IPAM: single addresses of Subnets, each with its range and what is left out (hybridnet pkg/ipam). */

import { type Address, addressPlus } from "../../address/address.ts";
import { lastAddress } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { refuse } from "../../diagnostic/diagnostic.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import { addressRange } from "../../ipam/range.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import type { HybridnetNetwork, HybridnetSubnet } from "../hybridnet-objects.ts";
import type { Node, Pod, PoolRequest } from "../objects.ts";
import { type AddressSource, byFamily, gatewayIn, type IpamFacts, subnetPool } from "./source.ts";

const NETWORK_TYPE = "networking.alibaba.com/network-type";
const IP_FAMILY = "networking.alibaba.com/ip-family";
const SPECIFIED_NETWORK = "networking.alibaba.com/specified-network";

export class HybridnetIpam implements AddressSource {
	readonly #facts: IpamFacts;
	readonly #networks: ReadonlyMap<string, HybridnetNetwork>;
	readonly #pools = new Map<HybridnetSubnet, AddressPool>();

	constructor(facts: IpamFacts) {
		this.#facts = facts;
		this.#networks = new Map(facts.hybridnetNetworks.map((each) => [each.name, each]));
	}

	choices(pod: Pod, node: Node): readonly Iterable<AddressPool>[] {
		const subnets = this.#subnetsFor(pod, node);
		const pools = subnets.map((each) => this.#poolOf(each));
		const all = byFamily(this.#facts.hybridnetSubnets.length === 0 ? assumedPools(this.#facts) : pools);
		switch (pod.annotations[IP_FAMILY]) {
			case "DualStack":
				return all;
			case "IPv6":
				return all.filter(([pool]) => pool?.ranges[0]?.family === 6);
			default:
				return all.slice(0, 1);
		}
	}

	/** Reserved addresses are for those who ask for them. */
	fixedFrom(pod: Pod): readonly AddressPool[] {
		const asked = pod.addressRequests?.pools ?? [];
		const wanted = this.#facts.hybridnetSubnets.filter(
			(each) => asked.length === 0 || asked.some(({ pool }) => pool === each.name || pool === each.network),
		);
		return wanted.map((each) => ({ ...this.#poolOf(each), excluded: new Set(excluded(each)) }));
	}

	noted({ namespace, name }: Pod): readonly { readonly address: Address; readonly by: Phrase }[] {
		return this.#facts.ipInstances
			.filter((each) => each.namespace === namespace && each.podName === name)
			.map((each) => ({ address: each.address, by: phrase("named-kind", { kind: "IPInstance", name: each.name }) }));
	}

	#poolOf(subnet: HybridnetSubnet): AddressPool {
		let pool = this.#pools.get(subnet);
		if (pool === undefined) {
			const { name, cidr, start, end, reservedIPs } = subnet;
			const last = cidr.family === 4 ? addressPlus(lastAddress(cidr), -1) : lastAddress(cidr);
			const range = addressRange(start ?? addressPlus(cidr.address, 1), end ?? last);
			const text = start === null && end === null ? cidr.text : range.text;
			const left = new Set([...excluded(subnet), ...reservedIPs.map((each) => each.text)]);
			const of = phrase("named-kind", { kind: "Subnet", name });
			pool = { name: phrase("pool-range", { pool: of, range: text }), ranges: [range], excluded: left };
			this.#pools.set(subnet, pool);
		}
		return pool;
	}

	#subnetsFor(pod: Pod, node: Node): readonly HybridnetSubnet[] {
		const asked = pod.addressRequests?.pools ?? [];
		const { hybridnetSubnets: subnets } = this.#facts;
		for (const request of asked) this.#checkAsked(request);
		const named = subnets.filter((each) => asked.some(({ pool }) => pool === each.name));
		if (named.length > 0) return named;
		const network = asked.find(({ annotation }) => annotation === SPECIFIED_NETWORK)?.pool;
		const open = subnets.filter((each) => !each.private);
		if (network !== undefined) return open.filter((each) => each.network === network);
		const here = open.filter((each) => {
			const of = this.#networks.get(each.network);
			return of !== undefined && isOn(of, node);
		});
		const type = pod.annotations[NETWORK_TYPE] ?? (this.#facts.mode === "hybridnet-vxlan" ? "Overlay" : "Underlay");
		const wanted = here.filter((each) => this.#networks.get(each.network)?.type === type);
		// On a node that is part of one network only there is no choice.
		return wanted.length > 0 || pod.annotations[NETWORK_TYPE] !== undefined ? wanted : here;
	}

	#checkAsked({ pool, annotation, source }: PoolRequest): void {
		const { hybridnetSubnets, hybridnetNetworks } = this.#facts;
		const objects: readonly { readonly name: string }[] =
			annotation === SPECIFIED_NETWORK ? hybridnetNetworks : hybridnetSubnets;
		const names = objects.map(({ name }) => name);
		if (names.includes(pool)) return;
		const kind = annotation === SPECIFIED_NETWORK ? "Network" : "Subnet";
		const what = phrase("named-kind", { kind, name: pool });
		refuse("missing-object", phrase("asks-for-missing", { who: annotation, what }), source, suggest(pool, names));
	}
}

function excluded({ excludeIPs, gateway }: HybridnetSubnet): readonly string[] {
	return [...excludeIPs, ...(gateway === null ? [] : [gateway])].map(({ text }) => text);
}

function isOn({ type, nodeList, nodeSelector }: HybridnetNetwork, node: Node): boolean {
	if (type === "Overlay") return true;
	if (nodeList.length > 0) return nodeList.includes(node.name);
	return Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value);
}

/** Of a cluster without Subnets: the pod CIDRs, one subnet each, as modes/hybridnet assumes them. */
function assumedPools({ podCIDRs, segments }: IpamFacts): readonly AddressPool[] {
	const gateways = segments.flatMap((each) => [...each.gateways, ...each.vlans.flatMap((vlan) => vlan.gateways)]);
	return podCIDRs.map((cidr) => subnetPool(phrase("shared-pod-cidr"), cidr, gatewayIn(cidr, gateways)));
}
