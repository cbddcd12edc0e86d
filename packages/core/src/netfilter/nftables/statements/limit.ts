/** What holds up to some amount (net/netfilter/nft_limit.c, nft_quota.c, nft_connlimit.c): it is taken not to be reached. */

import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE } from "../../context.ts";
import { type Json, member, numberAt, objectOf, optionalNumber, optionalString, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { RuleReader } from "../text/rule-reader.ts";
import { quoted } from "../value-text.ts";
import type { StatementExtension } from "./extension.ts";

export interface LimitStatement {
	readonly kind: "limit";
	readonly of: "limit" | "quota" | "ct count";
	/** It holds for what is over the amount. */
	readonly inverted: boolean;
	/** Rate or amount; 0 where `name` says which of the table's objects has it. */
	readonly amount: number;
	/** `packets`, `mbytes` … */
	readonly unit: string;
	/** `second`, `hour` …, of rates. */
	readonly per?: string;
	readonly burst?: string;
	readonly name?: string;
}

/** What nft takes where nothing is said. */
const DEFAULT_BURST = "5 packets";

export const limitExtension: StatementExtension<LimitStatement> = {
	words: ["limit", "quota", "ct count"],
	parse: (word, reader) => {
		if (word === "limit") return parseRate(reader);
		if (word === "ct count") {
			const inverted = reader.takeWord("over");
			return { kind: "limit", of: "ct count", inverted, amount: reader.number(), unit: "connections" };
		}
		if (reader.takeWord("name")) return named("quota", reader.text());
		const inverted = reader.takeWord("over");
		if (!inverted) reader.takeWord("until");
		const quota: LimitStatement = {
			kind: "limit",
			of: "quota",
			inverted,
			amount: reader.number(),
			unit: reader.word(),
		};
		if (reader.takeWord("used")) {
			reader.number();
			reader.word();
		}
		return quota;
	},
	keys: ["limit", "quota", "ct count"],
	fromJson: (key, value) => limitFromJson(key, value),
	print: printLimit,
	toJson: limitToJson,
	run: (limit, { at, table }) => {
		// Whether it is `over` the amount stands with the object.
		if (limit.name !== undefined)
			return { kind: "unknown", unknown: phrase("as-written", { text: printLimit(limit) }) };
		at.assume("rate-limit", phrase("rate-limit", { limit: printLimit(limit), table: table.name }));
		return limit.inverted ? null : CONTINUE;
	},
};

function named(of: LimitStatement["of"], name: string): LimitStatement {
	return { kind: "limit", of, inverted: false, amount: 0, unit: "", name };
}

/** `limit rate [over] 10/second`, `limit rate 10 mbytes/minute burst 5 mbytes`. */
function parseRate(reader: RuleReader): LimitStatement {
	if (reader.takeWord("name")) return named("limit", reader.text());
	reader.expectWord("rate");
	const inverted = reader.takeWord("over");
	const first = reader.word();
	const [amount, per] = first.includes("/") ? first.split("/") : [first, undefined];
	const [unit, perUnit] = per === undefined ? reader.word().split("/") : ["packets", per];
	if (!/^\d+$/.test(amount ?? "") || unit === undefined || perUnit === undefined)
		throw new ParseFailure(phrase("no-rate"));
	const burst = reader.takeWord("burst") ? `${reader.number()} ${reader.word()}` : DEFAULT_BURST;
	return rateOf(Number(amount), unit, perUnit, inverted, burst);
}

function rateOf(amount: number, unit: string, per: string, inverted: boolean, burst: string): LimitStatement {
	const usual = burst === DEFAULT_BURST || burst.startsWith("0 ");
	return { kind: "limit", of: "limit", inverted, amount, unit, per, ...(usual ? {} : { burst }) };
}

function printLimit({ of, inverted, amount, unit, per, burst, name }: LimitStatement): string {
	if (name !== undefined) return `${of} name ${quoted(name)}`;
	const over = inverted ? "over " : "";
	if (of === "ct count") return `ct count ${over}${amount}`;
	if (of === "quota") return `quota ${over}${amount} ${unit}`;
	const rate = unit === "packets" ? `${amount}/${per}` : `${amount} ${unit}/${per}`;
	return `limit rate ${over}${rate}${burst === undefined ? "" : ` burst ${burst}`}`;
}

function limitFromJson(key: string, value: Json): LimitStatement {
	if (typeof value === "string" && key !== "ct count") return named(key === "quota" ? "quota" : "limit", value);
	const of = objectOf(value, key);
	const inverted = member(of, "inv") === true;
	if (key === "ct count") {
		return { kind: "limit", of: "ct count", inverted, amount: numberAt(of, "val"), unit: "connections" };
	}
	if (key === "quota") {
		return { kind: "limit", of: "quota", inverted, amount: numberAt(of, "val"), unit: stringAt(of, "val_unit") };
	}
	const unit = optionalString(of, "rate_unit") ?? "packets";
	const burst = `${optionalNumber(of, "burst") ?? 0} ${optionalString(of, "burst_unit") ?? "packets"}`;
	return rateOf(numberAt(of, "rate"), unit, stringAt(of, "per"), inverted, burst);
}

function limitToJson({ of, inverted, amount, unit, per = "second", burst, name }: LimitStatement): Json {
	if (name !== undefined) return { [of]: name };
	const inv = inverted ? { inv: true } : {};
	if (of === "ct count") return { "ct count": { val: amount, ...inv } };
	if (of === "quota") return { quota: { val: amount, val_unit: unit, ...inv } };
	const [size = "5", burstUnit = "packets"] = (burst ?? (unit === "packets" ? DEFAULT_BURST : "0 bytes")).split(" ");
	const units = unit === "packets" ? {} : { rate_unit: unit, burst_unit: burstUnit };
	return { limit: { rate: amount, burst: Number(size), per, ...inv, ...units } };
}
