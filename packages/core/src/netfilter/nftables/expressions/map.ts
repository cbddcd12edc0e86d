/** The value that a map gives for a key: `ip saddr map @m`, `numgen random mod 2 map { 0 : 10.0.0.1, … }`. */
import { phrase } from "../../../wording/phrase.ts";
import type { TypeName } from "../datatype.ts";
import { isVerdict } from "../element.ts";
import { ABSENT, isUnknown } from "../evaluation.ts";
import { objectOf } from "../json/json.ts";
import { lookUp } from "../look-up.ts";
import { ParseFailure } from "../parse-failure.ts";
import { printReference, referenceToJson } from "../reference.ts";
import type { Expression, SetReference } from "../statement.ts";
import type { ExpressionExtension } from "./extension.ts";

export interface MapExpression {
	readonly kind: "map";
	readonly key: Expression;
	readonly map: SetReference;
}

export const mapExtension: ExpressionExtension<MapExpression> = {
	// The word stands after the key: the reader puts them together.
	words: [],
	parse: () => {
		throw new ParseFailure(phrase("map-without-key"));
	},
	keys: ["map"],
	fromJson: (_, value, reader, types) => {
		const of = objectOf(value, "map");
		const key = reader.expression(of.key);
		return { kind: "map", key, map: reader.reference(of.data, reader.types(key), types) };
	},
	print: ({ key, map }, printer, types) =>
		`${printer.expression(key)} map ${printReference(map, printer.types(key), types)}`,
	toJson: ({ key, map }, printer, types) => ({
		map: { key: printer.toJson(key), data: referenceToJson(map, printer.types(key), types) },
	}),
	types: ({ map }, { sets }) => {
		const type = map.kind === "named" ? sets.get(map.name)?.valueType : undefined;
		return type === undefined ? [undefined] : (type.split(" . ") as TypeName[]);
	},
	evaluate: ({ key, map }, run) => {
		const value = run.evaluate(key);
		if (isUnknown(value) || value.kind === "absent") return value;
		const found = lookUp(map, value, run.table);
		if (found === undefined) return ABSENT;
		if ("unknown" in found) return found;
		if (found.value === undefined || isVerdict(found.value)) return { unknown: phrase("map-without-values") };
		return { kind: "parts", parts: found.value };
	},
};
