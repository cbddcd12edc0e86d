/** Reads and writes what `ipset save` prints and `ipset restore` takes. */
import type { Origin } from "../../origin/origin.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Ipset, IpsetEntry } from "../ipset.ts";
import type { UnreadLine } from "../unread-line.ts";

export interface IpsetSave {
	readonly sets: ReadonlyMap<string, Ipset>;
	readonly unread: readonly UnreadLine[];
}

/** Sets whose maker is known by their names: kube-proxy's, Calico's, Hybridnet's. */
const MAKERS: readonly (readonly [prefix: string, component: string])[] = [
	["KUBE-", "kube-proxy"],
	["cali", "calico"],
	["HYBR-", "hybridnet"],
];

/** Reads a dump. Lines that are not understood are in `unread`; the rest is there all the same. */
export function parseIpsetSave(text: string, options: { readonly file: string }): IpsetSave {
	const { file } = options;
	const sets = new Map<string, Omit<Ipset, "entries"> & { readonly entries: IpsetEntry[] }>();
	const unread: UnreadLine[] = [];
	let line = 0;
	for (let from = 0; from < text.length; ) {
		const newline = text.indexOf("\n", from);
		const end = newline < 0 ? text.length : newline;
		const content = text.slice(from, end).trim();
		from = end + 1;
		line++;
		if (content === "" || content.startsWith("#") || content === "COMMIT") continue;
		const [command, name, subject, rest] = fourWords(content);
		const source = { file, line };
		if ((command === "create" || command === "-N") && subject !== "") {
			const origin: Origin = { component: makerOf(name), source };
			sets.set(name, { name, type: subject, options: rest, entries: [], origin });
		} else if ((command === "add" || command === "-A") && subject !== "") {
			const set = sets.get(name);
			if (set === undefined) unread.push({ text: content, why: phrase("set-not-created", { name }), source });
			else
				set.entries.push({ text: subject, ...entryOptions(rest), origin: { component: set.origin.component, source } });
		} else unread.push({ text: content, why: phrase("no-set-line"), source, lost: true });
	}
	return { sets, unread };
}

/** The input of `ipset restore`. Sets of sets come last, as what they hold must be there before. */
export function printIpsetSave(sets: Iterable<Ipset>): string {
	let text = "";
	const ofSets: Ipset[] = [];
	for (const set of sets) {
		if (set.type === "list:set") ofSets.push(set);
		else text += printSet(set);
	}
	return text + ofSets.map(printSet).join("");
}

function printSet(set: Ipset): string {
	let text = `create ${set.name} ${set.type}${set.options === "" ? "" : ` ${set.options}`}\n`;
	for (const entry of set.entries) {
		const options = `${entry.options === "" ? "" : ` ${entry.options}`}${entry.nomatch ? " nomatch" : ""}`;
		text += `add ${set.name} ${entry.text}${options}\n`;
	}
	return text;
}

function makerOf(name: string): string {
	return MAKERS.find(([prefix]) => name.startsWith(prefix))?.[1] ?? "unknown";
}

/** The first three words, and what follows them. */
function fourWords(content: string): [string, string, string, string] {
	const words: [string, string, string, string] = ["", "", "", ""];
	let at = 0;
	for (let i = 0; i < 3; i++) {
		const space = content.indexOf(" ", at);
		words[i] = space < 0 ? content.slice(at) : content.slice(at, space);
		if (space < 0) return words;
		at = space + 1;
	}
	words[3] = content.slice(at).trim();
	return words;
}

function entryOptions(text: string): { readonly nomatch: boolean; readonly options: string } {
	if (!text.includes("nomatch")) return { nomatch: false, options: text };
	// A comment stands in quotes and may hold any word.
	const words: readonly string[] = text.match(/"[^"]*"|[^\s"]+/g) ?? [];
	const options = words.filter((word) => word !== "nomatch").join(" ");
	return { nomatch: words.includes("nomatch"), options };
}
