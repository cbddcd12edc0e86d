/** A namespace with the look-ups that the packet path needs, compiled once from the plain state and kept as long as it. */
import type { Address, Family } from "../address/address.ts";
import { PrefixMap } from "../address/prefix-map.ts";
import {
	type FdbEntry,
	type InterfaceAddress,
	type Neighbour,
	type Route,
	type Rule,
	TABLE_LOCAL,
} from "../state/ip.ts";
import type { Link } from "../state/link.ts";
import type { Namespace, NotUnderstood, StatePart } from "../state/namespace.ts";
import type { Place } from "../state/place.ts";
import type { DeviceSettings } from "./device-settings.ts";
import { DeviceView } from "./device-view.ts";
import { indexBy, split } from "./shared-index.ts";

/** Indexes over one namespace. Everything is made when first asked for. */
export class View {
	readonly state: Namespace;
	readonly place: Place;
	readonly #devices = new Map<string, DeviceView>();
	/** The one that was asked for last: a stage asks several things of one device. */
	#device: DeviceView | undefined;
	readonly #rules: Partial<Record<Family, readonly Rule[]>> = {};
	readonly #routeTables: Partial<Record<Family, ReadonlyMap<number, PrefixMap<readonly Route[]>>>> = {};
	#neighbours: ((address: string) => readonly Neighbour[]) | undefined;
	#proxies: ReadonlySet<string> | undefined;
	#fdb: ((mac: string) => readonly FdbEntry[]) | undefined;
	/** What `perView` keeps, each maker at the place that it was given. */
	readonly kept: unknown[] = [];

	constructor(state: Namespace) {
		this.state = state;
		this.place = state.place;
	}

	/** All about the device of a name, which need not be there. */
	device(name: string): DeviceView {
		const last = this.#device;
		if (last !== undefined && last.name === name) return last;
		let device = this.#devices.get(name);
		if (device === undefined) {
			device = new DeviceView(this.state, name);
			this.#devices.set(name, device);
		}
		this.#device = device;
		return device;
	}

	/** A device by its name. */
	link(name: string): Link | undefined {
		return this.device(name).link;
	}

	/** The ports of a bridge. */
	ports(bridge: string): readonly Link[] {
		return this.device(bridge).ports;
	}

	/** Devices of this namespace that are stacked on `device`: VLANs, macvlans, ipvlans. */
	children(device: string): readonly Link[] {
		return this.device(device).children;
	}

	/** The addresses of a device, in the kernel's order. */
	addresses(device: string): readonly InterfaceAddress[] {
		return this.device(device).addresses;
	}

	/** Policy rules of a family, in the order in which they are asked. */
	rules(family: Family): readonly Rule[] {
		let rules = this.#rules[family];
		if (rules === undefined) {
			rules = this.state.rules.filter((rule) => rule.family === family);
			// sort() is stable: rules of one priority stay in the order in which the kernel lists them.
			rules = [...rules].sort((a, b) => a.priority - b.priority);
			this.#rules[family] = rules;
		}
		return rules;
	}

	/** The routes of a table by destination; those of one prefix ordered by metric. */
	table(family: Family, table: number): PrefixMap<readonly Route[]> | undefined {
		let tables = this.#routeTables[family];
		if (tables === undefined) {
			tables = compileRoutes(this.state.routes, family);
			this.#routeTables[family] = tables;
		}
		return tables.get(table);
	}

	/** A neighbour entry that names a MAC address. */
	neighbour(device: string, of: Address): Neighbour | undefined {
		this.#neighbours ??= neighboursByAddress(this.state.neighbours);
		const entries = this.#neighbours(of.text);
		for (let i = entries.length - 1; i >= 0; i--) if (entries[i]?.device === device) return entries[i];
		return undefined;
	}

