/** Whether a source address may come in by a device (fib_validate_source, net/ipv4/fib_frontend.c). */
import type { Address } from "../address/address.ts";
import type { Protocol } from "../packet/packet.ts";
import type { Phrase } from "../wording/phrase.ts";
import { type Flow, hasCustomRules, lookup } from "./fib.ts";
import type { View } from "./view.ts";

/** What came in. */
export interface Arrival {
	readonly src: Address;
	readonly dst: Address;
	readonly device: string;
	readonly mark?: number;
	/** Absent for ARP, which has neither protocol nor ports. */
	readonly protocol?: Protocol;
	readonly sport?: number;
	readonly dport?: number;
}

export type SourceVerdict =
	| { readonly kind: "fine" | "martian" }
	/** `wanted`: by which device the source would be reached. */
	| { readonly kind: "reverse-path"; readonly wanted: string; readonly value: number }
	| { readonly kind: "unknown"; readonly unknown: Phrase };

const FINE: SourceVerdict = { kind: "fine" };
const MARTIAN: SourceVerdict = { kind: "martian" };

/** IPv4 only. `out`: the device of the route to the destination; null where that is this stack itself. */
export function validateSource(view: View, arrival: Arrival, out: string | null): SourceVerdict {
	const { rpFilter, acceptLocal } = view.settings(arrival.device);
	const filter = view.state.missing.has("sysctl") ? 0 : rpFilter;
	if (filter === 0) {
		if (acceptLocal) return FINE;
		if (!hasCustomRules(view, 4)) return view.isLocal(arrival.src) ? MARTIAN : FINE;
	}
	return fullCheck(view, arrival, out, filter);
}

/** __fib_validate_source */
function fullCheck(view: View, arrival: Arrival, out: string | null, filter: number): SourceVerdict {
	const { device } = arrival;
	const back = lookup(view, backwards(view, arrival, out));
	if (back.kind === "unknown") return { kind: "unknown", unknown: back.unknown };
	const isTold = back.kind === "route" && ROUTED.has(back.route.type);
	if (isTold && back.kind === "route") {
		const { type, nextHops } = back.route;
		if (type !== "unicast" && (type !== "local" || !view.settings(device).acceptLocal)) return MARTIAN;
		if (nextHops.some((hop) => hop.device === device)) return FINE;
		const hasAddress = view.addresses(device).some(({ address }) => address.family === 4);
		// Loose mode: any device will do, where the own one has an address.
		if (hasAddress && filter !== 1) return FINE;
	}
	if (filter === 0) return FINE;
	const wanted = back.kind === "route" ? (back.nextHop?.device ?? "none") : "none";
	return { kind: "reverse-path", wanted, value: filter };
}

/** Types that a look-up gives; the others are its errors (fib_props). */
const ROUTED: ReadonlySet<string> = new Set(["unicast", "local", "broadcast", "anycast", "multicast"]);

function backwards(view: View, arrival: Arrival, out: string | null): Flow {
	const { src, dst, device, mark, protocol, sport, dport } = arrival;
	const ports = protocol === undefined ? {} : { protocol, sport: dport ?? 0, dport: sport ?? 0 };
	const marked = view.settings(device).srcValidMark && mark !== undefined ? { mark } : {};
	return { to: src, from: dst, iif: out ?? "lo", ...marked, ...ports };
}
