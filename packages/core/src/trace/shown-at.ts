/** At which stage of a way the cause of a finding shows, told by the rule that found it. */
import type { End, Hop, Rewrite } from "../kernel/walk.ts";
import { innermost } from "../packet/packet.ts";
import type { Place } from "../state/place.ts";
import type { FindingStep } from "./explanation.ts";
import type { Way } from "./ways.ts";

/** A stage of a way. */
export interface Met {
	readonly way: Way;
	readonly direction: FindingStep["direction"];
	readonly hop: Hop;
}

export type ShownAt = (met: Met) => boolean;

/** The stage with which the packet, or its answer, ends on its way; none of a way that is answered. */
export function atEnd({ way, hop }: Met): boolean {
	return way.verdict !== "delivered" && hop === (way.reply ?? way.forward).hops.at(-1);
}

/** The same, of the ways that end in that place for that reason. */
export function endingAs({ at, because }: End): ShownAt {
	return (met) => met.way.end.at === at && met.way.end.because.code === because.code && atEnd(met);
}

/** The packet's first stage there. */
export function inPlace(place: Place): ShownAt {
	return ({ hop }) => hop.at === place;
}

/** Where the packet got another destination. */
export function gettingDestination({ at, after: { address, port } }: Rewrite): ShownAt {
	return ({ direction, hop }) => {
		const { dst, dport } = innermost(hop.packet);
		return direction === "forward" && hop.at === at && dst.text === address.text && dport === port;
	};
}

/** Where the packet got another source. */
export function gettingSource({ at, after: { address } }: Rewrite): ShownAt {
	return ({ direction, hop }) =>
		direction === "forward" && hop.at === at && innermost(hop.packet).src.text === address.text;
}

/** On each way the first such stage. */
export function stepsShowing(shownAt: ShownAt, ways: readonly Way[]): readonly FindingStep[] {
	return ways.flatMap((way, path): readonly FindingStep[] => {
		const { forward, reply, refusal } = way;
		for (const [direction, walk] of Object.entries({ forward, reply, refusal }) as readonly Walked[]) {
			const hop = walk?.hops.findIndex((each) => shownAt({ way, direction, hop: each })) ?? -1;
			if (hop >= 0) return [{ path, direction, hop }];
		}
		return [];
	});
}

type Walked = readonly [direction: FindingStep["direction"], walk: Way["reply"]];
