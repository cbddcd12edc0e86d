/** The words and signs of nft's text (src/scanner.l of nftables). */
import { parseAddress } from "../../../address/address.ts";

export type TokenKind = "word" | "string" | "sign" | "set" | "line" | "end";

/** A place in the text, to come back to. */
export interface Mark {
	readonly start: number;
	readonly line: number;
}

const NEWLINE = 0x0a;
const WORD = /[\w.\-/\\*$%]+/y;
/** What may be an IPv6 address, block or range, or a hardware address; checked before it is believed. */
const COLONS = /[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/y;
const COLONS_TAIL = /(?:\/\d{1,3}|-[0-9a-fA-F:.]+)?/y;
const HARDWARE = /^[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}$/;
const SIGN = /==|!=|<=|>=|<<|>>|[{}()[\],;:=!<>&|^.*+]/y;
const SET = /@[\w\-./]+/y;
const HANDLE = /^#\s*handle (\d+)/;

/** Walks the text token by token; `kind` and `text` are of the token that stands next. */
export class Tokens {
	kind: TokenKind = "line";
	text = "";
	line = 1;
	start = 0;
	/** The last `# handle N` that was passed over. */
	handle: number | undefined = undefined;
	readonly #source: string;
	/** Where the token before ended. */
	#before = 0;
	#end = 0;
	#nextLine = 1;

	constructor(source: string) {
		this.#source = source;
		this.advance();
	}

	get mark(): Mark {
		return { start: this.start, line: this.line };
	}

	back({ start, line }: Mark): void {
		this.#end = start;
		this.#nextLine = line;
		this.advance();
	}

	/** The text from a place up to the end of the token before. */
	textSince({ start }: Mark): string {
		return this.#source.slice(start, Math.max(start, this.#before)).replace(/\s+/g, " ");
	}

	/** The whole line of a place, shortened. */
	lineAt({ start }: Mark): string {
		const from = this.#source.lastIndexOf("\n", start - 1) + 1;
		const to = this.#source.indexOf("\n", start);
		return this.#source.slice(from, Math.min(to < 0 ? this.#source.length : to, from + LONGEST_EXCERPT)).trim();
	}

	advance(): void {
		this.#before = this.#end;
		this.#skipBlanks();
		const at = this.#end;
		this.start = at;
		this.line = this.#nextLine;
		const source = this.#source;
		if (at >= source.length) this.#take("end", "", at);
		else if (source.charCodeAt(at) === NEWLINE) {
			this.#nextLine++;
			this.#take("line", "\n", at + 1);
		} else if (source[at] === '"') this.#string(at);
		else if (!this.#address(at) && !this.#match("word", WORD, at) && !this.#match("set", SET, at)) {
			// A sign that nft does not have still is a token, which no rule understands.
			if (!this.#match("sign", SIGN, at)) this.#take("sign", source[at] as string, at + 1);
		}
	}

	#skipBlanks(): void {
		const source = this.#source;
		for (;;) {
			const char = source[this.#end];
			if (char === " " || char === "\t" || char === "\r") this.#end++;
			else if (char === "\\" && /^\\\r?\n/.test(source.slice(this.#end, this.#end + 3))) {
				this.#end = source.indexOf("\n", this.#end) + 1;
				this.#nextLine++;
			} else if (char === "#") {
				const newline = source.indexOf("\n", this.#end);
				const end = newline < 0 ? source.length : newline;
				const handle = HANDLE.exec(source.slice(this.#end, Math.min(end, this.#end + 40)));
				if (handle !== null) this.handle = Number(handle[1]);
				this.#end = end;
			} else return;
		}
	}

	#take(kind: TokenKind, text: string, end: number): void {
		this.kind = kind;
		this.text = text;
		this.#end = end;
	}

	#match(kind: TokenKind, pattern: RegExp, at: number): boolean {
		pattern.lastIndex = at;
		const text = pattern.exec(this.#source)?.[0];
		if (text === undefined) return false;
		const lone = text === "." || text === "*" || text === "/" || text === "-";
		this.#take(lone ? "sign" : kind, kind === "set" ? text.slice(1) : text, at + text.length);
		return true;
	}

	#address(at: number): boolean {
		COLONS.lastIndex = at;
		const text = COLONS.exec(this.#source)?.[0];
		if (text === undefined) return false;
		if (!HARDWARE.test(text) && (text.indexOf(":") === text.lastIndexOf(":") || parseAddress(text) === undefined)) {
			return false;
		}
		COLONS_TAIL.lastIndex = at + text.length;
		const tail = COLONS_TAIL.exec(this.#source)?.[0] ?? "";
		this.#take("word", text + tail, at + text.length + tail.length);
		return true;
	}

	#string(at: number): void {
		const end = this.#source.indexOf('"', at + 1);
		const text = this.#source.slice(at + 1, end < 0 ? this.#source.length : end);
		if (end < 0 || text.includes("\n")) {
			// The rest of the line is lost with it.
			const newline = this.#source.indexOf("\n", at);
			this.#take("sign", '"', newline < 0 ? this.#source.length : newline);
			return;
		}
		this.#take("string", text, end + 1);
	}
}

const LONGEST_EXCERPT = 200;
