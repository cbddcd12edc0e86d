/** BIRD on a lab's speakers: the real sessions over the lab's own network, and the routes that come of them. */
import { setTimeout as pause } from "node:timers/promises";
import { parsePrefix } from "@podpath/core";
import type { Backend } from "../backend.ts";
import { LabError } from "../backends/lab-error.ts";
import type { LabBgp, LabSpeaker, LabStep } from "../lab-plan.ts";
import { routeText } from "./bgp-plan.ts";

/** Sessions over the lab's own network stand within two seconds, in User-Mode Linux within four. */
const MOST_SECONDS = 25;
const LOOK_EVERY_MS = 100;
/** A session that must not come up would by then have been tried again (`connect retry time 2`). */
const STAYS_MS = 2500;

/**
 * Has BIRD exchange routes until the kernels have those that were computed; then BIRD is ended and the computed routes take
 * the place of its own, which they equal but for what BIRD cannot say (a tunnel device). Rejects with a LabError that names
 * the first speaker with other routes.
 */
export async function exchange(
	backend: Backend,
	{ speakers, routes, hasSessionsDown }: LabBgp,
	{ mostSeconds = MOST_SECONDS }: { readonly mostSeconds?: number } = {},
): Promise<void> {
	await backend.run(speakers.flatMap(start));
	await settled(backend, speakers, mostSeconds);
	if (hasSessionsDown) {
		await pause(STAYS_MS);
		const difference = await differenceOf(backend, speakers);
		if (difference !== undefined) throw new LabError(difference);
	}
	await backend.run([...speakers.flatMap(end), ...routes]);
}

async function settled(backend: Backend, speakers: readonly LabSpeaker[], mostSeconds: number): Promise<void> {
	const until = Date.now() + mostSeconds * 1000;
	for (;;) {
		const difference = await differenceOf(backend, speakers);
		if (difference === undefined) return;
		if (Date.now() > until) throw new LabError(`${difference} (after ${mostSeconds} s)`);
		await pause(LOOK_EVERY_MS);
	}
}

function start({ namespace, configuration }: LabSpeaker): readonly LabStep[] {
	const file = `/run/${namespace}.conf`;
	return [
		{ kind: "run", argv: ["tee", file], stdin: configuration },
		{ kind: "daemon", namespace, argv: ["bird", "-f", "-c", file, "-s", socketOf(namespace)] },
	];
}

/** BIRD that is killed leaves its routes behind. */
function end({ namespace }: LabSpeaker): readonly LabStep[] {
	const flush = (family: string): LabStep => ({
		kind: "run",
		namespace,
		argv: ["ip", family, "route", "flush", "proto", "bird"],
	});
	return [{ kind: "end", namespace }, flush("-4"), flush("-6")];
}

function socketOf(namespace: string): string {
	return `/run/${namespace}.ctl`;
}

/** The first speaker whose kernel has other routes of BIRD's than were computed. */
async function differenceOf(backend: Backend, speakers: readonly LabSpeaker[]): Promise<string | undefined> {
	// Anything on its control socket has BIRD look at what there is to do, for which it otherwise takes seconds.
	const wake = speakers.map(
		({ namespace }): LabStep => ({
			kind: "run",
			namespace,
			argv: ["birdc", "-s", socketOf(namespace), "show", "status"],
			mayFail: true,
		}),
	);
	const show = speakers.flatMap(({ namespace }) =>
		["-4", "-6"].map(
			(family): LabStep => ({ kind: "run", namespace, argv: ["ip", family, "-j", "route", "show", "proto", "bird"] }),
		),
	);
	const outputs = (await backend.run([...wake, ...show])).slice(wake.length);
	for (const [i, { place, routes }] of speakers.entries()) {
		const installed = [outputs[2 * i], outputs[2 * i + 1]].flatMap((each) => shownRoutes(each?.stdout ?? "")).sort();
		const lacks = routes.filter((each) => !installed.includes(each));
		const more = installed.filter((each) => !routes.includes(each));
		if (lacks.length === 0 && more.length === 0) continue;
		return `BIRD has other routes than were computed: ${place} ${said("lacks", lacks)}${said("has", more)}`.trimEnd();
	}
	return undefined;
}

function said(verb: string, routes: readonly string[]): string {
	return routes.length === 0 ? "" : `${verb} ${routes.join(", ")} `;
}

interface ShownRoute {
	readonly dst: string;
	readonly gateway?: string;
	readonly nexthops?: readonly { readonly gateway: string }[];
}

/** What `ip -j route` prints; a host's prefix comes without its length. */
function shownRoutes(json: string): readonly string[] {
	const shown = JSON.parse(json || "[]") as readonly ShownRoute[];
	return shown.map(({ dst, gateway, nexthops }) => {
		const gateways = nexthops?.map((each) => each.gateway) ?? (gateway === undefined ? [] : [gateway]);
		return routeText(parsePrefix(dst)?.text ?? dst, gateways);
	});
}
