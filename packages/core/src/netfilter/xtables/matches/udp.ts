/** `-m udp` (net/netfilter/xt_tcpudp.c, udp_mt). */
import type { MatchExtension } from "../extension.ts";
import { printModule } from "../words.ts";
import { PORT_OPTIONS, type Ports, parsePort, portsMatch, printPorts } from "./ports.ts";

export interface UdpMatch extends Ports {
	readonly kind: "udp";
}

const OWNED: ReadonlySet<string> = new Set(PORT_OPTIONS);

export const udpExtension: MatchExtension<UdpMatch> = {
	kind: "udp",
	module: "udp",
	options: PORT_OPTIONS,
	parse: (words) => {
		let match: UdpMatch = { kind: "udp" };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			match = { ...match, ...parsePort(name, words) };
		}
		return match;
	},
	print: (match) => printModule("udp", printPorts(match)),
	test: (match, at) => at.packet.protocol === "udp" && portsMatch(match, at.packet),
};
