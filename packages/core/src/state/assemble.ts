/** A namespace from what components contribute and what the kernel adds of its own accord. */
import type { Family } from "../address/address.ts";
import { EMPTY_RULESET } from "../netfilter/nftables/ruleset.ts";
import type { XtBackend, XtChain, XtRule, XtTable, XtTableName } from "../netfilter/xtables/table.ts";
import { KERNEL } from "../origin/origin.ts";
import type { Contribution, Enslaved, XtContribution } from "./contribution.ts";
import type { FdbEntry, InterfaceAddress, Route, Rule } from "./ip.ts";
import { TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN } from "./ip.ts";
import { LOOPBACK_ADDRESSES, linkLocalOf, multicastRouteOf, routesOfAddresses } from "./kernel-routes.ts";
import { layered } from "./layered-map.ts";
import type { Link, LoopbackLink } from "./link.ts";
import type { Namespace } from "./namespace.ts";
import type { Place } from "./place.ts";
import { joined, sharing } from "./shared-list.ts";

/**
 * The namespace at `place`. Contributions are taken in order: a later one's sysctls, sets and chains win, and its inserted
 * rules come before those of an earlier one, as they would on a node where the components start in that order.
 *
 * Links with index 0 are numbered here, after the loopback device, in the order in which they come. Maps and lists of the
 * contributions are shared, never copied entry by entry, where the namespace has nothing to add to them.
 */
export function assembleNamespace(place: Place, contributions: readonly Contribution[]): Namespace {
	const sysctls = layered(present(contributions, (from) => from.sysctls).reverse());
	const links = numbered(contributions);
	const { addresses, routes } = kernelAdditions(links, contributions, sysctls);
	const policyStages = joined(present(contributions, (from) => from.policyStages));
	const assumptions = joined(present(contributions, (from) => from.assumptions));
	return {
		place,
		links,
		addresses,
		rules: rulesOf(contributions),
		routes,
		neighbours: joined(present(contributions, (from) => from.neighbours)),
		fdb: joined([...present(contributions, (from) => from.fdb), localEntries(links)]),
		xtables: xtablesOf(joined(present(contributions, (from) => from.xtables))),
		nftables: nftablesOf(contributions),
		ipsets: layered(present(contributions, (from) => from.ipsets).reverse()),
		ipvs: joined(present(contributions, (from) => from.ipvs)),
		tcQdiscs: joined(present(contributions, (from) => from.tcQdiscs)),
		tcFilters: joined(present(contributions, (from) => from.tcFilters)),
		...(policyStages.length === 0 ? {} : { policyStages }),
		...(assumptions.length === 0 ? {} : { assumptions }),
		sysctls,
		conntrack: [],
		missing: NOTHING_MISSING,
		notUnderstood: [],
	};
}

const NOTHING_MISSING: Namespace["missing"] = new Set();

const LOOPBACK: LoopbackLink = {
	kind: "loopback",
	name: "lo",
	index: 1,
	mtu: 65536,
	mac: "00:00:00:00:00:00",
	up: true,
	carrier: true,
	origin: KERNEL,
};

function withMaster(link: Link, port: Enslaved | undefined): Link {
	return port === undefined ? link : { ...link, master: port.master, bridgePort: port.bridgePort };
}

function present<Part>(contributions: readonly Contribution[], part: (from: Contribution) => Part | undefined): Part[] {
	return contributions.map(part).filter((value) => value !== undefined);
}

function numbered(contributions: readonly Contribution[]): readonly Link[] {
	const ports = new Map(contributions.flatMap(({ enslaved = [] }) => enslaved.map((each) => [each.device, each])));
	const all = joined(present(contributions, (from) => from.links));
	const given = ports.size === 0 ? all : all.map((link) => withMaster(link, ports.get(link.name)));
	const taken = new Set(given.map((link) => link.index));
	let next = LOOPBACK.index;
	const numberedLinks = given.map((link): Link => {
		if (link.index !== 0) return link;
		do next++;
		while (taken.has(next));
		return { ...link, index: next };
	});
	return given.some((link) => link.kind === "loopback") ? numberedLinks : [LOOPBACK, ...numberedLinks];
}

function kernelAdditions(
	links: readonly Link[],
	contributions: readonly Contribution[],
	sysctls: ReadonlyMap<string, string>,
): { readonly addresses: readonly InterfaceAddress[]; readonly routes: readonly Route[] } {
	const byName = new Map(links.map((link) => [link.name, link]));
	const forwarding = (sysctls.get("net.ipv6.conf.all.forwarding") ?? "0") !== "0";
	const linkLocal = links.map(linkLocalOf).filter((each) => each !== undefined);
	const lists = [LOOPBACK_ADDRESSES, ...present(contributions, (from) => from.addresses), linkLocal];
	const made = lists.map((list) => routesOfList(list, byName, forwarding));
	const multicast = links.map(multicastRouteOf).filter((each) => each !== undefined);
	return {
		addresses: joined(lists),
		routes: joined([...present(contributions, (from) => from.routes), ...made, multicast]),
	};
}

/** From how many addresses on a list is worth remembering: kube-ipvs0 holds every Service address, the same on each node. */
const LARGE_LIST = 64;

interface RememberedList {
	readonly byDevice: ReadonlyMap<string, readonly InterfaceAddress[]>;
	/** By what of the devices and of forwarding decides the routes. */
	readonly routes: Map<string, readonly Route[]>;
}

const remembered = new WeakMap<readonly InterfaceAddress[], RememberedList>();

