/** What happens in the server while pages look on: one stream of events for all of them. */
import type { Problem } from "@podpath/core";

export type ServerEvent =
	| { readonly kind: "loading"; readonly name: string }
	| { readonly kind: "ready" }
	| { readonly kind: "failed"; readonly problem: Problem };

type Listener = (event: ServerEvent) => void;

export class Events {
	readonly #listeners = new Set<Listener>();
	#last: ServerEvent;

	constructor(first: ServerEvent) {
		this.#last = first;
	}

	publish(event: ServerEvent): void {
		this.#last = event;
		for (const listener of this.#listeners) listener(event);
	}

	/** Hears the last event at once, then each new one. Gives a function that ends it. */
	subscribe(listener: Listener): () => void {
		this.#listeners.add(listener);
		listener(this.#last);
		return () => void this.#listeners.delete(listener);
	}
}
