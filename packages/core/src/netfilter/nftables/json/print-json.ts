/** Writes rule sets as `nft -j list ruleset` does, which `nft -j -f` loads (libnftables-json(5)). */
import type { TypeName } from "../datatype.ts";
import type { Printer } from "../expressions/extension.ts";
import { printerFor } from "../print.ts";
import type { NftChain, NftRule, NftRuleset, NftSet, NftTable } from "../ruleset.ts";
import { statementExtension } from "../statements/index.ts";
import { elementToJson } from "../value-text.ts";
import { type Json, type JsonObject, oneOrList, present } from "./json.ts";

/** The rule set as `nft -j` prints it: tables, then their chains, sets and rules. */
export function printNftJson(ruleset: NftRuleset): string {
	return `${JSON.stringify({ nftables: ruleset.tables.flatMap(tableToJson) })}\n`;
}

function tableToJson(table: NftTable): readonly JsonObject[] {
	const { family, name, comment, dormant } = table;
	const printer = printerFor(table.sets);
	const flags = dormant === true ? { flags: "dormant" } : {};
	return [
		{ table: { family, name, ...flags, ...present("comment", comment) } },
		...[...table.chains.values()].map((chain) => chainToJson(chain, table)),
		...[...table.sets.values()].map((set) => setToJson(set, table)),
		...[...table.chains.values()].flatMap((chain) =>
			chain.rules.map((rule) => ruleToJson(rule, chain.name, table, printer)),
		),
	];
}

function chainToJson({ name, base, comment }: NftChain, table: NftTable): JsonObject {
	const hung: JsonObject =
		base === undefined
			? {}
			: {
					type: base.type,
					hook: base.hook,
					prio: base.priority,
					...(base.devices === undefined ? {} : { dev: oneOrList(base.devices) }),
					policy: base.policy,
				};
	return { chain: { family: table.family, table: table.name, name, ...present("comment", comment), ...hung } };
}

function setToJson(set: NftSet, table: NftTable): JsonObject {
	const valueTypes: readonly TypeName[] = set.valueType?.split(" . ") ?? [];
	const elements = set.elements.map((each) => elementToJson(each, set.keyTypes, valueTypes));
	return {
		[set.kind]: {
			family: table.family,
			name: set.name,
			table: table.name,
			type: oneOrList(set.keyTypes),
			...present("comment", set.comment),
			// As a list: nft prints concatenated types as one text, which it does not load.
			...(set.valueType === undefined ? {} : { map: oneOrList(set.valueType.split(" . ")) }),
			...present("size", set.size),
			...(set.flags.length === 0 ? {} : { flags: set.flags }),
			...present("timeout", set.timeout),
			...(elements.length === 0 ? {} : { elem: elements }),
		},
	};
}

function ruleToJson(rule: NftRule, chain: string, table: NftTable, printer: Printer): JsonObject {
	const expr: Json = rule.statements.map((each) => statementExtension(each).toJson(each, printer));
	const { handle, comment } = rule;
	const { family, name } = table;
	return { rule: { family, table: name, chain, ...present("handle", handle), ...present("comment", comment), expr } };
}
