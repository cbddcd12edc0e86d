/** What objects say of each other: names that must exist, ports that only one may have. */
import { isLinkLocal, parseAddress } from "../../address/address.ts";
import { containsPrefix } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import { type Phrase, phrase, type Said } from "../../wording/phrase.ts";
import type { Cluster } from "../cluster.ts";
import { keyOf } from "../inventory.ts";
import type { Service } from "../objects.ts";
import type { VpcObject } from "../settings.ts";
import { inOneOf } from "./address-checks.ts";

/** @throws {InputError} For the first that is wrong. */
export function checkReferences(cluster: Cluster): void {
	checkNodePorts(cluster.services);
	checkLoadBalancers(cluster);
	for (const vpc of cluster.vpcs) checkVpc(vpc, cluster);
	for (const segment of cluster.segments) {
		const stray = segment.gateways.find((gateway) => !inOneOf(segment.cidrs, gateway));
		if (stray !== undefined) {
			const of = `segment/${segment.name}`;
			const message = phrase("gateway-not-in", { address: stray.text, of, what: phrase("its-cidrs") });
			refuse("address-in-no-cidr", message, segment.source);
		}
	}
	for (const name of Object.keys(cluster.settings?.sysctlsByNode ?? {})) {
		if (cluster.node(name) === undefined) missingNode(name, "spec.nodes", cluster.settings?.source, cluster);
	}
}

/** Node ports and health check ports are handed out from one range (pkg/registry/core/service/portallocator). */
function checkNodePorts(services: readonly Service[]): void {
	const taken = new Map<string, Service>();
	for (const service of services) {
		const ports = service.ports.map(({ nodePort, protocol }) => ({ port: nodePort, protocol }));
		for (const { port, protocol } of [...ports, { port: service.healthCheckNodePort, protocol: "tcp" }]) {
			const key = `${port}/${protocol.toUpperCase()}`;
			const other = port === 0 ? undefined : taken.get(key);
			if (other !== undefined) {
				const what = phrase("node-port", { port: key });
				const [one, another] = [`service/${keyOf(service)}`, `service/${keyOf(other)}`];
				const message = phrase("has-too", { one, what, other: another });
				refuse("duplicate-port", message, service.source, otherAt(other));
			}
			taken.set(key, service);
		}
	}
}

function checkLoadBalancers(cluster: Cluster): void {
	for (const { name, service, backends, source } of cluster.loadBalancers) {
		const who = phrase("named-kind", { kind: "LoadBalancer", name });
		if (cluster.service(service) === undefined) {
			const hint = suggest(service, cluster.services.map(keyOf));
			refuse("missing-object", phrase("balancer-for", { name, service: `service/${service}` }), source, hint);
		}
		for (const { node, eni } of backends ?? []) {
			if (node !== "" && cluster.node(node) === undefined) missingNode(node, who, source, cluster);
			if (eni === "" || cluster.eni(eni) !== undefined || namesOfPodEnis(cluster).has(eni)) continue;
			const hint = suggest(
				eni,
				cluster.enis.map((each) => each.name),
			);
			const what = phrase("named-kind", { kind: "ENI", name: eni });
			refuse("missing-object", phrase("is-not-there", { who, what }), source, hint);
		}
	}
}

function namesOfPodEnis(cluster: Cluster): ReadonlySet<string> {
	return new Set(cluster.podENIs.flatMap(({ allocations }) => allocations.map(({ eniID }) => eniID)));
}

function checkVpc(vpc: VpcObject, cluster: Cluster): void {
	const place = `vpc/${vpc.name}`;
	const ids = new Set<string>();
	for (const { id, cidr, gateway } of vpc.vSwitches) {
		if (ids.has(id)) refuse("duplicate-object", phrase("two-vswitches", { vpc: place, id }), vpc.source);
		ids.add(id);
		if (!vpc.cidrs.some((block) => containsPrefix(block, cidr))) {
			const hint = phrase("its-cidrs-are", { blocks: vpc.cidrs.map(({ text }) => text) });
			refuse("address-in-no-cidr", phrase("cidr-not-in", { cidr: cidr.text, id, vpc: place }), vpc.source, hint);
		}
		// Routers of IPv6 are known by their link-local addresses (RFC 4861 section 6.1.2).
		if (!inOneOf([cidr], gateway) && !(gateway.family === 6 && isLinkLocal(gateway))) {
			const of = phrase("named-kind", { kind: "vSwitch", name: id });
			const message = phrase("gateway-not-in", { address: gateway.text, of, what: cidr.text });
			refuse("address-in-no-cidr", message, vpc.source);
		}
	}
	for (const { nextHop, line } of vpc.routes)
		checkNextHop(
			phrase("entry-to-no-machine", { vpc: place, hop: nextHop }),
			nextHop,
			{ file: vpc.source.file, line },
			cluster,
		);
}

/** An address that no machine of the input has may be that of another next hop, such as a NAT gateway. */
function checkNextHop(message: Phrase, nextHop: string, where: SourcePosition, cluster: Cluster): void {
	if (parseAddress(nextHop) !== undefined || cluster.eni(nextHop) !== undefined) return;
	const slash = nextHop.indexOf("/");
	const kind = slash < 0 ? "" : nextHop.slice(0, slash);
	const name = nextHop.slice(slash + 1);
	const isNode = kind !== "host" && cluster.node(name) !== undefined;
	const isHost = kind !== "node" && cluster.host(name) !== undefined;
	const isInstance = kind === "" && cluster.nodes.some(({ providerID }) => providerID.split(/[./]/).at(-1) === name);
	if (isNode || isHost || isInstance) return;
	const known = [
		...cluster.nodes.map((node) => `node/${node.name}`),
		...cluster.hosts.map((host) => `host/${host.name}`),
	];
	const hint = suggest(nextHop, kind === "" ? known.map((each) => each.slice("node/".length)) : known);
	refuse("missing-object", message, where, hint);
}

function missingNode(name: string, who: Said, where: SourcePosition | undefined, cluster: Cluster): never {
	const hint = suggest(
		name,
		cluster.nodes.map((node) => node.name),
	);
	return refuse("missing-object", phrase("is-not-there", { who, what: `node/${name}` }), where, hint);
}
