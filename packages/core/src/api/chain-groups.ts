/** Chains of rules as groups of lines, with where their jumps lead. */
import { printerFor, printRule as printNftRule } from "../netfilter/nftables/print.ts";
import type { NftRuleset } from "../netfilter/nftables/ruleset.ts";
import { tableLabel } from "../netfilter/xtables/compiled-chain.ts";
import { printXtablesSave } from "../netfilter/xtables/save.ts";
import type { XtTable } from "../netfilter/xtables/table.ts";
import type { StateEntry, StateGroup } from "./state-report.ts";

/** A group a chain, by the names that explanations call tables and chains by. */
export function xtablesGroups(tables: readonly XtTable[]): readonly StateGroup[] {
	return tables.flatMap((table) => {
		const prefix = tableLabel(table);
		const texts = ruleTexts(table);
		return [...table.chains.values()].map((chain) => ({
			name: `${prefix} ${chain.name}`,
			entries: [
				...chain.rules.map((rule, index) => {
					const text = texts.get(chain.name)?.[index] ?? "";
					return withJump({ text, origin: rule.origin }, /(?:^| )-[jg] (\S+)/, prefix, table.chains);
				}),
				...(chain.policy === null ? [] : [{ text: `policy ${chain.policy}`, origin: null }]),
			],
		}));
	});
}

/** The table's own text, cut into the rules of its chains. */
function ruleTexts(table: XtTable): ReadonlyMap<string, readonly string[]> {
	const rules = printXtablesSave([table])
		.split("\n")
		.filter((line) => line.startsWith("-A "));
	return Map.groupBy(rules, (line) => line.split(" ", 2)[1] ?? "");
}

export function nftGroups({ tables }: NftRuleset): readonly StateGroup[] {
	return tables.flatMap((table) => {
		const prefix = `nft ${table.family} ${table.name}`;
		const printer = printerFor(table.sets);
		return [...table.chains.values()].map(({ name, base, rules }) => ({
			name: `${prefix} ${name}`,
			entries: [
				...(base === undefined
					? []
					: [
							{
								text: `type ${base.type} hook ${base.hook} priority ${base.priority}; policy ${base.policy}`,
								origin: null,
							},
						]),
				...rules.map((rule) =>
					withJump(
						{ text: printNftRule(rule, printer), origin: rule.origin },
						/(?:jump|goto) (\S+)/,
						prefix,
						table.chains,
					),
				),
			],
		}));
	});
}

function withJump(
	entry: StateEntry,
	pattern: RegExp,
	prefix: string,
	chains: { readonly has: (name: string) => boolean },
): StateEntry {
	const target = pattern.exec(entry.text)?.[1];
	return target !== undefined && chains.has(target) ? { ...entry, jump: `${prefix} ${target}` } : entry;
}
