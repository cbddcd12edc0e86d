/** networking.k8s.io/v1 NetworkPolicy, checked as the API server does (pkg/apis/networking/validation/validation.go). */

import { containsPrefix } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
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
	onlyFields(spec, ["podSelector", "policyTypes", "ingress", "egress"], phrase("spec-of-policy"));
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
		return (
			POLICY_TYPES.find((type) => type === each.value) ?? each.mustBe(phrase("one-of", { names: POLICY_TYPES }), hint)
		);
	});
	if (types.length > 2) tooMany(field, types.length);
	if (types.length > 0) return POLICY_TYPES.filter((type) => types.includes(type));
	return hasEgress ? POLICY_TYPES : ["Ingress"];
}

function tooMany(field: Field, n: number): never {
	const most = phrase("ingress-and-egress");
	return field.fail("bad-value", phrase("too-many-entries", { field: field.label, n, most }));
}

function rulesIn(field: Field, peers: "from" | "to"): readonly PolicyRule[] {
	return field.items().map((rule) => {
		onlyFields(rule, [peers, "ports"], phrase(peers === "from" ? "ingress-rule" : "egress-rule"));
		return {
			peers: rule.at(peers).items().map(peerIn),
			ports: rule.at("ports").items().map(portIn),
			line: rule.where().line,
		};
	});
}

function peerIn(field: Field): PolicyPeer {
	onlyFields(field, ["podSelector", "namespaceSelector", "ipBlock"], phrase("a-peer"));
	const block = field.at("ipBlock");
	const podSelector = selectorIn(field.at("podSelector"));
	const namespaceSelector = selectorIn(field.at("namespaceSelector"));
	if (block.present) {
		if (podSelector === null && namespaceSelector === null) return blockIn(block);
		field.fail("bad-value", phrase("block-and-selector", { field: field.label }), phrase("write-two-peers"));
	}
	if (podSelector === null && namespaceSelector === null) {
		const hint = phrase("what-selects-all", { pods: "podSelector: {}", namespaces: "namespaceSelector: {}" });
		field.fail("missing-field", phrase("names-no-peer", { field: field.label }), hint);
	}
	return { kind: "pods", namespaceSelector, podSelector };
}

function blockIn(field: Field): PolicyPeer {
	onlyFields(field, ["cidr", "except"], phrase("an-ip-block"));
	const cidr = field.at("cidr").prefix();
	const except = field
		.at("except")
		.items()
		.map((each) => {
			const inner = each.prefix();
			if (containsPrefix(cidr, inner) && inner.length > cidr.length) return inner;
			return each.mustBe(phrase("part-of-cidr", { cidr: cidr.text }));
		});
	return { kind: "block", cidr, except };
}

function portIn(field: Field): PolicyPort {
	onlyFields(field, ["protocol", "port", "endPort"], phrase("port-of-policy"));
	const protocol = protocolOf(field.at("protocol"));
	const port = field.at("port");
	const endPort = field.at("endPort");
	if (!port.present) {
		if (endPort.present) endPort.fail("bad-value", phrase("end-port-needs-port", { field: endPort.label }));
		return { kind: "all", protocol };
	}
	if (typeof port.value === "string") {
		const message = phrase("end-port-of-name", { field: endPort.label, port: port.value });
		if (endPort.present) endPort.fail("bad-value", message, phrase("number-or-entries"));
		return { kind: "name", protocol, name: portName(port) };
	}
	const from = requiredPort(port);
	const to = endPort.present ? endPort.integer(0, 1, 65535) : from;
	if (to < from) endPort.must(phrase("no-less-than-port", { n: from }));
	return { kind: "range", protocol, from, to };
}

/** An IANA service name (validation.IsValidPortName). */
function portName(field: Field): string {
	const name = field.text();
	const wellFormed = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name) && name.length <= 15;
	if (wellFormed) return name;
	const hint = /^\d+$/.test(name) ? phrase("write-without-quotes", { text: name }) : phrase("port-name-form");
	return field.mustBe(phrase("port-or-name"), hint);
}

function selectorIn(field: Field): LabelSelector | null {
	onlyFields(field, ["matchLabels", "matchExpressions"], phrase("label-selector"));
	return readLabelSelector(field);
}

/** kubectl refuses other fields too; taken for nothing they would open what they were written to close. */
function onlyFields(field: Field, names: readonly string[], what: Phrase): void {
	for (const name in field.members()) {
		if (names.includes(name)) continue;
		const hint = suggest(name, names) ?? phrase("known-are", { names });
		field.at(name).failAtKey("unknown-field", phrase("no-field-of", { field: field.at(name).label, what }), hint);
	}
}
