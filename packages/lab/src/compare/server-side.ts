/** Who took the packet, and whom it took for its client. */
import { type Endpoint, type PredictedWay, parseAddress, phrase, type Said } from "@podpath/core";
import type { LabPlan } from "../lab-plan.ts";
import type { Accepted, Observation } from "../observation.ts";
import type { PortBinding } from "./port-binding.ts";

export interface ServerDifference {
	readonly predicted: Said;
	readonly observed: Said;
}

/** Null where the listeners saw what was predicted. */
export function compareServer(
	way: PredictedWay,
	{ accepted }: Observation,
	plan: LabPlan,
	ports: PortBinding,
): ServerDifference | null {
	const wanted = serverThatAccepts(way);
	const places = new Map(plan.namespaces.map(({ name, place }) => [name, place]));
	const [first] = accepted;
	if (wanted === null && first === undefined) return null;
	const isWanted = (each: Accepted): boolean =>
		wanted !== null &&
		places.get(each.namespace) === wanted.at &&
		sameEnd(wanted.address, each, ports) &&
		sameEnd(wanted.client, each.peer, ports);
	const other = accepted.find((each) => !isWanted(each));
	if (wanted !== null && first !== undefined && other === undefined) return null;
	const shown = other ?? first;
	return {
		predicted: wanted === null ? phrase("nobody-takes-it") : describe(wanted.at, wanted.address, wanted.client),
		observed: shown === undefined ? phrase("nobody-took-it") : describe(places.get(shown.namespace), shown, shown.peer),
	};
}

/**
 * The kernel answers echoes by itself, and a program gets a TCP connection or an SCTP association only when its answer was
 * answered.
 */
function serverThatAccepts({ server, sent, verdict }: PredictedWay): PredictedWay["server"] {
	if (sent.protocol === "udp" || verdict === "delivered") {
		return sent.protocol === "icmp" || sent.protocol === "icmpv6" ? null : server;
	}
	return null;
}

function sameEnd(wanted: Endpoint, got: Pick<Accepted, "address" | "port">, ports: PortBinding): boolean {
	return wanted.address.text === canonical(got.address) && ports.fits(wanted.address, wanted.port, got.port);
}

const MAPPED = "::ffff:";

/** A socket for both families shows IPv4 clients as mapped addresses (RFC 4291 section 2.5.5.2). */
function canonical(address: string): string {
	const text = parseAddress(address)?.text ?? address;
	return text.startsWith(MAPPED) ? text.slice(MAPPED.length) : text;
}

type End = Endpoint | Pick<Accepted, "address" | "port">;

function describe(at: string | undefined, address: End, client: End): string {
	return `${at ?? "an unknown place"} as ${formatEnd(address)}, from ${formatEnd(client)}`;
}

function formatEnd({ address, port }: End): string {
	const text = typeof address === "string" ? canonical(address) : address.text;
	return text.includes(":") ? `[${text}]:${port}` : `${text}:${port}`;
}
