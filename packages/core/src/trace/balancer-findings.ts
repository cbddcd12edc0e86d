/** What is wrong with a load balancer: its list of clients, members that are missing, that get nothing, or are others' cards. */
import { formatEndpoint } from "../address/address.ts";
import type { Service, ServicePort } from "../cluster/objects.ts";
import type { LoadBalancerObject } from "../cluster/settings.ts";
import { attachmentOf, vpcsOf } from "../fabric/attachment.ts";
import { membersOf } from "../modes/load-balancer-members.ts";
import { eniCards } from "../modes/underlay/enis.ts";
import type { Backend, LoadBalancer } from "../state/fabric.ts";
import { placeKind } from "../state/place.ts";
import type { Finding } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";
import { at, whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Finding[];

export const LOAD_BALANCER_RULES: readonly Rule[] = [listedClients, ownAddressUnknown, describedMembers, noReadyNode];

/** A listener's list of clients dropped the packet. */
function listedClients({ cluster }: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const end = ways.find((way) => way.end.because.code === "lb-acl")?.end;
	if (end === undefined) return [];
	const { list = "", client = "" } = end.because.facts;
	const object = cluster.loadBalancers.find(({ name }) => end.at === `slb/${name}`);
	const where = object === undefined ? "" : ` ${at(object.source)}`;
	return [
		{
			code: "lb-acl-denies",
			severity: "error",
			message: `the ${list} list of ${end.at}'s listener on port ${end.packet.dport}${where} does not let ${client} in`,
			fix: list === "white" ? `add ${client} to the list` : `take what ${client} is in off the list`,
			object: end.at,
		},
	];
}

/** An NLB that shows addresses of its own, of which the input names none of the client's family. */
function ownAddressUnknown({ cluster }: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	const end = ways.find((way) => way.end.outcome === "unknown" && placeKind(way.end.at) === "slb")?.end;
	const object = cluster.loadBalancers.find(({ name }) => end?.at === `slb/${name}`);
	if (end === undefined || object === undefined) return [];
	return [
		{
			code: "lb-client-not-kept",
			severity: "warning",
			message: `${end.at} ${at(object.source)} does not keep the client's address ${end.packet.src.text}: security groups and servers see one of its own, which the input does not name`,
			fix: "name them in spec.localAddresses, or let it keep the client's: preserveClientIp",
			object: end.at,
		},
	];
}

/** Of each load balancer that the packet came to, which the input describes with its members. */
function describedMembers(subject: Subject, _: Plan, ways: readonly Way[]): readonly Finding[] {
	if (subject.cluster.loadBalancers.length === 0) return [];
	const met = new Set(ways.flatMap(({ forward }) => forward.hops.map((hop) => hop.at)));
	return subject.cluster.loadBalancers.flatMap((object): readonly Finding[] => {
		const balancer = subject.network.loadBalancers.find(({ place }) => place === `slb/${object.name}`);
		const service = subject.cluster.service(object.service);
		if (balancer === undefined || service === undefined || object.backends === null || !met.has(balancer.place))
			return [];
		return [
			...wrongCards(subject, balancer),
			...service.ports.flatMap((port) => membersOfPort(subject, { object, balancer, service, port })),
		];
	});
}

/** Nodes are members only while they are ready, and not kept out by a label. */
function noReadyNode({ cluster }: Subject, { target }: Plan, ways: readonly Way[]): readonly Finding[] {
	const end = ways.find((way) => way.end.because.code === "lb-no-backend")?.end;
	const described = cluster.loadBalancers.some(({ name, backends }) => backends !== null && end?.at === `slb/${name}`);
	if (end === undefined || described || cluster.nodes.some(({ ready }) => ready)) return [];
	const nodes = cluster.nodes.map(({ name, source }) => `node/${name} ${at(source)}`).join(", ");
	const service = target.service === null ? "" : ` of ${nameOf(target.service.service)}`;
	return [
		{
			code: "lb-no-ready-node",
			severity: "error",
			message: `${end.at}${service} has no member for port ${end.packet.dport}: no node is Ready: ${nodes}`,
			fix: "see why they are not: kubectl describe node",
			object: end.at,
		},
	];
}

/** A member of type eni is a card and one of its addresses; here the address is another card's. */
function wrongCards(subject: Subject, { place, listeners, origin }: LoadBalancer): readonly Finding[] {
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
					message: `${place}${whereOf(origin)} has ${endpointOf(backend)} as a member on ${mounted} for port ${port}, but ${owner.eni.id} has that address`,
					fix: `mount ${owner.eni.id} with ${backend.address.text}`,
					object: place,
				},
			];
		}),
	);
}

