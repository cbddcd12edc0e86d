/** The data link as a person writes it: every place once with the devices passed there, joined by arrows. */
import { printable } from "../diagnostic/diagnostic.ts";
import type { ExplainedLink } from "../trace/explanation.ts";

/** `pod/default/a eth0 → node/n1 veth1 → cni0 → eth0 → vpc/vpc-1`; the place stands before its first device only. */
export function formatDataLink(links: readonly ExplainedLink[]): string {
	return links
		.map(({ at, device }, position) => {
			const sameStack = position > 0 && links[position - 1]?.at === at && device !== undefined;
			if (sameStack) return device;
			return device === undefined ? at : `${at} ${device}`;
		})
		.map(printable)
		.join(" → ");
}
