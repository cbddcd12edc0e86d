/** The routes that all speakers of a network have once their sessions have told all there is to tell. */
import { layered } from "../state/layered-map.ts";
import type { Speaker } from "../state/speaker.ts";
import { DEFAULT_LOCAL_PREFERENCE, heard, refuses } from "./advertise.ts";
import { Audiences } from "./audience.ts";
import { fullMesh } from "./full-mesh.ts";
import type { BgpRoute } from "./route.ts";
import type { RouteTable, SelectedRoute } from "./select.ts";
import { type Hearing, type Session, type SessionDown, Sessions } from "./session.ts";
import { TransitTable } from "./transit-table.ts";

export type { RouteTable, SelectedRoute } from "./select.ts";

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
	readonly #audiences: Audiences;
	/** Two speakers with one identifier refuse each other's reflected routes. */
	readonly #sharedIds: boolean;
	readonly #transit = new Map<Speaker, TransitTable>();
	readonly #tables = new Map<Speaker, RouteTable>();
	readonly #originated = new Map<Speaker, ReadonlyMap<string, SelectedRoute>>();

	constructor(speakers: readonly Speaker[]) {
		this.speakers = speakers;
		this.#sessions = new Sessions(speakers);
		this.#audiences = new Audiences((peer) => this.#told(peer));
		this.#sharedIds = new Set(speakers.map(({ routerId }) => routerId.text)).size < speakers.length;
		for (const speaker of speakers) this.#originated.set(speaker, originated(speaker));
		for (const speaker of speakers) {
			if (this.#passesOn(speaker)) this.#transit.set(speaker, new TransitTable(speaker));
		}
		this.unsettled = this.#settle();
	}

	/** The sessions that stand. */
	sessionsOf(speaker: Speaker): readonly Session[] {
		return this.#sessions.of(speaker).flatMap((state) => ("up" in state ? state.up : []));
	}

	/** The speaker's neighbours with which it has no session. */
	sessionsDown(speaker: Speaker): readonly SessionDown[] {
		if (fullMesh(speaker, this.#sessions) !== undefined) return [];
		return this.#sessions.of(speaker).flatMap((state) => ("down" in state ? state.down : []));
	}

	/** Its own networks and what it has learned. */
	routesOf(speaker: Speaker): RouteTable {
		const transit = this.#transit.get(speaker);
		if (transit !== undefined) return transit.selected;
		let table = this.#tables.get(speaker);
		if (table === undefined) {
			const own = this.#originated.get(speaker) ?? NO_ROUTES;
			const learned = this.#learned(speaker);
			table = own.size === 0 ? learned : layered([own, learned]);
			this.#tables.set(speaker, table);
		}
		return table;
	}

	/** Of a speaker that passes nothing on. What it would refuse are its own networks, which come first anyway. */
	#learned(speaker: Speaker): RouteTable {
		const hearings: readonly Hearing[] = fullMesh(speaker, this.#sessions) ?? this.sessionsOf(speaker);
		const alone = this.#sharedIds || speaker.clusterId !== undefined;
		return alone ? this.#audiences.own(hearings, speaker) : this.#audiences.shared(hearings, speaker);
	}

	#passesOn(speaker: Speaker): boolean {
		if (fullMesh(speaker, this.#sessions) !== undefined) return false;
		const sessions = this.sessionsOf(speaker);
		return (
			sessions.some(({ kind }) => kind === "ebgp") ||
			(speaker.clusterId !== undefined && sessions.some(({ own }) => own.client))
		);
	}

	/** What a speaker may tell: one that passes nothing on has only its own to tell. */
	#told(speaker: Speaker): RouteTable {
		return this.#transit.get(speaker)?.selected ?? this.#originated.get(speaker) ?? NO_ROUTES;
	}

	/** Tells each change to those that pass it on, until there is none left. */
	#settle(): ReadonlySet<string> {
		const unsettled = new Set<string>();
		const onward = this.#onward();
		const changes = new Map<string, number>();
		const limit = MOST_CHANGES * Math.max(1, this.#transit.size);
		const queue: { readonly speaker: Speaker; readonly prefix: string }[] = [];
		for (const [speaker, routes] of this.#originated) {
			if (onward.has(speaker)) for (const prefix of routes.keys()) queue.push({ speaker, prefix });
			this.#transit.get(speaker)?.originate(routes);
		}
		for (let at = 0; at < queue.length; at++) {
			const { speaker, prefix } = queue[at] as (typeof queue)[number];
			const route = this.#told(speaker).get(prefix)?.best;
			for (const session of onward.get(speaker) ?? []) {
				const told = route === undefined ? undefined : taken(session, route);
				if (this.#transit.get(session.self)?.learn(prefix, speaker, told) !== true) continue;
				const count = (changes.get(prefix) ?? 0) + 1;
				changes.set(prefix, count);
				if (count > limit) unsettled.add(prefix);
				else queue.push({ speaker: session.self, prefix });
			}
		}
		return unsettled;
	}

	/** By speaker the sessions by which those hear it that pass routes on. */
	#onward(): ReadonlyMap<Speaker, readonly Session[]> {
		const onward = new Map<Speaker, Session[]>();
		for (const speaker of this.#transit.keys()) {
			for (const session of this.sessionsOf(speaker)) {
				const others = onward.get(session.peer);
				if (others === undefined) onward.set(session.peer, [session]);
				else others.push(session);
			}
		}
		return onward;
	}
}

const NO_ROUTES: RouteTable = new Map();

function taken(session: Session, route: BgpRoute): BgpRoute | undefined {
	const told = heard(session, route);
	return told === undefined || refuses(session.self, told) ? undefined : told;
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
				before: null,
			};
			return [prefix.text, { best, nextHops: [] }];
		}),
	);
}
