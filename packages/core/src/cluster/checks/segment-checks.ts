/** Segments with VLANs: each id, gateway and port once, and ports of machines that are there. */
import { suggest } from "../../diagnostic/closest.ts";
import { refuse } from "../../diagnostic/diagnostic.ts";
import { type Phrase, phrase, type Said } from "../../wording/phrase.ts";
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
	const gateways = new Map<string, Said>(segment.gateways.map(({ text }) => [text, place]));
	for (const { id, cidrs, gateways: own, line } of segment.vlans) {
		const vlan = phrase("vlan-of", { vlan: id, place });
		const other = ids.get(id);
		if (other !== undefined)
			fail(segment, line, "duplicate-object", phrase("vlan-twice", { place, vlan: id }), otherAtLine(other));
		ids.set(id, line);
		for (const gateway of own) {
			const { text } = gateway;
			if (!inOneOf(cidrs, gateway)) {
				const blocks = cidrs.map((each) => each.text);
				const hint = blocks.length === 0 ? phrase("it-has-none") : phrase("its-cidrs-are", { blocks });
				const message = phrase("gateway-not-in", { address: text, of: vlan, what: phrase("its-cidrs") });
				fail(segment, line, "address-in-no-cidr", message, hint);
			}
			const owner = gateways.get(text);
			if (owner !== undefined)
				fail(segment, line, "duplicate-address", phrase("gateway-is-too", { address: text, of: vlan, owner }));
			gateways.set(text, vlan);
			const [machine] = cluster.ownersOf(gateway);
			if (machine !== undefined) {
				const message = phrase("gateway-is-address", { address: text, of: vlan, owner: nameOf(machine) });
				fail(segment, line, "duplicate-address", message, phrase("gateway-of-router"));
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
			fail(segment, line, "missing-object", phrase("port-for-nobody", { place, machine }), hint);
		}
		if (named.length > 1) {
			const which = phrase("or", { one: named[0] ?? "", other: named[1] ?? "" });
			const message = phrase("port-for-which", { place, machine, which });
			fail(segment, line, "bad-value", message, phrase("write", { text: named[0] ?? "" }));
		}
		const key = `${named[0]} ${device}`;
		const other = lines.get(key);
		if (other !== undefined) {
			const [port = ""] = named;
			const what = device === "" ? port : phrase("device-of", { device, place: port });
			fail(segment, line, "duplicate-object", phrase("two-ports-for", { place, what }), otherAtLine(other));
		}
		lines.set(key, line);
	}
}

function otherAtLine(line: number): Phrase {
	return phrase("other-at-line", { line });
}

function fail(segment: SegmentObject, line: number, code: string, message: Phrase, hint?: Phrase): never {
	refuse(code, message, { file: segment.source.file, line }, hint);
}
