/** What the packet path asks of one device, found together: most of a look-up's time is waiting for memory. */
import type { InterfaceAddress } from "../state/ip.ts";
import type { Link } from "../state/link.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { type DeviceSettings, deviceSettings } from "./device-settings.ts";

/** A name of a namespace's devices; it need not be there. Everything but the link is made when first asked for. */
export class DeviceView {
	readonly name: string;
	/** Absent: the namespace has no such device. */
	readonly link: Link | undefined;
	/** The namespace's. */
	readonly place: Place;
	readonly #state: Namespace;
	#ports: readonly Link[] | undefined;
	#children: readonly Link[] | undefined;
	#addresses: readonly InterfaceAddress[] | undefined;
	#settings: DeviceSettings | undefined;
	/** What `perDevice` keeps, each maker at the place that it was given, and in which network that is so. */
	readonly kept: unknown[] = [];
	network: Network | null = null;

	constructor(state: Namespace, name: string) {
		this.#state = state;
		this.place = state.place;
		this.name = name;
		this.link = state.links.find((link) => link.name === name);
	}

	/** Its ports, where it is a bridge. */
	get ports(): readonly Link[] {
		this.#ports ??= this.#state.links.filter(({ master }) => master === this.name);
		return this.#ports;
	}

	/** Devices of the namespace that are stacked on it: VLANs, macvlans, ipvlans. */
	get children(): readonly Link[] {
		this.#children ??= this.#state.links.filter((link) => isStackedHere(link, this.name));
		return this.#children;
	}

	/** In the kernel's order. */
	get addresses(): readonly InterfaceAddress[] {
		this.#addresses ??= this.#state.addresses.filter(({ device }) => device === this.name);
		return this.#addresses;
	}

	get settings(): DeviceSettings {
		this.#settings ??= deviceSettings(this.#state, this.name);
		return this.#settings;
	}
}

function isStackedHere(link: Link, device: string): boolean {
	if (link.kind !== "vlan" && link.kind !== "macvlan" && link.kind !== "ipvlan") return false;
	return link.lower.device === device && link.lower.place === undefined;
}

let makers = 0;

/**
 * What a stage needs to know of a device in a network, and works out just once: gives a function that makes it when first
 * asked for. It is made anew when another network asks, as the same namespace may stand in one that was changed elsewhere.
 */
export function perDevice<Value extends object>(
	make: (device: DeviceView, network: Network) => Value,
): (device: DeviceView, network: Network) => Value {
	const place = makers++;
	return (device, network) => {
		if (device.network !== network) {
			device.kept.length = 0;
			device.network = network;
		}
		const kept = device.kept[place] as Value | undefined;
		if (kept !== undefined) return kept;
		const made = make(device, network);
		device.kept[place] = made;
		return made;
	};
}
