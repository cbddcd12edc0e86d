/** `ip neigh`, `ip neigh show proxy`: text and JSON (iproute2 ip/ipneigh.c print_neigh). */
import { parseAddress } from "../address/address.ts";
import type { Neighbour, NeighbourState } from "../state/ip.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { DumpReader, dumpLines, type Parsed, wordsOf } from "./dump.ts";
import { componentOfProtocol, routeProtocol } from "./iproute2-names.ts";
import { isJson, type JsonObject, jsonRows, stringField, stringsField } from "./json-rows.ts";

/** The neighbours of a dump; it may hold the output of both commands. Throws InputError for what is no such dump. */
export function parseIpNeigh(text: string, file: string): Parsed<Neighbour> {
	const dump = new DumpReader<Neighbour>("ip-neigh", file, "ip neigh");
	const json = isJson(text, file);
	const raws = json
		? jsonRows(text, file).map((row) => ({ words: wordsOfRow(row.value), line: row }))
		: Array.from(dumpLines(text), (line) => ({ words: wordsOf(line.text), line }));
	for (const { words, line } of raws) {
		const read = neighbourOf(words);
		if ("phrase" in read) dump.keep(line, read);
		else {
			const { component, ...neighbour } = read;
			dump.entries.push({ ...neighbour, origin: dump.origin(component, line.line) });
		}
	}
	return dump.finish();
}

const STATES: ReadonlyMap<string, NeighbourState> = new Map([
	["PERMANENT", "permanent"],
	["NOARP", "noarp"],
	["REACHABLE", "reachable"],
	["STALE", "stale"],
	["DELAY", "delay"],
	["PROBE", "probe"],
	["INCOMPLETE", "incomplete"],
	["FAILED", "failed"],
	["NONE", "none"],
]);

/** Words that do not change whether and how the neighbour is used; those of `ip -s` among them. */
const FLAGS_WITHOUT_MEANING = new Set(["router", "extern_learn", "offload", "managed", "extern_valid"]);
const VALUES_WITHOUT_MEANING = new Set(["ref", "used", "probes"]);

type ReadNeighbour = Omit<Neighbour, "origin"> & { readonly component: string };

function neighbourOf(words: readonly string[]): ReadNeighbour | Phrase {
	const address = parseAddress(words[0] as string);
	if (address === undefined) return phrase("neighbour-without-address");
	let device: string | undefined;
	let mac: string | null = null;
	let state: NeighbourState = "none";
	let proxy = false;
	let component = "unknown";
	for (let at = 1; at < words.length; at++) {
		const word = words[at] as string;
		const known = STATES.get(word);
		if (known !== undefined) state = known;
		else if (word === "proxy") proxy = true;
		else if (word === "dev") device = words[++at];
		else if (word === "lladdr") mac = words[++at]?.toLowerCase() ?? null;
		else if (word === "proto") component = componentOfProtocol(routeProtocol(words[++at] ?? ""));
		// `ip -s` glues its two counters together: `used 0/60/0probes 0`.
		else if (VALUES_WITHOUT_MEANING.has(word)) at += words[at + 1]?.endsWith("probes") ? 2 : 1;
		else if (!FLAGS_WITHOUT_MEANING.has(word)) return phrase("text-not-understood", { text: word });
	}
	if (device === undefined) return phrase("neighbour-without-device");
	return { family: address.family, device, address, mac, state, proxy, component };
}

const KEYS_WITHOUT_MEANING = new Set([
	...FLAGS_WITHOUT_MEANING,
	"dst",
	"dev",
	"lladdr",
	"state",
	"proxy",
	"protocol",
	"refcnt",
	"used",
	"confirmed",
	"updated",
	"probes",
]);

/** The words that `ip neigh` would have printed for a JSON entry. */
function wordsOfRow(value: JsonObject): string[] {
	const words = [stringField(value, "dst") ?? ""];
	for (const word of ["dev", "lladdr"]) {
		const text = stringField(value, word);
		if (text !== undefined) words.push(word, text);
	}
	if ("proxy" in value) words.push("proxy");
	words.push(...stringsField(value, "state"));
	const protocol = stringField(value, "protocol");
	if (protocol !== undefined) words.push("proto", protocol);
	words.push(...Object.keys(value).filter((key) => !KEYS_WITHOUT_MEANING.has(key)));
	return words;
}
