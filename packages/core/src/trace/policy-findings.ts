/** NetworkPolicies that select the pods of a question, and whether anything applies them. */
import type { NetworkPolicy } from "../cluster/network-policy.ts";
import type { Pod } from "../cluster/objects.ts";
import { formatPosition } from "../diagnostic/diagnostic.ts";
import { networkMode } from "../modes/registry.ts";
import { type CompiledPolicies, compilePolicies } from "../policy/compile.ts";
import { type PolicyDirection, type PolicyEnd, type PolicyFlow, policyEnd } from "../policy/flow.ts";
import {
	describeVerdict,
	foreignPolicyText,
	type PolicyVerdict,
	policyRef,
	policyVerdict,
	ruleRef,
} from "../policy/verdict.ts";
import type { Finding } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Finding[];

/** Of a snapshot nothing is said: what its nodes enforce is in the tables that the packet met. */
export const POLICY_RULES: readonly Rule[] = [
	policiesNotEnforced,
	policiesDeciding,
	policiesLeftOut,
	policiesOfOtherApis,
].map(
	(rule): Rule =>
		(subject, plan, ways) =>
			subject.fromSnapshot ? [] : rule(subject, plan, ways),
);

/** A policy that exists, and that nothing applies: the traffic passes whatever it says. */
function policiesNotEnforced(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const { mode } = subject.cluster;
	const enforced = networkMode(mode)?.capabilities.networkPolicy;
	const off = networkMode(mode)?.policiesOff?.(subject.cluster);
	if (isEnforced(subject)) return [];
	return distinct(
		judgementsOf(subject, plan, ways).map(({ pod, selecting, verdict }) => {
			const policies = `${selecting.map(policyRef).join(", ")} ${selecting.length === 1 ? "selects" : "select"}`;
			const effect = verdict.kind === "denied" ? "; enforced, it would stop this connection" : "";
			const object = selecting[0] === undefined ? "" : policyRef(selecting[0]);
			if (enforced === undefined) {
				const message = `${policies} ${placeOf(pod)}; whether anything enforces that is not known${effect}`;
				return { code: "policy-not-evaluated", severity: "warning", message, fix: SAY_MODE, object };
			}
			const why = off === undefined ? `${mode} has no NetworkPolicy` : `${off} for ${mode}`;
			const message = `${policies} ${placeOf(pod)}, but nothing enforces that: ${why}${effect}`;
			const fix = off === undefined ? ADD_ENFORCER : SWITCH_ON;
			return { code: "policy-not-enforced", severity: "warning", message, fix, object };
		}),
	);
}

const SAY_MODE = "say the network mode in the Cluster object";
const SWITCH_ON = "switch the mode's own enforcer on again";
const ADD_ENFORCER =
	"run an enforcer beside it (Calico's policy-only mode, kube-network-policies), or a network mode that has one";

/** Which policies stopped the connection or let it through, and where they are written. */
function policiesDeciding(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	if (!isEnforced(subject)) return [];
	return distinct(
		judgementsOf(subject, plan, ways).flatMap((judgement): readonly Finding[] => {
			const { way, pod, direction, verdict } = judgement;
			const ofPod = `${direction} of ${placeOf(pod)}`;
			if (verdict.kind === "allowed" && verdict.why === "rule" && way.forwardEnd.outcome === "delivered") {
				const rules = verdict.rules
					.map((rule) => `${ruleRef(rule)} (${rule.policy.source.file}:${rule.line})`)
					.join(", ");
				const object = verdict.rules[0] === undefined ? placeOf(pod) : policyRef(verdict.rules[0].policy);
				return [{ code: "policy-allowed", severity: "info", message: `${ofPod}: let through by ${rules}`, object }];
			}
			if (verdict.kind !== "denied" || !stoppedByPolicy(way)) return [];
			const [first] = verdict.isolatedBy;
			const policies = verdict.isolatedBy.map((each) => `${policyRef(each)} (${formatPosition(each.source)})`);
			const message = `${ofPod}: isolated by ${policies.join(", ")}, and no rule admits ${connectionText(way)}`;
			const object = first === undefined ? placeOf(pod) : policyRef(first);
			return [{ code: "policy-denied", severity: "error", message, fix: ADMIT[direction], object }];
		}),
	);
}

const ADMIT = {
	ingress: "add an ingress rule that admits this client and port to one of them, or a policy that has one",
	egress: "add an egress rule that admits this destination and port to one of them, or a policy that has one",
} as const;

function isEnforced({ cluster }: Subject): boolean {
	const mode = networkMode(cluster.mode);
	const enforced = mode?.capabilities.networkPolicy;
	return (enforced === "iptables" || enforced === "documented") && mode?.policiesOff?.(cluster) === undefined;
}

