/** A namespace as the files of a snapshot, each in its tool's own text: the mirror of parse/namespace.ts. */
import { printIpsetSave } from "../netfilter/ipset/save.ts";
import { printRuleset } from "../netfilter/nftables/print.ts";
import { printXtablesSave } from "../netfilter/xtables/save.ts";
import type { Namespace, StatePart } from "../state/namespace.ts";
import { printBridgeFdb } from "./bridge-fdb.ts";
import { printBridgeVlan } from "./bridge-vlan.ts";
import { printConntrack } from "./conntrack.ts";
import { printIpAddress } from "./ip-address.ts";
import { printIpNeigh } from "./ip-neigh.ts";
import { printIpRoute } from "./ip-route.ts";
import { printIpRule } from "./ip-rule.ts";
import { printIpvsadmSave } from "./ipvsadm-save.ts";
import { printSysctl } from "./sysctl.ts";
import { printTcFilter, printTcQdisc } from "./tc.ts";

const PRINTERS: Readonly<Record<StatePart, (namespace: Namespace) => string>> = {
	"ip-address": ({ links, addresses }) => printIpAddress(links, addresses),
	"ip-route": ({ routes }) => printIpRoute(routes),
	"ip-rule": ({ rules }) => printIpRule(rules),
	"ip-neigh": ({ neighbours }) => printIpNeigh(neighbours),
	"bridge-fdb": ({ fdb }) => printBridgeFdb(fdb),
	"bridge-vlan": ({ links }) => printBridgeVlan(links),
	"tc-qdisc": ({ tcQdiscs }) => printTcQdisc(tcQdiscs),
	"tc-filter": ({ tcFilters }) => printTcFilter(tcFilters),
	"iptables-save": ({ xtables }) => printXtablesSave(xtables.filter(({ family }) => family === 4)),
	"ip6tables-save": ({ xtables }) => printXtablesSave(xtables.filter(({ family }) => family === 6)),
	"nft-ruleset": ({ nftables }) => printRuleset(nftables),
	"ipvsadm-save": ({ ipvs }) => printIpvsadmSave(ipvs),
	"ipset-save": ({ ipsets }) => printIpsetSave(ipsets.values()),
	conntrack: ({ conntrack }) => printConntrack(conntrack),
	sysctl: ({ sysctls }) => printSysctl(sysctls),
};

/** By name inside the namespace's folder: `ip-route.txt` … Parts that the namespace says it lacks are left out. */
export function printNamespace(namespace: Namespace): ReadonlyMap<string, string> {
	const parts = Object.entries(PRINTERS) as readonly (readonly [StatePart, (namespace: Namespace) => string])[];
	return new Map(
		parts
			.filter(([part]) => !namespace.missing.has(part))
			.map(([part, print]) => [`${part}.txt`, print(namespace)] as const),
	);
}