function routesOfList(
	list: readonly InterfaceAddress[],
	links: ReadonlyMap<string, Link>,
	forwarding: boolean,
): readonly Route[] {
	const { byDevice, routes } = remembered.get(list) ?? remember(list);
	const used = [...byDevice.keys()].map((name) => links.get(name)).filter((link) => link !== undefined);
	const key = `${forwarding} ${used.map((link) => `${link.name},${link.kind},${link.up},${link.noArp}`).join(" ")}`;
	const known = routes.get(key);
	if (known !== undefined) return known;
	const made = used.flatMap((link) => routesOfAddresses(link, byDevice.get(link.name) ?? [], forwarding));
	const kept = list.length < LARGE_LIST ? made : sharing(made);
	routes.set(key, kept);
	return kept;
}

function remember(list: readonly InterfaceAddress[]): RememberedList {
	const byDevice = new Map<string, InterfaceAddress[]>();
	for (const each of list) {
		const own = byDevice.get(each.device);
		if (own === undefined) byDevice.set(each.device, [each]);
		else own.push(each);
	}
	const made: RememberedList = { byDevice, routes: new Map() };
	if (list.length >= LARGE_LIST) remembered.set(list, made);
	return made;
}

/** fib_default_rules_init(), fib6_rules_net_init(): IPv6 has no rule for the table `default`. */
export const DEFAULT_RULES: readonly Rule[] = [
	defaultRule(4, 0, TABLE_LOCAL),
	defaultRule(4, 32766, TABLE_MAIN),
	defaultRule(4, 32767, TABLE_DEFAULT),
	defaultRule(6, 0, TABLE_LOCAL),
	defaultRule(6, 32766, TABLE_MAIN),
];

function defaultRule(family: Family, priority: number, table: number): Rule {
	return { family, priority, invert: false, action: { kind: "lookup", table }, origin: KERNEL };
}

function rulesOf(contributions: readonly Contribution[]): readonly Rule[] {
	const added = present(contributions, (from) => from.rules).flat();
	if (added.length === 0) return DEFAULT_RULES;
	return [...DEFAULT_RULES, ...added].sort((a, b) => a.family - b.family || a.priority - b.priority);
}

/** A bridge keeps its own address and those of its ports as local (br_fdb_add_local, br_fdb_change_mac_address). */
function localEntries(links: readonly Link[]): readonly FdbEntry[] {
	return links
		.filter((link) => link.kind === "bridge")
		.flatMap((bridge) => {
			const ports = links.filter((link) => link.master === bridge.name);
			// A bridge without an address of its own takes one of its ports': then the port's entry is the only one.
			const has = ports.some((port) => port.mac === bridge.mac);
			return (has ? ports : [bridge, ...ports]).flatMap(({ name, mac }): FdbEntry[] => {
				if (mac === null) return [];
				return [{ device: name, mac, master: bridge.name, self: false, state: "permanent", origin: KERNEL }];
			});
		});
}

const BUILT_IN_CHAINS: Readonly<Record<XtTableName, readonly string[]>> = {
	raw: ["PREROUTING", "OUTPUT"],
	mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
	nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
	filter: ["INPUT", "FORWARD", "OUTPUT"],
	security: ["INPUT", "FORWARD", "OUTPUT"],
};

/** iptables 1.8 talks to nftables unless a distribution says otherwise (Debian 10, RHEL 8 and later). */
const BACKEND: XtBackend = "nft";

function xtablesOf(contributions: readonly XtContribution[]): readonly XtTable[] {
	const tables = new Map<string, XtContribution[]>();
	for (const each of contributions) {
		const key = `${each.family} ${each.table}`;
		tables.set(key, [...(tables.get(key) ?? []), each]);
	}
	return [...tables.values()].map((parts) => xtable(parts[0] as XtContribution, parts));
}

function xtable(first: XtContribution, parts: readonly XtContribution[]): XtTable {
	const hooks = new Map<string, XtRule[]>(BUILT_IN_CHAINS[first.table].map((name) => [name, []]));
	for (const hook of parts.flatMap((part) => part.hooks)) {
		const rules = hooks.get(hook.chain);
		if (rules === undefined) throw new RangeError(`table ${first.table} has no chain ${hook.chain}`);
		if (hook.how === "insert") rules.unshift(hook.rule);
		else rules.push(hook.rule);
	}
	const builtIn = new Map<string, XtChain>();
	for (const [name, rules] of hooks) builtIn.set(name, builtInChain(name, rules));
	const chains = layered<string, XtChain>([builtIn, ...parts.map((part) => part.chains).reverse()]);
	return { family: first.family, name: first.table, backend: BACKEND, chains };
}

/** Chains that begin with the same rules: the one that ends there, and those that go on. */
class Beginning {
	chain: XtChain | undefined;
	readonly #longer = new WeakMap<XtRule, Beginning>();

	and(rule: XtRule): Beginning {
		let longer = this.#longer.get(rule);
		if (longer === undefined) {
			longer = new Beginning();
			this.#longer.set(rule, longer);
		}
		return longer;
	}
}

const builtInChains = new Map<string, Beginning>();

/** Most nodes have theirs alike: the same rules in the same order are one chain, made ready for packets once for all of them. */
function builtInChain(name: string, rules: readonly XtRule[]): XtChain {
	let beginning = builtInChains.get(name) ?? new Beginning();
	builtInChains.set(name, beginning);
	for (const rule of rules) beginning = beginning.and(rule);
	beginning.chain ??= { name, policy: "ACCEPT", rules };
	return beginning.chain;
}

function nftablesOf(contributions: readonly Contribution[]): Namespace["nftables"] {
	const tables = joined(present(contributions, (from) => from.nftables));
	return tables.length === 0 ? EMPTY_RULESET : { tables };
}
