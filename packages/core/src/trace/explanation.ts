/** The answer, as the JSON of docs/contract.md: plain data that every renderer and the web page read. */
import type { Origin } from "../origin/origin.ts";
import type { FixKind } from "../wording/fix.ts";
import type { Citation } from "./citation.ts";
import type { Question } from "./question.ts";

export const VERDICTS = [
	"delivered",
	"refused",
	"dropped",
	"unreachable",
	"no-reply",
	"loop",
	"exits",
	"unknown",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A device on the way; a fabric device that is one thing has no `device`. */
export interface ExplainedLink {
	readonly at: string;
	readonly device?: string;
}

export interface OuterHeader {
	readonly kind: "ipip" | "vxlan" | "icmp-error";
	readonly src: string;
	readonly dst: string;
	/** VXLAN only. */
	readonly vni?: number;
	/** VXLAN: the UDP destination port. */
	readonly dport?: number;
}

export interface ExplainedPacket {
	readonly src: string;
	readonly dst: string;
	readonly protocol: string;
	readonly sport: number;
	readonly dport: number;
	readonly ttl: number;
	readonly mark: number;
	/** ICMP only. */
	readonly icmp?: { readonly type: number; readonly code: number };
	/** Link-layer addresses, where the packet is in a frame. */
	readonly ethernet?: { readonly src: string; readonly dst: string };
	readonly outer: OuterHeader | null;
	readonly vlan: number | null;
}

/** A rule that had a part in a hop's outcome. */
export interface ExplainedRule {
	readonly table: string;
	readonly chain: string;
	/** From 1; 0: the chain's policy. */
	readonly position: number;
	readonly text: string;
	readonly origin: Origin;
}

export interface ExplainedHop {
	readonly at: string;
	readonly stage: string;
	readonly device: string | null;
	/** The packet as it is after this stage. */
	readonly packet: ExplainedPacket;
	/** One sentence: what decided it. */
	readonly decision: string;
	/** A stable word for the decision: `route`, `dnat`, `rule-drop` … */
	readonly code: string;
	readonly origin: Origin | null;
	readonly rules?: readonly ExplainedRule[];
	/** The source, as `ADDRESS:PORT`, that the packet would have to have to be taken here; only where it has another. */
	readonly expectedSource?: string;
	/** Entries of the state that it went by, besides rules. */
	readonly cites?: readonly Citation[];
}

export interface ExplainedDirection {
	readonly links: readonly ExplainedLink[];
	readonly hops: readonly ExplainedHop[];
}

export interface ExplainedNat {
	readonly at: string;
	readonly kind: "dnat" | "snat" | "masquerade" | "redirect";
	/** `ADDRESS:PORT` before and after. */
	readonly from: string;
	readonly to: string;
	readonly by: Origin;
}

export interface ExplainedTuple {
	readonly src: string;
	readonly sport: number;
	readonly dst: string;
	readonly dport: number;
}

export interface ExplainedConntrack {
	readonly at: string;
	readonly protocol: string;
	readonly original: ExplainedTuple;
	readonly reply: ExplainedTuple;
}

/** What the security groups of one card made of a packet; a path lists them in the order in which they were asked. */
export interface ExplainedSecurityGroup {
	/** The ENI's id. */
	readonly interface: string;
	/** The group that decided; where no rule did, all of the ENI's, with commas. */
	readonly group: string;
	readonly direction: "ingress" | "egress";
	readonly decision: "allow" | "deny";
	/** `established`: this ENI let a packet of the connection pass before, so no rule was asked. */
	readonly state: "new" | "established";
	readonly rule: string;
}

/** Where to run tcpdump, and what it will show. */
export interface ExplainedCapture {
	readonly at: string;
	readonly device: string;
	readonly direction: "in" | "out";
	readonly src: string;
	readonly dst: string;
	readonly command: string;
}

/** A pod or machine that has an address. */
export interface ExplainedOwner {
	readonly at: string;
	/** `node/NAME` of a pod whose node is known. */
	readonly on?: string;
}

export interface ExplainedPath {
	/** The share of connections that go this way. */
	readonly weight: number;
	readonly verdict: Verdict;
	readonly reason: string;
	readonly forward: ExplainedDirection;
	/** Null where the packet did not arrive. */
	readonly reply: ExplainedDirection | null;
	/** How a refusal came back, where there is one. */
	readonly refusal?: ExplainedDirection;
	/** Whose address the packet is for where it ends; absent: it came there, or nobody known has it. */
	readonly notReached?: ExplainedOwner;
	/** The kernel protocol stacks that the packet passed on its way there. */
	readonly stacks: readonly string[];
	readonly nat: readonly ExplainedNat[];
	readonly conntrack: readonly ExplainedConntrack[];
	readonly securityGroups: readonly ExplainedSecurityGroup[];
	readonly captures: readonly ExplainedCapture[];
	readonly serviceAddressSeenAt: readonly ExplainedLink[];
	/** As the server sees it; null where no server saw the packet. */
	readonly clientAddress: {
		readonly preserved: boolean;
		/** What the server sees as its client. */
		readonly seen: string;
		readonly lostAt?: string;
		readonly by?: string;
	} | null;
}

export type Severity = "error" | "warning" | "info";

export interface Finding {
	readonly code: string;
	readonly severity: Severity;
	readonly message: string;
	readonly fix?: string;
	/** There with `fix`: whether that can be typed, or says what to do. */
	readonly fixKind?: FixKind;
	readonly object?: string;
	/** The stage of each path at which its cause shows; absent where no path shows it. */
	readonly steps?: readonly FindingStep[];
}

/** A stage of an answer's path; both counts begin with 0. */
export interface FindingStep {
	readonly path: number;
	readonly direction: "forward" | "reply" | "refusal";
	readonly hop: number;
}

export interface Explanation {
	readonly apiVersion: "podpath.dev/v1alpha1";
	readonly kind: "Explanation";
	readonly question: Question;
	/** The paths' verdict, or `mixed`. */
	readonly verdict: Verdict | "mixed";
	readonly paths: readonly ExplainedPath[];
	readonly findings: readonly Finding[];
}
