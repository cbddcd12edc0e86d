/** `tc qdisc`: text and JSON (iproute2 tc/tc_qdisc.c print_qdisc). */
import type { TcQdisc } from "../state/tc.ts";
import { phrase } from "../wording/phrase.ts";
import { DumpReader, dumpLines, type Parsed, wordsOf } from "./dump.ts";
import { isJson, jsonRows, stringField } from "./json-rows.ts";

/** The queueing disciplines of a dump. Throws InputError for what is no such dump. */
export function parseTcQdisc(text: string, file: string): Parsed<TcQdisc> {
	const dump = new DumpReader<TcQdisc>("tc-qdisc", file, "tc qdisc");
	const add = (kind: string | undefined, device: string | undefined, handle?: string, parent?: string): boolean => {
		if (kind === undefined || device === undefined) return false;
		const optional = { ...(handle === undefined ? {} : { handle }), ...(parent === undefined ? {} : { parent }) };
		dump.entries.push({ device, kind, ...optional, origin: dump.origin("unknown", line) });
		return true;
	};
	let line = 0;
	if (isJson(text, file)) {
		const rows = jsonRows(text, file);
		for (const row of rows) {
			line = row.line;
			const field = (key: string): string | undefined => stringField(row.value, key);
			if (!add(field("kind"), field("dev"), field("handle"), field("parent"))) dump.keep(row, phrase("entry-of-qdisc"));
		}
		return dump.finish(rows.length === 0 || dump.entries.length > 0);
	}
	let last = 0;
	for (const each of dumpLines(text)) {
		line = each.line;
		const words = wordsOf(each.text);
		const after = (word: string): string | undefined => {
			const at = words.indexOf(word);
			return at < 0 ? undefined : words[at + 1];
		};
		// Indented lines are options and counters of the qdisc above.
		if (/^\s/.test(each.text) && last > 0) continue;
		if (words[0] !== "qdisc" || !add(words[1], after("dev"), words[2], after("parent"))) {
			dump.keep(each, phrase("line-of-qdisc"));
		} else last = line;
	}
	return dump.finish();
}
