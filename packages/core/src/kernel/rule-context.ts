/** The engine's side of netfilter's `RuleContext`: what a rule sees of an skb. */

import type { Address, Family } from "../address/address.ts";
import { isMulticast, isUnspecified } from "../address/address.ts";
import type {
	AddressType,
	IpvsPacket,
	PacketConnection,
	RouteOptions,
	RuleContext,
	Unknowable,
} from "../netfilter/context.ts";
import type { Hook } from "../netfilter/hook.ts";
import type { Ipset } from "../netfilter/ipset.ts";
import type { Packet } from "../packet/packet.ts";
import { type Route, type RouteType, TABLE_LOCAL } from "../state/ip.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { type Flow, lookup, lookupAll } from "./fib.ts";
import type { Skb } from "./skb.ts";
import { selectAddress } from "./source-address.ts";
import type { View } from "./view.ts";
import type { Walk } from "./walk.ts";

/** Devices as the hook shows them; on a bridge both are the bridge itself. */
export interface HookDevices {
	readonly in: string | null;
	readonly out: string | null;
	readonly bridged: boolean;
}

export class SkbContext implements RuleContext {
	readonly hook: Hook;
	readonly inDevice: string | null;
	readonly outDevice: string | null;
	readonly bridged: boolean;
	readonly #walk: Walk;
	readonly #skb: Skb;

	constructor(walk: Walk, skb: Skb, hook: Hook, devices: HookDevices) {
		this.#walk = walk;
		this.#skb = skb;
		this.hook = hook;
		this.inDevice = devices.in;
		this.outDevice = devices.out;
		this.bridged = devices.bridged;
	}

	get family(): Family {
		return this.#skb.packet.family;
	}
	get packet(): Packet {
		return this.#skb.packet;
	}
	get physicalIn(): string | null {
		return this.#skb.physicalIn?.name ?? null;
	}
	get physicalOut(): string | null {
		return this.#skb.physicalOut?.name ?? null;
	}
	get sourceMac(): string | null {
		return this.#skb.ethernet?.source ?? null;
	}
	get mark(): number {
		return this.#skb.mark;
	}
	get locallyGenerated(): boolean {
		return this.#skb.local;
	}

	get connection(): PacketConnection | null {
		const { tracked, trackState, notracked } = this.#skb;
		if (notracked) return UNTRACKED;
		return tracked === null && trackState === "invalid" ? INVALID : tracked;
	}

	get ipvs(): IpvsPacket | null {
		const connection = this.#skb.ipvs;
		if (connection === null) return null;
		const fromServer = this.#skb.packet.src.text === connection.server.address.text;
		return {
			virtualAddress: connection.virtual.address,
			virtualPort: connection.virtual.port,
			method: connection.server.method,
			direction: fromServer ? "reply" : "original",
		};
	}

	ipset(name: string): Ipset | Unknowable {
		const { state } = this.#skb.view;
		const lost = state.notUnderstood.find((line) => line.lost === true && line.part === "ipset-save");
		if (lost !== undefined)
			return { unknown: phrase("ipset-unread", { set: name, where: `${lost.source.file}:${lost.source.line}` }) };
		const set = state.ipsets.get(name);
		if (set !== undefined) return set;
		const { place } = state;
		const part = "ipset-save";
		if (state.missing.has(part)) return { unknown: phrase("ipset-not-taken", { set: name, place, part }) };
		return { unknown: phrase("ipset-not-there", { set: name, place }) };
	}

