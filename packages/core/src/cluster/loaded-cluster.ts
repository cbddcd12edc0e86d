/** A cluster with its indexes, from what was read. */

import type { Address } from "../address/address.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { type Place, placeKind } from "../state/place.ts";
import { type AddressOwners, addressOwners } from "./address-owners.ts";
import type { BlockAffinity, CalicoObjects } from "./calico-objects.ts";
import { strayAddresses } from "./checks/address-checks.ts";
import type { AddressOwner, Cluster } from "./cluster.ts";
import { DerivedEndpoints } from "./derived-endpoints.ts";
import { type EffectiveSettings, effectiveSettings } from "./effective-settings.ts";
import type { HybridnetNetwork, HybridnetSubnet, IPInstance } from "./hybridnet-objects.ts";
import { type Inventory, keyOf } from "./inventory.ts";
import { type AssignedAddress, assignAddresses } from "./ipam/assign.ts";
import { type Attachments, attachmentsOf } from "./ipam/attachments.ts";
import type { ClaimedBlock } from "./ipam/source.ts";
import { calicoObjects } from "./kubernetes/calico/calico-objects.ts";
import type { NetworkAttachment } from "./multus-objects.ts";
import type { ForeignPolicy, NetworkPolicy } from "./network-policy.ts";
import type { EndpointSlice, NamespaceObject, Node, Pod, Service } from "./objects.ts";
import type {
	ClusterObject,
	EniObject,
	FlannelSettings,
	HostObject,
	KubeProxySettings,
	LoadBalancerObject,
	PrefixListObject,
	SecurityGroupObject,
	SegmentObject,
	TerwaySettings,
	VpcObject,
} from "./settings.ts";
import type { PodEni, PodNetworking } from "./terway-objects.ts";

export class LoadedCluster implements Cluster {
	readonly namespaces: readonly NamespaceObject[];
	readonly nodes: readonly Node[];
	readonly pods: readonly Pod[];
	readonly services: readonly Service[];
	readonly endpointSlices: readonly EndpointSlice[];
	readonly vpcs: readonly VpcObject[];
	readonly segments: readonly SegmentObject[];
	readonly hosts: readonly HostObject[];
	readonly loadBalancers: readonly LoadBalancerObject[];
	readonly securityGroups: readonly SecurityGroupObject[];
	readonly prefixLists: readonly PrefixListObject[];
	readonly enis: readonly EniObject[];
	readonly podNetworkings: readonly PodNetworking[];
	readonly podENIs: readonly PodEni[];
	readonly networkPolicies: readonly NetworkPolicy[];
	readonly foreignPolicies: readonly ForeignPolicy[];
	readonly calico: CalicoObjects;
	readonly hybridnetNetworks: readonly HybridnetNetwork[];
	readonly hybridnetSubnets: readonly HybridnetSubnet[];
	readonly ipInstances: readonly IPInstance[];
	readonly settings: ClusterObject | undefined;
	readonly mode: string;
	readonly podCIDRs: EffectiveSettings["podCIDRs"];
	readonly serviceCIDRs: EffectiveSettings["serviceCIDRs"];
	readonly kubeProxy: KubeProxySettings;
	readonly flannel: FlannelSettings | undefined;
	readonly terway: TerwaySettings | undefined;
	readonly assignedAddresses: readonly AssignedAddress[];
	readonly warnings: readonly Diagnostic[];

	/** Owners of addresses, for the checks too. */
	readonly owners: AddressOwners;
	readonly #inventory: Inventory;
	/** Those that were asked for by their place. */
	readonly #podsAt = new Map<Place, Pod>();
	readonly #podsByNode: ReadonlyMap<string, readonly Pod[]>;
	/** Read slices by Service; derived ones join when first asked for. */
	readonly #slices: Map<string, readonly EndpointSlice[]>;
	readonly #derived: DerivedEndpoints;

