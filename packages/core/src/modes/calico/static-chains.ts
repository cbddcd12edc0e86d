/** Felix's chains that do not depend on which endpoints there are (felix/rules/static.go), and where it hooks them in. */
import type { Family } from "../../address/address.ts";
import type { FelixSettings } from "../../cluster/calico-objects.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import {
	accept,
	addrtype,
	chain,
	comment,
	conntrackState,
	destinationPort,
	drop,
	goTo,
	inInterface,
	jump,
	mark,
	matchSet,
	multiport,
	outInterface,
	protocol,
	returnTarget,
	rule,
	setXmark,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule, XtTableName } from "../../netfilter/xtables/table.ts";
import type { XtContribution, XtHookRule } from "../../state/contribution.ts";
import { FROM_WORKLOAD, TO_WORKLOAD } from "./dispatch.ts";
import { accepted } from "./endpoint-chains.ts";
import { forwardCheckRules, forwardedByIpvsRules } from "./ipvs-chains.ts";
import { MARK_ACCEPT, MARK_ALL, MARK_FROM_WORKLOAD } from "./marks.ts";
import { FELIX } from "./origin.ts";
import { setName } from "./sets.ts";

export interface FelixNode {
	readonly family: Family;
	readonly settings: FelixSettings;
	/** kube-ipvs0 is there. */
	readonly ipvs: boolean;
	readonly ipip: boolean;
	readonly vxlan: boolean;
}

const WORKLOADS = "cali+";
const FROM_HOST_ENDPOINT = "cali-from-host-endpoint";
const TO_HOST_ENDPOINT = "cali-to-host-endpoint";
const clearMarks = rule(FELIX, [], setXmark(0, MARK_ALL));
const acceptAccepted = rule(FELIX, [accepted], accept);

/** Chains for the endpoints of hosts, addresses of services that loop, and floating addresses, all without rules here. */
function empty(...names: readonly string[]): readonly XtChain[] {
	return names.map((name) => chain(name, []));
}

/** The hooks of one table, and what its chains hold. */
function table(
	at: FelixNode,
	name: XtTableName,
	own: readonly XtChain[],
	hooks: readonly XtHookRule[],
): XtContribution {
	return { family: at.family, table: name, chains: new Map(own.map((each) => [each.name, each])), hooks };
}

/** `-j cali-CHAIN`, before all others unless ChainInsertMode says otherwise. */
function hook(name: XtHookRule["chain"], { settings }: FelixNode): XtHookRule {
	return { chain: name, how: settings.chainInsertMode, rule: rule(FELIX, [], jump(`cali-${name}`)) };
}

/** raw: tunnels are not tracked, and what a pod sends must be from its own address. */
export function rawTable(at: FelixNode): XtContribution {
	const fromWorkload = mark(MARK_FROM_WORKLOAD, MARK_FROM_WORKLOAD);
	const rpfilter: Match = { kind: "rpfilter", loose: false, validMark: true, acceptLocal: false, invert: true };
	const untracked = at.vxlan
		? [rule(FELIX, [protocol("udp"), destinationPort("udp", at.settings.vxlanPort)], { kind: "notrack" })]
		: [];
	const prerouting = chain("cali-PREROUTING", [
		clearMarks,
		...untracked,
		rule(FELIX, [inInterface(WORKLOADS)], setXmark(MARK_FROM_WORKLOAD, MARK_FROM_WORKLOAD)),
		rule(FELIX, [fromWorkload], jump("cali-rpf-skip")),
		rule(FELIX, [fromWorkload, rpfilter], drop),
		rule(FELIX, [mark(0, MARK_FROM_WORKLOAD)], jump(FROM_HOST_ENDPOINT)),
		acceptAccepted,
	]);
	const output = chain("cali-OUTPUT", [
		clearMarks,
		rule(FELIX, [], jump(TO_HOST_ENDPOINT)),
		...untracked,
		acceptAccepted,
	]);
	const chains = [prerouting, output, ...empty("cali-rpf-skip", FROM_HOST_ENDPOINT, TO_HOST_ENDPOINT)];
	return table(at, "raw", chains, [hook("PREROUTING", at), hook("OUTPUT", at)]);
}

export function mangleTable(at: FelixNode): XtContribution {
	const hostAccepted = comment("Host endpoint policy accepted packet.");
	const prerouting = chain("cali-PREROUTING", [
		rule(FELIX, [conntrackState(["RELATED", "ESTABLISHED"])], accept),
		acceptAccepted,
		rule(FELIX, [], jump(FROM_HOST_ENDPOINT)),
		rule(FELIX, [hostAccepted, accepted], accept),
	]);
	const postrouting = chain("cali-POSTROUTING", [
		rule(FELIX, [accepted], returnTarget),
		...(at.ipvs ? [forwardedByIpvsRules.leaveAlone] : []),
		clearMarks,
		rule(FELIX, [conntrackState(["DNAT"])], jump(TO_HOST_ENDPOINT)),
		rule(FELIX, [hostAccepted, accepted], returnTarget),
	]);
	const chains = [prerouting, postrouting, ...empty(FROM_HOST_ENDPOINT, TO_HOST_ENDPOINT)];
	return table(at, "mangle", chains, [hook("PREROUTING", at), hook("POSTROUTING", at)]);
}

