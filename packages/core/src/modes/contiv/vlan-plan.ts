/**
 * Contiv in bridge mode with VLANs: an Open vSwitch bridge to which pods and the uplink belong, each pod's port with the VLAN of
 * its network (netplugin drivers/ovsd, ofnet vlanBridge.go). What its tables leave to OVS's own switching a Linux bridge with
 * VLAN filtering does in the same way; what they do besides is Services (docs/contiv.md).
 */
import { defaultPrefix, lastAddress } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { ContivSettings } from "../../cluster/settings.ts";
import type { Contribution } from "../../state/contribution.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { FdbEntry, InterfaceAddress } from "../../state/ip.ts";
import type { VirtualServer } from "../../state/ipvs.ts";
import { type BridgeLink, DEFAULT_BRIDGE_PORT, type PortVlan, type VethLink } from "../../state/link.ts";
import type { Assumption } from "../../state/network.ts";
import type { TcFilter, TcQdisc } from "../../state/tc.ts";
import type { ModePlan, PodWire } from "../mode.ts";
import { podPlace } from "../pod-vlans.ts";
import { type ResolvedServices, resolvedServices } from "../resolved-services.ts";
import { unicastRoute } from "../route.ts";
import type { Card, Underlay } from "../underlay/underlay.ts";
import { type PodPort, PodPorts } from "./networks.ts";

/** The bridge's name in Open vSwitch: one character more than a network device's may have (IFNAMSIZ), so there is none. */
const SWITCH = "contivVlanBridge";
/** What the bridge that stands for it is called here. */
const BRIDGE = "contivVlan";
const POD_DEVICE = "eth0";
const ETHERNET_MTU = 1500;
const FLOW_PRIORITY = 100;

