/** `ipvsadm-save -n`, the same as `ipvsadm -Sn` (ipvsadm.c print_service_entry, FMT_RULE). */
import { type Address, addressBits, type Family, parseAddress } from "../address/address.ts";
import type { ForwardingMethod, RealServer, VirtualServer } from "../state/ipvs.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { DumpReader, decimal, dumpLines, type Parsed, wordsOf } from "./dump.ts";

/** The kernel's persistence when `-p` has no value (ipvsadm(8)). */
const DEFAULT_PERSISTENCE_SECONDS = 360;

interface OpenServer extends VirtualServer {
	readonly servers: RealServer[];
}

/**
 * The virtual services of a dump with their servers. Names instead of numbers (a dump without `-n`) are not understood.
 * Throws InputError for what is no such dump.
 */
export function parseIpvsadmSave(text: string, file: string): Parsed<VirtualServer> {
	const dump = new DumpReader<OpenServer>("ipvsadm-save", file, "ipvsadm-save -n");
	const services = new Map<string, OpenServer>();
	for (const line of dumpLines(text)) {
		const words = wordsOf(line.text);
		const options = optionsOf(words.slice(1));
		const key = serviceKey(options);
		const origin = dump.origin("unknown", line.line);
		if (words[0] === "-A" || words[0] === "--add-service") {
			const service = serviceOf(options);
			if ("phrase" in service || key === undefined) {
				dump.keep(line, "phrase" in service ? service : phrase("service-named-by"));
				continue;
			}
			const open: OpenServer = { ...service, servers: [], origin };
			services.set(key, open);
			dump.entries.push(open);
		} else if (words[0] === "-a" || words[0] === "--add-server") {
			const service = services.get(key ?? "");
			const server = serverOf(options);
			if (service === undefined) dump.keep(line, phrase("server-after-service"));
			else if ("phrase" in server) dump.keep(line, server);
			else service.servers.push({ ...server, origin });
		} else dump.keep(line, phrase("line-begins-with-a"));
	}
	return dump.finish();
}

/** Options that may come alone. */
const FLAGS = new Set(["-g", "-i", "-m", "-o", "-6", "--tun-nocsum", "--tun-csum", "--tun-remcsum"]);

/** The options of a line with their values; an option without one has the empty text. */
function optionsOf(words: readonly string[]): Map<string, string> {
	const options = new Map<string, string>();
	for (let at = 0; at < words.length; at++) {
		const word = words[at] as string;
		const value = words[at + 1];
		const alone = FLAGS.has(word) || value === undefined || /^-[-a-zA-Z]/.test(value);
		options.set(word, alone ? "" : value);
		if (!alone) at++;
	}
	return options;
}

const PROTOCOL_OPTIONS = { "-t": "tcp", "-u": "udp", "--sctp-service": "sctp" } as const;

function serviceKey(options: ReadonlyMap<string, string>): string | undefined {
	for (const option of [...Object.keys(PROTOCOL_OPTIONS), "-f"]) {
		const value = options.get(option);
		if (value !== undefined) return `${option} ${value} ${options.has("-6")}`;
	}
	return undefined;
}

const SERVICE_OPTIONS = new Set([...Object.keys(PROTOCOL_OPTIONS), "-f", "-6", "-s", "-p", "-M", "-b", "-o"]);

function serviceOf(options: ReadonlyMap<string, string>): Omit<VirtualServer, "servers" | "origin"> | Phrase {
	const match = matchOf(options);
	if ("phrase" in match) return match;
	const family = match.kind === "address" ? match.address.family : match.family;
	const persistence = persistenceOf(options, family);
	if (persistence !== undefined && "phrase" in persistence) return persistence;
	const flags = (options.get("-b") ?? "").split(",").filter((flag) => flag !== "");
	if (options.has("-o")) flags.push("ops");
	return {
		match,
		scheduler: options.get("-s") ?? "wlc",
		flags,
		...(persistence === undefined ? {} : { persistence }),
		...notUnderstoodIn(options, SERVICE_OPTIONS),
	};
}

function matchOf(options: ReadonlyMap<string, string>): VirtualServer["match"] | Phrase {
	for (const [option, protocol] of Object.entries(PROTOCOL_OPTIONS)) {
		const value = options.get(option);
		if (value === undefined) continue;
		const endpoint = endpointOf(value);
		return endpoint === undefined
			? phrase("is-no-endpoint", { text: value })
			: { kind: "address", protocol, ...endpoint };
	}
	const mark = decimal(options.get("-f"));
	if (mark === undefined) return phrase("service-named-by");
	return { kind: "fwmark", mark, family: options.has("-6") ? 6 : 4 };
}

function persistenceOf(options: ReadonlyMap<string, string>, family: Family): VirtualServer["persistence"] | Phrase {
	const text = options.get("-p");
	if (text === undefined) return undefined;
	const seconds = text === "" ? DEFAULT_PERSISTENCE_SECONDS : decimal(text);
	const mask = options.get("-M");
	const prefixLength = mask === undefined ? addressBits(family) : maskLength(mask, family);
	if (seconds === undefined || prefixLength === undefined) return phrase("persistence-takes");
	return { seconds, prefixLength };
}

/** IPv4 prints a netmask, IPv6 a prefix length. */
function maskLength(text: string, family: Family): number | undefined {
	const number = decimal(text);
	if (number !== undefined) return number <= addressBits(family) ? number : undefined;
	const word = parseAddress(text)?.words[0];
	if (word === undefined || family === 6) return undefined;
	const length = Math.clz32(~word >>> 0);
	return (-1 << (32 - length)) >>> 0 === word || word === 0 ? length : undefined;
}

/** Thresholds (`-x`, `-y`) only matter under load; IP in IP is what `-i` means when nothing else is said. */
const SERVER_OPTIONS = new Set([
	...Object.keys(PROTOCOL_OPTIONS),
	"-f",
	"-6",
	"-r",
	"-g",
	"-i",
	"-m",
	"-w",
	"-x",
	"-y",
]);

function serverOf(options: ReadonlyMap<string, string>): Omit<RealServer, "origin"> | Phrase {
	const endpoint = endpointOf(options.get("-r") ?? "");
	const weight = decimal(options.get("-w") ?? "1");
	if (endpoint === undefined) return phrase("server-takes");
	if (weight === undefined) return phrase("weight-takes");
	const plain = new Map(options);
	if (plain.get("--tun-type") === "ipip") for (const key of ["--tun-type", "--tun-nocsum"]) plain.delete(key);
	return { ...endpoint, method: methodOf(options), weight, ...notUnderstoodIn(plain, SERVER_OPTIONS) };
}

function methodOf(options: ReadonlyMap<string, string>): ForwardingMethod {
	if (options.has("-m")) return "masq";
	if (options.has("-i")) return "tunnel";
	// A server on this machine itself has no switch (fwd_switch()).
	return options.has("-g") ? "route" : "local";
}

function notUnderstoodIn(
	options: ReadonlyMap<string, string>,
	known: ReadonlySet<string>,
): { readonly notUnderstood?: string } {
	const unknown = [...options].filter(([option]) => !known.has(option));
	return unknown.length === 0 ? {} : { notUnderstood: unknown.flat().filter(Boolean).join(" ") };
}

/** `10.0.0.1:80`, `[fd00::1]:80`. */
function endpointOf(text: string): { address: Address; port: number } | undefined {
	const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
	const address = parseAddress(bracketed ?? plain ?? "");
	const port = decimal(portText);
	if (address === undefined || port === undefined || port > 65535) return undefined;
	return { address, port };
}
