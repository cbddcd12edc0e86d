/** networking.k8s.io/v1 NetworkPolicy, checked as the API server does (pkg/apis/networking/validation/validation.go). */
import { containsPrefix } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import type { Field } from "../field.ts";
import { type LabelSelector, readLabelSelector } from "../label-selector.ts";
import { namespacedMeta } from "../metadata.ts";
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule, PolicyType } from "../network-policy.ts";
import { protocolOf, requiredPort } from "./pod.ts";

const POLICY_TYPES = ["Ingress", "Egress"] as const;
const EVERYTHING: LabelSelector = { requirements: [] };

/** @throws {InputError} Placed, also for fields that a policy has not: what they should have narrowed would be left open. */
export function readNetworkPolicy(object: Field): NetworkPolicy {
	const spec = object.at("spec");
	onlyFields(spec, ["podSelector", "policyTypes", "ingress", "egress"], "a NetworkPolicy's spec");
	const egress = rulesIn(spec.at("egress"), "to");
	return {
		...namespacedMeta(object),
		kind: "NetworkPolicy",
		podSelector: selectorIn(spec.at("podSelector")) ?? EVERYTHING,
		policyTypes: policyTypesIn(spec.at("policyTypes"), egress.length > 0),
		ingress: rulesIn(spec.at("ingress"), "from"),
		egress,
	};
}

function policyTypesIn(field: Field, hasEgress: boolean): readonly PolicyType[] {
	const types = field.items().map((each) => {
		const hint = typeof each.value === "string" ? suggest(each.value, POLICY_TYPES) : undefined;
		return POLICY_TYPES.find((type) => type === each.value) ?? each.mustBe(`one of ${POLICY_TYPES.join(", ")}`, hint);
	});
	if (types.length > 2)
		field.fail("bad-value", `${field.label} has ${types.length} entries: at most Ingress and Egress`);
	if (types.length > 0) return POLICY_TYPES.filter((type) => types.includes(type));
	return hasEgress ? POLICY_TYPES : ["Ingress"];
}

function rulesIn(field: Field, peers: "from" | "to"): readonly PolicyRule[] {
	return field.items().map((rule) => {
		onlyFields(rule, [peers, "ports"], `${peers === "from" ? "an ingress" : "an egress"} rule`);
		return {
			peers: rule.at(peers).items().map(peerIn),
			ports: rule.at("ports").items().map(portIn),
			line: rule.where().line,
		};
	});
}

function peerIn(field: Field): PolicyPeer {
	onlyFields(field, ["podSelector", "namespaceSelector", "ipBlock"], "a peer");
	const block = field.at("ipBlock");
	const podSelector = selectorIn(field.at("podSelector"));
	const namespaceSelector = selectorIn(field.at("namespaceSelector"));
	if (block.present) {
		if (podSelector === null && namespaceSelector === null) return blockIn(block);
		const hint = "write two peers: each of them is let through";
		field.fail("bad-value", `${field.label} has both ipBlock and a selector`, hint);
	}
	if (podSelector === null && namespaceSelector === null) {
		const hint =
			"podSelector: {} is every pod of the namespace, namespaceSelector: {} every pod, no list at all everybody";
		field.fail("missing-field", `${field.label} names no peer`, hint);
	}
	return { kind: "pods", namespaceSelector, podSelector };
}

function blockIn(field: Field): PolicyPeer {
	onlyFields(field, ["cidr", "except"], "an ipBlock");
	const cidr = field.at("cidr").prefix();
	const except = field
		.at("except")
		.items()
		.map((each) => {
			const inner = each.prefix();
			if (containsPrefix(cidr, inner) && inner.length > cidr.length) return inner;
			return each.mustBe(`a part of ${cidr.text}, and smaller`);
		});
	return { kind: "block", cidr, except };
}

function portIn(field: Field): PolicyPort {
	onlyFields(field, ["protocol", "port", "endPort"], "a port of a NetworkPolicy");
	const protocol = protocolOf(field.at("protocol"));
	const port = field.at("port");
	const endPort = field.at("endPort");
	if (!port.present) {
		if (endPort.present) endPort.fail("bad-value", `${endPort.label} needs port: where the range begins`);
		return { kind: "all", protocol };
	}
	if (typeof port.value === "string") {
		const hint = "write the number of port, or one entry for each name";
		if (endPort.present)
			endPort.fail("bad-value", `${endPort.label} cannot follow the named port "${port.value}"`, hint);
		return { kind: "name", protocol, name: portName(port) };
	}
	const from = requiredPort(port);
	const to = endPort.present ? endPort.integer(0, 1, 65535) : from;
	if (to < from) endPort.mustBe(`at least ${from}, which is port`);
	return { kind: "range", protocol, from, to };
}

/** An IANA service name (validation.IsValidPortName). */
function portName(field: Field): string {
	const name = field.text();
	const wellFormed = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name) && name.length <= 15;
	if (wellFormed) return name;
	const hint = /^\d+$/.test(name)
		? `write it without quotes: ${name}`
		: "a name has lower case letters, digits and single hyphens, at most 15, and a letter";
	return field.mustBe("a port, from 1 to 65535, or the name of a container port", hint);
}

function selectorIn(field: Field): LabelSelector | null {
	onlyFields(field, ["matchLabels", "matchExpressions"], "a label selector");
	return readLabelSelector(field);
}

/** kubectl refuses other fields too; taken for nothing they would open what they were written to close. */
function onlyFields(field: Field, names: readonly string[], what: string): void {
	for (const name in field.members()) {
		if (names.includes(name)) continue;
		const hint = suggest(name, names) ?? `known are ${names.join(", ")}`;
		field.at(name).failAtKey("unknown-field", `${field.at(name).label} is no field of ${what}`, hint);
	}
}
