/** What is left of a sketch when something was taken out: nothing speaks of what is not there. */
import type { LinkSketch, Sketch, StackSketch } from "./sketch.ts";

/** The sketch without devices whose cable, lower device or bridge is gone, and without what was on such devices. */
export function tidied(sketch: Sketch): Sketch {
	let now = sketch;
	for (;;) {
		const next = once(now);
		if (JSON.stringify(next) === JSON.stringify(now)) return next;
		now = next;
	}
}

function once(sketch: Sketch): Sketch {
	const devices = new Set(sketch.stacks.flatMap(({ place, links }) => links.map(({ name }) => `${place} ${name}`)));
	const cables = sketch.cables.filter((ends) => ends.every((end) => devices.has(end)));
	const segments = (sketch.segments ?? [])
		.map((segment) => ({ ...segment, cards: segment.cards.filter((card) => devices.has(card)) }))
		.filter(({ cards }) => cards.length > 0);
	const joined = new Set([...cables.flat(), ...segments.flatMap(({ cards }) => cards)]);
	const stacks = sketch.stacks.map((stack) => tidiedStack(stack, joined, devices));
	return { stacks, cables, ...(segments.length > 0 && { segments }) };
}

function tidiedStack(stack: StackSketch, joined: ReadonlySet<string>, devices: ReadonlySet<string>): StackSketch {
	const { place } = stack;
	const links = stack.links
		.filter((link) => isThere(link, place, joined, devices))
		.map((link) => withoutLostMaster(link, place, devices));
	const names = new Set(["lo", ...links.map(({ name }) => name)]);
	const named = (lines: readonly string[]): readonly string[] =>
		lines.filter((line) =>
			[...line.matchAll(/ (?:dev|iif|oif) (\S+)/g)].every(([, device]) => names.has(device ?? "")),
		);
	const { routes, rules, rules6, neighbours, fdb, sysctls } = stack;
	const lists = {
		...(routes && { routes: named(routes) }),
		...(rules && { rules: named(rules) }),
		...(rules6 && { rules6: named(rules6) }),
		...(neighbours && { neighbours: named(neighbours) }),
		...(fdb && { fdb: named(fdb) }),
		...(sysctls && { sysctls: sysctls.filter((line) => isSetting(line, names)) }),
	};
	const addresses = stack.addresses.filter((line) => names.has(line.split(" ")[0] ?? ""));
	return withoutEmpty({ ...stack, links, addresses, ...lists });
}

function isThere(link: LinkSketch, place: string, joined: ReadonlySet<string>, devices: ReadonlySet<string>): boolean {
	if (link.kind === "veth" || link.kind === "physical") return joined.has(`${place} ${link.name}`);
	const lower = "lower" in link ? link.lower : undefined;
	return lower === undefined || devices.has(`${lower.place ?? place} ${lower.device}`);
}

function withoutLostMaster(link: LinkSketch, place: string, devices: ReadonlySet<string>): LinkSketch {
	if (link.master === undefined || devices.has(`${place} ${link.master}`)) return link;
	const { master: _, port: __, ...alone } = link;
	return alone as LinkSketch;
}

function isSetting(line: string, names: ReadonlySet<string>): boolean {
	const device = /^net\.ipv[46]\.(?:conf|neigh)\.([^.]+)\./.exec(line)?.[1]?.replaceAll("/", ".");
	return device === undefined || device === "all" || device === "default" || names.has(device);
}

function withoutEmpty(stack: StackSketch): StackSketch {
	const { place, links, addresses, ...lists } = stack;
	const used = Object.fromEntries(Object.entries(lists).filter(([, lines]) => lines.length > 0));
	return { place, links, addresses, ...used };
}