/** By a stage that says so, or by a rule that was made for a policy. */
function stoppedByPolicy({ verdict, end }: Way): boolean {
	const { code, origin } = end.because;
	return (
		verdict === "dropped" && (code === "network-policy-drop" || origin?.object?.startsWith("networkpolicy/") === true)
	);
}

function connectionText({ forwardEnd: { packet } }: Way): string {
	const port = packet.protocol === "icmp" || packet.protocol === "icmpv6" ? "" : ` port ${packet.dport}`;
	return `${packet.protocol}${port} from ${packet.src.text} to ${packet.dst.text}`;
}

/** The mode enforces policies, but not at this pod, as at one with an ENI of its own: they are not part of the answer. */
function policiesLeftOut(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Finding[] {
	const { mode } = subject.cluster;
	if (!isEnforced(subject)) return [];
	return distinct(
		judgementsOf(subject, plan, ways)
			.filter(({ way, verdict }) => way.forwardEnd.outcome === "delivered" && verdict.kind !== "allowed")
			.map(({ pod, direction, verdict }) => ({
				code: "policy-left-out",
				severity: "warning",
				message: `${direction} of ${placeOf(pod)}: ${describeVerdict(verdict)}; this answer was found without that, as ${mode} does not enforce it there`,
				fix: "a security group of the pod's ENI, or a pod that is joined to its node, can keep the packet out",
				object: placeOf(pod),
			})),
	);
}

/** Calico's, Cilium's, AdminNetworkPolicy: they may allow and deny, and nobody here knows what. */
function policiesOfOtherApis({ cluster }: Subject): readonly Finding[] {
	const [first] = cluster.foreignPolicies;
	if (first === undefined) return [];
	const more = cluster.foreignPolicies.length === 1 ? "" : `, and ${cluster.foreignPolicies.length - 1} more like it`;
	const message = `${foreignPolicyText(first)}${more}: not evaluated; where the mode enforces policies, a connection of a pod that it may select is unknown`;
	return [{ code: "policy-not-evaluated", severity: "warning", message, object: `${first.kind}/${first.name}` }];
}

/** What the policies that select a pod at an end of a way say of its connection. */
interface Judgement {
	readonly way: Way;
	readonly pod: Pod;
	readonly direction: PolicyDirection;
	readonly selecting: readonly NetworkPolicy[];
	readonly verdict: PolicyVerdict;
}

const compiled = new WeakMap<Subject["cluster"], CompiledPolicies>();

function policiesOf(cluster: Subject["cluster"]): CompiledPolicies {
	const policies =
		compiled.get(cluster) ?? compilePolicies(cluster, networkMode(cluster.mode)?.capabilities.enforcement);
	compiled.set(cluster, policies);
	return policies;
}

function judgementsOf(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Judgement[] {
	if (subject.cluster.networkPolicies.length === 0) return [];
	const policies = policiesOf(subject.cluster);
	return ways.flatMap((way) =>
		(["egress", "ingress"] as const).flatMap((direction): readonly Judgement[] => {
			const flow = flowOf(subject, plan, way, direction);
			const end = direction === "ingress" ? flow.to : flow.from;
			if (end.kind !== "pod" || end.pod.hostNetwork) return [];
			const { policies: selecting } = policies.isolation(end.pod, direction);
			if (selecting.length === 0) return [];
			return [{ way, pod: end.pod, direction, selecting, verdict: policyVerdict(policies, flow, direction) }];
		}),
	);
}

/** The connection as each end sees it: the server sees the address that the packet came with. */
function flowOf({ cluster }: Subject, plan: Plan, way: Way, direction: PolicyDirection): PolicyFlow {
	const { packet, at } = way.forwardEnd;
	const seen = direction === "egress" ? way.sent.src : packet.src;
	const client = endAt(cluster, plan.start.place, way.sent.src);
	return {
		from: seen.text === way.sent.src.text ? client : policyEnd(cluster, seen),
		to: way.forwardEnd.outcome === "delivered" ? endAt(cluster, at, packet.dst) : policyEnd(cluster, packet.dst),
		protocol: packet.protocol,
		port: packet.dport,
	};
}

function endAt(cluster: Subject["cluster"], place: string, address: PolicyEnd["address"]): PolicyEnd {
	const pod = place.startsWith("pod/") ? cluster.pod(place.slice("pod/".length)) : undefined;
	if (pod !== undefined) return { kind: "pod", pod, address };
	if (place.startsWith("node/")) return { kind: "node", node: place.slice("node/".length), address };
	return policyEnd(cluster, address);
}

function placeOf({ namespace, name }: Pod): string {
	return `pod/${namespace}/${name}`;
}

/** Ways of one connection say the same. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
	return [...new Map(findings.map((each) => [each.message, each])).values()];
}
