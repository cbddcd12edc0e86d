/** BGPFilter (projectcalico/api pkg/apis/projectcalico/v3/bgpfilter.go; confd/pkg/resource/template/template_funcs.go). */

import { addressBits, type Family } from "../../../address/address.ts";
import type { Prefix } from "../../../address/prefix.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { BgpFilter, BgpFilterRule } from "../../calico-objects.ts";
import type { Field } from "../../field.ts";
import { clusterMeta } from "../../metadata.ts";
import { type FieldNames, fieldNames, type Spelling } from "../field-names.ts";

const SPEC: FieldNames = fieldNames("exportV4 importV4 exportV6 importV6");

/** Conditions of newer versions, and of a route's device, of which podpath's routes know nothing. */
const UNEVALUATED = ["interface", "communities", "asPathPrefix", "priority"] as const;

const OPERATORS = ["Equal", "NotEqual", "In", "NotIn"] as const;

const RULE: FieldNames = fieldNames(
	`action cidr matchOperator prefixLength source peerType ${UNEVALUATED.join(" ")}`,
	"operations",
);

export function readBgpFilter(object: Field, spelling: Spelling): BgpFilter {
	const spec = object.at("spec");
	spelling.check(spec, SPEC, "BGPFilter");
	const rules = (name: string, family: Family): readonly BgpFilterRule[] =>
		spec
			.at(name)
			.items()
			.map((each) => readRule(each, family, spelling));
	return {
		...clusterMeta(object),
		kind: "BGPFilter",
		exports: { 4: rules("exportV4", 4), 6: rules("exportV6", 6) },
		imports: { 4: rules("importV4", 4), 6: rules("importV6", 6) },
	};
}

function readRule(rule: Field, family: Family, spelling: Spelling): BgpFilterRule {
	spelling.check(rule, RULE, phrase("rule-of-filter"));
	const cidr = cidrOf(rule.at("cidr"), family);
	const operator = rule.at("matchOperator");
	if (cidr !== null && !isSaid(operator)) operator.mustBe(phrase("one-of-with-cidr", { names: OPERATORS }));
	return {
		action: actionOf(rule.at("action")),
		cidr,
		matchOperator: isSaid(operator) ? operator.oneOf(OPERATORS, "In") : "In",
		prefixLength: lengthsOf(rule.at("prefixLength"), cidr),
		source: orNull(rule.at("source"), ["RemotePeers"]),
		peerType: orNull(rule.at("peerType"), ["eBGP", "iBGP"]),
		unevaluated: UNEVALUATED.filter((name) => isSaid(rule.at(name))),
	};
}

/** Go writes what nobody set as the empty text. */
function isSaid(field: Field): boolean {
	return field.present && field.value !== "";
}

function orNull<const T extends string>(field: Field, allowed: readonly [T, ...T[]]): T | null {
	return isSaid(field) ? field.oneOf(allowed, allowed[0]) : null;
}

/** The first versions wrote them in small letters. */
function actionOf(field: Field): BgpFilterRule["action"] {
	if (!isSaid(field)) return field.mustBe(phrase("or", { one: "Accept", other: "Reject" }));
	const action = field.oneOf(["Accept", "Reject", "accept", "reject"], "Accept");
	return action === "Accept" || action === "accept" ? "accept" : "reject";
}

function cidrOf(field: Field, family: Family): Prefix | null {
	if (!isSaid(field)) return null;
	const cidr = field.prefix();
	return cidr.family === family ? cidr : field.mustBe(phrase("a-cidr-of", { family }));
}

/** No shorter than the cidr itself (filterMatchPrefixLength). */
function lengthsOf(field: Field, cidr: Prefix | null): BgpFilterRule["prefixLength"] {
	if (!field.present) return null;
	if (cidr === null)
		return field.fail("conflicting-settings", phrase("without-cidr", { field: field.label }), phrase("say-which-cidr"));
	const most = addressBits(cidr.family);
	const min = field.at("min").integer(cidr.length, 0, most);
	return { min: Math.max(min, cidr.length), max: field.at("max").integer(most, 0, most) };
}