export class ContivVlanPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #underlay: Underlay;
	readonly #settings: ContivSettings;
	readonly #ports: PodPorts;
	readonly #services: ResolvedServices;

	constructor(cluster: Cluster, underlay: Underlay, settings: ContivSettings) {
		this.#underlay = underlay;
		this.#settings = settings;
		this.#ports = new PodPorts(cluster, settings);
		this.#services = resolvedServices(cluster, "contiv");
		const uplinks = cluster.nodes.flatMap((node) =>
			this.#uplink(node) === undefined ? [noUplink(node, settings)] : [],
		);
		this.assumptions = [...this.#ports.assumptions, ...uplinks];
	}

	node(node: Node): readonly Contribution[] {
		const place = `node/${node.name}`;
		const uplink = this.#uplink(node);
		const mtu = uplink?.mtu ?? ETHERNET_MTU;
		const ports = this.#ports.on(node.name);
		const trunk = this.#settings.networks.map(({ vlan }): PortVlan => ({ id: vlan, pvid: false, untagged: false }));
		const enslaved = { master: BRIDGE, bridgePort: { ...DEFAULT_BRIDGE_PORT, vlans: trunk } };
		const tables = ports.map((port) => flowTables(port, this.#services(node)));
		return [
			{
				links: [bridge(place, mtu), ...ports.map((port) => switchEnd(port, mtu))],
				...(uplink !== undefined && { enslaved: [{ device: uplink.device, ...enslaved }] }),
				fdb: ports.map(announced),
				tcQdiscs: tables.map(({ qdisc }) => qdisc),
				tcFilters: tables.flatMap(({ filters }) => filters),
				// br_netfilter knows Linux's own bridges: an Open vSwitch one is none of its business.
				sysctls: NO_BRIDGE_NETFILTER,
			},
		];
	}

	pod(pod: Pod): readonly Contribution[] {
		const port = this.#ports.of(pod);
		return port === undefined ? [] : [podEnd(port, this.#underlay.cardOf(`node/${pod.nodeName}`)?.mtu ?? ETHERNET_MTU)];
	}

	wires(pod: Pod): readonly PodWire[] {
		const port = this.#ports.of(pod);
		if (port === undefined) return [];
		return [{ device: POD_DEVICE, to: { kind: "device", place: `node/${pod.nodeName}`, device: port.device } }];
	}

	stackedOn(): readonly [] {
		return [];
	}

	#uplink(node: Node): Card | undefined {
		return this.#underlay.cards(`node/${node.name}`).find(({ device }) => device === this.#settings.uplink);
	}
}

const NO_BRIDGE_NETFILTER: ReadonlyMap<string, string> = new Map(
	["iptables", "ip6tables", "arptables"].map((table) => [`net.bridge.bridge-nf-call-${table}`, "0"]),
);

function noUplink({ name }: Node, { uplink }: ContivSettings): Assumption {
	const place = `node/${name}`;
	const message = `the input does not say where ${uplink} of ${place} is connected, so its switch has no way out (a Segment's port says it: machine: ${name}, device: ${uplink})`;
	return { code: "contiv-uplink-missing", message, severity: "warning", place };
}

function bridge(place: string, mtu: number): BridgeLink {
	const base = { index: 0, mtu, mac: hardwareAddress(place, BRIDGE), up: true, carrier: true };
	return { kind: "bridge", name: BRIDGE, ...base, vlanFiltering: true, defaultPvid: 0, origin: originOf(place) };
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
		origin: originOf(place),
	};
}

/** The agent announces each pod as it comes (sendGARP), so its port is learned. */
function announced({ pod, device, mac, network }: PodPort): FdbEntry {
	const origin = originOf(podPlace(pod));
	return { device, mac, vlan: network.vlan, master: BRIDGE, self: false, state: "dynamic", origin };
}

function podEnd({ pod, addresses, mac }: PodPort, mtu: number): Contribution {
	const origin = originOf(podPlace(pod));
	return {
		links: [{ kind: "veth", name: POD_DEVICE, index: 0, mtu, mac, up: true, carrier: true, origin }],
		addresses: addresses.map(
			({ address, subnet: { cidr } }): InterfaceAddress => ({
				device: POD_DEVICE,
				address,
				prefixLength: cidr.length,
				scope: "global",
				...(cidr.family === 4 && cidr.length < 31 && { broadcast: lastAddress(cidr) }),
				secondary: false,
				noPrefixRoute: false,
				origin,
			}),
		),
		routes: addresses.flatMap(({ subnet: { gateway: via } }) =>
			via === null ? [] : [unicastRoute(defaultPrefix(via.family), { via, device: POD_DEVICE, origin })],
		),
	};
}

/** Its flows match IPv4 alone. */
function isIPv4({ match }: VirtualServer): boolean {
	return match.kind === "address" && match.address.family === 4;
}

interface FlowTables {
	readonly qdisc: TcQdisc;
	readonly filters: readonly TcFilter[];
}

/** The tables for Services (ofnetSvcProxy.go): DNAT for what a pod sends, and the address back for what it gets. */
function flowTables({ pod, device }: PodPort, services: ReturnType<ResolvedServices>): FlowTables {
	const place = podPlace(pod);
	const origin = { component: "contiv", object: place };
	const all = [
		{ direction: "ingress", name: "service proxy DNAT table", services: services.filter(isIPv4), answers: false },
		{ direction: "egress", name: "service proxy SNAT table", services: [], answers: true },
	] as const;
	return {
		qdisc: { device, kind: "clsact", handle: "ffff:", parent: "ffff:fff1", origin },
		filters: all.map(({ direction, name, services, answers }): TcFilter => {
			const effect = { services, answers, redirects: [] };
			const program = { kind: "program", name: `${SWITCH}'s ${name}`, effect, technology: "OpenFlow" } as const;
			return { device, direction, priority: FLOW_PRIORITY, protocol: "all", actions: [program], origin };
		}),
	};
}

function originOf(place: string): { readonly component: string; readonly object: string } {
	return { component: "contiv", object: place };
}
