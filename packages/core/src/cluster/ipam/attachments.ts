/** The cards that pods have besides the default network's: which network each is of, and its addresses. */

import type { Address } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { refuse } from "../../diagnostic/diagnostic.ts";
import { type AddressPool, TakenAddresses } from "../../ipam/pool.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import { isFinished } from "../address-owners.ts";
import { keyOf } from "../inventory.ts";
import type {
	AttachedAddress,
	CniConfig,
	CniRange,
	NetworkAttachment,
	NetworkAttachmentDefinition,
	NetworkSelection,
} from "../multus-objects.ts";
import type { Pod } from "../objects.ts";
import type { AssignedAddress } from "./assign.ts";

export interface Attachments {
	/** By `NAMESPACE/NAME` of the pod. */
	readonly byPod: ReadonlyMap<string, readonly NetworkAttachment[]>;
	/** Addresses that no annotation says. */
	readonly assigned: readonly AssignedAddress[];
}

const NOTHING: Attachments = { byPod: new Map(), assigned: [] };

/** @throws {InputError} For a network that is not there, and a pool that is exhausted. */
export function attachmentsOf(
	pods: readonly Pod[],
	definitions: ReadonlyMap<string, NetworkAttachmentDefinition>,
): Attachments {
	const attached = pods.filter((pod) => asksFor(pod).length > 0 && !pod.hostNetwork && !isFinished(pod));
	return attached.length === 0 ? NOTHING : new Attaching(attached, definitions).run();
}

interface Asked {
	readonly selection: NetworkSelection;
	/** Where the pod does not say. */
	readonly device: string;
}

/** Multus calls the default network first, by the name that the kubelet gives, and counts the others from 1. */
function asksFor({ defaultNetwork, networks = [] }: Pod): readonly Asked[] {
	const further = networks.map((selection, i) => ({ selection, device: selection.interface || `net${i + 1}` }));
	return defaultNetwork === undefined ? further : [{ selection: defaultNetwork, device: DEFAULT_CARD }, ...further];
}

const DEFAULT_CARD = "eth0";

class Attaching {
	readonly #pods: readonly Pod[];
	readonly #definitions: ReadonlyMap<string, NetworkAttachmentDefinition>;
	/** Of whereabouts one for the cluster; of host-local, whose store is a node's own, one for each node. */
	readonly #taken = new Map<string, TakenAddresses>();
	readonly #pools = new Map<string, AddressPool>();
	readonly #assigned: AssignedAddress[] = [];

	constructor(pods: readonly Pod[], definitions: ReadonlyMap<string, NetworkAttachmentDefinition>) {
		this.#pods = [...pods].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
		this.#definitions = definitions;
	}

