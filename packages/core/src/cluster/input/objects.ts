/** The objects of a file: its documents with Lists taken apart. */
import { InputError } from "../../diagnostic/diagnostic.ts";
import { Field, type FieldPath } from "../field.ts";
import type { InputDocument, ManifestFile } from "./document.ts";
import { isJson, jsonDocuments } from "./json.ts";
import { yamlDocuments } from "./yaml.ts";

export interface InputObject {
	/** Of the object itself, or of the List that it is in. */
	readonly apiVersion: string;
	readonly kind: string;
	readonly root: Field;
}

/** @throws {InputError} For text that is neither YAML nor JSON, and what is no object. */
export function* objectsIn(file: ManifestFile): Generator<InputObject> {
	const text = file.text.replace(/^\ufeff/, "");
	const binary = text.indexOf("\0");
	if (binary >= 0) {
		throw new InputError({
			code: "not-text",
			message: `"${file.name}" is not text`,
			hint: "podpath reads YAML and JSON in UTF-8",
		});
	}
	const read = { name: file.name, text };
	for (const document of isJson(read) ? jsonDocuments(read) : yamlDocuments(read)) {
		yield* expand(document, document.value, [], {}, document.locate([], "value").line, file.name);
	}
}

interface Types {
	readonly apiVersion?: string;
	readonly kind?: string;
}

function* expand(
	document: InputDocument,
	value: unknown,
	path: FieldPath,
	inherited: Types,
	line: number,
	file: string,
): Generator<InputObject> {
	const root = new Field(value, {
		position: { file, line },
		locate: (below, part) => document.locate([...path, ...below], part),
	});
	if (Array.isArray(value)) {
		yield* expandItems(document, value, path, inherited, file);
		return;
	}
	if (typeof value !== "object" || value === null) {
		root.fail("not-an-object", "not a Kubernetes object", "an object has apiVersion, kind and metadata");
	}
	const apiVersion = root.at("apiVersion").text(inherited.apiVersion);
	const kind = root.at("kind").text(inherited.kind);
	const items: unknown = root.at("items").value;
	if (kind.endsWith("List") && (Array.isArray(items) || items === null)) {
		// Items of a typed list, as the API server sends it, do not say what they are.
		const types = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -"List".length) };
		yield* expandItems(document, items ?? [], [...path, "items"], types, file);
		return;
	}
	yield { apiVersion, kind, root };
}

function* expandItems(
	document: InputDocument,
	items: readonly unknown[],
	path: FieldPath,
	inherited: Types,
	file: string,
): Generator<InputObject> {
	const lines = document.itemLines(path, items.length);
	for (const [index, item] of items.entries()) {
		yield* expand(document, item, [...path, index], inherited, lines[index] ?? 1, file);
	}
}
