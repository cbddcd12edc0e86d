/** What a mode of Terway makes of a cluster: every pod by its uplink. */

import { type Prefix, prefix } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import { DEFAULT_TERWAY, type TerwaySettings } from "../../cluster/settings.ts";
import { FELIX_ENFORCEMENT } from "../../policy/enforcement.ts";
import { type AddressEnforcement, PolicyStages } from "../../policy/stage.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { DeviceAt } from "../../state/fabric.ts";
import { podPlace } from "../../state/place.ts";
import type { PolicyStage } from "../../state/policy-stage.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import type { ModePlan, PodWire } from "../mode.ts";
import { isJoined } from "../pod-namespace.ts";
import { type ResolvedServices, resolvedServices } from "../resolved-services.ts";
import type { Card, Underlay } from "../underlay/underlay.ts";
import { exclusiveHost, exclusivePod, HOST_LEG, nodeMasquerade } from "./exclusive-eni.ts";
import { hostInterface } from "./host-interface.ts";
import { hostSysctls } from "./host-settings.ts";
import { ipvlanPod } from "./ipvlan.ts";
import { DEFAULT_MTU, POD_DEVICE } from "./link-local.ts";
import type { DataPath } from "./mode.ts";
import { type EniPods, eniParts } from "./node-enis.ts";
import { hostVeth, podVeth } from "./policy-route.ts";
import { podPrograms } from "./programs.ts";
import type { Uplink, Uplinks } from "./uplinks.ts";
import { type TerwayFeatures, terwayFeatures } from "./version.ts";
import { vlanPod } from "./vlan-device.ts";
import { vpcRules } from "./vpc-route.ts";

/** By data path (cmd/terway-cli/policy.go). */
const FELIX: AddressEnforcement = { ...FELIX_ENFORCEMENT, hook: "filter", component: "calico-felix" };
const CILIUM: AddressEnforcement = { ...FELIX_ENFORCEMENT, hook: "program", component: "cilium-agent" };

