/** How the API's answers are written. */
import type { SourcePosition } from "../../origin/origin.ts";
import type { Field } from "../field.ts";
import type { ObjectMeta } from "../objects.ts";

/** `{"Vpcs":{"Vpc":[…]}}`; some SDKs leave the inner level out. */
export function listIn(field: Field, inner: string): readonly Field[] {
	return Array.isArray(field.value) ? field.items() : field.at(inner).items();
}

export function textsIn(field: Field, inner: string): readonly string[] {
	return listIn(field, inner)
		.map((each) => each.text())
		.filter((text) => text !== "");
}

/** @throws {InputError} Where it is not there. */
export function required(field: Field): string {
	return field.text() || field.missing();
}

/** What every object has, of one that has no metadata of its own. */
export function metaOf(field: Field, name: string): ObjectMeta {
	return { name, namespace: "", labels: {}, annotations: {}, source: positionOf(field) };
}

export function positionOf(field: Field): SourcePosition {
	const { file, line } = field.where();
	return { file, line };
}
