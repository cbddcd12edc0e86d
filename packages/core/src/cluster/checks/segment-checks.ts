/** Segments with VLANs: each id, gateway and port once, and ports of machines that are there. */
import { suggest } from "../../diagnostic/closest.ts";
import { InputError } from "../../diagnostic/diagnostic.ts";
import type { Said } from "../../wording/phrase.ts";
import type { Cluster } from "../cluster.ts";
import type { SegmentObject } from "../settings.ts";
import { inOneOf } from "./address-checks.ts";

/** @throws {InputError} For the first that is wrong. */
export function checkSegments(cluster: Cluster): void {
	for (const segment of cluster.segments) {
		checkVlans(segment, cluster);
		checkPorts(segment, cluster);
	}
}

function checkVlans(segment: SegmentObject, cluster: Cluster): void {
	const place = `segment/${segment.name}`;
	const ids = new Map<number, number>();
	const gateways = new Map(segment.gateways.map(({ text }) => [text, place]));
	for (const { id, cidrs, gateways: own, line } of segment.vlans) {
		const vlan = `VLAN ${id} of ${place}`;
		const other = ids.get(id);
		if (other !== undefined)
			fail(segment, line, "duplicate-object", `${place} has VLAN ${id} twice`, `the other is at line ${other}`);
		ids.set(id, line);
		for (const gateway of own) {
			const { text } = gateway;
			if (!inOneOf(cidrs, gateway)) {
				const blocks = cidrs.map((each) => each.text).join(", ");
				const hint = blocks === "" ? "it has none" : `its CIDRs are ${blocks}`;
				fail(segment, line, "address-in-no-cidr", `gateway ${text} of ${vlan} is not in its CIDRs`, hint);
			}
			const owner = gateways.get(text);
			if (owner !== undefined)
				fail(segment, line, "duplicate-address", `gateway ${text} of ${vlan} is one of ${owner} too`);
			gateways.set(text, vlan);
			const [machine] = cluster.ownersOf(gateway);
			if (machine !== undefined) {
				const message = `gateway ${text} of ${vlan} is an address of ${nameOf(machine)} too`;
				fail(segment, line, "duplicate-address", message, "a VLAN's gateway is the router's own address");
			}
		}
	}
}

function nameOf(owner: ReturnType<Cluster["ownersOf"]>[number]): string {
	switch (owner.kind) {
		case "pod":
			return `pod/${owner.pod.namespace}/${owner.pod.name}`;
		case "node":
			return `node/${owner.node.name}`;
		case "host":
			return `host/${owner.host.name}`;
		case "service":
			return `service/${owner.service.namespace}/${owner.service.name}`;
	}
}

function checkPorts(segment: SegmentObject, cluster: Cluster): void {
	const place = `segment/${segment.name}`;
	const places = [
		...cluster.nodes.map(({ name }) => `node/${name}`),
		...cluster.hosts.map(({ name }) => `host/${name}`),
	];
	const lines = new Map<string, number>();
	for (const { machine, device, line } of segment.ports) {
		const named = places.filter((each) => each === machine || each.slice(each.indexOf("/") + 1) === machine);
		if (named.length === 0) {
			const hint =
				suggest(machine, places) ??
				suggest(
					machine,
					places.map((each) => each.slice(each.indexOf("/") + 1)),
				);
			fail(segment, line, "missing-object", `a port of ${place} is for ${machine}, which is not there`, hint);
		}
		if (named.length > 1) {
			const message = `a port of ${place} is for ${machine}, which may be ${named.join(" or ")}`;
			fail(segment, line, "bad-value", message, `write ${named[0]}`);
		}
		const key = `${named[0]} ${device}`;
		const other = lines.get(key);
		if (other !== undefined) {
			const message = `${place} has two ports for ${device === "" ? "" : `${device} of `}${named[0]}`;
			fail(segment, line, "duplicate-object", message, `the other is at line ${other}`);
		}
		lines.set(key, line);
	}
}

function fail(segment: SegmentObject, line: number, code: string, message: string, hint?: Said): never {
	const where = { file: segment.source.file, line };
	throw new InputError({ code, message, where, ...(hint !== undefined && { hint }) });
}
