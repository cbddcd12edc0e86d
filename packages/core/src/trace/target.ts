/** What a question asks for: the address and port that the client uses, and who may answer. */
import { type Address, type Family, formatEndpoint, isLoopback } from "../address/address.ts";
import type { Node, Pod, Service, ServicePort } from "../cluster/objects.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { Place } from "../state/place.ts";
import { type Phrase, phrase, type Said } from "../wording/phrase.ts";
import { missing, type Named, parseName, placeOf } from "./places.ts";
import type { Question, QuestionProtocol, Via } from "./question.ts";
import type { Subject } from "./subject.ts";

export interface Target {
	readonly address: Address;
	/** 0 for ICMP. */
	readonly port: number;
	/** The Service behind the address and port, where there is one: then only its endpoints listen. */
	readonly service: { readonly service: Service; readonly port: ServicePort } | null;
	/** The machine or pod that was named, if one was. */
	readonly place: Place | null;
	/** Neither the question nor the target says a port: `ANY_PORT` stands for it. */
	readonly portAssumed: boolean;
}

/** Taken where a pod declares no port and the question names none: the path does not depend on it. */
const ANY_PORT = 80;

/** Finds the target. `families` are those that the client has, the preferred one first. */
export function targetOf(subject: Subject, question: Question, families: readonly Family[]): Target {
	const named = parseName(question.to);
	if (named.kind === "service") return serviceTarget(subject, question, named, families);
	if (question.via !== undefined) {
		throw new InputError({
			code: "via-without-service",
			message: phrase("via-needs-service", { via: question.via, to: question.to }),
		});
	}
	if (named.kind === "address") return addressTarget(subject, question, named.address, named.port);
	const place = placeOf(subject, named);
	const addresses = addressesOf(subject, named);
	const address = families
		.map((family) => addresses.find((each) => each.family === family))
		.find((each) => each !== undefined);
	if (address === undefined) throw noAddress(question.to, addresses, families);
	const pod = named.kind === "pod" ? subject.cluster.pod(named.key) : undefined;
	const port = portOf(question, named.port, pod);
	return { address, port: port ?? ANY_PORT, service: null, place, portAssumed: port === null };
}

function noAddress(name: string, addresses: readonly Address[], families: readonly Family[]): InputError {
	const message =
		addresses.length === 0
			? phrase("has-no-address", { name })
			: phrase("no-common-family", { name, families: namesOf(families) });
	return new InputError({ code: "no-address", message });
}

function namesOf(families: readonly Family[]): Said {
	const [one = "", other] = families.map((family) => `IPv${family}`);
	return other === undefined ? one : phrase("or", { one, other });
}

function addressesOf(subject: Subject, named: Exclude<Named, { kind: "service" | "address" }>): readonly Address[] {
	const { cluster, network } = subject;
	switch (named.kind) {
		case "pod":
			return cluster.pod(named.key)?.podIPs ?? ownAddresses(network.namespace(`pod/${named.key}`)?.addresses ?? []);
		case "node":
			return (
				cluster.node(named.name)?.internalIPs ?? ownAddresses(network.namespace(`node/${named.name}`)?.addresses ?? [])
			);
		case "host":
			return (
				cluster.host(named.name)?.addresses ?? ownAddresses(network.namespace(`host/${named.name}`)?.addresses ?? [])
			);
		case "internet":
			return [named.address];
	}
}

function ownAddresses(all: readonly { readonly address: Address; readonly scope: string }[]): readonly Address[] {
	return all.filter((each) => each.scope === "global").map((each) => each.address);
}

/** Null where nobody says which. */
function portOf(question: Question, port: string | null, pod: Pod | undefined): number | null {
	if (question.protocol === "icmp") return 0;
	const declared = pod?.ports.filter((each) => each.protocol === question.protocol) ?? [];
	if (port === null) return declared[0]?.containerPort ?? null;
	const byName = declared.find((each) => each.name === port);
	return byName?.containerPort ?? portNumber(port, question.to, declared);
}

function portNumber(text: string, where: string, declared: Pod["ports"] = []): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
	if (port >= 1 && port <= 65535) return port;
	throw new InputError({
		code: "bad-port",
		message: phrase("bad-port", { text, where }),
		hint: portHint(declared.map(({ name }) => name).filter((name) => name !== "")),
	});
}

function portHint(names: readonly string[]): Phrase {
	const range = phrase("port-range");
	return names.length === 0 ? range : phrase("or", { one: range, other: names });
}

/** A bare address may be a Service's: then its endpoints are who listens. */
function addressTarget(subject: Subject, question: Question, address: Address, port: string | null): Target {
	const number = question.protocol === "icmp" ? 0 : port === null ? ANY_PORT : portNumber(port, question.to);
	const portAssumed = port === null && number === ANY_PORT;
	const owners = subject.cluster.ownersOf(address);
	for (const owner of owners) {
		if (owner.kind !== "service") continue;
		const servicePort = owner.service.ports.find((each) => each.port === number && each.protocol === question.protocol);
		if (servicePort !== undefined)
			return {
				address,
				port: number,
				service: { service: owner.service, port: servicePort },
				place: null,
				portAssumed,
			};
	}
	// A node port is asked for at any address of a node; 127.0.0.1 is one of whoever asks.
	const isNode = isLoopback(address) || owners.some((owner) => owner.kind === "node");
	const service = isNode ? serviceOfNodePort(subject, question.protocol, number) : null;
	return { address, port: number, service, place: subject.network.ownerOf(address) ?? null, portAssumed };
}

