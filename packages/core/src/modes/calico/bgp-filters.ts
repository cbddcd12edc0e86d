/**
 * BGPFilters as rules of BGP neighbours: functions that BIRD asks before `calico_export_to_bgp_peers`, and before what it
 * hears is accepted. There accept and reject end the whole filter (confd bgp_processor.go, buildImportFilter and
 * buildExportFilter; template_funcs.go, BGPFilterBIRDFuncs).
 */
import type { Family } from "../../address/address.ts";
import type { BgpFilter, BgpFilterRule } from "../../cluster/calico-objects.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { FilterRule, Neighbour } from "../../state/speaker.ts";
import { phrase } from "../../wording/phrase.ts";

export type NeighbourRules = Pick<Neighbour, "imports" | "exports">;

/** Those of one family, by the names that BGPPeers give. Peers with the same names share their lists. */
export class BgpFilters {
	readonly #byName: ReadonlyMap<string, BgpFilter>;
	readonly #family: Family;
	readonly #known = new Map<string, NeighbourRules>();

	constructor({ calico }: Cluster, family: Family) {
		this.#byName = new Map(calico.bgpFilters.map((each) => [each.name, each]));
		this.#family = family;
	}

	/** A name that no BGPFilter has stands for nothing. */
	of(names: readonly string[], peerType: "eBGP" | "iBGP"): NeighbourRules {
		if (names.length === 0) return NO_RULES;
		const key = [peerType, ...names].join(" ");
		let rules = this.#known.get(key);
		if (rules === undefined) {
			rules = { imports: this.#rules("imports", names, peerType), exports: this.#rules("exports", names, peerType) };
			this.#known.set(key, rules);
		}
		return rules;
	}

	#rules(direction: "imports" | "exports", names: readonly string[], peerType: string): readonly FilterRule[] {
		return names.flatMap((name) => {
			const rules = this.#byName.get(name)?.[direction][this.#family] ?? [];
			return rules
				.filter((rule) => rule.unevaluated.length === 0 && (rule.peerType ?? peerType) === peerType)
				.map((rule) => filterRule(rule, `bgpfilter/${name}`));
		});
	}
}

const NO_RULES: NeighbourRules = {};

function filterRule(rule: BgpFilterRule, object: string): FilterRule {
	const isEqual = rule.matchOperator === "Equal" || rule.matchOperator === "NotEqual";
	return {
		prefix: rule.cidr,
		match: rule.prefixLength ?? (isEqual ? "exact" : "within"),
		negated: rule.matchOperator === "NotEqual" || rule.matchOperator === "NotIn",
		learnedOnly: rule.source === "RemotePeers",
		action: rule.action,
		object,
	};
}

/** What of the BGPFilters that BGPPeers name is not as BIRD has it. */
export function filterRemarks({ calico }: Cluster): readonly Assumption[] {
	const named = new Set(calico.bgpPeers.flatMap(({ filters }) => filters));
	const used = calico.bgpFilters.filter(({ name }) => named.has(name));
	return [
		...missingFilters(calico.bgpPeers, calico.bgpFilters),
		...used.flatMap(unevaluated),
		...used.flatMap(widening),
	];
}

function missingFilters(peers: Cluster["calico"]["bgpPeers"], filters: readonly BgpFilter[]): readonly Assumption[] {
	return peers.flatMap(({ name, filters: names }) =>
		names
			.filter((each) => filters.every((filter) => filter.name !== each))
			.map((each) => ({
				code: "bgp-filter-missing",
				severity: "warning" as const,
				message: phrase("bgp-filter-missing", { peer: `bgppeer/${name}`, filter: each }),
			})),
	);
}

function rulesOf({ exports, imports }: BgpFilter): readonly BgpFilterRule[] {
	return [exports, imports].flatMap((rules) => [...rules[4], ...rules[6]]);
}

function unevaluated(filter: BgpFilter): readonly Assumption[] {
	const fields = new Set(rulesOf(filter).flatMap((rule) => rule.unevaluated));
	if (fields.size === 0) return [];
	const message = phrase("bgp-filter-not-evaluated", { filter: `bgpfilter/${filter.name}`, fields: [...fields] });
	return [{ code: "bgp-filter-not-evaluated", severity: "warning", message }];
}

/** An accept for any source passes Calico's own filter by, which keeps a node's other routes to itself. */
function widening(filter: BgpFilter): readonly Assumption[] {
	const accepts = [...filter.exports[4], ...filter.exports[6]].some(
		({ action, source, matchOperator }) => action === "accept" && source === null && matchOperator !== "Equal",
	);
	if (!accepts) return [];
	const message = phrase("bgp-filter-exports-more", { filter: `bgpfilter/${filter.name}` });
	return [{ code: "bgp-filter-exports-more", message }];
}
