/** A pod's further card as its plug-in makes it (containernetworking plugins/main, plugins/meta/sbr, pkg/ipam ConfigureIface). */

import type { Address, Family } from "../../address/address.ts";
import { defaultPrefix, hostPrefix, lastAddress, prefixOf } from "../../address/prefix.ts";
import type { AttachedAddress, CniConfig, NetworkAttachment } from "../../cluster/multus-objects.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { Origin } from "../../origin/origin.ts";
import type { Contribution } from "../../state/contribution.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { InterfaceAddress, Route, Rule } from "../../state/ip.ts";
import type { Link } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import { unicastRoute } from "../route.ts";

/** A device of the node on which macvlans and ipvlans stand. */
export interface Master {
	readonly device: string;
	readonly mac: string;
	readonly mtu: number;
}

/** A card and what its kind needs to know. */
export interface PodCard {
	readonly pod: Pod;
	readonly attachment: NetworkAttachment;
	/** Of macvlan and ipvlan; absent: the node has no such device. */
	readonly master?: Master;
	/** Of sbr: where the card's routes are. */
	readonly table?: number;
}

const ETHERNET_MTU = 1500;
/** The main table's rule is at 32766; each new rule goes before the first but that of the local table. */
const FIRST_RULE = 32765;

export function cardMac({ pod, attachment }: PodCard): string {
	return attachment.mac || hardwareAddress(podPlace(pod), attachment.interface);
}

export function cardOrigin({ pod, attachment: { definition, config } }: Omit<PodCard, "master">): Origin {
	const { plugin } = config;
	return {
		component: plugin.kind === "other" ? plugin.type : `${plugin.kind}-plugin`,
		object: `networkattachmentdefinition/${definition.namespace}/${definition.name}`,
		...(pod.source.file === "" ? {} : { source: definition.source }),
	};
}

/** What the card adds to the pod's namespace. `rules` counts those that its other cards have. */
export function podEnd(card: PodCard, rules: number): Contribution {
	const { attachment, table } = card;
	const { addresses, config } = attachment;
	const origin = cardOrigin(card);
	const own = routesOf(attachment, origin);
	return {
		links: [link(card, origin)],
		addresses: addresses.map((each) => interfaceAddress(each, attachment.interface, config, origin)),
		routes: table === undefined ? own : moved(own, attachment, table, origin),
		...(table !== undefined && {
			rules: addresses.map((each, i) => fromCard(each.address, table, FIRST_RULE - rules - i, origin)),
		}),
	};
}

function link(card: PodCard, origin: Origin): Link {
	const { pod, attachment, master } = card;
	const { plugin } = attachment.config;
	const name = attachment.interface;
	const base = { name, index: 0, mac: cardMac(card), up: true, carrier: true, origin };
	const place = `node/${pod.nodeName}`;
	switch (plugin.kind) {
		case "macvlan":
		case "ipvlan": {
			if (master === undefined) {
				const driver = `${plugin.kind} on ${plugin.master || "?"}, which the input does not show on ${place},`;
				return { ...base, kind: "other", mtu: ETHERNET_MTU, driver };
			}
			const lower = { place, device: master.device };
			const mtu = plugin.mtu || master.mtu;
			if (plugin.kind === "macvlan") return { ...base, kind: "macvlan", mtu, lower, mode: plugin.mode };
			// An ipvlan has its master's MAC.
			return { ...base, kind: "ipvlan", mac: master.mac, mtu, lower, mode: plugin.mode, flag: "bridge" };
		}
		case "bridge":
			return { ...base, kind: "veth", mtu: plugin.mtu || ETHERNET_MTU };
		case "other":
			return { ...base, kind: "other", mtu: ETHERNET_MTU, driver: `plug-in ${plugin.type}` };
	}
}

/** sbr takes the connected route away with the others, as if it had never been there. */
function interfaceAddress(
	{ address, prefixLength }: AttachedAddress,
	device: string,
	{ sourceBasedRouting }: CniConfig,
	origin: Origin,
): InterfaceAddress {
	const hasBroadcast = address.family === 4 && prefixLength < 31;
	return {
		device,
		address,
		prefixLength,
		scope: "global",
		...(hasBroadcast && { broadcast: lastAddress(prefixOf(address, prefixLength)) }),
		secondary: false,
		noPrefixRoute: sourceBasedRouting,
		origin,
	};
}

function routesOf({ interface: device, addresses, config, defaultRoute }: NetworkAttachment, origin: Origin): Route[] {
	const { ipam, plugin } = config;
	const gatewayOf = (family: Family): Address | undefined =>
		addresses.find(({ address, gateway }) => gateway !== null && address.family === family)?.gateway ?? undefined;
	const listed = ipam.routes.flatMap(({ destination, via }): Route[] => {
		const gateway = via ?? gatewayOf(destination.family);
		if (!addresses.some(({ address }) => address.family === destination.family)) return [];
		return [unicastRoute(destination, { ...(gateway !== undefined && { via: gateway }), device, origin })];
	});
	const isDefault = plugin.kind === "bridge" && plugin.isDefaultGateway;
	const byGateway = isDefault ? addresses.flatMap(({ gateway }) => (gateway === null ? [] : [gateway])) : [];
	const ways = [...byGateway, ...defaultRoute];
	return [...listed, ...ways.map((via) => unicastRoute(defaultPrefix(via.family), { via, device, origin }))];
}

/** sbr's table: the card's own routes, the subnet's, and a way out by the gateway (main.go doRoutes). */
function moved(own: readonly Route[], attachment: NetworkAttachment, table: number, origin: Origin): readonly Route[] {
	const { interface: device, addresses } = attachment;
	const connected = addresses.map(({ address, prefixLength }) =>
		unicastRoute(prefixOf(address, prefixLength), { device, protocol: "kernel", origin }),
	);
	const ways = addresses.flatMap(({ gateway: via }) =>
		via === null ? [] : [unicastRoute(defaultPrefix(via.family), { via, device, origin })],
	);
	const all = [...connected, ...own, ...ways].map((route) => ({ ...route, table }));
	return all.filter((route, i) => all.findIndex((each) => each.destination.text === route.destination.text) === i);
}

function fromCard(address: Address, table: number, priority: number, origin: Origin): Rule {
	const action = { kind: "lookup", table } as const;
	return { family: address.family, priority, invert: false, from: hostPrefix(address), action, origin };
}
