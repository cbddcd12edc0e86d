/** Where copies of a frame show that bridges of the lab flood. */
import type { DeviceAt, Namespace } from "@podpath/core";
import type { LabFlood } from "../lab-plan.ts";
import type { Cable } from "./layout.ts";

/** Ports of bridges, and below and behind them whatever sends and receives a frame as it is. */
export function floodsOf(states: readonly Namespace[], cables: readonly Cable[]): readonly LabFlood[] {
	const floods = new Floods(states, cables);
	for (const { place, links } of states)
		for (const { name, master } of links) if (master !== undefined) floods.sentBy({ place, device: name });
	return [...floods.found.values()];
}

type Stacked = { readonly at: DeviceAt; readonly lower: DeviceAt; readonly isVlan: boolean };

class Floods {
	readonly found = new Map<string, LabFlood>();
	readonly #far: ReadonlyMap<string, DeviceAt>;
	readonly #stacked: readonly Stacked[];

	constructor(states: readonly Namespace[], cables: readonly Cable[]) {
		this.#far = new Map(
			cables.flatMap(({ from, to }) => [
				[keyOf(from), to],
				[keyOf(to), from],
			]),
		);
		this.#stacked = states.flatMap(({ place, links }) => links.flatMap((link) => stackedAt(place, link)));
	}

	sentBy(at: DeviceAt): void {
		if (!this.#note(at, "out")) return;
		const own = this.#stacked.find((each) => each.isVlan && keyOf(each.at) === keyOf(at));
		if (own !== undefined) this.sentBy(own.lower);
		const end = this.#far.get(keyOf(at));
		if (end !== undefined) this.#receivedBy(end);
	}

	#receivedBy(at: DeviceAt, lower?: string): void {
		if (!this.#note(at, "in", lower)) return;
		for (const { at: upper, isVlan } of this.#on(at)) if (isVlan) this.#receivedBy(upper, at.device);
	}

	#on(at: DeviceAt): readonly Stacked[] {
		return this.#stacked.filter((each) => keyOf(each.lower) === keyOf(at));
	}

	/** Whether it is new. */
	#note(at: DeviceAt, direction: LabFlood["direction"], lower?: string): boolean {
		const key = `${keyOf(at)} ${direction}`;
		if (this.found.has(key)) return false;
		const above = this.#on(at).map((each) => each.at);
		const { place, device } = at;
		this.found.set(key, { place, device, direction, above, ...(lower !== undefined && { lower }) });
		return true;
	}
}

function stackedAt(place: DeviceAt["place"], link: Namespace["links"][number]): readonly Stacked[] {
	if (link.kind !== "vlan" && link.kind !== "macvlan" && link.kind !== "ipvlan") return [];
	const lower = { place: link.lower.place ?? place, device: link.lower.device };
	return [{ at: { place, device: link.name }, lower, isVlan: link.kind === "vlan" }];
}

function keyOf({ place, device }: DeviceAt): string {
	return `${place} ${device}`;
}