	addressType(of: Address, device: string | null = null): AddressType | Unknowable {
		return addressTypeOf(this.#skb.view, of, device);
	}

	routeDevice(to: Address, options: RouteOptions & { readonly wanted: string | null }): string | null | Unknowable {
		const all = lookupAll(this.#skb.view, this.#flow(to, options));
		const devices: (string | null)[] = [];
		for (const { found } of all) {
			if (found.kind === "unknown") return { unknown: found.unknown };
			devices.push(found.kind === "route" ? (found.nextHop?.device ?? null) : null);
		}
		const [first = null] = devices;
		if (to.family === 4) return devices.includes(options.wanted) ? options.wanted : first;
		if (devices.every((each) => each === first)) return first;
		const weights = all.map(({ weight }) => weight);
		return devices[this.choose(weights, `next hop of ${to.text}`)] ?? null;
	}

	routeType(to: Address, options: RouteOptions): AddressType | Unknowable {
		const { view } = this.#skb;
		if (view.state.missing.has("ip-route") && !view.isLocal(to))
			return { unknown: phrase("route-type-unknown", { to: to.text, place: view.place, part: "ip-route" }) };
		const found = lookup(view, this.#flow(to, options));
		switch (found.kind) {
			case "unknown":
				return { unknown: found.unknown };
			case "none":
				return "UNREACHABLE";
			case "refused":
				return TYPE_OF_ROUTE[found.type];
			case "route":
				return TYPE_OF_ROUTE[found.route.type];
		}
	}

	/** IPv6's look-ups go by the protocol too (flowi6_proto), neither by ports. */
	#flow(to: Address, { from, withMark, iif }: RouteOptions): Flow {
		const { mark, packet } = this.#skb;
		const { protocol } = packet;
		return {
			to,
			from,
			...(iif !== undefined && { iif }),
			...(withMark && { mark }),
			...(to.family === 6 && { protocol }),
		};
	}

	deviceAddress(device: string, family: Family): Address | null {
		return selectAddress(this.#skb.view, device, family, this.#skb.packet.dst);
	}

	chance(probability: number, about: string): boolean {
		return this.#walk.choices.choose([probability, 1 - probability], about) === 0;
	}

	choose(weights: readonly number[], about: string): number {
		return this.#walk.choices.choose(weights, about);
	}

	setMark(mark: number): void {
		this.#skb.mark = mark >>> 0;
	}

	setConnectionMark(mark: number): void {
		if (this.#skb.tracked !== null) this.#skb.tracked.connection.mark = mark >>> 0;
	}

	setUntracked(): void {
		// What has a connection keeps it (xt_ct_target, nft_notrack_eval).
		if (this.#skb.tracked !== null) return;
		this.#skb.tracked = null;
		this.#skb.trackState = "untracked";
		this.#skb.notracked = true;
	}

	assume(code: string, message: Phrase): void {
		this.#walk.remark(code, message, this.#skb.view.place);
	}
}

const NOWHERE: Address = { family: 4, text: "0.0.0.0", words: [0] };
const INVALID: PacketConnection = {
	state: "invalid",
	direction: "original",
	originalSource: NOWHERE,
	originalDestination: NOWHERE,
	originalSourcePort: 0,
	originalDestinationPort: 0,
	replySource: NOWHERE,
	replyDestination: NOWHERE,
	replySourcePort: 0,
	replyDestinationPort: 0,
	sourceNat: false,
	destinationNat: false,
	mark: 0,
};
const UNTRACKED: PacketConnection = { ...INVALID, state: "untracked" };

const TYPE_OF_ROUTE: Readonly<Record<RouteType, AddressType>> = {
	unicast: "UNICAST",
	local: "LOCAL",
	broadcast: "BROADCAST",
	anycast: "ANYCAST",
	multicast: "MULTICAST",
	blackhole: "BLACKHOLE",
	unreachable: "UNREACHABLE",
	prohibit: "PROHIBIT",
	throw: "THROW",
};

/**
 * inet_addr_type (net/ipv4/fib_frontend.c): the local table alone decides; what is not there is unicast. `device` limits
 * local addresses to those of that device.
 */
function addressTypeOf(view: View, of: Address, device: string | null): AddressType | Unknowable {
	if (isUnspecified(of)) return of.family === 4 ? "BROADCAST" : "UNSPEC";
	if (isMulticast(of)) return "MULTICAST";
	if (view.state.missing.has("ip-route") && view.state.missing.has("ip-address")) {
		const parts = { one: "ip-route", other: "ip-address" };
		return { unknown: phrase("address-type-unknown", { address: of.text, place: view.place, ...parts }) };
	}
	const route = device === null ? view.localRoute(of) : localRouteOn(view, of, device);
	return route === undefined ? "UNICAST" : TYPE_OF_ROUTE[route.type];
}

function localRouteOn(view: View, of: Address, device: string): Route | undefined {
	for (const routes of view.table(of.family, TABLE_LOCAL)?.matches(of) ?? []) {
		const route = routes.find((candidate) => candidate.nextHops.some((hop) => hop.device === device));
		if (route !== undefined) return route;
	}
	return undefined;
}
