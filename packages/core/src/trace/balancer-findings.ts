/** What is wrong with a load balancer's members: missing ones, and cards that have not the address they are mounted with. */
import { formatEndpoint } from "../address/address.ts";
import type { Service } from "../cluster/objects.ts";
import { attachmentOf, vpcsOf } from "../fabric/attachment.ts";
import { membersOf } from "../modes/load-balancer-members.ts";
import { eniCards } from "../modes/underlay/enis.ts";
import type { Backend, LoadBalancer } from "../state/fabric.ts";
import type { Finding } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";

/** Of each load balancer that the packet came to, which the input describes with its members. */
export function loadBalancerMembers(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	if (subject.cluster.loadBalancers.length === 0) return [];
	const met = new Set(ways.flatMap(({ forward }) => forward.hops.map(({ at }) => at)));
	return subject.cluster.loadBalancers.flatMap((object): readonly Finding[] => {
		const balancer = subject.network.loadBalancers.find(({ place }) => place === `slb/${object.name}`);
		const service = subject.cluster.service(object.service);
		if (balancer === undefined || service === undefined || object.backends === null || !met.has(balancer.place))
			return [];
		return [...wrongCards(subject, balancer), ...missingMembers(subject, balancer, service)];
	});
}

/** A member of type eni is a card and one of its addresses; here the address is another card's. */
function wrongCards(subject: Subject, { place, listeners }: LoadBalancer): readonly Finding[] {
	return listeners.flatMap(({ port, backends }) =>
		backends.flatMap((backend): readonly Finding[] => {
			const owner = vpcsOf(subject.network)
				.map((vpc) => attachmentOf(vpc.attachments, backend.address.text))
				.find((card) => card !== undefined);
			if (backend.eni === undefined || owner?.eni === undefined || owner.eni.place === backend.eni) return [];
			const mounted = backend.eni.slice("eni/".length);
			return [
				{
					code: "lb-member-wrong-eni",
					severity: "error",
					message: `${place} has ${endpointOf(backend)} as a member on ${mounted} for port ${port}, but ${owner.eni.id} has that address`,
					fix: `mount ${owner.eni.id} with ${backend.address.text}`,
					object: place,
				},
			];
		}),
	);
}

/** What the cloud controller would have mounted and the load balancer has not. */
function missingMembers(subject: Subject, balancer: LoadBalancer, service: Service): readonly Finding[] {
	const wanted = membersOf(service, subject.cluster, eniCards(vpcsOf(subject.network)));
	return service.ports.flatMap((port): readonly Finding[] => {
		const listener = balancer.listeners.find((each) => each.protocol === port.protocol && each.port === port.port);
		const has = new Set(listener?.backends.map(endpointOf));
		const missing = wanted
			.backends(port, balancer.addresses, balancer.origin)
			.map(endpointOf)
			.filter((each) => !has.has(each));
		if (missing.length === 0) return [];
		const name = `service/${service.namespace}/${service.name}`;
		return [
			{
				code: "lb-member-missing",
				severity: has.size === 0 ? "error" : "warning",
				message: `${balancer.place} has not ${missing.join(", ")} as a member for port ${port.port}, though ${name} has it`,
				fix: "look for what the cloud controller says of the Service: kubectl describe service",
				object: balancer.place,
			},
		];
	});
}

function endpointOf({ address, port }: Backend): string {
	return formatEndpoint(address, port);
}
