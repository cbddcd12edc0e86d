/** What stands where: the fabric, the machines in its parts, the pods on them. Ways are the explanation's. */
import * as z from "zod";
import type { Address } from "../address/address.ts";
import { contains } from "../address/prefix.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Node, Pod } from "../cluster/objects.ts";
import type { Attachment, FabricDevice, Segment, Vpc } from "../state/fabric.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { ZONE_LABEL } from "../trace/pod-eni-findings.ts";
import type { Subject } from "../trace/subject.ts";

export interface TopologyReport {
	/** Layer 2 segments and VPCs. */
	readonly fabrics: readonly TopologyFabric[];
	/** Machines by where they stand, in the order of the input. */
	readonly groups: readonly TopologyGroup[];
	readonly loadBalancers: readonly TopologyBalancer[];
	/** Pods that are on no machine of the input. */
	readonly unplaced: readonly TopologyPod[];
}

export interface TopologyFabric {
	/** `segment/lan`, `vpc/vpc-1`. */
	readonly place: string;
	readonly prefixes: readonly string[];
}

export interface TopologyGroup {
	/** The place of the fabric that their first card is on; empty: the input tells of none. */
	readonly fabric: string;
	/** The vSwitch of their first address; empty where the fabric has none. */
	readonly vSwitch: string;
	/** As the nodes' label `topology.kubernetes.io/zone` says; empty: it does not. */
	readonly zone: string;
	readonly machines: readonly TopologyMachine[];
}

export interface TopologyMachine {
	/** `node/a`, `host/desk`. */
	readonly place: string;
	/** As its object names them, then those that a mode gives its cards. */
	readonly addresses: readonly string[];
	readonly podCIDRs: readonly string[];
	/** A host always is. */
	readonly ready: boolean;
	readonly cards: readonly TopologyCard[];
	readonly pods: readonly TopologyPod[];
}

/** A card on a fabric, or one that a CNI plugin gave a pod besides its first. */
export interface TopologyCard {
	readonly device: string;
	/** Absent: it is on the fabric only by a card of its node. */
	readonly fabric?: string;
	readonly addresses: readonly string[];
}

export interface TopologyPod {
	/** `pod/NAMESPACE/NAME`. */
	readonly place: string;
	readonly addresses: readonly string[];
	readonly ready: boolean;
	readonly hostNetwork: boolean;
	/** None: it is behind its node. */
	readonly cards: readonly TopologyCard[];
}

export interface TopologyBalancer {
	/** `slb/nginx`. */
	readonly place: string;
	readonly addresses: readonly string[];
}

type Cards = ReadonlyMap<Place, readonly TopologyCard[]>;

export function topologyReport({ cluster, network }: Subject): TopologyReport {
	const devices = network.fabrics();
	const fabrics = devices.filter(
		(device): device is Segment | Vpc => device.kind === "segment" || device.kind === "vpc",
	);
	const cards = cardsOn(fabrics, cluster);
	const podsByNode = Map.groupBy(cluster.pods, ({ nodeName }) =>
		cluster.node(nodeName) === undefined ? "" : nodeName,
	);
	const toPods = (pods: readonly Pod[] = []): readonly TopologyPod[] => pods.map((pod) => podOf(pod, cards));
	const machines = [
		...cluster.nodes.map((node) => ({
			machine: nodeOf(node, cards, toPods(podsByNode.get(node.name)), network),
			zone: node.labels[ZONE_LABEL] ?? "",
			addresses: node.internalIPs,
		})),
		...cluster.hosts.map(({ name, addresses }) => ({
			machine: machineOf({ place: `host/${name}`, addresses, cards, podCIDRs: [], ready: true, pods: [] }, network),
			zone: "",
			addresses,
		})),
	];
	const groups = new Map<string, TopologyGroup & { readonly machines: TopologyMachine[] }>();
	for (const { machine, zone, addresses } of machines) {
		const fabric = machine.cards[0]?.fabric ?? "";
		const vSwitch = vSwitchOf(fabrics, fabric, addresses);
		const key = JSON.stringify([fabric, vSwitch, zone]);
		const group = groups.get(key);
		if (group === undefined) groups.set(key, { fabric, vSwitch, zone, machines: [machine] });
		else group.machines.push(machine);
	}
	return {
		fabrics: fabrics.map(({ place, prefixes }) => ({ place, prefixes: texts(prefixes) })),
		groups: [...groups.values()],
		loadBalancers: devices.flatMap(balancerOf),
		unplaced: toPods(podsByNode.get("")),
	};
}

