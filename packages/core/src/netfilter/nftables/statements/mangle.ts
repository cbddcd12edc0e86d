/** Rewrites of marks, and of what does not change a packet's way (nft_meta.c, nft_ct.c, nft_payload.c, nft_exthdr.c). */

import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE, type Effect } from "../../context.ts";
import { isScalar } from "../element.ts";
import { type Evaluation, isUnknown } from "../evaluation.ts";
import { objectOf } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { Expression, Statement } from "../statement.ts";
import type { StatementExtension } from "./extension.ts";

/** `meta mark set …`, `ct mark set …`. */
export interface MangleStatement {
	readonly kind: "mangle";
	readonly target: "mark" | "ct mark";
	readonly value: Expression;
}

/** Any other `… set …`. */
export interface RewriteStatement {
	readonly kind: "rewrite";
	readonly key: Expression;
	readonly value: Expression;
}

const TARGETS: Readonly<Record<MangleStatement["target"], Expression>> = {
	mark: { kind: "meta", key: "mark" },
	"ct mark": { kind: "ct", key: "mark" },
};
const MARK = ["mark"] as const;

/** The statement that sets what an expression names. */
export function settingOf(key: Expression, value: Expression): Statement {
	if (key.kind === "meta" && key.key === "mark") return { kind: "mangle", target: "mark", value };
	if (key.kind === "ct" && key.key === "mark") return { kind: "mangle", target: "ct mark", value };
	return { kind: "rewrite", key, value };
}

export const mangleExtension: StatementExtension<MangleStatement> = {
	words: [],
	parse: needsKey,
	keys: ["mangle"],
	fromJson: (_, value, reader) => {
		const of = objectOf(value, "mangle");
		const key = reader.expression(of.key);
		return settingOf(key, reader.expression(of.value, reader.types(key)));
	},
	print: ({ target, value }, printer) =>
		`${printer.expression(TARGETS[target])} set ${printer.expression(value, MARK)}`,
	toJson: ({ target, value }, printer) => ({
		mangle: { key: printer.toJson(TARGETS[target]), value: printer.toJson(value, MARK) },
	}),
	run: ({ target, value }, run) => setMark(target, value, run),
};

function setMark(target: MangleStatement["target"], value: Expression, run: Evaluation): Effect | null {
	const worth = run.evaluate(value);
	if (isUnknown(worth)) return { kind: "unknown", unknown: worth.unknown };
	if (worth.kind === "absent") return null;
	const [only] = worth.parts;
	if (only === undefined || !isScalar(only) || only.kind !== "number" || worth.unknownBits !== undefined) {
		return { kind: "unknown", unknown: phrase("set-to-no-number", { target }) };
	}
	if (target === "mark") run.at.setMark(only.number);
	else run.at.setConnectionMark(only.number);
	return CONTINUE;
}

export const rewriteExtension: StatementExtension<RewriteStatement> = {
	words: [],
	parse: needsKey,
	keys: [],
	fromJson: needsKey,
	print: ({ key, value }, printer) => `${printer.expression(key)} set ${printer.expression(value, printer.types(key))}`,
	toJson: ({ key, value }, printer) => ({
		mangle: { key: printer.toJson(key), value: printer.toJson(value, printer.types(key)) },
	}),
	run: ({ key }, { at }) => {
		if (!changesNoWay(key)) return { kind: "unknown", unknown: phrase("rewrite-not-followed") };
		if (key.kind === "payload") {
			at.assume("traffic-class-not-followed", phrase("traffic-class-not-followed"));
		}
		return CONTINUE;
	},
};

const HARMLESS: Readonly<Record<string, ReadonlySet<string>>> = {
	meta: new Set(["nftrace", "priority"]),
	ct: new Set(["label", "event"]),
	payload: new Set(["dscp", "ecn"]),
	other: new Set(["tcp option maxseg size"]),
};

function changesNoWay(key: Expression): boolean {
	const name = key.kind === "payload" ? key.field : key.kind === "other" ? key.text : "key" in key ? key.key : "";
	return typeof name === "string" && HARMLESS[key.kind]?.has(name) === true;
}

function needsKey(): never {
	throw new ParseFailure(phrase("set-of-nothing"));
}
