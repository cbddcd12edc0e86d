/**
 * Names of fields, to notice misspelt ones (docs/decisions/0009). What Kubernetes knows and podpath has no use for is passed
 * over without a word.
 */

import { closest } from "../../diagnostic/closest.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { type Phrase, phrase, type Said } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";

export interface FieldNames {
	/** What podpath reads. */
	readonly read: readonly string[];
	/** `read` and what else there is. */
	readonly known: ReadonlySet<string>;
	/** `known` is all that there is. Otherwise only a name that looks like a slip for one that is read is wrong. */
	readonly whole: boolean;
}

/** Words separated by spaces: what podpath reads, and other names that look like those. */
export function fieldNames(read: string, other = ""): FieldNames {
	const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");
	return { read: words(read), known: new Set([...words(read), ...words(other)]), whole: false };
}

/** As `fieldNames`, of all names that Kubernetes publishes for the object, in any version of its API. */
export function publishedFields(read: string, other = ""): FieldNames {
	return { ...fieldNames(read, other), whole: true };
}

const MOST_TOLD = 8;

function hintFor(meant: string | undefined, { known }: FieldNames): Phrase | undefined {
	if (meant !== undefined) return phrase("did-you-mean", { name: meant });
	return known.size <= MOST_TOLD ? phrase("it-has", { what: [...known] }) : undefined;
}

/** Looks at the names of fields, one object after the other. */
export class Spelling {
	/** One for each name, however many objects have it. */
	readonly warnings: Diagnostic[] = [];
	readonly #seen = new Set<string>();
	#fromServer = false;

	/**
	 * Another object begins. One that an API server gave out has a uid, and no field that this server does not know: a name
	 * that is not known here is of a newer version.
	 */
	begin(object: Field): void {
		this.#fromServer = object.at("metadata").at("uid").present;
	}

	/** `kind`: its name, or what else has these fields. Throws an InputError for a field that is none of them. */
	check(field: Field, names: FieldNames, kind: Said): void {
		if (this.#fromServer || !field.present) return;
		for (const name in field.members()) {
			if (names.known.has(name)) continue;
			const meant = closest(name, names.whole ? names.known : names.read);
			if (meant === undefined && !names.whole) continue;
			const member = field.at(name);
			const what = typeof kind === "string" ? phrase("a-kind", { kind }) : kind;
			member.failAtKey("unknown-field", phrase("no-field-of", { field: member.label, what }), hintFor(meant, names));
		}
	}

	/** Of a configuration whose program takes no notice of such fields either: a warning. */
	remark(field: Field, names: FieldNames, kind: string): void {
		if (!field.present) return;
		for (const name in field.members()) if (!names.known.has(name)) this.#consider(field, name, names, kind);
	}

	#consider(field: Field, name: string, names: FieldNames, kind: string): void {
		const key = `${kind} ${name}`;
		if (this.#seen.has(key)) return;
		this.#seen.add(key);
		const meant = closest(name, names.read);
		if (meant === undefined) return;
		const member = field.at(name);
		this.warnings.push({
			code: "unknown-field",
			severity: "warning",
			message: phrase("field-passed-over", { field: member.label, what: phrase("a-kind", { kind }) }),
			where: member.where("key"),
			hint: phrase("did-you-mean", { name: meant }),
		});
	}
}
