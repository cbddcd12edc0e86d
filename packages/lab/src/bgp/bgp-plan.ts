/** Networks whose routes come from BGP: who speaks it in the lab, and which routes are then in the kernels. */
import {
	type Address,
	BgpNetwork,
	contains,
	ipRouteBatch,
	type Namespace,
	type Network,
	type Place,
	type Route,
	type Speaker,
} from "@podpath/core";
import type { LabBgp, LabSpeaker } from "../lab-plan.ts";
import { birdConfiguration } from "./bird-configuration.ts";

/** Those that a routing daemon has put there. */
const PROTOCOLS: ReadonlySet<string> = new Set(["bird", "bgp"]);

/** Whether a namespace's route is made by BGP in the lab instead of being written there with the others. */
export type IsLearned = (place: Place, route: Route) => boolean;

/**
 * Undefined where nobody speaks BGP, or somebody who does is not in the lab: then the routes are written as they were
 * computed.
 */
export function bgpOf(
	network: Network,
	states: readonly Namespace[],
	nameOf: (place: Place) => string,
): { readonly plan: LabBgp; readonly isLearned: IsLearned } | undefined {
	const speakers = network.speakers?.() ?? [];
	const byPlace = new Map(states.map((state) => [state.place, state]));
	if (speakers.length === 0 || speakers.some(({ name }) => !byPlace.has(name))) return undefined;
	const spoken = Map.groupBy(speakers, ({ name }) => name);
	const isLearned: IsLearned = (place, { protocol }) => spoken.has(place) && PROTOCOLS.has(protocol);
	const sites = [...spoken].flatMap(([place, own]) => {
		const state = byPlace.get(place);
		return state === undefined
			? []
			: [{ place, own, state, learned: state.routes.filter((each) => isLearned(place, each)) }];
	});
	const plan: LabBgp = {
		speakers: sites.map(
			({ place, own, state, learned }): LabSpeaker => ({
				place,
				namespace: nameOf(place),
				configuration: birdConfiguration(own),
				routes: learned.flatMap((route) => asBirdInstalls(route, state, learned)).sort(),
			}),
		),
		routes: sites.flatMap(({ place, learned }) => {
			const { text } = ipRouteBatch(learned);
			return text === "" ? [] : [{ kind: "run", namespace: nameOf(place), argv: ["ip", "-batch", "-"], stdin: text }];
		}),
		hasSessionsDown: hasSessionsDown(speakers),
	};
	return { plan, isLearned };
}

/** Whether some neighbour of these has no session with them. Of both families. */
export function hasSessionsDown(speakers: readonly Speaker[]): boolean {
	const families = Map.groupBy(speakers, ({ addresses }) => addresses[0]?.family);
	return [...families.values()].some((all) => {
		const network = new BgpNetwork(all);
		return all.some((speaker) => network.sessionsDown(speaker).length > 0);
	});
}

/** `PREFIX via GATEWAY…`. Of its own networks BIRD is told to install nothing. */
function asBirdInstalls(
	{ type, destination, nextHops }: Route,
	state: Namespace,
	learned: readonly Route[],
): readonly string[] {
	if (type !== "unicast") return [];
	const gateways = nextHops.flatMap(({ gateway }) =>
		gateway === undefined ? [] : gatewayTo(gateway, state, learned).text,
	);
	return [routeText(destination.text, gateways)];
}

export function routeText(prefix: string, gateways: readonly string[]): string {
	return `${prefix} via ${[...new Set(gateways)].sort().join(" ")}`;
}

/**
 * Where packets for a next hop are sent that is on no link. BIRD knows of no tunnel through which it would be: Calico's own
 * version puts `tunl0` into the routes that it installs (krt_tunnel).
 */
function gatewayTo(nextHop: Address, { routes }: Namespace, learned: readonly Route[]): Address {
	const [best] = routes
		.filter((each) => each.type === "unicast" && each.destination.family === nextHop.family)
		.filter((each) => contains(each.destination, nextHop) && !learned.includes(each))
		.sort((a, b) => b.destination.length - a.destination.length);
	return best?.nextHops[0]?.gateway ?? nextHop;
}
