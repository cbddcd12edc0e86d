/** Neighbours that a stack got to know because they asked it (neigh_event_ns, ndisc_recv_ns): the way back needs no question. */
import type { Address } from "../address/address.ts";
import type { Place } from "../state/place.ts";
import type { Answer } from "./layer2.ts";
import type { View } from "./view.ts";

export interface LearnedNeighbour {
	readonly mac: string;
	readonly by: Place;
}

export class LearnedNeighbours {
	/** Somebody was learned who would not have answered in the same way when asked: so it matters who was met before. */
	matter = false;
	readonly #known = new Map<string, LearnedNeighbour>();

	/** Whoever answered knows the asker from now on. */
	learn({ by, device }: Extract<Answer, { kind: "answer" }>, asker: Address | null, neighbour: LearnedNeighbour): void {
		if (asker === null || device === null) return;
		this.#known.set(`${by} ${device} ${asker.text}`, neighbour);
	}

	get({ place }: View, device: string, address: Address): LearnedNeighbour | undefined {
		return this.#known.size === 0 ? undefined : this.#known.get(`${place} ${device} ${address.text}`);
	}
}