	/** Whether this namespace has a proxy neighbour entry for the address on the device. */
	isProxied(device: string, of: Address): boolean {
		this.#proxies ??= new Set(
			this.state.neighbours.filter((entry) => entry.proxy).map((entry) => `${entry.device} ${entry.address.text}`),
		);
		return this.#proxies.has(`${device} ${of.text}`);
	}

	/** Forwarding entries for a MAC: of a bridge port under its bridge's name, of a VXLAN device under its own. */
	fdb(device: string, mac: string): readonly FdbEntry[] {
		this.#fdb ??= fdbByMac(this.state.fdb);
		const entries = this.#fdb(mac);
		for (const entry of entries) if (holderOf(entry) !== device) return heldBy(device, entries);
		return entries;
	}

	/** The sysctls of a device. */
	settings(device: string): DeviceSettings {
		return this.device(device).settings;
	}

	/** The first line of a part that nobody understood: what it would have changed is not known. */
	unread(part: StatePart): NotUnderstood | undefined {
		const { notUnderstood } = this.state;
		return notUnderstood.length === 0 ? undefined : notUnderstood.find((line) => line.part === part);
	}

	/** What the local table has for an address (inet_addr_type): what ARP and source validation go by. */
	localRoute(of: Address): Route | undefined {
		return this.table(of.family, TABLE_LOCAL)?.longestMatch(of)?.[0];
	}

	/** Whether the address is one of this namespace's own (its local tables say so). */
	isLocal(of: Address): boolean {
		return this.localRoute(of)?.type === "local";
	}
}

/** Addresses that one view keeps an answer for; more are forgotten all at once. */
export const MOST_KEPT = 4096;

let makers = 0;

/**
 * What a stage needs to know of a namespace and works out just once: gives a function that makes it when first asked for
 * and keeps it in the view. A WeakMap would do the same, many times slower.
 */
export function perView<Value extends object>(make: (view: View) => Value): (view: View) => Value {
	const place = makers++;
	return (view) => {
		const kept = view.kept[place] as Value | undefined;
		if (kept !== undefined) return kept;
		const made = make(view);
		view.kept[place] = made;
		return made;
	};
}

/** The map at a key of a map of maps, made where there is none yet. */
export function mapIn<Key, Inner, Value>(maps: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
	let map = maps.get(key);
	if (map === undefined) {
		map = new Map();
		maps.set(key, map);
	}
	return map;
}

const views = new WeakMap<Namespace, View>();

/** The view of a namespace; the same one every time. */
export function viewOf(state: Namespace): View {
	let view = views.get(state);
	if (view === undefined) {
		view = new View(state);
		views.set(state, view);
	}
	return view;
}

type Tables = ReadonlyMap<number, PrefixMap<readonly Route[]>>;

/** Tables of the parts of route lists that namespaces share. */
const sharedTables: Readonly<Record<Family, WeakMap<readonly Route[], Tables>>> = {
	4: new WeakMap(),
	6: new WeakMap(),
};

function tablesOf(shared: readonly Route[], family: Family): Tables {
	let tables = sharedTables[family].get(shared);
	if (tables === undefined) {
		tables = compileRoutes(shared, family);
		sharedTables[family].set(shared, tables);
	}
	return tables;
}

function compileRoutes(routes: readonly Route[], family: Family): Tables {
	const { own, shared } = split(
		routes,
		(route) => (route.family === family ? `${route.table} ${route.destination.text}` : undefined),
		(all, { table, destination }) => tablesOf(all, family).get(table)?.get(destination) !== undefined,
	);
	const below: Tables = shared === null ? new Map() : tablesOf(shared, family);
	const tables = new Map(below);
	for (const { first, entries } of own.values()) {
		let table = tables.get(first.table);
		if (table === undefined || table === below.get(first.table)) {
			table = new PrefixMap(table);
			tables.set(first.table, table);
		}
		if (entries.length === 0) table.hide(first.destination);
		else table.set(first.destination, entries.length === 1 ? entries : entries.toSorted((a, b) => a.metric - b.metric));
	}
	return tables;
}

/** Entries that name a MAC address. */
const neighboursByAddress = indexBy((entry: Neighbour) =>
	entry.proxy || entry.mac === null || entry.state === "failed" ? undefined : entry.address.text,
);

const fdbByMac = indexBy((entry: FdbEntry) => entry.mac);

function heldBy(device: string, entries: readonly FdbEntry[]): readonly FdbEntry[] {
	return entries.filter((entry) => holderOf(entry) === device);
}

/** Whose entry it is: the VXLAN device's own, or the bridge's. */
function holderOf({ self, master, device }: FdbEntry): string {
	return self || master === undefined ? device : master;
}
