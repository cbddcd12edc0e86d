/** The lines of `ip -d link` about one device, word by word. */
import type { RawLink } from "./ip-link.ts";

/** `7: mv0@br0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop master br1 state DOWN group default qlen 1000`. */
export function readLinkLine(text: string): RawLink | undefined {
	const [, index, name, lower, flags, rest] =
		/^(\d{1,10}): ([^\s@]+?)(?:@([^\s:]+))?: <([^>]*)>(?:\s+(.*))?$/.exec(text) ?? [];
	if (index === undefined || name === undefined || flags === undefined) return undefined;
	const words = pairs((rest ?? "").split(/\s+/));
	const mtu = Number(words.get("mtu"));
	if (!Number.isInteger(mtu)) return undefined;
	const master = words.get("master");
	return {
		index: Number(index),
		name,
		...(lower === undefined ? {} : { lower }),
		flags: flags.split(","),
		mtu,
		...(master === undefined ? {} : { master }),
		linkType: "none",
		detailed: false,
		options: new Map(),
		slaveOptions: new Map(),
	};
}

/** Lines that say nothing about which way a packet goes: other names, counters, virtual functions, programs on the driver. */
const WITHOUT_MEANING = /^(altname|RX:?|TX:?|\d|vf$|prog|xdp|(in|e)gress-qos-map$|parentbus|parentdev|permaddr)/;

/** Reads an indented line about `raw`; false where it is not understood. */
export function readDetails(words: readonly string[], raw: RawLink): boolean {
	const first = words[0] as string;
	if (first.startsWith("link/")) {
		readLinkType(words, raw);
		return true;
	}
	const slave = /^([a-z]+)_slave$/.exec(first)?.[1];
	if (slave !== undefined) {
		raw.slaveKind = slave;
		for (const [key, value] of pairs(words.slice(1))) raw.slaveOptions.set(key, value);
		return true;
	}
	if (first === "alias") {
		raw.alias = words.slice(1).join(" ");
		return true;
	}
	if (WITHOUT_MEANING.test(first)) return true;
	// The kind's line comes right after the link type's, in a dump with -d only.
	if (!raw.detailed || raw.kind !== undefined || raw.slaveKind !== undefined || !/^[a-z][\w-]*$/.test(first))
		return false;
	raw.kind = first;
	for (const [key, value] of optionsOfKind(first, words.slice(1))) raw.options.set(key, value);
	return true;
}

/** `link/ether MAC brd MAC link-netnsid 0 promiscuity 0 …`, `link/ipip LOCAL peer REMOTE`. */
function readLinkType(words: readonly string[], raw: RawLink): void {
	raw.linkType = (words[0] as string).slice("link/".length);
	// `link/none` has no address: its next word may be one of the others already.
	const hasAddress = words[1] !== undefined && /[.:]/.test(words[1]);
	if (hasAddress) raw.mac = words[1] as string;
	const rest = pairs(words.slice(hasAddress ? 2 : 1));
	const netnsid = rest.get("link-netnsid");
	const peer = rest.get("peer");
	const netns = rest.get("link-netns");
	if (netnsid !== undefined) raw.netnsid = Number(netnsid);
	if (netns !== undefined) raw.netns = netns;
	if (peer !== undefined) raw.peer = peer;
	raw.detailed = rest.has("promiscuity");
}

/** Options without a value, which would otherwise take the next word for one. */
const ALONE = new Set([
	"external",
	"nolearning",
	"learning",
	"proxy",
	"rsc",
	"l2miss",
	"l3miss",
	"udpcsum",
	"noudpcsum",
	"udp6zerocsumtx",
	"noudp6zerocsumtx",
	"udp6zerocsumrx",
	"noudp6zerocsumrx",
	"gbp",
	"pmtudisc",
	"nopmtudisc",
	"ignore-df",
	"bridge",
	"private",
	"vepa",
	"any",
	"ip4ip4",
	"ipip",
]);

function optionsOfKind(kind: string, words: readonly string[]): Map<string, string> {
	const options = new Map<string, string>();
	for (let at = 0; at < words.length; at++) {
		const word = words[at] as string;
		// `macvlan mode bridge` has as a value what for ipvlan is a word of its own.
		if (ALONE.has(word)) options.set(word, "");
		else if (kind === "vxlan" && word === "srcport") at += 2;
		else if (!options.has(word)) options.set(word, words[++at] ?? "");
		else at++;
	}
	return options;
}

/** Words two by two. A word that stands alone shifts the rest, so this is for lines where all that matters comes before any. */
function pairs(words: readonly string[]): Map<string, string> {
	const found = new Map<string, string>();
	for (let at = 0; at + 1 < words.length; at++) {
		const word = words[at] as string;
		if (!found.has(word)) found.set(word, words[at + 1] as string);
	}
	return found;
}
