/**
 * Addresses for pods whose status says none, by the rules of their network's IPAM; and what annotations ask of it, checked.
 * Pods come in the order of their names, so that files and objects may be in any.
 */

import type { Address } from "../../address/address.ts";
import { otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import { type AddressPool, holds, TakenAddresses } from "../../ipam/pool.ts";
import { phrase, type Said } from "../../wording/phrase.ts";
import { isFinished } from "../address-owners.ts";
import { keyOf } from "../inventory.ts";
import type { FixedAddress, Node, Pod } from "../objects.ts";
import { CalicoIpam } from "./calico.ts";
import { contivPools } from "./contiv.ts";
import { dataCentrePools, vSwitchPools } from "./data-centre.ts";
import { hostLocal } from "./host-local.ts";
import { HybridnetIpam } from "./hybridnet.ts";
import type { AddressSource, ClaimedBlock, IpamFacts } from "./source.ts";

/** An address that podpath gave a pod. */
export interface AssignedAddress {
	/** `NAMESPACE/NAME`. */
	readonly pod: string;
	readonly address: Address;
	/** Out of which pool, or who says so. */
	readonly by: Said;
}

export interface AssignedAddresses {
	readonly addresses: readonly AssignedAddress[];
	/** Of Calico: blocks that nodes have claimed for them. */
	readonly blocks: readonly ClaimedBlock[];
}

const NOTHING: AssignedAddresses = { addresses: [], blocks: [] };

/**
 * Who got which address.
 * @throws {InputError} For a pool that is exhausted, and for an address that is asked for and cannot be had.
 */
export function assignAddresses(given: IpamFacts): AssignedAddresses {
	const facts = withOwnRequests(given);
	const asking = facts.pods.filter((pod) => (pod.addressRequests?.fixed ?? []).length > 0 && !isFinished(pod));
	const needing = facts.pods.filter(needsAddress);
	if (asking.length === 0 && needing.length === 0) return NOTHING;
	const source = sourceOf(facts);
	if (source === undefined) return NOTHING;
	const addresses = new Assignment(facts, source).run(asking, needing);
	return { addresses, blocks: source.claimed?.() ?? [] };
}

/** Whose annotations each mode's IPAM reads. */
const READ_BY = { "calico-": "cni.projectcalico.org/", "hybridnet-": "networking.alibaba.com/" } as const;

/** Without what is asked of another network's IPAM, which nobody here reads. */
function withOwnRequests(facts: IpamFacts): IpamFacts {
	const { mode, pods, namespaces } = facts;
	const own = Object.entries(READ_BY).find(([modes]) => mode.startsWith(modes))?.[1];
	const isOwn = ({ annotation }: { readonly annotation: string }): boolean =>
		own !== undefined && annotation.startsWith(own);
	return {
		...facts,
		namespaces: namespaces.map((each) => ({ ...each, poolRequests: (each.poolRequests ?? []).filter(isOwn) })),
		pods: pods.map((pod) => {
			const { addressRequests } = pod;
			if (addressRequests === undefined) return pod;
			const { fixed, pools } = addressRequests;
			return { ...pod, addressRequests: { fixed: fixed.filter(isOwn), pools: pools.filter(isOwn) } };
		}),
	};
}

function needsAddress({ withoutStatus, hostNetwork, nodeName, defaultNetwork }: Pod): boolean {
	return withoutStatus === true && !hostNetwork && nodeName !== "" && defaultNetwork === undefined;
}

function sourceOf(facts: IpamFacts): AddressSource | undefined {
	const { mode } = facts;
	if (mode.startsWith("calico-")) return new CalicoIpam(facts);
	if (mode.startsWith("hybridnet-")) return new HybridnetIpam(facts);
	if (mode.startsWith("flannel-") || mode === "terway-vpc") return hostLocal(facts);
	if (mode.startsWith("terway-")) return vSwitchPools(facts);
	if (mode.startsWith("contiv-")) return contivPools(facts);
	if (mode === "bifrost-macvlan") return dataCentrePools(facts, [4]);
	if (mode === "macvlan" || mode === "ipvlan") return dataCentrePools(facts, [4, 6]);
	return undefined;
}

class Assignment {
	readonly #source: AddressSource;
	readonly #nodes: ReadonlyMap<string, Node>;
	readonly #taken = new TakenAddresses();
	readonly #assigned: AssignedAddress[] = [];

	constructor(facts: IpamFacts, source: AddressSource) {
		this.#source = source;
		this.#nodes = new Map(facts.nodes.map((node) => [node.name, node]));
		for (const [address, holder] of claims(facts)) this.#taken.take(address, holder);
	}

	run(asking: readonly Pod[], needing: readonly Pod[]): readonly AssignedAddress[] {
		const fixedBy = new Map<string, { readonly pod: string; readonly fixed: FixedAddress }>();
		const served = new Set<Pod>();
		for (const pod of byKey(asking)) {
			for (const fixed of pod.addressRequests?.fixed ?? []) this.#check(pod, fixed, fixedBy);
			if (!needing.includes(pod)) continue;
			served.add(pod);
			for (const { address, annotation } of pod.addressRequests?.fixed ?? []) this.#give(pod, address, annotation);
		}
		for (const pod of byKey(needing)) {
			if (served.has(pod)) continue;
			const noted = this.#source.noted?.(pod) ?? [];
			if (noted.length > 0) for (const { address, by } of noted) this.#give(pod, address, by);
			else this.#takeFirst(pod);
		}
		return this.#assigned;
	}

	#takeFirst(pod: Pod): void {
		const node = this.#nodes.get(pod.nodeName);
		if (node === undefined) return;
		for (const pools of this.#source.choices(pod, node)) {
			const tried: AddressPool[] = [];
			const address = this.#firstOf(pools, pod, tried);
			if (address === undefined) failExhausted(pod, tried);
		}
	}

	#firstOf(pools: Iterable<AddressPool>, pod: Pod, tried: AddressPool[]): Address | undefined {
		for (const pool of pools) {
			const address = this.#taken.takeFirst(pool, `pod/${keyOf(pod)}`);
			if (address !== undefined) {
				this.#assigned.push({ pod: keyOf(pod), address, by: pool.name });
				return address;
			}
			tried.push(pool);
		}
		return undefined;
	}

	#give(pod: Pod, address: Address, by: Said): void {
		this.#taken.take(address, `pod/${keyOf(pod)}`);
		this.#assigned.push({ pod: keyOf(pod), address, by });
	}

	/** An address that is asked for is of a pool, and nobody else's. */
	#check(pod: Pod, fixed: FixedAddress, others: Map<string, { pod: string; fixed: FixedAddress }>): void {
		const { address, annotation, source: where } = fixed;
		const asks = phrase("asks-for", { pod: keyOf(pod), address: address.text, annotation });
		const pools = fixed.withoutPool ? [] : this.#source.fixedFrom(pod, address);
		if (pools.length > 0 && !pools.some((pool) => holds(pool, address))) {
			const hint = phrase("pools-are", { names: pools.map(({ name }) => name) });
			refuse("address-in-no-pool", phrase("asks-in-no-pool", { asks }), where, hint);
		}
		const other = others.get(address.text);
		if (other !== undefined) {
			const message = phrase("asks-like-other", { asks, other: `pod/${other.pod}` });
			refuse("duplicate-address", message, where, otherAt(other.fixed));
		}
		others.set(address.text, { pod: keyOf(pod), fixed });
		const holder = this.#taken.holderOf(address);
		if (holder !== undefined && holder !== `pod/${keyOf(pod)}`) {
			refuse("duplicate-address", phrase("asks-for-taken", { asks, holder }), where);
		}
	}
}

