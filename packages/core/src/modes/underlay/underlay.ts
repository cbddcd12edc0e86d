/** The network that the machines stand in: which fabric device each card is on, with what prefix, gateway and MTU. */
import type { Address, Family } from "../../address/address.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { EniObject, SegmentObject } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Attachment, FabricDevice } from "../../state/fabric.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { Place } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import { assumedNetworks } from "./assumed.ts";
import { CARD, type Card, cardAt, type Subnet } from "./card.ts";
import { describedNetworks } from "./described.ts";
import { eniFactory } from "./enis.ts";

export { CARD, type Card, type CardAddress, cardAddress, gatewayOf, onLink, type Subnet } from "./card.ts";

/** A fabric device in the making: its attachments are found from the machines' addresses. */
export interface UnderlayNetwork {
	readonly place: Place;
	readonly subnets: readonly Subnet[];
	/** What of it the input does not say. */
	readonly assumptions: readonly Assumption[];
	build(attachments: readonly Attachment[]): FabricDevice;
}

export interface Underlay {
	readonly devices: ReadonlyMap<Place, FabricDevice>;
	readonly assumptions: readonly Assumption[];
	/** All of them: the input's and those that the mode knows of. */
	readonly enis: readonly EniObject[];
	/** The primary card of a node or host, or a pod's eth0 where that is an ENI: the card that is eth0. */
	cardOf(place: Place): Card | undefined;
	/**
	 * The cards that a node, a host, or a pod with an ENI for itself has devices for, the primary one first and the others in
	 * the order of their devices' names. Members of a trunk are none: their frames come by the trunk's.
	 */
	cards(place: Place): readonly Card[];
	/** The card of an ENI, by its id. Of a member: its trunk's place, device and MAC with the member's own addresses. */
	eniCard(id: string): Card | undefined;
}

export interface UnderlayOptions {
	/** In which the VPC leads each node's pod CIDR to that node; none: the mode needs no such routes. */
	readonly podRoutesInVpc: readonly Family[];
	readonly enis: readonly EniObject[];
}

/** The underlay that the cluster's own kinds describe, or where they describe none, one that is assumed and says so. */
export function underlayOf(cluster: Cluster, options: UnderlayOptions): Underlay {
	const described = describedNetworks(cluster, options);
	const networks = described.length > 0 ? described : assumedNetworks(cluster, options);
	const cards = new Cards(
		cluster,
		options.enis,
		networks.flatMap((network) => network.subnets),
	);
	const eni = eniFactory(cluster);
	const attachments = cards.attached.map((card) => attachmentOf(card, eni));
	const devices = networks.map((network) =>
		network.build(attachments.filter((_, i) => cards.attached[i]?.fabric === network.place)),
	);
	return {
		devices: new Map(devices.map((device) => [device.place, device])),
		assumptions: [...networks.flatMap((network) => network.assumptions), ...cards.assumptions()],
		enis: options.enis,
		cardOf: (place) => cards.of(place).find((card) => card.device === CARD),
		cards: (place) => cards.of(place),
		eniCard: (id) => cards.byEni.get(id),
	};
}

function attachmentOf(card: Card, eniOf: ReturnType<typeof eniFactory>): Attachment {
	const { place, device, mac, addresses, eni } = card;
	const own = addresses.map((each) => each.address);
	const known = new Set(own.map(({ text }) => text));
	const more = eni?.addresses.filter(({ text }) => !known.has(text)) ?? [];
	return { place, device, mac, addresses: [...own, ...more], ...(eni !== undefined && { eni: eniOf(eni) }) };
}

const NONE: readonly Card[] = [];

/** Every card of a cluster, by where it is and by its ENI. */
class Cards {
	readonly byEni: Map<string, Card> = new Map();
	/** In the order in which the fabric knows them: machines, then further ENIs, then members. */
	readonly attached: Card[] = [];
	readonly #byPlace = new Map<Place, Card[]>();
	readonly #subnets = new PrefixMap<Subnet>();
	readonly #vSwitches: ReadonlyMap<string, Subnet>;
	readonly #named: Assumption[] = [];

