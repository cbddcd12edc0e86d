/** Finds each pod's uplink: by its PodENI, by the ENIs of the input, and where neither says, by what the mode would have made. */

import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { EniObject } from "../../cluster/settings.ts";
import type { PodEni, PodEniAllocation } from "../../cluster/terway-objects.ts";
import { podPlace } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import { isJoined } from "../pod-namespace.ts";
import { ENI_RESOURCE, EXCLUSIVE_MODE_LABEL } from "./annotations.ts";
import { AssumedEnis } from "./assumed-enis.ts";
import { matchPodNetworking } from "./pod-networking-match.ts";
import type { Uplink, Uplinks } from "./uplinks.ts";

/** What the daemon gives pods that no PodENI speaks of: addresses of its pod CIDR, an ENI each, or addresses of shared ENIs. */
export type DaemonMode = "vpc" | "eni" | "multi-ip";

export function findUplinks(cluster: Cluster, daemon: DaemonMode): Uplinks {
	const search = new Search(cluster, daemon);
	const found = new Map<Pod, Uplink>();
	for (const pod of cluster.pods) if (isJoined(pod)) found.set(pod, search.of(pod));
	return {
		enis: search.enis(),
		assumptions: search.assumed.assumptions,
		of: (pod) =>
			found.get(pod) ?? { kind: "none", why: phrase("no-namespace", { pod: `${pod.namespace}/${pod.name}` }) },
	};
}

class Search {
	readonly assumed: AssumedEnis;
	readonly #cluster: Cluster;
	readonly #daemon: DaemonMode;
	/** ENIs of the input or of PodENIs that are elsewhere than the input says. */
	readonly #placed = new Map<string, EniObject>();
	readonly #byAddress = new Map<string, EniObject>();

	constructor(cluster: Cluster, daemon: DaemonMode) {
		this.#cluster = cluster;
		this.#daemon = daemon;
		this.assumed = new AssumedEnis(cluster);
		for (const eni of cluster.enis) {
			if (eni.type !== "primary") for (const { text } of eni.addresses) this.#byAddress.set(text, eni);
		}
	}

	enis(): readonly EniObject[] {
		return [...this.#placed.values(), ...this.assumed.made];
	}

	of(pod: Pod): Uplink {
		if (this.#cluster.node(pod.nodeName) === undefined) {
			return { kind: "none", why: phrase("node-not-held", { node: `node/${pod.nodeName}` }) };
		}
		const podEni = this.#cluster.podENI(`${pod.namespace}/${pod.name}`);
		if (podEni !== undefined) return this.#byPodEni(pod, podEni);
		const described = pod.podIPs.map(({ text }) => this.#byAddress.get(text)).find((each) => each !== undefined);
		return described === undefined ? this.#byMode(pod) : this.#described(pod, described);
	}

	#byPodEni(pod: Pod, podEni: PodEni): Uplink {
		const { allocations, trunkENIID, phase } = podEni;
		const allocation = allocations.find((each) => each.interface === "eth0") ?? allocations[0];
		if (allocation === undefined) {
			return { kind: "none", why: phrase("podeni-no-allocation", { name: podEni.name }) };
		}
		const { attached, eniID } = allocation;
		if (attached === null || phase !== "Bind") {
			return {
				kind: "none",
				why: phrase("podeni-unbound", { name: podEni.name, phase, eni: eniID }),
			};
		}
		const eni = this.#eniOf(podEni, allocation);
		if (attached.vlan === null) return this.#moved(pod, eni);
		return this.#member(pod, eni, attached.vlan, trunkENIID);
	}

	/**
	 * The ENI as the cloud has it: what its own object says, and what that leaves out as the PodENI has it. The node is set up
	 * by the PodENI alone, so that the two may differ.
	 */
	#eniOf({ source, trunkENIID }: PodEni, { eniID, attached, ...allocation }: PodEniAllocation): EniObject {
		const described = this.#cluster.eni(eniID);
		const groups = allocation.securityGroupIDs;
		const known = groups.length > 0 && groups.every((id) => this.#cluster.securityGroup(id) !== undefined);
		const vlan = attached?.vlan ?? null;
		const bare: EniObject = {
			kind: "ENI",
			name: eniID,
			namespace: "",
			labels: {},
			annotations: {},
			source,
			type: vlan === null ? "secondary" : "member",
			instance: "",
			device: "",
			trunk: vlan === null ? "" : trunkENIID,
			vlan,
			vSwitch: this.#hasVSwitch(allocation.vSwitchID) ? allocation.vSwitchID : "",
			mac: allocation.mac,
			addresses: allocation.addresses,
			securityGroups: known ? groups : null,
			sourceDestCheck: false,
		};
		if (described === undefined) return bare;
		const { mac, addresses, securityGroups } = described;
		return {
			...described,
			mac: mac || bare.mac,
			addresses: addresses.length > 0 ? addresses : bare.addresses,
			securityGroups: securityGroups ?? bare.securityGroups,
		};
	}

	#hasVSwitch(id: string): boolean {
		return this.#cluster.vpcs.some((vpc) => vpc.vSwitches.some((each) => each.id === id));
	}