/** Everybody who has an address already. */
function* claims(facts: IpamFacts): Generator<readonly [Address, Said]> {
	for (const pod of facts.pods) {
		if (isFinished(pod) || pod.hostNetwork) continue;
		for (const address of pod.podIPs) yield [address, `pod/${keyOf(pod)}`];
	}
	for (const { name, internalIPs } of facts.nodes) for (const each of internalIPs) yield [each, `node/${name}`];
	for (const { name, addresses } of facts.hosts) for (const each of addresses) yield [each, `host/${name}`];
	for (const service of facts.services) {
		for (const each of service.clusterIPs) yield [each, `service/${keyOf(service)}`];
	}
	for (const { name, gateways, vlans } of facts.segments) {
		for (const each of [...gateways, ...vlans.flatMap((vlan) => vlan.gateways)]) yield [each, `segment/${name}`];
	}
	for (const instance of facts.ipInstances) yield [instance.address, `pod/${instance.namespace}/${instance.podName}`];
	for (const [name, node] of facts.calico.nodes) {
		const tunnels = [node.ipv4IPIPTunnelAddr, node.ipv4VXLANTunnelAddr, node.ipv6VXLANTunnelAddr];
		for (const each of tunnels) if (each !== undefined) yield [each, phrase("tunnel-of", { node: `node/${name}` })];
	}
	for (const { tunnels } of facts.calico.ipamBlocks) {
		for (const { address, node } of tunnels) yield [address, phrase("tunnel-of", { node: `node/${node}` })];
	}
}

function byKey(pods: readonly Pod[]): readonly Pod[] {
	return [...pods].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function failExhausted(pod: Pod, tried: readonly AddressPool[]): never {
	const shown = tried.slice(0, 3).map(({ name }) => name);
	const more = tried.length > shown.length ? phrase("and-more-pools", { n: tried.length - shown.length }) : "";
	const message = phrase("no-address-left", { pod: `pod/${keyOf(pod)}`, pools: shown, more });
	refuse("pool-exhausted", message, pod.source, phrase("enlarge-pool"));
}
