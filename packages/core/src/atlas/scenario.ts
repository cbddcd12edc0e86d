/**
 * A scenario of the atlas: a question about a cluster and what the answer has to be. Each expectation names where it
 * comes from, because an expectation that came from podpath itself would prove nothing.
 */
import type { SourcePosition } from "../origin/origin.ts";
import type { Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";
import type { HeaderPattern, JudgementPattern, LinkPattern, NatPattern, TuplePattern } from "./notation.ts";

/** Something that the answer must say. */
export interface Expected<T> {
	readonly is: T;
	/** Where that is known from; `SOURCE_FORMS` says how they are written. Never empty. */
	readonly sources: readonly string[];
}

/** What the server must see as its client. */
export type ExpectedClient =
	| { readonly kind: "kept" }
	| { readonly kind: "lost"; readonly at: string; readonly seen: string };

/** Connection tracking entries by namespace; only the namespaces that are named are looked at, and each completely. */
export type ExpectedConntrack = ReadonlyMap<string, readonly TuplePattern[]>;

/** By place: `10.244.2.0/24 via 10.0.0.2 dev eth0 table main`, where `*` stands for any text. */
export type ExpectedRoutes = ReadonlyMap<string, readonly string[]>;

/** What one path must look like. What is not said is not checked. */
export interface ExpectedPath {
	readonly verdict: Expected<Verdict>;
	/** Share of the connections, 0 to 1. */
	readonly weight?: Expected<number>;
	readonly forward?: Expected<readonly LinkPattern[]>;
	/** Empty: there must be no reply. */
	readonly reply?: Expected<readonly LinkPattern[]>;
	/** The way back of the refusal. */
	readonly refusal?: Expected<readonly LinkPattern[]>;
	readonly stacks?: Expected<readonly string[]>;
	/** All of them, in any order. */
	readonly nat?: Expected<readonly NatPattern[]>;
	readonly conntrack?: Expected<ExpectedConntrack>;
	/** What ENIs' security groups were asked, there and back, in order and completely. */
	readonly securityGroups?: Expected<readonly JudgementPattern[]>;
	/** What they must not have been asked. */
	readonly securityGroupsNot?: Expected<readonly JudgementPattern[]>;
	readonly serviceAddressSeenAt?: Expected<readonly LinkPattern[]>;
	readonly clientAddress?: Expected<ExpectedClient>;
	/** Packets that must be seen at devices on the way there; there may be others. */
	readonly forwardHeaders?: Expected<readonly HeaderPattern[]>;
	readonly replyHeaders?: Expected<readonly HeaderPattern[]>;
	readonly refusalHeaders?: Expected<readonly HeaderPattern[]>;
	/** Routes that must have decided on the way; there may be others. */
	readonly forwardRoutes?: Expected<ExpectedRoutes>;
	readonly replyRoutes?: Expected<ExpectedRoutes>;
}

/** A change to the cluster that a scenario needs, by the object's name: `service/default/nginx1`, `cluster/ack`. */
export type ClusterChange =
	| { readonly kind: "merge"; readonly object: string; readonly patch: Readonly<Record<string, unknown>> }
	| { readonly kind: "remove"; readonly object: string };

export interface Scenario {
	/** The network mode, which is also the folder: `flannel-vpc`. */
	readonly mode: string;
	/** Unique in its mode: `001-2.2`. */
	readonly id: string;
	readonly title: string;
	/** In Chinese. */
	readonly titleZh?: string;
	readonly question: Question;
	readonly changes: readonly ClusterChange[];
	/** What a reader should know: where sources disagree, what was chosen where the source gives nothing. */
	readonly note?: string;
	/** In Chinese. */
	readonly noteZh?: string;
	readonly paths: readonly ExpectedPath[];
	/** The answer may hold more paths than those; otherwise it must hold just them. */
	readonly otherPaths: boolean;
	/** `ADDRESS:PORT` of every server to which load balancers handed the connection, over all paths. */
	readonly loadBalancerMembers?: Expected<readonly string[]>;
	/** Codes of findings that the answer must hold; there may be others. */
	readonly findings?: Expected<readonly string[]>;
	readonly source: SourcePosition;
}

/** `MODE/ID`, as the command line names a scenario. */
export function scenarioName(scenario: Pick<Scenario, "mode" | "id">): string {
	return `${scenario.mode}/${scenario.id}`;
}

/** A scenario by `MODE/ID`. */
export function findScenario(scenarios: readonly Scenario[], name: string): Scenario | undefined {
	return scenarios.find((scenario) => scenarioName(scenario) === name);
}

/**
 * How sources are written: a line of an article (docs/sources.md), a run on a real kernel or a fact that such runs showed
 * (docs/measurements.md), a rule of Terway's scenarios or a contradiction of their seeds
 * (docs/terway-rules.md), a file of another project, an RFC, a manual page; for what a word of podpath's own means, the
 * contract.
 */
export const SOURCE_FORMS: readonly RegExp[] = [
	/^seed \d{3} L\d+(-L?\d+)?$/,
	/^E:t\d+(\.[A-Za-z0-9-]+)?$/,
	/^[KX]\d+$/,
	/^(R:[a-z0-9-]+|C\d+)$/,
	/^(linux|kubernetes|flannel|calico|bird|plugins|terway|ccm) [\w./-]+( \w+)?$/,
	/^(linux|kubernetes|flannel|plugins|terway|ccm|hybridnet|bifrost|contiv|multus) [\w./-]+( \w+)?$/,
	/^rfc \d+( section [\d.]+)?$/,
	/^man [\w.-]+\(\d\)$/,
	/^contract [\w-]+$/,
];
