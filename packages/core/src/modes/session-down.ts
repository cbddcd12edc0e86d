/** Which sessions of BGP speakers do not stand, and why, in words. */
import type { BgpNetwork } from "../bgp/network.ts";
import type { SessionDown } from "../bgp/session.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Speaker } from "../state/speaker.ts";

/** `node/a: no BGP session with 10.0.0.1 (bgppeer/tor): …` */
export function sessionDownText({ self, neighbour, why }: SessionDown): string {
	const by = neighbour.object === undefined ? "" : ` (${neighbour.object})`;
	const who = `${self.name}: no BGP session with ${neighbour.address.text}${by}`;
	switch (why.kind) {
		case "nobody":
			return `${who}: the input describes nobody who speaks BGP there`;
		case "one-sided":
			return `${who}: ${why.peer.name} does not have ${self.name} as a neighbour`;
		case "as-mismatch":
			return `${who}: AS ${why.expected} is expected where ${why.has} is, by ${whoExpects(neighbour.asn, why)}`;
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
