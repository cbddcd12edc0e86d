/** What objects say of each other: names that must exist, ports that only one may have. */
import { isLinkLocal, parseAddress } from "../../address/address.ts";
import { containsPrefix } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { formatPosition, InputError } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import type { Said } from "../../wording/phrase.ts";
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
			fail(
				"address-in-no-cidr",
				`gateway ${stray.text} of segment/${segment.name} is not in its CIDRs`,
				segment.source,
			);
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
				const message = `service/${keyOf(service)} has node port ${key}, which service/${keyOf(other)} has too`;
				fail("duplicate-port", message, service.source, `the other is at ${formatPosition(other.source)}`);
			}
			taken.set(key, service);
		}
	}
}

function checkLoadBalancers(cluster: Cluster): void {
	for (const { name, service, backends, source } of cluster.loadBalancers) {
		if (cluster.service(service) === undefined) {
			const hint = suggest(service, cluster.services.map(keyOf));
			fail("missing-object", `LoadBalancer "${name}" is for service/${service}, which is not there`, source, hint);
		}
		for (const { node, eni } of backends ?? []) {
			if (node !== "" && cluster.node(node) === undefined) missingNode(node, `LoadBalancer "${name}"`, source, cluster);
			if (eni === "" || cluster.eni(eni) !== undefined || namesOfPodEnis(cluster).has(eni)) continue;
			const hint = suggest(
				eni,
				cluster.enis.map((each) => each.name),
			);
			fail("missing-object", `LoadBalancer "${name}" names ENI "${eni}", which is not there`, source, hint);
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
		if (ids.has(id)) fail("duplicate-object", `${place} has two vSwitches "${id}"`, vpc.source);
		ids.add(id);
		if (!vpc.cidrs.some((block) => containsPrefix(block, cidr))) {
			const blocks = vpc.cidrs.map(({ text }) => text).join(", ");
			fail(
				"address-in-no-cidr",
				`${cidr.text} of vSwitch "${id}" is not in ${place}`,
				vpc.source,
				`its CIDRs are ${blocks}`,
			);
		}
		// Routers of IPv6 are known by their link-local addresses (RFC 4861 section 6.1.2).
		if (!inOneOf([cidr], gateway) && !(gateway.family === 6 && isLinkLocal(gateway))) {
			fail("address-in-no-cidr", `gateway ${gateway.text} of vSwitch "${id}" is not in ${cidr.text}`, vpc.source);
		}
	}
	for (const { nextHop, line } of vpc.routes)
		checkNextHop(
			`${place} has an entry to "${nextHop}", which is no machine`,
			nextHop,
			{ file: vpc.source.file, line },
			cluster,
		);
}

/** An address that no machine of the input has may be that of another next hop, such as a NAT gateway. */
function checkNextHop(message: string, nextHop: string, where: SourcePosition, cluster: Cluster): void {
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
	fail("missing-object", message, where, hint);
}

function missingNode(name: string, by: string, where: SourcePosition | undefined, cluster: Cluster): never {
	const hint = suggest(
		name,
		cluster.nodes.map((node) => node.name),
	);
	return fail("missing-object", `${by} names node/${name}, which is not there`, where, hint);
}

function fail(code: string, message: string, where: SourcePosition | undefined, hint?: Said): never {
	throw new InputError({
		code,
		message,
		...(where !== undefined && { where }),
		...(hint !== undefined && { hint }),
	});
}
