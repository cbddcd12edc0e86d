/**
 * Calico's IPAM: a node has blocks of a pool and gives out their addresses; it claims a further block when its own are full,
 * and borrows of other nodes' blocks when there are none left (libcalico-go/lib/ipam). Which block a node claims first Calico
 * draws from a hash of its name; here it is the first that nobody has, by the names of the pods that need it.
 */

import { type Address, addressPlus, compareAddresses, type Family } from "../../address/address.ts";
import { contains, containsPrefix, lastAddress, type Prefix, prefixOf } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { refuse } from "../../diagnostic/diagnostic.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import { wholeBlock } from "../../ipam/range.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import { isFinished } from "../address-owners.ts";
import type { Node, Pod, PoolRequest } from "../objects.ts";
import { blockOwners } from "./calico-blocks.ts";
import { type CalicoPool, calicoPools } from "./calico-pools.ts";
import { freeAddress, saidTunnel, TUNNELS, tunnelBlock } from "./calico-tunnels.ts";
import type { AddressSource, ClaimedBlock, IpamFacts } from "./source.ts";

export class CalicoIpam implements AddressSource {
	readonly #facts: IpamFacts;
	readonly #allPools: readonly CalicoPool[];
	/** Those that give out addresses. */
	readonly #pools: readonly CalicoPool[];
	/** Blocks by CIDR, with their node. */
	readonly #owners: Map<string, ClaimedBlock>;
	readonly #havingAddresses: ReadonlySet<string>;
	readonly #claimed: ClaimedBlock[] = [];
	readonly #blocks = new Map<string, AddressPool>();
	/** By pool: where the search for a block that nobody has goes on. */
	readonly #next = new Map<CalicoPool, Prefix | undefined>();
	readonly #askedByNamespace: ReadonlyMap<string, readonly PoolRequest[]>;

	constructor(facts: IpamFacts) {
		this.#facts = facts;
		this.#allPools = calicoPools(facts);
		this.#pools = this.#allPools.filter(({ enabled }) => enabled);
		this.#askedByNamespace = new Map(facts.namespaces.map(({ name, poolRequests = [] }) => [name, poolRequests]));
		this.#owners = blockOwners(facts, (address) => this.#poolOf(address));
		this.#havingAddresses = ownAddresses(facts.pods);
	}

	choices(pod: Pod, node: Node): readonly Iterable<AddressPool>[] {
		const usable = this.#askedFor(pod).filter(({ nodeSelector }) => nodeSelector.matches(node.labels));
		return ([4, 6] as const)
			.map((family) => usable.filter(({ cidr }) => cidr.family === family))
			.filter((pools) => pools.length > 0)
			.map((pools) => this.#addresses(pools, node));
	}

	fixedFrom(_: Pod, { family }: Address): readonly AddressPool[] {
		return this.#pools
			.filter(({ cidr }) => cidr.family === family)
			.map((pool) => ({
				name: phrase("pool-range", { pool: nameOf(pool), range: pool.cidr.text }),
				ranges: [wholeBlock(pool.cidr)],
				excluded: NONE,
			}));
	}

	*#addresses(pools: readonly CalicoPool[], node: Node): Generator<AddressPool> {
		for (const pool of pools) yield* this.#blocksOf(pool, (owner) => owner === node.name);
		for (const pool of pools) {
			for (let cidr = this.#claim(pool, node); cidr !== undefined; cidr = this.#claim(pool, node)) {
				yield this.#block(cidr, pool, node.name);
			}
		}
		for (const pool of pools) yield* this.#blocksOf(pool, (owner) => owner !== node.name);
	}

	*#blocksOf(pool: CalicoPool, wanted: (node: string) => boolean): Generator<AddressPool> {
		for (const { cidr, node } of [...this.#owners.values()]) {
			if (wanted(node) && containsPrefix(pool.cidr, cidr)) yield this.#block(cidr, pool, node);
		}
	}

