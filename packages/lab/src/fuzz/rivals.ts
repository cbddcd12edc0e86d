/** Two machines that answer one question for a neighbour, as a proxy and the neighbour do: whose answer comes first is heard. */
import { decodeCaptured } from "../frames/decode.ts";
import type { DecodedFrame } from "../frames/decoded-frame.ts";
import type { Observation } from "../observation.ts";

/** Whether anybody was told two MACs for one address. */
export function hasRivals({ frames }: Observation): boolean {
	const answers = new Map<string, string>();
	for (const frame of frames) {
		// An answer is counted where it arrives, once it is out of its VLAN.
		if (frame.direction !== "in" || frame.vlan !== null) continue;
		const told = answerIn(decodeCaptured(frame));
		if (told === null) continue;
		const key = `${frame.namespace} ${frame.device} ${told.to} ${told.address}`;
		if ((answers.get(key) ?? told.mac) !== told.mac) return true;
		answers.set(key, told.mac);
	}
	return false;
}

interface Told {
	readonly to: string;
	readonly address: string;
	readonly mac: string;
}

function answerIn({ ethernet, content }: DecodedFrame): Told | null {
	if (ethernet === null) return null;
	const { source, destination: to } = ethernet;
	if (content.kind === "arp") {
		const { operation, sender } = content;
		return operation === ARP_REPLY ? { to, address: sender.address.text, mac: sender.mac } : null;
	}
	if (content.kind !== "ip" || content.transport.kind !== "neighbour-discovery") return null;
	const { type, target } = content.transport;
	return type === ADVERTISEMENT && target !== undefined ? { to, address: target.text, mac: source } : null;
}

const ARP_REPLY = 2;
/** RFC 4861 section 4.4 */
const ADVERTISEMENT = 136;
