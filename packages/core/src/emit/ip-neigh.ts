/** Neighbours as `ip neigh` prints them, and as `ip -batch` takes them. */

import { isMulticast } from "../address/address.ts";
import type { Neighbour } from "../state/ip.ts";
import { phrase } from "../wording/phrase.ts";
import { asLines, type Batch, BatchLines, joinWords, option } from "./batch.ts";

/** The neighbours as `ip neigh`, and proxy entries as `ip neigh show proxy`, print them. */
export function printIpNeigh(neighbours: readonly Neighbour[]): string {
	return asLines(neighbours.map(printNeighbour));
}

function printNeighbour({ address, device, mac, state, proxy }: Neighbour): string {
	return joinWords([
		address.text,
		"dev",
		device,
		option("lladdr", mac ?? undefined),
		proxy ? "proxy" : undefined,
		state === "none" ? undefined : state.toUpperCase(),
	]);
}

/**
 * `neigh replace` for entries that the kernel does not have to find out by itself: permanent ones and proxies; with
 * `learned`, also for those that it did find out.
 */
export function ipNeighBatch(neighbours: readonly Neighbour[], options: { readonly learned?: boolean } = {}): Batch {
	const batch = new BatchLines();
	for (const { address, device, mac, state, proxy } of neighbours) {
		if (proxy) batch.add("neigh add proxy", address.text, "dev", device);
		else if (mac !== null && !isMulticast(address) && isLasting(state, options.learned === true)) {
			batch.add("neigh replace", address.text, "lladdr", mac, "dev", device, "nud", state);
		} else
			batch.omit(
				phrase("a-neighbour", { address: `${address.text} dev ${device}` }),
				phrase("state-by-itself", { state }),
			);
	}
	return batch.finish();
}

function isLasting(state: Neighbour["state"], learned: boolean): boolean {
	if (state === "permanent" || state === "noarp") return true;
	return learned && (state === "reachable" || state === "stale" || state === "delay" || state === "probe");
}
