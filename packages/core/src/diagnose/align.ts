/**
 * What should be, in the names of what is. A prediction cannot know a MAC that a kernel drew, nor the name that a plug-in
 * gave the node's end of a pod's device; what they stand for it does know, and that is what is compared.
 */
import type { Link } from "../state/link.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";

/** Namespaces of the predicted network with names and MACs as the real one has them. */
export class Alignment {
	readonly #expected: Network;
	readonly #actual: Network;
	readonly #names = new Map<Place, ReadonlyMap<string, string>>();
	readonly #namespaces = new Map<Place, Namespace | undefined>();
	#macs: ReadonlyMap<string, string> | undefined;

	constructor(expected: Network, actual: Network) {
		this.#expected = expected;
		this.#actual = actual;
	}

	/** The predicted namespace at a place. */
	namespace(place: Place): Namespace | undefined {
		if (this.#namespaces.has(place)) return this.#namespaces.get(place);
		const predicted = this.#expected.namespace(place);
		const made = predicted && this.#renamed(predicted);
		this.#namespaces.set(place, made);
		return made;
	}

	/** How the real network calls a device that the prediction calls `device`. */
	deviceName(place: Place, device: string): string {
		return this.#namesAt(place).get(device) ?? device;
	}

	/** How the prediction calls a device of the real network. */
	predictedName(place: Place, device: string): string {
		for (const [predicted, real] of this.#namesAt(place)) if (real === device) return predicted;
		return device;
	}

	#namesAt(place: Place): ReadonlyMap<string, string> {
		const known = this.#names.get(place);
		if (known !== undefined) return known;
		const [expected, actual] = [this.#expected.namespace(place), this.#actual.namespace(place)];
		const names = expected === undefined || actual === undefined ? NO_NAMES : this.#pairs(expected, actual);
		this.#names.set(place, names);
		return names;
	}

	/** Devices that only one of the two has, paired by what they are joined to, else by the addresses that they have. */
	#pairs(expected: Namespace, actual: Namespace): ReadonlyMap<string, string> {
		const wanted = new Set(expected.links.map(({ name }) => name));
		const there = new Set(actual.links.map(({ name }) => name));
		const strangers = actual.links.filter(({ name }) => !wanted.has(name));
		const names = new Map<string, string>();
		if (strangers.length === 0) return names;
		for (const link of expected.links) {
			if (there.has(link.name)) continue;
			const match = strangers.find((other) => this.#isSame(expected, link, actual, other));
			if (match !== undefined) names.set(link.name, match.name);
		}
		return names;
	}

	#isSame(expected: Namespace, link: Link, actual: Namespace, other: Link): boolean {
		const [far, real] = [
			this.#expected.wireAt(expected.place, link.name),
			this.#actual.wireAt(actual.place, other.name),
		];
		if (far.kind === "device" && real.kind === "device") {
			return far.place === real.place && far.place !== expected.place && far.device === real.device;
		}
		const own = addressesOf(expected, link.name);
		const theirs = addressesOf(actual, other.name);
		return far.kind === "fabric" && own.some((text) => theirs.includes(text));
	}

	/** Routing tables that are numbered after a device's index, by the number that the device's table really has. */
	#tables({ place, links, routes }: Namespace): ReadonlyMap<number, number> {
		const tables = new Map<number, number>();
		const actual = this.#actual.namespace(place);
		if (actual === undefined) return tables;
		for (const { name, index } of links) {
			const predicted = TABLES_OF_DEVICES + index;
			const real = actual.links.find((link) => link.name === this.deviceName(place, name));
			const isOwn = routes.some(({ table, nextHops }) => {
				return table === predicted && nextHops.some((hop) => hop.device === name);
			});
			const table = isOwn && real !== undefined ? tableOfDevice(actual, real, predicted) : predicted;
			if (table !== predicted) tables.set(predicted, table);
		}
		return tables;
	}

