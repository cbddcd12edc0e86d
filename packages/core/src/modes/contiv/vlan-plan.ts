/**
 * Contiv in bridge mode with VLANs: an Open vSwitch bridge to which pods and the uplink belong, each pod's port with the VLAN of
 * its network (netplugin drivers/ovsd, ofnet vlanBridge.go). What its tables leave to OVS's own switching a Linux bridge with
 * VLAN filtering does in the same way; what they do besides is Services (docs/contiv.md).
 */

import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { ContivSettings } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { FdbEntry } from "../../state/ip.ts";
import { type BridgeLink, DEFAULT_BRIDGE_PORT, type PortVlan, type VethLink } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import type { ModePlan, PodWire } from "../mode.ts";
import { type ResolvedServices, resolvedServices } from "../resolved-services.ts";
import type { Underlay } from "../underlay/underlay.ts";
import { serviceTables } from "./flow-tables.ts";
import type { PodPort } from "./networks.ts";
import { contivOrigin } from "./origin.ts";
import { ContivSwitches, ETHERNET_MTU, NO_BRIDGE_NETFILTER } from "./switch.ts";

/** What the bridge that stands for `contivVlanBridge` is called here: a network device's name is no longer (IFNAMSIZ). */
const BRIDGE = "contivVlan";

export class ContivVlanPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #settings: ContivSettings;
	readonly #switches: ContivSwitches;
	readonly #services: ResolvedServices;

	constructor(cluster: Cluster, underlay: Underlay, settings: ContivSettings) {
		this.#settings = settings;
		this.#switches = new ContivSwitches(cluster, underlay, settings);
		this.#services = resolvedServices(cluster, "contiv");
		this.assumptions = this.#switches.assumptions;
	}

	node(node: Node): readonly Contribution[] {
		const place = `node/${node.name}`;
		const uplink = this.#switches.uplink(node);
		const mtu = uplink?.mtu ?? ETHERNET_MTU;
		const ports = this.#switches.ports.on(node.name);
		const trunk = this.#settings.networks.map(({ vlan }): PortVlan => ({ id: vlan, pvid: false, untagged: false }));
		const enslaved = { master: BRIDGE, bridgePort: { ...DEFAULT_BRIDGE_PORT, vlans: trunk } };
		const tables = ports.map((port) => serviceTables(port, this.#services(node)));
		return [
			{
				links: [bridge(place, mtu), ...ports.map((port) => switchEnd(port, mtu))],
				...(uplink !== undefined && { enslaved: [{ device: uplink.device, ...enslaved }] }),
				fdb: ports.map(announced),
				tcQdiscs: tables.map(({ qdisc }) => qdisc),
				tcFilters: tables.flatMap(({ filters }) => filters),
				sysctls: NO_BRIDGE_NETFILTER,
			},
		];
	}

	pod(pod: Pod): readonly Contribution[] {
		return this.#switches.pod(pod);
	}

	wires(pod: Pod): readonly PodWire[] {
		return this.#switches.wires(pod);
	}

	stackedOn(): readonly [] {
		return [];
	}
}

function bridge(place: string, mtu: number): BridgeLink {
	const base = { index: 0, mtu, mac: hardwareAddress(place, BRIDGE), up: true, carrier: true };
	return { kind: "bridge", name: BRIDGE, ...base, vlanFiltering: true, defaultPvid: 0, origin: contivOrigin(place) };
}

/** The port is an access port of its network's VLAN. */
function switchEnd({ pod, device, network }: PodPort, mtu: number): VethLink {
	const place = podPlace(pod);
	return {
		kind: "veth",
		name: device,
		index: 0,
		mtu,
		mac: hardwareAddress(`node/${pod.nodeName}`, device),
		up: true,
		carrier: true,
		master: BRIDGE,
		bridgePort: { ...DEFAULT_BRIDGE_PORT, vlans: [{ id: network.vlan, pvid: true, untagged: true }] },
		origin: contivOrigin(place),
	};
}

/** The agent announces each pod as it comes (sendGARP), so its port is learned. */
function announced({ pod, device, mac, network }: PodPort): FdbEntry {
	const origin = contivOrigin(podPlace(pod));
	return { device, mac, vlan: network.vlan, master: BRIDGE, self: false, state: "dynamic", origin };
}
