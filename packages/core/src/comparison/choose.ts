/** Which modes fit what a data centre or a cloud allows and its users ask for, with reasons, by the modes' profiles alone. */
import type { ModeProfile } from "./profile.ts";

/** What is asked for; undefined: nobody minds. */
export interface Needs {
	/** IPv4 and IPv6; false: IPv4 is enough. */
	readonly dualStack?: boolean | undefined;
	/** The data centre's routers speak BGP, and may with nodes. */
	readonly bgp?: boolean | undefined;
	/** Where the hosts are: in one network segment or in several. */
	readonly segments?: "same" | "different" | undefined;
	/** The network between the machines may be set up for pods, and may see their addresses. */
	readonly underlayMayBeTouched?: boolean | undefined;
	readonly fixedAddress?: boolean | undefined;
	/** The machines are a public cloud's, in a VPC. */
	readonly publicCloud?: boolean | undefined;
	readonly lowLatency?: boolean | undefined;
	readonly networkPolicy?: boolean | undefined;
	/** Pods of several kinds of networks on one cluster. */
	readonly severalKinds?: boolean | undefined;
}

export interface Choice {
	readonly mode: string;
	/** False where something that is asked for cannot be had. */
	readonly fits: boolean;
	readonly for: readonly string[];
	readonly against: readonly string[];
}

type Judgement = readonly [kind: "for" | "against" | "excluded", why: string];

type Criterion = (profile: ModeProfile, needs: Needs) => Judgement | undefined;

const CRITERIA: readonly Criterion[] = [
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
		const judgements = CRITERIA.map((criterion) => criterion(profile, needs)).filter((each) => each !== undefined);
		return { profile, judgements, fits: judgements.every(([kind]) => kind !== "excluded") };
	});
	const score = ({ judgements }: (typeof judged)[number]): number =>
		judgements.reduce((sum, [kind]) => sum + (kind === "for" ? 1 : -1), 0);
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
		for: judgements.filter(([kind]) => kind === "for").map(([, why]) => why),
		against: judgements.filter(([kind]) => kind !== "for").map(([, why]) => why),
	}));
}

/** A VPC carries the addresses that it gave, or has route entries for; VLANs and BGP are not to be had there (seed 003). */
function cloud({ technology, scenario }: ModeProfile, { publicCloud }: Needs): Judgement | undefined {
	if (technology === "vpc") {
		if (publicCloud === true) return ["for", "its pods' addresses are known to the VPC"];
		return publicCloud === false ? ["excluded", "it needs a cloud's VPC"] : ["against", "it needs a cloud's VPC"];
	}
	if (publicCloud !== true || scenario === "overlay") return undefined;
	return ["excluded", "a VPC carries no packets of addresses that it does not know"];
}

function dualStack({ families, overhead }: ModeProfile, needs: Needs): Judgement | undefined {
	const [only, other] = families;
	if (needs.dualStack !== true) {
		const small = needs.dualStack === false && overhead > 0 && other === undefined;
		return small ? ["for", `IPv4 is enough, and its tunnel adds ${overhead} bytes alone`] : undefined;
	}
	return other === undefined ? ["excluded", `it carries IPv${only ?? 4} alone`] : ["for", "it carries IPv4 and IPv6"];
}

function untouched(profile: ModeProfile, { underlayMayBeTouched }: Needs): Judgement | undefined {
	const { scenario, podAddresses, overhead } = profile;
	if (scenario === "overlay") {
		if (underlayMayBeTouched === false)
			return ["for", "the network between the machines sees the nodes' addresses alone"];
		return underlayMayBeTouched ? ["against", `its tunnel adds ${overhead} bytes to each packet`] : undefined;
	}
	if (underlayMayBeTouched !== false) return undefined;
	if (podAddresses === "data-centre") return ["excluded", "its pods have addresses of the data centre's network"];
	return ["excluded", "the network between the machines sees, and must carry, pods' addresses"];
}

function bgp({ technology }: ModeProfile, needs: Needs): Judgement | undefined {
	if (technology !== "bgp") return needs.bgp === true ? ["against", "it makes no use of BGP"] : undefined;
	if (needs.bgp === true) return ["for", "it tells of its pods by BGP"];
	return needs.bgp === false ? ["excluded", "its routes come by BGP"] : undefined;
}

function segments({ nextHop, mechanism, podAddresses }: ModeProfile, needs: Needs): Judgement | undefined {
	if (needs.segments === undefined || mechanism === "tunnel" || podAddresses === "vpc") return undefined;
	if (nextHop === "router") {
		if (needs.segments === "different") return ["for", "routers lead to pods, wherever their nodes are"];
		return ["against", "packets take the way by a router although the nodes stand in one segment"];
	}
	if (needs.segments === "same") {
		return ["for", `packets go straight to the other ${nextHop === "node" ? "node" : "pod's address"}`];
	}
	if (nextHop === "node")
		return ["against", "a node's routes lead to the other nodes themselves, which must be in its segment"];
	return ["against", "the pods' VLANs would have to reach into every segment"];
}

/** The fewest stacks that any way takes: the pods' own two. */
const FEWEST_STACKS = 2;

function latency({ stacks, overhead }: ModeProfile, { lowLatency }: Needs): Judgement | undefined {
	if (lowLatency !== true) return undefined;
	if (stacks === FEWEST_STACKS) return ["for", "a packet passes the two pods' stacks and no node's"];
	const more = overhead === 0 ? "" : `, and grows by ${overhead} bytes`;
	return ["against", `a packet passes ${stacks} stacks${more}`];
}

function fixedAddress(profile: ModeProfile, needs: Needs): Judgement | undefined {
	if (needs.fixedAddress !== true) return undefined;
	if (profile.fixedAddress === null) return ["excluded", "a pod cannot ask for an address of its own"];
	return ["for", `a pod can ask for its address (${profile.fixedAddress})`];
}

function networkPolicy(profile: ModeProfile, needs: Needs): Judgement | undefined {
	if (profile.networkPolicy) return needs.networkPolicy === false ? undefined : ["for", "it enforces NetworkPolicies"];
	return needs.networkPolicy === true ? ["excluded", "it enforces no NetworkPolicies"] : undefined;
}

/** Seed 004 names both: "solutions developed to meet all scenarios, such as hybridnet and multus". */
const WITH_MULTUS =
	"its own pods are all in one kind of network: others take Multus beside it, a card for each network";

function severalKinds({ mixesNetworks }: ModeProfile, needs: Needs): Judgement | undefined {
	if (mixesNetworks)
		return needs.severalKinds === false
			? undefined
			: ["for", "pods of overlay and underlay networks can be on one cluster"];
	return needs.severalKinds === true ? ["against", WITH_MULTUS] : undefined;
}
