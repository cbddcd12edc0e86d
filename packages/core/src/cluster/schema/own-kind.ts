/** What a kind of podpath's own is: one zod schema from which come its validation, its type and its published JSON Schema. */

import * as z from "zod";
import { suggest } from "../../diagnostic/closest.ts";
import { InputError } from "../../diagnostic/diagnostic.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { OWN_API_VERSION } from "../settings.ts";
import { mustBeOneOf, wantedIn } from "./wanted.ts";

export interface OwnKind<T> {
	readonly kind: string;
	/** Reads an object of this kind. Throws an InputError that says what is wrong and where. */
	read(object: Field): T;
	/** JSON Schema (draft 2020-12) of what people write. */
	jsonSchema(): JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Makes a kind of the schema of its `spec`; `build` gets the checked spec. */
export function ownKind<Spec extends z.ZodType, T>(
	kind: string,
	description: string,
	spec: Spec,
	build: (spec: z.output<Spec>, object: Field) => T,
): OwnKind<T> {
	const schema = z
		.strictObject({
			apiVersion: z.literal(OWN_API_VERSION),
			kind: z.literal(kind),
			metadata: z.looseObject({
				name: z.string(),
				labels: z.record(z.string(), z.string()).nullish(),
				annotations: z.record(z.string(), z.string()).nullish(),
			}),
			spec,
		})
		.meta({ title: kind, description });
	const jsonSchema = once(() => z.toJSONSchema(schema, { io: "input" }) as JsonSchema);
	return {
		kind,
		jsonSchema,
		read: (object) => {
			const result = schema.safeParse(object.value);
			return naming(kind, object, () => {
				if (!result.success) failWith(result.error, object, jsonSchema);
				return build((result.data as { spec: z.output<Spec> }).spec, object);
			});
		},
	};
}

/** Whatever is wrong is said with the object's name: a file may hold many of one kind. */
function naming<T>(kind: string, object: Field, read: () => T): T {
	try {
		return read();
	} catch (error) {
		const name: unknown = object.at("metadata").members().name;
		if (!(error instanceof InputError) || typeof name !== "string" || name === "") throw error;
		const { message: what, ...rest } = error.diagnostic;
		throw new InputError({ ...rest, message: phrase("of-object", { kind, name, what }) });
	}
}

function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}

/** The first name that is not known, which often is why another is missing; else the first thing that is wrong. */
function failWith(error: z.ZodError, object: Field, jsonSchema: () => JsonSchema): never {
	const issue = error.issues.find(({ code }) => code === "unrecognized_keys") ?? error.issues[0];
	if (issue === undefined) return object.fail("bad-value", phrase("schema-not-fit"));
	const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
	const field = object.follow(path);
	if (issue.code === "unrecognized_keys") {
		const [key = ""] = issue.keys;
		const unknown = field.follow([key]);
		const known = memberNames(jsonSchema(), path);
		const hint = suggest(key, known) ?? (known.length > 0 ? phrase("known-are", { names: known }) : undefined);
		return unknown.failAtKey("unknown-field", phrase("is-not-known", { field: unknown.label }), hint);
	}
	const wanted = wantedBy(issue);
	if (!field.present) return field.missing(wanted);
	if (issue.code !== "too_small" || issue.origin !== "array") return field.must(wanted);
	return field.fail("bad-value", phrase("field-wanted", { field: field.label, wanted, shown: "" }));
}

function wantedBy(issue: z.core.$ZodIssue): Phrase {
	switch (issue.code) {
		case "invalid_type":
			return wantedIn(issue.message) ?? phrase("must-be", { what: TYPE_NAMES[issue.expected] ?? issue.expected });
		case "invalid_value":
			return mustBeOneOf(issue.values.map(String));
		case "too_small":
			return issue.origin === "array" ? phrase("not-empty") : phrase("no-less", { n: Number(issue.minimum) });
		case "too_big":
			return phrase("no-more", { n: Number(issue.maximum) });
		default:
			return wantedIn(issue.message) ?? phrase("schema-not-fit");
	}
}

const TYPE_NAMES: Readonly<Record<string, Phrase>> = {
	string: phrase("a-string"),
	number: phrase("a-number"),
	int: phrase("whole-number"),
	boolean: phrase("true-or-false"),
	object: phrase("an-object"),
	record: phrase("an-object"),
	array: phrase("a-list"),
};

/** The members that the schema knows of the object at this path. */
function memberNames(schema: JsonSchema, path: readonly (string | number)[]): readonly string[] {
	let at: JsonSchema | undefined = schema;
	for (const key of path) {
		const properties = at?.properties as Readonly<Record<string, JsonSchema>> | undefined;
		const next: unknown = typeof key === "number" ? at?.items : (properties?.[key] ?? at?.additionalProperties);
		at = typeof next === "object" && next !== null ? (next as JsonSchema) : undefined;
	}
	return Object.keys((at?.properties as object | undefined) ?? {});
}
