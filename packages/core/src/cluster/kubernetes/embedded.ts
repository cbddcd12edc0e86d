/** Documents in the data of ConfigMaps. */
import { InputError } from "../../diagnostic/diagnostic.ts";
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
		const { message, where } = error.diagnostic;
		return field.fail(
			"bad-value",
			`${field.label}: ${message}${where === undefined ? "" : ` in its line ${where.line}`}`,
		);
	}
	return undefined;
}
