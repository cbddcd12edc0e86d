/** What a kind of podpath's own is: one zod schema from which come its validation, its type and its published JSON Schema. */
import * as z from "zod";
import { suggest } from "../../diagnostic/closest.ts";
import { InputError } from "../../diagnostic/diagnostic.ts";
import { type Field, show } from "../field.ts";
import { OWN_API_VERSION } from "../settings.ts";

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
		const { code, message, where, hint } = error.diagnostic;
		throw new InputError({
			code,
			message: `${kind} "${name}": ${message}`,
			...(where !== undefined && { where }),
			...(hint !== undefined && { hint }),
		});
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
	if (issue === undefined) return object.fail("bad-value", "does not fit its schema");
	const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
	const field = object.follow(path);
	if (issue.code === "unrecognized_keys") {
		const [key = ""] = issue.keys;
		const unknown = field.follow([key]);
		const known = memberNames(jsonSchema(), path);
		const hint = suggest(key, known) ?? (known.length > 0 ? `known are ${known.join(", ")}` : undefined);
		return unknown.failAtKey("unknown-field", `${unknown.label} is not known`, hint);
	}
	if (!field.present) return field.fail("missing-field", `${field.label} is missing`, wantedBy(issue));
	const shown = issue.code === "too_small" && issue.origin === "array" ? "" : `, not ${show(field.value)}`;
	return field.fail("bad-value", `${field.label} ${wantedBy(issue)}${shown}`);
}

function wantedBy(issue: z.core.$ZodIssue): string {
	switch (issue.code) {
		case "invalid_type":
			return issue.message.startsWith("must")
				? issue.message
				: `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
		case "invalid_value":
			return `must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.join(", ")}`;
		case "too_small":
			return issue.origin === "array" ? "must not be empty" : `must be at least ${issue.minimum}`;
		case "too_big":
			return `must be at most ${issue.maximum}`;
		default:
			return issue.message;
	}
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
	string: "a string",
	number: "a number",
	int: "a whole number",
	boolean: "true or false",
	object: "an object",
	record: "an object",
	array: "a list",
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
