/** Which modes fit what a data centre or a cloud allows and its users ask for, with reasons, by the modes' profiles alone. */
import type { Needs } from "./needs.ts";
import type { ModeProfile } from "./profile.ts";

/** Why a mode fits or does not: a sentence of the catalogue, and what is filled in there. */
export interface Reason {
	readonly code: ReasonCode;
	readonly facts: Readonly<Record<string, string | number>>;
}

export type ReasonCode =
	| "vpc-knows-pods"
	| "needs-vpc"
	| "unknown-to-vpc"
	| "small-tunnel"
	| "one-family"
	| "both-families"
	| "hides-pods"
	| "tunnel-grows"
	| "data-centre-addresses"
	| "shows-pods"
	| "speaks-bgp"
	| "no-bgp"
	| "needs-bgp"
	| "routers-lead"
	| "detour-by-router"
	| "straight-to-node"
	| "straight-to-pod"
	| "nodes-in-one-segment"
	| "vlans-everywhere"
	| "pods-stacks-alone"
	| "stacks"
	| "stacks-and-bytes"
	| "no-fixed-address"
	| "fixed-address"
	| "enforces-policies"
	| "enforces-no-policies"
	| "mixes-networks"
	| "needs-multus";

export interface Choice {
	readonly mode: string;
	/** False where something that is asked for cannot be had. */
	readonly fits: boolean;
	readonly for: readonly Reason[];
	readonly against: readonly Reason[];
}

interface Judgement {
	readonly kind: "for" | "against" | "excluded";
	readonly why: Reason;
}

type Judge = (profile: ModeProfile, needs: Needs) => Judgement | undefined;

const JUDGES: readonly Judge[] = [
	cloud,
	dualStack,
	untouched,
	bgp,
	segments,
	latency,
	fixedAddress,
	networkPolicy,
	severalKinds,
];

/** Best first. Modes that have as much for and against them come in the order of their overhead and stacks, then of the list. */
export function choose(profiles: readonly ModeProfile[], needs: Needs): readonly Choice[] {
	const judged = profiles.map((profile) => {
		const judgements = JUDGES.map((judge) => judge(profile, needs)).filter((each) => each !== undefined);
		return { profile, judgements, fits: judgements.every(({ kind }) => kind !== "excluded") };
	});
	const score = ({ judgements }: (typeof judged)[number]): number =>
		judgements.reduce((sum, { kind }) => sum + (kind === "for" ? 1 : -1), 0);
	const sorted = judged.sort(
		(a, b) =>
			Number(b.fits) - Number(a.fits) ||
			score(b) - score(a) ||
			a.profile.overhead - b.profile.overhead ||
			a.profile.stacks - b.profile.stacks,
	);
	return sorted.map(({ profile, judgements, fits }) => ({
		mode: profile.mode,
		fits,
		for: judgements.filter(({ kind }) => kind === "for").map(({ why }) => why),
		against: judgements.filter(({ kind }) => kind !== "for").map(({ why }) => why),
	}));
}

function judged(kind: Judgement["kind"], code: ReasonCode, facts: Reason["facts"] = {}): Judgement {
	return { kind, why: { code, facts } };
}

/** A VPC carries the addresses that it gave, or has route entries for; VLANs and BGP are not to be had there (seed 003). */
function cloud({ technology, scenario }: ModeProfile, { publicCloud }: Needs): Judgement | undefined {
	if (technology === "vpc") {
		if (publicCloud === true) return judged("for", "vpc-knows-pods");
		return judged(publicCloud === false ? "excluded" : "against", "needs-vpc");
	}
	if (publicCloud !== true || scenario === "overlay") return undefined;
	return judged("excluded", "unknown-to-vpc");
}

function dualStack({ families, overhead }: ModeProfile, needs: Needs): Judgement | undefined {
	const [only, other] = families;
	if (needs.dualStack !== true) {
		const small = needs.dualStack === false && overhead > 0 && other === undefined;
		return small ? judged("for", "small-tunnel", { bytes: overhead }) : undefined;
	}
	return other === undefined ? judged("excluded", "one-family", { family: only ?? 4 }) : judged("for", "both-families");
}

function untouched(profile: ModeProfile, { underlayMayBeTouched }: Needs): Judgement | undefined {
	const { scenario, podAddresses, overhead } = profile;
	if (scenario === "overlay") {
		if (underlayMayBeTouched === false) return judged("for", "hides-pods");
		return underlayMayBeTouched ? judged("against", "tunnel-grows", { bytes: overhead }) : undefined;
	}
	if (underlayMayBeTouched !== false) return undefined;
	return judged("excluded", podAddresses === "data-centre" ? "data-centre-addresses" : "shows-pods");
}

function bgp({ technology }: ModeProfile, needs: Needs): Judgement | undefined {
	if (technology !== "bgp") return needs.bgp === true ? judged("against", "no-bgp") : undefined;
	if (needs.bgp === true) return judged("for", "speaks-bgp");
	return needs.bgp === false ? judged("excluded", "needs-bgp") : undefined;
}

function segments({ nextHop, mechanism, podAddresses }: ModeProfile, needs: Needs): Judgement | undefined {
	if (needs.segments === undefined || mechanism === "tunnel" || podAddresses === "vpc") return undefined;
	if (nextHop === "router") {
		return needs.segments === "different" ? judged("for", "routers-lead") : judged("against", "detour-by-router");
	}
	if (needs.segments === "same") return judged("for", nextHop === "node" ? "straight-to-node" : "straight-to-pod");
	return judged("against", nextHop === "node" ? "nodes-in-one-segment" : "vlans-everywhere");
}

/** The fewest stacks that any way takes: the pods' own two. */
const FEWEST_STACKS = 2;

function latency({ stacks, overhead }: ModeProfile, { lowLatency }: Needs): Judgement | undefined {
	if (lowLatency !== true) return undefined;
	if (stacks === FEWEST_STACKS) return judged("for", "pods-stacks-alone");
	return judged("against", overhead === 0 ? "stacks" : "stacks-and-bytes", { stacks, bytes: overhead });
}

function fixedAddress(profile: ModeProfile, needs: Needs): Judgement | undefined {
	if (needs.fixedAddress !== true) return undefined;
	if (profile.fixedAddress === null) return judged("excluded", "no-fixed-address");
	return judged("for", "fixed-address", { by: profile.fixedAddress });
}

function networkPolicy(profile: ModeProfile, needs: Needs): Judgement | undefined {
	if (profile.networkPolicy) return needs.networkPolicy === false ? undefined : judged("for", "enforces-policies");
	return needs.networkPolicy === true ? judged("excluded", "enforces-no-policies") : undefined;
}

function severalKinds({ mixesNetworks }: ModeProfile, needs: Needs): Judgement | undefined {
	if (mixesNetworks) return needs.severalKinds === false ? undefined : judged("for", "mixes-networks");
	return needs.severalKinds === true ? judged("against", "needs-multus") : undefined;
}
