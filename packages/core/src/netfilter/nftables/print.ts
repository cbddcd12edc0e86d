/** nft's own text of rules and rule sets: what `nft list ruleset` shows and `nft -f` loads. */
import type { TypeName } from "./datatype.ts";
import type { Printer } from "./expressions/extension.ts";
import { expressionExtension } from "./expressions/index.ts";
import type { NftBase, NftChain, NftRule, NftRuleset, NftSet, NftTable } from "./ruleset.ts";
import { statementExtension } from "./statements/index.ts";
import { quoted, showElement, showTime } from "./value-text.ts";

const NO_SETS: ReadonlyMap<string, NftSet> = new Map();

/** Prints expressions of a table's rules: its sets say of what types their keys are. */
export function printerFor(sets: ReadonlyMap<string, NftSet> = NO_SETS): Printer {
	const printer: Printer = {
		sets,
		types: (of) => expressionExtension(of).types(of, printer),
		expression: (of, types = printer.types(of)) => expressionExtension(of).print(of, printer, types),
		toJson: (of, types = printer.types(of)) => expressionExtension(of).toJson(of, printer, types),
	};
	return printer;
}

export function printRuleset(ruleset: NftRuleset): string {
	return ruleset.tables.map(printTable).join("");
}

/** Sets stand before the chains that ask them; maps of verdicts too, though they name chains: nft takes them together. */
export function printTable(table: NftTable): string {
	const printer = printerFor(table.sets);
	const lines = [`table ${table.family} ${table.name} {`];
	if (table.dormant === true) lines.push("\tflags dormant");
	if (table.comment !== undefined) lines.push(`\tcomment ${quoted(table.comment)}`);
	for (const set of table.sets.values()) lines.push(...printSet(set));
	for (const chain of table.chains.values()) lines.push(...printChain(chain, printer));
	return `${[...lines, "}"].join("\n")}\n`;
}

function printSet(set: NftSet): readonly string[] {
	const valueTypes: readonly TypeName[] = set.valueType?.split(" . ") ?? [];
	const elements = set.elements.map((each) => showElement(each, set.keyTypes, valueTypes)).join(", ");
	return [
		`\t${set.kind} ${set.name} {`,
		`\t\ttype ${set.keyTypes.join(" . ")}${set.valueType === undefined ? "" : ` : ${set.valueType}`}`,
		...(set.size === undefined ? [] : [`\t\tsize ${set.size}`]),
		...(set.flags.length === 0 ? [] : [`\t\tflags ${set.flags.join(",")}`]),
		...(set.timeout === undefined ? [] : [`\t\ttimeout ${showTime(set.timeout)}`]),
		...(set.comment === undefined ? [] : [`\t\tcomment ${quoted(set.comment)}`]),
		...(elements === "" ? [] : [`\t\telements = { ${elements} }`]),
		"\t}",
	];
}

function printChain({ name, base, comment, rules }: NftChain, printer: Printer): readonly string[] {
	return [
		`\tchain ${name} {`,
		...(base === undefined ? [] : [`\t\t${printBase(base)}`]),
		...(comment === undefined ? [] : [`\t\tcomment ${quoted(comment)}`]),
		...rules.map((rule) => `\t\t${printRule(rule, printer)}`),
		"\t}",
	];
}

function printBase({ type, hook, priority, policy, devices = [] }: NftBase): string {
	const on = devices.length === 0 ? "" : ` devices = { ${devices.map(quoted).join(", ")} }`;
	return `type ${type} hook ${hook}${on} priority ${priority}; policy ${policy};`;
}

export function printRule({ statements, comment }: NftRule, printer: Printer = printerFor()): string {
	const words = statements.map((each) => statementExtension(each).print(each, printer));
	return [...words, ...(comment === undefined ? [] : [`comment ${quoted(comment)}`])].join(" ");
}
