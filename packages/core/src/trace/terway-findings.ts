/** Findings on Terway: which PodNetworking pods take, and what of their ENIs does not fit. */
import { clusterCapacity } from "../capacity/cluster-capacity.ts";
import { knownInstanceTypes } from "../capacity/instance-type.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Pod } from "../cluster/objects.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { ENI_RESOURCE, MEMBER_ENI_RESOURCE } from "../modes/terway/annotations.ts";
import type { Candidate } from "../modes/terway/candidate.ts";
import { matchPodNetworking } from "../modes/terway/pod-networking-match.ts";
import type { Finding } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Finding[];

export const TERWAY_RULES: readonly Rule[] = [podEniBroken, quotaReached, podNetworkings];

/** The pods at both ends of the ways. */
function podsOf({ cluster }: Subject, plan: Plan, ways: readonly Way[]): readonly Pod[] {
	const places = new Set([...plan.asked, ...ways.map((way) => way.forwardEnd.at)]);
	return [...places].flatMap((place) =>
		place.startsWith("pod/") ? (cluster.pod(place.slice("pod/".length)) ?? []) : [],
	);
}

function placeOf(pod: Pod): string {
	return `pod/${pod.namespace}/${pod.name}`;
}

function podNetworkings(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const { cluster } = subject;
	if (cluster.terway === undefined || cluster.podNetworkings.length === 0) return [];
	return podsOf(subject, plan, ways).flatMap((pod): readonly Finding[] => {
		const match = matchPodNetworking(cluster, pod);
		const object = placeOf(pod);
		const others = match.candidates.flatMap((each) => passedOver(each, object));
		if (match.decision === "not-managed") return [];
		const taken = match.podNetworkings.length === 0 ? "" : ` takes PodNetworking ${match.podNetworkings.join(", ")}`;
		const message = `${object}${taken}: ${match.why}`;
		return [{ code: "pod-networking", severity: "info", message, object }, ...others, ...recordedOther(pod, match)];
	});
}

/** Those that would be taken but for one thing. */
function passedOver({ name, verdict, why }: Candidate, object: string): readonly Finding[] {
	const message = `${object} does not take PodNetworking ${name}: ${why}`;
	switch (verdict) {
		case "not-ready":
			return [
				{
					code: "pod-networking-not-ready",
					severity: "warning",
					message,
					fix: `kubectl describe podnetworking ${name}: its vSwitches and security groups must exist`,
					object: `podnetworking/${name}`,
				},
			];
		case "shadowed":
			return [
				{
					code: "pod-networking-shadowed",
					severity: "warning",
					message,
					fix: "make the selectors exclude each other: PodNetworkings have no priority",
					object: `podnetworking/${name}`,
				},
			];
		case "matched":
		case "fixed":
		case "no-selector":
		case "pod-selector":
		case "namespace-selector":
		case "unknown":
			return [];
	}
}

/** A pod keeps what it got when it was made, whatever PodNetworkings say since. */
function recordedOther(
	pod: Pod,
	{ decision, podNetworkings: taken, recorded }: ReturnType<typeof matchPodNetworking>,
): readonly Finding[] {
	if (decision === "unknown" || recorded === null || taken.includes(recorded)) return [];
	const object = placeOf(pod);
	const message = `${object} was made with PodNetworking ${recorded}, and would now take ${taken[0] ?? "none"}`;
	return [
		{
			code: "pod-networking-changed",
			severity: "warning",
			message,
			fix: "delete the pod to have it made anew",
			object,
		},
	];
}

