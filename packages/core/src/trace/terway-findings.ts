/** Findings on Terway: which PodNetworking pods take, and what of their ENIs does not fit. */

import { clusterCapacity, type Room } from "../capacity/cluster-capacity.ts";
import { knownInstanceTypes } from "../capacity/instance-type.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Pod, Service } from "../cluster/objects.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { ENI_RESOURCE, MEMBER_ENI_RESOURCE } from "../modes/terway/annotations.ts";
import type { Candidate } from "../modes/terway/candidate.ts";
import { matchPodNetworking } from "../modes/terway/pod-networking-match.ts";
import { podPlace } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import type { Found } from "./found.ts";
import type { Plan } from "./plan.ts";
import { podEniFindings, ZONE_LABEL } from "./pod-eni-findings.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";
import { at } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Found[];

export const TERWAY_RULES: readonly Rule[] = [podEnis, quotaReached, noNodeInZone, podNetworkings];

/** The pods at both ends of the ways; of a packet that got lost the one that has its destination. */
function podsOf({ cluster }: Subject, plan: Plan, ways: readonly Way[]): readonly Pod[] {
	const places = [...plan.asked, ...ways.map((way) => way.forwardEnd.at)].flatMap(
		(place) => cluster.podAt(place) ?? [],
	);
	const lost = ways.flatMap(({ forwardEnd }) =>
		forwardEnd.outcome === "delivered" ? [] : cluster.ownersOf(forwardEnd.packet.dst),
	);
	return [...new Set([...places, ...lost.flatMap((owner) => (owner.kind === "pod" ? [owner.pod] : []))])];
}

/** `podnetworking/NAME (FILE:LINE)` */
function networkingAt(cluster: Cluster, name: string): string {
	const object = cluster.podNetworkings.find((each) => each.name === name);
	return `podnetworking/${name}${object === undefined ? "" : ` ${at(object.source)}`}`;
}

function podNetworkings(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	const { cluster } = subject;
	if (cluster.terway === undefined || cluster.podNetworkings.length === 0) return [];
	return podsOf(subject, plan, ways).flatMap((pod): readonly Found[] => {
		const match = matchPodNetworking(cluster, pod);
		const object = podPlace(pod);
		const others = match.candidates.flatMap((each) => passedOver(cluster, each, object));
		if (match.decision === "not-managed") return [];
		const names = match.podNetworkings;
		const takes = names.length === 0 ? "" : phrase("takes-networking", { names });
		const message = phrase("pod-networking", { pod: object, takes, why: match.why });
		return [
			{ code: "pod-networking", severity: "info", message, object },
			...others,
			...recordedOther(cluster, pod, match),
		];
	});
}

