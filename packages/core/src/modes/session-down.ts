/** Why two speakers have no BGP session, in words. */
import type { SessionDown } from "../bgp/session.ts";
import type { Speaker } from "../bgp/speaker.ts";

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
