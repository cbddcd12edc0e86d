/** `bridge fdb`: text and JSON (iproute2 bridge/fdb.c print_fdb). */
import { type Address, parseAddress } from "../address/address.ts";
import type { FdbEntry } from "../state/ip.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { DumpReader, decimal, dumpLines, type Parsed, wordsOf } from "./dump.ts";
import { isJson, type JsonObject, jsonRows, stringField, stringsField } from "./json-rows.ts";

/** The forwarding entries of a dump, in its order. Throws InputError for what is no such dump. */
export function parseBridgeFdb(text: string, file: string): Parsed<FdbEntry> {
	const dump = new DumpReader<FdbEntry>("bridge-fdb", file, "bridge fdb");
	const raws = isJson(text, file)
		? jsonRows(text, file).map((row) => ({ words: wordsOfRow(row.value), line: row }))
		: Array.from(dumpLines(text), (line) => ({ words: wordsOf(line.text), line }));
	for (const { words, line } of raws) {
		const entry = entryOf(words);
		if ("phrase" in entry) dump.keep(line, entry);
		// Ports' own addresses and multicast groups are the kernel's; who made the others is not said.
		else dump.entries.push({ ...entry, origin: dump.origin("unknown", line.line) });
	}
	return dump.finish();
}

interface Draft {
	device?: string;
	vlan?: number;
	master?: string;
	destination?: Address;
	port?: number;
	vni?: number;
	via?: string;
	self: boolean;
	state: FdbEntry["state"];
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** Flags that do not change where a frame goes. */
const FLAGS_WITHOUT_MEANING = new Set([
	"extern_learn",
	"offload",
	"offloaded",
	"sticky",
	"added_by_user",
	"added_by_ext_learn",
	"stale",
	"reachable",
	"linkdown",
	"activity_notify",
	"inactive",
	"locked",
]);

function entryOf(words: readonly string[]): Omit<FdbEntry, "origin"> | Phrase {
	const mac = (words[0] ?? "").toLowerCase();
	if (!MAC.test(mac)) return phrase("entry-of-fdb");
	const draft: Draft = { self: false, state: "dynamic" };
	for (let at = 1; at < words.length; at++) {
		const word = words[at] as string;
		if (readPair(word, words[at + 1], draft)) at++;
		else if (word === "self") draft.self = true;
		else if (word === "permanent" || word === "static") draft.state = word;
		else if (!FLAGS_WITHOUT_MEANING.has(word)) return phrase("text-not-understood", { text: word });
	}
	const { device } = draft;
	return device === undefined ? phrase("fdb-without-device") : { ...draft, device, mac };
}

function readPair(word: string, value: string | undefined, draft: Draft): boolean {
	if (value === undefined) return false;
	switch (word) {
		case "dev":
			draft.device = value;
			return true;
		case "master":
		case "via":
			draft[word] = value;
			return true;
		case "vlan":
		case "port":
		case "vni": {
			const number = decimal(value);
			if (number === undefined) return false;
			draft[word] = number;
			return true;
		}
		case "dst": {
			const address = parseAddress(value);
			if (address === undefined) return false;
			draft.destination = address;
			return true;
		}
		// `bridge -s`: when it was last used and updated.
		case "used":
			return true;
		default:
			return false;
	}
}

const WORD_OF_KEY: Readonly<Record<string, string>> = {
	ifname: "dev",
	dst: "dst",
	vlan: "vlan",
	port: "port",
	vni: "vni",
	viaIf: "via",
	viaIfIndex: "via",
	master: "master",
};
const OTHER_KEYS = new Set(["mac", "flags", "state", "used", "updated"]);

/** The words that `bridge fdb` would have printed for a JSON entry. */
function wordsOfRow(value: JsonObject): string[] {
	const words = [stringField(value, "mac") ?? ""];
	for (const key of Object.keys(value)) {
		const word = Object.hasOwn(WORD_OF_KEY, key) ? WORD_OF_KEY[key] : undefined;
		if (word !== undefined) words.push(word, stringField(value, key) ?? "");
		else if (!OTHER_KEYS.has(key)) words.push(key);
	}
	words.push(...stringsField(value, "flags"), stringField(value, "state") ?? "");
	return words.filter((word) => word !== "");
}