	#block(cidr: Prefix, pool: CalicoPool, node: string): AddressPool {
		const known = this.#blocks.get(cidr.text);
		if (known !== undefined) return known;
		const tunnel = this.#tunnelIn(cidr, pool, node);
		const block: AddressPool = {
			name: phrase("pool-block", { cidr: cidr.text, node: `node/${node}`, pool: nameOf(pool) }),
			ranges: [wholeBlock(cidr)],
			excluded: tunnel === undefined ? NONE : new Set([tunnel.text]),
		};
		this.#blocks.set(cidr.text, block);
		return block;
	}

	/** The address that the block keeps for its node's tunnel device. */
	#tunnelIn(cidr: Prefix, pool: CalicoPool, node: string): Address | undefined {
		const device = TUNNELS.find(({ kind, family }) => kind === pool.encapsulation && family === cidr.family);
		if (device === undefined || saidTunnel(this.#facts.calico, { node, ...device }) !== undefined) return undefined;
		const own = [...this.#owners.values()].filter((each) => each.node === node);
		own.sort((a, b) => compareAddresses(a.cidr.address, b.cidr.address));
		const blocks = own.map((each) => ({ ...each, pool: this.#poolOf(each.cidr.address) }));
		if (tunnelBlock(blocks, device)?.cidr.text !== cidr.text) return undefined;
		return freeAddress(cidr, ({ text }) => this.#havingAddresses.has(text));
	}

	#poolOf(address: Address): CalicoPool | undefined {
		return this.#allPools.find(({ cidr }) => contains(cidr, address));
	}

	#claim(pool: CalicoPool, node: Node): Prefix | undefined {
		let block = this.#next.has(pool) ? this.#next.get(pool) : prefixOf(pool.cidr.address, pool.blockSize);
		while (block !== undefined && this.#owners.has(block.text)) block = blockAfter(block, pool.cidr);
		this.#next.set(pool, block && blockAfter(block, pool.cidr));
		if (block === undefined) return undefined;
		const claimed = { cidr: block, node: node.name };
		this.#owners.set(block.text, claimed);
		this.#claimed.push(claimed);
		return block;
	}

	claimed(): readonly ClaimedBlock[] {
		return this.#claimed;
	}

	/** What the pod asks for, else its Namespace, by name or by CIDR. */
	#askedFor(pod: Pod): readonly CalicoPool[] {
		const own = pod.addressRequests?.pools ?? [];
		const asked = own.length > 0 ? own : (this.#askedByNamespace.get(pod.namespace) ?? []);
		const families = new Set<Family>();
		const found = asked.map((request) => {
			const pool = this.#pools.find(
				({ name, cidr, assumed }) => (!assumed && name === request.pool) || cidr.text === request.pool,
			);
			if (pool === undefined) failForPool(request, this.#facts);
			families.add(pool.cidr.family);
			return pool;
		});
		return [...found, ...this.#pools.filter(({ cidr }) => !families.has(cidr.family))];
	}
}

const NONE: ReadonlySet<string> = new Set();

/** As answers name it. */
function nameOf({ assumed, name, cidr }: CalicoPool): Phrase {
	return assumed ? phrase("default-pool", { family: cidr.family }) : phrase("named-kind", { kind: "IPPool", name });
}

function ownAddresses(pods: readonly Pod[]): ReadonlySet<string> {
	const having = pods.filter((pod) => !pod.hostNetwork && !isFinished(pod));
	return new Set(having.flatMap(({ podIPs }) => podIPs.map(({ text }) => text)));
}

function blockAfter(block: Prefix, within: Prefix): Prefix | undefined {
	const last = lastAddress(block);
	if (last.text === lastAddress(within).text) return undefined;
	return prefixOf(addressPlus(last, 1), block.length);
}

function failForPool({ pool, annotation, source }: PoolRequest, { calico }: IpamFacts): never {
	const names = calico.ipPools.filter(({ disabled }) => !disabled).map(({ name }) => name);
	const hint = suggest(pool, names) ?? (names.length === 0 ? undefined : phrase("pools-are", { names }));
	refuse("missing-object", phrase("asks-for-no-pool", { annotation, pool }), source, hint);
}
