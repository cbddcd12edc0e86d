/** Which sessions of BGP speakers do not stand, and why, in words. */
import type { BgpNetwork } from "../bgp/network.ts";
import type { SessionDown } from "../bgp/session.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Speaker } from "../state/speaker.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";

/** `node/a: no BGP session with 10.0.0.1 (bgppeer/tor): …`; `where` is where it is written, with the blank before it. */
export function sessionDown({ self, neighbour, why }: SessionDown, where = ""): Phrase {
	const by = neighbour.object === undefined ? "" : ` (${neighbour.object})`;
	const facts = { self: self.name, address: neighbour.address.text, by, where };
	switch (why.kind) {
		case "nobody":
			return phrase("bgp-session-nobody", facts);
		case "one-sided":
			return phrase("bgp-session-one-sided", { ...facts, peer: why.peer.name });
		case "as-mismatch":
			return phrase("bgp-session-as", {
				...facts,
				expected: why.expected,
				has: why.has,
				who: whoExpects(neighbour.asn, why),
			});
	}

	function whoExpects(asn: number, mismatch: { readonly expected: number; readonly peer: Speaker }): string {
		return asn === mismatch.expected ? self.name : mismatch.peer.name;
	}
}

/**
 * Sessions that do not stand. A gateway of a segment that is no host of the input is a router of which nothing more is said: it
 * takes any session.
 */
export function sessionsDown(network: BgpNetwork, cluster: Cluster): readonly SessionDown[] {
	const gateways = new Set(cluster.segments.flatMap((segment) => segment.gateways.map(({ text }) => text)));
	const hosts = new Set(cluster.hosts.flatMap(({ addresses }) => addresses.map(({ text }) => text)));
	return network.speakers
		.flatMap((speaker) => network.sessionsDown(speaker))
		.filter(
			({
				neighbour: {
					address: { text },
				},
			}) => hosts.has(text) || !gateways.has(text),
		);
}
