/** The routes that all speakers of a network have once their sessions have told all there is to tell. */
import type { Address } from "../address/address.ts";
import { DEFAULT_LOCAL_PREFERENCE, received } from "./advertise.ts";
import { type BgpRoute, compareForMultipath, compareRoutes } from "./route.ts";
import { type Session, type SessionDown, Sessions } from "./session.ts";
import type { Speaker } from "./speaker.ts";

/** What a speaker has for one prefix. */
export interface SelectedRoute {
	readonly best: BgpRoute;
	/** The next hops of the best route and of those that are as good but for the last tie-breaks, in their order. */
	readonly nextHops: readonly Address[];
}

/** By prefix, as text. */
export type RouteTable = ReadonlyMap<string, SelectedRoute>;

/** A route may change so often for each speaker that passes routes on, before it counts as never settling. */
const MOST_CHANGES = 64;

/**
 * A network of speakers of one family. Only speakers that pass routes on (reflectors, and those with sessions to other
 * ASes) take part in the search for the fixed point; what the others have is made when first asked for.
 */
export class BgpNetwork {
	readonly speakers: readonly Speaker[];
	/** Prefixes whose routes never settle: speakers' preferences contradict each other (RFC 3345). */
	readonly unsettled: ReadonlySet<string>;
	readonly #sessions: Sessions;
	readonly #transit = new Map<Speaker, TransitTable>();
	readonly #tables = new Map<Speaker, RouteTable>();
	readonly #originated = new Map<Speaker, ReadonlyMap<string, SelectedRoute>>();

	constructor(speakers: readonly Speaker[]) {
		this.speakers = speakers;
		this.#sessions = new Sessions(speakers);
		for (const speaker of speakers) this.#originated.set(speaker, originated(speaker));
		for (const speaker of speakers) {
			if (passesOn(speaker, this.sessionsOf(speaker))) this.#transit.set(speaker, new TransitTable(speaker));
		}
		this.unsettled = this.#settle();
	}

	/** The sessions that stand. */
	sessionsOf(speaker: Speaker): readonly Session[] {
		return this.#sessions.of(speaker).flatMap((state) => ("up" in state ? state.up : []));
	}

	/** The speaker's neighbours with which it has no session. */
	sessionsDown(speaker: Speaker): readonly SessionDown[] {
		return this.#sessions.of(speaker).flatMap((state) => ("down" in state ? state.down : []));
	}

	/** Its own networks and what it has learned. */
	routesOf(speaker: Speaker): RouteTable {
		const transit = this.#transit.get(speaker);
		if (transit !== undefined) return transit.selected;
		const known = this.#tables.get(speaker);
		if (known !== undefined) return known;
		const candidates = new Map<string, BgpRoute[]>();
		for (const session of this.sessionsOf(speaker)) {
			for (const { best } of this.#told(session.peer).values()) {
				const route = received(session, best);
				if (route !== undefined) append(candidates, route.prefix.text, route);
			}
		}
		const table = new Map(this.#originated.get(speaker));
		for (const [prefix, routes] of candidates) {
			const selected = table.has(prefix) ? undefined : select(routes, speaker);
			if (selected !== undefined) table.set(prefix, selected);
		}
		this.#tables.set(speaker, table);
		return table;
	}

	/** What a speaker may tell: one that passes nothing on has only its own to tell. */
	#told(speaker: Speaker): RouteTable {
		return this.#transit.get(speaker)?.selected ?? this.#originated.get(speaker) ?? NO_ROUTES;
	}

