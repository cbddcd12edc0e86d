/**
 * Contiv in routing mode with BGP (ofnet vlrouter.go, ofnetBgp.go; contiv.github.io documents/networking/bgp.md): the switch
 * leads packets by address, to its own pods by their ports and everything else that it knows to the leaf switch, which the
 * node tells of each of its pods. IPv4 alone: the agent answers ARP and nothing else, and tells its neighbour IPv4 prefixes.
 */

import { hostPrefix } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { ContivBgp, ContivSettings, HostObject } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { Segment, SegmentRoute } from "../../state/fabric.ts";
import type { InterfaceAddress, Neighbour } from "../../state/ip.ts";
import type { VethLink } from "../../state/link.ts";
import type { Cause, LostPacket } from "../../state/network.ts";
import { podPlace } from "../../state/place.ts";
import { hostRoutes } from "../host-speakers.ts";
import type { ModePlan, PodWire } from "../mode.ts";
import { type ResolvedServices, resolvedServices } from "../resolved-services.ts";
import type { Card, Underlay } from "../underlay/underlay.ts";
import { type AddressTable, serviceTables, uplinkTables } from "./flow-tables.ts";
import type { PodPort } from "./networks.ts";
import { contivOrigin } from "./origin.ts";
import { addressFlows, answersOnPorts, missAction, toOwnPods } from "./routing.ts";
import { ContivSpeakers } from "./speakers.ts";
import { ContivSwitches, ETHERNET_MTU, NO_BRIDGE_NETFILTER } from "./switch.ts";

/** What the agent answers pods with, whatever they ask for (vlrouter.go anycastMac). */
const ANYCAST_MAC = "00:00:11:11:11:11";

export class ContivBgpPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #underlay: Underlay;
	readonly #settings: ContivSettings;
	readonly #switches: ContivSwitches;
	readonly #services: ResolvedServices;
	readonly #speakers: ContivSpeakers;

	constructor(cluster: Cluster, underlay: Underlay, settings: ContivSettings) {
		this.#underlay = underlay;
		this.#settings = settings;
		this.#switches = new ContivSwitches(cluster, underlay, settings);
		this.#services = resolvedServices(cluster, "contiv");
		this.#speakers = new ContivSpeakers(cluster, underlay, settings, this.#switches.ports);
		this.assumptions = [...this.#switches.assumptions, ...this.#speakers.assumptions];
	}

	node(node: Node): readonly Contribution[] {
		const place = `node/${node.name}`;
		const uplink = this.#switches.uplink(node);
		const router = this.#speakers.of(node);
		const ports = this.#switches.ports.on(node.name);
		const own = toOwnPods(ports);
		const table: AddressTable = {
			redirects: [...own, ...addressFlows(this.#speakers.known(node), router, uplink)],
			miss: missAction(router, this.#speakers),
		};
		const tables = [
			...ports.map((port) => serviceTables(port, this.#services(node), table)),
			...(uplink === undefined
				? []
				: [
						uplinkTables(uplink.device, place, router && hostPrefix(router.routerIP), {
							redirects: own,
							miss: { kind: "drop" },
						}),
					]),
		];
		return [
			{
				links: ports.map((port) => portOf(port, uplink?.mtu ?? ETHERNET_MTU)),
				addresses: router === undefined || uplink === undefined ? [] : [routerAddress(router, uplink)],
				neighbours: ports.flatMap(knownMac),
				tcQdiscs: tables.map(({ qdisc }) => qdisc),
				tcFilters: tables.flatMap(({ filters }) => filters),
				sysctls: NO_BRIDGE_NETFILTER,
			},
			answersOnPorts(node, ports, table.redirects, this.#settings),
		];
	}

	pod(pod: Pod): readonly Contribution[] {
		return this.#switches.pod(pod);
	}

	wires(pod: Pod): readonly PodWire[] {
		return this.#switches.wires(pod);
	}

	host(host: HostObject): readonly Contribution[] {
		return [{ routes: hostRoutes(host, this.#speakers.network, this.#underlay) }];
	}

	routesOf(segment: Segment): readonly SegmentRoute[] {
		return this.#speakers.routesOf(segment);
	}

	causesOf({ from, to }: LostPacket): readonly Cause[] {
		return [to, from].flatMap((address) => this.#speakers.causesFor(address));
	}

	stackedOn(): readonly [] {
		return [];
	}
}

function portOf({ pod, device: name }: PodPort, mtu: number): VethLink {
	const origin = contivOrigin(podPlace(pod));
	return { kind: "veth", name, index: 0, mtu, mac: ANYCAST_MAC, up: true, carrier: true, origin };
}

/** The flow for a pod writes its MAC: nobody is asked (SetMacDa). */
function knownMac({ pod, device, mac, addresses }: PodPort): readonly Neighbour[] {
	const origin = contivOrigin(podPlace(pod));
	return addresses
		.filter(({ address }) => address.family === 4)
		.map(({ address }) => ({ family: 4, device, address, mac, state: "permanent", proxy: false, origin }));
}

/** It is inb01's, a port of the switch with nothing behind it; the agent answers for it with the uplink's MAC. */
function routerAddress({ node, routerIP, prefixLength }: ContivBgp, { device }: Card): InterfaceAddress {
	return {
		device,
		address: routerIP,
		prefixLength,
		scope: "global",
		secondary: false,
		noPrefixRoute: false,
		origin: contivOrigin(`node/${node}`),
	};
}
