/** Which entries of a stack's state decided a hop, by the groups and the lines that the state is told in (api/state-report.ts). */
import type { Because } from "../kernel/because.ts";
import type { ExplainedHop } from "./explanation.ts";

export interface Citation {
	/** `table main`, `iptables nat KUBE-SERVICES`. */
	readonly group: string;
	/** How the entry's text begins. */
	readonly begins: string;
	/** What else stands in it; empty: nothing. */
	readonly holds: string;
}

/** Besides rules, which name themselves. */
export function citationsOf({ code, facts }: Because): readonly Citation[] {
	const { route, table, rule, to, device, address, mac, remote, virtual } = facts;
	const cited = (group: string, begins: string, holds = ""): Citation => ({ group, begins, holds });
	switch (code) {
		case "routed": {
			const [destination = "", ...hop] = String(route)
				.replace(/ onlink$/, "")
				.split(" ");
			return [cited(`table ${table}`, `${destination} `, hop.join(" ")), cited("ip rule", `${rule}:`)];
		}
		case "routed-local":
			return [cited("table local", `local ${to}/`, `dev ${device}`)];
		case "neighbour-static":
			return [cited("ip neigh", `${address} dev ${device} `)];
		case "bridged":
			return [cited("bridge fdb", `${mac} dev ${device} `)];
		case "encapsulated":
			return [cited("bridge fdb", "", `dev ${device} dst ${remote}`)];
		case "ipvs-scheduled":
			return [cited("ipvsadm", "-A ", ` ${String(virtual).replace(/\/\w+$/, "")} `)];
		default:
			return [];
	}
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
