/**
 * Multus: a pod's namespace is what its default network makes of it, and what each further network adds. Any mode is a default
 * network: its plan is wrapped, and asked for everything that is not about a further card, or about a pod whose annotation
 * puts another network in its place.
 */

import type { Family } from "../../address/address.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { HostObject } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { DeviceAt, Segment, SegmentRoute } from "../../state/fabric.ts";
import { hardwareAddress, stableHash } from "../../state/hardware-address.ts";
import { type BridgeLink, DEFAULT_BRIDGE_PORT, type Link, type VethLink } from "../../state/link.ts";
import type { Cause, LostPacket } from "../../state/network.ts";
import { podPlace } from "../../state/place.ts";
import type { Speaker } from "../../state/speaker.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import type { ModePlan, PodWire } from "../mode.ts";
import { hasNamespace, isJoined } from "../pod-namespace.ts";
import { CARD, type Underlay } from "../underlay/underlay.ts";
import { cardMac, cardOrigin, type Master, type PodCard, podEnd } from "./card.ts";

/** sbr's first table. */
const FIRST_TABLE = 100;
const ETHERNET_MTU = 1500;

/** The plan itself where no pod has a further card. */
export function withAttachments(plan: ModePlan, cluster: Cluster, underlay: Underlay): ModePlan {
	const attached = cluster.pods.some((pod) => (pod.attachments ?? []).length > 0);
	return attached ? new MultusPlan(plan, cluster, underlay) : plan;
}

class MultusPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly families?: readonly Family[];
	readonly #plan: ModePlan;
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	/** By node: the devices on which cards may stand. */
	readonly #masters = new Map<string, ReadonlyMap<string, Master>>();

	constructor(plan: ModePlan, cluster: Cluster, underlay: Underlay) {
		this.#plan = plan;
		if (plan.families !== undefined) this.families = plan.families;
		this.#cluster = cluster;
		this.#underlay = underlay;
		const cards = cluster.pods.filter(hasNamespace).flatMap((pod) => this.#cardsOf(pod));
		this.assumptions = [...plan.assumptions, ...cards.flatMap(doubts)];
	}

	node(node: Node): readonly Contribution[] {
		const own = this.#plan.node(node);
		const cards = this.#cluster
			.podsOn(node.name)
			.filter(hasNamespace)
			.flatMap((pod) => this.#cardsOf(pod));
		const there = new Set(own.flatMap(({ links = [] }) => links.map(({ name }) => name)));
		return [...own, { links: this.#vlanMasters(node, cards, there) }, ...bridges(node, cards)];
	}

	afterKubeProxy(node: Node): readonly Contribution[] {
		return this.#plan.afterKubeProxy?.(node) ?? [];
	}

	host(host: HostObject): readonly Contribution[] {
		return this.#plan.host?.(host) ?? [];
	}

	pod(pod: Pod): readonly Contribution[] {
		const cards = this.#cardsOf(pod);
		let rules = 0;
		const added = cards.map((card) => {
			const end = podEnd(card, rules);
			rules += end.rules?.length ?? 0;
			return end;
		});
		const taken = new Set(cards.flatMap(({ attachment }) => attachment.defaultRoute.map(({ family }) => family)));
		const own = isJoined(pod) ? this.#plan.pod(pod) : [];
		return [...(taken.size === 0 ? own : own.map((each) => withoutDefault(each, taken))), ...added];
	}

	wires(pod: Pod): readonly PodWire[] {
		const bridged = this.#cardsOf(pod).filter(({ attachment }) => attachment.config.plugin.kind === "bridge");
		return [
			...(isJoined(pod) ? this.#plan.wires(pod) : []),
			...bridged.map((card): PodWire => {
				const to = { kind: "device", place: `node/${pod.nodeName}`, device: hostVeth(card) } as const;
				return { device: card.attachment.interface, to };
			}),
		];
	}

	causesOf(lost: LostPacket): readonly Cause[] {
		return this.#plan.causesOf?.(lost) ?? [];
	}

	speakers(): readonly Speaker[] {
		return this.#plan.speakers?.() ?? [];
	}

	routesOf(segment: Segment): readonly SegmentRoute[] {
		return this.#plan.routesOf?.(segment) ?? [];
	}

	stackedOn(node: Node, device: string): readonly DeviceAt[] {
		const cards = this.#cluster
			.podsOn(node.name)
			.filter(hasNamespace)
			.flatMap((pod) => this.#cardsOf(pod));
		const stacked = cards.filter(({ master }) => master?.device === device);
		return [
			...this.#plan.stackedOn(node, device),
			...stacked.map(({ pod, attachment }) => ({ place: podPlace(pod), device: attachment.interface })),
		];
	}

	#cardsOf(pod: Pod): readonly PodCard[] {
		let table = FIRST_TABLE;
		return (pod.attachments ?? []).map((attachment): PodCard => {
			const { plugin, sourceBasedRouting } = attachment.config;
			const stands = plugin.kind === "macvlan" || plugin.kind === "ipvlan";
			const master = stands ? this.#mastersOn(pod.nodeName).get(plugin.master || CARD) : undefined;
			return {
				pod,
				attachment,
				...(master !== undefined && { master }),
				...(sourceBasedRouting && { table: table++ }),
			};
		});
	}

	/** The node's cards, and VLAN devices of them by their usual names. */
	#mastersOn(nodeName: string): ReadonlyMap<string, Master> {
		const known = this.#masters.get(nodeName);
		if (known !== undefined) return known;
		const cards = this.#underlay.cards(`node/${nodeName}`);
		const masters = new Map<string, Master>(cards.map(({ device, mac, mtu }) => [device, { device, mac, mtu }]));
		for (const pod of this.#cluster.podsOn(nodeName)) {
			for (const { config } of pod.attachments ?? []) {
				const name = "master" in config.plugin ? config.plugin.master : "";
				const parent = masters.get(vlanOf(name)?.parent ?? "");
				if (parent !== undefined) masters.set(name, { ...parent, device: name });
			}
		}
		this.#masters.set(nodeName, masters);
		return masters;
	}

	/** `eth1.10`: the administrator, or plug-in vlan, has made it of eth1. */
	#vlanMasters(node: Node, cards: readonly PodCard[], there: ReadonlySet<string>): readonly Link[] {
		const names = [...new Set(cards.flatMap(({ master }) => (master === undefined ? [] : [master.device])))].sort();
		return names.flatMap((name): Link[] => {
			const vlan = vlanOf(name);
			const card = this.#underlay.cards(`node/${node.name}`).find(({ device }) => device === vlan?.parent);
			if (vlan === undefined || card === undefined || there.has(name)) return [];
			const base = { index: 0, mtu: card.mtu, mac: card.mac, up: true, carrier: true };
			const origin = { component: "administrator", object: card.place };
			return [{ kind: "vlan", name, ...base, lower: { device: card.device }, id: vlan.id, origin }];
		});
	}
}

function vlanOf(name: string): { readonly parent: string; readonly id: number } | undefined {
	const [, parent = "", id = ""] = /^(.+)\.(\d{1,4})$/.exec(name) ?? [];
	return parent === "" ? undefined : { parent, id: Number(id) };
}

function withoutDefault(own: Contribution, families: ReadonlySet<Family>): Contribution {
	const { routes } = own;
	if (routes === undefined) return own;
	return {
		...own,
		routes: routes.filter(({ destination }) => destination.length > 0 || !families.has(destination.family)),
	};
}

function hostVeth({ pod, attachment }: PodCard): string {
	const digits = stableHash(`${podPlace(pod)} ${attachment.interface}`).map((word) =>
		word.toString(16).padStart(8, "0"),
	);
	return `veth${digits.join("").slice(0, 8)}`;
}

/** The node's side of plug-in bridge: one bridge for each name, with the gateways that it has, and the pods' veths as ports. */
function bridges(node: Node, cards: readonly PodCard[]): readonly Contribution[] {
	const place = `node/${node.name}`;
	const bridged = cards.flatMap((card) => {
		const { plugin } = card.attachment.config;
		return plugin.kind === "bridge" ? [{ card, plugin }] : [];
	});
	return [...Map.groupBy(bridged, ({ plugin }) => plugin.bridge)].map(([name, all]): Contribution => {
		const [first] = all;
		const origin = first === undefined ? { component: "bridge-plugin" } : cardOrigin(first.card);
		const mtu = first?.plugin.mtu || ETHERNET_MTU;
		const base = { index: 0, mtu, mac: hardwareAddress(place, name), up: true, carrier: true, origin };
		const bridge: BridgeLink = { kind: "bridge", name, ...base, vlanFiltering: false, defaultPvid: 1 };
		const gateways = new Map(
			all
				.filter(({ plugin }) => plugin.isGateway)
				.flatMap(({ card }) => card.attachment.addresses)
				.flatMap(({ gateway, prefixLength }) => (gateway === null ? [] : [[gateway.text, { gateway, prefixLength }]])),
		);
		return {
			links: [bridge, ...all.map(({ card, plugin }) => port(card, name, mtu, plugin.hairpinMode))],
			addresses: [...gateways.values()].map(({ gateway: address, prefixLength }) => ({
				device: name,
				address,
				prefixLength,
				scope: "global",
				secondary: false,
				noPrefixRoute: false,
				origin,
			})),
			fdb: all.map(({ card }) => {
				const device = hostVeth(card);
				return { device, mac: cardMac(card), master: name, self: false, state: "dynamic", origin: cardOrigin(card) };
			}),
		};
	});
}

function port(card: PodCard, master: string, mtu: number, hairpin: boolean): VethLink {
	const name = hostVeth(card);
	const mac = hardwareAddress(`node/${card.pod.nodeName}`, name);
	const bridgePort = { ...DEFAULT_BRIDGE_PORT, hairpin };
	return {
		kind: "veth",
		name,
		index: 0,
		mtu,
		mac,
		up: true,
		carrier: true,
		master,
		bridgePort,
		origin: cardOrigin(card),
	};
}

/** What of a card the input does not say. */
function doubts({ pod, attachment, master }: PodCard): readonly Assumption[] {
	const place = podPlace(pod);
	const { config, interface: device, definition } = attachment;
	const network = `NetworkAttachmentDefinition ${definition.namespace}/${definition.name}`;
	const warn = (code: string, message: Phrase): Assumption => ({ code, message, severity: "warning", place });
	const { plugin, ipam } = config;
	const found: Assumption[] = [];
	if ("master" in plugin && master === undefined) {
		const facts = { node: `node/${pod.nodeName}`, card: plugin.master || CARD, device, pod: place };
		const message = phrase("card-missing", facts);
		found.push(warn("card-missing", message));
	}
	if (plugin.kind === "other") {
		found.push(warn("plugin-not-evaluated", phrase("plugin-not-evaluated", { network, plugin: plugin.type })));
	}
	if (ipam.kind === "other" && attachment.addresses.length === 0) {
		const message = phrase("card-address-missing", { ipam: ipam.type, device, pod: place });
		found.push(warn("card-address-missing", message));
	}
	const asked = pod.networks?.some(({ name, namespace, addresses }) => {
		return name === definition.name && namespace === definition.namespace && addresses.length > 0;
	});
	if (asked === true && !config.takesAddresses) {
		const message = phrase("requested-address-ignored", { pod: place, network, capabilities: "{ ips: true }" });
		found.push(warn("requested-address-ignored", message));
	}
	return found;
}