function serviceOfNodePort(subject: Subject, protocol: QuestionProtocol, port: number): Target["service"] {
	if (port === 0) return null;
	for (const service of subject.cluster.services) {
		const found = service.ports.find((each) => each.nodePort === port && each.protocol === protocol);
		if (found !== undefined) return { service, port: found };
	}
	return null;
}

function serviceTarget(
	subject: Subject,
	question: Question,
	named: Extract<Named, { kind: "service" }>,
	families: readonly Family[],
): Target {
	const service = subject.cluster.service(named.key);
	if (service === undefined) {
		throw missing("service", named.key, () => subject.cluster.services.map((each) => `${each.namespace}/${each.name}`));
	}
	const port = servicePort(service, named.port, question);
	const via = question.via ?? "cluster-ip";
	const addresses = via === "node-port" ? nodeAddresses(subject, question) : serviceAddresses(service, via);
	const address = families
		.map((family) => addresses.find((each) => each.family === family))
		.find((each) => each !== undefined);
	if (address === undefined) throw noServiceAddress(service, via, addresses, families);
	if (via === "node-port" && port.nodePort === 0) {
		throw new InputError({
			code: "no-node-port",
			message: phrase("no-node-port", { service: `service/${named.key}` }),
			where: service.source,
		});
	}
	const number = via === "node-port" ? port.nodePort : port.port;
	return { address, port: number, service: { service, port }, place: null, portAssumed: false };
}

function servicePort(service: Service, port: string | null, question: Question): ServicePort {
	const key = `service/${service.namespace}/${service.name}`;
	if (service.type === "ExternalName") {
		throw new InputError({
			code: "external-name",
			message: phrase("external-name", { service: key }),
			where: service.source,
		});
	}
	if (question.protocol === "icmp") {
		const first = service.ports[0];
		if (first === undefined)
			throw new InputError({
				code: "no-port",
				message: phrase("has-no-port", { service: key }),
				where: service.source,
			});
		return { ...first, port: 0, nodePort: 0 };
	}
	const ofProtocol = service.ports.filter((each) => each.protocol === question.protocol);
	const has = service.ports.map((each) => `${each.port}/${each.protocol}`);
	const hint = phrase("it-has", { what: has.length === 0 ? phrase("none") : has });
	if (port === null) {
		if (ofProtocol.length === 1) return ofProtocol[0] as ServicePort;
		const message =
			ofProtocol.length === 0
				? phrase("has-no-protocol-port", { service: key, protocol: question.protocol })
				: phrase("several-ports", { service: key });
		throw new InputError({ code: "no-port", message, hint, where: service.source });
	}
	const found = ofProtocol.find((each) => String(each.port) === port || each.name === port);
	if (found !== undefined) return found;
	throw new InputError({
		code: "no-port",
		message: phrase("no-such-port", { service: key, protocol: question.protocol, port }),
		hint,
		where: service.source,
	});
}

function serviceAddresses(service: Service, via: Exclude<Via, "node-port">): readonly Address[] {
	const ingress = service.loadBalancerIngress.map((each) => each.ip);
	switch (via) {
		case "cluster-ip":
			return service.clusterIPs;
		case "external-ip":
			// What `kubectl get service` shows under EXTERNAL-IP is the load balancer's address where there is one.
			return [...service.externalIPs, ...ingress];
		case "load-balancer":
			return ingress;
	}
}

function noServiceAddress(
	service: Service,
	via: Via,
	addresses: readonly Address[],
	families: readonly Family[],
): InputError {
	const key = `service/${service.namespace}/${service.name}`;
	if (addresses.length > 0) {
		return new InputError({
			code: "no-address",
			message: phrase("no-family-for-via", { service: key, families: namesOf(families), via }),
			where: service.source,
		});
	}
	const message =
		via === "cluster-ip"
			? phrase("is-headless", { service: key })
			: phrase("no-address-for-via", { service: key, via });
	const external = [...service.externalIPs, ...service.loadBalancerIngress.map((each) => each.ip)];
	const hint =
		external.length > 0
			? phrase("it-has", { what: external.map((each) => formatEndpoint(each, service.ports[0]?.port ?? 0)) })
			: phrase("type-is", { type: service.type });
	return new InputError({ code: "no-address", message, hint, where: service.source });
}

function nodeAddresses(subject: Subject, question: Question): readonly Address[] {
	if (question.node === undefined) {
		throw new InputError({
			code: "node-missing",
			message: phrase("node-port-needs-node"),
			hint: phrase("whose-address"),
		});
	}
	const node: Node | undefined = subject.cluster.node(question.node);
	if (node === undefined) throw missing("node", question.node, () => subject.cluster.nodes.map((each) => each.name));
	return node.internalIPs;
}