/** Those that would be taken but for one thing. */
function passedOver(cluster: Cluster, { name, verdict, why }: Candidate, object: string): readonly Found[] {
	const message = phrase("does-not-take", { pod: object, networking: networkingAt(cluster, name), why });
	switch (verdict) {
		case "not-ready":
			return [
				{
					code: "pod-networking-not-ready",
					severity: "warning",
					message,
					fix: phrase("pod-networking-not-ready-fix", { name }),
					object: `podnetworking/${name}`,
				},
			];
		case "shadowed":
			return [
				{
					code: "pod-networking-shadowed",
					severity: "warning",
					message,
					fix: phrase("pod-networking-shadowed-fix"),
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
	cluster: Cluster,
	pod: Pod,
	{ decision, podNetworkings: taken, recorded, candidates }: ReturnType<typeof matchPodNetworking>,
): readonly Found[] {
	if (decision === "unknown" || recorded === null || taken.includes(recorded)) return [];
	const place = podPlace(pod);
	const isThere = cluster.podNetworkings.some(({ name }) => name === recorded);
	const why = isThere ? candidates.find(({ name }) => name === recorded)?.why : phrase("not-there-any-more");
	const message = phrase("pod-networking-changed", {
		pod: place,
		networking: networkingAt(cluster, recorded),
		taken: taken[0] ?? phrase("none"),
		why: why === undefined ? "" : phrase("not-any-more", { name: recorded, why }),
	});
	return [
		{
			code: "pod-networking-changed",
			severity: "warning",
			message,
			fix: phrase("pod-networking-changed-fix", { name: recorded }),
			object: `podnetworking/${recorded}`,
		},
	];
}

function podEnis(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	if (subject.cluster.terway === undefined) return [];
	return podsOf(subject, plan, ways).flatMap((pod) => podEniFindings(subject.cluster, pod));
}

/** Pods of the Service that cannot start, as no node has an ENI left for them (seed 003 L56). */
function quotaReached({ cluster }: Subject, plan: Plan): readonly Found[] {
	const service = plan.target.service?.service;
	if (service === undefined || cluster.terway === undefined) return [];
	const [pending] = pendingPods(cluster, service);
	const kind = pending && kindOf(pending, cluster);
	if (pending === undefined || kind === undefined) return [];
	const rooms = roomsIn(cluster).filter((room) => room.kind === kind);
	if (rooms.length === 0 || rooms.some(({ next }) => next.fits !== false)) return [];
	const told = rooms
		.slice(0, NODES_TOLD)
		.map(({ node, next }) => phrase("node-has-no-room", { node: `node/${node}`, why: next.why }));
	const left = rooms.length - told.length;
	const why = { clauses: left > 0 ? [...told, phrase("and-more-nodes", { n: left })] : told };
	const object = podPlace(pending);
	const message = phrase("eni-quota-reached", { pod: object, where: at(pending.source), why });
	return [
		{
			code: "eni-quota-reached",
			severity: "error",
			message,
			fix: phrase("eni-quota-reached-fix"),
			object,
		},
	];
}

const NODES_TOLD = 5;

/** The webhook writes the zones of a PodNetworking's vSwitches into the pod as node affinity. */
function noNodeInZone({ cluster }: Subject, plan: Plan): readonly Found[] {
	const service = plan.target.service?.service;
	const pending = service && cluster.terway && pendingPods(cluster, service)[0];
	if (!pending) return [];
	const matched = matchPodNetworking(cluster, pending);
	const zones = matched.effects?.zones ?? [];
	const [name] = matched.podNetworkings;
	if (name === undefined || zones.length === 0) return [];
	const there = new Set(cluster.nodes.map(({ labels }) => labels[ZONE_LABEL]).filter((zone) => zone !== undefined));
	if (there.size === 0) return [];
	if (zones.some((zone) => there.has(zone))) return [];
	const has = [...there];
	const networking = networkingAt(cluster, name);
	const message = phrase("pod-networking-zone", { pod: podPlace(pending), networking, zones, has });
	const fix = phrase("pod-networking-zone-fix", { name, has });
	return [{ code: "pod-networking-zone", severity: "error", message, fix, object: `podnetworking/${name}` }];
}

/** The Service's pods that no node has been found for. */
function pendingPods({ pods }: Cluster, { namespace, selector }: Service): readonly Pod[] {
	if (selector === null) return [];
	const wanted = Object.entries(selector);
	return pods.filter(
		(pod) =>
			pod.namespace === namespace &&
			pod.phase === "Pending" &&
			pod.nodeName === "" &&
			wanted.every(([key, value]) => pod.labels[key] === value),
	);
}

function kindOf(pod: Pod, cluster: Cluster): "eni" | "member" | "shared" | undefined {
	const resource = matchPodNetworking(cluster, pod).effects?.resource.name;
	const asks = (name: string): boolean => resource === name || (pod.requests?.[name] ?? 0) > 0;
	if (asks(MEMBER_ENI_RESOURCE)) return "member";
	if (asks(ENI_RESOURCE) || cluster.mode === "terway-eni") return "eni";
	return cluster.mode === "terway-vpc" ? undefined : "shared";
}

/** None where an instance type is not known: then nothing can be said. */
function roomsIn(cluster: Cluster): readonly (Room & { readonly node: string })[] {
	try {
		return clusterCapacity(cluster, knownInstanceTypes()).flatMap(({ node, rooms }) =>
			rooms.map((room) => ({ ...room, node })),
		);
	} catch (error) {
		if (error instanceof InputError) return [];
		throw error;
	}
}
