/** What is wrong with a load balancer: its list of clients, members that are missing, that get nothing, or are others' cards. */
import { formatEndpoint } from "../address/address.ts";
import type { Service, ServicePort } from "../cluster/objects.ts";
import type { LoadBalancerObject } from "../cluster/settings.ts";
import { attachmentOf, vpcsOf } from "../fabric/attachment.ts";
import { membersOf } from "../modes/load-balancer-members.ts";
import { eniCards } from "../modes/underlay/enis.ts";
import type { Backend, LoadBalancer } from "../state/fabric.ts";
import { placeKind } from "../state/place.ts";
import { phrase, type Said } from "../wording/phrase.ts";
import type { Found } from "./found.ts";
import type { Plan } from "./plan.ts";
import { endingAs, inPlace } from "./shown-at.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";
import { at, whereOf } from "./where.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Found[];

export const LOAD_BALANCER_RULES: readonly Rule[] = [listedClients, ownAddressUnknown, describedMembers, noReadyNode];

/** A listener's list of clients dropped the packet. */
function listedClients({ cluster }: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	const end = ways.find((way) => way.end.because.code === "lb-acl")?.end;
	if (end === undefined) return [];
	const { list = "", client = "" } = end.because.facts;
	const object = cluster.loadBalancers.find(({ name }) => end.at === `slb/${name}`);
	const where = object === undefined ? "" : ` ${at(object.source)}`;
	return [
		{
			code: "lb-acl-denies",
			severity: "error",
			message: phrase("lb-acl-denies", { list, balancer: end.at, port: end.packet.dport, where, client }),
			fix: phrase(isWhite(list) ? "lb-add-to-list" : "lb-take-off-list", { client }),
			object: end.at,
			shownAt: endingAs(end),
		},
	];
}

function isWhite(list: Said | number): boolean {
	return typeof list === "object" && list.phrase === "list-white";
}

/** An NLB that shows addresses of its own, of which the input names none of the client's family. */
function ownAddressUnknown({ cluster }: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	const end = ways.find((way) => way.end.outcome === "unknown" && placeKind(way.end.at) === "slb")?.end;
	const object = cluster.loadBalancers.find(({ name }) => end?.at === `slb/${name}`);
	if (end === undefined || object === undefined) return [];
	return [
		{
			code: "lb-client-not-kept",
			severity: "warning",
			message: phrase("lb-client-not-kept", {
				balancer: end.at,
				where: at(object.source),
				client: end.packet.src.text,
			}),
			fix: phrase("lb-client-not-kept-fix"),
			object: end.at,
			shownAt: endingAs(end),
		},
	];
}

