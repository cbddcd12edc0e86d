/** What rules ask of packets. */
import { hardwareAddress } from "@podpath/core";
import type { RuleSite } from "./filtering.ts";
import { prefixText } from "./routing.ts";
import { PORTS, subnetText } from "./world.ts";

export interface DrawnMatches {
	/** With a space before each. */
	readonly text: string;
}

/** `count` of them, all different; `transport`: the protocols of which one has to be named. */
export function drawMatches(site: RuleSite, count: number, transport?: readonly string[]): DrawnMatches {
	const { draw } = site.world;
	const basic: string[] = [];
	const loaded: string[] = [];
	if (transport !== undefined) loaded.push(protocol(site, draw.pick(transport)));
	const makers = draw.shuffled(makersOf(site, transport !== undefined)).slice(0, count);
	for (const maker of makers) {
		const text = maker();
		if (text.startsWith("-m ") || text.includes(" -m ")) loaded.push(text);
		else basic.push(text);
	}
	return { text: [...basic, ...loaded].map((text) => ` ${text}`).join("") };
}

type Maker = () => string;

function makersOf(site: RuleSite, hasProtocol: boolean): readonly Maker[] {
	const { world, hook, table } = site;
	const { draw } = world;
	const isIn = hook === "PREROUTING" || hook === "INPUT" || hook === "FORWARD";
	const isOut = hook === "POSTROUTING" || hook === "OUTPUT" || hook === "FORWARD";
	const makers: Maker[] = [
		() => `${not(site)}-s ${place(site)}`,
		() => `${not(site)}-d ${place(site)}`,
		...(isIn ? [() => `${not(site)}-i ${device(site)}`] : []),
		...(isOut ? [() => `${not(site)}-o ${device(site)}`] : []),
		...(hasProtocol ? [] : [() => protocol(site, draw.pick(["tcp", "udp", "icmp", "plain"]))]),
	];
	const others = otherMakers(site);
	// One of the many others now and then.
	if (draw.chance(0.5)) makers.push(draw.pick(others));
	if (table === "mangle" && draw.chance(0.5)) makers.push(draw.pick(others));
	return makers;
}

function otherMakers(site: RuleSite): readonly Maker[] {
	const { world, stack, family, hook, table } = site;
	const { draw } = world;
	const isIn = hook === "PREROUTING" || hook === "INPUT" || hook === "FORWARD";
	const tracked = table !== "raw";
	const bridges = stack.links.filter(({ kind }) => kind === "bridge");
	const ports = stack.links.filter(({ master }) => master !== undefined);
	const made = stack.ipsets.flatMap((line) => /^create (\S+) (\S+)/.exec(line)?.slice(1, 3).join(" ") ?? []);
	const setsHere = made.filter((each) => each.startsWith(String(family)));
	return [
		() => `-m mark ${not(site)}--mark ${draw.pick(["0x1", "0x2/0x3", "0x0/0x1"])}`,
		() => `-m addrtype ${not(site)}--dst-type ${draw.pick(["LOCAL", "UNICAST"])}`,
		() => `-m addrtype ${not(site)}--src-type LOCAL`,
		...(isIn ? [() => `-m addrtype --dst-type LOCAL --limit-iface-in`] : []),
		...(tracked
			? [
					() =>
						`-m conntrack ${not(site)}--ctstate ${draw.pick(["NEW", "RELATED,ESTABLISHED", "INVALID", "DNAT", "SNAT", "NEW,UNTRACKED"])}`,
					() => `-m connmark ${not(site)}--mark ${draw.pick(["0x1", "0x0/0x3"])}`,
					() => `-m conntrack --ctorigdst ${place(site)}`,
				]
			: []),
		...(setsHere.length > 0
			? [
					() => {
						const [name = "", type = ""] = draw.pick(setsHere).split(" ");
						const direction = (): string => draw.pick(["src", "dst"]);
						return `-m set ${not(site)}--match-set ${name} ${type === "hash:ip" ? direction() : `${direction()},dst`}`;
					},
				]
			: []),
		...(bridges.length > 0 && world.has("br-netfilter") && hook !== "OUTPUT"
			? [
					() => `-m physdev --physdev-in ${draw.pick(ports).name}`,
					...(hook === "FORWARD" || hook === "POSTROUTING"
						? [() => `-m physdev ${not(site)}--physdev-is-bridged`]
						: []),
				]
			: []),
		() => `-m ${family === 4 ? "ttl --ttl-lt" : "hl --hl-lt"} 64`,
		() => {
			const [one, two] = [draw.pick(world.addresses(family)), draw.pick(world.addresses(family))];
			const [from, to] = one < two ? [one, two] : [two, one];
			return `-m iprange ${not(site)}--${draw.pick(["src", "dst"])}-range ${ordered(from, to)}`;
		},
		...(hook === "PREROUTING" && (table === "raw" || table === "mangle")
			? [() => `-m rpfilter ${draw.pick(["", "--loose ", "--accept-local "])}${draw.pick(["", "--invert"])}`.trim()]
			: []),
		...(isIn ? [() => `-m mac --mac-source ${mac(site)}`] : []),
	];
}

/** Texts of addresses are not in the order of addresses: equal ends always are. */
function ordered(from: string, to: string): string {
	return /^10\.0\.\d\.\d$/.test(from) && /^10\.0\.\d\.\d$/.test(to) ? `${from}-${to}` : `${from}-${from}`;
}

function not({ world }: RuleSite): string {
	return world.draw.chance(0.12) ? "! " : "";
}

function place({ world, family }: RuleSite): string {
	const { draw } = world;
	if (draw.chance(0.4)) return subnetText(draw.pick(world.subnets), family);
	return prefixText(
		draw.pick(world.addresses(family)),
		draw.pick(family === 4 ? [32, 32, 28] : [128, 128, 124]),
		family,
	);
}

function device({ world, stack }: RuleSite): string {
	const { draw } = world;
	const names = stack.links.map(({ name }) => name);
	if (names.length === 0 || draw.chance(0.1)) return "lo";
	return draw.chance(0.15) ? `${draw.pick(names)[0]}+` : draw.pick(names);
}

function mac(site: RuleSite): string {
	const far = site.world.draw.pick(site.world.stacks);
	const link = site.world.draw.pickAny(far.links);
	return link === undefined ? "02:00:00:00:00:77" : (link.mac ?? hardwareAddress(far.place, link.name));
}

function protocol(site: RuleSite, name: string): string {
	const { world, family, table } = site;
	const { draw } = world;
	switch (name) {
		case "plain":
			return `${not(site)}-p ${draw.pick(["tcp", "udp"])}`;
		case "icmp":
			return family === 4 ? "-p icmp -m icmp --icmp-type 8" : "-p ipv6-icmp -m icmp6 --icmpv6-type 128";
		default: {
			const port = draw.pick(PORTS);
			return draw.weighted([
				[4, `-p ${name} -m ${name} ${not(site)}--dport ${port}`],
				[2, `-p ${name} -m multiport ${not(site)}--dports ${port},8000:9000`],
				[2, `-p ${name}`],
				[1, `-p ${name} -m ${name} ${not(site)}--sport ${port}`],
				// What is tracked from a connection's second packet on is none of a prediction's, which follows the first.
				[name === "tcp" && table !== "raw" ? 1 : 0, "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN"],
			]);
		}
	}
}
