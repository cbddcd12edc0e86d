/** What a tc classifier matches: u32, flower and matchall. Others, bpf among them, are not evaluated. */
import { addressFromWords, parseAddress } from "../address/address.ts";
import { hostPrefix, type Prefix, parsePrefix, prefixOf } from "../address/prefix.ts";
import { decimal } from "./dump.ts";

export interface ClassifierDraft {
	/** `u32`, `flower`, `matchall`, `bpf` … */
	readonly kind: string;
	readonly protocol: string;
	handle?: string;
	source?: Prefix;
	destination?: Prefix;
	vlan?: number;
	/** IPv6 prefixes are matched word by word: what is known of both addresses so far. */
	readonly words: U32Word[];
	/** What was not understood. */
	readonly unknown: string[];
}

interface U32Word {
	readonly value: number;
	readonly mask: number;
	readonly offset: number;
}

/** Reads one line of a filter after its first words into the draft. The first line's own options come after the word `options`. */
export function readClassifierLine(words: readonly string[], draft: ClassifierDraft): void {
	if (words[0] === "options") draft.handle = /\b(?:fh|handle) (\S+)/.exec(words.join(" "))?.[1] ?? "";
	if (isOffloadNote(words)) return;
	switch (draft.kind) {
		case "u32":
			readU32(words, draft);
			return;
		case "flower":
			readFlower(words, draft);
			return;
		case "matchall":
			if (words[0] !== "options") draft.unknown.push(...words);
			return;
		default:
			draft.unknown.push(...words.slice(words[0] === "options" ? 1 : 0));
	}
}

/** Whether a network card does the work instead of the kernel, and counters. */
function isOffloadNote(words: readonly string[]): boolean {
	return /^(not_in_hw|in_hw|skip_hw|skip_sw|used_hw_stats|used|rule|success|\(rule)/.test(words[0] ?? "");
}

/** Where the addresses are in an IP header, in bytes. */
const HEADER_OFFSETS = {
	ip: { source: 12, destination: 16, words: 1 },
	ipv6: { source: 8, destination: 24, words: 4 },
} as const;

const U32_OPTIONS =
	/^chain \d+ fh \S+ order \d+ key ht \S+ bkt \S+( (terminal|flowid|\?\?\?|not_in_hw|in_hw|skip_hw|[0-9a-f]+:[0-9a-f]*))*$/;

function readU32(words: readonly string[], draft: ClassifierDraft): void {
	if (words[0] === "options") {
		const options = words
			.slice(1)
			.join(" ")
			.replace(/ \(rule hit.*$/, "");
		if (!U32_OPTIONS.test(options)) draft.unknown.push(options);
		return;
	}
	const text = words.join(" ");
	const [, valueText, maskText, offsetText] =
		/^match ([0-9a-f]{8})\/([0-9a-f]{8}) at (\d+)( \(success \d+ ?\))?$/.exec(text) ?? [];
	if (valueText === undefined || maskText === undefined) {
		if (!readPrettyU32(words, draft)) draft.unknown.push(text);
		return;
	}
	const word = {
		value: Number.parseInt(valueText, 16),
		mask: Number.parseInt(maskText, 16),
		offset: Number(offsetText),
	};
	if (word.mask === 0) return;
	draft.words.push(word);
	const offsets = draft.protocol === "ip" || draft.protocol === "ipv6" ? HEADER_OFFSETS[draft.protocol] : undefined;
	const side =
		offsets && (["source", "destination"] as const).find((each) => inAddress(word, offsets[each], offsets.words));
	const matched = offsets && side && prefixOfWords(draft.words, offsets[side], offsets.words);
	if (side === undefined || matched === undefined) draft.unknown.push(text);
	else draft[side] = matched;
}

/** `tc -p`: `match IP src 10.0.0.0/8`. */
function readPrettyU32(words: readonly string[], draft: ClassifierDraft): boolean {
	const [match, family, side, text = ""] = words;
	const matched = parsePrefix(text);
	if (match !== "match" || !/^IP(6|v6)?$/i.test(family ?? "") || matched === undefined || words.length !== 4)
		return false;
	if (side === "src") draft.source = matched;
	else if (side === "dst") draft.destination = matched;
	else return false;
	return true;
}

function inAddress(word: U32Word, start: number, count: number): boolean {
	return word.offset >= start && word.offset < start + 4 * count && (word.offset - start) % 4 === 0;
}

/** The prefix that the words so far match, or `undefined` where the bits that count are not leading ones. */
function prefixOfWords(words: readonly U32Word[], start: number, count: number): Prefix | undefined {
	const values: number[] = [];
	let length = 0;
	for (let i = 0; i < count; i++) {
		const word = words.find((each) => each.offset === start + 4 * i);
		const mask = word?.mask ?? 0;
		const bits = Math.clz32(~mask >>> 0);
		// Words come in order: a gap before this one means that another line has yet to fill it, which tc never does.
		const leading = mask === (bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0);
		if (!leading || (bits > 0 && length !== 32 * i)) return undefined;
		values.push(word?.value ?? 0);
		length += bits;
	}
	return prefixOf(addressFromWords(values), length);
}

/** Keys that the filter's protocol already says, or that only repeat it. */
const FLOWER_ETHERTYPE: Readonly<Record<string, string>> = { ip: "ipv4", ipv6: "ipv6" };

function readFlower(words: readonly string[], draft: ClassifierDraft): void {
	const [key, value = ""] = words;
	switch (key) {
		case "options":
			return;
		case "src_ip":
		case "dst_ip": {
			const bare = parseAddress(value);
			const matched = bare === undefined ? parsePrefix(value) : hostPrefix(bare);
			if (matched === undefined) draft.unknown.push(...words);
			else draft[key === "src_ip" ? "source" : "destination"] = matched;
			return;
		}
		case "vlan_id": {
			const vlan = decimal(value);
			if (vlan === undefined) draft.unknown.push(...words);
			else draft.vlan = vlan;
			return;
		}
		case "eth_type":
			if (FLOWER_ETHERTYPE[draft.protocol] !== value) draft.unknown.push(...words);
			return;
		default:
			draft.unknown.push(...words);
	}
}
