/** The objects of a file: its documents with Lists taken apart. */

import { refuse } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import { phrase } from "../../wording/phrase.ts";
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

/** @throws {InputError} For text that is neither YAML nor JSON. */
export function* documentsIn(file: ManifestFile): Generator<InputDocument> {
	const text = file.text.replace(/^\ufeff/, "");
	if (text.includes("\0")) {
		refuse("not-text", phrase("not-text", { file: file.name }), undefined, phrase("reads-utf-8"));
	}
	const read = { name: file.name, text };
	yield* isJson(read) ? jsonDocuments(read) : yamlDocuments(read);
}

/** @throws {InputError} For what is no object. */
export function objectsIn(document: InputDocument): Generator<InputObject> {
	const { file, line } = document.locate([], "value");
	return expand(document, document.value, [], {}, { file, line });
}

/** Lists may be in Lists, but there is no reason to be far down. Counted in steps of the path, two a List. */
const DEEPEST_LIST = 8;

interface Types {
	readonly apiVersion?: string;
	readonly kind?: string;
}

function* expand(
	document: InputDocument,
	value: unknown,
	path: FieldPath,
	inherited: Types,
	position: SourcePosition,
): Generator<InputObject> {
	const root = new Field(value, {
		position,
		locate: (below, part) => document.locate([...path, ...below], part),
	});
	if (path.length > DEEPEST_LIST) root.fail("nested-too-deeply", phrase("lists-too-deep"));
	if (Array.isArray(value)) {
		yield* expandItems(document, value, path, inherited, position.file);
		return;
	}
	if (typeof value !== "object" || value === null) {
		const has = phrase("object-has", { fields: ["apiVersion", "kind"], last: "metadata" });
		root.fail("not-an-object", phrase("not-an-object"), has);
	}
	const apiVersion = root.at("apiVersion").text(inherited.apiVersion);
	const kind = root.at("kind").text(inherited.kind);
	const items: unknown = root.at("items").value;
	if (kind.endsWith("List") && (Array.isArray(items) || items === null)) {
		// Items of a typed list, as the API server sends it, do not say what they are.
		const types = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -"List".length) };
		yield* expandItems(document, items ?? [], [...path, "items"], types, position.file);
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
		yield* expand(document, item, [...path, index], inherited, { file, line: lines[index] ?? 1 });
	}
}
