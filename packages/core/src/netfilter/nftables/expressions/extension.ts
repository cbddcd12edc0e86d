/** What every kind of expression brings: its words, its JSON keys, both ways, and its meaning. */
import type { TypeName } from "../datatype.ts";
import type { Evaluation, Worth } from "../evaluation.ts";
import type { Json } from "../json/json.ts";
import type { JsonReader } from "../json/json-reader.ts";
import type { NftSet } from "../ruleset.ts";
import type { Expression } from "../statement.ts";
import type { RuleReader } from "../text/rule-reader.ts";

/** Prints what an expression holds, each part with the type that it is of. */
export interface Printer {
	expression(of: Expression, types?: readonly TypeName[]): string;
	toJson(of: Expression, types?: readonly TypeName[]): Json;
	types(of: Expression): readonly TypeName[];
	/** The table's sets, for the types of their keys. */
	readonly sets: ReadonlyMap<string, NftSet>;
}

export interface ExpressionExtension<Kind extends Expression> {
	/** The words that its text begins with. */
	readonly words: readonly string[];
	/** Reads it; the first word is read already and given. */
	parse(word: string, reader: RuleReader, types: readonly TypeName[]): Expression;
	/** The keys of its JSON object. */
	readonly keys: readonly string[];
	fromJson(key: string, value: Json, reader: JsonReader, types: readonly TypeName[]): Expression;
	print(of: Kind, printer: Printer, types: readonly TypeName[]): string;
	toJson(of: Kind, printer: Printer, types: readonly TypeName[]): Json;
	/** The datatypes of its parts. */
	types(of: Kind, printer: Pick<Printer, "types" | "sets">): readonly TypeName[];
	evaluate(of: Kind, run: Evaluation): Worth;
}
