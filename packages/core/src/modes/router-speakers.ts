/** Routers of segments that nodes have as BGP neighbours, and of which the input says no more. */
import { contains } from "../address/prefix.ts";
import { ACCEPT_ALL, REJECT_ALL } from "../bgp/filter.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { SegmentObject } from "../cluster/settings.ts";
import type { Neighbour, Speaker } from "../state/speaker.ts";

/** Each takes any session of a node in its segment, with the AS that is expected of it, and has nothing to tell. */
export function routerSpeakers(speakers: readonly Speaker[], { segments, hosts }: Cluster): readonly Speaker[] {
	const described = new Set(hosts.flatMap(({ addresses }) => addresses.map(({ text }) => text)));
	return segments.flatMap((segment) =>
		segment.gateways
			.filter(({ text }) => !described.has(text))
			.flatMap((gateway): readonly Speaker[] => {
				const neighbours = speakers.flatMap((each) => neighbourOf(gateway.text, each, segment));
				const [first] = neighbours;
				if (first === undefined) return [];
				return [
					{
						name: `segment/${segment.name}`,
						routerId: segment.gateways.find(({ family }) => family === 4) ?? gateway,
						asn: first.localAsn ?? first.asn,
						addresses: [gateway],
						neighbours,
						networks: [],
						exports: REJECT_ALL,
						kernel: ACCEPT_ALL,
						installs: "one-of-equal",
						sharesLink: () => true,
					},
				];
			}),
	);
}

/** The speaker as the router's neighbour, where it has the router as its own. */
function neighbourOf(gateway: string, speaker: Speaker, { cidrs }: SegmentObject): readonly Neighbour[] {
	const own = speaker.neighbours.find(({ address }) => address.text === gateway);
	const [address] = speaker.addresses;
	if (own === undefined || address === undefined || !cidrs.some((each) => contains(each, address))) return [];
	const expected = { asn: own.localAsn ?? speaker.asn, localAsn: own.asn };
	return [{ address, ...expected, client: false, nextHop: "default", allowedOwnAs: 0 }];
}