	/** Nothing may be added to the inventory afterwards. Throws an InputError for settings that contradict each other. */
	constructor(inventory: Inventory) {
		const effective = effectiveSettings(inventory);
		this.#inventory = inventory;
		giveHostAddresses(inventory);
		this.namespaces = [...inventory.namespaces.values()];
		this.nodes = [...inventory.nodes.values()];
		this.services = [...inventory.services.values()];
		this.vpcs = [...inventory.vpcs.values()];
		this.segments = [...inventory.segments.values()];
		this.hosts = [...inventory.hosts.values()];
		this.loadBalancers = [...inventory.loadBalancers.values()];
		this.securityGroups = [...inventory.securityGroups.values()];
		this.prefixLists = [...inventory.prefixLists.values()];
		this.enis = [...inventory.enis.values()];
		this.podNetworkings = [...inventory.podNetworkings.values()].sort(byName);
		this.podENIs = [...inventory.podENIs.values()];
		this.networkPolicies = [...inventory.networkPolicies.values()];
		this.foreignPolicies = inventory.foreignPolicies;
		const calico = calicoObjects(inventory.calico, this.nodes);
		this.hybridnetNetworks = [...inventory.hybridnetNetworks.values()];
		this.hybridnetSubnets = [...inventory.hybridnetSubnets.values()].sort(byName);
		this.ipInstances = [...inventory.ipInstances.values()];
		this.settings = effective.settings;
		this.mode = effective.mode;
		this.podCIDRs = effective.podCIDRs;
		this.serviceCIDRs = effective.serviceCIDRs;
		this.kubeProxy = effective.kubeProxy;
		this.flannel = effective.flannel;
		this.terway = effective.terway;
		const assigned = assignAddresses({ ...this, calico, pods: [...inventory.pods.values()] });
		giveAddresses(inventory, assigned.addresses);
		const attached = attachmentsOf([...inventory.pods.values()], inventory.networkAttachmentDefinitions);
		giveAttachments(inventory, attached);
		this.assignedAddresses = [...assigned.addresses, ...attached.assigned];
		this.calico = withBlocks(calico, assigned.blocks);
		this.pods = [...inventory.pods.values()];
		this.#slices = slicesByService(inventory);
		this.endpointSlices = [...this.#slices.values()].flat();
		this.#podsByNode = podsByNode(this.pods);
		this.#derived = new DerivedEndpoints(this);
		this.owners = addressOwners(this);
		this.warnings = [...inventory.warnings, ...strayAddresses(this)];
		// Part of loading, so that the first question does not wait for it: kube-proxy's rules need them all at once.
		for (const key of inventory.services.keys()) this.slicesOf(key);
	}

	namespace(name: string): NamespaceObject | undefined {
		return this.#inventory.namespaces.get(name);
	}

	node(name: string): Node | undefined {
		return this.#inventory.nodes.get(name);
	}

	pod(key: string): Pod | undefined {
		return this.#inventory.pods.get(key);
	}

	podAt(place: Place): Pod | undefined {
		let pod = this.#podsAt.get(place);
		if (pod === undefined && placeKind(place) === "pod") {
			pod = this.pod(place.slice("pod/".length));
			if (pod !== undefined) this.#podsAt.set(place, pod);
		}
		return pod;
	}

	service(key: string): Service | undefined {
		return this.#inventory.services.get(key);
	}

	host(name: string): HostObject | undefined {
		return this.#inventory.hosts.get(name);
	}

	eni(id: string): EniObject | undefined {
		return this.#inventory.enis.get(id);
	}

	securityGroup(id: string): SecurityGroupObject | undefined {
		return this.#inventory.securityGroups.get(id);
	}

	prefixList(id: string): PrefixListObject | undefined {
		return this.#inventory.prefixLists.get(id);
	}

	podENI(key: string): PodEni | undefined {
		return this.#inventory.podENIs.get(key);
	}

	slicesOf(serviceKey: string): readonly EndpointSlice[] {
		const known = this.#slices.get(serviceKey);
		if (known !== undefined) return known;
		const service = this.service(serviceKey);
		const derived = service === undefined ? [] : this.#derived.of(service);
		this.#slices.set(serviceKey, derived);
		return derived;
	}

	podsOn(nodeName: string): readonly Pod[] {
		return this.#podsByNode.get(nodeName) ?? [];
	}

	ownersOf(address: Address): readonly AddressOwner[] {
		return this.owners.get(address.text) ?? [];
	}
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
	return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** A Pod in its node's network has the node's addresses (kubelet's generateAPIPodStatus), one of each family. */
function giveHostAddresses(inventory: Inventory): void {
	for (const [key, pod] of inventory.pods) {
		if (!pod.hostNetwork || pod.podIPs.length > 0) continue;
		const addresses = inventory.nodes.get(pod.nodeName)?.internalIPs ?? [];
		const podIPs = addresses.filter(
			(each, index) => addresses.findIndex(({ family }) => family === each.family) === index,
		);
		inventory.pods.set(key, { ...pod, podIPs });
	}
}

/** Claimed blocks are said where others are; where the input says none, those of the pods' addresses are taken (modes/calico). */
function withBlocks(calico: CalicoObjects, blocks: readonly ClaimedBlock[]): CalicoObjects {
	const said = calico.blockAffinities.length > 0 || calico.ipamBlocks.length > 0;
	if (!said || blocks.length === 0) return calico;
	const claimed = blocks.map(({ cidr, node }): BlockAffinity => {
		const meta = { name: `${node}-${cidr.text}`, namespace: "", labels: {}, annotations: {} };
		return { ...meta, kind: "BlockAffinity", cidr, node, state: "confirmed", source: { file: "", line: 1 } };
	});
	return { ...calico, blockAffinities: [...calico.blockAffinities, ...claimed] };
}

function giveAttachments(inventory: Inventory, { byPod }: Attachments): void {
	for (const [key, attachments] of byPod) {
		const pod = inventory.pods.get(key);
		if (pod === undefined) continue;
		inventory.pods.set(key, { ...pod, ...ownAddresses(pod, attachments), attachments });
	}
}

/** Of a pod whose default network is none of the cluster's own: the kubelet takes them from that. */
function ownAddresses(pod: Pod, [first]: readonly NetworkAttachment[]): Partial<Pod> {
	const isOwn = pod.defaultNetwork !== undefined && pod.withoutStatus === true && pod.podIPs.length === 0;
	const podIPs = isOwn ? (first?.addresses ?? []).map(({ address }) => address) : [];
	return podIPs.length === 0 ? {} : { podIPs, phase: "Running", ready: true };
}

/** A pod that has been given its addresses runs, as the person who wrote it down has it. */
function giveAddresses(inventory: Inventory, assigned: readonly AssignedAddress[]): void {
	for (const { pod: key, address } of assigned) {
		const pod = inventory.pods.get(key);
		if (pod === undefined) continue;
		inventory.pods.set(key, { ...pod, podIPs: [...pod.podIPs, address], phase: "Running", ready: true });
	}
}

/** EndpointSlices, and for Services that have none their Endpoints. */
function slicesByService(inventory: Inventory): Map<string, readonly EndpointSlice[]> {
	const slices = new Map<string, EndpointSlice[]>();
	for (const slice of inventory.endpointSlices.values()) {
		if (slice.serviceName === "") continue;
		const key = `${slice.namespace}/${slice.serviceName}`;
		const others = slices.get(key);
		if (others === undefined) slices.set(key, [slice]);
		else others.push(slice);
	}
	for (const endpoints of inventory.endpoints.values()) {
		const key = keyOf(endpoints);
		if (!slices.has(key)) slices.set(key, [...endpoints.slices]);
	}
	return slices as Map<string, readonly EndpointSlice[]>;
}

function podsByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
	const byNode = new Map<string, Pod[]>();
	for (const pod of pods) {
		if (pod.hostNetwork || pod.nodeName === "") continue;
		const others = byNode.get(pod.nodeName);
		if (others === undefined) byNode.set(pod.nodeName, [pod]);
		else others.push(pod);
	}
	return byNode;
}
