/** Lays an answer beside what a scenario expects, and says in a person's words where they differ. */
import type {
	ExplainedConntrack,
	ExplainedDirection,
	ExplainedHop,
	ExplainedPath,
	Explanation,
} from "../trace/explanation.ts";
import { checkRoutes } from "./check-routes.ts";
import {
	type EndPattern,
	formatHeader,
	formatJudgements,
	formatLinks,
	formatNat,
	formatPacket,
	formatTuples,
	type HeaderPattern,
	type LinkPattern,
	matchesJudgement,
	matchesPattern,
	type TuplePattern,
	withPort,
} from "./notation.ts";
import type { Expected, ExpectedClient, ExpectedPath, Scenario } from "./scenario.ts";

/** One thing that the answer says otherwise than the scenario expects. */
export interface Difference {
	/** What was looked at: `verdict`, `path 2 of 3: conntrack of node/a`. */
	readonly about: string;
	readonly expected: string;
	readonly got: string;
	/** Where the expectation comes from. */
	readonly sources: readonly string[];
}

/** Shares that differ by less are the same: they are sums of products of fractions. */
const WEIGHT_TOLERANCE = 1e-6;

/** Everything in which the answer differs from what the scenario expects; empty: it passes. */
export function checkScenario(explanation: Explanation, scenario: Scenario): readonly Difference[] {
	const { pairs, left } = pairPaths(scenario.paths, explanation.paths);
	const differences = pairs.flatMap(({ differences: own }, position) =>
		scenario.paths.length === 1
			? own
			: own.map((difference) => ({
					...difference,
					about: `path ${position + 1} of ${scenario.paths.length}: ${difference.about}`,
				})),
	);
	if (!scenario.otherPaths) differences.push(...left.map((path) => unexpectedPath(path, scenario)));
	return [...differences, ...checkMembers(explanation, scenario), ...checkFindings(explanation, scenario)];
}

/** `ABOUT: expected X (SOURCES), got Y`, over three lines where that reads better. */
export function formatDifference(difference: Difference): string {
	const { about, expected, got, sources } = difference;
	const from = sources.length === 0 ? "" : ` (${sources.join(", ")})`;
	return `${about}${from}\n  expected ${expected}\n  got      ${got}`;
}

function unexpectedPath(path: ExplainedPath, scenario: Scenario): Difference {
	return {
		about: "number of paths",
		expected: `${scenario.paths.length}`,
		got: `another one: ${path.verdict}, share ${path.weight}, ${formatLinks(path.forward.links)}`,
		sources: [],
	};
}

interface Pair {
	readonly differences: readonly Difference[];
}

/**
 * Gives each expected path the path of the answer that fits it best. The order of paths means nothing, so those that fit
 * wholly are paired first; a path that fits only partly must not be taken from the one that it belongs to.
 */
function pairPaths(
	expected: readonly ExpectedPath[],
	got: readonly ExplainedPath[],
): { readonly pairs: readonly Pair[]; readonly left: readonly ExplainedPath[] } {
	const left = [...got];
	const pairs: (Pair | undefined)[] = expected.map((path) => {
		const fitting = left.findIndex((candidate) => checkPath(path, candidate).length === 0);
		if (fitting < 0) return undefined;
		left.splice(fitting, 1);
		return { differences: [] };
	});
	const all = pairs.map((pair, position) => {
		const path = expected[position];
		return pair ?? (path === undefined ? { differences: [] } : nearest(path, left));
	});
	return { pairs: all, left };
}

/** Takes the path with the fewest differences out of `left`. */
function nearest(path: ExpectedPath, left: ExplainedPath[]): Pair {
	const ranked = left
		.map((candidate) => ({ candidate, differences: checkPath(path, candidate) }))
		.sort((a, b) => a.differences.length - b.differences.length);
	const [best] = ranked;
	if (best === undefined) {
		const { is, sources } = path.verdict;
		const way = path.forward === undefined ? "" : `, ${formatLinks(path.forward.is)}`;
		return { differences: [{ about: "path", expected: `${is}${way}`, got: "no such path", sources }] };
	}
	left.splice(left.indexOf(best.candidate), 1);
	return { differences: best.differences };
}

