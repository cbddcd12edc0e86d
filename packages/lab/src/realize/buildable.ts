/** What of a namespace a kernel can be given: entries of devices that cannot be made are left out, each with the reason. */
import {
	type DeviceAt,
	type InterfaceAddress,
	type Link,
	linkLocalOf,
	type Namespace,
	type Phrase,
	type Place,
	phrase,
	type Said,
} from "@podpath/core";

export interface Buildable {
	readonly state: Namespace;
	readonly omitted: readonly Said[];
}

/** Whether the namespace of the lab has this device of another one, for those that stand on it. */
export type HasDevice = (at: DeviceAt) => boolean;

/** The namespace without what no kernel can be given, and without the link-local addresses that it makes by itself. */
export function buildable(namespace: Namespace, hasDevice: HasDevice): Buildable {
	const omitted: Said[] = [];
	const omit: Omit = (what, why) => {
		omitted.push(phrase("left-out", { what: namespace.place, why: phrase("left-out", { what, why }) }));
	};
	const links = makeable(namespace, hasDevice, omit);
	const there = new Set(links.map((link) => link.name));
	const kept = <Entry extends { readonly device: string }>(
		entries: readonly Entry[],
		nameOf: (entry: Entry) => Said,
	): readonly Entry[] =>
		entries.filter((entry) => {
			if (!there.has(entry.device)) omit(nameOf(entry), phrase("device-not-made", { device: entry.device }));
			return there.has(entry.device);
		});
	const routes = namespace.routes.filter((route) => {
		const missing = route.nextHops.find(({ device }) => device !== undefined && !there.has(device))?.device;
		// The kernel's own come with the addresses, which are told.
		if (missing !== undefined && route.protocol !== "kernel")
			omit(phrase("a-route", { to: route.destination.text }), phrase("device-not-made", { device: missing }));
		return missing === undefined;
	});
	untold(namespace, omit);
	return {
		state: {
			...namespace,
			links,
			addresses: kept(
				namespace.addresses.filter((each) => !isKernelLinkLocal(each, namespace.links)),
				({ address }) => phrase("the-address", { address: address.text }),
			),
			routes,
			neighbours: kept(namespace.neighbours, ({ address }) => phrase("a-neighbour", { address: address.text })),
			fdb: kept(namespace.fdb, ({ mac }) => phrase("an-fdb-entry", { mac })),
			tcQdiscs: kept(namespace.tcQdiscs, ({ kind }) => `qdisc ${kind}`),
			tcFilters: kept(namespace.tcFilters, ({ priority }) => `tc filter ${priority}`),
		},
		omitted,
	};
}

type Omit = (what: Said, why: Said) => void;

function makeable(namespace: Namespace, hasDevice: HasDevice, omit: Omit): readonly Link[] {
	let links = namespace.links;
	// A device that is left out takes those with it that stand on it.
	for (;;) {
		const names = new Set(links.map((link) => link.name));
		const next = links.filter((link) => {
			const why = whyNot(link, namespace.place, names, hasDevice);
			if (why !== undefined) omit(link.name, why);
			return why === undefined;
		});
		if (next.length === links.length) return next.map((link) => withoutMaster(link, names, omit));
		links = next;
	}
}

/** What a line of `ip -batch` can hold; the kernel has no longer names (IFNAMSIZ). */
const NAME = /^[^\s/"'\\#]{1,15}$/;

function whyNot(link: Link, place: Place, names: ReadonlySet<string>, hasDevice: HasDevice): Phrase | undefined {
	if (!NAME.test(link.name)) return phrase("no-command-takes-name");
	if (link.kind === "other") return phrase("driver-not-made", { driver: link.driver });
	if (link.kind === "vxlan" && link.external) return phrase("flow-based");
	const lower = "lower" in link ? link.lower : undefined;
	if (lower === undefined) return undefined;
	if (lower.place === undefined && lower.index !== undefined) return phrase("stands-on-unsaid");
	const isThere =
		lower.place === undefined || lower.place === place
			? names.has(lower.device)
			: hasDevice({ place: lower.place, device: lower.device });
	return isThere ? undefined : phrase("stands-on-not-made", { device: lower.device, place: lower.place ?? place });
}

function withoutMaster(link: Link, names: ReadonlySet<string>, omit: Omit): Link {
	if (link.master === undefined || names.has(link.master)) return link;
	omit(
		phrase("as-port-of", { device: link.name, master: link.master }),
		phrase("device-not-made", { device: link.master }),
	);
	const { master: _, bridgePort: __, ...alone } = link;
	return alone as Link;
}

/** What the input does not hold or podpath did not understand is not there on the kernel either. */
function untold({ missing, notUnderstood, conntrack }: Namespace, omit: Omit): void {
	if (missing.size > 0) omit([...missing].join(", "), phrase("input-lacks-it"));
	for (const { part, text, why } of notUnderstood) omit(`${part} "${text}"`, why);
	if (conntrack.length > 0) omit(phrase("n-connections", { n: conntrack.length }), phrase("connections-not-made"));
}

/**
 * It comes with the device's carrier; given by hand it would be another sort of address. A device that has it without a
 * carrier had one before, as a bridge whose last port went.
 */
function isKernelLinkLocal({ device, address, scope }: InterfaceAddress, links: readonly Link[]): boolean {
	if (scope !== "link" || address.family === 4) return false;
	const link = links.find((each) => each.name === device);
	return link?.carrier === true && linkLocalOf(link)?.address.text === address.text;
}
