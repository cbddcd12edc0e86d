/**
 * What the policies of one end say of a connection. Semantics: k8s.io/api/networking/v1 types.go. A pod that no policy selects
 * for a direction is not isolated in it: everything passes. Otherwise something passes if one rule of one policy lets it.
 */

import type { ForeignPolicy, NetworkPolicy, PolicyPort } from "../cluster/network-policy.ts";
import type { Pod, TransportProtocol } from "../cluster/objects.ts";
import { formatPosition } from "../diagnostic/diagnostic.ts";
import { type Phrase, phrase, worded } from "../wording/phrase.ts";
import { type Certainty, NO, UNKNOWN, YES } from "./certainty.ts";
import type { CompiledPolicies, CompiledRule } from "./compile.ts";
import type { PolicyDirection, PolicyEnd, PolicyFlow } from "./flow.ts";
import type { Identity } from "./identity.ts";

export type PolicyVerdict =
	| {
			readonly kind: "allowed";
			/**
			 * `not-a-pod`: policies are for pods. `not-isolated`: none selects it. `itself`: a pod cannot block access to itself
			 * (documentation: "a Pod cannot block access to itself"). `own-node`, `other-protocol`: see PolicyEnforcement.
			 */
			readonly why: "not-a-pod" | "not-isolated" | "itself" | "own-node" | "other-protocol";
	  }
	/** Every rule that lets it through. */
	| { readonly kind: "allowed"; readonly why: "rule"; readonly rules: readonly CompiledRule[] }
	/** These isolate the pod, and none of their rules lets it through. */
	| { readonly kind: "denied"; readonly isolatedBy: readonly NetworkPolicy[] }
	| { readonly kind: "unknown"; readonly what: Phrase };

/** `allowed` and `denied` are certain; what hangs on something that is not known or not defined is `unknown`. */
export function policyVerdict(policies: CompiledPolicies, flow: PolicyFlow, direction: PolicyDirection): PolicyVerdict {
	const { hostNetworkPods } = policies.enforcement;
	if (hostNetworkPods !== "undefined") return verdictWith(policies, flow, direction, hostNetworkPods);
	const asNode = verdictWith(policies, flow, direction, "as-node");
	if (!inNodesNetwork(flow.from) && !inNodesNetwork(flow.to)) return asNode;
	const asPod = verdictWith(policies, flow, direction, "as-pod");
	if (asNode.kind === asPod.kind) return asNode;
	const facts = { node: phrase(`is-${asNode.kind}`), pod: phrase(`is-${asPod.kind}`) };
	return { kind: "unknown", what: phrase("policies-and-node", facts) };
}

/** What both ends say: a connection needs both (types.go). */
export interface ConnectionVerdict {
	readonly kind: PolicyVerdict["kind"];
	readonly egress: PolicyVerdict;
	readonly ingress: PolicyVerdict;
}

export function connectionVerdict(policies: CompiledPolicies, flow: PolicyFlow): ConnectionVerdict {
	const egress = policyVerdict(policies, flow, "egress");
	const ingress = policyVerdict(policies, flow, "ingress");
	const kinds = [egress.kind, ingress.kind];
	const kind = kinds.includes("denied") ? "denied" : kinds.includes("unknown") ? "unknown" : "allowed";
	return { kind, egress, ingress };
}

function foreignTo(policies: CompiledPolicies, end: PolicyEnd): ForeignPolicy | undefined {
	if (end.kind === "pod") return policies.foreignTo(end.pod);
	return end.kind === "node" ? policies.foreign[0] : undefined;
}

type HostNetwork = "as-node" | "as-pod";

function inNodesNetwork(end: PolicyEnd): boolean {
	return end.kind === "pod" && end.pod.hostNetwork;
}

/** The pod that selectors see at this end. */
function selectablePod(end: PolicyEnd, hostNetwork: HostNetwork): Pod | null {
	return end.kind === "pod" && (!end.pod.hostNetwork || hostNetwork === "as-pod") ? end.pod : null;
}

/** The node that has this end; empty where it is none's, or not treated as one's. */
function nodeAt(end: PolicyEnd, hostNetwork: HostNetwork): string {
	if (end.kind === "node") return end.node;
	return end.kind === "pod" && end.pod.hostNetwork && hostNetwork === "as-node" ? end.pod.nodeName : "";
}

function verdictWith(
	policies: CompiledPolicies,
	flow: PolicyFlow,
	direction: PolicyDirection,
	hostNetwork: HostNetwork,
): PolicyVerdict {
	const [end, peer] = direction === "ingress" ? [flow.to, flow.from] : [flow.from, flow.to];
	const foreign = foreignTo(policies, end);
	if (foreign !== undefined) {
		return { kind: "unknown", what: phrase("as-written", { text: foreignPolicyText(foreign) }) };
	}
	const pod = selectablePod(end, hostNetwork);
	if (pod === null) return NOT_A_POD;
	const peerPod = selectablePod(peer, hostNetwork);
	if (peerPod === pod) return ITSELF;
	if (isOwnNode(policies, pod, nodeAt(peer, hostNetwork), direction)) return OWN_NODE;
	const { policies: isolatedBy, rules } = policies.isolation(pod, direction);
	if (isolatedBy.length === 0) return NOT_ISOLATED;
	const { otherProtocols } = policies.enforcement;
	if (!NAMEABLE.has(flow.protocol) && otherProtocols !== "rules-without-ports") {
		if (otherProtocols === "allowed") return OTHER_PROTOCOL;
		return { kind: "unknown", what: phrase("policies-and-protocol", { protocol: flow.protocol }) };
	}
	const identity = peerPod === null ? null : policies.identities.of(peerPod);
	const served = selectablePod(flow.to, hostNetwork);
	return byRules(rules, isolatedBy, (rule) => admits(rule, flow, peer, identity, served), identity);
}

