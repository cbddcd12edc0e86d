/** From a walked way to the plain data of an answer. */
import { type Address, formatEndpoint } from "../address/address.ts";
import type { Because } from "../kernel/because.ts";
import { destinationOf } from "../kernel/endpoint.ts";
import type { Crossing, Hop, Rewrite, Walk } from "../kernel/walk.ts";
import type { RuleHit } from "../netfilter/result.ts";
import type { Origin } from "../origin/origin.ts";
import { innermost } from "../packet/packet.ts";
import { type Place, placeKind } from "../state/place.ts";
import type { Language } from "../wording/language.ts";
import { worded } from "../wording/phrase.ts";
import { capturesOf } from "./capture.ts";
import { citationsOf } from "./citation.ts";
import type {
	ExplainedConntrack,
	ExplainedDirection,
	ExplainedHop,
	ExplainedLink,
	ExplainedNat,
	ExplainedOwner,
	ExplainedPacket,
	ExplainedPath,
	ExplainedRule,
	ExplainedSecurityGroup,
} from "./explanation.ts";
import { explainPacket } from "./packet-report.ts";
import { isClients, type Plan } from "./plan.ts";
import type { Way } from "./ways.ts";
import { catalogueIn, reason, sentence } from "./wording.ts";

/** All ways of a question. Their hops up to where they part are the same ones, and are told once. */
export function explainWays(plan: Plan, ways: readonly Way[], language: Language): readonly ExplainedPath[] {
	let first: Told | null = null;
	return ways.map((way) => {
		const hops = explainHops(way.forward.hops, language, first);
		first ??= { hops: way.forward.hops, explained: hops };
		return explainWay(plan, way, hops, language);
	});
}

function explainWay(plan: Plan, way: Way, hopsThere: readonly ExplainedHop[], language: Language): ExplainedPath {
	const { forward, reply, refusal } = way;
	const there = lasting(forward);
	return {
		weight: way.weight,
		verdict: way.verdict,
		reason: reasonOf(way, language),
		forward: { links: dataLink(there), hops: hopsThere },
		reply: reply === null ? null : direction(reply, language),
		...(refusal === null ? {} : { refusal: direction(refusal, language) }),
		...notReached(plan, way),
		stacks: forward.stacks.map(({ place }) => place).filter(isClusterStack),
		nat: forward.rewrites.map(explainRewrite),
		conntrack: conntrackOf(way),
		securityGroups: securityGroupsOf(way, language),
		captures: capturesOf(there),
		serviceAddressSeenAt: serviceAddressSeenAt(plan, way, there),
		clientAddress: clientAddressOf(plan, way),
	};
}

/** Of a packet that ends on its way the pod or machine that it is for, as its destination is by then. */
function notReached({ network, target, cluster }: Plan, way: Way): { readonly notReached?: ExplainedOwner } {
	const { verdict, reply, forward, forwardEnd } = way;
	if (reply !== null || verdict === "delivered") return {};
	const at = network.ownerOf(innermost(forwardEnd.packet).dst) ?? target.place ?? undefined;
	if (at === undefined || forward.hops.some((hop) => hop.at === at)) return {};
	const pod = placeKind(at) === "pod" ? cluster.pod(at.slice("pod/".length)) : undefined;
	const isKnown = pod !== undefined && cluster.node(pod.nodeName) !== undefined;
	return { notReached: { at, ...(isKnown ? { on: `node/${pod.nodeName}` } : {}) } };
}

/** Stacks of machines outside the cluster are not counted, as the seeds count (001 L260: client and SLB are none). */
function isClusterStack(place: Place): boolean {
	const kind = placeKind(place);
	return kind === "pod" || kind === "node";
}

/** What decided it, and where. */
function reasonOf({ verdict, end, forwardEnd }: Way, language: Language): string {
	const { arrived, endedAt } = catalogueIn(language);
	if (verdict !== "delivered") return endedAt(reason(end.because, language), end.at);
	return arrived(forwardEnd.at, destinationOf(forwardEnd.packet));
}

function direction(walk: Walk, language: Language): ExplainedDirection {
	return { links: dataLink(lasting(walk)), hops: explainHops(walk.hops, language, null) };
}

/** Where every packet of the connection crosses, not only the first. */
function lasting(walk: Walk): readonly Crossing[] {
	return walk.crossings.filter(({ passing }) => passing !== true);
}

/** The devices as a person writes the data link: a device that the packet enters and leaves at once stands there once. */
function dataLink(crossings: readonly Crossing[]): readonly ExplainedLink[] {
	const links: ExplainedLink[] = [];
	for (const { at, device } of crossings) {
		const last = links[links.length - 1];
		if (last !== undefined && last.at === at && (last.device ?? null) === device) continue;
		links.push(linkOf(at, device));
	}
	return links;
}

function linkOf(at: Place, device: string | null): ExplainedLink {
	return device === null ? { at } : { at, device };
}

/** Hops that were explained before. */
interface Told {
	readonly hops: readonly Hop[];
	readonly explained: readonly ExplainedHop[];
}

/** Most stages leave the packet as it is; those share one description of it. */
function explainHops(hops: readonly Hop[], language: Language, told: Told | null): readonly ExplainedHop[] {
	const explained: ExplainedHop[] = [];
	let before: Hop | null = null;
	let packet: ExplainedPacket | null = null;
	for (let i = 0; i < hops.length; i++) {
		const hop = hops[i] as Hop;
		if (told !== null && told.hops[i] === hop) {
			explained.push(told.explained[i] as ExplainedHop);
			continue;
		}
		if (before === null || packet === null || !isSamePacket(before, hop)) packet = explainPacket(hop);
		before = hop;
		explained.push(explainHop(hop, packet, language));
	}
	return explained;
}

