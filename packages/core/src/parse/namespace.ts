/** A namespace from the files of a snapshot: what each parser reads, and what follows from it without being written there. */
import type { Family } from "../address/address.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { parseIpsetSave } from "../netfilter/ipset/save.ts";
import { parseNftRuleset } from "../netfilter/nftables/parse.ts";
import { EMPTY_RULESET } from "../netfilter/nftables/ruleset.ts";
import type { UnreadLine } from "../netfilter/unread-line.ts";
import { parseXtablesSave } from "../netfilter/xtables/save.ts";
import type { XtTable } from "../netfilter/xtables/table.ts";
import { DEFAULT_RULES } from "../state/assemble.ts";
import type { Assumption } from "../state/assumption.ts";
import type { Rule } from "../state/ip.ts";
import type { Link } from "../state/link.ts";
import { type Namespace, type NotUnderstood, STATE_PARTS, type StatePart } from "../state/namespace.ts";
import type { Place } from "../state/place.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { parseBridgeFdb } from "./bridge-fdb.ts";
import { parseBridgeVlan, withPortVlans } from "./bridge-vlan.ts";
import { parseConntrack } from "./conntrack.ts";
import { routesWithDerived, rulesWithKnownTables } from "./derived-routes.ts";
import { excerpt, type Parsed } from "./dump.ts";
import { parseIpAddress } from "./ip-address.ts";
import { parseIpNeigh } from "./ip-neigh.ts";
import { parseIpRoute } from "./ip-route.ts";
import { parseIpRule } from "./ip-rule.ts";
import { parseIpvsadmSave } from "./ipvsadm-save.ts";
import { parseSysctl } from "./sysctl.ts";
import { parseTcFilter } from "./tc-filter.ts";
import { parseTcQdisc } from "./tc-qdisc.ts";

export interface NamespaceOptions {
	/** The path of a file as messages name it; otherwise its name alone. */
	readonly pathOf?: (name: string) => string;
	/** Is told what the files do not say and the namespace was made with. */
	readonly assume?: (assumption: Assumption) => void;
}

/** Parts that no tool prints as JSON. `tc -j filter` repeats keys within an object, so its text is read. */
const TEXT_ONLY = new Set<StatePart>([
	"iptables-save",
	"ip6tables-save",
	"ipvsadm-save",
	"ipset-save",
	"conntrack",
	"sysctl",
	"tc-filter",
]);

/**
 * The namespace that the files describe. Keys are the names of a snapshot (`ip-address.txt`, `ip-route.json` …), values
 * their texts; other names are passed over. Parts without a file are in `missing`. What can be derived is: the local and
 * broadcast routes of the addresses where the dump holds none (plain `ip route` prints the main table alone), and the
 * kernel's own policy rules. Throws InputError for a file that is not the dump that its name says.
 */
export function parseNamespace(
	place: Place,
	files: ReadonlyMap<string, string>,
	options: NamespaceOptions = {},
): Namespace {
	const folder = new SnapshotFolder(place, files, options);
	const { links, addresses } = devices(folder);
	const settings = new Map(folder.entries("sysctl", parseSysctl).map((entry) => [entry.key, entry]));
	const sysctls = new Map([...settings].map(([key, { value }]) => [key, value]));
	const forwarding = (sysctls.get("net.ipv6.conf.all.forwarding") ?? "0") !== "0";
	const printed = folder.has("ip-route") ? folder.entries("ip-route", parseIpRoute) : undefined;
	const { routes, derived } = routesWithDerived(printed, links, addresses, forwarding);
	if (printed !== undefined && derived !== null) {
		folder.assume("derived-routes", phrase("routes-derived", { routes: derived, place }));
	}
	const xt = [...xtables(folder, "iptables-save", 4), ...xtables(folder, "ip6tables-save", 6)];
	return {
		place,
		links,
		addresses,
		rules: printed === undefined ? rules(folder) : rulesWithKnownTables(rules(folder), printed),
		routes,
		neighbours: folder.entries("ip-neigh", parseIpNeigh),
		fdb: folder.entries("bridge-fdb", parseBridgeFdb),
		xtables: xt,
		nftables: nftables(folder, xt),
		ipsets: ipsets(folder),
		ipvs: folder.entries("ipvsadm-save", parseIpvsadmSave),
		tcQdiscs: folder.entries("tc-qdisc", parseTcQdisc),
		tcFilters: folder.entries("tc-filter", parseTcFilter),
		sysctls,
		sysctlLines: [...settings.values()].map(({ line }) => line),
		conntrack: folder.entries("conntrack", parseConntrack),
		missing: new Set(STATE_PARTS.filter((part) => !folder.has(part))),
		files: new Map(
			STATE_PARTS.flatMap((part) => {
				const file = folder.file(part);
				return file === undefined ? [] : [[part, file.path] as const];
			}),
		),
		notUnderstood: folder.notUnderstood,
	};
}

/** The files of one namespace, and what reading them leaves to be told. */
class SnapshotFolder {
	readonly notUnderstood: NotUnderstood[] = [];
	readonly #place: Place;
	readonly #files: ReadonlyMap<string, string>;
	readonly #options: NamespaceOptions;

	constructor(place: Place, files: ReadonlyMap<string, string>, options: NamespaceOptions) {
		this.#place = place;
		this.#files = files;
		this.#options = options;
	}

	has(part: StatePart): boolean {
		return this.file(part) !== undefined;
	}

