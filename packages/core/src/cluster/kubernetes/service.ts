/** v1 Service, with what the API server fills in. */

import type { Family } from "../../address/address.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { namespacedMeta } from "../metadata.ts";
import type { Service, ServicePort } from "../objects.ts";
import { type FieldNames, publishedFields, type Spelling } from "./field-names.ts";
import { protocolOf, requiredPort } from "./pod.ts";

const SPEC: FieldNames = publishedFields(
	`type selector clusterIP clusterIPs externalIPs ports externalTrafficPolicy internalTrafficPolicy ipFamilies
	loadBalancerSourceRanges sessionAffinity sessionAffinityConfig healthCheckNodePort publishNotReadyAddresses
	trafficDistribution loadBalancerClass`,
	"externalName ipFamilyPolicy ipFamily loadBalancerIP allocateLoadBalancerNodePorts topologyKeys",
);
const STATUS: FieldNames = publishedFields("loadBalancer", "conditions");
const PORT: FieldNames = publishedFields("name protocol port targetPort nodePort", "appProtocol");

/** ClientIP affinity that says no time lasts three hours (pkg/apis/core/v1/defaults.go). */
const AFFINITY_SECONDS = 10800;

export function readService(object: Field, spelling: Spelling): Service {
	const spec = object.at("spec");
	spelling.check(spec, SPEC, "Service");
	spelling.check(object.at("status"), STATUS, "Service");
	const type = spec.at("type").oneOf(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], "ClusterIP");
	const clusterIPs = clusterIPFields(spec);
	const families = spec.at("ipFamilies").items();
	return {
		...namespacedMeta(object),
		kind: "Service",
		type,
		selector: selectorOf(spec.at("selector")),
		headless: clusterIPs[0]?.value === "None",
		clusterIPs: clusterIPs.filter((each) => each.value !== "None").map((each) => each.address()),
		...(families.length > 0 && { ipFamilies: families.map(familyOf) }),
		externalIPs: spec
			.at("externalIPs")
			.items()
			.map((each) => each.address()),
		loadBalancerIngress: ingressOf(object),
		ports: portsOf(spec.at("ports"), spelling),
		externalTrafficPolicy: spec.at("externalTrafficPolicy").oneOf(["Cluster", "Local"], "Cluster"),
		internalTrafficPolicy: spec.at("internalTrafficPolicy").oneOf(["Cluster", "Local"], "Cluster"),
		loadBalancerSourceRanges: sourceRanges(spec.at("loadBalancerSourceRanges")),
		sessionAffinitySeconds: affinitySeconds(spec),
		healthCheckNodePort: spec.at("healthCheckNodePort").integer(0, 0, 65535),
		publishNotReadyAddresses: spec.at("publishNotReadyAddresses").boolean(false),
		trafficDistribution: spec.at("trafficDistribution").text(),
		loadBalancerClass: spec.at("loadBalancerClass").text(),
	};
}

function clusterIPFields(spec: Field): readonly Field[] {
	const clusterIPs = spec.at("clusterIPs").items();
	const fields = clusterIPs.length > 0 ? clusterIPs : [spec.at("clusterIP")];
	return fields.filter((each) => each.present && each.value !== "");
}

/** The API server keeps an empty selector as none. */
function selectorOf(field: Field): Service["selector"] {
	const selector = field.texts();
	return Object.keys(selector).length === 0 ? null : selector;
}

function familyOf(field: Field): Family {
	return field.oneOf(["IPv4", "IPv6"], "IPv4") === "IPv4" ? 4 : 6;
}

function ingressOf(object: Field): Service["loadBalancerIngress"] {
	// Load balancers may be named instead of numbered: such names lead nowhere here.
	const entries = object
		.at("status")
		.at("loadBalancer")
		.at("ingress")
		.items()
		.filter((each) => each.at("ip").text() !== "");
	return entries.map((each) => ({
		ip: each.at("ip").address(),
		ipMode: each.at("ipMode").oneOf(["VIP", "Proxy"], "VIP"),
	}));
}

/** White space round a range is allowed (pkg/apis/core/validation). */
function sourceRanges(field: Field): Service["loadBalancerSourceRanges"] {
	return field.items().flatMap((each) => each.prefixes());
}

function affinitySeconds(spec: Field): number {
	if (spec.at("sessionAffinity").oneOf(["None", "ClientIP"], "None") === "None") return 0;
	const timeout = spec.at("sessionAffinityConfig").at("clientIP").at("timeoutSeconds");
	return timeout.integer(AFFINITY_SECONDS, 1, 86400);
}

function portsOf(field: Field, spelling: Spelling): readonly ServicePort[] {
	const ports = field.items();
	const names = new Set<string>();
	const numbers = new Set<string>();
	return ports.map((entry) => {
		spelling.check(entry, PORT, "Service");
		const port = portOf(entry);
		const number = `${port.port}/${port.protocol}`;
		if (port.name === "" && ports.length > 1) {
			entry.fail("missing-field", phrase("ports-need-names", { field: entry.at("name").label }));
		}
		if (names.has(port.name)) entry.at("name").fail("duplicate-port", phrase("two-ports-named", { name: port.name }));
		if (numbers.has(number))
			entry.at("port").fail("duplicate-port", phrase("port-twice", { port: number.toUpperCase() }));
		names.add(port.name);
		numbers.add(number);
		return port;
	});
}

function portOf(entry: Field): ServicePort {
	const port = requiredPort(entry.at("port"));
	return {
		name: entry.at("name").text(),
		protocol: protocolOf(entry.at("protocol")),
		port,
		targetPort: targetPortOf(entry.at("targetPort"), port),
		nodePort: entry.at("nodePort").integer(0, 0, 65535),
	};
}

/** The Service's own port where nothing is said; 0 and the empty name count as nothing. */
function targetPortOf(field: Field, port: number): number | string {
	if (!field.present || field.value === 0 || field.value === "") return port;
	return typeof field.value === "string" ? field.value : field.integer(port, 1, 65535);
}
