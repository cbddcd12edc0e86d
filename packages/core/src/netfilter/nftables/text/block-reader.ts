/** Reads what stands in the braces of tables, chains and sets, and rules to the end of their line. */
import { phrase } from "../../../wording/phrase.ts";
import type { TypeName } from "../datatype.ts";
import type { NftElement } from "../element.ts";
import { ParseFailure } from "../parse-failure.ts";
import { namedPriority } from "../priority.ts";
import type { NftBase, NftFamily, NftRule } from "../ruleset.ts";
import type { OpenChain, OpenSet, OpenTable, RulesetBuilder } from "../ruleset-builder.ts";
import type { Statement } from "../statement.ts";
import type { RuleReader } from "./rule-reader.ts";

const HOOKS = ["prerouting", "input", "forward", "output", "postrouting", "ingress", "egress"] as const;
const TYPES = ["filter", "nat", "route"] as const;
/** Objects of a table that rules name but whose contents decide nothing here. */
const PASSED_OVER: ReadonlySet<string> = new Set([
	"counter",
	"quota",
	"limit",
	"flowtable",
	"ct",
	"synproxy",
	"secmark",
]);

export class BlockReader {
	readonly #reader: RuleReader;
	readonly #builder: RulesetBuilder;

	constructor(reader: RuleReader, builder: RulesetBuilder) {
		this.#reader = reader;
		this.#builder = builder;
	}

	/** The end of a line, a semicolon, or the brace that closes the block. */
	endOfStatement(): void {
		const { tokens } = this.#reader;
		if (tokens.kind === "line" || this.#reader.at(";")) tokens.advance();
		else if (tokens.kind !== "end" && !this.#reader.at("}")) {
			throw new ParseFailure(phrase("was-not-expected", { text: tokens.text.slice(0, 40) }));
		}
	}

	get #ended(): boolean {
		const { tokens } = this.#reader;
		return tokens.kind === "line" || tokens.kind === "end" || this.#reader.at(";") || this.#reader.at("}");
	}

	/** Goes on after the end of the statement, past blocks within it. */
	skipStatement(): void {
		const { tokens } = this.#reader;
		for (let depth = 0; tokens.kind !== "end"; tokens.advance()) {
			if (depth === 0 && (tokens.kind === "line" || this.#reader.at(";"))) return;
			if (this.#reader.at("{")) depth++;
			if (this.#reader.at("}") && depth-- === 0) return;
		}
	}

	/** Reads statements up to the closing brace; what one cannot read is reported, and the next is read. */
	#block(what: string, statement: (word: string) => void): void {
		const { tokens } = this.#reader;
		const opened = tokens.mark;
		this.#reader.expect("{");
		for (;;) {
			while (tokens.kind === "line" || this.#reader.at(";")) tokens.advance();
			if (this.#reader.take("}")) return;
			if (tokens.kind === "end") {
				this.#builder.reportCutOff(tokens.lineAt(opened), opened.line, what);
				return;
			}
			const begin = tokens.mark;
			try {
				statement(this.#reader.peekWord() ?? "");
				this.endOfStatement();
			} catch (error) {
				if (!(error instanceof ParseFailure)) throw error;
				this.#builder.reportLost(tokens.lineAt(begin), begin.line, error.why);
				if (tokens.start === begin.start) tokens.advance();
				this.skipStatement();
			}
		}
	}

	table(table: OpenTable): void {
		const reader = this.#reader;
		this.#block("table", (word) => {
			const { line } = reader.tokens;
			reader.word();
			if (word === "chain") this.chain(table, this.#builder.chain(table, reader.text()));
			else if (word === "set" || word === "map") this.set(this.#builder.set(table, word, reader.text(), line));
			else if (word === "comment") table.comment = reader.text();
			else if (word === "flags") this.#tableFlags(table);
			else if (PASSED_OVER.has(word)) this.skipStatement();
			else throw new ParseFailure(phrase("in-table-not-read", { text: word.slice(0, 40) }));
		});
	}

	#tableFlags(table: OpenTable): void {
		for (const flag of this.#flags()) if (flag === "dormant") table.dormant = true;
	}

	#flags(): readonly string[] {
		const flags = [this.#reader.word()];
		while (this.#reader.take(",")) flags.push(this.#reader.word());
		return flags;
	}

	chain(table: OpenTable, chain: OpenChain): void {
		const reader = this.#reader;
		this.#block("chain", (word) => {
			if (word === "type") this.#builder.setBase(chain, this.#base(table.family));
			else if (word === "policy") this.#policy(chain);
			else if (word === "comment" && chain.rules.length === 0) {
				reader.word();
				chain.comment = reader.text();
			} else chain.rules.push(this.rule(table, chain));
		});
	}

	/** `type nat hook prerouting priority dstnat + 10` */
	#base(family: NftFamily): NftBase {
		const reader = this.#reader;
		reader.expectWord("type");
		const typeName = reader.word();
		const type = TYPES.find((known) => known === typeName);
		reader.expectWord("hook");
		const hookName = reader.word();
		const hook = HOOKS.find((known) => known === hookName);
		if (type === undefined || hook === undefined) throw new ParseFailure(phrase("base-chain-unknown"));
		const devices = this.#devices();
		reader.expectWord("priority");
		const priority = this.#priority(family);
		return { type, hook, priority, policy: "accept", ...(devices.length === 0 ? {} : { devices }) };
	}

	#devices(): readonly string[] {
		const reader = this.#reader;
		if (reader.takeWord("device")) return [reader.text()];
		if (!reader.takeWord("devices")) return [];
		reader.expect("=");
		const devices: string[] = [];
		for (const { key } of reader.elements(["ifname"], null)) {
			const [part] = key;
			if (part?.kind === "word") devices.push(part.word);
		}
		return devices;
	}

	#priority(family: NftFamily): number {
		const reader = this.#reader;
		const named = namedPriority(reader.peekWord() ?? "", family);
		if (named === undefined) return this.#signed();
		reader.word();
		if (reader.take("+")) return named + reader.number();
		if (reader.take("-")) return named - reader.number();
		// `filter -10`: the sign sticks to the number.
		const next = reader.peekWord();
		return next !== undefined && /^-\d+$/.test(next) ? named + this.#signed() : named;
	}

	#signed(): number {
		const negative = this.#reader.take("-");
		const text = this.#reader.word();
		if (!/^-?\d{1,10}$/.test(text)) throw new ParseFailure(phrase("is-no-priority", { text: text.slice(0, 40) }));
		return negative ? -Number(text) : Number(text);
	}

	#policy(chain: OpenChain): void {
		this.#reader.word();
		const policy = this.#reader.word();
		if (chain.base === undefined || (policy !== "accept" && policy !== "drop"))
			throw new ParseFailure(phrase("no-policy"));
		chain.base = { ...chain.base, policy };
	}

