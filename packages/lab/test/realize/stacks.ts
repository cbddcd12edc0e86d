/** Small networks in few words. */
import {
	address,
	assembleNamespace,
	type InterfaceAddress,
	type Link,
	type Namespace,
	type Network,
	prefixOf,
	type Route,
	staticNetwork,
	unicastRoute,
	type Wire,
} from "@podpath/core";

const ORIGIN = { component: "test" };
const BASE = { index: 0, mtu: 1500, up: true, carrier: true, origin: ORIGIN };

type Short<Of> = Of extends Link ? Omit<Of, keyof typeof BASE> & Partial<Pick<Of, keyof typeof BASE>> : never;

export interface Described {
	readonly links?: readonly Short<Link>[];
	/** Device and address with its length. */
	readonly addresses?: readonly (readonly [device: string, address: string])[];
	/** Destination with its length, gateway (empty: on the link), device. */
	readonly routes?: readonly (readonly [destination: string, via: string, device: string])[];
	readonly sysctls?: Readonly<Record<string, string>>;
}

/** A namespace as the kernel would have it. */
export function stack(place: string, described: Described): { readonly namespace: Namespace } {
	const { links = [], addresses = [], routes = [], sysctls = {} } = described;
	const namespace = assembleNamespace(place, [
		{
			links: links.map((link) => ({ ...BASE, ...link }) as Link),
			addresses: addresses.map(([device, text]) => interfaceAddress(device, text)),
			routes: routes.map(([destination, via, device]) => route(destination, via, device)),
			sysctls: new Map(Object.entries(sysctls)),
		},
	]);
	return { namespace };
}

export function networkOf(namespaces: readonly Namespace[], wires: readonly Wire[] = []): Network {
	return staticNetwork({ namespaces, wires });
}

function interfaceAddress(device: string, text: string): InterfaceAddress {
	const [ip = "", length = ""] = text.split("/");
	const flags = { secondary: false, noPrefixRoute: false, origin: ORIGIN };
	return { device, address: address(ip), prefixLength: Number(length), scope: "global", ...flags };
}

function route(destination: string, via: string, device: string): Route {
	const [ip = "", length = ""] = destination.split("/");
	const options = { device, origin: ORIGIN, ...(via !== "" && { via: address(via) }) };
	return unicastRoute(prefixOf(address(ip), Number(length)), options);
}
