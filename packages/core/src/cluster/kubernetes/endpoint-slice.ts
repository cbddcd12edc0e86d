/** discovery.k8s.io EndpointSlice, and v1 Endpoints as the slices that the mirroring controller makes of them. */

import type { Family } from "../../address/address.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { namespacedMeta } from "../metadata.ts";
import type { Endpoint, EndpointPort, EndpointSlice } from "../objects.ts";
import { type FieldNames, publishedFields, type Spelling } from "./field-names.ts";
import { protocolOf } from "./pod.ts";

const SLICE: FieldNames = publishedFields("apiVersion kind metadata addressType endpoints ports");
const ENDPOINT: FieldNames = publishedFields(
	"addresses conditions nodeName zone hints targetRef",
	"hostname topology deprecatedTopology",
);

const SERVICE_NAME = "kubernetes.io/service-name";

/** Nothing for slices of names (addressType FQDN), which kube-proxy leaves alone. */
export function readEndpointSlice(object: Field, spelling: Spelling): EndpointSlice | undefined {
	spelling.check(object, SLICE, "EndpointSlice");
	const meta = namespacedMeta(object);
	const addressType = object.at("addressType").oneOf(["IPv4", "IPv6", "FQDN"], "IPv4");
	if (addressType === "FQDN") return undefined;
	return {
		...meta,
		kind: "EndpointSlice",
		serviceName: meta.labels[SERVICE_NAME] ?? "",
		addressType,
		ports: object.at("ports").items().map(readPort),
		endpoints: object
			.at("endpoints")
			.items()
			.map((entry) => readEndpoint(entry, addressType === "IPv4" ? 4 : 6, spelling)),
		derived: false,
	};
}

function readPort(entry: Field): EndpointPort {
	const port = entry.at("port");
	return {
		name: entry.at("name").text(),
		protocol: protocolOf(entry.at("protocol")),
		port: port.present ? port.integer(0, 1, 65535) : null,
	};
}

function readEndpoint(entry: Field, family: Family, spelling: Spelling): Endpoint {
	spelling.check(entry, ENDPOINT, "EndpointSlice");
	const conditions = entry.at("conditions");
	// discovery/v1 EndpointConditions: ready that is not said is true, serving then follows ready.
	const ready = conditions.at("ready").boolean(true);
	// In v1beta1 node and zone were in `topology`.
	const topology = entry.at("topology");
	const hints = entry.at("hints");
	return {
		addresses: entry
			.at("addresses")
			.items()
			.map((each) => addressOf(each, family)),
		ready,
		serving: conditions.at("serving").boolean(ready),
		terminating: conditions.at("terminating").boolean(false),
		nodeName: entry.at("nodeName").text(topology.at("kubernetes.io/hostname").text()),
		zone: entry.at("zone").text(topology.at("topology.kubernetes.io/zone").text()),
		forZones: hints
			.at("forZones")
			.items()
			.map((each) => each.at("name").text()),
		forNodes: hints
			.at("forNodes")
			.items()
			.map((each) => each.at("name").text()),
		target: targetOf(entry.at("targetRef")),
	};
}

function addressOf(field: Field, family: Family): Endpoint["addresses"][number] {
	const parsed = field.address();
	return parsed.family === family ? parsed : field.mustBe(phrase("address-of-type", { family }));
}

function targetOf(reference: Field): string {
	if (reference.at("kind").text() !== "Pod") return "";
	return `pod/${reference.at("namespace").text()}/${reference.at("name").text()}`;
}

/** One slice for each subset and family. */
export function readEndpoints(object: Field): readonly EndpointSlice[] {
	const meta = namespacedMeta(object);
	return object
		.at("subsets")
		.items()
		.flatMap((subset, index) => {
			const ports = subset.at("ports").items().map(readPort);
			const endpoints = [
				...subset
					.at("addresses")
					.items()
					.map((entry) => subsetEndpoint(entry, true)),
				...subset
					.at("notReadyAddresses")
					.items()
					.map((entry) => subsetEndpoint(entry, false)),
			];
			return ([4, 6] as const).flatMap((family): readonly EndpointSlice[] => {
				const own = endpoints.filter((each) => each.addresses[0]?.family === family);
				if (own.length === 0) return [];
				const name = `${meta.name}-ipv${family}-${index}`;
				const addressType = family === 4 ? "IPv4" : "IPv6";
				const serviceName = meta.name;
				return [
					{ ...meta, kind: "EndpointSlice", name, serviceName, addressType, ports, endpoints: own, derived: false },
				];
			});
		});
}

function subsetEndpoint(entry: Field, ready: boolean): Endpoint {
	return {
		addresses: [entry.at("ip").address()],
		ready,
		serving: ready,
		terminating: false,
		nodeName: entry.at("nodeName").text(),
		zone: "",
		forZones: [],
		forNodes: [],
		target: targetOf(entry.at("targetRef")),
	};
}
