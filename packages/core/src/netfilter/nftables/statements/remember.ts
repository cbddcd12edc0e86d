/** What a packet leaves in a set for later ones (net/netfilter/nft_dynset.c). */
import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE } from "../../context.ts";
import { isList, member, objectOf, optionalNumber, present, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { Expression, Statement } from "../statement.ts";
import { showTime } from "../value-text.ts";
import type { StatementExtension } from "./extension.ts";
import { limitExtension } from "./limit.ts";

/** `update @affinity { ip saddr timeout 1m }`, `add @seen { ip saddr limit rate 5/second }`. */
export interface RememberStatement {
	readonly kind: "remember";
	readonly operation: "add" | "update" | "delete";
	readonly set: string;
	readonly key: Expression;
	readonly timeout?: number;
	/** Done once an element, such as limits. */
	readonly statements?: readonly Statement[];
}

const OPERATIONS = ["add", "update", "delete"] as const;

export const rememberExtension: StatementExtension<RememberStatement> = {
	words: OPERATIONS,
	parse: (word, reader) => {
		const set = reader.setName();
		reader.expect("{");
		const key = reader.expression();
		const timeout = reader.takeWord("timeout") ? reader.time() : undefined;
		const statements: Statement[] = [];
		while (!reader.at("}")) statements.push(reader.statement());
		reader.expect("}");
		return rememberOf(word, set, key, timeout, statements);
	},
	keys: ["set"],
	fromJson: (_, value, reader) => {
		const of = objectOf(value, "set");
		const elem = member(of, "elem");
		const inner = typeof elem === "object" && elem !== null && "elem" in elem ? objectOf(elem.elem, "elem") : undefined;
		const key = reader.expression(inner === undefined ? elem : inner.val);
		const timeout = inner === undefined ? undefined : optionalNumber(inner, "timeout");
		const nested = member(of, "stmt");
		const set = stringAt(of, "set").replace(/^@/, "");
		const statements = isList(nested) ? nested.map((each) => reader.statement(each)) : [];
		return rememberOf(stringAt(of, "op"), set, key, timeout, statements);
	},
	print: ({ operation, set, key, timeout, statements = [] }, printer) => {
		const inside = [
			printer.expression(key),
			...(timeout === undefined ? [] : [`timeout ${showTime(timeout)}`]),
			...statements.map((each) => (each.kind === "limit" ? limitExtension.print(each, printer) : "counter")),
		];
		return `${operation} @${set} { ${inside.join(" ")} }`;
	},
	toJson: ({ operation, set, key, timeout, statements = [] }, printer) => {
		const val = printer.toJson(key);
		const elem = timeout === undefined ? val : { elem: { val, ...present("timeout", timeout) } };
		const stmt = statements.map((each) =>
			each.kind === "limit" ? limitExtension.toJson(each, printer) : { counter: null },
		);
		return { set: { op: operation, elem, set: `@${set}`, ...(stmt.length === 0 ? {} : { stmt }) } };
	},
	run: ({ statements = [] }, run) => {
		// A new element is within its limit, unless the rule asks for what is over it.
		for (const each of statements) if (each.kind === "limit" && limitExtension.run(each, run) === null) return null;
		return CONTINUE;
	},
};

function rememberOf(
	operation: string,
	set: string,
	key: Expression,
	timeout: number | undefined,
	statements: readonly Statement[],
): RememberStatement {
	const known = OPERATIONS.find((each) => each === operation);
	if (known === undefined) throw new ParseFailure(phrase("no-set-operation", { text: operation }));
	for (const each of statements) {
		const plainCounter = each.kind === "bystander" && each.of === "counter";
		if (each.kind !== "limit" && !plainCounter) throw new ParseFailure(phrase("element-with-statement"));
	}
	return {
		kind: "remember",
		operation: known,
		set,
		key,
		...(timeout === undefined ? {} : { timeout }),
		...(statements.length === 0 ? {} : { statements }),
	};
}
