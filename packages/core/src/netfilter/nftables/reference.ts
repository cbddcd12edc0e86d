/** What a lookup goes to, as nft writes it: `@name`, or the elements in braces. */
import type { TypeName } from "./datatype.ts";
import type { Json } from "./json/json.ts";
import type { SetReference } from "./statement.ts";
import { elementToJson, showElement } from "./value-text.ts";

export function printReference(
	reference: SetReference,
	types: readonly TypeName[],
	valueTypes: readonly TypeName[],
): string {
	if (reference.kind === "named") return `@${reference.name}`;
	return `{ ${reference.elements.map((each) => showElement(each, types, valueTypes)).join(", ")} }`;
}

export function referenceToJson(
	reference: SetReference,
	types: readonly TypeName[],
	valueTypes: readonly TypeName[],
): Json {
	if (reference.kind === "named") return `@${reference.name}`;
	return { set: reference.elements.map((each) => elementToJson(each, types, valueTypes)) };
}
