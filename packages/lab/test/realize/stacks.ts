/** Small networks in few words. */
import {
	address,
	assembleNamespace,
	type BridgePort,
	DEFAULT_BRIDGE_PORT,
	type Family,
	type InterfaceAddress,
	type Link,
	type Namespace,
	type Neighbour,
	type Network,
	prefix,
	prefixOf,
	type Route,
	type Rule,
	staticNetwork,
	type TcFilter,
	unicastRoute,
	type Wire,
} from "@podpath/core";

const ORIGIN = { component: "test" };
const BASE = { index: 0, mtu: 1500, up: true, carrier: true, origin: ORIGIN };

type Short<Of> = Of extends Link ? Omit<Of, keyof typeof BASE> & Partial<Pick<Of, keyof typeof BASE>> : never;

export interface Described {
	readonly links?: readonly Short<Link>[];
	/** Ports of bridges, by device, with what is not the kernel's default. */
	readonly ports?: Readonly<Record<string, { readonly master: string } & Partial<BridgePort>>>;
	/** Device and address with its length. */
	readonly addresses?: readonly (readonly [device: string, address: string])[];
	/** Destination with its length, gateway (empty: on the link), device; `onlink` where the gateway is on no subnet. */
	readonly routes?: readonly (readonly [destination: string, via: string, device: string, onlink?: "onlink"])[];
	readonly rules?: readonly {
		readonly family: Family;
		readonly priority: number;
		readonly from: string;
		readonly table: number;
	}[];
	/** Device, address and MAC; without a MAC: the namespace answers for the address. */
	readonly neighbours?: readonly (readonly [device: string, address: string, mac: string | null])[];
	readonly filters?: readonly (Omit<TcFilter, "origin" | "source" | "destination"> & {
		readonly source?: string;
		readonly destination?: string;
	})[];
	readonly sysctls?: Readonly<Record<string, string>>;
}

/** A namespace as the kernel would have it. */
export function stack(place: string, described: Described): Namespace {
	const { addresses = [], routes = [], neighbours = [], filters = [], sysctls = {} } = described;
	const filtered = [...new Set(filters.map(({ device }) => device))];
	return assembleNamespace(place, [
		{
			links: linksOf(described),
			addresses: addresses.map(([device, text]) => interfaceAddress(device, text)),
			routes: routes.map(([destination, via, device, onlink]) => route(destination, via, device, onlink === "onlink")),
			rules: (described.rules ?? []).map(rule),
			neighbours: neighbours.map(([device, text, mac]) => neighbour(device, text, mac)),
			tcQdiscs: filtered.map((device) => ({ device, kind: "clsact", parent: "ffff:fff1", origin: ORIGIN })),
			tcFilters: filters.map(tcFilter),
			sysctls: new Map(Object.entries(sysctls)),
		},
	]);
}

export function networkOf(namespaces: readonly Namespace[], wires: readonly Wire[] = []): Network {
	return staticNetwork({ namespaces, wires });
}

function linksOf({ links = [], ports = {} }: Described): readonly Link[] {
	return links.map((link) => {
		const { master, ...flags } = ports[link.name] ?? {};
		const port = master === undefined ? {} : { master, bridgePort: { ...DEFAULT_BRIDGE_PORT, ...flags } };
		return { ...BASE, ...link, ...port } as Link;
	});
}

function interfaceAddress(device: string, text: string): InterfaceAddress {
	const [ip = "", length = ""] = text.split("/");
	const flags = { secondary: false, noPrefixRoute: false, origin: ORIGIN };
	return { device, address: address(ip), prefixLength: Number(length), scope: "global", ...flags };
}

function route(destination: string, via: string, device: string, onlink: boolean): Route {
	const [ip = "", length = ""] = destination.split("/");
	const options = { device, onlink, origin: ORIGIN, ...(via !== "" && { via: address(via) }) };
	return unicastRoute(prefixOf(address(ip), Number(length)), options);
}

function rule({ family, priority, from, table }: NonNullable<Described["rules"]>[number]): Rule {
	return { family, priority, invert: false, from: prefix(from), action: { kind: "lookup", table }, origin: ORIGIN };
}

function neighbour(device: string, text: string, mac: string | null): Neighbour {
	const of = address(text);
	const state = mac === null ? "none" : "permanent";
	return { family: of.family, device, address: of, mac, state, proxy: mac === null, origin: ORIGIN };
}

function tcFilter({ source, destination, ...filter }: NonNullable<Described["filters"]>[number]): TcFilter {
	const ends = {
		...(source !== undefined && { source: prefix(source) }),
		...(destination !== undefined && { destination: prefix(destination) }),
	};
	return { ...filter, ...ends, origin: ORIGIN };
}
