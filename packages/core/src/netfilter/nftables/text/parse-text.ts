/** Reads nft's text: blocks, as `nft list ruleset` prints them, and commands (`add rule ip t c …`), also mixed. */
import { phrase } from "../../../wording/phrase.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { NftFamily } from "../ruleset.ts";
import { familyOf, type OpenChain, type OpenTable, type ReadRuleset, RulesetBuilder } from "../ruleset-builder.ts";
import { BlockReader } from "./block-reader.ts";
import { RuleReader } from "./rule-reader.ts";
import { Tokens } from "./tokens.ts";

export function parseNftText(text: string, file: string): ReadRuleset {
	return new TextReader(text, file).read();
}

const ADDING: ReadonlySet<string> = new Set(["add", "create", "insert"]);

class TextReader {
	readonly #reader: RuleReader;
	readonly #tokens: Tokens;
	readonly #builder: RulesetBuilder;
	readonly #blocks: BlockReader;

	constructor(text: string, file: string) {
		this.#tokens = new Tokens(text);
		this.#reader = new RuleReader(this.#tokens);
		this.#builder = new RulesetBuilder(file);
		this.#blocks = new BlockReader(this.#reader, this.#builder);
	}

	read(): ReadRuleset {
		const tokens = this.#tokens;
		for (;;) {
			while (tokens.kind === "line" || this.#reader.at(";")) tokens.advance();
			if (tokens.kind === "end") return this.#builder.result();
			const begin = tokens.mark;
			try {
				this.#command();
				this.#blocks.endOfStatement();
			} catch (error) {
				if (!(error instanceof ParseFailure)) throw error;
				this.#builder.reportLost(tokens.lineAt(begin), begin.line, error.why);
				// What was not understood may have been at the end of the line already.
				if (tokens.start === begin.start) tokens.advance();
				this.#blocks.skipStatement();
			}
		}
	}

	#command(): void {
		const reader = this.#reader;
		const word = reader.word();
		if (word === "flush") this.#flush();
		else if (word === "delete" || word === "destroy") this.#delete();
		else if (ADDING.has(word)) this.#add(reader.word(), word === "insert");
		else this.#add(word, false);
	}

	#add(what: string, inserted: boolean): void {
		const reader = this.#reader;
		const { line } = this.#tokens;
		switch (what) {
			case "table": {
				const table = this.#table();
				if (reader.at("{")) this.#blocks.table(table);
				return;
			}
			case "chain": {
				const table = this.#table();
				const chain = this.#builder.chain(table, reader.word());
				if (reader.at("{")) this.#blocks.chain(table, chain);
				return;
			}
			case "set":
			case "map": {
				const table = this.#table();
				const set = this.#builder.set(table, what, reader.word(), line);
				if (reader.at("{")) this.#blocks.set(set);
				return;
			}
			case "element":
				this.#addElements(this.#table());
				return;
			case "rule":
				this.#addRule(this.#table(), inserted);
				return;
			default:
				throw new ParseFailure(phrase("is-not-read", { text: what.slice(0, 40) }));
		}
	}

	/** `[FAMILY] TABLE` */
	#table(): OpenTable {
		const { line } = this.#tokens;
		const [family, name] = this.#tableName();
		const table = this.#builder.table(family, name, line);
		this.#reader.sets = table.sets;
		return table;
	}

	#tableName(): readonly [NftFamily, string] {
		const first = this.#reader.word();
		const family = familyOf(first);
		// A table may be called as a family is.
		const named = family !== undefined && this.#reader.peekWord() !== undefined;
		return named ? [family, this.#reader.word()] : ["ip", first];
	}

	#addElements(table: OpenTable): void {
		const name = this.#reader.word();
		const set = table.sets.get(name);
		if (set === undefined) throw new ParseFailure(phrase("elements-of-undeclared-set", { name }));
		for (const each of this.#blocks.setElements(set)) set.elements.push(each);
	}

	#addRule(table: OpenTable, inserted: boolean): void {
		const name = this.#reader.word();
		for (const position of ["index", "position", "handle"]) {
			if (this.#reader.takeWord(position)) {
				this.#reader.number();
				throw new ParseFailure(phrase("rule-at-place"));
			}
		}
		const chain = this.#knownChain(table, name);
		const rule = this.#blocks.rule(table, chain);
		if (inserted) chain.rules.unshift(rule);
		else chain.rules.push(rule);
	}

	#knownChain(table: OpenTable, name: string): OpenChain {
		const chain = table.chains.get(name);
		if (chain !== undefined) return chain;
		const { tokens } = this.#reader;
		this.#builder.report(
			tokens.lineAt(tokens.mark),
			tokens.line,
			phrase("chain-not-declared", { name: name.slice(0, 80) }),
		);
		return this.#builder.chain(table, name);
	}

	#flush(): void {
		const what = this.#reader.word();
		if (what === "ruleset" && this.#reader.peekWord() === undefined) this.#builder.clear();
		else if (what === "table") for (const chain of this.#table().chains.values()) chain.rules.length = 0;
		else if (what === "chain") this.#table().chains.get(this.#reader.word())?.rules.splice(0);
		else if (what === "set" || what === "map") this.#table().sets.get(this.#reader.word())?.elements.splice(0);
		else throw new ParseFailure(phrase("is-not-read", { text: `flush ${what.slice(0, 40)}` }));
	}

	#delete(): void {
		const what = this.#reader.word();
		if (what === "table") this.#builder.drop(...this.#tableName());
		else if (what === "chain") this.#table().chains.delete(this.#reader.word());
		else if (what === "set" || what === "map") this.#table().sets.delete(this.#reader.word());
		else throw new ParseFailure(phrase("is-not-read", { text: `delete ${what.slice(0, 40)}` }));
	}
}