	/** The file of a part: the tool's JSON where there are both. */
	file(part: StatePart): { readonly text: string; readonly path: string } | undefined {
		for (const name of [`${part}.json`, `${part}.txt`]) {
			const text = this.#files.get(name);
			if (text === undefined) continue;
			const path = this.#options.pathOf?.(name) ?? name;
			if (name.endsWith(".json") && TEXT_ONLY.has(part)) {
				throw new InputError({
					code: "not-a-dump",
					message: `${part} is read as plain text`,
					where: { file: path, line: 1 },
					hint: `the tool's text in ${part}.txt`,
				});
			}
			return { text, path };
		}
		return undefined;
	}

	entries<Entry>(part: StatePart, parse: (text: string, file: string) => Parsed<Entry>): readonly Entry[] {
		const file = this.file(part);
		if (file === undefined) return [];
		const parsed = parse(file.text, file.path);
		this.keep(parsed.notUnderstood);
		return parsed.entries;
	}

	/** Keeps lines of a part that netfilter's parsers did not understand. */
	unread(part: StatePart, lines: readonly UnreadLine[], understood: boolean): void {
		const first = lines[0];
		if (!understood && first !== undefined) {
			throw new InputError({
				code: "not-a-dump",
				message: phrase("not-output-of", { tool: part, text: excerpt(first.text) }),
				where: first.source,
				hint: first.why,
			});
		}
		refuseCutOff(part, lines);
		this.keep(lines.map((line) => ({ part, ...line })));
	}

	keep(notUnderstood: readonly NotUnderstood[]): void {
		for (const each of notUnderstood) this.notUnderstood.push(each);
	}

	assume(code: string, message: Phrase): void {
		this.#options.assume?.({ code, message, place: this.#place });
	}
}

/** Rules that are not there cannot make an answer `unknown`, so a dump that shows its own end to be missing is refused. */
function refuseCutOff(part: StatePart, lines: readonly UnreadLine[]): void {
	const cut = lines.find((line) => line.cutOff === true);
	if (cut === undefined) return;
	throw new InputError({
		code: "cut-off-dump",
		message: phrase("output-cut-off", { tool: part, text: excerpt(cut.text) }),
		where: cut.source,
		hint: phrase("take-whole-output", { tool: part }),
	});
}

function devices(folder: SnapshotFolder): Pick<Namespace, "links" | "addresses"> {
	const file = folder.file("ip-address");
	if (file === undefined) return { links: [], addresses: [] };
	const { links, addresses, guessedKinds, notUnderstood } = parseIpAddress(file.text, file.path);
	folder.keep(notUnderstood);
	for (const [device, from] of guessedKinds) {
		const kind = links.find((link) => link.name === device)?.kind ?? "other";
		folder.assume("guessed-link-kind", phrase("link-kind-guessed", { device, kind, from }));
	}
	return { links: withVlans(links, folder), addresses };
}

function withVlans(links: readonly Link[], folder: SnapshotFolder): readonly Link[] {
	if (!folder.has("bridge-vlan")) return links;
	return withPortVlans(links, folder.entries("bridge-vlan", parseBridgeVlan));
}

/** `ip rule` prints one family's rules; the other's, or both where the file is missing, are the kernel's own. */
function rules(folder: SnapshotFolder): readonly Rule[] {
	const read = folder.entries("ip-rule", parseIpRule);
	const absent = ([4, 6] as const).filter((family) => !read.some((rule) => rule.family === family));
	if (folder.has("ip-rule") && absent.length > 0) {
		const [first = "", second] = absent.map((family) => `IPv${family}`);
		const families = second === undefined ? first : phrase("both", { one: first, other: second });
		folder.assume("default-rules", phrase("default-rules", { families }));
	}
	const added = DEFAULT_RULES.filter((rule) => absent.includes(rule.family));
	return [...read, ...added].sort((a, b) => a.family - b.family || a.priority - b.priority);
}

function xtables(folder: SnapshotFolder, part: "iptables-save" | "ip6tables-save", family: Family): readonly XtTable[] {
	const file = folder.file(part);
	if (file === undefined) return [];
	const { tables, unread } = parseXtablesSave(file.text, { family, file: file.path });
	// What iptables-save cannot show of nft's tables, nft's own dump does.
	const left = folder.has("nft-ruleset")
		? unread.filter(({ text }) => !/^# Table `.*' is incompatible/.test(text))
		: unread;
	folder.unread(part, left, tables.length > 0);
	return tables;
}

/**
 * Native tables. Those that iptables-nft keeps there are left to iptables-save, which shows what nft cannot: their matches
 * and targets (nft prints them as `xt match …`).
 */
function nftables(folder: SnapshotFolder, xtables: readonly XtTable[]): Namespace["nftables"] {
	const file = folder.file("nft-ruleset");
	if (file === undefined || file.text.trim() === "") return EMPTY_RULESET;
	const { ruleset, unread } = parseNftRuleset(file.text, { file: file.path });
	const inSave = xtables.some(({ backend }) => backend === "nft");
	const left = inSave ? unread.filter(({ text }) => !/(^|\s)xt (match|target) /.test(text)) : unread;
	folder.unread("nft-ruleset", left, ruleset.tables.length > 0);
	const own = ruleset.tables.filter(
		({ family, name }) =>
			!xtables.some(
				(each) => each.backend === "nft" && each.name === name && family === (each.family === 4 ? "ip" : "ip6"),
			),
	);
	return own.length === ruleset.tables.length ? ruleset : { tables: own };
}

function ipsets(folder: SnapshotFolder): Namespace["ipsets"] {
	const file = folder.file("ipset-save");
	if (file === undefined) return new Map();
	const { sets, unread } = parseIpsetSave(file.text, { file: file.path });
	folder.unread("ipset-save", unread, sets.size > 0);
	return sets;
}
