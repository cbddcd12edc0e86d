/** Commands of `ip -batch` that make devices and their addresses. */

import { isMulticast } from "../address/address.ts";
import type { InterfaceAddress } from "../state/ip.ts";
import { LOOPBACK_ADDRESSES } from "../state/kernel-routes.ts";
import { DEFAULT_BRIDGE_PORT, type Link, type LowerDevice, type VethLink, type VxlanLink } from "../state/link.ts";
import { phrase } from "../wording/phrase.ts";
import { type Batch, BatchLines, option } from "./batch.ts";

/**
 * `link add` for the devices that this namespace can make by itself, lower ones first, then `link set` for all. A veth
 * whose other end is in another namespace, a card, and a device above one elsewhere must be there already: where `made`
 * does not name them they are in `omitted`, and only their settings are made.
 */
export function ipLinkBatch(links: readonly Link[], made: ReadonlySet<string> = NOTHING_MADE): Batch {
	const batch = new BatchLines();
	for (const link of lowerFirst(links)) if (!made.has(link.name)) create(link, links, batch);
	for (const link of portsFirst(links)) configure(link, batch);
	for (const link of links) if (link.up) batch.add("link set dev", link.name, "up");
	// A VLAN device comes up with the one that it is on (vlan_device_event).
	for (const link of links) if (link.kind === "vlan" && !link.up) batch.add("link set dev", link.name, "down");
	return batch.finish();
}

const NOTHING_MADE: ReadonlySet<string> = new Set();

/**
 * `link add` of a device whose lower one is in this namespace while it belongs into that with the name `namespace`: made
 * under a name that is only its own until it is moved, as its real one may be taken here (Linux 6.1 refuses even a device that
 * is made straight into another namespace when one here has its name).
 */
export function ipLinkIntoBatch(link: Link, namespace: string): Batch {
	const batch = new BatchLines();
	if ("lower" in link && link.lower !== undefined) {
		add({ ...link, name: PASSING }, batch);
		batch.add("link set dev", PASSING, "netns", namespace, "name", link.name);
	} else batch.omit(link.name, phrase("stands-on-none"));
	return batch.finish();
}

/** For devices that do not stay. */
const PASSING = "passing";

function lowerFirst(links: readonly Link[]): Link[] {
	const ordered = new Set<Link>();
	const byName = new Map(links.map((link) => [link.name, link]));
	const visit = (link: Link, above: ReadonlySet<Link>): void => {
		if (ordered.has(link) || above.has(link)) return;
		const lower = lowerOf(link);
		const below = lower === undefined ? undefined : byName.get(lower.device);
		if (below !== undefined) visit(below, new Set([...above, link]));
		ordered.add(link);
	};
	for (const link of links) visit(link, new Set());
	return [...ordered];
}

function lowerOf(link: Link): LowerDevice | undefined {
	return "lower" in link ? link.lower : undefined;
}

function create(link: Link, links: readonly Link[], batch: BatchLines): void {
	const lower = lowerOf(link);
	if (lower !== undefined && (lower.place !== undefined || lower.index !== undefined)) {
		batch.omit(link.name, phrase("below-elsewhere"));
		return;
	}
	switch (link.kind) {
		case "loopback":
			return;
		case "physical":
		case "other":
			batch.omit(
				link.name,
				link.kind === "physical" ? phrase("is-a-card") : phrase("driver-not-made", { driver: link.driver }),
			);
			return;
		case "veth":
			createVeth(link, links, batch);
			return;
		case "tun":
			batch.add("tuntap add dev", link.name, "mode", link.mode);
			return;
		case "ipip":
			if (link.name === "tunl0") loadIpip(batch);
			else add(link, batch);
			return;
		default:
			add(link, batch);
	}
}

/** A bridge takes the smallest MTU of its ports unless somebody changes it after that (br_mtu_auto_adjust). */
function portsFirst(links: readonly Link[]): readonly Link[] {
	return [...links.filter(({ kind }) => kind !== "bridge"), ...links.filter(({ kind }) => kind === "bridge")];
}

/** The kernel makes tunl0 itself when its module is loaded, which the first tunnel sees to. */
function loadIpip(batch: BatchLines): void {
	batch.add("link add name", PASSING, "type ipip remote 127.0.0.1");
	batch.add("link delete dev", PASSING);
}