/** What a rule's ports can be of. */
const NAMEABLE: ReadonlySet<string> = new Set<TransportProtocol>(["tcp", "udp", "sctp"]);

const NOT_A_POD: PolicyVerdict = { kind: "allowed", why: "not-a-pod" };
const NOT_ISOLATED: PolicyVerdict = { kind: "allowed", why: "not-isolated" };
const ITSELF: PolicyVerdict = { kind: "allowed", why: "itself" };
const OWN_NODE: PolicyVerdict = { kind: "allowed", why: "own-node" };
const OTHER_PROTOCOL: PolicyVerdict = { kind: "allowed", why: "other-protocol" };

function isOwnNode({ enforcement }: CompiledPolicies, pod: Pod, node: string, direction: PolicyDirection): boolean {
	if (node === "" || node !== pod.nodeName || enforcement.ownNode === "nothing") return false;
	return direction === "ingress" || enforcement.ownNode === "from-and-to";
}

function byRules(
	rules: readonly CompiledRule[],
	isolatedBy: readonly NetworkPolicy[],
	admit: (rule: CompiledRule) => Certainty,
	peer: Identity | null,
): PolicyVerdict {
	const admitting: CompiledRule[] = [];
	let uncertain: CompiledRule | undefined;
	for (const rule of rules) {
		const admitted = admit(rule);
		if (admitted === YES) admitting.push(rule);
		else if (admitted === UNKNOWN) uncertain ??= rule;
	}
	if (admitting.length > 0) return { kind: "allowed", why: "rule", rules: admitting };
	if (uncertain === undefined) return { kind: "denied", isolatedBy };
	const namespace = `namespace/${peer?.namespace.name ?? "?"}`;
	return { kind: "unknown", what: phrase("asks-for-labels", { rule: ruleRef(uncertain), namespace }) };
}

/** Rules of a pod's policies that would let the connection through but for its port, or but for who its other end is. */
export function nearRules(
	policies: CompiledPolicies,
	flow: PolicyFlow,
	direction: PolicyDirection,
): readonly CompiledRule[] {
	const [end, peer] = direction === "ingress" ? [flow.to, flow.from] : [flow.from, flow.to];
	const pod = selectablePod(end, "as-node");
	if (pod === null) return [];
	const peerPod = selectablePod(peer, "as-node");
	const identity = peerPod === null ? null : policies.identities.of(peerPod);
	const served = selectablePod(flow.to, "as-node");
	return policies
		.isolation(pod, direction)
		.rules.filter((rule) => admitsPort(rule, flow, served) || admitsPeer(rule, peer, identity) !== NO);
}

function admits(
	rule: CompiledRule,
	flow: PolicyFlow,
	peer: PolicyEnd,
	identity: Identity | null,
	served: Pod | null,
): Certainty {
	return admitsPort(rule, flow, served) ? admitsPeer(rule, peer, identity) : NO;
}

function admitsPort({ ports }: CompiledRule, flow: PolicyFlow, served: Pod | null): boolean {
	return ports.length === 0 || ports.some((port) => hasPort(port, flow, served));
}

function admitsPeer({ peers }: CompiledRule, peer: PolicyEnd, identity: Identity | null): Certainty {
	if (peers.length === 0) return YES;
	let best: Certainty = NO;
	for (const each of peers) {
		const matched = each.matches(identity, peer.address);
		if (matched === YES) return YES;
		if (matched === UNKNOWN) best = UNKNOWN;
	}
	return best;
}

/** A name is that of a container port of the destination pod, in both directions; what is no pod has no names. */
function hasPort(port: PolicyPort, { protocol, port: asked }: PolicyFlow, served: Pod | null): boolean {
	if (port.protocol !== protocol) return false;
	switch (port.kind) {
		case "all":
			return true;
		case "range":
			return port.from <= asked && asked <= port.to;
		case "name":
			return (served?.ports ?? []).some(
				({ name, containerPort, protocol: of }) => name === port.name && of === protocol && containerPort === asked,
			);
	}
}

/** `networkpolicy/NAMESPACE/NAME`. */
export function policyRef({ namespace, name }: NetworkPolicy): string {
	return `networkpolicy/${namespace}/${name}`;
}

/** `CiliumNetworkPolicy "NAME" (cilium.io/v2, FILE:LINE)`. */
export function foreignPolicyText({ kind, name, apiVersion, source }: ForeignPolicy): string {
	return `${kind} "${name}" (${apiVersion}, ${formatPosition(source)})`;
}

/** `networkpolicy/NAMESPACE/NAME ingress[0]`. */
export function ruleRef({ policy, direction, index }: CompiledRule): string {
	return `${policyRef(policy)} ${direction}[${index}]`;
}

/** The verdict in words: by which policies, and which rule. */
export function describeVerdict(verdict: PolicyVerdict): string {
	switch (verdict.kind) {
		case "allowed":
			return verdict.why === "rule"
				? `allowed by ${verdict.rules.map(ruleRef).join(", ")}`
				: `allowed: ${WHY[verdict.why]}`;
		case "denied":
			return `isolated by ${verdict.isolatedBy.map(policyRef).join(", ")}, and no rule admits it`;
		case "unknown":
			return `cannot be evaluated: ${worded(verdict.what)}`;
	}
}

const WHY = {
	"not-a-pod": "NetworkPolicies are for pods",
	"not-isolated": "no NetworkPolicy selects the pod",
	itself: "a pod always reaches itself",
	"own-node": "a pod's own node is always allowed",
	"other-protocol": "the enforcer lets other protocols pass",
} as const;