/** filter: `chains` are the endpoints' own and those that lead to them. */
export function filterTable(at: FelixNode, chains: readonly XtChain[]): XtContribution {
	const own = [
		forwardChain(),
		inputChain(at),
		outputChain(at),
		workloadToHost(at),
		...empty("cali-from-hep-forward", "cali-to-hep-forward", "cali-cidr-block", FROM_HOST_ENDPOINT, TO_HOST_ENDPOINT),
	];
	const policyAccepted = [comment("Policy explicitly accepted packet."), accepted];
	const hooks: readonly XtHookRule[] = [
		hook("INPUT", at),
		hook("FORWARD", at),
		hook("OUTPUT", at),
		{ chain: "FORWARD", how: "append", rule: rule(FELIX, policyAccepted, allowed(at)) },
		// Tells mangle's POSTROUTING that the packet was forwarded.
		{ chain: "FORWARD", how: "append", rule: rule(FELIX, [], setXmark(MARK_ACCEPT, MARK_ACCEPT)) },
	];
	return table(at, "filter", [...own, ...chains], hooks);
}

function allowed({ settings }: FelixNode): typeof accept | typeof returnTarget {
	return settings.iptablesFilterAllowAction === "accept" ? accept : returnTarget;
}

/** What comes from a pod is asked of that pod's chain, what goes to one of that one's: between two pods of a node both are asked. */
function forwardChain(): XtChain {
	return chain("cali-FORWARD", [
		rule(FELIX, [], setXmark(0, MARK_ALL & ~MARK_ACCEPT)),
		rule(FELIX, [mark(0, MARK_ACCEPT)], jump("cali-from-hep-forward")),
		rule(FELIX, [inInterface(WORKLOADS)], jump(FROM_WORKLOAD)),
		rule(FELIX, [outInterface(WORKLOADS)], jump(TO_WORKLOAD)),
		rule(FELIX, [], jump("cali-to-hep-forward")),
		rule(FELIX, [], jump("cali-cidr-block")),
	]);
}

function inputChain(at: FelixNode): XtChain {
	return chain("cali-INPUT", [
		...ipipInput(at),
		...vxlanInput(at),
		...(at.ipvs ? forwardCheckRules : []),
		rule(FELIX, [inInterface(WORKLOADS)], goTo("cali-wl-to-host")),
		rule(FELIX, [accepted], allowed(at)),
		clearMarks,
		rule(FELIX, [], jump(FROM_HOST_ENDPOINT)),
		rule(FELIX, [comment("Host endpoint policy accepted packet."), accepted], allowed(at)),
	]);
}

const toLocal = addrtype({ destination: "LOCAL" });
const fromLocal = addrtype({ source: "LOCAL" });

/** Only nodes may send tunnelled packets. */
function ipipInput(at: FelixNode): readonly XtRule[] {
	if (!at.ipip) return [];
	const ipip = protocol("ipip");
	const nodes = matchSet(setName(4, "all-hosts-net"), ["src"]);
	return [
		rule(FELIX, [comment("Allow IPIP packets from Calico hosts"), ipip, nodes, toLocal], allowed(at)),
		rule(FELIX, [comment("Drop IPIP packets from non-Calico hosts"), ipip], drop),
	];
}

function vxlanPort({ settings }: FelixNode): readonly Match[] {
	return [protocol("udp"), multiport("destination", [settings.vxlanPort])];
}

function vxlanInput(at: FelixNode): readonly XtRule[] {
	if (!at.vxlan) return [];
	const nodes = matchSet(setName(at.family, "all-vxlan-net"), ["src"]);
	const name = `IPv${at.family} VXLAN packets`;
	return [
		rule(FELIX, [comment(`Allow ${name} from allowed hosts`), ...vxlanPort(at), nodes, toLocal], allowed(at)),
		rule(FELIX, [comment(`Drop ${name} from non-allowed hosts`), ...vxlanPort(at), toLocal], drop),
	];
}

function outputChain(at: FelixNode): XtChain {
	const { family } = at;
	const ipip = [protocol("ipip"), matchSet(setName(4, "all-hosts-net"), ["dst"]), fromLocal];
	const vxlan = [...vxlanPort(at), fromLocal, matchSet(setName(family, "all-vxlan-net"), ["dst"])];
	const vxlanComment = comment(`Allow IPv${family} VXLAN packets to other allowed hosts`);
	return chain("cali-OUTPUT", [
		rule(FELIX, [accepted], allowed(at)),
		...(at.ipvs ? [forwardedByIpvsRules.lead] : []),
		rule(FELIX, [outInterface(WORKLOADS)], returnTarget),
		...(at.ipip ? [rule(FELIX, [comment("Allow IPIP packets to other Calico hosts"), ...ipip], allowed(at))] : []),
		...(at.vxlan ? [rule(FELIX, [vxlanComment, ...vxlan], allowed(at))] : []),
		clearMarks,
		rule(FELIX, [conntrackState(["DNAT"], true)], jump(TO_HOST_ENDPOINT)),
		rule(FELIX, [comment("Host endpoint policy accepted packet."), accepted], allowed(at)),
	]);
}

/** Of ICMPv6 what pods need so that the node is a router to them comes before their policies. */
const ICMPV6_TYPES = [130, 131, 132, 133, 135, 136] as const;

function workloadToHost(at: FelixNode): XtChain {
	const { defaultEndpointToHostAction: action } = at.settings;
	const target = action === "drop" ? drop : action === "accept" ? accept : returnTarget;
	const neighbours =
		at.family === 4 ? [] : ICMPV6_TYPES.map((type) => rule(FELIX, [protocol("icmpv6"), icmpv6Type(type)], allowed(at)));
	return chain("cali-wl-to-host", [
		...neighbours,
		rule(FELIX, [], jump(FROM_WORKLOAD)),
		rule(FELIX, [comment("Configured DefaultEndpointToHostAction")], target),
	]);
}

function icmpv6Type(type: number): Match {
	return { kind: "icmp6", type, code: null, negated: false };
}
