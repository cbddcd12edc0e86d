/**
 * Cards of a cloud, each as a namespace between the machine and the VPC's router: so each has connection tracking of its own,
 * which is the card's session table. What passes is judged by the rules of its security groups.
 */
import {
	type Address,
	type Attachment,
	assembleNamespace,
	type DeviceAt,
	defaultPrefix,
	type Eni,
	type Family,
	hostPrefix,
	type Link,
	type Namespace,
	type Route,
	type Rule,
	type SecurityGroup,
	type SecurityGroupRule,
	unicastRoute,
	VPC_MAC,
	type Vpc,
} from "@podpath/core";
import type { Cable } from "../layout.ts";
import {
	type AttachedPort,
	answersForAll,
	attachedPorts,
	cardNeighbours,
	type FabricPort,
	LAB_ORIGIN,
	pointToPoint,
	portLink,
	proxied,
} from "./port.ts";
import { ROUTER_SYSCTLS } from "./router.ts";
import { ALL_KEEP_TTL, fabricTables } from "./tables.ts";

/** Towards the machine, and towards the router. */
const IN = "in";
const OUT = "out";
/** What the router hands over goes to the machine, whatever its destination: a pod's address may be behind a node's. */
const INWARD_TABLE = 100;

/** A card with what is attached by it; the devices are the router's, one for each. */
export interface GuardedCard {
	readonly card: FabricPort;
	readonly attached: readonly AttachedPort[];
}

/** Cards that have a security group, or a member that has one; and what is attached by the others. */
export function guardedPorts(
	vpc: Vpc,
	all: readonly FabricPort[],
): { readonly guarded: readonly GuardedCard[]; readonly open: readonly AttachedPort[] } {
	const guarded: GuardedCard[] = [];
	const open: AttachedPort[] = [];
	for (const card of all) {
		const attached = attachedPorts([card], vpc.attachments);
		const judges = attached.some(({ attachment }) => attachment.eni?.securityGroups != null);
		if (!judges || !attached.some((port) => ownEni(port) !== undefined)) open.push(...attached);
		else guarded.push({ card, attached: attached.map((port) => ({ ...port, device: port.device.replace(".", "m") })) });
	}
	return { guarded, open };
}

/** The card's own ENI: that of its untagged frames. */
function ownEni({ attachment: { eni } }: AttachedPort): Eni | undefined {
	return eni?.vlan === null ? eni : undefined;
}

export interface CardSites {
	readonly states: readonly Namespace[];
	readonly cables: readonly Cable[];
	/** The port of the VPC, and where its machine's cable ends instead. */
	readonly end: readonly [port: string, at: DeviceAt];
}

/** A namespace for the card, and one for each member that it is the trunk of. */
export function cardSites(vpc: Vpc, { card, attached }: GuardedCard): CardSites {
	const trunk = attached.map(ownEni).find((eni) => eni !== undefined)?.place ?? "";
	const enis = attached.flatMap(({ device, attachment }) => {
		const { eni } = attachment;
		return eni === undefined ? [] : [{ device, attachment, eni }];
	});
	return {
		states: enis.map(({ attachment, eni }) => cardNamespace(vpc, attachment, eni, trunk)),
		cables: enis.map(({ device, eni }) => ({
			from: { place: eni.place, device: OUT },
			to: { place: vpc.place, device },
		})),
		end: [card.device, { place: trunk, device: IN }],
	};
}

function cardNamespace(vpc: Vpc, attachment: Attachment, eni: Eni, trunk: string): Namespace {
	const base = portLink(IN, { mac: VPC_MAC, mtu: vpc.mtu });
	const inward: Link =
		eni.vlan === null ? base : { ...base, kind: "vlan", id: eni.vlan, lower: { device: IN, place: trunk } };
	const state = assembleNamespace(eni.place, [
		{
			links: [inward, pointToPoint(OUT, vpc.mtu)],
			routes: routesOf(attachment),
			rules: ([4, 6] as const).map(inwardRule),
			neighbours: [...cardNeighbours(IN, attachment), ...proxied(IN, othersOf(vpc, attachment))],
			sysctls: new Map([...ROUTER_SYSCTLS, ...answersForAll(IN)]),
		},
	]);
	const rules = { keepsTtl: ALL_KEEP_TTL, nat: { 4: [], 6: [] }, filter: judging(vpc, eni) };
	return { ...state, xtables: fabricTables(rules, [defaultPrefix(4), defaultPrefix(6)]) };
}

