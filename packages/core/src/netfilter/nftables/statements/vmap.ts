/** The verdict that a map has for a key (net/netfilter/nft_lookup.c). */
import { phrase } from "../../../wording/phrase.ts";
import { isVerdict } from "../element.ts";
import { isUnknown } from "../evaluation.ts";
import { objectOf } from "../json/json.ts";
import { lookUp } from "../look-up.ts";
import { ParseFailure } from "../parse-failure.ts";
import { printReference, referenceToJson } from "../reference.ts";
import type { Expression, SetReference } from "../statement.ts";
import type { StatementExtension } from "./extension.ts";
import { effectOf } from "./verdict.ts";

export interface VmapStatement {
	readonly kind: "vmap";
	readonly key: Expression;
	readonly map: SetReference;
}

export const vmapExtension: StatementExtension<VmapStatement> = {
	words: [],
	parse: () => {
		throw new ParseFailure(phrase("vmap-without-key"));
	},
	keys: ["vmap"],
	fromJson: (_, value, reader) => {
		const of = objectOf(value, "vmap");
		const key = reader.expression(of.key);
		return { kind: "vmap", key, map: reader.reference(of.data, reader.types(key), ["verdict"]) };
	},
	print: ({ key, map }, printer) =>
		`${printer.expression(key)} vmap ${printReference(map, printer.types(key), ["verdict"])}`,
	toJson: ({ key, map }, printer) => ({
		vmap: { key: printer.toJson(key), data: referenceToJson(map, printer.types(key), ["verdict"]) },
	}),
	run: ({ key, map }, run) => {
		const value = run.evaluate(key);
		if (isUnknown(value)) return { kind: "unknown", unknown: value.unknown };
		if (value.kind === "absent") return null;
		const found = lookUp(map, value, run.table);
		if (found === undefined) return null;
		if ("unknown" in found) return { kind: "unknown", unknown: found.unknown };
		if (found.value === undefined || !isVerdict(found.value)) {
			return { kind: "unknown", unknown: phrase("vmap-without-verdicts") };
		}
		run.decidedBy(found);
		return effectOf(found.value);
	},
};
