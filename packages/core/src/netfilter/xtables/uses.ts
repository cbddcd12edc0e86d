/** What a table makes the kernel load beside itself. */
import type { XtChain, XtRule, XtTable } from "./table.ts";
import type { Target } from "./targets/index.ts";

const MATCHES: ReadonlySet<string> = new Set(["conntrack", "state", "connmark"]);
const OTHER_MATCHES: ReadonlySet<string> = new Set(["connlimit", "connbytes", "connlabel", "helper", "cluster"]);
const TARGETS: ReadonlySet<string> = new Set([
	"connmark",
	"connsecmark",
	"masquerade",
	"snat",
	"dnat",
	"redirect",
	"netmap",
]);

const known = new WeakMap<XtChain, boolean>();

/**
 * Whether some rule of the table switches on connection tracking for its family (its extension calls nf_ct_netns_get). The
 * nat table's chains by themselves do not (nf_nat_register_fn).
 */
export function usesConntrack(table: XtTable): boolean {
	// One by one: chains are made when asked for, and one of the first mostly asks already.
	for (const chain of table.chains.values()) if (asksInChain(chain)) return true;
	return false;
}

/** Many nodes share a chain. */
function asksInChain(chain: XtChain): boolean {
	let asks = known.get(chain);
	if (asks === undefined) {
		asks = chain.rules.some(asksForConnection);
		known.set(chain, asks);
	}
	return asks;
}

/** xt_ct_tg_check: a rule that only exempts packets asks for nothing. */
function asksByTarget(target: Target): boolean {
	return target.kind === "ct" ? !target.notrack : TARGETS.has(target.kind);
}

function asksForConnection({ matches, target }: XtRule): boolean {
	return (
		(target !== null && asksByTarget(target)) ||
		matches.some((match) => MATCHES.has(match.kind) || (match.kind === "other" && OTHER_MATCHES.has(match.module)))
	);
}
