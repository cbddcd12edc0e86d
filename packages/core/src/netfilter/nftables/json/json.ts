/** JSON values, read by shape: what is not as libnftables-json(5) has it is a ParseFailure. */
import { phrase, type Said } from "../../../wording/phrase.ts";
import { ParseFailure } from "../parse-failure.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
	readonly [key: string]: Json;
}

export function isObject(json: Json | undefined): json is JsonObject {
	return typeof json === "object" && json !== null && !Array.isArray(json);
}

export function isList(json: Json | undefined): json is readonly Json[] {
	return Array.isArray(json);
}

export function objectOf(json: Json | undefined, what: Said): JsonObject {
	if (!isObject(json)) throw new ParseFailure(phrase("is-no-object", { what }));
	return json;
}

/** A member of an object, if it is the object's own. */
export function member(of: JsonObject, key: string): Json | undefined {
	return Object.hasOwn(of, key) ? of[key] : undefined;
}

export function stringAt(of: JsonObject, key: string): string {
	const value = member(of, key);
	if (typeof value !== "string") throw new ParseFailure(phrase("is-no-text", { text: key }));
	return value;
}

export function numberAt(of: JsonObject, key: string): number {
	const value = member(of, key);
	if (typeof value !== "number") throw new ParseFailure(phrase("is-no-number", { text: key }));
	return value;
}

export function optionalNumber(of: JsonObject, key: string): number | undefined {
	const value = member(of, key);
	return typeof value === "number" ? value : undefined;
}

export function optionalString(of: JsonObject, key: string): string | undefined {
	const value = member(of, key);
	return typeof value === "string" ? value : undefined;
}

/** One text, or a list of them; absent: none. */
export function stringsAt(of: JsonObject, key: string): readonly string[] {
	const value = member(of, key);
	if (value === undefined || value === null) return [];
	const list = isList(value) ? value : [value];
	return list.map((each) => {
		if (typeof each !== "string") throw new ParseFailure(phrase("is-no-texts", { text: key }));
		return each;
	});
}

/** Parts of an object that are there only when they have a value. */
export function present<Value extends Json>(key: string, value: Value | undefined): JsonObject {
	return value === undefined ? {} : { [key]: value };
}

/** One as it is, several as a list: how nft writes flags. */
export function oneOrList(values: readonly string[]): Json {
	return values.length === 1 ? (values[0] as string) : values;
}