	run(): Attachments {
		const byPod = new Map<string, NetworkAttachment[]>();
		const open: { readonly pod: Pod; readonly at: number; readonly into: NetworkAttachment[] }[] = [];
		// Addresses that are said go first, so that none of them is given to another pod.
		for (const pod of this.#pods) {
			const cards = asksFor(pod).map((each) => this.#said(pod, each));
			byPod.set(keyOf(pod), cards);
			for (const [at, card] of cards.entries()) {
				for (const { address } of card.addresses) this.#takenBy(card, pod).take(address, keyOf(pod));
				if (card.addresses.length === 0) open.push({ pod, at, into: cards });
			}
		}
		for (const { pod, at, into } of open) {
			const card = into[at];
			if (card !== undefined) into[at] = { ...card, addresses: this.#allocated(pod, card) };
		}
		return { byPod, assigned: this.#assigned };
	}

	/** What the annotations and the network's own configuration say. */
	#said(pod: Pod, { selection: asked, device }: Asked): NetworkAttachment {
		const key = `${asked.namespace}/${asked.name}`;
		const definition = this.#definitions.get(key) ?? failMissing(pod, asked, [...this.#definitions.keys()]);
		const config = definition.config ?? failEmpty(pod, definition, asked);
		const status = pod.networkStatus?.find((each) => each.name === key && each.interface === device);
		const requested = config.takesAddresses ? asked.addresses : [];
		// The kubelet takes the pod's own addresses from its default network.
		const own = device === DEFAULT_CARD && pod.podIPs.length > 0 ? pod.podIPs : undefined;
		const said = (own ?? status?.addresses)?.map((each) => withSubnet(each, config)) ?? requested;
		const addresses = said.length > 0 ? said : config.ipam.addresses;
		const mac = status?.mac || asked.mac;
		return { definition, config, interface: device, mac, addresses, defaultRoute: asked.defaultRoute };
	}

	#allocated(pod: Pod, { definition, config }: NetworkAttachment): readonly AttachedAddress[] {
		return config.ipam.sets.map((ranges): AttachedAddress => {
			const taken = this.#takenBy({ config, definition }, pod);
			for (const range of ranges) {
				const address = taken.takeFirst(this.#poolOf(range, definition, pod, config), keyOf(pod));
				if (address === undefined) continue;
				this.#refuseTwice(address, pod, config);
				const by = phrase("ipam-of", { ipam: config.ipam.type, what: named(definition), range: range.range.text });
				this.#assigned.push({ pod: keyOf(pod), address, by });
				return { address, prefixLength: range.subnet.length, gateway: range.gateway };
			}
			const pools = phrase("ranges-of", { ranges: ranges.map(({ range }) => range.text), of: named(definition) });
			const message = phrase("no-address-left", { pod: `pod/${keyOf(pod)}`, pools, more: "" });
			return refuse("pool-exhausted", message, pod.source);
		});
	}

	/** host-local's store is a node's own: on two nodes it gives out the same addresses. */
	#refuseTwice(address: Address, pod: Pod, { ipam }: CniConfig): void {
		const other = this.#assigned.find((each) => each.address.text === address.text);
		if (other === undefined) return;
		const given = { ipam: ipam.type, pod: `pod/${keyOf(pod)}`, address: address.text, node: `node/${pod.nodeName}` };
		const message = phrase("given-on-two-nodes", { ...given, other: `pod/${other.pod}` });
		const hint = phrase("give-nodes-ranges", { annotation: "k8s.v1.cni.cncf.io/network-status" });
		refuse("duplicate-address", message, pod.source, hint);
	}

	#takenBy({ config, definition }: Pick<NetworkAttachment, "config" | "definition">, pod: Pod): TakenAddresses {
		const key = config.ipam.kind === "host-local" ? `${pod.nodeName} ${keyOf(definition)}` : "";
		let taken = this.#taken.get(key);
		if (taken === undefined) {
			taken = new TakenAddresses();
			this.#taken.set(key, taken);
		}
		return taken;
	}

	#poolOf(range: CniRange, definition: NetworkAttachmentDefinition, pod: Pod, { ipam }: CniConfig): AddressPool {
		const where = ipam.kind === "host-local" ? pod.nodeName : "";
		const key = `${where} ${keyOf(definition)} ${range.range.text}`;
		let pool = this.#pools.get(key);
		if (pool === undefined) {
			const gateway = range.gateway === null ? [] : [range.gateway.text];
			pool = { name: key, ranges: [range.range], excluded: new Set(gateway), excludedBlocks: range.exclude };
			this.#pools.set(key, pool);
		}
		return pool;
	}
}

function failMissing(pod: Pod, { namespace, name, source: where }: NetworkSelection, known: readonly string[]): never {
	const hint =
		suggest(`${namespace}/${name}`, known) ?? (known.length === 0 ? undefined : phrase("there-are", { names: known }));
	const what = named({ namespace, name });
	refuse("missing-object", phrase("asks-for-missing", { who: `pod/${keyOf(pod)}`, what }), where, hint);
}

function failEmpty(pod: Pod, definition: NetworkAttachmentDefinition, { source: where }: NetworkSelection): never {
	const message = phrase("asks-for-empty", { who: `pod/${keyOf(pod)}`, what: named(definition) });
	refuse("missing-field", message, where, phrase("config-in-file"));
}

function named({ namespace, name }: Pick<NetworkAttachmentDefinition, "namespace" | "name">): Phrase {
	return phrase("named-kind", { kind: "NetworkAttachmentDefinition", name: `${namespace}/${name}` });
}

/** Status says no length: that of the subnet that holds the address. */
function withSubnet(address: Address, { ipam }: CniConfig): AttachedAddress {
	const range = ipam.sets.flat().find(({ subnet }) => contains(subnet, address));
	const same = ipam.addresses.find((each) => each.address.text === address.text);
	if (same !== undefined) return same;
	const bits = address.family === 4 ? 32 : 128;
	return { address, prefixLength: range?.subnet.length ?? bits, gateway: range?.gateway ?? null };
}
