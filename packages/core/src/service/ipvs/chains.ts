/** The iptables chains of IPVS mode: they mark for masquerading and filter; IPVS itself does the rest (ipvs/proxier.go). */

import type { Family } from "../../address/address.ts";
import { hostPrefix, prefix } from "../../address/prefix.ts";
import type { KubeProxySettings } from "../../cluster/settings.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import {
	accept,
	addrtype,
	chain,
	comment,
	conntrackState,
	drop,
	jump,
	masquerade,
	matchSet,
	physdev,
	protocol,
	reject,
	returnTarget,
	rule,
	source,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { Target } from "../../netfilter/xtables/targets/index.ts";
import type { XtHookRule } from "../../state/contribution.ts";
import { type LocalTraffic, localTrafficMatch } from "../local-traffic.ts";
import {
	dropMarkedRule,
	FIREWALL,
	FIREWALL_HOOKS,
	FORWARD,
	forwardChain,
	MARK_DROP,
	MARK_MASQ,
	markDropChain,
	markMasqChain,
	POSTROUTING,
	postroutingRules,
	proxyOrigin,
} from "../masquerade.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { ProxyFeatures } from "../version.ts";
import { kernelSetName, SETS, type SetName } from "./sets.ts";

const SERVICES = "KUBE-SERVICES";
const NODE_PORT = "KUBE-NODE-PORT";
const LOAD_BALANCER = "KUBE-LOAD-BALANCER";
const PROXY_FIREWALL = "KUBE-PROXY-FIREWALL";
const SOURCE_RANGES_FIREWALL = "KUBE-SOURCE-RANGES-FIREWALL";
const IPVS_FILTER = "KUBE-IPVS-FILTER";
const IPVS_OUT_FILTER = "KUBE-IPVS-OUT-FILTER";
export interface IpvsChainInput {
	readonly family: Family;
	readonly settings: KubeProxySettings;
	readonly features: ProxyFeatures;
	readonly localTraffic: LocalTraffic;
	/** Rules about a set are only there where it has entries. */
	readonly isEmpty: (set: SetName) => boolean;
	/** Ports whose load balancer addresses the node itself may not reach. */
	readonly forbiddenToNode: readonly ProxyServicePort[];
}

type Directions = readonly ("src" | "dst")[];
const DST: Directions = ["dst"];
const DST_DST: Directions = ["dst", "dst"];
const DST_DST_SRC: Directions = ["dst", "dst", "src"];

/** Table nat, by chain. */
export function natChains(input: IpvsChainInput): ReadonlyMap<string, XtChain> {
	const { settings, features } = input;
	const loadBalancer = [
		...(features.dropsInFilter ? [] : ofSet(input, "KUBE-LOAD-BALANCER-FW", DST_DST, jump(FIREWALL))),
		...ofSet(input, "KUBE-LOAD-BALANCER-LOCAL", DST_DST, returnTarget),
		rule(proxyOrigin(), [], jump(MARK_MASQ)),
	];
	return byName([
		chain(SERVICES, servicesRules(input)),
		chain(POSTROUTING, [...ofSet(input, "KUBE-LOOP-BACK", DST_DST_SRC, masquerade()), ...postroutingRules(settings)]),
		chain(NODE_PORT, nodePortRules(input)),
		chain(LOAD_BALANCER, loadBalancer),
		markMasqChain(settings),
		...(features.dropsInFilter ? [] : markDropChains(input)),
	]);
}

/** Table filter, by chain. */
export function filterChains(input: IpvsChainInput): ReadonlyMap<string, XtChain> {
	const { settings, features } = input;
	const chains = [forwardChain(settings, false), chain(NODE_PORT, [healthCheckRule(input)])];
	if (features.dropsInFilter) {
		chains.push(chain(PROXY_FIREWALL, ofSet(input, "KUBE-LOAD-BALANCER-FW", DST_DST, jump(SOURCE_RANGES_FIREWALL))));
		chains.push(chain(SOURCE_RANGES_FIREWALL, [...sourceRangesRules(input), rule(proxyOrigin(), [], drop)]));
	} else {
		chains.push(chain(FIREWALL, [dropMarkedRule()]));
	}
	if (features.ipvsFilter) chains.push(chain(IPVS_FILTER, ipvsFilterRules(input)));
	if (features.ipvsOutFilter) chains.push(chain(IPVS_OUT_FILTER, outFilterRules(input.forbiddenToNode)));
	return byName(chains);
}

