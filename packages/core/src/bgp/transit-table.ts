/** The table of a speaker that passes routes on, with all that it was told. */

import type { Speaker } from "../state/speaker.ts";
import type { BgpRoute } from "./route.ts";
import { type SelectedRoute, select } from "./select.ts";

export class TransitTable {
	readonly selected: Map<string, SelectedRoute> = new Map();
	readonly #speaker: Speaker;
	readonly #told = new Map<string, Map<Speaker, BgpRoute>>();

	constructor(speaker: Speaker) {
		this.#speaker = speaker;
	}

	originate(routes: ReadonlyMap<string, SelectedRoute>): void {
		for (const [prefix, route] of routes) this.selected.set(prefix, route);
	}

	/** Takes what a peer tells, or that it tells nothing any more. Whether what this speaker tells has changed. */
	learn(prefix: string, from: Speaker, route: BgpRoute | undefined): boolean {
		let told = this.#told.get(prefix);
		if (told === undefined) {
			told = new Map();
			this.#told.set(prefix, told);
		}
		if (route === undefined) told.delete(from);
		else told.set(from, route);
		const before = this.selected.get(prefix);
		if (before?.best.learned === null) return false;
		const after = select([...told.values()], this.#speaker);
		if (after === undefined) return this.selected.delete(prefix);
		this.selected.set(prefix, after);
		return before === undefined || !sameAttributes(before.best, after.best);
	}
}

function sameAttributes(a: BgpRoute, b: BgpRoute): boolean {
	return (
		a.learned === b.learned &&
		a.nextHop.text === b.nextHop.text &&
		a.localPreference === b.localPreference &&
		a.asPath.join() === b.asPath.join() &&
		a.originator?.text === b.originator?.text &&
		a.clusters.length === b.clusters.length
	);
}
