/** network.alibabacloud.com/v1beta1 PodNetworking (terway pkg/apis/network.alibabacloud.com/v1beta1/types.go). */
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { readLabelSelector } from "../label-selector.ts";
import { clusterMeta } from "../metadata.ts";
import type { PodNetworking } from "../terway-objects.ts";
import { readAllocationType } from "./allocation-type.ts";
import { type FieldNames, fieldNames, type Spelling } from "./field-names.ts";

const SPEC: FieldNames = fieldNames(
	"eniOptions allocationType selector securityGroupIDs vSwitchOptions vSwitchSelectOptions",
);
const SELECTOR: FieldNames = fieldNames("podSelector namespaceSelector");

/** pkg/controller/webhook refuses more. */
const MOST_SECURITY_GROUPS = 10;

export function readPodNetworking(object: Field, spelling: Spelling): PodNetworking {
	const spec = object.at("spec");
	const status = object.at("status");
	const selector = spec.at("selector");
	spelling.check(spec, SPEC, "PodNetworking");
	spelling.check(selector, SELECTOR, "PodNetworking");
	return {
		...clusterMeta(object),
		kind: "PodNetworking",
		eniType: oneOfOrEmpty(spec.at("eniOptions").at("eniType"), ["Default", "Trunk", "ENI"]) || "Default",
		allocationType: readAllocationType(spec.at("allocationType")),
		podSelector: readLabelSelector(selector.at("podSelector")),
		namespaceSelector: readLabelSelector(selector.at("namespaceSelector")),
		securityGroupIDs: securityGroupsIn(spec.at("securityGroupIDs")),
		vSwitchOptions: textsIn(spec.at("vSwitchOptions")),
		vSwitchSelectionPolicy: spec
			.at("vSwitchSelectOptions")
			.at("vSwitchSelectionPolicy")
			.oneOf(["ordered", "random", "most"], "ordered"),
		status: oneOfOrEmpty(status.at("status"), ["Ready", "Fail"]),
		vSwitches: status
			.at("vSwitches")
			.items()
			.map((each) => ({ id: each.at("id").text(), zone: each.at("zone").text() })),
		message: status.at("message").text(),
	};
}

function securityGroupsIn(field: Field): readonly string[] {
	const groups = textsIn(field);
	if (groups.length > MOST_SECURITY_GROUPS) {
		const facts = { field: field.label, n: groups.length, most: MOST_SECURITY_GROUPS };
		field.fail("bad-value", phrase("too-many-groups", facts));
	}
	return groups;
}

/** Ids: texts that say something, each once. */
export function textsIn(field: Field): readonly string[] {
	const texts = field.items().map((each) => each.text() || each.mustBe(phrase("an-id")));
	const twice = texts.findIndex((text, index) => texts.indexOf(text) < index);
	if (twice >= 0) field.fail("bad-value", phrase("has-twice", { field: field.label, text: texts[twice] ?? "" }));
	return texts;
}

/** Go writes what nobody set as the empty text. */
export function oneOfOrEmpty<const T extends string>(field: Field, allowed: readonly T[]): T | "" {
	return field.present && field.value !== "" ? field.oneOf(allowed, allowed[0] as T) : "";
}