/** What a PodENI says and what its ENI and node are. */
function podEniBroken(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const { cluster } = subject;
	if (cluster.terway === undefined) return [];
	return podsOf(subject, plan, ways).flatMap((pod): readonly Finding[] => {
		const podEni = cluster.podENI(`${pod.namespace}/${pod.name}`);
		if (podEni === undefined) return [];
		const object = `podeni/${pod.namespace}/${pod.name}`;
		const broken = (code: string, message: string, fix: string): Finding => {
			return { code, severity: "error", message: `${object} ${message}`, fix, object };
		};
		const found: Finding[] = [];
		if (podEni.phase !== "Bind") {
			const said = podEni.message === "" ? "" : ` (${podEni.message})`;
			const message = `is in phase ${podEni.phase}${said}: the pod's ENI is not attached`;
			found.push(broken("pod-eni-not-bound", message, "look into the log of terway-controlplane"));
		}
		for (const { eniID, attached } of podEni.allocations) {
			const eni = cluster.eni(eniID);
			if (eni?.vlan != null && attached?.vlan != null && eni.vlan !== attached.vlan) {
				const message = `says VLAN ${attached.vlan} for ${eniID}, which is behind VLAN ${eni.vlan} of ${eni.trunk}`;
				found.push(
					broken("pod-eni-vlan", message, `it should say vid ${eni.vlan}: delete the pod to have it bound anew`),
				);
			}
		}
		return [...found, ...otherTrunk(cluster, pod, podEni.trunkENIID, broken)];
	});
}

function otherTrunk(
	cluster: Cluster,
	pod: Pod,
	trunkID: string,
	broken: (code: string, message: string, fix: string) => Finding,
): readonly Finding[] {
	const trunk = cluster.enis.find((each) => each.type === "trunk" && each.instance === `node/${pod.nodeName}`);
	if (trunkID === "" || trunk === undefined || trunk.name === trunkID) return [];
	const message = `is bound to trunk ${trunkID}, but the pod runs on node/${pod.nodeName}, whose trunk is ${trunk.name}`;
	return [broken("pod-eni-other-trunk", message, "delete the pod to have its ENI bound to its node's trunk")];
}

/** Pods of the Service that cannot start, as no node has an ENI left for them (seed 003 L56). */
function quotaReached({ cluster }: Subject, plan: Plan): readonly Finding[] {
	const service = plan.target.service?.service;
	if (service?.selector == null || cluster.terway === undefined) return [];
	const wanted = Object.entries(service.selector);
	const pending = cluster.pods.find(
		(pod) =>
			pod.namespace === service.namespace &&
			pod.phase === "Pending" &&
			pod.nodeName === "" &&
			wanted.every(([key, value]) => pod.labels[key] === value),
	);
	const kind = pending && kindOf(pending, cluster);
	if (pending === undefined || kind === undefined) return [];
	const rooms = roomsIn(cluster).filter((room) => room.kind === kind);
	if (rooms.length === 0 || rooms.some(({ next }) => next.fits !== false)) return [];
	const why = [...new Set(rooms.map(({ next }) => next.why))].join("; ");
	const object = placeOf(pending);
	const message = `${object} cannot be scheduled, as no node has room for it: ${why}`;
	return [
		{
			code: "eni-quota-reached",
			severity: "error",
			message,
			fix: "add a node, or one of a larger instance type",
			object,
		},
	];
}

function kindOf(pod: Pod, cluster: Cluster): "eni" | "member" | "shared" | undefined {
	const resource = matchPodNetworking(cluster, pod).effects?.resource.name;
	const asks = (name: string): boolean => resource === name || (pod.requests?.[name] ?? 0) > 0;
	if (asks(MEMBER_ENI_RESOURCE)) return "member";
	if (asks(ENI_RESOURCE) || cluster.mode === "terway-eni") return "eni";
	return cluster.mode === "terway-vpc" ? undefined : "shared";
}

/** None where an instance type is not known: then nothing can be said. */
function roomsIn(cluster: Cluster): ReturnType<typeof clusterCapacity>[number]["rooms"] {
	try {
		return clusterCapacity(cluster, knownInstanceTypes()).flatMap(({ rooms }) => rooms);
	} catch (error) {
		if (error instanceof InputError) return [];
		throw error;
	}
}
