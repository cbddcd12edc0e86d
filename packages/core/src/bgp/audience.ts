/**
 * Tables that many speakers share. What speakers hear that pass nothing on differs only by their own networks, which always
 * come first with them: so those with the same peers, heard in the same way, have one table.
 */

import type { Speaker } from "../state/speaker.ts";
import { heard, refuses } from "./advertise.ts";
import type { BgpRoute } from "./route.ts";
import { type RouteTable, type SelectedRoute, select } from "./select.ts";
import type { Hearing } from "./session.ts";

export class Audiences {
	readonly #told: (peer: Speaker) => RouteTable;
	readonly #byKey = new Map<string, RouteTable>();
	readonly #numbers = new Map<object, number>();
	readonly #heard = new Map<string, readonly BgpRoute[]>();

	/** `told`: all that a speaker has to tell. */
	constructor(told: (peer: Speaker) => RouteTable) {
		this.#told = told;
	}

	/** What is selected of all that is heard by these; `speaker` is asked for nothing but how far next hops are. */
	shared(hearings: readonly Hearing[], speaker: Speaker): RouteTable {
		const keys = hearings.map((each) => this.#keyOf(each));
		const key = `${this.#numberOf(speaker.distanceTo)}:${keys.join()}`;
		let table = this.#byKey.get(key);
		if (table === undefined) {
			table = selected(
				hearings.flatMap((each, i) => this.#routes(each, keys[i] ?? "")),
				speaker,
			);
			this.#byKey.set(key, table);
		}
		return table;
	}

	/** The same for one speaker alone, without what it refuses. */
	own(hearings: readonly Hearing[], speaker: Speaker): RouteTable {
		const routes = hearings.flatMap((each) => this.#routes(each, this.#keyOf(each)));
		return selected(
			routes.filter((route) => !refuses(speaker, route)),
			speaker,
		);
	}

	#routes(by: Hearing, key: string): readonly BgpRoute[] {
		let routes = this.#heard.get(key);
		if (routes === undefined) {
			routes = [...this.#told(by.peer).values()].flatMap(({ best }) => heard(by, best) ?? []);
			this.#heard.set(key, routes);
		}
		return routes;
	}

	/** All of a session that decides what is heard by it. The other's address of the hearer is asked only in eBGP. */
	#keyOf({ peer, own, others, kind }: Hearing): string {
		const { client, nextHop, localAsn = "", exports, address } = others;
		const to = kind === "ebgp" ? address.text : "";
		const filter = exports === undefined ? "" : this.#numberOf(exports);
		return `${this.#numberOf(peer)}.${this.#numberOf(own)}.${client}.${nextHop}.${localAsn}.${filter}.${to}`;
	}

	#numberOf(object: object | undefined): number {
		if (object === undefined) return 0;
		let number = this.#numbers.get(object);
		if (number === undefined) {
			number = this.#numbers.size + 1;
			this.#numbers.set(object, number);
		}
		return number;
	}
}

function selected(routes: readonly BgpRoute[], speaker: Speaker): RouteTable {
	const table = new Map<string, SelectedRoute>();
	for (const [prefix, candidates] of Map.groupBy(routes, (route) => route.prefix.text)) {
		const route = select(candidates, speaker);
		if (route !== undefined) table.set(prefix, route);
	}
	return table;
}