function checkPath(expected: ExpectedPath, path: ExplainedPath): readonly Difference[] {
	const { reply, refusal } = path;
	return [
		...compare("verdict", expected.verdict, (is) =>
			is === path.verdict ? undefined : [is, `${path.verdict}: ${path.reason}`],
		),
		...compare("share", expected.weight, (is) =>
			Math.abs(is - path.weight) < WEIGHT_TOLERANCE ? undefined : [`${is}`, `${path.weight}`],
		),
		...checkLinks("forward", expected.forward, path.forward.links),
		...checkLinks("reply", expected.reply, reply?.links ?? []),
		...checkLinks("refusal", expected.refusal, refusal?.links ?? []),
		...compare("stacks", expected.stacks, (is) =>
			sameList(is, path.stacks, matchesPattern) ? undefined : [is.join(" > "), path.stacks.join(" > ")],
		),
		...compare("nat", expected.nat, (is) =>
			sameSet(is, path.nat, (pattern, nat) =>
				(["at", "kind", "from", "to"] as const).every((key) => matchesPattern(pattern[key], nat[key])),
			)
				? undefined
				: [formatNat(is), formatNat(path.nat)],
		),
		...checkConntrack(expected, path),
		...compare("security groups", expected.securityGroups, (is) =>
			sameList(is, path.securityGroups, matchesJudgement)
				? undefined
				: [formatJudgements(is), formatJudgements(path.securityGroups)],
		),
		...compare("security groups not asked", expected.securityGroupsNot, (is) => {
			const asked = path.securityGroups.filter((judged) => is.some((pattern) => matchesJudgement(pattern, judged)));
			return asked.length === 0 ? undefined : [`none of ${formatJudgements(is)}`, formatJudgements(asked)];
		}),
		...compare("service address seen at", expected.serviceAddressSeenAt, (is) =>
			sameSet(is, path.serviceAddressSeenAt, matchesLink)
				? undefined
				: [formatLinks(is), formatLinks(path.serviceAddressSeenAt)],
		),
		...compare("client address", expected.clientAddress, (is) => checkClient(is, path.clientAddress)),
		...checkHeaders("forward", expected.forwardHeaders, path.forward),
		...checkHeaders("reply", expected.replyHeaders, reply),
		...checkHeaders("refusal", expected.refusalHeaders, refusal ?? null),
		...checkRoutes("forward", expected.forwardRoutes, path.forward),
		...checkRoutes("reply", expected.replyRoutes, reply),
	];
}

/** A difference where `check` gives what was expected and what was got; none where it gives nothing. */
function compare<T>(
	about: string,
	expected: Expected<T> | undefined,
	check: (is: T) => readonly [expected: string, got: string] | undefined,
): readonly Difference[] {
	if (expected === undefined) return [];
	const difference = check(expected.is);
	if (difference === undefined) return [];
	return [{ about, expected: difference[0], got: difference[1], sources: expected.sources }];
}

function checkLinks(
	about: string,
	expected: Expected<readonly LinkPattern[]> | undefined,
	links: ExplainedDirection["links"],
): readonly Difference[] {
	return compare(about, expected, (is) =>
		sameList(is, links, matchesLink) ? undefined : [formatLinks(is), formatLinks(links)],
	);
}

function matchesLink(pattern: LinkPattern, link: { readonly at: string; readonly device?: string }): boolean {
	return (
		matchesPattern(pattern.at, link.at) &&
		(pattern.device === null || matchesPattern(pattern.device, link.device ?? ""))
	);
}

function checkConntrack(expected: ExpectedPath, path: ExplainedPath): readonly Difference[] {
	const { conntrack } = expected;
	if (conntrack === undefined) return [];
	return [...conntrack.is].flatMap(([place, tuples]) => {
		const entries = path.conntrack.filter(({ at }) => at === place);
		if (sameSet(tuples, entries, matchesTuples)) return [];
		return [
			{
				about: `conntrack of ${place}`,
				expected: formatTuples(tuples),
				got: formatTuples(entries),
				sources: conntrack.sources,
			},
		];
	});
}

function matchesTuples(pattern: TuplePattern, entry: ExplainedConntrack): boolean {
	const matchesEnd = (end: EndPattern, tuple: ExplainedConntrack["original"]): boolean =>
		(["src", "sport", "dst", "dport"] as const).every((key) => {
			const wanted = end[key];
			return wanted === null || matchesPattern(wanted, String(tuple[key]));
		});
	return matchesEnd(pattern.original, entry.original) && matchesEnd(pattern.reply, entry.reply);
}

