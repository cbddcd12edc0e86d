/**
 * What the switch's flow tables do besides switching, as programs at its ports: Services (ofnet ofnetSvcProxy.go), and in
 * routing mode the look-up by address (ofnet vlrouter.go).
 */

import type { VirtualServer } from "../../state/ipvs.ts";
import { podPlace } from "../../state/place.ts";
import type { ProgramRedirect, TcAction, TcFilter, TcQdisc } from "../../state/tc.ts";
import type { ResolvedServices } from "../resolved-services.ts";
import type { PodPort } from "./networks.ts";
import { contivOrigin } from "./origin.ts";

/** The bridge's name in Open vSwitch. */
const SWITCH = "contivVlanBridge";
const DNAT_TABLE = "service proxy DNAT table";
const FLOW_PRIORITY = 100;

export interface FlowTables {
	readonly qdisc: TcQdisc;
	readonly filters: readonly TcFilter[];
}

/** What becomes of a packet from a port once Services are resolved: to where its address leads, else `miss`. */
export interface AddressTable {
	readonly redirects: readonly ProgramRedirect[];
	readonly miss: TcAction;
}

/** Its flows match IPv4 alone. */
function isIPv4({ match }: VirtualServer): boolean {
	return match.kind === "address" && match.address.family === 4;
}

/** At a pod's port: DNAT for what a pod sends, and the address back for what it gets. Without a table the bridge goes on as usual. */
export function serviceTables(
	{ pod, device }: PodPort,
	services: ReturnType<ResolvedServices>,
	table?: AddressTable,
): FlowTables {
	const place = podPlace(pod);
	const origin = contivOrigin(place);
	const { redirects, miss } = table ?? { redirects: [] };
	const sent = { services: services.filter(isIPv4), answers: false, redirects };
	const got = { services: [], answers: true, redirects: [] };
	const filter = (direction: TcFilter["direction"], actions: readonly TcAction[]): TcFilter => {
		return { device, direction, priority: FLOW_PRIORITY, protocol: "all", actions, origin };
	};
	return {
		qdisc: clsact(device, place),
		filters: [
			filter("ingress", [
				flows(table === undefined ? DNAT_TABLE : `${DNAT_TABLE} and IP table`, sent),
				...(miss === undefined ? [] : [miss]),
			]),
			filter("egress", [flows("service proxy SNAT table", got)]),
		],
	};
}

/** At the uplink: by address to the node's own pods, and what is for the node itself to its stack. */
export function uplinkTables(
	device: string,
	object: string,
	own: TcFilter["destination"],
	table: AddressTable,
): FlowTables {
	const origin = contivOrigin(object);
	const effect = { services: [], answers: false, redirects: table.redirects };
	const base = { device, direction: "ingress", protocol: "all", origin } as const;
	return {
		qdisc: clsact(device, object),
		filters: [
			...(own === undefined
				? []
				: [{ ...base, priority: 1, protocol: "ip", destination: own, actions: [{ kind: "pass" } as const] }]),
			{ ...base, priority: FLOW_PRIORITY, actions: [flows("IP table", effect), table.miss] },
		],
	};
}

function flows(name: string, effect: Extract<TcAction, { kind: "program" }>["effect"]): TcAction {
	return { kind: "program", name: `${SWITCH}'s ${name}`, effect, technology: "OpenFlow" };
}

function clsact(device: string, object: string): TcQdisc {
	return { device, kind: "clsact", handle: "ffff:", parent: "ffff:fff1", origin: contivOrigin(object) };
}