/** The jumps into the chains; each is put before everything that is there. */
export function ipvsHooks(features: ProxyFeatures): {
	readonly nat: readonly XtHookRule[];
	readonly filter: readonly XtHookRule[];
} {
	const hook = (from: XtHookRule["chain"], to: string, text: string): XtHookRule => ({
		chain: from,
		how: "insert",
		rule: rule(proxyOrigin(text), [comment(text)], jump(to)),
	});
	const firewall = "kube-proxy firewall rules";
	const access = "kubernetes ipvs access filter";
	return {
		nat: [
			hook("OUTPUT", SERVICES, "kubernetes service portals"),
			hook("PREROUTING", SERVICES, "kubernetes service portals"),
			hook("POSTROUTING", POSTROUTING, "kubernetes postrouting rules"),
		],
		filter: [
			...(features.dropsInFilter ? [] : FIREWALL_HOOKS),
			hook("FORWARD", FORWARD, "kubernetes forwarding rules"),
			hook("INPUT", NODE_PORT, "kubernetes health check rules"),
			...(features.dropsInFilter
				? [hook("INPUT", PROXY_FIREWALL, firewall), hook("FORWARD", PROXY_FIREWALL, firewall)]
				: []),
			...(features.ipvsFilter ? [hook("INPUT", IPVS_FILTER, access)] : []),
			...(features.ipvsOutFilter ? [hook("OUTPUT", IPVS_OUT_FILTER, access)] : []),
		],
	};
}

function byName(chains: readonly XtChain[]): ReadonlyMap<string, XtChain> {
	return new Map(chains.map((each) => [each.name, each]));
}

/** `-m set --match-set NAME DIRECTIONS`, with the comment of the set in front. */
function setMatches(input: IpvsChainInput, set: SetName, directions: Directions): readonly Match[] {
	return [comment(SETS[set].comment), matchSet(kernelSetName(set, input.family), directions)];
}

/** The rule about a set, none where it is empty. */
function ofSet(input: IpvsChainInput, set: SetName, directions: Directions, target: Target): readonly XtRule[] {
	if (input.isEmpty(set)) return [];
	return [rule(proxyOrigin(SETS[set].comment), setMatches(input, set, directions), target)];
}

const LOOPBACK = { 4: prefix("127.0.0.0/8"), 6: prefix("::1/128") } as const;

function servicesRules(input: IpvsChainInput): readonly XtRule[] {
	const local = addrtype({ destination: "LOCAL" });
	const accepted = (["KUBE-CLUSTER-IP", "KUBE-LOAD-BALANCER"] as const).filter((set) => !input.isEmpty(set));
	return [
		rule(proxyOrigin(), [source(LOOPBACK[input.family])], returnTarget),
		...ofSet(input, "KUBE-LOAD-BALANCER", DST_DST, jump(LOAD_BALANCER)),
		...clusterIPRules(input),
		...externalIPRules(input, "KUBE-EXTERNAL-IP", true),
		...externalIPRules(input, "KUBE-EXTERNAL-IP-LOCAL", false),
		rule(proxyOrigin(), [local], jump(NODE_PORT)),
		// Other components' rules for local addresses, as those of host ports, must not take this traffic (#62718).
		...accepted.map((set) => rule(proxyOrigin(), [matchSet(kernelSetName(set, input.family), DST_DST)], accept)),
	];
}

function clusterIPRules(input: IpvsChainInput): readonly XtRule[] {
	const set = "KUBE-CLUSTER-IP";
	const { settings, localTraffic } = input;
	if (settings.masqueradeAll) return ofSet(input, set, DST_DST, jump(MARK_MASQ));
	// The node itself takes the Service address as its source, as that is local too: masquerade at least that.
	if (localTraffic.kind === "unknown") return ofSet(input, set, ["src", "dst"], jump(MARK_MASQ));
	if (input.isEmpty(set)) return [];
	const matches = [localTrafficMatch(localTraffic, true), ...setMatches(input, set, DST_DST)];
	return [rule(proxyOrigin(SETS[set].comment), matches, jump(MARK_MASQ))];
}