	set(set: OpenSet): void {
		const reader = this.#reader;
		this.#block(set.kind, (word) => {
			reader.word();
			switch (word) {
				case "type":
					this.#setTypes(set);
					return;
				case "typeof":
					this.#setTypesOf(set);
					return;
				case "flags":
					set.flags = this.#flags();
					return;
				case "timeout":
					set.timeout = reader.time();
					return;
				case "size":
					set.size = reader.number();
					return;
				case "comment":
					set.comment = reader.text();
					return;
				case "elements":
					reader.expect("=");
					for (const each of this.setElements(set)) set.elements.push(each);
					return;
				// How the kernel keeps it, and what it counts.
				case "policy":
				case "gc-interval":
					reader.word();
					return;
				case "auto-merge":
					return;
				case "counter":
				case "limit":
				case "quota":
					this.skipStatement();
					return;
				default:
					throw new ParseFailure(phrase("in-set-not-read", { text: word.slice(0, 40) }));
			}
		});
	}

	#setTypes(set: OpenSet): void {
		set.keyTypes = this.#typeNames();
		if (this.#reader.take(":")) {
			this.#reader.takeWord("interval");
			set.valueType = this.#typeNames().join(" . ");
		}
	}

	#typeNames(): readonly string[] {
		const names = [this.#reader.word()];
		while (this.#reader.take(".")) names.push(this.#reader.word());
		return names;
	}

	#setTypesOf(set: OpenSet): void {
		const reader = this.#reader;
		set.keyTypes = reader.types(reader.expression()).map(nameOfType);
		if (!reader.take(":")) return;
		reader.takeWord("interval");
		if (reader.takeWord("verdict")) set.valueType = "verdict";
		else set.valueType = reader.types(reader.expression()).map(nameOfType).join(" . ");
	}

	/** Elements of a set that is declared. */
	setElements(set: OpenSet): readonly NftElement[] {
		const valueTypes = set.valueType?.split(" . ") ?? null;
		return this.#reader.elements(set.keyTypes, set.kind === "map" ? (valueTypes ?? []) : null);
	}

	/** A rule to its end. The statement that is not understood stands in it with all that comes after. */
	rule(table: OpenTable, chain: OpenChain): NftRule {
		const { tokens } = this.#reader;
		const { line } = tokens;
		const statements: Statement[] = [];
		let comment: string | undefined;
		tokens.handle = undefined;
		while (!this.#ended) {
			const begin = tokens.mark;
			try {
				if (this.#reader.takeWord("comment")) comment = this.#reader.text();
				else statements.push(this.#reader.statement());
			} catch (error) {
				if (!(error instanceof ParseFailure)) throw error;
				this.#builder.report(tokens.lineAt(begin), line, error.why);
				tokens.back(begin);
				this.skipStatement();
				statements.push({ kind: "other", text: tokens.textSince(begin) });
			}
		}
		return this.#builder.rule(table, chain, { statements, comment, handle: tokens.handle, line });
	}
}

function nameOfType(type: TypeName): string {
	return type ?? "integer";
}
