/** A stack's whole state as lines that its tools would print, in groups, each with whose hand it is from. */
import * as z from "zod";
import { InputError } from "../diagnostic/diagnostic.ts";
import { printBridgeFdb } from "../emit/bridge-fdb.ts";
import { printBridgeVlan } from "../emit/bridge-vlan.ts";
import { printConntrack } from "../emit/conntrack.ts";
import { printIpAddress } from "../emit/ip-address.ts";
import { printIpNeigh } from "../emit/ip-neigh.ts";
import { printIpRoute, tableName } from "../emit/ip-route.ts";
import { printIpRule } from "../emit/ip-rule.ts";
import { printIpvsadmSave } from "../emit/ipvsadm-save.ts";
import { printTcFilter, printTcQdisc } from "../emit/tc.ts";
import type { Origin } from "../origin/origin.ts";
import { originSchema } from "../render/schema.ts";
import { type Namespace, STATE_PARTS, type StatePart } from "../state/namespace.ts";
import { RULE_GROUPS } from "../trace/citation.ts";
import { parseName, placeOf } from "../trace/places.ts";
import type { Subject } from "../trace/subject.ts";
import { phrase } from "../wording/phrase.ts";
import { nftGroups, xtablesGroups } from "./chain-groups.ts";

export interface StateReport {
	/** As a question names it. */
	readonly place: string;
	readonly sections: readonly StateSection[];
}

/** A part of the state, named as its file in a snapshot is. */
export interface StateSection {
	readonly part: StatePart;
	/** The input does not hold it. */
	readonly missing: boolean;
	readonly groups: readonly StateGroup[];
}

/** A routing table, a chain, a set: what a person folds away. */
export interface StateGroup {
	/** Unique in the report: `table main`, `iptables nat KUBE-SERVICES`. */
	readonly name: string;
	readonly entries: readonly StateEntry[];
}

export interface StateEntry {
	/** One or more lines. */
	readonly text: string;
	readonly origin: Origin | null;
	/** The name of the group that it leads to. */
	readonly jump?: string;
}

/** @throws {InputError} For a name that is none, or whose stack the input does not describe. */
export function stateReport(subject: Subject, name: string): StateReport {
	const named = parseName(name);
	if (named.kind === "service" || named.kind === "address") {
		const message = phrase("no-machine-or-pod", { name });
		throw new InputError({ code: "no-stack", message, hint: phrase("forms-of-stacks") });
	}
	const place = placeOf(subject, named);
	const namespace = subject.network.namespace(place);
	if (namespace === undefined) {
		throw new InputError({ code: "no-stack", message: phrase("state-not-described", { place }) });
	}
	const sections = STATE_PARTS.map((part): StateSection => {
		const groups = GROUPS[part](namespace).filter(({ entries }) => entries.length > 0 || CHAINS.has(part));
		return { part, missing: namespace.missing.has(part), groups };
	});
	return { place, sections: sections.filter(({ missing, groups }) => missing || groups.length > 0) };
}

/** A chain without rules is something too: jumps lead to it. */
const CHAINS: ReadonlySet<StatePart> = new Set(["iptables-save", "ip6tables-save", "nft-ruleset"]);

const GROUPS: Readonly<Record<StatePart, (namespace: Namespace) => readonly StateGroup[]>> = {
	"ip-address": ({ links, addresses }) => [
		group("ip address", links, (link) =>
			printIpAddress(
				[link],
				addresses.filter(({ device }) => device === link.name),
			),
		),
	],
	"ip-route": ({ routes }) =>
		[...Map.groupBy(routes, ({ table }) => table)].map(([table, own]) =>
			group(`table ${tableName(table)}`, own, (route) => printIpRoute([route])),
		),
	"ip-rule": ({ rules }) =>
		([4, 6] as const).map((family) => {
			const own = rules.filter((rule) => rule.family === family);
			return group(RULE_GROUPS[family], own, (rule) => printIpRule([rule]));
		}),
	"ip-neigh": ({ neighbours }) => [group("ip neigh", neighbours, (each) => printIpNeigh([each]))],
	"bridge-fdb": ({ fdb }) => [group("bridge fdb", fdb, (each) => printBridgeFdb([each]))],
	"bridge-vlan": ({ links }) => [
		group(
			"bridge vlan",
			links.filter((link) => vlanLines(link) !== ""),
			vlanLines,
		),
	],
	"tc-qdisc": ({ tcQdiscs }) => [group("tc qdisc", tcQdiscs, (each) => printTcQdisc([each]))],
	"tc-filter": ({ tcFilters }) => [group("tc filter", tcFilters, (each) => printTcFilter([each]))],
	"iptables-save": ({ xtables }) => xtablesGroups(xtables.filter(({ family }) => family === 4)),
	"ip6tables-save": ({ xtables }) => xtablesGroups(xtables.filter(({ family }) => family === 6)),
	"nft-ruleset": ({ nftables }) => nftGroups(nftables),
	"ipvsadm-save": ({ ipvs }) => [group("ipvsadm", ipvs, (each) => printIpvsadmSave([each]))],
	"ipset-save": ({ ipsets }) =>
		[...ipsets.values()].map((set) => {
			const head = { text: `create ${set.name} ${set.type} ${set.options}`.trimEnd(), origin: set.origin };
			const members = set.entries.map(({ text, nomatch, origin }) => ({
				text: nomatch ? `${text} nomatch` : text,
				origin,
			}));
			return { name: `ipset ${set.name}`, entries: [head, ...members] };
		}),
	conntrack: ({ conntrack }) => [
		{ name: "conntrack", entries: conntrack.map((each) => ({ text: printConntrack([each]).trimEnd(), origin: null })) },
	],
	sysctl: ({ sysctls }) => [
		{ name: "sysctl", entries: [...sysctls].map(([key, value]) => ({ text: `${key} = ${value}`, origin: null })) },
	],
};

/** The heading of `bridge vlan` is no entry. */
function vlanLines(link: Namespace["links"][number]): string {
	return printBridgeVlan([link]).split("\n").slice(1).join("\n").trimEnd();
}

function group<T extends { readonly origin: Origin }>(
	name: string,
	items: readonly T[],
	print: (item: T) => string,
): StateGroup {
	return { name, entries: items.map((item) => ({ text: print(item).trimEnd(), origin: item.origin })) };
}

export const stateReportSchema: z.ZodType<StateReport> = z
	.strictObject({
		place: z.string(),
		sections: z.array(
			z.strictObject({
				part: z.enum(STATE_PARTS),
				missing: z.boolean().describe("The input does not hold it"),
				groups: z.array(
					z.strictObject({
						name: z.string(),
						entries: z.array(
							z.strictObject({
								text: z.string(),
								origin: originSchema.nullable(),
								jump: z.string().exactOptional().describe("The name of the group that it leads to"),
							}),
						),
					}),
				),
			}),
		),
	})
	.meta({ title: "StateReport" });
