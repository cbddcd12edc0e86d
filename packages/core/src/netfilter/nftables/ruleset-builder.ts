/** Collects tables, chains, sets and rules as they are read, in whatever order they come. */
import type { SourcePosition } from "../../origin/origin.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import type { UnreadLine } from "../unread-line.ts";
import type { NftElement } from "./element.ts";
import { chainObject, originOf, tableComponent } from "./rule-origin.ts";
import type { NftBase, NftChain, NftFamily, NftRule, NftRuleset, NftSet, NftTable } from "./ruleset.ts";
import type { Statement } from "./statement.ts";

export interface ReadRuleset {
	readonly ruleset: NftRuleset;
	readonly unread: readonly UnreadLine[];
}

type Open<Of> = { -readonly [Key in keyof Of]: Of[Key] };
export type OpenChain = Open<Omit<NftChain, "rules">> & { readonly rules: NftRule[] };
export type OpenSet = Open<Omit<NftSet, "elements">> & { readonly elements: NftElement[] };
export type OpenTable = Open<Omit<NftTable, "chains" | "sets">> & {
	readonly chains: Map<string, OpenChain>;
	readonly sets: Map<string, OpenSet>;
};

const FAMILIES: readonly NftFamily[] = ["ip", "ip6", "inet", "arp", "bridge", "netdev"];

export function familyOf(text: string | undefined): NftFamily | undefined {
	return FAMILIES.find((family) => family === text);
}

export class RulesetBuilder {
	readonly unread: UnreadLine[] = [];
	readonly #tables = new Map<string, OpenTable>();
	readonly #file: string;

	constructor(file: string) {
		this.#file = file;
	}

	source(line: number): SourcePosition {
		return { file: this.#file, line };
	}

	report(text: string, line: number, why: Phrase): void {
		this.unread.push({ text, why, source: this.source(line) });
	}

	/** As `report`, of what leaves nothing in its place. */
	reportLost(text: string, line: number, why: Phrase): void {
		this.unread.push({ text, why, source: this.source(line), lost: true });
	}

	/** Of the table, chain or set that began here, the rest is missing. */
	reportCutOff(text: string, line: number, what: string): void {
		const why = phrase("without-end", { what });
		this.unread.push({ text, why, source: this.source(line), cutOff: true });
	}

	/** The table, made where there is none. */
	table(family: NftFamily, name: string, line: number): OpenTable {
		const key = `${family} ${name}`;
		let table = this.#tables.get(key);
		if (table === undefined) {
			const origin = originOf(tableComponent(name), this.source(line));
			table = { family, name, chains: new Map(), sets: new Map(), origin };
			this.#tables.set(key, table);
		}
		return table;
	}

	drop(family: NftFamily, name: string): void {
		this.#tables.delete(`${family} ${name}`);
	}

	clear(): void {
		this.#tables.clear();
	}

	chain(table: OpenTable, name: string): OpenChain {
		let chain = table.chains.get(name);
		if (chain === undefined) {
			chain = { name, rules: [] };
			table.chains.set(name, chain);
		}
		return chain;
	}

	setBase(chain: OpenChain, base: NftBase): void {
		chain.base = base;
	}

	/** The set or map, made where there is none. */
	set(table: OpenTable, kind: "set" | "map", name: string, line: number): OpenSet {
		let set = table.sets.get(name);
		if (set === undefined) {
			const origin = originOf(table.origin.component, this.source(line));
			set = { name, kind, keyTypes: [], flags: [], elements: [], origin };
			table.sets.set(name, set);
		}
		return set;
	}

	rule(
		table: OpenTable,
		chain: OpenChain,
		read: {
			readonly statements: readonly Statement[];
			readonly comment?: string | undefined;
			readonly handle?: number | undefined;
			readonly line: number;
		},
	): NftRule {
		const { component } = table.origin;
		const origin = originOf(component, this.source(read.line), {
			object: chainObject(component, chain.name),
			note: read.comment,
		});
		return {
			statements: read.statements,
			...(read.handle === undefined ? {} : { handle: read.handle }),
			...(read.comment === undefined ? {} : { comment: read.comment }),
			origin,
		};
	}

	result(): ReadRuleset {
		return { ruleset: { tables: [...this.#tables.values()] }, unread: this.unread };
	}
}
