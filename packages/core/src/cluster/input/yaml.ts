/** YAML, a document after another, with the places of everything in it. */

import {
	Composer,
	type Document,
	isAlias,
	isMap,
	isNode,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	Parser,
	visit,
} from "yaml";
import { refuse } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import type { FieldPath } from "../field.ts";
import type { InputDocument, ManifestFile } from "./document.ts";
import { yamlError } from "./yaml-error.ts";

/** Documents that hold nothing but comments are left out. Throws an InputError with line and column. */
export function* yamlDocuments(file: ManifestFile): Generator<InputDocument> {
	const lines = new LineCounter();
	const parser = new Parser(lines.addNewLine);
	// Merge keys (`<<`) are YAML 1.1's, but kubectl reads them. Warnings would go to the console. The composer compares each
	// key with each, which a large map makes slow: `repeatedKey` finds them in one pass.
	const composer = new Composer({ prettyErrors: false, merge: true, uniqueKeys: false, logLevel: "error" });
	for (const document of composer.compose(parser.parse(file.text))) {
		const [error] = document.errors;
		if (error !== undefined) {
			const hint = error.code === "TAB_AS_INDENT" ? phrase("indent-with-spaces") : undefined;
			fail(file, lines, error.pos[0], yamlError(error.code, error.message), hint);
		}
		const unusable = unusableKey(document);
		if (unusable !== undefined) {
			fail(file, lines, startOf(unusable.key) ?? 0, unusable.why);
		}
		const value: unknown = toValue(document, file, lines);
		if (value !== null) yield new YamlDocument(value, document, file.name, lines);
	}
}

/** The value with aliases followed: a document that would grow beyond measure by them is refused. */
function toValue(document: Document.Parsed, file: ManifestFile, lines: LineCounter): unknown {
	try {
		return document.toJS({ maxAliasCount: MOST_ALIASES });
	} catch (error) {
		// A ReferenceError for aliases; a plain Error for a merge key of what is no map (yaml's schema/yaml-1.1/merge.js).
		const isOfInput =
			error instanceof ReferenceError || (error instanceof Error && error.message.startsWith("Merge sources"));
		if (!isOfInput) throw error;
		return fail(file, lines, document.range[0], yamlError("BAD_ALIAS", error.message));
	}
}

/** What the `yaml` package takes too; said here because it keeps "billion laughs" out. */
const MOST_ALIASES = 100;

interface UnusableKey {
	readonly key: Node;
	readonly why: Phrase;
}

/**
 * A key that its map has had before, or one that JSON has not: a list, a map, a date. kubectl refuses both (sigs.k8s.io/yaml
 * in strict mode, and its convertToJSONableObject).
 */
function unusableKey(document: Document.Parsed): UnusableKey | undefined {
	let unusable: UnusableKey | undefined;
	visit(document, {
		Map(_, map) {
			const seen = new Set<unknown>();
			for (const { key } of map.items) {
				if (!isScalar(key) || key.value === "<<") continue;
				if (seen.has(key.value)) {
					unusable = { key, why: phrase("key-twice", { key: String(key.value) }) };
					return visit.BREAK;
				}
				seen.add(key.value);
			}
			return undefined;
		},
		Pair(_, { key }) {
			const meant = isAlias(key) ? key.resolve(document) : key;
			if (!isNode(key) || (isScalar(meant) && !(meant.value instanceof Object))) return undefined;
			unusable = { key, why: phrase("key-not-scalar") };
			return visit.BREAK;
		},
	});
	return unusable;
}

function fail(file: ManifestFile, lines: LineCounter, offset: number, what: Phrase, hint?: Phrase): never {
	const { line, col } = lines.linePos(offset);
	const where = { file: file.name, line, column: col };
	refuse("yaml-syntax", phrase("not-yaml", { what }), where, hint);
}

class YamlDocument implements InputDocument {
	readonly value: unknown;
	readonly #document: Document.Parsed;
	readonly #file: string;
	readonly #lines: LineCounter;

	constructor(value: unknown, document: Document.Parsed, file: string, lines: LineCounter) {
		this.value = value;
		this.#document = document;
		this.#file = file;
		this.#lines = lines;
	}

	locate(path: FieldPath, part: "key" | "value"): SourcePosition {
		const { line, col } = this.#lines.linePos(this.#find(path, part).offset);
		return { file: this.#file, line, column: col };
	}

	itemLines(path: FieldPath): readonly number[] {
		const { node } = this.#find(path, "value");
		if (!isSeq(node)) return [];
		return node.items.map((item) => this.#lines.linePos((isNode(item) ? item.range?.[0] : undefined) ?? 0).line);
	}

	#find(path: FieldPath, part: "key" | "value"): { readonly node: unknown; readonly offset: number } {
		let node: unknown = this.#document.contents;
		let offset = startOf(node) ?? this.#document.range[0];
		for (const step of path) {
			const { key, value } = this.#member(node, step);
			if (key === undefined && value === undefined) break;
			node = value;
			offset = (part === "key" ? startOf(key) : startOf(value)) ?? startOf(key) ?? offset;
		}
		return { node, offset };
	}

	#member(parent: unknown, step: string | number): { readonly key?: unknown; readonly value?: unknown } {
		const node = isAlias(parent) ? parent.resolve(this.#document) : parent;
		if (isSeq(node)) return typeof step === "number" ? { key: node.items[step], value: node.items[step] } : {};
		if (!isMap(node)) return {};
		return node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step)) ?? {};
	}
}

function startOf(node: unknown): number | undefined {
	return isNode(node) ? node.range?.[0] : undefined;
}