function checkClient(
	is: ExpectedClient,
	got: ExplainedPath["clientAddress"],
): readonly [expected: string, got: string] | undefined {
	const wanted = is.kind === "kept" ? "kept" : `lost at ${is.at} to ${is.seen}`;
	if (got === null) return [wanted, "no server saw the packet"];
	if (is.kind === "kept") return got.preserved ? undefined : [wanted, describeClient(got)];
	const same = !got.preserved && got.seen === is.seen && matchesPattern(is.at, got.lostAt ?? "");
	return same ? undefined : [wanted, describeClient(got)];
}

function describeClient(client: NonNullable<ExplainedPath["clientAddress"]>): string {
	return client.preserved ? `kept: ${client.seen}` : `lost at ${client.lostAt ?? "no place"} to ${client.seen}`;
}

function checkHeaders(
	direction: string,
	expected: Expected<readonly HeaderPattern[]> | undefined,
	got: ExplainedDirection | null,
): readonly Difference[] {
	if (expected === undefined) return [];
	return expected.is.flatMap((pattern) => {
		const hops = (got?.hops ?? []).filter(
			(hop) => matchesPattern(pattern.at, hop.at) && matchesPattern(pattern.device, hop.device ?? ""),
		);
		if (hops.some((hop) => matchesHeader(pattern, hop))) return [];
		const seen = [...new Set(hops.map((hop) => formatPacket(hop.packet)))];
		return [
			{
				about: `${direction} packet at ${pattern.at} ${pattern.device}`,
				expected: formatHeader(pattern),
				got: seen.length === 0 ? "no packet there" : seen.join(", then "),
				sources: expected.sources,
			},
		];
	});
}

function matchesHeader(pattern: HeaderPattern, { packet }: ExplainedHop): boolean {
	const { outer } = packet;
	// An ICMP error is told by the error's own addresses; what it carries is the packet that it is about.
	const error = outer?.kind === "icmp-error" ? outer : undefined;
	const { src, dst } = error ?? packet;
	if (!matchesEndpoint(pattern.src, src, packet.sport) || !matchesEndpoint(pattern.dst, dst, packet.dport))
		return false;
	if (pattern.vlan !== packet.vlan) return false;
	if (pattern.icmp !== null && pattern.icmp !== `${packet.icmp?.type}/${packet.icmp?.code}`) return false;
	if (pattern.outer === null) return outer === null || error !== undefined;
	return (
		outer !== null &&
		outer.kind === pattern.outer.kind &&
		(pattern.outer.vni === null || outer.vni === pattern.outer.vni) &&
		matchesPattern(pattern.outer.src, outer.src) &&
		matchesPattern(pattern.outer.dst, outer.dst)
	);
}

/** The pattern may be an address alone, or one with a port. */
function matchesEndpoint(pattern: string, address: string, port: number): boolean {
	return matchesPattern(pattern, address) || matchesPattern(pattern, withPort(address, port));
}

/** The servers to which load balancers handed the connection, over all paths. */
function checkMembers(explanation: Explanation, scenario: Scenario): readonly Difference[] {
	const chosen = explanation.paths.flatMap(({ nat }) =>
		nat.filter(({ at }) => at.startsWith("slb/")).map(({ to }) => to),
	);
	const members = [...new Set(chosen)].sort();
	return compare("load balancer members", scenario.loadBalancerMembers, (is) =>
		sameSet(is, members, matchesPattern) ? undefined : [is.join(", "), members.join(", ") || "none"],
	);
}

function checkFindings(explanation: Explanation, scenario: Scenario): readonly Difference[] {
	const codes = explanation.findings.map(({ code }) => code);
	return compare("findings", scenario.findings, (is) =>
		is.every((code) => codes.includes(code)) ? undefined : [is.join(", "), codes.join(", ") || "none"],
	);
}

function sameList<P, T>(
	patterns: readonly P[],
	values: readonly T[],
	matches: (pattern: P, value: T) => boolean,
): boolean {
	return (
		patterns.length === values.length &&
		patterns.every((pattern, position) => {
			const value = values[position];
			return value !== undefined && matches(pattern, value);
		})
	);
}

/** Whether each pattern has a value of its own and no value is left over, in any order. */
function sameSet<P, T>(
	patterns: readonly P[],
	values: readonly T[],
	matches: (pattern: P, value: T) => boolean,
): boolean {
	const left = [...values];
	for (const pattern of patterns) {
		const position = left.findIndex((value) => matches(pattern, value));
		if (position < 0) return false;
		left.splice(position, 1);
	}
	return left.length === 0;
}
