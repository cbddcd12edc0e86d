/** The chains of a pod's device: what comes from it (`cali-fw-…`) and what goes to it (`cali-tw-…`) (felix/rules/endpoints.go). */
import type { Family } from "../../address/address.ts";
import type { FelixSettings } from "../../cluster/calico-objects.ts";
import { base64Url, sha256 } from "../../digest/sha256.ts";
import type { Ipset } from "../../netfilter/ipset.ts";
import type { MarkMatch } from "../../netfilter/xtables/matches/mark.ts";
import {
	accept,
	chain,
	comment,
	conntrackState,
	drop,
	jump,
	mark,
	multiport,
	protocol,
	returnTarget,
	rule,
	setXmark,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { Origin } from "../../origin/origin.ts";
import { MARK_ACCEPT, MARK_PASS } from "./marks.ts";

/** A pod as Felix's rules see it. */
export interface WorkloadEndpoint {
	readonly device: string;
	/** `pod/NAMESPACE/NAME`. */
	readonly object: string;
	readonly namespace: string;
}

/** Policies of endpoints: rules that come before those of its profiles, and the chains that they jump to. */
export interface EndpointPolicy {
	/** Of what the pod sends (`egress`) or gets (`ingress`); empty: no policy selects it. */
	rules(endpoint: WorkloadEndpoint, direction: Direction): readonly XtRule[];
	chains(family: Family): readonly XtChain[];
	/** That the chains ask. */
	sets(family: Family): readonly Ipset[];
}

export type Direction = "ingress" | "egress";

/** A policy, a profile or a table before has accepted the packet. */
export const accepted: MarkMatch<"mark"> = mark(MARK_ACCEPT, MARK_ACCEPT);

/** Both chains of an endpoint. */
export function endpointChains(
	endpoint: WorkloadEndpoint,
	settings: FelixSettings,
	policy: EndpointPolicy,
): readonly XtChain[] {
	const origin: Origin = { component: "felix", object: endpoint.object };
	const profile = (prefix: string): readonly XtRule[] => [
		rule(origin, [], jump(limitedName(prefix, `kns.${endpoint.namespace}`))),
		rule(origin, [comment("Return if profile accepted"), accepted], returnTarget),
		rule(origin, [comment("Drop if no profiles matched")], drop),
	];
	return [
		chain(`cali-tw-${endpoint.device}`, [
			...tracked(origin, settings),
			...policy.rules(endpoint, "ingress"),
			...profile("cali-pri-"),
		]),
		chain(`cali-fw-${endpoint.device}`, [
			...tracked(origin, settings),
			...noTunnels(origin, settings),
			...policy.rules(endpoint, "egress"),
			...profile("cali-pro-"),
		]),
	];
}

/** What belongs to a connection that was accepted passes; the bits of a verdict are cleared for what does not. */
function tracked(origin: Origin, { iptablesFilterAllowAction }: FelixSettings): readonly XtRule[] {
	const established = conntrackState(["RELATED", "ESTABLISHED"]);
	const pass =
		iptablesFilterAllowAction === "accept"
			? [rule(origin, [established], accept)]
			: [rule(origin, [established], setXmark(MARK_ACCEPT, MARK_ACCEPT)), rule(origin, [established], returnTarget)];
	return [
		...pass,
		rule(origin, [conntrackState(["INVALID"])], drop),
		rule(origin, [], setXmark(0, MARK_ACCEPT | MARK_PASS)),
	];
}

/** A pod could get round its policies with a tunnel of its own. */
function noTunnels(origin: Origin, settings: FelixSettings): readonly XtRule[] {
	const vxlan = comment("Drop VXLAN encapped packets originating in workloads");
	const ipip = comment("Drop IPinIP encapped packets originating in workloads");
	return [
		...(settings.allowVXLANPacketsFromWorkloads
			? []
			: [rule(origin, [vxlan, protocol("udp"), multiport("destination", [settings.vxlanPort])], drop)]),
		...(settings.allowIPIPPacketsFromWorkloads ? [] : [rule(origin, [ipip, protocol("ipip")], drop)]),
	];
}

/**
 * The profile of a namespace allows everything, in both directions: policies alone restrict (libcalico-go/lib/backend/k8s
 * conversion NamespaceToProfile).
 */
export function profileChains(namespaces: Iterable<string>): readonly XtChain[] {
	return [...namespaces].flatMap((namespace) => {
		const origin: Origin = { component: "felix", object: `namespace/${namespace}`, note: "profile of the namespace" };
		const rules = [rule(origin, [], setXmark(MARK_ACCEPT, MARK_ACCEPT)), rule(origin, [accepted], returnTarget)];
		return ["cali-pri-", "cali-pro-"].map((prefix) => chain(limitedName(prefix, `kns.${namespace}`), rules));
	});
}

/** iptables takes 28 letters. */
const LONGEST_CHAIN_NAME = 28;

/** `GetLengthLimitedID` of felix/hashutils: a name that is too long is hashed. */
export function limitedName(prefix: string, name: string): string {
	if (prefix.length + name.length <= LONGEST_CHAIN_NAME) return prefix + name;
	return `${prefix}_${base64Url(sha256(name), LONGEST_CHAIN_NAME - 1 - prefix.length)}`;
}
