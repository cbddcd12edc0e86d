/** The network that the machines stand in: which fabric device each card is on, with what prefix, gateway and MTU. */
import { type Address, addressBits, type Family } from "../../address/address.ts";
import { contains, type Prefix, prefixOf } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Origin } from "../../origin/origin.ts";
import type { Attachment, FabricDevice } from "../../state/fabric.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { Assumption } from "../../state/network.ts";
import type { Place } from "../../state/place.ts";
import { assumedNetworks } from "./assumed.ts";
import { describedNetworks } from "./described.ts";

/** The device by which every machine stands in the underlay. */
export const CARD = "eth0";

/** One subnet of a fabric device: what a card in it is configured with. */
export interface Subnet {
	readonly fabric: Place;
	readonly prefix: Prefix;
	/** Absent: the subnet has no way out. */
	readonly gateway?: Address;
	readonly mtu: number;
	readonly origin: Origin;
}

/** A fabric device in the making: its attachments are found from the machines' addresses. */
export interface UnderlayNetwork {
	readonly place: Place;
	readonly subnets: readonly Subnet[];
	/** What of it the input does not say. */
	readonly assumptions: readonly Assumption[];
	build(attachments: readonly Attachment[]): FabricDevice;
}

export interface CardAddress {
	readonly address: Address;
	readonly prefixLength: number;
	readonly gateway?: Address;
}

/** A machine's card, or one that a pod has for itself. */
export interface Card {
	readonly place: Place;
	readonly device: string;
	readonly mac: string;
	readonly mtu: number;
	/** Absent: the input does not say where it is connected. */
	readonly fabric?: Place;
	readonly addresses: readonly CardAddress[];
	readonly origin: Origin;
}

export interface Underlay {
	readonly devices: ReadonlyMap<Place, FabricDevice>;
	readonly assumptions: readonly Assumption[];
	/** The card of a node or host. */
	cardOf(place: Place): Card | undefined;
}

const ETHERNET_MTU = 1500;

/** The underlay that the cluster's own kinds describe, or where they describe none, one that is assumed and says so. */
export function underlayOf(cluster: Cluster, options: { readonly podRoutesInVpc: boolean }): Underlay {
	const described = describedNetworks(cluster, options);
	const networks = described.length > 0 ? described : assumedNetworks(cluster, options);
	const subnets = new PrefixMap<Subnet>();
	for (const subnet of networks.flatMap((network) => network.subnets)) subnets.set(subnet.prefix, subnet);
	const cards = new Map<Place, Card>();
	for (const [place, addresses] of machines(cluster)) cards.set(place, cardOf(place, addresses, subnets));
	const devices = networks.map((network) => network.build(attachmentsOf(network.place, cards)));
	return {
		devices: new Map(devices.map((device) => [device.place, device])),
		assumptions: [...networks.flatMap((network) => network.assumptions), ...[...cards.values()].flatMap(strayCard)],
		cardOf: (place) => cards.get(place),
	};
}

function* machines(cluster: Cluster): Generator<readonly [Place, readonly Address[]]> {
	for (const node of cluster.nodes) yield [`node/${node.name}`, node.internalIPs];
	for (const host of cluster.hosts) yield [`host/${host.name}`, host.addresses];
}

function cardOf(place: Place, addresses: readonly Address[], subnets: PrefixMap<Subnet>): Card {
	const found = addresses.map((each) => subnets.longestMatch(each));
	const first = found.find((subnet) => subnet !== undefined);
	const mac = hardwareAddress(place, CARD);
	const bare = (address: Address): CardAddress => ({ address, prefixLength: addressBits(address.family) });
	if (first === undefined) {
		return {
			place,
			device: CARD,
			mac,
			mtu: ETHERNET_MTU,
			addresses: addresses.map(bare),
			origin: { component: "machine", object: place },
		};
	}
	return {
		place,
		device: CARD,
		mac,
		mtu: first.mtu,
		fabric: first.fabric,
		addresses: addresses.map((address, i) => {
			const subnet = found[i];
			// A card is on one fabric device: an address of another one has no subnet here.
			if (subnet?.fabric !== first.fabric) return bare(address);
			return { address, prefixLength: subnet.prefix.length, ...(subnet.gateway && { gateway: subnet.gateway }) };
		}),
		origin: first.origin,
	};
}

function attachmentsOf(fabric: Place, cards: ReadonlyMap<Place, Card>): readonly Attachment[] {
	return [...cards.values()]
		.filter((card) => card.fabric === fabric)
		.map(({ place, device, mac, addresses }) => ({
			place,
			device,
			mac,
			addresses: addresses.map((each) => each.address),
		}));
}

function strayCard({ place, fabric, addresses }: Card): readonly Assumption[] {
	if (fabric !== undefined) return [];
	const message =
		addresses.length === 0
			? `${place} has no address in the input, so its ${CARD} has none and leads nowhere that is known`
			: `${place} (${addresses.map((each) => each.address.text).join(", ")}) is in no vSwitch and no Segment of the input, so what its ${CARD} is connected to is not known`;
	return [{ code: "underlay-unknown", message, place }];
}

/** Whether a machine reaches the address on the link of its card, by its own prefix of that family. */
export function onLink(card: Card, candidate: Address): boolean {
	return card.addresses.some(({ address, prefixLength }) => sharesPrefix(address, candidate, prefixLength));
}

function sharesPrefix(a: Address, b: Address, length: number): boolean {
	return a.family === b.family && contains(prefixOf(a, length), b);
}

/** The card's first address of a family. */
export function cardAddress(card: Card, family: Family): CardAddress | undefined {
	return card.addresses.find((each) => each.address.family === family);
}
