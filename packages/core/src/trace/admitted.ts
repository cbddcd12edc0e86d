/** What rules of NetworkPolicies let through, told with the names that the policies have for it. */
import { formatRequirement, type LabelSelector } from "../cluster/label-selector.ts";
import type { PolicyPeer, PolicyPort } from "../cluster/network-policy.ts";
import type { CompiledPolicies, CompiledRule } from "../policy/compile.ts";
import type { PolicyDirection, PolicyFlow } from "../policy/flow.ts";
import { nearRules } from "../policy/verdict.ts";
import { type Fact, type Phrase, phrase } from "../wording/phrase.ts";

const MOST_TOLD = 3;

/** Of policies that do not let a connection through, the rules that nearly do; where none is near, what there is. */
export function admittedInstead(policies: CompiledPolicies, flow: PolicyFlow, direction: PolicyDirection): Phrase {
	const end = direction === "ingress" ? flow.to : flow.from;
	const near = nearRules(policies, flow, direction);
	const all = end.kind === "pod" ? policies.isolation(end.pod, direction).rules : [];
	const rules = near.length > 0 ? near : all;
	if (rules.length === 0) return phrase("policy-admits-nothing", { direction });
	const told = rules.slice(0, MOST_TOLD).map(admittedBy);
	const more = all.length - told.length;
	return phrase("policy-admits", {
		rules: { clauses: more > 0 ? [...told, phrase("more-rules", { n: more })] : told },
	});
}

function admittedBy({ policy, direction, index, line }: CompiledRule): Phrase {
	const rule = policy[direction][index];
	const ports = rule === undefined || rule.ports.length === 0 ? phrase("every-port") : rule.ports.map(portText);
	const peers = rule === undefined || rule.peers.length === 0 ? phrase("everybody") : rule.peers.map(peerText);
	return phrase(`rule-admits-${direction}`, { ports, peers, where: `${policy.source.file}:${line}` });
}

function portText(port: PolicyPort): string {
	switch (port.kind) {
		case "all":
			return port.protocol;
		case "range":
			return `${port.protocol} ${port.from === port.to ? port.from : `${port.from}-${port.to}`}`;
		case "name":
			return `${port.protocol} ${port.name}`;
	}
}

function peerText(peer: PolicyPeer): Fact {
	if (peer.kind === "block") {
		const except = peer.except.map(({ text }) => text);
		return except.length === 0 ? peer.cidr.text : phrase("block-except", { block: peer.cidr.text, except });
	}
	const pods = labelsOf(peer.podSelector);
	const namespaces = labelsOf(peer.namespaceSelector);
	const what = pods === "" ? phrase("all-pods") : phrase("pods-with-labels", { labels: pods });
	if (peer.namespaceSelector === null) return what;
	return namespaces === ""
		? phrase("pods-of-all-namespaces", { pods: what })
		: phrase("pods-of-namespaces", { pods: what, labels: namespaces });
}

function labelsOf(selector: LabelSelector | null): string {
	return selector?.requirements.map(formatRequirement).join(",") ?? "";
}
