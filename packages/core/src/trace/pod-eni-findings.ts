/** What of a pod's PodENI and ENIs does not fit together: the node is set up by the PodENI, the cloud leads packets to the ENI. */

import type { Cluster } from "../cluster/cluster.ts";
import type { Node, Pod } from "../cluster/objects.ts";
import type { EniObject } from "../cluster/settings.ts";
import type { PodEni, PodEniAllocation } from "../cluster/terway-objects.ts";
import { POD_ENI } from "../modes/terway/annotations.ts";
import { podPlace } from "../state/place.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import type { Found } from "./found.ts";
import { at } from "./where.ts";

const REMADE = phrase("pod-remade");
const CONTROLLER = phrase("look-at-controlplane");

export const ZONE_LABEL = "topology.kubernetes.io/zone";

/** Of one pod, in the order in which its network comes about. */
export function podEniFindings(cluster: Cluster, pod: Pod): readonly Found[] {
	const podEni = cluster.podENI(`${pod.namespace}/${pod.name}`);
	if (podEni === undefined) return [...missingPodEni(cluster, pod), ...eniElsewhere(cluster, pod)];
	const node = cluster.node(pod.nodeName);
	return [
		...notBound(podEni),
		...podEni.allocations.flatMap((each) => otherVlan(cluster, podEni, each)),
		...otherTrunk(cluster, pod, podEni),
		...(node === undefined ? [] : [...otherInstance(podEni, node), ...otherZone(podEni, node)]),
		...otherAddress(pod, podEni),
		...eniElsewhere(cluster, pod),
		...unknownGroups(cluster, podEni),
	];
}

interface Where {
	readonly podeni: string;
	readonly where: string;
}

function found(
	{ namespace, name, source }: PodEni,
	code: string,
	messageAt: (where: Where) => Phrase,
	fix: Phrase,
	severity: Found["severity"] = "error",
): Found {
	const podeni = `podeni/${namespace}/${name}`;
	return { code, severity, message: messageAt({ podeni, where: at(source) }), fix, object: podeni };
}

/** Only where the input holds PodENIs at all: else nobody has looked for them. */
function missingPodEni(cluster: Cluster, pod: Pod): readonly Found[] {
	if (cluster.terway?.trunk !== true || cluster.podENIs.length === 0) return [];
	if (pod.annotations[POD_ENI] !== "true" || holderOf(cluster, pod) !== undefined) return [];
	const object = podPlace(pod);
	const message = phrase("pod-eni-missing", {
		pod: object,
		where: at(pod.source),
		annotation: POD_ENI,
		name: `${pod.namespace}/${pod.name}`,
	});
	const fix = phrase("either", { one: CONTROLLER, other: REMADE });
	return [{ code: "pod-eni-missing", severity: "error", message, fix, object }];
}

function notBound(podEni: PodEni): readonly Found[] {
	if (podEni.phase === "Bind") return [];
	const said = podEni.message === "" ? "" : ` (${podEni.message})`;
	const message = (where: Where): Phrase => phrase("pod-eni-not-bound", { ...where, phase: podEni.phase, said });
	return [found(podEni, "pod-eni-not-bound", message, CONTROLLER)];
}

function otherVlan(cluster: Cluster, podEni: PodEni, { eniID, attached }: PodEniAllocation): readonly Found[] {
	const eni = cluster.eni(eniID);
	const vlan = attached?.vlan ?? null;
	if (eni === undefined || vlan === null || !saysOtherVlan(eni, vlan)) return [];
	const held = eni.vlan ?? 0;
	const message = (where: Where): Phrase =>
		phrase("pod-eni-vlan", { ...where, vlan, eni: eniID, held, trunk: eni.trunk, there: at(eni.source) });
	return [found(podEni, "pod-eni-vlan", message, phrase("pod-eni-vlan-fix", { held, remade: REMADE }))];
}

/** Whether a PodENI, by which the node tags, and the ENI itself have different VLANs. */
export function saysOtherVlan(eni: EniObject, vlan: number | null): boolean {
	return eni.vlan !== null && vlan !== null && eni.vlan !== vlan;
}

function otherTrunk(cluster: Cluster, pod: Pod, podEni: PodEni): readonly Found[] {
	const { trunkENIID } = podEni;
	if (trunkENIID === "") return [];
	const node = `node/${pod.nodeName}`;
	const named = cluster.eni(trunkENIID);
	if (named !== undefined && named.type !== "trunk") {
		const { type, source } = named;
		const message = (where: Where): Phrase =>
			phrase("pod-eni-no-trunk", { ...where, trunk: trunkENIID, type, there: at(source) });
		return [found(podEni, "pod-eni-no-trunk", message, phrase("pod-eni-no-trunk-fix"))];
	}
	const own = cluster.enis.find((each) => each.type === "trunk" && each.instance === node);
	if (own === undefined && named === undefined) {
		if (cluster.enis.every(({ type }) => type !== "trunk")) return [];
		const message = (where: Where): Phrase => phrase("pod-eni-trunk-unknown", { ...where, trunk: trunkENIID });
		const fix = phrase("pod-eni-trunk-unknown-fix", { trunk: trunkENIID, node });
		return [found(podEni, "pod-eni-trunk-unknown", message, fix, "warning")];
	}
	if (own?.name === trunkENIID || (own === undefined && named?.instance === node)) return [];
	const message = (where: Where): Phrase => {
		const facts = { ...where, trunk: trunkENIID, node };
		return own === undefined
			? phrase("pod-eni-trunk-of", { ...facts, instance: named?.instance ?? "" })
			: phrase("pod-eni-other-trunk", { ...facts, own: own.name, there: at(own.source) });
	};
	return [found(podEni, "pod-eni-other-trunk", message, phrase("pod-eni-other-trunk-fix"))];
}

