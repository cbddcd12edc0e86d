/** Many questions to one network that stands on a kernel, each compared with its prediction. */
import { InputError, type Place, type PredictedWay, predict, type Said, type Subject } from "@podpath/core";
import type { Backend } from "../backend.ts";
import { compareWays } from "../compare/compare.ts";
import type { Comparison, Disagreement } from "../compare/comparison.ts";
import { expectedResults } from "../compare/expected-result.ts";
import type { LabPlan, LabStep } from "../lab-plan.ts";
import type { Listener, Observation, Probe } from "../observation.ts";
import { realize } from "../realize/realize.ts";
import { Lab } from "../session/lab.ts";
import { listenersFor, portIn } from "../session/listeners.ts";
import { probeFor } from "../session/probes.ts";
import { PORTS } from "./generate/world.ts";
import { hasRivals } from "./rivals.ts";
import { type AskedQuestion, type LinkSketch, type Sketch, type StackSketch, subjectOf } from "./sketch.ts";
import { brokeLater } from "./stopped-later.ts";

/** What came of one question. */
export interface Answer {
	readonly question: AskedQuestion;
	readonly ways: readonly PredictedWay[];
	readonly comparison: Comparison;
}

/** How long silence is waited for, and answers. Softirqs pass packets on at once: what comes, comes within a millisecond or two. */
export interface Patience {
	readonly silenceMs: number;
	readonly answerMs: number;
}

export const HASTY: Patience = { silenceMs: 6, answerMs: 400 };
/** For what seemed to differ. */
export const PATIENT: Patience = { silenceMs: 250, answerMs: 2_000 };

/** From here on, one source port a question: an earlier question's connection must not decide a later one. */
const FIRST_SOURCE_PORT = 35_000;

interface Prepared {
	readonly question: AskedQuestion;
	readonly ways: readonly PredictedWay[];
	/** Null where nothing can be compared. */
	readonly probe: Probe | null;
	readonly listeners: readonly Listener[];
	/** Somebody is predicted to have no socket for it: then nobody may listen who is not predicted to. */
	readonly deaf: boolean;
	/** Why nothing can be told after the earlier questions. */
	readonly silent: string | null;
}

/** Questions that are asked while the same listen. */
interface Exchange {
	readonly some: readonly Prepared[];
	readonly listeners: readonly Listener[];
}

/** A network of a sketch that stands on a kernel. */
export class Standing {
	readonly #subject: Subject;
	readonly #plan: LabPlan;
	readonly #lab: Lab;
	readonly #names: ReadonlyMap<Place, string>;
	/** Stacks whose masquerading on lo borrows an address. */
	readonly #borrowing: ReadonlySet<Place>;
	#nextPort = FIRST_SOURCE_PORT;
	/** By stack and sender. */
	readonly #routeErrors = new Map<string, number>();
	/** Broadcasts take their time. */
	readonly #slow: boolean;
	/** A question with a tunnel on its way came to nothing. */
	#tunnelErrors = false;

	private constructor(sketch: Sketch, subject: Subject, plan: LabPlan, lab: Lab) {
		this.#borrowing = new Set(sketch.stacks.filter(borrowsOnLo).map(({ place }) => place));
		this.#slow = isSlow(sketch);
		this.#subject = subject;
		this.#plan = plan;
		this.#lab = lab;
		this.#names = new Map(plan.namespaces.map(({ name, place }) => [place, name]));
	}

	/** Rejects with a LabError where the kernel refuses something, and leaves nothing behind then. */
	static async build(sketch: Sketch, backend: Backend): Promise<Standing> {
		const subject = subjectOf(sketch);
		const plan = realize(
			subject.network,
			sketch.stacks.map(({ place }) => place),
		);
		return new Standing(sketch, subject, plan, await Lab.build(quiet(plan, sketch), backend));
	}

	/** What of the network could not be made: then no comparison means anything. */
	get omitted(): readonly Said[] {
		return this.#plan.omitted;
	}