type AddedLink = Exclude<Link, { readonly kind: "loopback" | "physical" | "veth" | "tun" | "other" }>;

function add(link: AddedLink, batch: BatchLines): void {
	const below =
		link.kind === "vlan" || link.kind === "macvlan" || link.kind === "ipvlan" ? link.lower.device : undefined;
	batch.add("link add", option("link", below), "name", link.name, "type", link.kind, ...typeWords(link));
}

function typeWords(link: AddedLink): readonly (string | undefined)[] {
	switch (link.kind) {
		case "bridge":
			return link.vlanFiltering ? [`vlan_filtering 1 vlan_default_pvid ${link.defaultPvid}`] : [];
		case "vxlan":
			return vxlanWords(link);
		case "ipip":
			return [
				option("local", link.local?.text),
				option("remote", link.remote?.text),
				option("ttl", link.ttl),
				option("dev", link.lower?.device),
				option("fwmark", link.fwmark),
			];
		case "vlan":
			return [`id ${link.id}`];
		case "macvlan":
			return [`mode ${link.mode}`];
		case "ipvlan":
			return [`mode ${link.mode}`, link.flag];
		case "dummy":
			return [];
	}
}

/** A pair within the namespace is made once, by the end that comes first. */
function createVeth(link: VethLink, links: readonly Link[], batch: BatchLines): void {
	const peer = links.find((other) => other.name === link.peer?.device && other.kind === "veth");
	if (peer === undefined) batch.omit(link.name, phrase("peer-elsewhere"));
	else if (links.indexOf(link) < links.indexOf(peer)) {
		batch.add("link add name", link.name, "type veth peer name", peer.name);
	}
}

function vxlanWords(link: VxlanLink): (string | undefined)[] {
	const { remote } = link;
	return [
		link.external ? "external" : `id ${link.vni}`,
		option("local", link.local?.text),
		option(remote !== undefined && isMulticast(remote) ? "group" : "remote", remote?.text),
		option("dev", link.lower?.device),
		option("dstport", link.dstport),
		link.learning ? undefined : "nolearning",
		option("ttl", link.ttl),
	];
}

function configure(link: Link, batch: BatchLines): void {
	const set = (...words: readonly (string | number | undefined)[]): void =>
		batch.add("link set dev", link.name, ...words);
	if (link.kind === "other" || link.kind === "loopback") return;
	if (link.mac !== null && link.kind !== "ipvlan") set("address", link.mac);
	set("mtu", link.mtu);
	if (link.noArp === true && link.kind !== "ipip" && link.kind !== "dummy") set("arp off");
	// Only what a batch line can quote.
	if (link.alias !== undefined && !/["'\\]/.test(link.alias)) set(`alias "${link.alias}"`);
	if (link.master !== undefined) set("master", link.master);
	const { bridgePort } = link;
	if (bridgePort === undefined) return;
	const changed = (["hairpin", "isolated", "learning", "flood"] as const).filter(
		(word) => bridgePort[word] !== DEFAULT_BRIDGE_PORT[word],
	);
	if (changed.length > 0)
		set("type bridge_slave", ...changed.map((word) => `${word} ${bridgePort[word] ? "on" : "off"}`));
}

/**
 * `address replace` for each address, as link-local ones may be there already; loopback's own come when it is set up (a
 * second ::1 would bring a route of its own). Which IPv4 address of a subnet is secondary follows from their order; IPv6 addresses are not probed for duplicates, which would take a second.
 */
export function ipAddressBatch(addresses: readonly InterfaceAddress[]): Batch {
	const batch = new BatchLines();
	for (const each of addresses) {
		const { address, peer, prefixLength } = each;
		if (LOOPBACK_ADDRESSES.some((own) => own.device === each.device && own.address.text === address.text)) continue;
		const end =
			peer === undefined ? `${address.text}/${prefixLength}` : `${address.text} peer ${peer.text}/${prefixLength}`;
		batch.add(
			"address replace",
			end,
			option("broadcast", each.broadcast?.text),
			option("label", each.label),
			"scope",
			each.scope,
			"dev",
			each.device,
			each.deprecated === true ? "preferred_lft 0" : undefined,
			each.noPrefixRoute ? "noprefixroute" : undefined,
			address.family === 6 ? "nodad" : undefined,
		);
	}
	return batch.finish();
}