/** Addresses that neighbour discovery on this card asks for: those of gateways and of all other cards. */
export function othersOf({ vSwitches, attachments }: Vpc, own: Attachment): readonly Address[] {
	const others = attachments.filter((each) => each !== own).flatMap(({ addresses }) => addresses);
	return [...vSwitches.map(({ gateway }) => gateway), ...others];
}

function routesOf({ addresses }: Attachment): readonly Route[] {
	return ([4, 6] as const).flatMap((family) => {
		const own = addresses.filter((address) => address.family === family);
		const [first] = own;
		const out = unicastRoute(defaultPrefix(family), { device: OUT, origin: LAB_ORIGIN });
		if (first === undefined) return [out];
		const behind = unicastRoute(defaultPrefix(family), { via: first, device: IN, onlink: true, origin: LAB_ORIGIN });
		const direct = own.map((address) => unicastRoute(hostPrefix(address), { device: IN, origin: LAB_ORIGIN }));
		return [out, ...[...direct, behind].map((route) => ({ ...route, table: INWARD_TABLE }))];
	});
}

function inwardRule(family: Family): Rule {
	const action = { kind: "lookup", table: INWARD_TABLE } as const;
	return { family, priority: INWARD_TABLE, invert: false, iif: OUT, action, origin: LAB_ORIGIN };
}

/** `-A FORWARD …`: the card's sessions, its basic groups' members, the rules of all groups by priority, and the groups' default. */
function judging(vpc: Vpc, { securityGroups }: Eni): Readonly<Record<Family, readonly string[]>> {
	if (securityGroups === null) return { 4: [], 6: [] };
	const of = (family: Family): readonly string[] => [
		"-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		...securityGroups.flatMap((group) => amongMembers(vpc, group, family)),
		...inOrder(securityGroups).flatMap((rule) => ruleLines(vpc, rule, family)),
		`-A FORWARD -i ${OUT} -j DROP`,
		`-A FORWARD -i ${IN} -j ${securityGroups[0]?.type === "basic" ? "ACCEPT" : "DROP"}`,
	];
	return { 4: of(4), 6: of(6) };
}

function amongMembers(vpc: Vpc, { id, type, innerAccess }: SecurityGroup, family: Family): readonly string[] {
	if (type !== "basic" || innerAccess !== "accept") return [];
	return membersOf(vpc, id, family).flatMap((address) => [
		`-A FORWARD -i ${OUT} -s ${address} -j ACCEPT`,
		`-A FORWARD -i ${IN} -d ${address} -j ACCEPT`,
	]);
}

/** Addresses of the cards in a group. */
function membersOf({ attachments }: Vpc, id: string, family: Family): readonly string[] {
	return attachments
		.filter(({ eni }) => eni?.securityGroups?.some((group) => group.id === id) === true)
		.flatMap(({ addresses }) => addresses.filter((address) => address.family === family))
		.map(({ text }) => text);
}

/** 1 comes first; at one priority drop before accept. */
function inOrder(groups: readonly SecurityGroup[]): readonly SecurityGroupRule[] {
	const accepts = ({ policy }: SecurityGroupRule): number => (policy === "accept" ? 1 : 0);
	return groups.flatMap(({ rules }) => rules).sort((a, b) => a.priority - b.priority || accepts(a) - accepts(b));
}

function ruleLines(vpc: Vpc, rule: SecurityGroupRule, family: Family): readonly string[] {
	const { direction, protocol, ports, policy, peer } = rule;
	if ((protocol === "icmp" && family === 6) || (protocol === "icmpv6" && family === 4)) return [];
	const what = protocol === "all" ? "" : ` -p ${protocol}`;
	const port = ports === null || protocol === "all" ? "" : ` -m ${protocol} --dport ${ports.from}:${ports.to}`;
	const others =
		peer.kind === "group"
			? membersOf(vpc, peer.id, family)
			: peer.prefixes.filter((prefix) => prefix.family === family).map(({ text }) => text);
	const [device, end] = direction === "ingress" ? [OUT, "-s"] : [IN, "-d"];
	return others.map(
		(other) => `-A FORWARD -i ${device} ${end} ${other}${what}${port} -j ${policy === "accept" ? "ACCEPT" : "DROP"}`,
	);
}