	/** Several exchanges: those that find sockets, those that find none, and each that may do either. */
	async ask(questions: readonly AskedQuestion[], patience: Patience): Promise<readonly Answer[]> {
		const prepared = questions.map((question) => this.#prepare(question, patience));
		const answers = new Map<Prepared, Observation>();
		for (const { some, listeners } of this.#exchanges(prepared.filter(({ probe }) => probe !== null))) {
			await this.#lab.backend.listen(listeners);
			const observations = await this.#lab.backend.probes(some.flatMap(({ probe }) => probe ?? []));
			for (const [i, each] of some.entries()) answers.set(each, observations[i] as Observation);
		}
		return prepared.map((each): Answer => {
			const { question, ways, silent } = each;
			if (silent !== null) return { question, ways, comparison: { kind: "not-compared", why: silent } };
			const observation = answers.get(each) ?? NOTHING_SEEN;
			const comparison = compareWays(ways, observation, this.#plan);
			const why = comparison.kind === "differs" ? nobodysQuestion(observation, comparison, ways) : null;
			return { question, ways, comparison: why === null ? comparison : { kind: "not-compared", why } };
		});
	}

	#exchanges(asked: readonly Prepared[]): readonly Exchange[] {
		const hearing = asked.filter(({ deaf }) => !deaf);
		const deaf = asked.filter((each) => each.deaf && each.listeners.length === 0);
		const mixed = asked.filter((each) => each.deaf && each.listeners.length > 0);
		return [
			{ some: hearing, listeners: this.#listeners(hearing) },
			{ some: deaf, listeners: [] },
			...mixed.map((each) => ({ some: [each], listeners: each.listeners })),
		].filter(({ some }) => some.length > 0);
	}

	async clear(): Promise<void> {
		await this.#lab.clear();
	}

	#prepare(question: AskedQuestion, { silenceMs, answerMs }: Patience): Prepared {
		const ways = predicted(this.#subject, { ...question, sourcePort: this.#nextPort++ });
		const silent = this.#hangsOn(ways);
		const asked = silent !== null ? null : probeFor(ways, this.#names);
		const silence = ways.flatMap(expectedResults).every((word) => word === "timeout");
		// With several routes the source is that of the one that a hash chooses; and rules that ask for a source are not asked
		// without one (ip_route_connect), where the engine takes a source for granted.
		const isUnbound = question.unbound === true && ways.length === 1 && !this.#asksForSource(question.from);
		const { source, ...unbound } = asked ?? {};
		const probe =
			asked === null
				? null
				: {
						...(isUnbound ? (unbound as Probe) : asked),
						timeoutMs: silence ? Math.max(silenceMs, this.#slow ? SLOW_SILENCE_MS : 0) : answerMs,
						forgetNeighbours: true as const,
					};
		const deaf = ways.some(findsNoSocket);
		return { question, ways, probe, deaf, silent, listeners: listenersFor(ways, this.#names) };
	}

	/** What the answer hangs on that the engine is not told: what the kernel remembers of earlier questions; null: nothing. */
	#hangsOn(ways: readonly PredictedWay[]): string | null {
		const before = this.#tunnelErrors;
		this.#tunnelErrors ||= ways.some((way) => usesTunnel(way) && way.verdict !== "delivered");
		if (before && ways.some(usesTunnel)) return TUNNEL_ERRORS;
		if (ways.some((way) => this.#borrowsAddress(way))) return BORROWED;
		if (
			ways.some(
				({ sent, server }) =>
					sent.protocol === "sctp" && server !== null && server.address.address.text !== sent.dst.text,
			)
		)
			return NAMED_ADDRESSES;
		return this.#mayFallSilent(ways) ? SILENT : null;
	}

	/** Whether so many errors were sent to somebody that the kernel may send no more. */
	#mayFallSilent(ways: readonly PredictedWay[]): boolean {
		const keys = new Set(ways.flatMap(routeErrorOf));
		// A connection that came to nothing is reset afterwards, and that is lost in the same place.
		const cost = ways.some(({ sent }) => sent.protocol === "tcp" || sent.protocol === "sctp") ? 2 : 1;
		for (const key of keys) this.#routeErrors.set(key, (this.#routeErrors.get(key) ?? 0) + cost);
		return [...keys].some((key) => (this.#routeErrors.get(key) ?? 0) > ROUTE_ERRORS);
	}

	/**
	 * Masquerading on the way to oneself (inet_select_addr looks at one device after the other). The address that it borrows may
	 * be the packet's already.
	 */
	#borrowsAddress({ sent, forward, client, endedAt, facts, verdict }: PredictedWay): boolean {
		if (sent.dst.family === 6 || forward.length > 0 || client !== endedAt || !this.#borrowing.has(client)) return false;
		// What does not leave OUTPUT is not masqueraded.
		return verdict !== "unreachable" && facts.hook !== "output";
	}

	#asksForSource(place: Place): boolean {
		return (
			this.#subject.network.namespace(place)?.rules.some(({ from }) => from !== undefined && from.length > 0) === true
		);
	}

	/** All ports that questions ask for, everywhere: who takes a packet is not decided by who listens. */
	#listeners(prepared: readonly Prepared[]): readonly Listener[] {
		const protocols = new Set(
			prepared.flatMap(({ probe }) => (probe === null || probe.protocol === "icmp" ? [] : [probe.protocol])),
		);
		const all = [...this.#names.values()].flatMap((namespace) =>
			[...protocols].flatMap((protocol) => PORTS.map((port): Listener => ({ namespace, protocol, port }))),
		);
		const others = prepared.flatMap(({ listeners }) => listeners);
		return [...new Map([...all, ...others].map((each) => [keyOf(each), each])).values()];
	}
}

/** ip_error: so many at once about packets of one sender, then one a second (error_burst, error_cost); without a setting of its own. */
const ROUTE_ERRORS = 5;

/** The stack that finds no route for a packet of somebody else's, and whose packet it is. */
function routeErrorOf({ code, endedAt, client, sent, refusal, server }: PredictedWay): readonly string[] {
	if (sent.dst.family === 6 || (code !== "no-route" && code !== "route-type")) return [];
	if (refusal !== null) return [`${endedAt} ${refusal.packet.dst.text}`];
	// An answer that finds no way back.
	return server === null || endedAt === client ? [] : [`${endedAt} ${server.address.address.text}`];
}

/** Whether masquerading on lo takes another device's address: lo has none of its own. */
function borrowsOnLo({ iptables = [], nft = [], addresses }: StackSketch): boolean {
	const hasOwn = addresses.some((line) => line.startsWith("lo ") && !line.includes(":"));
	return !hasOwn && [...iptables, ...nft].some((line) => /masquerade/i.test(line));
}

/** IPIP, whose device counts errors about its outer packets. */
function usesTunnel({ forward, reply, refusal }: PredictedWay): boolean {
	const crossings = [...forward, ...(reply ?? []), ...(refusal?.crossings ?? [])];
	return (
		crossings.some(({ packet }) => packet.payload?.kind === "ipip") ||
		crossings.some(({ ethernet }) => ethernet === null)
	);
}

/** A tunnel's packet that finds no tunnel is for no socket: whoever listens does not hear it. */
function findsNoSocket({ code, facts }: PredictedWay): boolean {
	const asked = portIn(facts.to);
	return code === "not-listening" && PORTS.some((port) => `${port}` === asked);
}

function keyOf({ namespace, protocol, port }: Listener): string {
	return `${namespace} ${protocol} ${port}`;
}

/** Why a difference says nothing about the engine; null: it does. */
function nobodysQuestion(
	observation: Observation,
	differs: Disagreement,
	ways: readonly PredictedWay[],
): string | null {
	const way = ways[differs.way];
	if (way !== undefined && brokeLater(observation, differs, way)) return BROKE;
	return hasRivals(observation) ? RIVALS : null;
}

const RIVALS = "two machines answer for one address, and the first answer counts";
const BROKE = "the connection stood and broke then: the engine follows the packet and its answer";

const NAMED_ADDRESSES = "SCTP names addresses in its own chunks, which NAT leaves as they are";
const BORROWED =
	"lo has no address to masquerade with, and the kernel takes that of the device that came first in the lab";
const TUNNEL_ERRORS = "a tunnel that met an error tells its next senders too (ip_tunnel_xmit: err_count)";
const SILENT = "the kernel sends a sender five errors about routes at once, and then one a second (ip_error)";

const NOTHING_SEEN: Observation = { result: { kind: "timeout" }, accepted: [], frames: [], conntrack: {} };

/** No ways where the question cannot be asked: the client may have no address of the family. */
function predicted(subject: Subject, { unbound: _, ...question }: AskedQuestion): readonly PredictedWay[] {
	try {
		return predict(subject, question);
	} catch (error) {
		if (error instanceof InputError) return [];
		throw error;
	}
}

/**
 * What would make a question's answer hang on those before it, or on the time, is turned off: redirects change routes
 * (ip_rt_send_redirect, __ip_do_redirect), a neighbour that nobody is would be waited for three seconds, and who answers for
 * others would do so after up to 0.8 s.
 */
function quiet(plan: LabPlan, sketch: Sketch): LabPlan {
	const names = new Map(plan.namespaces.map(({ name, place }) => [place, name]));
	const early = plan.namespaces.map(
		({ name }): LabStep => ({ kind: "sysctl", namespace: name, settings: NO_REDIRECTS }),
	);
	const retryMs = isSlow(sketch) ? SLOW_RETRY_MS : RETRY_MS;
	const hurry = new Map(
		sketch.stacks.map(({ place, links }) => [
			names.get(place),
			links.flatMap((link) => hurryLines(link, retryMs)).join(""),
		]),
	);
	const done = new Set<string>();
	const steps = plan.steps.map((step): LabStep => {
		if (step.kind !== "run" || step.namespace === undefined || done.has(step.namespace)) return step;
		// The first batch of a namespace is that which makes its devices.
		done.add(step.namespace);
		return { ...step, stdin: `${step.stdin ?? ""}${hurry.get(step.namespace) ?? ""}` };
	});
	return { ...plan, steps: [...early, ...steps] };
}

const NO_REDIRECTS: readonly (readonly [string, string])[] = ["all", "default"].flatMap((which) => [
	[`net/ipv4/conf/${which}/accept_redirects`, "0"],
	[`net/ipv4/conf/${which}/send_redirects`, "0"],
	[`net/ipv6/conf/${which}/accept_redirects`, "0"],
]);

/**
 * Broadcasts reach what stands on a device by a worker (macvlan_broadcast_enqueue, ipvlan_multicast_enqueue), which a busy
 * machine lets wait.
 */
function isSlow({ stacks }: Sketch): boolean {
	return stacks.some(({ links }) => links.some(({ kind }) => kind === "macvlan" || kind === "ipvlan"));
}

/** A neighbour is asked for three times before it is nobody. */
const RETRY_MS = 10;
const SLOW_RETRY_MS = 100;
const SLOW_SILENCE_MS = 60;

/** By netlink, as an unprivileged user has no sysctls of neighbours (neigh_sysctl_register). */
function hurryLines({ kind, name }: LinkSketch, retryMs: number): readonly string[] {
	if (kind === "ipip" || kind === "tun") return [];
	return ["arp_cache", "ndisc_cache"].map(
		(table) => `ntable change name ${table} dev ${name} retrans ${retryMs} proxy_delay 0\n`,
	);
}
