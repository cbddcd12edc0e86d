/** A network as packets ask it, device by device. Networks do not change, so that each answer is kept from its first time. */
import type { DeviceAt, Far } from "../state/fabric.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { type View, viewOf } from "./view.ts";

/** What a device is joined to: by its wire, and as the lower device of others. */
interface Joints {
	readonly far: Far;
	readonly stacked: readonly DeviceAt[];
}

export class Cabling {
	readonly #network: Network;
	readonly #views = new Map<Place, View>();
	readonly #joints = new Map<View, Map<string, Joints>>();

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

	/** The far end of a device. */
	far(view: View, device: string): Far {
		return this.#jointsOf(view, device).far;
	}

	/** Devices of other stacks whose lower device is this one. */
	stackedOn(view: View, device: string): readonly DeviceAt[] {
		return this.#jointsOf(view, device).stacked;
	}

	#jointsOf(view: View, device: string): Joints {
		let devices = this.#joints.get(view);
		if (devices === undefined) {
			devices = new Map();
			this.#joints.set(view, devices);
		}
		let joints = devices.get(device);
		if (joints === undefined) {
			const far = this.#network.wireAt(view.place, device);
			joints = { far, stacked: this.#network.stackedOn(view.place, device) };
			devices.set(device, joints);
		}
		return joints;
	}
}

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
