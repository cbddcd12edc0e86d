/** What of a pod's PodENI and ENIs does not fit together: the node is set up by the PodENI, the cloud leads packets to the ENI. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Node, Pod } from "../cluster/objects.ts";
import type { EniObject } from "../cluster/settings.ts";
import type { PodEni, PodEniAllocation } from "../cluster/terway-objects.ts";
import { POD_ENI } from "../modes/terway/annotations.ts";
import type { Finding } from "./explanation.ts";
import { at } from "./where.ts";

const REMADE = "delete the pod to have it made anew";
const CONTROLLER = "look into the log of terway-controlplane";

export const ZONE_LABEL = "topology.kubernetes.io/zone";

/** Of one pod, in the order in which its network comes about. */
export function podEniFindings(cluster: Cluster, pod: Pod): readonly Finding[] {
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

function finding(
	{ namespace, name, source }: PodEni,
	code: string,
	message: string,
	fix: string,
	severity: Finding["severity"] = "error",
): Finding {
	const object = `podeni/${namespace}/${name}`;
	return { code, severity, message: `${object} ${at(source)} ${message}`, fix, object };
}

/** Only where the input holds PodENIs at all: else nobody has looked for them. */
function missingPodEni(cluster: Cluster, pod: Pod): readonly Finding[] {
	if (cluster.terway?.trunk !== true || cluster.podENIs.length === 0) return [];
	if (pod.annotations[POD_ENI] !== "true" || holderOf(cluster, pod) !== undefined) return [];
	const object = `pod/${pod.namespace}/${pod.name}`;
	const message = `${object} ${at(pod.source)} waits for an ENI of its own (annotation ${POD_ENI}), and there is no PodENI ${pod.namespace}/${pod.name}`;
	return [{ code: "pod-eni-missing", severity: "error", message, fix: `${CONTROLLER}, or ${REMADE}`, object }];
}

function notBound(podEni: PodEni): readonly Finding[] {
	if (podEni.phase === "Bind") return [];
	const said = podEni.message === "" ? "" : ` (${podEni.message})`;
	const message = `is in phase ${podEni.phase}${said}: the pod's ENI is not attached`;
	return [finding(podEni, "pod-eni-not-bound", message, CONTROLLER)];
}

function otherVlan(cluster: Cluster, podEni: PodEni, { eniID, attached }: PodEniAllocation): readonly Finding[] {
	const eni = cluster.eni(eniID);
	if (eni === undefined || !saysOtherVlan(eni, attached?.vlan ?? null)) return [];
	const message = `says VLAN ${attached?.vlan} for ${eniID}, which is behind VLAN ${eni.vlan} of ${eni.trunk} ${at(eni.source)}: frames with another tag are dropped`;
	return [finding(podEni, "pod-eni-vlan", message, `it should say vid ${eni.vlan}: ${REMADE}`)];
}

/** Whether a PodENI, by which the node tags, and the ENI itself have different VLANs. */
export function saysOtherVlan(eni: EniObject, vlan: number | null): boolean {
	return eni.vlan !== null && vlan !== null && eni.vlan !== vlan;
}

function otherTrunk(cluster: Cluster, pod: Pod, podEni: PodEni): readonly Finding[] {
	const { trunkENIID } = podEni;
	if (trunkENIID === "") return [];
	const named = cluster.eni(trunkENIID);
	if (named !== undefined && named.type !== "trunk") {
		const message = `is bound to ${trunkENIID}, which is ${named.type} and no trunk ${at(named.source)}`;
		return [
			finding(podEni, "pod-eni-no-trunk", message, "members need a trunk ENI: enable_eni_trunking of eni-config"),
		];
	}
	const own = cluster.enis.find((each) => each.type === "trunk" && each.instance === `node/${pod.nodeName}`);
	if (own === undefined && named === undefined) {
		if (cluster.enis.every(({ type }) => type !== "trunk")) return [];
		const message = `is bound to trunk ${trunkENIID}, which the input does not describe`;
		const fix = `describe the ENI ${trunkENIID}, or see whether node/${pod.nodeName} has lost it`;
		return [finding(podEni, "pod-eni-trunk-unknown", message, fix, "warning")];
	}
	if (own?.name === trunkENIID || (own === undefined && named?.instance === `node/${pod.nodeName}`)) return [];
	const whose = own === undefined ? `which ${named?.instance} has` : `whose trunk is ${own.name} ${at(own.source)}`;
	const message =
		own === undefined
			? `is bound to trunk ${trunkENIID}, ${whose}, but the pod runs on node/${pod.nodeName}`
			: `is bound to trunk ${trunkENIID}, but the pod runs on node/${pod.nodeName}, ${whose}`;
	return [finding(podEni, "pod-eni-other-trunk", message, "delete the pod to have its ENI bound to its node's trunk")];
}

function otherInstance(podEni: PodEni, { name, providerID, source }: Node): readonly Finding[] {
	const own = providerID.split(/[./]/).at(-1) ?? "";
	if (podEni.instanceID === "" || own === "" || podEni.instanceID === own) return [];
	const message = `says that its ENI is attached to instance ${podEni.instanceID}, but the pod runs on node/${name}, which is ${own} ${at(source)}`;
	return [finding(podEni, "pod-eni-other-instance", message, REMADE)];
}

/** An ENI is in one zone, and can be attached to instances of that alone (ECS AttachNetworkInterface). */
function otherZone(podEni: PodEni, { name, labels, source }: Node): readonly Finding[] {
	const own = labels[ZONE_LABEL] ?? "";
	if (podEni.zone === "" || own === "" || podEni.zone === own) return [];
	const message = `is for zone ${podEni.zone}, but the pod runs on node/${name}, which is in ${own} ${at(source)}: an ENI can be attached in its own zone alone`;
	const fix = "give the PodNetworking a vSwitch of the node's zone, and delete the pod";
	return [finding(podEni, "pod-eni-other-zone", message, fix)];
}

function otherAddress(pod: Pod, podEni: PodEni): readonly Finding[] {
	const has = podEni.allocations.flatMap(({ addresses }) => addresses);
	const lost = pod.podIPs.find(
		(own) => has.some(({ family }) => family === own.family) && has.every(({ text }) => text !== own.text),
	);
	if (lost === undefined) return [];
	const other = has.filter(({ family }) => family === lost.family).map(({ text }) => text);
	const message = `has ${other.join(", ")} for its pod, which has ${lost.text} ${at(pod.source)}`;
	return [finding(podEni, "pod-eni-other-address", message, REMADE)];
}

/** The ENI of the input that has an address of the pod. */
function holderOf(cluster: Cluster, pod: Pod): EniObject | undefined {
	const own = new Set(pod.podIPs.map(({ text }) => text));
	return cluster.enis.find(({ addresses }) => addresses.some(({ text }) => own.has(text)));
}

/** The cloud leads packets for an address to the instance that has its ENI. */
function eniElsewhere(cluster: Cluster, pod: Pod): readonly Finding[] {
	if (cluster.mode === "terway-vpc" || pod.nodeName === "" || pod.hostNetwork) return [];
	const holder = holderOf(cluster, pod);
	if (holder === undefined) return onNoEni(cluster, pod);
	const instance = holder.instance === "" ? (cluster.eni(holder.trunk)?.instance ?? "") : holder.instance;
	if (instance === "" || instance === `node/${pod.nodeName}` || instance.startsWith("pod/")) return [];
	const object = `eni/${holder.name}`;
	const own = pod.podIPs.find(({ text }) => holder.addresses.some((each) => each.text === text))?.text ?? "";
	const message = `${object} ${at(holder.source)} has ${own}, the address of pod/${pod.namespace}/${pod.name}, and is attached to ${instance}, but the pod runs on node/${pod.nodeName}`;
	const fix = `assign ${own} to an ENI of node/${pod.nodeName}, or ${REMADE}`;
	return [{ code: "eni-of-another-node", severity: "error", message, fix, object }];
}

/** A gap of the input, or an address that was unassigned: only where pods' ENIs are described at all. */
function onNoEni(cluster: Cluster, pod: Pod): readonly Finding[] {
	if (cluster.enis.every(({ type }) => type === "primary")) return [];
	if (cluster.podENI(`${pod.namespace}/${pod.name}`) !== undefined || pod.podIPs.length === 0) return [];
	const object = `pod/${pod.namespace}/${pod.name}`;
	const own = pod.podIPs.map(({ text }) => text).join(", ");
	const message = `${object} ${at(pod.source)} has ${own}, which no ENI of the input has: one of node/${pod.nodeName} is taken to have it`;
	const fix = "see with DescribeNetworkInterfaces whether the address is still assigned, and to which ENI";
	return [{ code: "pod-address-on-no-eni", severity: "warning", message, fix, object }];
}

function unknownGroups(cluster: Cluster, podEni: PodEni): readonly Finding[] {
	if (cluster.securityGroups.length === 0) return [];
	return podEni.allocations.flatMap(({ eniID, securityGroupIDs }) => {
		const unknown = securityGroupIDs.filter((id) => cluster.securityGroup(id) === undefined);
		if (unknown.length === 0) return [];
		const message = `has ${eniID} in security group ${unknown.join(", ")}, which the input does not describe: it is taken to let everything pass`;
		return [
			finding(podEni, "pod-eni-group-unknown", message, `describe SecurityGroup ${unknown.join(", ")}`, "warning"),
		];
	});
}
