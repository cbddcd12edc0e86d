/** Felix's nat table: what leaves the pools gets the node's address (felix/rules/nat.go, static.go StaticNATPostroutingChains). */
import type { Family } from "../../address/address.ts";
import {
	addrtype,
	chain,
	jump,
	masquerade,
	matchSet,
	outInterface,
	rule,
	snat,
} from "../../netfilter/xtables/rules.ts";
import type { XtRule } from "../../netfilter/xtables/table.ts";
import type { XtContribution, XtHookRule } from "../../state/contribution.ts";
import { FELIX } from "./origin.ts";
import { setName } from "./sets.ts";
import type { FelixNode } from "./static-chains.ts";

const FULLY_RANDOM = true;

export interface NatOptions {
	/** Some pool of the family has natOutgoing. */
	readonly natOutgoing: boolean;
	/** Tunnel devices that have an address. */
	readonly tunnels: readonly string[];
}

export function natTable(at: FelixNode, options: NatOptions): XtContribution {
	const { family } = at;
	const toFloating = rule(FELIX, [], jump("cali-fip-dnat"));
	const chains = [
		chain("cali-PREROUTING", [toFloating]),
		chain("cali-OUTPUT", [toFloating]),
		chain("cali-POSTROUTING", [
			rule(FELIX, [], jump("cali-fip-snat")),
			rule(FELIX, [], jump("cali-nat-outgoing")),
			...options.tunnels.map(wrongSource),
		]),
		chain("cali-nat-outgoing", options.natOutgoing ? [outgoing(at)] : []),
		chain("cali-fip-dnat", []),
		chain("cali-fip-snat", []),
	];
	const hooks = (["PREROUTING", "OUTPUT", "POSTROUTING"] as const).map(
		(name): XtHookRule => ({
			chain: name,
			how: at.settings.chainInsertMode,
			rule: rule(FELIX, [], jump(`cali-${name}`)),
		}),
	);
	return { family, table: "nat", chains: new Map(chains.map((each) => [each.name, each])), hooks };
}

function outgoing({ family, settings }: FelixNode): XtRule {
	const { natOutgoingAddress, natOutgoingExclusions } = settings;
	const matches = [
		matchSet(setName(family, "masq-ipam-pools"), ["src"]),
		matchSet(setName(family, "all-ipam-pools"), ["dst"], true),
		...(natOutgoingExclusions === "IPPoolsOnly" ? [] : [matchSet(setName(family, "all-hosts-net"), ["dst"], true)]),
	];
	const own = natOutgoingAddress?.family === family ? snat(natOutgoingAddress) : masquerade(FULLY_RANDOM);
	return rule(FELIX, matches, own);
}

/** What a process of the node sends into a tunnel from another of the node's addresses, as to a Service's, gets the tunnel's. */
function wrongSource(device: string): XtRule {
	return rule(
		FELIX,
		[
			outInterface(device),
			addrtype({ source: "LOCAL" }, { negated: true, limitInterface: "out" }),
			addrtype({ source: "LOCAL" }),
		],
		masquerade(FULLY_RANDOM),
	);
}

/** The families for which Felix programs rules. */
export function rulesFamilies(hasIPv6: boolean): readonly Family[] {
	return hasIPv6 ? [4, 6] : [4];
}
