/** `-m ipvs`: the virtual service that a packet belongs to (net/netfilter/xt_ipvs.c). */
import { contains, type Prefix } from "../../../address/prefix.ts";
import type { Protocol } from "../../../packet/packet.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { IpvsPacket } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { parseProtocol, printProtocol } from "../protocols.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

type Method = Exclude<IpvsPacket["method"], "local">;

export interface IpvsMatch {
	readonly kind: "ipvs";
	/** Whether it belongs to any; false is the negated option. */
	readonly ipvs?: boolean;
	readonly protocol?: { readonly protocol: Protocol; readonly negated: boolean };
	readonly virtualAddress?: { readonly prefix: Prefix; readonly negated: boolean };
	readonly virtualPort?: { readonly port: number; readonly negated: boolean };
	readonly direction?: "original" | "reply";
	readonly method?: { readonly method: Method; readonly negated: boolean };
}

const OPTIONS = ["--ipvs", "--vproto", "--vaddr", "--vport", "--vdir", "--vmethod"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);
const METHODS: ReadonlyMap<string, Method> = new Map([
	["GATE", "route"],
	["IPIP", "tunnel"],
	["MASQ", "masq"],
]);
const METHOD_NAMES: Readonly<Record<Method, string>> = { route: "GATE", tunnel: "IPIP", masq: "MASQ" };

export const ipvsExtension: MatchExtension<IpvsMatch> = {
	kind: "ipvs",
	module: "ipvs",
	options: OPTIONS,
	parse: (words, family) => {
		let match: IpvsMatch = { kind: "ipvs" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--ipvs") match = { ...match, ipvs: !words.takeNegation() };
			else if (name === "--vproto") {
				const protocol = parseProtocol(words.value());
				match = { ...match, protocol: { protocol, negated: words.takeNegation() } };
			} else if (name === "--vaddr") {
				const prefix = words.prefix(family);
				match = { ...match, virtualAddress: { prefix, negated: words.takeNegation() } };
			} else if (name === "--vport") {
				const port = words.number(65535);
				match = { ...match, virtualPort: { port, negated: words.takeNegation() } };
			} else if (name === "--vdir") {
				const text = words.value();
				if (text !== "ORIGINAL" && text !== "REPLY") throw new ParseFailure(phrase("is-no-direction", { text }));
				match = { ...match, direction: text === "REPLY" ? "reply" : "original" };
			} else {
				const text = words.value();
				const method = METHODS.get(text);
				if (method === undefined) throw new ParseFailure(phrase("is-no-forwarding-method", { text }));
				match = { ...match, method: { method, negated: words.takeNegation() } };
			}
		}
		return match;
	},
	print: (match) => {
		const { ipvs, protocol, virtualAddress, virtualPort, direction, method } = match;
		return printModule("ipvs", [
			ipvs === undefined ? "" : printOption("--ipvs", "", !ipvs),
			protocol && printOption("--vproto", printProtocol(protocol.protocol), protocol.negated),
			virtualAddress && printOption("--vaddr", virtualAddress.prefix.text, virtualAddress.negated),
			virtualPort && printOption("--vport", String(virtualPort.port), virtualPort.negated),
			direction && `--vdir ${direction.toUpperCase()}`,
			method && printOption("--vmethod", METHOD_NAMES[method.method], method.negated),
		]);
	},
	test: (match, at) => {
		const { protocol, virtualAddress, virtualPort, direction, method } = match;
		const packet = at.ipvs;
		const asksMore = protocol ?? virtualAddress ?? virtualPort ?? direction ?? method;
		if (asksMore === undefined) return match.ipvs === undefined || match.ipvs === (packet !== null);
		return (
			packet !== null &&
			(protocol === undefined || (at.packet.protocol === protocol.protocol) !== protocol.negated) &&
			(virtualAddress === undefined ||
				contains(virtualAddress.prefix, packet.virtualAddress) !== virtualAddress.negated) &&
			(virtualPort === undefined || (packet.virtualPort === virtualPort.port) !== virtualPort.negated) &&
			(direction === undefined || packet.direction === direction) &&
			(method === undefined || (packet.method === method.method) !== method.negated)
		);
	},
};