	#macMap(): ReadonlyMap<string, string> {
		if (this.#macs !== undefined) return this.#macs;
		const macs = new Map<string, string>();
		for (const place of this.#actual.places()) {
			const [expected, actual] = [this.#expected.namespace(place), this.#actual.namespace(place)];
			for (const link of expected?.links ?? []) {
				const name = this.deviceName(place, link.name);
				const real = actual?.links.find((other) => other.name === name);
				if (link.mac !== null && real?.mac != null && link.mac !== real.mac) macs.set(link.mac, real.mac);
			}
		}
		this.#macs = macs;
		return macs;
	}

	#renamed(namespace: Namespace): Namespace {
		const names = this.#namesAt(namespace.place);
		const macs = this.#macMap();
		const tables = this.#tables(namespace);
		if (names.size === 0 && macs.size === 0 && tables.size === 0) return namespace;
		const table = (of: number): number => tables.get(of) ?? of;
		const name = (device: string): string => names.get(device) ?? device;
		const mac = (of: string): string => macs.get(of) ?? of;
		const named = <Entry extends { readonly device: string }>(entries: readonly Entry[]): readonly Entry[] =>
			names.size === 0 ? entries : entries.map((entry) => ({ ...entry, device: name(entry.device) }));
		return {
			...namespace,
			links: namespace.links.map((link) => ({
				...link,
				name: name(link.name),
				mac: link.mac === null ? null : mac(link.mac),
				...(link.master !== undefined && { master: name(link.master) }),
			})) as readonly Link[],
			addresses: named(namespace.addresses),
			rules: namespace.rules.map((rule) => ({
				...rule,
				...(rule.iif !== undefined && { iif: name(rule.iif) }),
				...(rule.oif !== undefined && { oif: name(rule.oif) }),
				...(rule.action.kind === "lookup" && { action: { ...rule.action, table: table(rule.action.table) } }),
			})),
			routes: namespace.routes.map((route) => ({
				...route,
				table: table(route.table),
				nextHops: route.nextHops.map((hop) => (hop.device === undefined ? hop : { ...hop, device: name(hop.device) })),
			})),
			neighbours: named(namespace.neighbours).map((entry) =>
				entry.mac === null ? entry : { ...entry, mac: mac(entry.mac) },
			),
			fdb: named(namespace.fdb).map((entry) => ({ ...entry, mac: mac(entry.mac) })),
			tcFilters: named(namespace.tcFilters),
			tcQdiscs: named(namespace.tcQdiscs),
			sysctls: names.size === 0 ? namespace.sysctls : renamedKeys(namespace.sysctls, name),
		};
	}
}

/** terway (plugin/driver/utils, GetRouteTableID): a card's table is 1000 and the card's index. */
const TABLES_OF_DEVICES = 1000;

/** The one with its default route; where that is gone, the one that rules lead to. */
function tableOfDevice({ routes, rules }: Namespace, { name, index }: Link, predicted: number): number {
	const own = routes.find(({ table, destination, nextHops }) => {
		return table > TABLES_OF_DEVICES && destination.length === 0 && nextHops.some((hop) => hop.device === name);
	});
	if (own !== undefined) return own.table;
	const led = (table: number): boolean =>
		rules.some(({ action }) => action.kind === "lookup" && action.table === table);
	return !led(predicted) && led(TABLES_OF_DEVICES + index) ? TABLES_OF_DEVICES + index : predicted;
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

function addressesOf({ addresses }: Namespace, device: string): readonly string[] {
	return addresses
		.filter((each) => each.device === device && each.scope === "global")
		.map(({ address }) => address.text);
}

function renamedKeys(
	sysctls: ReadonlyMap<string, string>,
	name: (device: string) => string,
): ReadonlyMap<string, string> {
	const key = (text: string): string =>
		text.replace(/^(net\.ipv[46]\.conf\.)([^.]+)/, (_, start: string, device: string) => {
			return start + name(device.replaceAll("/", ".")).replaceAll(".", "/");
		});
	return new Map([...sysctls].map(([text, value]) => [key(text), value]));
}
