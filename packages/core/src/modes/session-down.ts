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
			return phrase("bgp-session-as", { ...whoExpects(self, why), where });
	}
}

/** What to do about it. */
export function sessionFix({ self, why }: SessionDown): Phrase {
	return why.kind === "as-mismatch" ? phrase("bgp-session-as-fix", whoExpects(self, why)) : phrase("bgp-session-fix");
}

function whoExpects(
	self: Speaker,
	{ expecting, peer, of, expected, has }: Extract<SessionDown["why"], { readonly kind: "as-mismatch" }>,
): {
	readonly who: string;
	readonly other: string;
	readonly address: string;
	readonly expected: number;
	readonly has: number;
} {
	const other = expecting === self ? peer : self;
	return { who: expecting.name, other: other.name, address: of.text, expected, has };
}

/** A session that is down between two is down for both; the first that says so is enough. */
export function eachOnce(down: readonly SessionDown[]): readonly SessionDown[] {
	const seen = new Set<string>();
	return down.filter(({ self, why }) => {
		const pair = [self.name, "peer" in why ? why.peer.name : ""].sort().join(" ");
		return seen.size < seen.add(pair).size;
	});
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
