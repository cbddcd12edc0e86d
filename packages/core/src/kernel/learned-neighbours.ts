/** Neighbours that a stack got to know because they asked it (neigh_event_ns, ndisc_recv_ns): the way back needs no question. */
import type { Address } from "../address/address.ts";
import type { Place } from "../state/place.ts";
import type { Answered } from "./solicitation.ts";
import type { View } from "./view.ts";

export interface LearnedNeighbour {
	readonly mac: string;
	readonly by: Place;
}

export class LearnedNeighbours {
	/** Somebody was learned who would not have answered in the same way when asked: so it matters who was met before. */
	matter = false;
	/** A walk learns a handful: going through them takes less than a key made of three. */
	readonly #known: {
		readonly by: Place;
		readonly device: string;
		readonly asker: string;
		readonly neighbour: LearnedNeighbour;
	}[] = [];

	copy(): LearnedNeighbours {
		const copy = new LearnedNeighbours();
		copy.matter = this.matter;
		copy.#known.push(...this.#known);
		return copy;
	}

	/** Whoever answered knows the asker from now on. */
	learn({ by, device }: Answered, asker: Address | null, neighbour: LearnedNeighbour): void {
		if (asker === null || device === null) return;
		this.#known.push({ by, device, asker: asker.text, neighbour });
	}

	get({ place }: View, device: string, address: Address): LearnedNeighbour | undefined {
		for (let i = this.#known.length - 1; i >= 0; i--) {
			const known = this.#known[i];
			if (known?.device === device && known.by === place && known.asker === address.text) return known.neighbour;
		}
		return undefined;
	}
}
