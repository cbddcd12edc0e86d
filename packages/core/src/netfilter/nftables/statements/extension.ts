/** What every kind of statement brings: its words, its JSON keys, both ways, and what it does to a packet. */
import type { Effect } from "../../context.ts";
import type { Evaluation } from "../evaluation.ts";
import type { Printer } from "../expressions/extension.ts";
import type { Json } from "../json/json.ts";
import type { JsonReader } from "../json/json-reader.ts";
import type { Statement } from "../statement.ts";
import type { RuleReader } from "../text/rule-reader.ts";

export interface StatementExtension<Kind extends Statement> {
	/** The words that its text begins with; none where it begins with an expression. */
	readonly words: readonly string[];
	/** Reads it; the first word is read already and given. */
	parse(word: string, reader: RuleReader): Statement;
	/** The keys of its JSON object. */
	readonly keys: readonly string[];
	fromJson(key: string, value: Json, reader: JsonReader): Statement;
	print(of: Kind, printer: Printer): string;
	toJson(of: Kind, printer: Printer): Json;
	/** What it does; null: it does not hold, and the rule ends there (NFT_BREAK). */
	run(of: Kind, run: Evaluation): Effect | null;
}