	constructor(cluster: Cluster, enis: readonly EniObject[], subnets: readonly Subnet[]) {
		for (const subnet of subnets) this.#subnets.set(subnet.prefix, subnet);
		this.#vSwitches = new Map(subnets.map((subnet) => [subnet.id ?? "", subnet]));
		this.#primary(cluster, enis);
		const further = enis.filter(({ type }) => type === "secondary" || type === "trunk");
		// Those that say their device go first, so that none of the others takes it.
		for (const eni of further) if (eni.device !== "") this.#add(this.#further(eni, eni.device), eni);
		for (const eni of further) if (eni.device === "") this.#add(this.#further(eni, this.#freeDevice(eni)), eni);
		for (const eni of enis) if (eni.type === "member") this.#member(eni);
		for (const segment of cluster.segments) this.#ports(segment, cluster);
		for (const cards of this.#byPlace.values()) if (cards.length > 1) cards.sort(byDevice);
	}

	of(place: Place): readonly Card[] {
		return this.#byPlace.get(place) ?? NONE;
	}

	assumptions(): readonly Assumption[] {
		return [...this.#named, ...this.attached.flatMap(strayCard)];
	}

	#add(card: Card, eni: EniObject | undefined): void {
		const { place } = card;
		const others = this.#byPlace.get(place);
		if (others === undefined) this.#byPlace.set(place, [card]);
		else others.push(card);
		this.attached.push(card);
		if (eni !== undefined) this.byEni.set(eni.name, card);
	}

	/** eth0 has what the machine is said to have, but for what a further ENI of its own has. */
	#primary(cluster: Cluster, enis: readonly EniObject[]): void {
		const primaries = new Map(enis.filter(({ type }) => type === "primary").map((eni) => [eni.instance, eni]));
		const elsewhere = new Map<string, Place>();
		for (const { type, instance, addresses } of enis) {
			if (type !== "primary") for (const { text } of addresses) elsewhere.set(text, instance);
		}
		for (const { place, addresses, several } of machines(cluster)) {
			const eni = primaries.get(place);
			const own = addresses.filter(({ text }) => elsewhere.get(text) !== place);
			const at = { place, device: CARD, mac: eni?.mac ?? "" };
			const [first = [], ...others] = several ? this.#byFabric(own) : [own];
			this.#add(cardAt(at, first, this.#subnetOf, { ...(eni && { eni, vSwitch: this.#vSwitchOf(eni) }) }), eni);
			for (const [i, each] of others.entries()) {
				this.#add(cardAt({ place, device: `eth${i + 1}` }, each, this.#subnetOf, {}), undefined);
			}
		}
	}

	/** Addresses that are on one fabric device together, in their order; one on none stays with those before it. */
	#byFabric(addresses: readonly Address[]): readonly (readonly Address[])[] {
		const groups: { readonly fabric: Place | undefined; readonly addresses: Address[] }[] = [];
		for (const address of addresses) {
			const fabric = this.#subnetOf(address)?.fabric;
			const own = groups.find((group) => group.fabric === fabric) ?? (fabric === undefined ? groups[0] : undefined);
			if (own === undefined) groups.push({ fabric, addresses: [address] });
			else own.addresses.push(address);
		}
		return groups.map((group) => group.addresses);
	}

	#further(eni: EniObject, device: string): Card {
		const at = { place: eni.instance, device, mac: eni.mac };
		return cardAt(at, eni.addresses, this.#subnetOf, { eni, vSwitch: this.#vSwitchOf(eni) });
	}

	/** A port that is for one card of a machine shows that the machine has it, up and without an address. */
	#ports({ name, ports, mtu, source }: SegmentObject, cluster: Cluster): void {
		const fabric = `segment/${name}`;
		for (const { machine, device } of ports) {
			const place = machine.includes("/")
				? machine
				: `${cluster.node(machine) === undefined ? "host" : "node"}/${machine}`;
			if (device === "" || this.of(place).some((card) => card.device === device)) continue;
			const origin = { component: "machine", object: place, source };
			const mac = hardwareAddress(place, device);
			this.#add({ place, device, mac, mtu, fabric, addresses: [], subnets: [], origin }, undefined);
		}
	}

	/** A member's frames come and go by its trunk, with the trunk's MAC (terway pkg/eni/remote.go ToRPC). */
	#member(eni: EniObject): void {
		const trunk = this.byEni.get(eni.trunk);
		if (trunk === undefined) return;
		const card = cardAt(trunk, eni.addresses, this.#subnetOf, { eni, vSwitch: this.#vSwitchOf(eni) });
		this.attached.push(card);
		this.byEni.set(eni.name, card);
	}

	readonly #subnetOf = (address: Address): Subnet | undefined => this.#subnets.longestMatch(address);

	#vSwitchOf({ vSwitch }: EniObject): Subnet | undefined {
		return vSwitch === "" ? undefined : this.#vSwitches.get(vSwitch);
	}

	/** Linux numbers the cards in the order in which they come. */
	#freeDevice({ name, instance }: EniObject): string {
		const taken = new Set([CARD, ...this.of(instance).map((card) => card.device)]);
		let number = 1;
		while (taken.has(`eth${number}`)) number += 1;
		this.#named.push({
			code: "eni-device-assumed",
			message: phrase("eni-device-assumed", { instance, eni: name, device: `eth${number}` }),
			place: instance,
		});
		return `eth${number}`;
	}
}

function byDevice(a: Card, b: Card): number {
	return a.device.length - b.device.length || (a.device < b.device ? -1 : 1);
}

interface Machine {
	readonly place: Place;
	readonly addresses: readonly Address[];
	/** It has a card for each fabric device that it has an address on. */
	readonly several: boolean;
}

function* machines(cluster: Cluster): Generator<Machine> {
	for (const { name, internalIPs: addresses } of cluster.nodes)
		yield { place: `node/${name}`, addresses, several: false };
	for (const { name, addresses } of cluster.hosts) yield { place: `host/${name}`, addresses, several: true };
}

function strayCard({ place, device, fabric, addresses }: Card): readonly Assumption[] {
	if (fabric !== undefined) return [];
	const message =
		addresses.length === 0
			? phrase("card-without-address", { place, device })
			: phrase("card-on-nothing", { place, addresses: addresses.map((each) => each.address.text), device });
	return [{ code: "underlay-unknown", message, place }];
}
