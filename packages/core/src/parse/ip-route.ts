/** `ip route show table all`, `ip route`, `ip -6 route`: text and JSON, with and without `-d`, `-o`, `-N` (iproute2 ip/iproute.c). */
import type { Family } from "../address/address.ts";
import type { Route } from "../state/ip.ts";
import { phrase } from "../wording/phrase.ts";
import { DumpReader, dumpLines, type Line, type Parsed, wordsOf } from "./dump.ts";
import { routeType } from "./iproute2-names.ts";
import {
	isJson,
	type JsonObject,
	type JsonRow,
	jsonRows,
	numberField,
	objectField,
	objectsField,
	stringField,
	stringsField,
} from "./json-rows.ts";
import { isRouteFlag, type RawHop, type RawRoute, rawRoute, routeOf } from "./route.ts";

/**
 * The routes of a dump, in its order. A route with words that are not understood is an entry with `notUnderstood`; the
 * preference of router advertisements (`pref`), which orders default routes of one metric, is not kept.
 * Throws InputError for what is no such dump.
 */
export function parseIpRoute(text: string, file: string): Parsed<Route> {
	const reader = new RouteReader(file);
	if (isJson(text, file)) {
		const rows = jsonRows(text, file);
		for (const row of rows) reader.add(rawOfRow(row), { text: row.text, line: row.line });
		return reader.dump.finish(rows.length === 0 || reader.dump.entries.length > 0);
	}
	for (const line of dumpLines(text)) reader.read(line);
	reader.flush();
	return reader.dump.finish();
}

class RouteReader {
	readonly dump: DumpReader<Route>;
	#family: Family = 4;
	#open: { readonly raw: RawRoute; readonly line: Line } | undefined;

	constructor(file: string) {
		this.dump = new DumpReader("ip-route", file, "ip route show table all");
	}

	read(line: Line): void {
		const words = wordsOf(line.text);
		if (words[0] === "nexthop" || words[0] === "nh_info") {
			this.#continuation(words, line);
			return;
		}
		this.flush();
		const type = routeType(words[0] as string);
		const destination = type === undefined ? words[0] : words[1];
		if (destination === undefined) {
			this.dump.keep(line, phrase("route-without-destination"));
			return;
		}
		const raw = rawRoute(type ?? "unicast", destination);
		new RouteWords(words, type === undefined ? 1 : 2).readInto(raw, raw.only);
		this.#open = { raw, line };
	}

	#continuation(words: readonly string[], line: Line): void {
		if (this.#open === undefined) {
			this.dump.keep(line, phrase("next-hop-after-route"));
			return;
		}
		const { raw } = this.#open;
		if (words[0] === "nexthop") {
			const hop: RawHop = { flags: [] };
			raw.several.push(hop);
			new RouteWords(words, 1).readInto(raw, hop);
		} else if (words.includes("resilient")) raw.unknown.push(...words);
	}

	/** Ends the route whose lines were being read. */
	flush(): void {
		if (this.#open !== undefined) this.add(this.#open.raw, this.#open.line);
		this.#open = undefined;
	}

	add(raw: RawRoute, line: Line): void {
		const route = routeOf(raw, this.#family, (component) => this.dump.origin(component, line.line));
		if ("phrase" in route) {
			this.dump.keep(line, route);
			return;
		}
		this.#family = route.family;
		this.dump.entries.push(route);
	}
}

/** Words with one value that say nothing about which way a packet goes. */
const VALUES_WITHOUT_MEANING = new Set([
	"advmss",
	"hoplimit",
	"window",
	"rtt",
	"rttvar",
	"ssthresh",
	"cwnd",
	"initcwnd",
	"initrwnd",
	"quickack",
	"congctl",
	"rto_min",
	"reordering",
	"fastopen_no_cookie",
	"features",
	"expires",
	"error",
	"realm",
	"realms",
	"users",
	"used",
	"age",
]);

const FIELD_OF_WORD: Readonly<
	Record<string, "tos" | "table" | "protocol" | "scope" | "source" | "metric" | "nexthopId" | "preference">
> = {
	tos: "tos",
	dsfield: "tos",
	table: "table",
	proto: "protocol",
	scope: "scope",
	src: "source",
	metric: "metric",
	preference: "metric",
	nhid: "nexthopId",
	pref: "preference",
};

/** The words of a route's or next hop's line after its destination. */
class RouteWords {
	readonly #words: readonly string[];
	#at: number;

	constructor(words: readonly string[], from: number) {
		this.#words = words;
		this.#at = from;
	}

	readInto(raw: RawRoute, hop: RawHop): void {
		for (let word = this.#next(); word !== undefined; word = this.#next()) this.#word(word, raw, hop);
	}

	#next(): string | undefined {
		return this.#words[this.#at++];
	}

	#word(word: string, raw: RawRoute, hop: RawHop): void {
		const field = Object.hasOwn(FIELD_OF_WORD, word) ? FIELD_OF_WORD[word] : undefined;
		if (field !== undefined) raw[field] = this.#next() ?? "";
		else if (word === "via") hop.gateway = this.#gateway();
		else if (word === "dev") hop.device = this.#next() ?? "";
		else if (word === "weight") hop.weight = this.#next() ?? "";
		else if (word === "mtu") raw.mtu = this.#value();
		else if (word === "encap") this.#encapsulation(raw);
		else if (isRouteFlag(word)) hop.flags.push(word);
		else if (word.startsWith("[")) this.#bracketed(word, raw, hop);
		else if (VALUES_WITHOUT_MEANING.has(word)) this.#value();
		else raw.unknown.push(word);
	}

	/** The value of a metric, which may be locked (`mtu lock 1400`). */
	#value(): string {
		const value = this.#next();
		return (value === "lock" ? this.#next() : value) ?? "";
	}

	#gateway(): string {
		const word = this.#next() ?? "";
		return word === "inet6" || word === "inet" ? `${word} ${this.#next() ?? ""}` : word;
	}

	/** How many words an encapsulation has is its own affair; the next hop ends it. */
	#encapsulation(raw: RawRoute): void {
		raw.unknown.push("encap");
		while (this.#at < this.#words.length && !/^(via|dev)$/.test(this.#words[this.#at] as string)) {
			raw.unknown.push(this.#next() as string);
		}
	}

	/** Flags without a name stand in brackets, in hexadecimal (`[21 offload]`). */
	#bracketed(first: string, raw: RawRoute, hop: RawHop): void {
		for (let word: string | undefined = first; word !== undefined; word = this.#next()) {
			const plain = word.replace(/[[\]]/g, "");
			if (isRouteFlag(plain)) hop.flags.push(plain);
			else if (!/^[0-9a-f]*$/.test(plain)) raw.unknown.push(plain);
			if (word.endsWith("]")) return;
		}
	}
}

