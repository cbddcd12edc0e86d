/** metav1.LabelSelector, as Kubernetes evaluates it (apimachinery LabelSelectorAsSelector, labels.Requirement.Matches). */
import { type Phrase, phrase } from "../wording/phrase.ts";
import type { Field } from "./field.ts";

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

export interface LabelRequirement {
	readonly key: string;
	readonly operator: (typeof OPERATORS)[number];
	/** Empty for Exists and DoesNotExist. */
	readonly values: readonly string[];
}

/** All of them must hold; a selector without any takes everything. */
export interface LabelSelector {
	readonly requirements: readonly LabelRequirement[];
}

/** Null where nothing is there: no selector takes nothing. */
export function readLabelSelector(field: Field): LabelSelector | null {
	if (!field.present) return null;
	const matchLabels = field.at("matchLabels");
	const equal = Object.keys(matchLabels.texts()).map((key): LabelRequirement => {
		const label = matchLabels.at(key);
		if (!isLabelKey(key)) label.failAtKey("bad-value", phrase("no-label-key", { key }), KEY_HINT);
		return { key, operator: "In", values: [labelValue(label)] };
	});
	return { requirements: [...equal, ...field.at("matchExpressions").items().map(readRequirement)] };
}

function readRequirement(field: Field): LabelRequirement {
	const key = field.at("key").text();
	if (key === "") field.at("key").missing();
	if (!isLabelKey(key)) field.at("key").mustBe(phrase("label-key"), KEY_HINT);
	if (!field.at("operator").present) field.at("operator").missing(phrase("one-of-these", { names: OPERATORS }));
	const operator = field.at("operator").oneOf(OPERATORS, "In");
	const values = field.at("values").items().map(labelValue);
	const needsValues = operator === "In" || operator === "NotIn";
	if (needsValues !== values.length > 0) {
		const wanted = needsValues ? phrase("not-empty") : phrase("must-be-empty");
		const at = field.at("values");
		at.fail("bad-value", phrase("wanted-with-operator", { field: at.label, wanted, operator }));
	}
	return { key, operator, values };
}

/** validation.IsValidLabelValue of apimachinery; the name in a key is like it, and not empty. */
const LABEL_TEXT = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const LONGEST_LABEL = 63;
const KEY_HINT: Phrase = phrase("label-key-form", { most: LONGEST_LABEL });

function isLabelKey(key: string): boolean {
	const slash = key.indexOf("/");
	const name = key.slice(slash + 1);
	if (slash >= 0 && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(key.slice(0, slash))) return false;
	return name.length <= LONGEST_LABEL && LABEL_TEXT.test(name);
}

function labelValue(field: Field): string {
	const value = field.text();
	if (value === "" || (value.length <= LONGEST_LABEL && LABEL_TEXT.test(value))) return value;
	return field.mustBe(phrase("label-value"), phrase("label-value-form", { most: LONGEST_LABEL }));
}

/** The first requirement that does not hold; undefined: all of them do. */
export function firstUnmet(
	selector: LabelSelector,
	labels: Readonly<Record<string, string>>,
): LabelRequirement | undefined {
	return selector.requirements.find((each) => !holds(each, labels));
}

function holds({ key, operator, values }: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
	const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
	switch (operator) {
		case "In":
			return value !== undefined && values.includes(value);
		case "NotIn":
			return value === undefined || !values.includes(value);
		case "Exists":
			return value !== undefined;
		case "DoesNotExist":
			return value === undefined;
	}
}

/** As kubectl writes it: `a=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`. */
export function formatRequirement({ key, operator, values }: LabelRequirement): string {
	switch (operator) {
		case "In":
			return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(",")})`;
		case "NotIn":
			return `${key} notin (${values.join(",")})`;
		case "Exists":
			return key;
		case "DoesNotExist":
			return `!${key}`;
	}
}
