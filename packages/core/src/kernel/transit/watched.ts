/** A packet, its frame and its connections of which every look is noted. What is not watched is the same for all alike. */
import type { Address } from "../../address/address.ts";
import { WatchedAddress } from "../../address/watched.ts";
import type { Frame, Packet } from "../../packet/packet.ts";
import type { Tuple } from "../../state/conntrack.ts";
import type { Link } from "../../state/link.ts";
import type { Connection } from "../conntrack.ts";
import type { Entry } from "./inputs.ts";
import type { Notes } from "./notes.ts";

/** Puts watched values in place of an entry's inputs, numbered as `inputsOf` numbers them. Gives the watched connections. */
export function watch({ skb, connections }: Entry, atBridge: boolean, notes: Notes): Connection[] {
	const watcher = new Watcher(notes);
	if (skb.ethernet !== null) skb.ethernet = watcher.macs(skb.ethernet);
	skb.packet = watcher.packet(skb.packet);
	// Everywhere else the device is part of what makes packets alike.
	if (atBridge) skb.device = watchedPort(skb.device, notes);
	return connections.map((connection) => ({
		...connection,
		original: watcher.tuple(connection.original),
		reply: watcher.tuple(connection.reply),
	}));
}

class Watcher {
	readonly #notes: Notes;
	#addresses = 0;
	#macs = 0;

	constructor(notes: Notes) {
		this.#notes = notes;
	}

	packet(packet: Packet): Packet {
		const watched = { ...packet, src: this.#address(packet.src), dst: this.#address(packet.dst) };
		const { payload } = packet;
		switch (payload?.kind) {
			case "ipip":
				return { ...watched, payload: { kind: "ipip", packet: this.packet(payload.packet) } };
			case "vxlan": {
				const macs = this.macs(payload.frame);
				return {
					...watched,
					payload: { ...payload, frame: new WatchedFrame(macs, payload.frame.vlan, this.packet(payload.frame.packet)) },
				};
			}
			default:
				return watched;
		}
	}

	macs(real: { readonly source: string; readonly destination: string }): WatchedMacs {
		const first = this.#macs;
		this.#macs += 2;
		return new WatchedMacs(real, first, this.#notes);
	}

	tuple(tuple: Tuple): Tuple {
		return { ...tuple, src: this.#address(tuple.src), dst: this.#address(tuple.dst) };
	}

	#address(real: Address): Address {
		return new WatchedAddress(real, this.#addresses++, this.#notes);
	}
}

class WatchedMacs {
	readonly #real: { readonly source: string; readonly destination: string };
	readonly #first: number;
	readonly #notes: Notes;

	constructor(real: { readonly source: string; readonly destination: string }, first: number, notes: Notes) {
		this.#real = real;
		this.#first = first;
		this.#notes = notes;
	}

	get source(): string {
		this.#notes.sawMac(this.#first);
		return this.#real.source;
	}

	get destination(): string {
		this.#notes.sawMac(this.#first + 1);
		return this.#real.destination;
	}
}

class WatchedFrame implements Frame {
	readonly vlan: number | null;
	readonly packet: Packet;
	readonly #macs: WatchedMacs;

	constructor(macs: WatchedMacs, vlan: number | null, packet: Packet) {
		this.#macs = macs;
		this.vlan = vlan;
		this.packet = packet;
	}

	get source(): string {
		return this.#macs.source;
	}

	get destination(): string {
		return this.#macs.destination;
	}
}

/** What tells a port of a bridge from others with the same settings. */
const OWN = ["name", "index", "mac", "alias", "peer", "origin"] as const;

/** The port with all that makes it itself behind getters; its settings are those of all ports of its class. */
function watchedPort(port: Link, notes: Notes): Link {
	const getters = OWN.map((key) => {
		const get = (): unknown => {
			notes.sawPort();
			return (port as { readonly [Key in (typeof OWN)[number]]?: unknown })[key];
		};
		return [key, { get, enumerable: true }] as const;
	});
	return Object.create(port, Object.fromEntries(getters)) as Link;
}

/** Ports with the same settings are of one class, and have the same text here. */
export function portClass(port: Link): string {
	const own: ReadonlySet<string> = new Set(OWN);
	return JSON.stringify(Object.entries(port).filter(([key]) => !own.has(key)));
}
