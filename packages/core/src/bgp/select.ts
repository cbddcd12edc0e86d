/** Of several routes to one prefix those that are used. */
import type { Address } from "../address/address.ts";
import type { Speaker } from "../state/speaker.ts";
import { type BgpRoute, compareForMultipath, compareRoutes } from "./route.ts";

/** What a speaker has for one prefix. */
export interface SelectedRoute {
	readonly best: BgpRoute;
	/** The next hops of the best route and of those that are as good but for the last tie-breaks, in their order. */
	readonly nextHops: readonly Address[];
}

/** By prefix, as text. */
export type RouteTable = ReadonlyMap<string, SelectedRoute>;

/** Undefined where none of them can be used. */
export function select(
	routes: readonly BgpRoute[],
	{ distanceTo }: Pick<Speaker, "distanceTo">,
): SelectedRoute | undefined {
	const usable = distanceTo === undefined ? routes : routes.filter(({ nextHop }) => distanceTo(nextHop) !== null);
	const [first, ...others] = usable;
	if (first === undefined) return undefined;
	if (others.length === 0) return { best: first, nextHops: [first.nextHop] };
	const distance = (nextHop: Address): number => distanceTo?.(nextHop) ?? 0;
	const best = others.reduce((a, b) => (compareRoutes(b, a, distance) < 0 ? b : a), first);
	const equal = usable.filter((each) => compareForMultipath(best, each, distance) === 0);
	return { best, nextHops: distinct([best, ...equal].map(({ nextHop }) => nextHop)) };
}

function distinct(addresses: readonly Address[]): readonly Address[] {
	const seen = new Set<string>();
	return addresses.filter(({ text }) => seen.size < seen.add(text).size);
}
