/** Why a stage did what it did: a stable code and facts, worded late (trace/wording.ts), in any language. */
import type { RuleHit } from "../netfilter/result.ts";
import type { Origin } from "../origin/origin.ts";
import type { Said } from "../wording/phrase.ts";

/** What a fact may be; `catalogue.ts` has one sentence for each code, naming its facts. */
export type Facts = Readonly<Record<string, Said | number>>;

export const REASON_CODES = [
	// Something was done and the packet goes on.
	"sent",
	"received",
	"transmitted",
	"bridged",
	"bridge-up",
	"vlan-received",
	"macvlan-received",
	"ipvlan-received",
	"hook-passed",
	"hook-rules",
	"network-policy-passed",
	"dnat",
	"snat",
	"masquerade",
	"redirect",
	"nat-known",
	"ipvs-scheduled",
	"ipvs-reply",
	"ipvs-icmpv6-error",
	"program-translated",
	"program-answered",
	"program-redirected",
	"routed",
	"routed-local",
	"neighbour-static",
	"neighbour-answered",
	"encapsulated",
	"decapsulated",
	"delivered",
	"switched",
	"vlan-routed",
	"router-learned",
	"vpc-address",
	"vpc-route",
	"lb-chosen",
	"lb-reply",
	"internet",
	"vpc-to-lb",
	"eni-passed",
	"sg-allowed",
	"sg-established",
	// It ends here.
	"rule-drop",
	"rule-reject",
	"rule-unknown",
	"policy-drop",
	"network-policy-drop",
	"no-route",
	"route-type",
	"not-forwarding",
	"martian-source",
	"loopback-source",
	"reverse-path",
	"connection-clash",
	"ttl",
	"loop",
	"too-big",
	"masqueraded-elsewhere",
	"no-answer",
	"no-answer-in-vlan",
	"other-mac",
	"mac-nowhere",
	"device-down",
	"device-missing",
	"device-unknown",
	"no-tunnel-end",
	"tunnel-carries-ipv4",
	"fdb-missing",
	"vlan-filtered",
	"port-vlan-filtered",
	"same-port",
	"isolated-ports",
	"ipvs-no-server",
	"ipvs-method",
	"vpc-nowhere",
	"vpc-no-member",
	"sg-dropped",
	"source-dest-check",
	"lb-no-listener",
	"lb-no-backend",
	"lb-acl",
	"lb-loopback",
	"outside",
	"cannot-evaluate",
	"not-listening",
	"wrong-answer-source",
	"invalid-answer",
	"too-many-steps",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export interface Because {
	readonly code: ReasonCode;
	readonly facts: Facts;
	readonly origin: Origin | null;
	/** The rules that made it so, where rules did. */
	readonly hits: readonly RuleHit[];
}

const NO_HITS: readonly RuleHit[] = [];

export function because(
	code: ReasonCode,
	facts: Facts = {},
	origin: Origin | null = null,
	hits: readonly RuleHit[] = NO_HITS,
): Because {
	return { code, facts, origin, hits };
}