function cardsOn(fabrics: readonly (Segment | Vpc)[], cluster: Cluster): Cards {
	const cards = new Map<Place, TopologyCard[]>();
	for (const { place: fabric, attachments } of fabrics) {
		for (const attachment of attachments) {
			const card = { device: attachment.device, fabric, addresses: texts(attachment.addresses) };
			const place = holderOf(attachment, cluster);
			const others = cards.get(place);
			if (others === undefined) cards.set(place, [card]);
			else others.push(card);
		}
	}
	return cards;
}

/** A trunk's member is its pod's alone, though the trunk's node hands its frames over. */
function holderOf({ place, addresses, eni }: Attachment, cluster: Cluster): Place {
	if (eni?.type !== "member") return place;
	const owners = addresses.flatMap((address) => cluster.ownersOf(address));
	const owner = owners.find((each) => each.kind === "pod");
	return owner === undefined ? place : `pod/${owner.pod.namespace}/${owner.pod.name}`;
}

function nodeOf(node: Node, cards: Cards, pods: readonly TopologyPod[], network: Network): TopologyMachine {
	const { name, internalIPs: addresses, podCIDRs, ready } = node;
	return machineOf({ place: `node/${name}`, addresses, cards, podCIDRs: texts(podCIDRs), ready, pods }, network);
}

interface Parts extends Omit<TopologyMachine, "place" | "addresses" | "cards"> {
	readonly place: Place;
	readonly addresses: readonly Address[];
	readonly cards: Cards;
}

function machineOf({ addresses, cards, ...rest }: Parts, network: Network): TopologyMachine {
	const { place } = rest;
	const known = cards.get(place) ?? [];
	// Without one that an object names. A machine's whole state is made to know it, so the others are not asked.
	const given = new Map(
		known
			.filter((card) => card.addresses.length === 0)
			.map((card) => [card, addressesAt(network, place, card.device)] as const),
	);
	return {
		...rest,
		addresses: [...texts(addresses), ...[...given.values()].flat()],
		cards: known.map((card) => ({ ...card, addresses: given.get(card) ?? card.addresses })),
	};
}

/** That a mode gives to a card, as Contiv does to its uplink. */
function addressesAt(network: Network, place: Place, device: string): readonly string[] {
	const there = network.namespace(place)?.addresses.filter((each) => each.device === device) ?? [];
	return texts(there.filter(({ scope }) => scope !== "link").map(({ address }) => address));
}

function podOf(pod: Pod, cards: Cards): TopologyPod {
	const { namespace, name, podIPs, ready, hostNetwork, attachments = [] } = pod;
	const place = `pod/${namespace}/${name}`;
	const besides = attachments.map(
		(each): TopologyCard => ({
			device: each.interface,
			addresses: each.addresses.map(({ address }) => address.text),
		}),
	);
	return { place, addresses: texts(podIPs), ready, hostNetwork, cards: [...(cards.get(place) ?? []), ...besides] };
}

function vSwitchOf(fabrics: readonly (Segment | Vpc)[], place: string, [first]: readonly Address[]): string {
	const fabric = fabrics.find((each) => each.place === place);
	if (fabric?.kind !== "vpc" || first === undefined) return "";
	return fabric.vSwitches.find(({ prefix }) => contains(prefix, first))?.id ?? "";
}

function balancerOf(device: FabricDevice): readonly TopologyBalancer[] {
	return device.kind === "load-balancer" ? [{ place: device.place, addresses: texts(device.addresses) }] : [];
}

function texts(items: readonly { readonly text: string }[]): readonly string[] {
	return items.map(({ text }) => text);
}

const addresses = z.array(z.string());
const card = z.strictObject({ device: z.string(), fabric: z.string().exactOptional(), addresses });
const pod = z
	.strictObject({
		place: z.string().describe("pod/NAMESPACE/NAME"),
		addresses,
		ready: z.boolean(),
		hostNetwork: z.boolean(),
		cards: z.array(card).describe("None: it is behind its node"),
	})
	.meta({ id: "topologyPod" });

export const topologyReportSchema: z.ZodType<TopologyReport> = z
	.strictObject({
		fabrics: z.array(z.strictObject({ place: z.string(), prefixes: z.array(z.string()) })),
		groups: z.array(
			z.strictObject({
				fabric: z.string().describe("The place of the fabric that their first card is on, or empty"),
				vSwitch: z.string(),
				zone: z.string(),
				machines: z.array(
					z.strictObject({
						place: z.string(),
						addresses,
						podCIDRs: z.array(z.string()),
						ready: z.boolean(),
						cards: z.array(card),
						pods: z.array(pod),
					}),
				),
			}),
		),
		loadBalancers: z.array(z.strictObject({ place: z.string(), addresses })),
		unplaced: z.array(pod).describe("Pods that are on no machine of the input"),
	})
	.meta({ title: "TopologyReport" });