	/** Tells each change to those that pass it on, until there is none left. */
	#settle(): ReadonlySet<string> {
		const unsettled = new Set<string>();
		const onward = new Map<Speaker, readonly Session[]>();
		for (const [speaker] of this.#transit) {
			for (const session of this.sessionsOf(speaker)) {
				onward.set(session.peer, [...(onward.get(session.peer) ?? []), session]);
			}
		}
		const changes = new Map<string, number>();
		const limit = MOST_CHANGES * Math.max(1, this.#transit.size);
		const queue: { readonly speaker: Speaker; readonly prefix: string }[] = [];
		for (const [speaker, routes] of this.#originated) {
			for (const prefix of routes.keys()) queue.push({ speaker, prefix });
			this.#transit.get(speaker)?.originate(routes);
		}
		for (let at = 0; at < queue.length; at++) {
			const { speaker, prefix } = queue[at] as (typeof queue)[number];
			const route = this.#told(speaker).get(prefix)?.best;
			for (const session of onward.get(speaker) ?? []) {
				const told = route === undefined ? undefined : received(session, route);
				if (this.#transit.get(session.self)?.learn(prefix, speaker, told) !== true) continue;
				const count = (changes.get(prefix) ?? 0) + 1;
				changes.set(prefix, count);
				if (count > limit) unsettled.add(prefix);
				else queue.push({ speaker: session.self, prefix });
			}
		}
		return unsettled;
	}
}

const NO_ROUTES: RouteTable = new Map();

function passesOn(speaker: Speaker, sessions: readonly Session[]): boolean {
	return (
		sessions.some(({ kind }) => kind === "ebgp") ||
		(speaker.clusterId !== undefined && sessions.some(({ own }) => own.client))
	);
}

function originated(speaker: Speaker): ReadonlyMap<string, SelectedRoute> {
	const [own] = speaker.addresses;
	if (own === undefined) return NO_ROUTES;
	return new Map(
		speaker.networks.map((prefix) => {
			const best: BgpRoute = {
				prefix,
				nextHop: own,
				asPath: [],
				localPreference: DEFAULT_LOCAL_PREFERENCE,
				originator: null,
				clusters: [],
				learned: null,
			};
			return [prefix.text, { best, nextHops: [] }];
		}),
	);
}

/** The table of a speaker that passes routes on, with all that it was told. */
class TransitTable {
	readonly selected = new Map<string, SelectedRoute>();
	readonly #speaker: Speaker;
	readonly #told = new Map<string, Map<Speaker, BgpRoute>>();

	constructor(speaker: Speaker) {
		this.#speaker = speaker;
	}

	originate(routes: ReadonlyMap<string, SelectedRoute>): void {
		for (const [prefix, route] of routes) this.selected.set(prefix, route);
	}

	/** Takes what a peer tells, or that it tells nothing any more. Whether what this speaker tells has changed. */
	learn(prefix: string, from: Speaker, route: BgpRoute | undefined): boolean {
		let told = this.#told.get(prefix);
		if (told === undefined) {
			told = new Map();
			this.#told.set(prefix, told);
		}
		if (route === undefined) told.delete(from);
		else told.set(from, route);
		const before = this.selected.get(prefix);
		if (before?.best.learned === null) return false;
		const after = select([...told.values()], this.#speaker);
		if (after === undefined) return this.selected.delete(prefix);
		this.selected.set(prefix, after);
		return before === undefined || !sameAttributes(before.best, after.best);
	}
}

/** Undefined where none of them can be used. */
function select(routes: readonly BgpRoute[], speaker: Speaker): SelectedRoute | undefined {
	const { distanceTo } = speaker;
	const usable = distanceTo === undefined ? routes : routes.filter(({ nextHop }) => distanceTo(nextHop) !== null);
	const [first, ...others] = usable;
	if (first === undefined) return undefined;
	if (others.length === 0) return { best: first, nextHops: [first.nextHop] };
	const distance = (nextHop: Address): number => distanceTo?.(nextHop) ?? 0;
	const best = others.reduce((a, b) => (compareRoutes(b, a, distance) < 0 ? b : a), first);
	const equal = usable.filter((each) => compareForMultipath(best, each, distance) === 0);
	return { best, nextHops: distinct([best, ...equal].map(({ nextHop }) => nextHop)) };
}

function distinct(addresses: readonly Address[]): readonly Address[] {
	const seen = new Set<string>();
	return addresses.filter(({ text }) => seen.size < seen.add(text).size);
}

function sameAttributes(a: BgpRoute, b: BgpRoute): boolean {
	return (
		a.learned === b.learned &&
		a.nextHop.text === b.nextHop.text &&
		a.localPreference === b.localPreference &&
		a.asPath.join() === b.asPath.join() &&
		a.originator?.text === b.originator?.text &&
		a.clusters.length === b.clusters.length
	);
}

function append(lists: Map<string, BgpRoute[]>, key: string, route: BgpRoute): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [route]);
	else list.push(route);
}
