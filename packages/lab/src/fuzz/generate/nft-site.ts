/** A place in nftables where a rule is drawn. */
import type { Family } from "@podpath/core";
import type { Hook } from "./filtering.ts";
import { prefixText } from "./routing.ts";
import { type Draft, subnetText, type World } from "./world.ts";

export type NftFamily = "ip" | "ip6" | "inet";
export type ChainType = "filter" | "nat" | "route";

/** Where a rule stands. */
export interface NftSite {
	readonly world: World;
	readonly stack: Draft;
	readonly table: NftFamily;
	/** Of the addresses that the rule speaks of. */
	readonly family: Family;
	readonly type: ChainType;
	readonly hook: Hook;
	readonly priority: number;
	/** Sets of the table by what they hold: `hosts4`, `nets4`, `ends4`. */
	readonly sets: readonly string[];
}

/** Prefixes that rules speak of. */
export function nftPlace({ world, family }: NftSite): string {
	const { draw } = world;
	if (draw.chance(0.4)) return subnetText(draw.pick(world.subnets), family);
	const text = draw.pick(world.addresses(family));
	return draw.chance(0.7) ? text : prefixText(text, family === 4 ? 28 : 124, family);
}
