/** From a cluster's objects to the network that its components would program. */
import { type Address, type Family, parseAddress } from "../address/address.ts";
import { checkEnis } from "../cluster/checks/eni-checks.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Node, Pod } from "../cluster/objects.ts";
import { kubeProxy } from "../service/kube-proxy.ts";
import { proxyNodeOf } from "../service/proxy-node.ts";
import { type ServiceTables, serviceTables } from "../service/service-tables.ts";
import { assembleNamespace } from "../state/assemble.ts";
import type { Assumption } from "../state/assumption.ts";
import type { Contribution } from "../state/contribution.ts";
import type { DeviceAt, FabricDevice, Far, LoadBalancer } from "../state/fabric.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Cause, LostPacket, Network } from "../state/network.ts";
import { type Place, stackPlace } from "../state/place.ts";
import type { Speaker } from "../state/speaker.ts";
import { phrase } from "../wording/phrase.ts";
import { INTERNET, internetClient } from "./internet.ts";
import { loadBalancersOf } from "./load-balancers.ts";
import { administratorSysctls, furtherCards, host, inheritedSysctls, machine, nodeSysctls } from "./machine.ts";
import { type ModePlan, podRouteFamilies } from "./mode.ts";
import { withAttachments } from "./multus/plan.ts";
import { hasNamespace } from "./pod-namespace.ts";
import { NETWORK_MODES, networkMode } from "./registry.ts";
import { eniCards, enisOf } from "./underlay/enis.ts";
import { CARD, type Underlay, underlayOf } from "./underlay/underlay.ts";

/**
 * The network of a cluster. Namespaces are made when first asked for: `node/NAME`, `pod/NS/NAME` (not for pods in their
 * node's network), `host/NAME` and `internet/ADDRESS`. A cluster in no mode that podpath knows has nodes without pods.
 * @throws {InputError} Where the ENIs that the mode derives contradict the input's or each other.
 */
export function clusterNetwork(cluster: Cluster): Network {
	return new ClusterNetwork(cluster);
}

class ClusterNetwork implements Network {
	readonly assumptions: readonly Assumption[];
	readonly loadBalancers: readonly LoadBalancer[];
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	readonly #plan: ModePlan | undefined;
	readonly #services: ServiceTables;
	readonly #fabric: ReadonlyMap<Place, FabricDevice>;
	readonly #namespaces = new Map<Place, Namespace>();
	/** By node: what its devices are joined to in its pods. */
	readonly #podDevices = new Map<string, ReadonlyMap<string, DeviceAt>>();

