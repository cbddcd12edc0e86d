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
import { podPlace } from "../state/place.ts";
import { type Phrase, phrase, type Said } from "../wording/phrase.ts";
import { admittedInstead } from "./admitted.ts";
import { distinct, type Found } from "./found.ts";
import type { Plan } from "./plan.ts";
import { endingAs, type ShownAt } from "./shown-at.ts";
import type { Subject } from "./subject.ts";
import type { Way } from "./ways.ts";

type Rule = (subject: Subject, plan: Plan, ways: readonly Way[]) => readonly Found[];

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
function policiesNotEnforced(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	const { mode } = subject.cluster;
	const enforced = networkMode(mode)?.capabilities.networkPolicy;
	const off = networkMode(mode)?.policiesOff?.(subject.cluster);
	if (isEnforced(subject)) return [];
	return distinct(
		judgementsOf(subject, plan, ways).map(({ pod, selecting, verdict }) => {
			const effect = verdict.kind === "denied" ? phrase("policy-would-stop") : "";
			const selects = phrase(selecting.length === 1 ? "selected" : "selected-several");
			const facts = { policies: selecting.map(policyRef), selects, pod: podPlace(pod), effect };
			const object = selecting[0] === undefined ? "" : policyRef(selecting[0]);
			if (enforced === undefined) {
				const message = phrase("policy-enforcer-unknown", facts);
				return { code: "policy-not-evaluated", severity: "warning", message, fix: phrase("say-mode"), object };
			}
			const why =
				off === undefined ? phrase("mode-has-no-policy", { mode }) : phrase("policy-off-for-mode", { off, mode });
			const message = phrase("policy-not-enforced", { ...facts, why });
			const fix = phrase(off === undefined ? "add-enforcer" : "switch-enforcer-on");
			return { code: "policy-not-enforced", severity: "warning", message, fix, object };
		}),
	);
}

/** Which policies stopped the connection or let it through, and where they are written. */
function policiesDeciding(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	if (!isEnforced(subject)) return [];
	return distinct(
		judgementsOf(subject, plan, ways).flatMap((judgement): readonly Found[] => {
			const { way, pod, direction, verdict, flow } = judgement;
			if (verdict.kind === "allowed" && verdict.why === "rule" && way.forwardEnd.outcome === "delivered") {
				const rules = verdict.rules.map((rule) => `${ruleRef(rule)} (${rule.policy.source.file}:${rule.line})`);
				const message = phrase("policy-allowed", { direction, pod: podPlace(pod), rules });
				const object = verdict.rules[0] === undefined ? podPlace(pod) : policyRef(verdict.rules[0].policy);
				const shownAt = lettingPass(object, direction);
				return [{ code: "policy-allowed", severity: "info", message, object, shownAt }];
			}
			if (verdict.kind !== "denied" || !stoppedByPolicy(way)) return [];
			const [first] = verdict.isolatedBy;
			const policies = verdict.isolatedBy.map((each) => `${policyRef(each)} (${formatPosition(each.source)})`);
			const connection = connectionPhrase(way);
			const admitted = admittedInstead(policiesOf(subject.cluster), flow, direction);
			const message = phrase("policy-denied", { direction, pod: podPlace(pod), policies, connection, admitted });
			const object = first === undefined ? podPlace(pod) : policyRef(first);
			return [
				{
					code: "policy-denied",
					severity: "error",
					message,
					fix: phrase(`admit-${direction}`, { policy: object }),
					object,
					shownAt: endingAs(way.end),
				},
			];
		}),
	);
}

/** A rule that was made for the policy had a part, or a stage that judges by policies without rules. */
function lettingPass(policy: string, direction: PolicyDirection): ShownAt {
	return ({ hop: { because } }) =>
		(because.code === "network-policy-passed" && because.facts.direction === direction) ||
		because.hits.some(({ origin }) => origin.object === policy);
}

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

function connectionPhrase({ forwardEnd: { packet } }: Way): Phrase {
	const port = packet.protocol === "icmp" || packet.protocol === "icmpv6" ? "" : ` port ${packet.dport}`;
	return phrase("connection", { what: `${packet.protocol}${port}`, src: packet.src.text, dst: packet.dst.text });
}

/** The mode enforces policies, but not at this pod, as at one with an ENI of its own: they are not part of the answer. */
function policiesLeftOut(subject: Subject, plan: Plan, ways: readonly Way[]): readonly Found[] {
	const { mode } = subject.cluster;
	if (!isEnforced(subject)) return [];
	return distinct(
		judgementsOf(subject, plan, ways)
			.filter(({ way, verdict }) => way.forwardEnd.outcome === "delivered" && verdict.kind !== "allowed")
			.map(({ pod, direction, verdict }) => ({
				code: "policy-left-out",
				severity: "warning",
				message: phrase("policy-left-out", { direction, pod: podPlace(pod), verdict: verdictPhrase(verdict), mode }),
				fix: phrase("policy-left-out-fix"),
				object: podPlace(pod),
			})),
	);
}

/** Calico's, Cilium's, AdminNetworkPolicy: they may allow and deny, and nobody here knows what. */
function policiesOfOtherApis({ cluster }: Subject): readonly Found[] {
	const [first] = cluster.foreignPolicies;
	if (first === undefined) return [];
	const others = cluster.foreignPolicies.length - 1;
	const more = others === 0 ? "" : phrase("more-like-it", { n: others });
	const message = phrase("policy-of-other-api", { policy: foreignPolicyText(first), more });
	return [{ code: "policy-not-evaluated", severity: "warning", message, object: `${first.kind}/${first.name}` }];
}

/** What the policies that select a pod at an end of a way say of its connection. */
interface Judgement {
	readonly way: Way;
	readonly pod: Pod;
	readonly direction: PolicyDirection;
	readonly flow: PolicyFlow;
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
			return [{ way, pod: end.pod, direction, flow, selecting, verdict: policyVerdict(policies, flow, direction) }];
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
	const pod = cluster.podAt(place);
	if (pod !== undefined) return { kind: "pod", pod, address };
	if (place.startsWith("node/")) return { kind: "node", node: place.slice("node/".length), address };
	return policyEnd(cluster, address);
}

/** Of one that does not allow. */
function verdictPhrase(verdict: PolicyVerdict): Said {
	switch (verdict.kind) {
		case "denied":
			return phrase("isolated-by", { policies: verdict.isolatedBy.map(policyRef) });
		case "unknown":
			return phrase("cannot-be-evaluated", { what: verdict.what });
		case "allowed":
			return describeVerdict(verdict);
	}
}
