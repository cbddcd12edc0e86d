/** Which entries of a stack's state decided a hop, by the groups and the lines that the state is told in (api/state-report.ts). */
import type { Family } from "../address/address.ts";
import type { Because, Facts } from "../kernel/because.ts";
import type { ExplainedHop } from "./explanation.ts";

export interface Citation {
	/** `table main`, `iptables nat KUBE-SERVICES`. */
	readonly group: string;
	/** How the entry's text begins. */
	readonly begins: string;
	/** What else stands in it; empty: nothing. */
	readonly holds: string;
}

/** The groups of policy rules, by family: one rule's line is the same in both. */
export const RULE_GROUPS: Readonly<Record<Family, string>> = { 4: "ip rule", 6: "ip -6 rule" };

const NOTHING: readonly Citation[] = [];

/** Besides rules, which name themselves. The family is the packet's. */
export function citationsOf({ code, facts }: Because, family: Family): readonly Citation[] {
	switch (code) {
		case "routed":
			return [
				// What `ip route` prints between destination and next hop and behind them is not in the reason.
				cited(`table ${facts.table}`, `${facts.destination} `, String(facts.hop)),
				cited(RULE_GROUPS[family], `${facts.rule}:`),
			];
		case "routed-local":
			return [cited("table local", `local ${facts.to}/`, `dev ${facts.device}`)];
		case "neighbour-static":
			return [cited("ip neigh", `${facts.address} dev ${facts.device} `)];
		case "bridged":
			return [cited("bridge fdb", `${facts.mac} dev ${facts.device} `), ...settingCited(facts.unseen)];
		case "encapsulated":
			return [cited("bridge fdb", "", `dev ${facts.device} dst ${facts.remote}`)];
		case "ipvs-scheduled":
		case "ipvs-no-server":
			return [cited("ipvsadm", "-A ", ` ${String(facts.virtual).replace(/\/\w+$/, "")} `)];
		default:
			return NOTHING;
	}
}

/** The setting that a fact is about. */
function settingCited(fact: Facts[string] | undefined): readonly Citation[] {
	return typeof fact === "object" ? [cited("sysctl", `${fact.facts.key} = `)] : NOTHING;
}

function cited(group: string, begins: string, holds = ""): Citation {
	return { group, begins, holds };
}

/** Rules, and what the hop cites besides. */
export function entriesOf({ rules = [], cites = [] }: Pick<ExplainedHop, "rules" | "cites">): readonly Citation[] {
	const ofRules = rules.map(({ table, chain, text }) => ({ group: `${table} ${chain}`, begins: text, holds: "" }));
	return [...ofRules, ...cites];
}

/** Whether an entry of the state is the one that is cited. */
export function isCited({ group, begins, holds }: Citation, inGroup: string, text: string): boolean {
	return group === inGroup && text.startsWith(begins) && text.includes(holds);
}
