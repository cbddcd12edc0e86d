/** Protocols as iptables writes them and as packets here name them. */
import type { Protocol } from "../../packet/packet.ts";
import { phrase } from "../../wording/phrase.ts";
import { ParseFailure, parseNumber } from "./words.ts";

/**
 * iptables' names (xtables_chain_protos in libxtables, then /etc/protocols) to the packet's. iptables' `ipip` is number
 * 94; the `ipip` of tunnels is number 4, which iptables calls `ipencap`.
 */
const FROM_TEXT: ReadonlyMap<string, Protocol> = new Map([
	["tcp", "tcp"],
	["udp", "udp"],
	["sctp", "sctp"],
	["icmp", "icmp"],
	["icmpv6", "icmpv6"],
	["ipv6-icmp", "icmpv6"],
	["ipencap", "ipip"],
	["ipv4", "ipip"],
	["ipv6", "ipv6"],
	["gre", "gre"],
	["esp", "esp"],
	["ah", "51"],
	["mh", "135"],
	["ipv6-mh", "135"],
	["mobility-header", "135"],
	["udplite", "136"],
	["dccp", "33"],
	["igmp", "2"],
	["ospf", "89"],
	["ospfigp", "89"],
	["pim", "103"],
	["vrrp", "112"],
	["ipcomp", "108"],
	["l2tp", "115"],
	["etherip", "97"],
	["encap", "98"],
	["eigrp", "88"],
	["rsvp", "46"],
	["egp", "8"],
	["igp", "9"],
	["ipv6-route", "43"],
	["ipv6-frag", "44"],
	["ipv6-nonxt", "59"],
	["ipv6-opts", "60"],
	["mpls-in-ip", "137"],
	["hip", "139"],
	["ipip", "94"],
	["1", "icmp"],
	["4", "ipip"],
	["6", "tcp"],
	["17", "udp"],
	["41", "ipv6"],
	["47", "gre"],
	["50", "esp"],
	["58", "icmpv6"],
	["132", "sctp"],
]);

const TO_TEXT: ReadonlyMap<Protocol, string> = new Map([
	["icmpv6", "ipv6-icmp"],
	["ipip", "4"],
	["ipv6", "41"],
	["gre", "47"],
]);

/** The packet's name of a protocol that iptables writes by name or number. */
export function parseProtocol(text: string): Protocol {
	const known = FROM_TEXT.get(text) ?? FROM_TEXT.get(text.toLowerCase());
	if (known !== undefined) return known;
	if (!/^\d+$/.test(text)) throw new ParseFailure(phrase("protocol-not-known", { text }));
	return String(parseNumber(text, 255));
}

/** As iptables-restore takes it on every system: by number where /etc/protocols would have to know the name. */
export function printProtocol(protocol: Protocol): string {
	return TO_TEXT.get(protocol) ?? protocol;
}
