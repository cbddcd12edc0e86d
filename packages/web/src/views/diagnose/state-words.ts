/** From a finding's evidence to its entry in the State view. */
import type { Citation } from "@podpath/core";

/** A rule with its number in its chain, as a walk met it; null: the evidence has another form. */
export function ruleOf(text: string): Citation | null {
	const [, table, chain, rule] = /^((?:ip6?tables|nft) [^/]+)\/(\S+) \d+: (.*)$/s.exec(text) ?? [];
	return table === undefined || rule === undefined ? null : { group: `${table} ${chain}`, begins: rule, holds: "" };
}

/** Forms of evidence in which an entry is described rather than quoted. */
const FORMS: readonly (readonly [RegExp, (found: readonly string[]) => string])[] = [
	// A rule stands in its chain's group, whose name has the table and the chain.
	[/^(\w+): -A (\S+) (.*)$/, ([, table, chain, rule]) => `${table} ${chain} ${rule}`],
	[/^:(\S+) /, ([, chain]) => chain ?? ""],
	[/^(?:chain|链) (\w+)\/(\S+) /, ([, table, chain]) => `${table} ${chain}`],
	[/^add (\S+) (.*)$/, ([, set, member]) => `${set} ${member}`],
	[/^(inet6? \S+) dev (\S+)/, ([, address, device]) => `${address} ${device}`],
	// What is wrong with a device is seen at the device.
	[/^(\S+): /, ([, device]) => device ?? ""],
];

/** The words that a search finds it by. */
export function stateWords(text: string): string {
	for (const [form, words] of FORMS) {
		const found = form.exec(text);
		if (found !== null) return words(found);
	}
	return text;
}