const UNDERSTOOD_KEYS = new Set(
	"type dst tos nhid gateway via dev table protocol scope prefsrc metric flags metrics nexthops pref expires nh_info error flow".split(
		" ",
	),
);

function rawOfRow(row: JsonRow): RawRoute {
	const { value } = row;
	// With an encapsulation the key `dst` comes twice: first the route's, then the tunnel's.
	const destination = "encap" in value ? /"dst"\s*:\s*"([^"]*)"/.exec(row.text)?.[1] : stringField(value, "dst");
	const raw = rawRoute(routeType(stringField(value, "type") ?? "unicast") ?? "unicast", destination ?? "");
	if ("type" in value && routeType(stringField(value, "type") ?? "") === undefined) raw.unknown.push("type");
	const fields = {
		tos: "tos",
		table: "table",
		protocol: "protocol",
		scope: "scope",
		source: "prefsrc",
		metric: "metric",
		nexthopId: "nhid",
		preference: "pref",
	} as const;
	for (const [field, key] of Object.entries(fields) as [keyof typeof fields, string][]) {
		const text = stringField(value, key);
		if (text !== undefined) raw[field] = text;
	}
	hopOfObject(value, raw.only, raw.unknown);
	for (const each of objectsField(value, "nexthops")) {
		const hop: RawHop = { flags: [] };
		raw.several.push(hop);
		hopOfObject(each, hop, raw.unknown);
		for (const key of Object.keys(each)) if (!HOP_KEYS.has(key)) raw.unknown.push(key);
	}
	for (const metrics of objectsField(value, "metrics")) {
		const mtu = numberField(metrics, "mtu");
		if (mtu !== undefined) raw.mtu = String(mtu);
	}
	const group = objectField(value, "nh_info");
	if (group !== undefined && "resilient_args" in group) raw.unknown.push("resilient");
	for (const key of Object.keys(value)) {
		if (!UNDERSTOOD_KEYS.has(key)) raw.unknown.push(key, stringField(value, key) ?? JSON.stringify(value[key]));
	}
	return raw;
}

const HOP_KEYS = new Set(["gateway", "via", "dev", "weight", "flags"]);

function hopOfObject(value: JsonObject, hop: RawHop, unknown: string[]): void {
	const via = objectField(value, "via");
	const gateway =
		via === undefined
			? stringField(value, "gateway")
			: `${stringField(via, "family") ?? ""} ${stringField(via, "host") ?? ""}`;
	if (gateway !== undefined) hop.gateway = gateway;
	const device = stringField(value, "dev");
	if (device !== undefined) hop.device = device;
	const weight = stringField(value, "weight");
	if (weight !== undefined) hop.weight = weight;
	for (const flag of stringsField(value, "flags")) {
		if (isRouteFlag(flag)) hop.flags.push(flag);
		else unknown.push(flag);
	}
}