/** Of each load balancer that the packet came to, which the input describes with its members. */
function describedMembers(subject: Subject, _: Plan, ways: readonly Way[]): readonly Found[] {
	if (subject.cluster.loadBalancers.length === 0) return [];
	const met = new Set(ways.flatMap(({ forward }) => forward.hops.map((hop) => hop.at)));
	return subject.cluster.loadBalancers.flatMap((object): readonly Found[] => {
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
function noReadyNode({ cluster }: Subject, { target }: Plan, ways: readonly Way[]): readonly Found[] {
	const end = ways.find((way) => way.end.because.code === "lb-no-backend")?.end;
	const described = cluster.loadBalancers.some(({ name, backends }) => backends !== null && end?.at === `slb/${name}`);
	if (end === undefined || described || cluster.nodes.some(({ ready }) => ready)) return [];
	const nodes = cluster.nodes.map(({ name, source }) => `node/${name} ${at(source)}`);
	const service = target.service === null ? "" : phrase("of-service", { service: nameOf(target.service.service) });
	return [
		{
			code: "lb-no-ready-node",
			severity: "error",
			message: phrase("lb-no-ready-node", { balancer: end.at, service, port: end.packet.dport, nodes }),
			fix: phrase("lb-no-ready-node-fix"),
			object: end.at,
			shownAt: endingAs(end),
		},
	];
}

/** A member of type eni is a card and one of its addresses; here the address is another card's. */
function wrongCards(subject: Subject, { place, listeners, origin }: LoadBalancer): readonly Found[] {
	return listeners.flatMap(({ port, backends }) =>
		backends.flatMap((backend): readonly Found[] => {
			const owner = vpcsOf(subject.network)
				.map((vpc) => attachmentOf(vpc.attachments, backend.address.text))
				.find((card) => card !== undefined);
			if (backend.eni === undefined || owner?.eni === undefined || owner.eni.place === backend.eni) return [];
			const mounted = backend.eni.slice("eni/".length);
			const facts = { ...memberFacts(place, origin, backend, port), mounted, owner: owner.eni.id };
			return [
				{
					code: "lb-member-wrong-eni",
					severity: "error",
					message: phrase("lb-member-wrong-eni", facts),
					fix: phrase("lb-member-wrong-eni-fix", { owner: owner.eni.id, address: backend.address.text }),
					object: place,
					shownAt: inPlace(place),
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
function membersOfPort(subject: Subject, mounted: Mounted): readonly Found[] {
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
function strangeMember(member: Backend, missing: readonly Backend[], { balancer, service, port }: Mounted): Found {
	const name = nameOf(service);
	const asOther = missing.find(({ address }) => address.text === member.address.text);
	const facts = memberFacts(balancer.place, balancer.origin, member, port.port);
	if (asOther !== undefined) {
		return {
			code: "lb-member-wrong-port",
			severity: "error",
			message: phrase("lb-member-wrong-port", { ...facts, service: name, endpoint: endpointOf(asOther) }),
			fix: phrase("lb-member-wrong-port-fix", { port: asOther.port }),
			object: balancer.place,
			shownAt: inPlace(balancer.place),
		};
	}
	return {
		code: "lb-member-not-endpoint",
		severity: "error",
		message: phrase("lb-member-not-endpoint", { ...facts, service: name }),
		fix:
			missing.length === 0 ? phrase("lb-remove") : phrase("lb-remove-and-mount", { members: missing.map(endpointOf) }),
		object: balancer.place,
		shownAt: inPlace(balancer.place),
	};
}

/** New connections go to members that are healthy and have a weight. */
function gettingNothing(has: readonly Backend[], { balancer, service, port }: Mounted): readonly Found[] {
	const idle = has.filter(({ weight, healthy }) => weight === 0 || healthy === false);
	const severity = idle.length === has.length ? "error" : "warning";
	return idle.map((member): Found => {
		const isIll = member.healthy === false;
		const facts = memberFacts(balancer.place, balancer.origin, member, port.port);
		return {
			code: isIll ? "lb-member-unhealthy" : "lb-member-weight-zero",
			severity,
			message: phrase(isIll ? "lb-member-unhealthy" : "lb-member-weight-zero", facts),
			fix: isIll
				? phrase("lb-member-unhealthy-fix", { member: endpointOf(member), service: nameOf(service) })
				: phrase("lb-member-weight-zero-fix"),
			object: balancer.place,
			shownAt: inPlace(balancer.place),
		};
	});
}

/** What the cloud controller would have mounted and the load balancer has not. */
function missingMembers(
	missing: readonly Backend[],
	has: readonly Backend[],
	strange: readonly Backend[],
	{ balancer, service, port }: Mounted,
): readonly Found[] {
	const told = missing.filter(({ address }) => !strange.some((each) => each.address.text === address.text));
	if (told.length === 0 || (strange.length > 0 && strange.length === has.length)) return [];
	return [
		{
			code: "lb-member-missing",
			severity: has.length === 0 ? "error" : "warning",
			message: phrase("lb-member-missing", {
				balancer: balancer.place,
				where: whereOf(balancer.origin),
				members: told.map(endpointOf),
				port: port.port,
				service: nameOf(service),
			}),
			fix: phrase("lb-member-missing-fix"),
			object: balancer.place,
			shownAt: inPlace(balancer.place),
		},
	];
}

interface MemberFacts {
	readonly balancer: string;
	readonly where: string;
	readonly member: string;
	readonly port: number;
}

function memberFacts(balancer: string, origin: LoadBalancer["origin"], member: Backend, port: number): MemberFacts {
	return { balancer, where: whereOf(origin), member: endpointOf(member), port };
}

function nameOf({ namespace, name }: Service): string {
	return `service/${namespace}/${name}`;
}

function endpointOf({ address, port }: Backend): string {
	return formatEndpoint(address, port);
}
