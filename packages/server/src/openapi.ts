/**
 * The API's description. Its schemas are those of `podpath schema`, word for word: what the generator makes of them by itself
 * requires every field that may be left out, since it takes only what may be undefined for optional.
 */
import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { jsonSchema } from "@podpath/core";

/** By media type. */
type Content = Readonly<Record<string, { readonly schema?: unknown }>>;
type Operations = Readonly<Record<string, Readonly<Record<string, object>>>>;
type Schemas = Map<string, unknown>;

export function describedApi(routed: OpenAPIHono, version: string): object {
	const document = routed.getOpenAPI31Document({
		openapi: "3.1.0",
		info: { title: "podpath", version },
		servers: [{ url: "/api" }],
	});
	const paths: Record<string, object> = {};
	const schemas: Schemas = new Map();
	for (const definition of routed.openAPIRegistry.definitions) {
		if (definition.type !== "route") continue;
		const { path, method, request, responses } = definition.route;
		const operation = (document.paths as Operations)[path]?.[method];
		const body = request?.body;
		const described = {
			...operation,
			...(body !== undefined && { requestBody: withSchemas(body, "input", schemas) }),
			responses: Object.fromEntries(
				Object.entries(responses).map(([status, response]) => [status, withSchemas(response, "output", schemas)]),
			),
		};
		paths[path] = { ...paths[path], [method]: described };
	}
	return { ...document, paths, components: { schemas: Object.fromEntries(schemas) } };
}

/** A body or a response. */
function withSchemas(part: object, io: "input" | "output", schemas: Schemas): object {
	if (!("content" in part)) return part;
	const content = Object.entries(part.content as Content).map(([type, { schema }]) => {
		if (!(schema instanceof z.ZodType)) throw new Error(`a body of ${type} without a schema`);
		return [type, { schema: withNamedParts(jsonSchema(schema, io), schemas) }];
	});
	return { ...part, content: Object.fromEntries(content) };
}

/** Parts that have a name stand once in the document, for all schemas that refer to them. */
function withNamedParts(schema: unknown, schemas: Schemas): object {
	const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
	const { $schema: _, $defs: parts = {}, ...own } = JSON.parse(text) as Readonly<Record<"$schema" | "$defs", object>>;
	for (const [name, part] of Object.entries(parts)) {
		const known = schemas.get(name);
		if (known !== undefined && JSON.stringify(known) !== JSON.stringify(part)) {
			throw new Error(`two parts of the API's schemas are called ${name}`);
		}
		schemas.set(name, part);
	}
	return own;
}
