/**
 * Calico's IPAM: a node has blocks of a pool and gives out their addresses; it claims a further block when its own are full,
 * and borrows of other nodes' blocks when there are none left (libcalico-go/lib/ipam). Which block a node claims first Calico
 * draws from a hash of its name; here it is the first that nobody has, by the names of the pods that need it.
 */
import { type Address, addressPlus, type Family } from "../../address/address.ts";
import { contains, containsPrefix, lastAddress, type Prefix, prefixOf } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { InputError } from "../../diagnostic/diagnostic.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import { wholeBlock } from "../../ipam/range.ts";
import { ALL, type CalicoSelector } from "../calico-selector.ts";
import type { Node, Pod, PoolRequest } from "../objects.ts";
import type { AddressSource, ClaimedBlock, IpamFacts } from "./source.ts";

interface Pool {
	readonly name: string;
	readonly cidr: Prefix;
	readonly blockSize: number;
	readonly nodeSelector: CalicoSelector;
	/** Nodes have an address of it for their tunnel device, the first that they give out. */
	readonly tunnel: boolean;
}

/** The default block sizes of the API server. */
const BLOCK_SIZE = { 4: 26, 6: 122 } as const;

export class CalicoIpam implements AddressSource {
	readonly #facts: IpamFacts;
	readonly #pools: readonly Pool[];
	/** Blocks by CIDR, with their node. */
	readonly #owners = new Map<string, ClaimedBlock>();
	readonly #claimed: ClaimedBlock[] = [];
	readonly #blocks = new Map<string, AddressPool>();
	/** By pool: where the search for a block that nobody has goes on. */
	readonly #next = new Map<Pool, Prefix | undefined>();
	readonly #askedByNamespace: ReadonlyMap<string, readonly PoolRequest[]>;

	constructor(facts: IpamFacts) {
		this.#facts = facts;
		this.#pools = poolsOf(facts);
		this.#askedByNamespace = new Map(facts.namespaces.map(({ name, poolRequests = [] }) => [name, poolRequests]));
		for (const { cidr, node } of facts.calico.ipamBlocks) if (node !== "") this.#owners.set(cidr.text, { cidr, node });
		for (const { cidr, node, state } of facts.calico.blockAffinities) {
			if (state === "confirmed" || state === "") this.#owners.set(cidr.text, { cidr, node });
		}
		if (this.#owners.size === 0) this.#ownByPods();
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
			.map(({ name, cidr }) => ({ name: `${name} ${cidr.text}`, ranges: [wholeBlock(cidr)], excluded: NONE }));
	}

	*#addresses(pools: readonly Pool[], node: Node): Generator<AddressPool> {
		for (const pool of pools) yield* this.#blocksOf(pool, (owner) => owner === node.name);
		for (const pool of pools) {
			for (let cidr = this.#claim(pool, node); cidr !== undefined; cidr = this.#claim(pool, node)) {
				yield this.#block(cidr, pool, node.name);
			}
		}
		for (const pool of pools) yield* this.#blocksOf(pool, (owner) => owner !== node.name);
	}

	*#blocksOf(pool: Pool, wanted: (node: string) => boolean): Generator<AddressPool> {
		for (const { cidr, node } of [...this.#owners.values()]) {
			if (wanted(node) && containsPrefix(pool.cidr, cidr)) yield this.#block(cidr, pool, node);
		}
	}

	#block(cidr: Prefix, pool: Pool, node: string): AddressPool {
		const known = this.#blocks.get(cidr.text);
		if (known !== undefined) return known;
		const first = [...this.#owners.values()].find((each) => each.node === node && containsPrefix(pool.cidr, each.cidr));
		const keepsFirst = pool.tunnel && first?.cidr.text === cidr.text && !this.#saysTunnel(node);
		const block: AddressPool = {
			name: `block ${cidr.text} of node/${node}, of ${pool.name}`,
			ranges: [wholeBlock(cidr)],
			excluded: keepsFirst ? new Set([cidr.address.text]) : NONE,
		};
		this.#blocks.set(cidr.text, block);
		return block;
	}

	#saysTunnel(node: string): boolean {
		const said = this.#facts.calico.nodes.get(node);
		return said?.ipv4IPIPTunnelAddr !== undefined || said?.ipv4VXLANTunnelAddr !== undefined;
	}

	#claim(pool: Pool, node: Node): Prefix | undefined {
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

	/** As modes/calico takes them where nothing says whose they are: by the addresses of pods that have one. */
	#ownByPods(): void {
		for (const { name: node } of this.#facts.nodes) {
			for (const pod of this.#facts.pods) {
				if (pod.nodeName !== node || pod.hostNetwork) continue;
				for (const address of pod.podIPs) {
					const pool = this.#pools.find(({ cidr }) => contains(cidr, address));
					if (pool === undefined) continue;
					const cidr = prefixOf(address, pool.blockSize);
					if (!this.#owners.has(cidr.text)) this.#owners.set(cidr.text, { cidr, node });
				}
			}
		}
	}

	/** What the pod asks for, else its Namespace, by name or by CIDR. */
	#askedFor(pod: Pod): readonly Pool[] {
		const own = pod.addressRequests?.pools ?? [];
		const asked = own.length > 0 ? own : (this.#askedByNamespace.get(pod.namespace) ?? []);
		const families = new Set<Family>();
		const found = asked.map((request) => {
			const pool = this.#pools.find(
				({ name, cidr }) => name === `IPPool "${request.pool}"` || cidr.text === request.pool,
			);
			if (pool === undefined) failForPool(request, this.#facts);
			families.add(pool.cidr.family);
			return pool;
		});
		return [...found, ...this.#pools.filter(({ cidr }) => !families.has(cidr.family))];
	}
}

const NONE: ReadonlySet<string> = new Set();

function poolsOf({ calico, podCIDRs, mode }: IpamFacts): readonly Pool[] {
	if (calico.ipPools.length > 0) {
		return calico.ipPools
			.filter(({ disabled }) => !disabled)
			.map(({ name, cidr, blockSize, nodeSelector, ipipMode, vxlanMode }) => {
				const tunnel = ipipMode !== "Never" || vxlanMode !== "Never";
				return { name: `IPPool "${name}"`, cidr, blockSize, nodeSelector, tunnel };
			});
	}
	return podCIDRs
		.filter(({ family }) => family === 4 || mode !== "calico-ipip")
		.map((cidr) => ({
			name: `the default IPPool of IPv${cidr.family}`,
			cidr,
			blockSize: Math.max(cidr.length, BLOCK_SIZE[cidr.family]),
			nodeSelector: ALL,
			tunnel: mode !== "calico-bgp",
		}));
}

function blockAfter(block: Prefix, within: Prefix): Prefix | undefined {
	const last = lastAddress(block);
	if (last.text === lastAddress(within).text) return undefined;
	return prefixOf(addressPlus(last, 1), block.length);
}

function failForPool({ pool, annotation, source }: PoolRequest, { calico }: IpamFacts): never {
	const names = calico.ipPools.filter(({ disabled }) => !disabled).map(({ name }) => name);
	const hint = suggest(pool, names) ?? (names.length === 0 ? undefined : `pools are ${names.join(", ")}`);
	throw new InputError({
		code: "missing-object",
		message: `${annotation} asks for IPPool "${pool}", which is not there or gives out no addresses`,
		where: source,
		...(hint !== undefined && { hint }),
	});
}
