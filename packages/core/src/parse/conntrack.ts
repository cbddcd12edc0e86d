/** `conntrack -L`, with or without `-o extended`, and /proc/net/nf_conntrack (libnetfilter_conntrack snprintf_default.c). */
import { parseAddress } from "../address/address.ts";
import type { ConntrackEntry, Tuple } from "../state/conntrack.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { DumpReader, decimal, dumpLines, type Parsed, unsigned32, wordsOf } from "./dump.ts";
import { ipProtocol } from "./iproute2-names.ts";

/** The connections of a dump, in its order. Throws InputError for what is no such dump. */
export function parseConntrack(text: string, file: string): Parsed<ConntrackEntry> {
	const dump = new DumpReader<ConntrackEntry>("conntrack", file, "conntrack -L");
	let understood = false;
	for (const line of dumpLines(text)) {
		if (/^conntrack v[\d.]+ \(conntrack-tools\)/.test(line.text)) {
			understood = true;
			continue;
		}
		const entry = entryOf(wordsOf(line.text));
		if ("phrase" in entry) dump.keep(line, entry);
		else dump.entries.push(entry);
	}
	return dump.finish(understood || dump.entries.length > 0);
}

/** `[ipv4 2] tcp 6 431999 [ESTABLISHED] src=… … src=… … [ASSURED] mark=…`. */
function entryOf(words: readonly string[]): ConntrackEntry | Phrase {
	const from = words[0] === "ipv4" || words[0] === "ipv6" ? 2 : 0;
	const protocol = ipProtocol(words[from + 1] ?? "");
	if (protocol === undefined) return phrase("connection-without-protocol");
	const sides: Map<string, string>[] = [];
	const rest = new Map<string, string>();
	const status: string[] = [];
	let state: string | undefined;
	for (const word of words.slice(from + 2)) {
		const equals = word.indexOf("=");
		const key = word.slice(0, equals);
		if (key === "src") sides.push(new Map());
		const side = sides.at(-1);
		// `-o id` adds an id of the entry's own, after the sides, which an ICMP side has already.
		if (equals > 0)
			(side !== undefined && TUPLE_KEYS.has(key) && !side.has(key) ? side : rest).set(key, word.slice(equals + 1));
		else if (/^\[[A-Z_]+\]$/.test(word)) status.push(word.slice(1, -1));
		else if (/^[A-Z][A-Z_0-9]+$/.test(word)) state = word;
		else if (!/^\d+$/.test(word)) return phrase("text-not-understood", { text: word });
	}
	for (const key of rest.keys()) if (!REST_KEYS.has(key)) return phrase("text-not-understood", { text: key });
	const original = tupleOf(sides[0], protocol);
	const reply = tupleOf(sides[1], protocol);
	if (original === undefined || reply === undefined || sides.length !== 2) return phrase("connection-without-sides");
	return {
		zone: decimal(rest.get("zone")) ?? 0,
		original,
		reply,
		mark: unsigned32(rest.get("mark")) ?? 0,
		...(state === undefined ? {} : { state }),
		status,
	};
}

const TUPLE_KEYS = new Set([
	"src",
	"dst",
	"sport",
	"dport",
	"type",
	"code",
	"id",
	"packets",
	"bytes",
	"srckey",
	"dstkey",
]);
/** What may stand outside the two sides. Zones of one side only (`zone-orig`) are not among them: the state has no place for them. */
const REST_KEYS = new Set([
	"mark",
	"zone",
	"use",
	"id",
	"secctx",
	"secmark",
	"delta-time",
	"helper",
	"labels",
	"timeout",
]);

function tupleOf(fields: ReadonlyMap<string, string> | undefined, protocol: string): Tuple | undefined {
	const src = parseAddress(fields?.get("src") ?? "");
	const dst = parseAddress(fields?.get("dst") ?? "");
	if (fields === undefined || src === undefined || dst === undefined) return undefined;
	const icmp = protocol === "icmp" || protocol === "icmpv6";
	return {
		src,
		dst,
		protocol,
		sport: decimal(fields.get(icmp ? "id" : "sport")) ?? 0,
		dport: decimal(fields.get("dport")) ?? 0,
	};
}
