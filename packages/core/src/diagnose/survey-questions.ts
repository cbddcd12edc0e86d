/** Which questions stand for all that could be asked of a cluster: one for each class of pairs that fare alike. */

import type { Cluster } from "../cluster/cluster.ts";
import type { Pod, Service } from "../cluster/objects.ts";
import { type Place, podPlace } from "../state/place.ts";
import { type Question, questionOf } from "../trace/question.ts";

/** More are thinned out evenly. */
const MOST_QUESTIONS = 20_000;

/**
 * Every pair of nodes by a pod of each, every pod once as a client and once as a server, every Service port from every
 * node. `concerns` says which places matter: a question between places that are all as they should be has no other answer.
 */
export function surveyQuestions(cluster: Cluster, concerns: (place: Place) => boolean): readonly Question[] {
	const pods = cluster.pods.filter(isAsked);
	const byNode = Map.groupBy(pods, ({ nodeName }) => nodeName);
	const touches = (pod: Pod): boolean => concerns(podPlace(pod)) || concerns(`node/${pod.nodeName}`);
	const questions = new Map<string, Question>();
	const add = (from: string, to: string, protocol: Question["protocol"]): void => {
		questions.set(`${from} ${to} ${protocol}`, questionOf({ from, to, protocol }));
	};
	const ask = (from: Pod, to: Pod): void => {
		if (from !== to && (touches(from) || touches(to))) add(podPlace(from), podPlace(to), "tcp");
	};
	const first = [...byNode.values()].map((own) => own[0] as Pod);
	for (const from of first) for (const to of first) ask(from, to);
	for (const own of byNode.values()) if (own[0] !== undefined && own[1] !== undefined) ask(own[0], own[1]);
	for (const pod of pods) {
		const partner = first.find(({ nodeName }) => nodeName !== pod.nodeName) ?? first[0];
		if (partner === undefined || !touches(pod)) continue;
		ask(pod, partner);
		ask(partner, pod);
	}
	for (const service of cluster.services.filter(hasAddress)) {
		for (const { port, protocol } of service.ports) {
			for (const from of first) {
				if (touches(from) || servesAt(cluster, service, concerns)) {
					add(podPlace(from), `service/${service.namespace}/${service.name}:${port}`, protocol);
				}
			}
		}
	}
	return thinned([...questions.values()]);
}

function isAsked({ podIPs, nodeName, hostNetwork }: Pod): boolean {
	return podIPs.length > 0 && nodeName !== "" && !hostNetwork;
}

function hasAddress({ clusterIPs, type }: Service): boolean {
	return clusterIPs.length > 0 && type !== "ExternalName";
}

/** Whether a place that matters has an endpoint of the Service. */
function servesAt(cluster: Cluster, { namespace, name }: Service, concerns: (place: Place) => boolean): boolean {
	return cluster.slicesOf(`${namespace}/${name}`).some(({ endpoints }) =>
		endpoints.some(({ addresses }) =>
			addresses.some((address) =>
				cluster.ownersOf(address).some((owner) => {
					if (owner.kind !== "pod") return false;
					return concerns(podPlace(owner.pod)) || concerns(`node/${owner.pod.nodeName}`);
				}),
			),
		),
	);
}

function thinned(questions: readonly Question[]): readonly Question[] {
	if (questions.length <= MOST_QUESTIONS) return questions;
	const step = questions.length / MOST_QUESTIONS;
	return Array.from({ length: MOST_QUESTIONS }, (_, i) => questions[Math.floor(i * step)] as Question);
}
