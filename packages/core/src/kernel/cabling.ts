/** A network as packets ask it, device by device. Networks do not change, so that each answer is kept from its first time. */
import type { DeviceAt, Far } from "../state/fabric.ts";
import type { Link } from "../state/link.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { perDevice } from "./device-view.ts";
import { type View, viewOf } from "./view.ts";

/** A device of a stack. */
export interface Card {
	readonly view: View;
	readonly link: Link;
}

/** What a device is joined to: by its wire, and as the lower device of others. */
interface Joints {
	readonly far: Far;
	readonly stacked: readonly DeviceAt[];
	/** The device that its wire leads to, from its first packet on. */
	card?: Card | undefined;
}

export class Cabling {
	readonly #network: Network;
	readonly #views = new Map<Place, View>();

	constructor(network: Network) {
		this.#network = network;
	}

	/** The stack at a place. */
	view(place: Place): View | undefined {
		const known = this.#views.get(place);
		if (known !== undefined) return known;
		const namespace = this.#network.namespace(place);
		if (namespace === undefined) return undefined;
		const view = viewOf(namespace);
		this.#views.set(place, view);
		return view;
	}

	/** A device by its place and name. */
	card(place: Place, device: string): Card | undefined {
		const view = this.view(place);
		const link = view?.link(device);
		return view === undefined || link === undefined ? undefined : { view, link };
	}

	/** The far end of a device. */
	far(view: View, device: string): Far {
		return this.#jointsOf(view, device).far;
	}

	/** The device at the far end of one; undefined where the input does not describe it. */
	farCard(view: View, device: string): Card | undefined {
		const joints = this.#jointsOf(view, device);
		if (joints.card === undefined && joints.far.kind === "device")
			joints.card = this.card(joints.far.place, joints.far.device);
		return joints.card;
	}

	/** Devices of other stacks whose lower device is this one. */
	stackedOn(view: View, device: string): readonly DeviceAt[] {
		return this.#jointsOf(view, device).stacked;
	}

	#jointsOf(view: View, device: string): Joints {
		return jointsOf(view.device(device), this.#network);
	}
}

const jointsOf = perDevice(
	({ place, name }, network): Joints => ({
		far: network.wireAt(place, name),
		stacked: network.stackedOn(place, name),
	}),
);

const known = new WeakMap<Network, Cabling>();

/** The cabling of a network; the same one every time. */
export function cablingOf(network: Network): Cabling {
	let cabling = known.get(network);
	if (cabling === undefined) {
		cabling = new Cabling(network);
		known.set(network, cabling);
	}
	return cabling;
}