interface Mounted {
	readonly object: LoadBalancerObject;
	readonly balancer: LoadBalancer;
	readonly service: Service;
	readonly port: ServicePort;
}

/** Members beside what the cloud controller would have mounted. */
function membersOfPort(subject: Subject, mounted: Mounted): readonly Finding[] {
	const { balancer, service, port } = mounted;
	const wanted = membersOf(service, subject.cluster, eniCards(vpcsOf(subject.network))).backends(
		port,
		balancer.addresses,
		balancer.origin,
	);
	const listener = balancer.listeners.find((each) => each.protocol === port.protocol && each.port === port.port);
	const has = listener?.backends ?? [];
	const families = new Set(has.map(({ address }) => address.family));
	const missing = wanted.filter(
		(each) => !has.some((own) => isSame(own, each)) && (families.size === 0 || families.has(each.address.family)),
	);
	const strange = has.filter((each) => !wanted.some((own) => isSame(own, each)));
	return [
		...strange.map((each) => strangeMember(each, missing, mounted)),
		...gettingNothing(has, mounted),
		...missingMembers(missing, has, strange, mounted),
	];
}

function isSame(one: Backend, other: Backend): boolean {
	return one.address.text === other.address.text && one.port === other.port;
}

/** A member that no endpoint is: of an endpoint at another port, or of something else. */
function strangeMember(member: Backend, missing: readonly Backend[], { balancer, service, port }: Mounted): Finding {
	const name = nameOf(service);
	const asOther = missing.find(({ address }) => address.text === member.address.text);
	const here = `${balancer.place}${whereOf(balancer.origin)} has ${endpointOf(member)} as a member for port ${port.port}`;
	if (asOther !== undefined) {
		return {
			code: "lb-member-wrong-port",
			severity: "error",
			message: `${here}, but ${name} is at ${endpointOf(asOther)}`,
			fix: `mount it with port ${asOther.port}`,
			object: balancer.place,
		};
	}
	return {
		code: "lb-member-not-endpoint",
		severity: "error",
		message: `${here}, which is no endpoint of ${name}`,
		fix: missing.length === 0 ? "remove it" : `remove it, and mount ${missing.map(endpointOf).join(", ")}`,
		object: balancer.place,
	};
}

/** New connections go to members that are healthy and have a weight. */
function gettingNothing(has: readonly Backend[], { balancer, service, port }: Mounted): readonly Finding[] {
	const idle = has.filter(({ weight, healthy }) => weight === 0 || healthy === false);
	const severity = idle.length === has.length ? "error" : "warning";
	return idle.map((member): Finding => {
		const isIll = member.healthy === false;
		const what = isIll ? "which fails its health check" : "which has weight 0";
		return {
			code: isIll ? "lb-member-unhealthy" : "lb-member-weight-zero",
			severity,
			message: `${balancer.place}${whereOf(balancer.origin)} has ${endpointOf(member)} as a member for port ${port.port}, ${what}: it gets no connections`,
			fix: isIll
				? `look for why ${endpointOf(member)} does not answer the health check of ${nameOf(service)}`
				: "give it a weight of 1 to 100",
			object: balancer.place,
		};
	});
}

/** What the cloud controller would have mounted and the load balancer has not. */
function missingMembers(
	missing: readonly Backend[],
	has: readonly Backend[],
	strange: readonly Backend[],
	{ balancer, service, port }: Mounted,
): readonly Finding[] {
	const told = missing.filter(({ address }) => !strange.some((each) => each.address.text === address.text));
	if (told.length === 0 || (strange.length > 0 && strange.length === has.length)) return [];
	return [
		{
			code: "lb-member-missing",
			severity: has.length === 0 ? "error" : "warning",
			message: `${balancer.place}${whereOf(balancer.origin)} has not ${told.map(endpointOf).join(", ")} as a member for port ${port.port}, though ${nameOf(service)} has it`,
			fix: "look for what the cloud controller says of the Service: kubectl describe service",
			object: balancer.place,
		},
	];
}

function nameOf({ namespace, name }: Service): string {
	return `service/${namespace}/${name}`;
}

function endpointOf({ address, port }: Backend): string {
	return formatEndpoint(address, port);
}
