/** JSON inside a text field: annotations, and the configurations of CNI plug-ins. */

import { InputError, refuse } from "../../diagnostic/diagnostic.ts";
import { phrase } from "../../wording/phrase.ts";
import { Field } from "../field.ts";
import { firstJsonError } from "../input/json-error.ts";
import { placeOf, positionAt } from "../input/json-text.ts";

/**
 * What `read` makes of the value in the text.
 * @throws {InputError} Placed at the field, with line and column inside the text: those of the file cannot be known where
 * YAML has folded it.
 */
export function readEmbeddedJson<T>(field: Field, read: (value: Field) => T): T {
	const text = field.text();
	try {
		const locate: ConstructorParameters<typeof Field>[1]["locate"] = (path, part) => {
			return { file: "", ...positionAt(text, placeOf(text, 0, path, part)) };
		};
		return read(new Field(parsed(text), { position: { file: "", line: 1 }, locate }));
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const { message: what, where: inside, ...rest } = error.diagnostic;
		const where = inside && phrase("inside-text", { line: inside.line, column: inside.column ?? 1 });
		const message = phrase("in-field", { field: field.label, what, where: where ?? "" });
		throw new InputError({ ...rest, message, where: field.where() });
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		const error = firstJsonError(text, 0);
		const { at, message } = "end" in error ? { at: error.end, message: phrase("json-end-expected") } : error;
		const where = { file: "", ...positionAt(text, at) };
		refuse("json-syntax", phrase("not-json", { what: message }), where);
	}
}
