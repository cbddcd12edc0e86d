/** `ip -d address`, `ip -d link`, `ip address`: text and JSON (iproute2 ip/ipaddress.c print_linkinfo, print_addrinfo). */
import { type Phrase, phrase } from "../wording/phrase.ts";
import { AddressReader, type ParsedAddresses } from "./address-reader.ts";
import { dumpLines, type Line, wordsOf } from "./dump.ts";
import { type AddressDraft, interfaceAddress, isAddressFlag, type ReadAddress } from "./interface-address.ts";
import { readAddressJson } from "./ip-address-json.ts";
import { isJson } from "./json-rows.ts";
import { readDetails, readLinkLine } from "./link-words.ts";

/** The devices of a dump with their addresses, in its order. Throws InputError for what is no such dump. */
export function parseIpAddress(text: string, file: string): ParsedAddresses {
	const reader = new AddressReader(file);
	if (isJson(text, file)) readAddressJson(text, file, reader);
	else for (const line of dumpLines(text)) readTextLine(line, reader);
	return reader.finish();
}

function readTextLine(line: Line, reader: AddressReader): void {
	const oneLine = /^\d+: (\S+?)(?:@\S+)?\s+(inet6? .*)$/.exec(line.text);
	if (oneLine?.[1] !== undefined && oneLine[2] !== undefined) {
		reader.add(addressOf(wordsOf(oneLine[2]), oneLine[1]), line);
		return;
	}
	if (!/^\s/.test(line.text)) {
		const raw = readLinkLine(line.text);
		if (raw === undefined) reader.links.keep(line, phrase("line-of-device"));
		else reader.open(raw, line.line);
		return;
	}
	const words = wordsOf(line.text);
	const { current } = reader;
	if (words[0] === "valid_lft") return;
	if (current === undefined) {
		reader.links.keep(line, phrase("no-device-above"));
		return;
	}
	if (words[0] === "inet" || words[0] === "inet6") {
		reader.add(addressOf(words, current.name), line);
		return;
	}
	if (!readDetails(words, current)) reader.links.keep(line, phrase("device-words-unknown"));
}

/** `inet 10.0.0.1/24 [peer …] [brd …] [metric …] scope global [FLAGS] [LABEL]`. */
function addressOf(words: readonly string[], device: string): ReadAddress | Phrase {
	const draft: AddressDraft = { scope: "global", flags: [], local: words[1] ?? "" };
	for (let at = 2; at < words.length; at++) {
		const word = words[at] as string;
		const field = Object.hasOwn(FIELD_OF_WORD, word) ? FIELD_OF_WORD[word] : undefined;
		if (field !== undefined) draft[field] = words[++at] ?? "";
		else if (word === "metric" || word === "flags" || word === "any") at++;
		// An IPv4 address ends with its label: the device's name as it was when the address came, or that with `:something`.
		else if (at === words.length - 1 && words[0] === "inet" && !isAddressFlag(word)) draft.label = word;
		else draft.flags.push(word);
	}
	return interfaceAddress(draft, device);
}

const FIELD_OF_WORD: Readonly<Record<string, "peer" | "broadcast" | "scope" | "protocol">> = {
	peer: "peer",
	brd: "broadcast",
	scope: "scope",
	proto: "protocol",
};
