/** What the chooser asks: what is there, and what is wanted. */

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

/** The questions, in the order in which they are asked: what is there before what is wanted. Each can be answered with yes or no. */
export const NEED_QUESTIONS = [
	"publicCloud",
	"underlayMayBeTouched",
	"bgp",
	"segments",
	"dualStack",
	"fixedAddress",
	"lowLatency",
	"networkPolicy",
	"severalKinds",
] as const;

export type Need = (typeof NEED_QUESTIONS)[number];

/** What yes or no to the questions means; a question without an answer does not matter. */
export function needsFrom(answers: Partial<Readonly<Record<Need, boolean | undefined>>>): Needs {
	const { segments, ...others } = answers;
	return { ...others, segments: segments === undefined ? undefined : segments ? "same" : "different" };
}
