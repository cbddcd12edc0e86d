/** What a kernel must be able to do for a namespace's steps. */
import type { Link, Namespace } from "@podpath/core";
import type { Feature } from "../lab-plan.ts";
import { type XtLoading, xtLoading } from "./transactions.ts";

/** The features that making `state` uses. */
export function featuresOf(state: Namespace): readonly Feature[] {
	const { links, xtables, nftables, ipsets, ipvs, tcFilters, sysctls } = state;
	const needs: Feature[] = links.flatMap(featuresOfLink);
	if (xtables.length > 0) needs.push(...XT_FEATURES[xtLoading(xtables)]);
	if (nftables.tables.length > 0) needs.push("nft");
	if (ipsets.size > 0) needs.push("ipset");
	if (ipvs.length > 0) needs.push("ipvs");
	if (ipvs.length > 0 || usesConntrack(state)) needs.push("conntrack");
	for (const { vlan, actions } of tcFilters) {
		const tags = vlan !== undefined || actions.some(({ kind }) => kind === "vlan-push" || kind === "vlan-pop");
		needs.push(tags ? "tc-flower" : "tc-u32");
	}
	if ([...sysctls.keys()].some((key) => key.startsWith("net.bridge."))) needs.push("br-netfilter");
	return needs;
}

function featuresOfLink(link: Link): readonly Feature[] {
	switch (link.kind) {
		case "loopback":
		case "other":
			return [];
		case "physical":
			return ["veth"];
		case "bridge":
			return link.vlanFiltering ? ["bridge", "vlan-filtering"] : ["bridge"];
		default:
			return [link.kind];
	}
}

const XT_FEATURES: Readonly<Record<XtLoading, readonly Feature[]>> = {
	plain: ["iptables"],
	legacy: ["iptables-legacy"],
	both: ["iptables-legacy", "iptables-nft"],
};

function usesConntrack({ xtables, nftables }: Namespace): boolean {
	const inTables = xtables.some(
		({ name, chains }) =>
			name === "nat" ||
			[...chains.values()].some(({ rules }) =>
				rules.some(({ matches }) => matches.some(({ kind }) => TRACKED.has(kind))),
			),
	);
	if (inTables) return true;
	return nftables.tables.some(({ chains }) =>
		[...chains.values()].some(({ base, rules }) => base?.type === "nat" || JSON.stringify(rules).includes('"ct"')),
	);
}

const TRACKED: ReadonlySet<string> = new Set(["conntrack", "state", "connmark"]);