	#member(pod: Pod, eni: EniObject, vlan: number, trunkID: string): Uplink {
		const trunk = this.#trunkOf(pod.nodeName, trunkID);
		const isDescribed = this.#cluster.eni(eni.name) !== undefined;
		const attachedTo = this.#describedTrunk(trunkID) ?? trunk;
		const placed = isDescribed ? eni : { ...eni, trunk: attachedTo.name, instance: attachedTo.instance };
		if (!this.assumed.made.includes(eni)) this.#placed.set(eni.name, placed);
		return { kind: "member", eni: eni.name, trunk: trunk.name, vlan };
	}

	/** Where the cloud has a member may be the trunk of another node. */
	#describedTrunk(id: string): EniObject | undefined {
		const trunk = this.#cluster.eni(id);
		return trunk?.type === "trunk" ? trunk : undefined;
	}

	/** A node has one trunk, whatever a PodENI says of it. */
	#trunkOf(nodeName: string, id: string): EniObject {
		return this.assumed.describedTrunk(nodeName) ?? this.assumed.trunk(nodeName, id);
	}

	/** Into the pod, where it is eth0. */
	#moved(pod: Pod, eni: EniObject): Uplink {
		const moved: EniObject = { ...eni, instance: podPlace(pod), device: "eth0" };
		this.#placed.set(eni.name, moved);
		return { kind: "own", eni: eni.name };
	}

	#described(pod: Pod, eni: EniObject): Uplink {
		if (eni.type === "member" && eni.vlan !== null) return this.#member(pod, eni, eni.vlan, eni.trunk);
		if (this.#daemon === "multi-ip" && !this.#wantsWhole(pod)) {
			return { kind: "shared", eni: eni.name };
		}
		if (eni.instance.startsWith("node/") && eni.instance !== `node/${pod.nodeName}`) {
			return { kind: "none", why: phrase("eni-attached-elsewhere", { eni: eni.name, instance: eni.instance }) };
		}
		return this.#moved(pod, eni);
	}

	#byMode(pod: Pod): Uplink {
		if (this.#daemon === "eni" || this.#wantsWhole(pod)) return { kind: "own", eni: this.assumed.own(pod).name };
		if (this.#daemon === "vpc") return { kind: "node" };
		return this.#byPodNetworking(pod) ?? { kind: "shared", eni: this.assumed.shared(pod).name };
	}

	/** A pod that asks for a whole ENI, or whose node gives nothing else. */
	#wantsWhole(pod: Pod): boolean {
		const exclusive = this.#cluster.node(pod.nodeName)?.labels[EXCLUSIVE_MODE_LABEL] === "eniOnly";
		return exclusive || (pod.requests?.[ENI_RESOURCE] ?? 0) > 0;
	}

	/** The pod matches a PodNetworking, and the input just does not hold the PodENI that comes of it. */
	#byPodNetworking(pod: Pod): Uplink | undefined {
		if (this.#cluster.terway?.trunk !== true || this.#cluster.podENIs.length > 0) return undefined;
		const { podNetworkings } = matchPodNetworking(this.#cluster, pod);
		const networking = this.#cluster.podNetworkings.find((each) => each.name === podNetworkings[0]);
		if (networking === undefined) return undefined;
		if (networking.eniType === "ENI") return { kind: "own", eni: this.assumed.own(pod).name };
		const trunk = this.#trunkOf(pod.nodeName, "");
		const eni = this.assumed.member(pod, trunk, networking.securityGroupIDs);
		return this.#member(pod, eni, eni.vlan ?? 0, trunk.name);
	}
}