function isSamePacket(a: Hop, b: Hop): boolean {
	return a.packet === b.packet && a.mark === b.mark && a.ethernet === b.ethernet && a.vlan === b.vlan;
}

function explainHop(
	{ at, stage, device, because, packet: { dst } }: Hop,
	packet: ExplainedPacket,
	language: Language,
): ExplainedHop {
	const { code, origin, hits } = because;
	const cites = citationsOf(because, dst.family);
	if (hits.length === 0) {
		const decision = sentence(because, language);
		if (code === "wrong-answer-source") {
			return { at, stage, device, packet, decision, code, origin, expectedSource: String(because.facts.asked) };
		}
		if (cites.length === 0) return { at, stage, device, packet, decision, code, origin };
		return { at, stage, device, packet, decision, code, origin, cites };
	}
	const rules = hits.map(explainRule);
	const decision = decisionOf(because, rules, language);
	if (cites.length === 0) return { at, stage, device, packet, decision, code, origin, rules };
	return { at, stage, device, packet, decision, code, origin, rules, cites };
}

function explainRule({ table, chain, position, text, origin }: RuleHit): ExplainedRule {
	return { table, chain, position, text: text(), origin };
}

/** Of rules that let the packet pass, the last says what they came to. */
function decisionOf(because: Because, rules: readonly ExplainedRule[], language: Language): string {
	const last = rules[rules.length - 1];
	if (because.code !== "hook-rules" || last === undefined) return sentence(because, language);
	return catalogueIn(language).lastRule(last.text, rules.length - 1);
}

const NOBODY: Origin = { component: "unknown" };

function explainRewrite({ at, kind, before, after, because }: Rewrite): ExplainedNat {
	return {
		at,
		kind,
		from: formatEndpoint(before.address, before.port),
		to: formatEndpoint(after.address, after.port),
		by: because.origin ?? NOBODY,
	};
}

function conntrackOf(way: Way): readonly ExplainedConntrack[] {
	const entries: ExplainedConntrack[] = [];
	for (const { view, connection } of way.memory.conntrack.entries()) {
		const { original, reply } = connection;
		// The outer packets of tunnels are tracked too, but are not the connection that was asked about.
		if (original.protocol !== way.sent.protocol) continue;
		entries.push({
			at: view.place,
			protocol: original.protocol,
			original: tuple(original),
			reply: tuple(reply),
		});
	}
	return entries;
}

/** What the cards' security groups decided, there and then back, in the order in which they were asked. */
function securityGroupsOf({ forward, reply, refusal }: Way, language: Language): readonly ExplainedSecurityGroup[] {
	return [forward, reply, refusal].flatMap((walk) =>
		(walk?.judgements ?? []).map(({ eni, group, direction: towards, decision, state, rule }) => ({
			interface: eni,
			group,
			direction: towards,
			decision,
			state,
			rule: worded(rule, language),
		})),
	);
}

function tuple(of: { readonly src: Address; readonly sport: number; readonly dst: Address; readonly dport: number }): {
	readonly src: string;
	readonly sport: number;
	readonly dst: string;
	readonly dport: number;
} {
	return { src: of.src.text, sport: of.sport, dst: of.dst.text, dport: of.dport };
}

const ENDS_BEFORE_A_SERVER: ReadonlySet<string> = new Set(["refused", "dropped", "exits"]);

/** Where a capture shows the asked address of a Service, in either direction; the client's own machine goes without saying. */
function serviceAddressSeenAt(plan: Plan, way: Way, there: readonly Crossing[]): readonly ExplainedLink[] {
	const asked = way.sent.dst.text;
	if (!way.forward.rewrites.some((rewrite) => rewrite.before.address.text === asked)) {
		if (plan.target.service === null) return [];
		if (!ENDS_BEFORE_A_SERVER.has(way.verdict)) return [];
	}
	const seen: ExplainedLink[] = [];
	for (const crossings of [there, way.reply === null ? [] : lasting(way.reply)]) {
		for (const { at, device, packet } of crossings) {
			const { src, dst } = innermost(packet);
			if (dst.text !== asked && src.text !== asked) continue;
			const kind = placeKind(at);
			if (kind === "internet" || kind === "host") continue;
			// Nobody can capture inside the VPC; what the load balancer got it can tell.
			if (device === null && kind !== "slb") continue;
			addLink(seen, at, device);
		}
	}
	for (const { at, before } of way.forward.rewrites) {
		if (before.address.text === asked && placeKind(at) === "slb") addLink(seen, at, null);
	}
	return seen;
}

function addLink(links: ExplainedLink[], at: Place, device: string | null): void {
	if (!links.some((link) => link.at === at && (link.device ?? null) === device)) links.push(linkOf(at, device));
}

function clientAddressOf(plan: Plan, way: Way): ExplainedPath["clientAddress"] {
	if (!SEEN_BY_A_SERVER.has(way.verdict)) return null;
	const seen = innermost(way.forwardEnd.packet).src;
	const preserved = isClients(plan, seen);
	const lost = way.forward.rewrites.filter((each) => each.kind === "snat" || each.kind === "masquerade").at(-1);
	return {
		preserved,
		seen: seen.text,
		...(preserved || lost === undefined ? {} : { lostAt: lost.at, by: lost.kind }),
	};
}

const SEEN_BY_A_SERVER: ReadonlySet<string> = new Set(["delivered", "no-reply", "exits", "unknown"]);