export class TerwayPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	readonly #uplinks: Uplinks;
	readonly #dataPath: DataPath;
	readonly #settings: TerwaySettings;
	readonly #features: TerwayFeatures;
	readonly #services: ResolvedServices;
	readonly #mtu: number;
	readonly #policies: PolicyStages;
	/** What leads through the node's stack although the pod has an ENI. */
	readonly #throughNode: readonly Prefix[];

	constructor(cluster: Cluster, underlay: Underlay, uplinks: Uplinks, dataPath: DataPath) {
		this.#cluster = cluster;
		this.#underlay = underlay;
		this.#uplinks = uplinks;
		this.#dataPath = dataPath;
		this.#settings = cluster.terway ?? DEFAULT_TERWAY;
		this.#features = terwayFeatures(this.#settings.version);
		this.#policies = new PolicyStages(cluster, dataPath === "veth" ? FELIX : CILIUM);
		this.#services = resolvedServices(cluster, "terway");
		this.#mtu = this.#settings.mtu || DEFAULT_MTU;
		this.#throughNode = [...serviceCIDRs(cluster), ...this.#settings.hostStackCIDRs];
		this.assumptions = [
			...uplinks.assumptions,
			...this.#serviceCIDRsAssumed(),
			...this.#unbound(),
			...this.#familiesNotKnown(),
		];
	}

	node(node: Node): readonly Contribution[] {
		const pods = this.#cluster.podsOn(node.name).filter(isJoined);
		const parts: Contribution[] = [];
		const devices: string[] = [];
		for (const pod of pods) {
			const uplink = this.#uplinks.of(pod);
			if (!this.#hasVeth(uplink)) continue;
			const own = uplink.kind === "own";
			parts.push(own ? exclusiveHost(pod, this.#mtu, this.#features) : hostVeth(pod, this.#mtu));
			devices.push(hostInterface(pod));
		}
		const cards = this.#underlay.cards(`node/${node.name}`);
		for (const [position, card] of cards.entries()) {
			const podsOfEni = this.#podsOf(pods, card);
			if (podsOfEni.length > 0 || card.eni?.type === "trunk") parts.push(...this.#eni(node, card, position, podsOfEni));
		}
		const masquerade = pods.some((pod) => this.#uplinks.of(pod).kind === "own") ? [nodeMasquerade(node)] : [];
		const isVpc = pods.some((pod) => this.#uplinks.of(pod).kind === "node");
		return [
			...parts,
			{
				sysctls: hostSysctls(node, [...cards.map((card) => card.device), ...devices]),
				policyStages: pods.flatMap((pod) => this.#policyStage(pod)),
				xtables: [...masquerade, ...(isVpc ? vpcRules(node, this.#cluster.podCIDRs) : [])],
			},
		];
	}

	pod(pod: Pod): readonly Contribution[] {
		const uplink = this.#uplinks.of(pod);
		const node = this.#cluster.node(pod.nodeName);
		const card = "eni" in uplink ? this.#underlay.eniCard(uplink.eni) : undefined;
		if (uplink.kind === "none" || node === undefined) return [];
		if (uplink.kind === "own") {
			const throughNode = this.#throughNode;
			return [exclusivePod(pod, { node, card, throughNode, mtu: this.#mtu, features: this.#features })];
		}
		if (uplink.kind === "member" && this.#isVlanDevice(uplink)) {
			return card === undefined ? [] : [vlanPod(pod, this.#portOf(uplink) ?? card, card, uplink.vlan, this.#mtu)];
		}
		if (this.#dataPath !== "ipvlan" || card === undefined) return [podVeth(pod, this.#mtu)];
		const member = uplink.kind === "member";
		const parts = { pod, node, card: this.#portOf(uplink) ?? card, member, mtu: this.#mtu, features: this.#features };
		const policyStages = this.#settings.networkPolicy ? this.#policies.of(pod, POD_DEVICE) : undefined;
		return [
			ipvlanPod(parts),
			podPrograms(pod, POD_DEVICE, this.#services(node)),
			policyStages === undefined ? {} : { policyStages: [policyStages] },
		];
	}

	wires(pod: Pod): readonly PodWire[] {
		const uplink = this.#uplinks.of(pod);
		if (uplink.kind === "none") return [{ device: POD_DEVICE, to: { kind: "outside", why: uplink.why } }];
		if (!this.#hasVeth(uplink)) return [];
		const device = uplink.kind === "own" ? HOST_LEG : POD_DEVICE;
		return [{ device, to: { kind: "device", place: `node/${pod.nodeName}`, device: hostInterface(pod) } }];
	}

	stackedOn(node: Node, device: string): readonly DeviceAt[] {
		return this.#cluster.podsOn(node.name).flatMap((pod): DeviceAt[] => {
			if (!isJoined(pod)) return [];
			const uplink = this.#uplinks.of(pod);
			const stacked = this.#dataPath === "ipvlan" || this.#isVlanDevice(uplink);
			const port = this.#portOf(uplink);
			if (!stacked || this.#hasVeth(uplink)) return [];
			if (port?.place !== `node/${node.name}` || port.device !== device) return [];
			return [{ place: podPlace(pod), device: POD_DEVICE }];
		});
	}

	/** Nothing enforces policies on a pod's own ENI, nor on a VLAN device (cmd/terway-cli/policy.go). */
	#policyStage(pod: Pod): readonly PolicyStage[] {
		const uplink = this.#uplinks.of(pod);
		if (!this.#settings.networkPolicy || uplink.kind === "own" || !this.#hasVeth(uplink)) return [];
		return [this.#policies.of(pod, hostInterface(pod)) ?? []].flat();
	}

	/** A pod with an ENI of its own has one too, for what leads through its node. */
	#hasVeth(uplink: Uplink): boolean {
		switch (uplink.kind) {
			case "none":
				return false;
			case "own":
			case "node":
				return true;
			case "shared":
			case "member":
				return this.#dataPath !== "ipvlan" && !this.#isVlanDevice(uplink);
		}
	}

	#isVlanDevice(uplink: Uplink): boolean {
		return uplink.kind === "member" && this.#settings.vlanStripType === "vlan";
	}

	/** The card on the node by which the pod's packets leave: of a member its trunk's. */
	#portOf(uplink: Uplink): Card | undefined {
		switch (uplink.kind) {
			case "shared":
				return this.#underlay.eniCard(uplink.eni);
			case "member":
				return this.#underlay.eniCard(uplink.trunk);
			case "node":
			case "own":
			case "none":
				return undefined;
		}
	}

	#podsOf(pods: readonly Pod[], card: Card): readonly EniPods[] {
		return pods.flatMap((pod): EniPods[] => {
			const uplink = this.#uplinks.of(pod);
			const port = this.#portOf(uplink);
			// An ENI that is attached to another node is no card of this one.
			if (this.#isVlanDevice(uplink) || port?.place !== card.place || port.device !== card.device) return [];
			return [{ pod, vlan: uplink.kind === "member" ? uplink.vlan : null }];
		});
	}

	#eni(node: Node, card: Card, position: number, pods: readonly EniPods[]): readonly Contribution[] {
		return eniParts({
			node,
			card,
			// The loopback device has index 1, and the node's cards follow it (modes/mode.ts).
			index: position + 2,
			pods,
			podsOfNode: this.#cluster
				.podsOn(node.name)
				.filter((pod) => isJoined(pod) && this.#hasVeth(this.#uplinks.of(pod))),
			dataPath: this.#dataPath,
			stripsTags: this.#settings.vlanStripType === "filter",
			services: this.#services(node),
			throughNode: this.#throughNode,
			mtu: this.#mtu,
			features: this.#features,
		});
	}

	#serviceCIDRsAssumed(): readonly Assumption[] {
		const needed =
			this.#dataPath === "ipvlan" || this.#cluster.pods.some((pod) => this.#uplinks.of(pod).kind === "own");
		if (!needed || this.#cluster.serviceCIDRs.length > 0 || this.#cluster.services.length === 0) return [];
		const taken = serviceCIDRs(this.#cluster).map(({ text }) => text);
		const message = phrase("service-cidr-assumed", { taken });
		return [{ code: "service-cidr-assumed", message }];
	}

	/** What no source says of IPv6. */
	#familiesNotKnown(): readonly Assumption[] {
		const assumptions: Assumption[] = [];
		for (const pod of this.#cluster.pods) {
			if (!isJoined(pod) || pod.podIPs.every(({ family }) => family === 4)) continue;
			const { kind } = this.#uplinks.of(pod);
			const place = podPlace(pod);
			const assume = (message: Phrase): void => {
				assumptions.push({ code: "terway-ipv6", message, place });
			};
			if (kind === "own") assume(phrase("terway-ipv6-masquerade", { pod: place }));
			if (kind === "member" && this.#features.pushPriority[6] === null) {
				assume(phrase("terway-ipv6-tag", { pod: place }));
			}
		}
		return assumptions;
	}

	#unbound(): readonly Assumption[] {
		return this.#cluster.pods.flatMap((pod): Assumption[] => {
			if (!isJoined(pod)) return [];
			const uplink = this.#uplinks.of(pod);
			if (uplink.kind !== "none") return [];
			const place = podPlace(pod);
			return [
				{ code: "pod-network-missing", message: phrase("pod-has-no-network", { pod: place, why: uplink.why }), place },
			];
		});
	}
}

/** What the input says, else the Services' own addresses. */
function serviceCIDRs(cluster: Cluster): readonly Prefix[] {
	if (cluster.serviceCIDRs.length > 0) return cluster.serviceCIDRs;
	const addresses = cluster.services.flatMap((service) => service.clusterIPs);
	return addresses.map((each) => prefix(`${each.text}/${each.family === 4 ? 32 : 128}`));
}