function otherInstance(podEni: PodEni, { name, providerID, source }: Node): readonly Found[] {
	const own = providerID.split(/[./]/).at(-1) ?? "";
	if (podEni.instanceID === "" || own === "" || podEni.instanceID === own) return [];
	const { instanceID: instance } = podEni;
	const message = (where: Where): Phrase =>
		phrase("pod-eni-other-instance", { ...where, instance, node: `node/${name}`, own, there: at(source) });
	return [found(podEni, "pod-eni-other-instance", message, REMADE)];
}

/** An ENI is in one zone, and can be attached to instances of that alone (ECS AttachNetworkInterface). */
function otherZone(podEni: PodEni, { name, labels, source }: Node): readonly Found[] {
	const own = labels[ZONE_LABEL] ?? "";
	if (podEni.zone === "" || own === "" || podEni.zone === own) return [];
	const { zone } = podEni;
	const message = (where: Where): Phrase =>
		phrase("pod-eni-other-zone", { ...where, zone, node: `node/${name}`, own, there: at(source) });
	return [found(podEni, "pod-eni-other-zone", message, phrase("pod-eni-other-zone-fix"))];
}

function otherAddress(pod: Pod, podEni: PodEni): readonly Found[] {
	const has = podEni.allocations.flatMap(({ addresses }) => addresses);
	const lost = pod.podIPs.find(
		(own) => has.some(({ family }) => family === own.family) && has.every(({ text }) => text !== own.text),
	);
	if (lost === undefined) return [];
	const addresses = has.filter(({ family }) => family === lost.family).map(({ text }) => text);
	const message = (where: Where): Phrase =>
		phrase("pod-eni-other-address", { ...where, addresses, own: lost.text, there: at(pod.source) });
	return [found(podEni, "pod-eni-other-address", message, REMADE)];
}

/** The ENI of the input that has an address of the pod. */
function holderOf(cluster: Cluster, pod: Pod): EniObject | undefined {
	const own = new Set(pod.podIPs.map(({ text }) => text));
	return cluster.enis.find(({ addresses }) => addresses.some(({ text }) => own.has(text)));
}

/** The cloud leads packets for an address to the instance that has its ENI. */
function eniElsewhere(cluster: Cluster, pod: Pod): readonly Found[] {
	if (cluster.mode === "terway-vpc" || pod.nodeName === "" || pod.hostNetwork) return [];
	const holder = holderOf(cluster, pod);
	if (holder === undefined) return onNoEni(cluster, pod);
	const instance = holder.instance === "" ? (cluster.eni(holder.trunk)?.instance ?? "") : holder.instance;
	if (instance === "" || instance === `node/${pod.nodeName}` || instance.startsWith("pod/")) return [];
	const object = `eni/${holder.name}`;
	const own = pod.podIPs.find(({ text }) => holder.addresses.some((each) => each.text === text))?.text ?? "";
	const node = `node/${pod.nodeName}`;
	const message = phrase("eni-of-another-node", {
		eni: object,
		where: at(holder.source),
		address: own,
		pod: podPlace(pod),
		instance,
		node,
	});
	const assigned = phrase("eni-of-another-node-fix", { address: own, node });
	const fix = phrase("either", { one: assigned, other: REMADE });
	return [{ code: "eni-of-another-node", severity: "error", message, fix, object }];
}

/** A gap of the input, or an address that was unassigned: only where pods' ENIs are described at all. */
function onNoEni(cluster: Cluster, pod: Pod): readonly Found[] {
	if (cluster.enis.every(({ type }) => type === "primary")) return [];
	if (cluster.podENI(`${pod.namespace}/${pod.name}`) !== undefined || pod.podIPs.length === 0) return [];
	const object = podPlace(pod);
	const message = phrase("pod-address-on-no-eni", {
		pod: object,
		where: at(pod.source),
		addresses: pod.podIPs.map(({ text }) => text),
		node: `node/${pod.nodeName}`,
	});
	const fix = phrase("pod-address-on-no-eni-fix");
	return [{ code: "pod-address-on-no-eni", severity: "warning", message, fix, object }];
}

function unknownGroups(cluster: Cluster, podEni: PodEni): readonly Found[] {
	if (cluster.securityGroups.length === 0) return [];
	return podEni.allocations.flatMap(({ eniID, securityGroupIDs }) => {
		const groups = securityGroupIDs.filter((id) => cluster.securityGroup(id) === undefined);
		if (groups.length === 0) return [];
		const message = (where: Where): Phrase => phrase("pod-eni-group-unknown", { ...where, eni: eniID, groups });
		const fix = phrase("pod-eni-group-unknown-fix", { groups });
		return [found(podEni, "pod-eni-group-unknown", message, fix, "warning")];
	});
}
