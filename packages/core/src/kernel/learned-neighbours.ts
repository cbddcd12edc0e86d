/** Neighbours that a stack got to know: because they asked it (neigh_event_ns, ndisc_recv_ns), or answered it. */
import type { Address } from "../address/address.ts";
import type { Place } from "../state/place.ts";
import type { Answered } from "./solicitation.ts";
import type { View } from "./view.ts";

export interface LearnedNeighbour {
	readonly mac: string;
	readonly by: Place;
}

export class LearnedNeighbours {
	/** Somebody was learned who would not answer in the same way when asked: so it matters who was met before. */
	matter = false;
	/** Nobody was heard, and whether somebody was before is not known, as stacks were passed by what they are known to do. */
	unsure = false;
	/** A walk learns a handful: going through them takes less than a key made of three. */
	readonly #known: {
		readonly by: Place;
		readonly device: string;
		readonly asker: string;
		readonly neighbour: LearnedNeighbour;
	}[] = [];

	/** Who answered, by who asked. */
	readonly #heard: {
		readonly by: View;
		readonly device: string;
		readonly wanted: string;
		readonly answer: Answered;
	}[] = [];

	copy(): LearnedNeighbours {
		const copy = new LearnedNeighbours();
		copy.matter = this.matter;
		copy.unsure = this.unsure;
		copy.#known.push(...this.#known);
		copy.#heard.push(...this.#heard);
		return copy;
	}

	/** Whoever answered knows the asker from now on. */
	learn({ by, device }: Answered, asker: Address | null, neighbour: LearnedNeighbour): void {
		if (asker === null || device === null) return;
		this.#known.push({ by, device, asker: asker.text, neighbour });
	}

	/** The stack heard this answer. */
	hear(by: View, device: string, wanted: Address, answer: Answered): void {
		this.#heard.push({ by, device, wanted: wanted.text, answer });
	}

	/** The answer that the stack heard before. */
	heard(by: View, device: string, wanted: Address): Answered | undefined {
		return this.#heard.find((each) => each.by === by && each.device === device && each.wanted === wanted.text)?.answer;
	}

	get({ place }: View, device: string, address: Address): LearnedNeighbour | undefined {
		for (let i = this.#known.length - 1; i >= 0; i--) {
			const known = this.#known[i];
			if (known?.device === device && known.by === place && known.asker === address.text) return known.neighbour;
		}
		return undefined;
	}
}
