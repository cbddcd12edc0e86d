/** Which namespaces a lab has and by which cables their devices are joined. */
import {
	type DeviceAt,
	type Far,
	type Link,
	type Network,
	type Place,
	phrase,
	placeKind,
	type Said,
} from "@podpath/core";
import { type Buildable, buildable } from "./buildable.ts";
import type { FabricPort } from "./fabric/port.ts";

/** Where cables end whose other end the lab does not have. Nobody answers there. */
export const OUTSIDE: Place = "outside";

/** A veth pair. */
export interface Cable {
	readonly from: DeviceAt;
	readonly to: DeviceAt;
}

export interface Layout {
	/** Machines first, pods last. */
	readonly stacks: readonly Buildable[];
	readonly cables: readonly Cable[];
	/** The fabric's ends of cables, by fabric device, in the order of the stacks. */
	readonly ports: ReadonlyMap<Place, readonly FabricPort[]>;
	/** Ends of cables that lead nowhere. */
	readonly looseEnds: readonly string[];
	readonly omitted: readonly Said[];
}

/** The stacks at these places with their cables. A place that the network does not have is in `omitted`. */
export function layoutOf(network: Network, places: readonly Place[]): Layout {
	return new Joining(network, places).layout();
}

class Joining {
	readonly #network: Network;
	readonly #stacks: Map<Place, Buildable>;
	readonly #omitted: Said[] = [];
	readonly #cables: Cable[] = [];
	readonly #joined = new Set<string>();
	readonly #ports = new Map<Place, FabricPort[]>();
	readonly #looseEnds: string[] = [];

	constructor(network: Network, places: readonly Place[]) {
		this.#network = network;
		const wanted = [...new Set(places)];
		const found = wanted.flatMap((place) => network.namespace(place) ?? []);
		for (const place of wanted) {
			if (network.namespace(place) !== undefined || network.fabric(place) !== undefined) continue;
			this.#omitted.push(phrase("left-out", { what: place, why: phrase("not-described") }));
		}
		const ordered = [...found].sort((a, b) => Number(isPod(a.place)) - Number(isPod(b.place)));
		this.#stacks = new Map();
		// What stands on a device of another namespace is made there, so that namespace has to come first.
		const hasDevice = ({ place, device }: DeviceAt): boolean =>
			this.#stacks.get(place)?.state.links.some((link) => link.name === device) ?? false;
		for (const namespace of ordered) this.#stacks.set(namespace.place, buildable(namespace, hasDevice));
	}

	layout(): Layout {
		for (const { state } of this.#stacks.values()) {
			for (const link of state.links) {
				if (link.kind === "veth" || link.kind === "physical")
					this.#join({ place: state.place, device: link.name }, link);
			}
		}
		return {
			stacks: [...this.#stacks.values()],
			cables: this.#cables,
			ports: this.#ports,
			looseEnds: this.#looseEnds,
			omitted: [...this.#omitted, ...[...this.#stacks.values()].flatMap((stack) => stack.omitted)],
		};
	}

	#join(at: DeviceAt, link: Link): void {
		if (this.#joined.has(keyOf(at))) return;
		const far = this.#network.wireAt(at.place, at.device);
		const port = far.kind === "fabric" ? this.#port(far.fabric, at, link) : undefined;
		this.#connect(at, port ?? this.#device(far) ?? this.#looseEnd());
	}

	#connect(from: DeviceAt, to: DeviceAt): void {
		this.#joined.add(keyOf(from)).add(keyOf(to));
		this.#cables.push({ from, to });
	}

	/** The other device, where the lab has it and it is the end of no other cable. */
	#device(far: Far): DeviceAt | undefined {
		if (far.kind !== "device" || this.#joined.has(keyOf(far))) return undefined;
		const link = this.#stacks.get(far.place)?.state.links.find((each) => each.name === far.device);
		if (link?.kind !== "veth" && link?.kind !== "physical") return undefined;
		return { place: far.place, device: far.device };
	}

	#port(place: Place, at: DeviceAt, link: Link): DeviceAt | undefined {
		const fabric = this.#network.fabric(place);
		if (fabric === undefined || fabric.kind === "load-balancer") {
			const why = phrase("has-no-ports", { place });
			const what = phrase("connected-to", { device: at.device });
			this.#omitted.push(phrase("left-out", { what: at.place, why: phrase("left-out", { what, why }) }));
			return undefined;
		}
		const ports = this.#ports.get(place) ?? [];
		const device = `p${ports.length + 1}`;
		this.#ports.set(place, [...ports, { device, to: at, link }]);
		return { place, device };
	}

	#looseEnd(): DeviceAt {
		const device = `e${this.#looseEnds.length + 1}`;
		this.#looseEnds.push(device);
		return { place: OUTSIDE, device };
	}
}

function isPod(place: Place): boolean {
	return placeKind(place) === "pod";
}

function keyOf({ place, device }: DeviceAt): string {
	return `${place} ${device}`;
}
