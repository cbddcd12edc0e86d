/** What a table makes the kernel load beside itself. */
import type { XtRule, XtTable } from "./table.ts";

const MATCHES: ReadonlySet<string> = new Set(["conntrack", "state", "connmark"]);
const OTHER_MATCHES: ReadonlySet<string> = new Set(["connlimit", "connbytes", "connlabel", "helper", "cluster"]);
const TARGETS: ReadonlySet<string> = new Set([
	"connmark",
	"ct",
	"notrack",
	"connsecmark",
	"masquerade",
	"snat",
	"dnat",
]);

const known = new WeakMap<XtTable, boolean>();

/**
 * Whether some rule of the table switches on connection tracking for its family (its extension calls nf_ct_netns_get).
 * The nat table does so by itself.
 */
export function usesConntrack(table: XtTable): boolean {
	let uses = known.get(table);
	if (uses === undefined) {
		uses = table.name === "nat" || [...table.chains.values()].some(({ rules }) => rules.some(asksForConnection));
		known.set(table, uses);
	}
	return uses;
}

function asksForConnection({ matches, target }: XtRule): boolean {
	return (
		(target !== null && TARGETS.has(target.kind)) ||
		matches.some((match) => MATCHES.has(match.kind) || (match.kind === "other" && OTHER_MATCHES.has(match.module)))
	);
}