	constructor(cluster: Cluster) {
		const mode = networkMode(cluster.mode);
		this.#cluster = cluster;
		const enis = enisOf(cluster, mode);
		// Those of the input were checked by themselves when it was read.
		if (enis !== cluster.enis) checkEnis(cluster, enis);
		this.#underlay = underlayOf(cluster, { podRoutesInVpc: podRouteFamilies(mode), enis });
		this.#plan = mode && withAttachments(mode.plan(cluster, this.#underlay), cluster, this.#underlay);
		this.#services = serviceTables(cluster);
		const balancers = loadBalancersOf(cluster, eniCards(this.#underlay.devices.values()));
		this.loadBalancers = balancers.devices;
		const own = [...balancers.devices, INTERNET].map((device) => [device.place, device] as const);
		const underlay = [...this.#underlay.devices].map(
			([place, device]) => [place, learned(device, this.#plan)] as const,
		);
		this.#fabric = new Map<Place, FabricDevice>([...underlay, ...own]);
		this.assumptions = [
			...(mode === undefined
				? modeUnknown(cluster)
				: familiesNotCarried(mode.id, this.#plan?.families ?? mode.capabilities.families, cluster)),
			...this.#underlay.assumptions,
			...(this.#plan?.assumptions ?? []),
			...balancers.assumptions,
			...addressesAssigned(cluster),
		];
	}

	causesOf(lost: LostPacket): readonly Cause[] {
		return this.#plan?.causesOf?.(lost) ?? [];
	}

	speakers(): readonly Speaker[] {
		return this.#plan?.speakers?.() ?? [];
	}

	places(): readonly Place[] {
		const { nodes, hosts, pods } = this.#cluster;
		// Without a mode that podpath knows nobody says what is in a pod.
		const ownPods = this.#plan === undefined ? [] : pods.filter(hasNamespace);
		return [
			...nodes.map((node) => `node/${node.name}`),
			...hosts.map((host) => `host/${host.name}`),
			...ownPods.map(stackPlace),
			...this.#fabric.keys(),
		];
	}

	namespace(place: Place): Namespace | undefined {
		const known = this.#namespaces.get(place);
		if (known !== undefined) return known;
		const contributions = this.#contributions(place);
		if (contributions === undefined) return undefined;
		const made = assembleNamespace(place, contributions);
		this.#namespaces.set(place, made);
		return made;
	}

	wireAt(place: Place, device: string): Far {
		const [kind, name] = split(place);
		switch (kind) {
			case "pod":
				return this.#podWire(place, name, device);
			case "node":
				return this.#nodeWire(place, name, device);
			case "host":
				return this.#cardWire(place, device) ?? noDevice(place, device);
			case "internet":
				return device === CARD ? { kind: "fabric", fabric: INTERNET.place } : noDevice(place, device);
			default:
				return noDevice(place, device);
		}
	}

	stackedOn(place: Place, device: string): readonly DeviceAt[] {
		const [kind, name] = split(place);
		const node = kind === "node" ? this.#cluster.node(name) : undefined;
		return node === undefined ? [] : (this.#plan?.stackedOn(node, device) ?? []);
	}

	fabrics(): readonly FabricDevice[] {
		return [...this.#fabric.values()];
	}

	fabric(place: Place): FabricDevice | undefined {
		return this.#fabric.get(place);
	}

	ownerOf(address: Address): Place | undefined {
		for (const owner of this.#cluster.ownersOf(address)) {
			if (owner.kind === "node") return `node/${owner.node.name}`;
			if (owner.kind === "host") return `host/${owner.host.name}`;
			if (owner.kind === "pod") return stackPlace(owner.pod);
		}
		return undefined;
	}

	#contributions(place: Place): readonly Contribution[] | undefined {
		const [kind, name] = split(place);
		switch (kind) {
			case "node": {
				const node = this.#cluster.node(name);
				return node && this.#node(node, place);
			}
			case "pod": {
				const pod = this.#ownNamespace(name);
				return pod && this.#pod(pod);
			}
			case "host": {
				const object = this.#cluster.host(name);
				const card = this.#underlay.cardOf(place);
				return (
					object && card && [host(object, card, this.#underlay.cards(place)), ...(this.#plan?.host?.(object) ?? [])]
				);
			}
			case "internet": {
				const address = parseAddress(name);
				return address && place === `internet/${address.text}` ? [internetClient(address)] : undefined;
			}
			default:
				return undefined;
		}
	}

	#node(node: Node, place: Place): readonly Contribution[] {
		const card = this.#underlay.cardOf(place);
		const cards = card === undefined ? [] : [machine(card), furtherCards(this.#underlay.cards(place))];
		const devices = [...cards, ...(this.#plan?.node(node) ?? [])];
		// kube-proxy looks at the addresses that the node has: in ipvs mode a node port is served on each of them.
		const addresses = devices.flatMap((each) => each.addresses ?? []).map((each) => each.address);
		return [
			{ sysctls: nodeSysctls(node) },
			...devices,
			kubeProxy(this.#services, proxyNodeOf(node, addresses)),
			...(this.#plan?.afterKubeProxy?.(node) ?? []),
			{ sysctls: administratorSysctls(this.#cluster, node) },
		];
	}

	#pod(pod: Pod): readonly Contribution[] | undefined {
		const node = this.#cluster.node(pod.nodeName);
		const inherited = node === undefined ? {} : { sysctls: inheritedSysctls(this.#cluster, node) };
		return this.#plan && [inherited, ...this.#plan.pod(pod)];
	}

	/** A pod that has a namespace of its own, by `NAMESPACE/NAME`. */
	#ownNamespace(key: string): Pod | undefined {
		const pod = this.#cluster.pod(key);
		return pod !== undefined && hasNamespace(pod) ? pod : undefined;
	}

	#podWire(place: Place, key: string, device: string): Far {
		const card = this.#cardWire(place, device);
		if (card !== undefined) return card;
		const pod = this.#ownNamespace(key);
		const wire = pod && this.#plan?.wires(pod).find((each) => each.device === device);
		return wire?.to ?? noDevice(place, device);
	}

	#nodeWire(place: Place, name: string, device: string): Far {
		const card = this.#cardWire(place, device);
		if (card !== undefined) return card;
		const to = this.#devicesToPods(name).get(device);
		return to === undefined ? noDevice(place, device) : { kind: "device", ...to };
	}

	#devicesToPods(nodeName: string): ReadonlyMap<string, DeviceAt> {
		const known = this.#podDevices.get(nodeName);
		if (known !== undefined) return known;
		const devices = new Map<string, DeviceAt>();
		for (const pod of this.#cluster.podsOn(nodeName)) {
			for (const wire of this.#plan?.wires(pod) ?? []) {
				if (wire.to.kind === "device") devices.set(wire.to.device, { place: stackPlace(pod), device: wire.device });
			}
		}
		this.#podDevices.set(nodeName, devices);
		return devices;
	}

	/** Absent: the device is no card. */
	#cardWire(place: Place, device: string): Far | undefined {
		const card = this.#underlay.cards(place).find((each) => each.device === device);
		if (card === undefined) return undefined;
		if (card.fabric !== undefined) return { kind: "fabric", fabric: card.fabric };
		return { kind: "outside", why: phrase("address-in-no-network", { place }) };
	}
}

/** A segment with what the mode has its router learn. */
function learned(device: FabricDevice, plan: ModePlan | undefined): FabricDevice {
	const routes = device.kind === "segment" ? (plan?.routesOf?.(device) ?? []) : [];
	return routes.length === 0 || device.kind !== "segment" ? device : { ...device, routes };
}

/** A place's kind and what follows the first slash. */
function split(place: Place): readonly [string, string] {
	const slash = place.indexOf("/");
	return slash < 0 ? [place, ""] : [place.slice(0, slash), place.slice(slash + 1)];
}

function noDevice(place: Place, device: string): Far {
	return { kind: "outside", why: phrase("device-connection-unknown", { device, place }) };
}

function modeUnknown(cluster: Cluster): readonly Assumption[] {
	const known = NETWORK_MODES.map((mode) => mode.id);
	const what = cluster.mode === "" ? phrase("mode-not-said") : phrase("mode-not-known", { mode: cluster.mode });
	return [
		{
			code: "network-mode-unknown",
			message: phrase("network-mode-unknown", { what, card: CARD, known }),
		},
	];
}

function addressesAssigned({ assignedAddresses }: Cluster): readonly Assumption[] {
	return assignedAddresses.map(({ pod, address, by }) => ({
		code: "pod-address-assigned",
		message: phrase("pod-address-assigned", { pod: `pod/${pod}`, address: address.text, by }),
		place: `pod/${pod}`,
	}));
}

function familiesNotCarried(id: string, families: readonly Family[], cluster: Cluster): readonly Assumption[] {
	const blocks = cluster.podCIDRs.filter((block) => !families.includes(block.family));
	return blocks.map((block) => ({
		code: "family-not-carried",
		message: phrase("family-not-carried", { mode: id, family: block.family, block: block.text }),
	}));
}
