/** A question made ready for walking: where the packet begins, what it asks for, who may answer. */
import type { Address } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Service, ServicePort } from "../cluster/objects.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { Protocol } from "../packet/packet.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import type { Question, QuestionProtocol } from "./question.ts";
import { clientAddress, type Start, startOf } from "./start.ts";
import type { Subject } from "./subject.ts";
import { type Target, targetOf } from "./target.ts";

/** The source port of questions that name none: one that no Service uses. */
export const DEFAULT_SOURCE_PORT = 40000;

export interface Plan {
	readonly network: Network;
	readonly cluster: Cluster;
	readonly start: Start;
	readonly target: Target;
	readonly protocol: QuestionProtocol;
	readonly source: Address;
	readonly sourcePort: number;
	/** `ADDRESS PORT` of each endpoint of the target's Service. */
	readonly endpoints: ReadonlySet<string>;
	/** The network was read from nodes: rules may know endpoints that no object names. */
	readonly fromSnapshot: boolean;
	/** The places that the question names. */
	readonly asked: ReadonlySet<Place>;
}

/** Throws an InputError where the question cannot be asked of this subject. */
export function planOf(subject: Subject, question: Question): Plan {
	const start = startOf(subject, question);
	const target = targetOf(subject, question, start.families);
	if (!start.families.includes(target.address.family)) {
		throw new InputError({
			code: "family-mismatch",
			message: phrase("family-mismatch", {
				from: question.from,
				family: target.address.family,
				address: target.address.text,
			}),
		});
	}
	const sourcePort = question.sourcePort ?? DEFAULT_SOURCE_PORT;
	const ports = question.protocol === "icmp" ? {} : { sport: sourcePort, dport: target.port };
	const source = clientAddress(start, {
		to: target.address,
		protocol: protocolOf(question.protocol, target.address),
		...ports,
	});
	return {
		network: subject.network,
		cluster: subject.cluster,
		start,
		target,
		protocol: question.protocol,
		source,
		sourcePort,
		endpoints: endpointsOf(subject, target),
		fromSnapshot: subject.fromSnapshot,
		asked: new Set(target.place === null ? [start.place] : [start.place, target.place]),
	};
}

/** What the header says: IPv6's echo is another protocol than IPv4's. */
export function protocolOf(asked: QuestionProtocol, { family }: Address): Protocol {
	return asked === "icmp" && family === 6 ? "icmpv6" : asked;
}

const NO_ENDPOINTS: ReadonlySet<string> = new Set();
const known = new WeakMap<ServicePort, ReadonlySet<string>>();

function endpointsOf(subject: Subject, target: Target): ReadonlySet<string> {
	if (target.service === null) return NO_ENDPOINTS;
	const { service, port } = target.service;
	let endpoints = known.get(port);
	if (endpoints === undefined) {
		endpoints = collectEndpoints(subject, service, port, target.port);
		known.set(port, endpoints);
	}
	return endpoints;
}

function collectEndpoints(subject: Subject, service: Service, port: ServicePort, asked: number): ReadonlySet<string> {
	const endpoints = new Set<string>();
	for (const slice of subject.cluster.slicesOf(`${service.namespace}/${service.name}`)) {
		for (const slicePort of slice.ports) {
			if (slicePort.protocol !== port.protocol || slicePort.name !== port.name) continue;
			for (const endpoint of slice.endpoints) {
				for (const address of endpoint.addresses) endpoints.add(`${address.text} ${slicePort.port ?? asked}`);
			}
		}
	}
	return endpoints;
}

/** Whether an address is the client's: a stack may have several, and a node that asks a Service sends from the Service's own. */
export function isClients(plan: Plan, address: Address): boolean {
	if (address.text === plan.source.text) return true;
	return plan.start.device === null && plan.start.view.isLocal(address);
}
