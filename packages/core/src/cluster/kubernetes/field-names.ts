/**
 * Names of fields, to notice misspelt ones. Of each object that podpath reads: what it reads there, and the other names that
 * Kubernetes has for it. Any other name is let through, unless it looks like a slip for one that is read.
 */
import { closest } from "../../diagnostic/closest.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import type { Field } from "../field.ts";

export interface FieldNames {
	readonly read: readonly string[];
	/** `read` and what else Kubernetes has. */
	readonly known: ReadonlySet<string>;
}

/** Words separated by spaces. */
export function fieldNames(read: string, other = ""): FieldNames {
	const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");
	return { read: words(read), known: new Set([...words(read), ...words(other)]) };
}

/** Collects warnings, one for each name however many objects have it. */
export class Spelling {
	readonly warnings: Diagnostic[] = [];
	readonly #seen = new Set<string>();

	check(field: Field, names: FieldNames, kind: string): void {
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
			message: `${member.label} of a ${kind} is not known and was passed over`,
			where: member.where("key"),
			hint: `did you mean "${meant}"?`,
		});
	}
}