/** What comes from off the machine, and what is for an address that is local anyway, is left to IPVS. */
function externalIPRules(input: IpvsChainInput, set: SetName, masquerades: boolean): readonly XtRule[] {
	if (input.isEmpty(set)) return [];
	const matches = setMatches(input, set, DST_DST);
	const origin = proxyOrigin(SETS[set].comment);
	const offMachine = [physdev({ isIn: false }), addrtype({ source: "LOCAL" }, { negated: true })];
	return [
		...(masquerades ? [rule(origin, matches, jump(MARK_MASQ))] : []),
		rule(origin, [...matches, ...offMachine], accept),
		rule(origin, [...matches, addrtype({ destination: "LOCAL" })], accept),
	];
}

function nodePortRules(input: IpvsChainInput): readonly XtRule[] {
	const rules: XtRule[] = [];
	const add = (set: SetName, name: "tcp" | "udp" | "sctp", directions: Directions, target: Target): void => {
		if (input.isEmpty(set)) return;
		const matches = [protocol(name), ...setMatches(input, set, directions)];
		rules.push(rule(proxyOrigin(SETS[set].comment), matches, target));
	};
	add("KUBE-NODE-PORT-LOCAL-TCP", "tcp", DST, returnTarget);
	add("KUBE-NODE-PORT-TCP", "tcp", DST, jump(MARK_MASQ));
	add("KUBE-NODE-PORT-LOCAL-UDP", "udp", DST, returnTarget);
	add("KUBE-NODE-PORT-UDP", "udp", DST, jump(MARK_MASQ));
	add("KUBE-NODE-PORT-LOCAL-SCTP-HASH", "sctp", DST_DST, returnTarget);
	add("KUBE-NODE-PORT-SCTP-HASH", "sctp", DST_DST, jump(MARK_MASQ));
	return rules;
}

function sourceRangesRules(input: IpvsChainInput): readonly XtRule[] {
	return [
		...ofSet(input, "KUBE-LOAD-BALANCER-SOURCE-CIDR", DST_DST_SRC, returnTarget),
		...ofSet(input, "KUBE-LOAD-BALANCER-SOURCE-IP", DST_DST_SRC, returnTarget),
	];
}

/** Before 1.25 a chain KUBE-FIREWALL of table nat holds the source ranges and marks what they do not name. */
function markDropChains(input: IpvsChainInput): readonly XtChain[] {
	const sourceRanges = [...sourceRangesRules(input), rule(proxyOrigin(), [], jump(MARK_DROP))];
	return [chain(FIREWALL, sourceRanges), markDropChain()];
}

function healthCheckRule(input: IpvsChainInput): XtRule {
	const set = "KUBE-HEALTH-CHECK-NODE-PORT";
	return rule(proxyOrigin(SETS[set].comment), setMatches(input, set, DST), accept);
}

/** A Service address is local, so without these rules every port of the node could be reached by it (issue #72236). */
function ipvsFilterRules(input: IpvsChainInput): readonly XtRule[] {
	const name = (set: SetName): string => kernelSetName(set, input.family);
	const served = ["KUBE-LOAD-BALANCER", "KUBE-CLUSTER-IP", "KUBE-EXTERNAL-IP", "KUBE-EXTERNAL-IP-LOCAL"] as const;
	const refused = reject(input.family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable");
	return [
		...served.map((set) => rule(proxyOrigin(), [matchSet(name(set), DST_DST)], returnTarget)),
		rule(proxyOrigin(), [matchSet(name("KUBE-HEALTH-CHECK-NODE-PORT"), DST)], returnTarget),
		rule(proxyOrigin(), [conntrackState(["NEW"]), matchSet(name("KUBE-IPVS-IPS"), DST)], refused),
	];
}

/** The node reaches a load balancer address from that address itself, as it is local. */
function outFilterRules(ports: readonly ProxyServicePort[]): readonly XtRule[] {
	return ports.flatMap((port) =>
		port.loadBalancerVIPs.map((address) => {
			const own = hostPrefix(address);
			const service: Match = {
				kind: "ipvs",
				virtualAddress: { prefix: own, negated: false },
				protocol: { protocol: port.protocol, negated: false },
				virtualPort: { port: port.port, negated: false },
			};
			return rule(port.origin, [source(own), service], drop);
		}),
	);
}
