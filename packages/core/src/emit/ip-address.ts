/** Devices and addresses as `ip -d address` prints them. */
import type { InterfaceAddress } from "../state/ip.ts";
import type { BridgePort, Link, LowerDevice } from "../state/link.ts";
import { asLines, joinWords, option } from "./batch.ts";

/** The devices with their addresses as `ip -d address` prints them: the parser reads them back. */
export function printIpAddress(links: readonly Link[], addresses: readonly InterfaceAddress[]): string {
	const byDevice = new Map<string, InterfaceAddress[]>();
	for (const each of addresses) byDevice.set(each.device, [...(byDevice.get(each.device) ?? []), each]);
	return asLines(
		links.flatMap((link) => [...linkLines(link), ...(byDevice.get(link.name) ?? []).flatMap(addressLines)]),
	);
}

function linkLines(link: Link): string[] {
	const below = belowOf(link);
	const state = link.carrier ? "UP" : "DOWN";
	const lines = [
		joinWords([
			`${link.index}: ${link.name}${below === undefined ? "" : `@${below}`}: <${flagsOf(link).join(",")}>`,
			`mtu ${link.mtu} qdisc noqueue`,
			option("master", link.master),
			`state ${state} group default qlen 1000`,
		]),
		`    ${joinWords([linkTypeWords(link), netnsWords(link), "promiscuity 0 minmtu 0 maxmtu 0"])}`,
	];
	const kind = kindWords(link);
	if (kind !== undefined) lines.push(`    ${joinWords(kind)}`);
	if (link.bridgePort !== undefined) lines.push(`    ${joinWords(portWords(link.bridgePort))}`);
	if (link.alias !== undefined) lines.push(`    alias ${link.alias}`);
	return lines;
}

/** What stands after the name's `@`. */
function belowOf(link: Link): string | undefined {
	switch (link.kind) {
		case "veth":
			return link.peer?.device ?? (link.peer?.index === undefined ? undefined : `if${link.peer.index}`);
		case "vlan":
		case "macvlan":
		case "ipvlan":
			return lowerName(link.lower);
		case "ipip":
			return link.lower === undefined ? "NONE" : lowerName(link.lower);
		default:
			return undefined;
	}
}

function lowerName(lower: LowerDevice): string {
	return lower.index === undefined ? lower.device : `if${lower.index}`;
}

function flagsOf(link: Link): string[] {
	const flags = link.kind === "loopback" ? ["LOOPBACK"] : link.kind === "ipip" ? [] : ["BROADCAST", "MULTICAST"];
	if (link.up && !link.carrier) flags.unshift("NO-CARRIER");
	if (link.noArp === true) flags.push("NOARP");
	if (link.up) flags.push("UP");
	if (link.carrier) flags.push("LOWER_UP");
	return flags;
}

function linkTypeWords(link: Link): string {
	if (link.kind === "ipip") return `link/ipip ${link.local?.text ?? "0.0.0.0"} brd ${link.remote?.text ?? "0.0.0.0"}`;
	if (link.mac === null) return "link/none";
	return link.kind === "loopback"
		? `link/loopback ${link.mac} brd 00:00:00:00:00:00`
		: `link/ether ${link.mac} brd ff:ff:ff:ff:ff:ff`;
}

function netnsWords(link: Link): string | undefined {
	const elsewhere = link.kind === "veth" ? link.peer : "lower" in link ? link.lower : undefined;
	return option("link-netnsid", elsewhere?.netnsid) ?? option("link-netns", elsewhere?.netns);
}

/** The kind's own line. Loopback devices and cards have none. */
function kindWords(link: Link): (string | undefined)[] | undefined {
	switch (link.kind) {
		case "loopback":
		case "physical":
			return undefined;
		case "veth":
		case "dummy":
			return [link.kind];
		case "other":
			return [link.driver];
		case "bridge":
			return ["bridge", `vlan_filtering ${link.vlanFiltering ? 1 : 0}`, `vlan_default_pvid ${link.defaultPvid}`];
		case "vxlan":
			return [
				"vxlan",
				link.external ? "external" : undefined,
				`id ${link.vni}`,
				option("remote", link.remote?.text),
				option("local", link.local?.text),
				option("dev", link.lower && lowerName(link.lower)),
				`srcport 0 0 dstport ${link.dstport}`,
				link.learning ? undefined : "nolearning",
				`ttl ${link.ttl ?? "auto"}`,
			];
		case "ipip":
			return [
				"ipip",
				`remote ${link.remote?.text ?? "any"}`,
				`local ${link.local?.text ?? "any"}`,
				`ttl ${link.ttl ?? "inherit"}`,
				option("fwmark", link.fwmark === undefined ? undefined : `0x${link.fwmark.toString(16)}`),
			];
		case "vlan":
			return ["vlan protocol 802.1Q", `id ${link.id}`, "<REORDER_HDR>"];
		case "macvlan":
			return ["macvlan", `mode ${link.mode}`];
		case "ipvlan":
			return ["ipvlan", `mode ${link.mode}`, link.flag];
		case "tun":
			return ["tun", `type ${link.mode}`];
	}
}

function portWords(port: BridgePort): string[] {
	const words = Object.entries({
		hairpin: port.hairpin,
		learning: port.learning,
		flood: port.flood,
		isolated: port.isolated,
	}).map(([word, on]) => `${word} ${on ? "on" : "off"}`);
	return ["bridge_slave state forwarding", ...words];
}

function addressLines(each: InterfaceAddress): string[] {
	const { address, peer, prefixLength } = each;
	const line = joinWords([
		address.family === 4 ? "inet" : "inet6",
		peer === undefined ? `${address.text}/${prefixLength}` : `${address.text} peer ${peer.text}/${prefixLength}`,
		option("brd", each.broadcast?.text),
		`scope ${each.scope}`,
		each.secondary ? "secondary" : undefined,
		each.deprecated === true ? "deprecated" : undefined,
		each.noPrefixRoute ? "noprefixroute" : undefined,
		address.family === 4 ? (each.label ?? each.device) : undefined,
	]);
	return [`    ${line}`, `       valid_lft forever preferred_lft ${each.deprecated === true ? "0sec" : "forever"}`];
}
