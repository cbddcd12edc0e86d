/** Documents in the data of ConfigMaps. */

import { InputError } from "../../diagnostic/diagnostic.ts";
import { phrase } from "../../wording/phrase.ts";
import { Field } from "../field.ts";
import { yamlDocuments } from "../input/yaml.ts";

/** The YAML or JSON object in a text field, whose errors are placed at that field; nothing where the text is empty. */
export function embedded(field: Field): Field | undefined {
	const text = field.text();
	try {
		// JSON is YAML.
		for (const { value } of yamlDocuments({ name: "", text })) {
			return new Field(value, { position: field.objectPosition, locate: () => field.where() });
		}
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const { message: what, where: inside } = error.diagnostic;
		const where = inside === undefined ? "" : phrase("in-its-line", { line: inside.line });
		return field.fail("bad-value", phrase("in-field", { field: field.label, what, where }));
	}
	return undefined;
}
